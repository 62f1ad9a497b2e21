// What shapes mean in equations: `*` by rank, broadcasting, axes of reductions, softmax, movements, graphs without a
// batch axis, constants. Values are held against numbers worked out by hand or by plain loops; derivatives are tested
// elsewhere.
#include <hourglass/hourglass.hpp>

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

numbers counting(int count, double first = 1, double step = 1) {
    numbers x(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = first + step * static_cast<double>(i);
    return x;
}
void check_values(auto view, const numbers& expected) {
    REQUIRE(view.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK(view.span()[i] == doctest::Approx(expected[i]).epsilon(1e-13));
    }
}

}

namespace product_model {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::input<"m", 2, 3> m;
inline constexpr hg::parameter<"W", 2, 3> W;
inline constexpr hg::parameter<"V", 3, 4> V;
inline constexpr hg::parameter<"v", 3> v;
inline constexpr hg::symbol<"matrix_vector"> matrix_vector;
inline constexpr hg::symbol<"elementwise"> elementwise;
inline constexpr hg::symbol<"scaled"> scaled;
inline constexpr hg::symbol<"vector_matrix"> vector_matrix;
inline constexpr hg::symbol<"batched_matrix_vector"> batched_matrix_vector;
inline constexpr hg::symbol<"batched_product"> batched_product;
inline constexpr hg::symbol<"product_of_both"> product_of_both;
inline constexpr hg::symbol<"inner"> inner;
inline constexpr hg::symbol<"outer_product"> outer_product;
inline constexpr hg::symbol<"same_matrices"> same_matrices;

inline constexpr hg::graph products{
    matrix_vector = W * x,
    elementwise = x * v,
    scaled = 2 * W * x * 0.5,
    vector_matrix = matmul(x, V),
    batched_matrix_vector = m * v,
    batched_product = matmul(m, V),
    product_of_both = matmul(m, transpose(m)),
    inner = dot(x, v),
    outer_product = outer(v, x),
    same_matrices = hadamard(m, W),
};
static_assert(hg::check<products>);

}

TEST_CASE("a matrix times a vector is the matrix product, every other pair is elementwise") {
    using namespace product_model;
    hg::parameters<products, in_double> theta;
    const numbers w = {1, 2, 3, 4, 5, 6}, big = counting(12), small = {1, -1, 2};
    std::ranges::copy(w, theta[W].begin());
    std::ranges::copy(big, theta[V].begin());
    std::ranges::copy(small, theta[v].begin());
    hg::function<products, hg::from<x, m>,
                 hg::to<matrix_vector, elementwise, scaled, vector_matrix, batched_matrix_vector, batched_product,
                        product_of_both, inner, outer_product, same_matrices>,
                 in_double>
        f;
    const numbers rows_of_x = {1, 0, -1, 2, 1, 3}, rows_of_m = {1, 2, 3, 0, 1, 0, 2, 0, 0, 1, 1, 1};
    const auto out = f(theta, x = rows_of_x, m = rows_of_m);
    CHECK(out.rows() == 2);
    check_values(out[matrix_vector], {-2, -2, 13, 31});
    check_values(out[elementwise], {1, 0, -2, 2, -1, 6});
    check_values(out[scaled], {-2, -2, 13, 31});
    // x V with V counting row by row
    check_values(out[vector_matrix], {1 - 9, 2 - 10, 3 - 11, 4 - 12, 2 + 5 + 27, 4 + 6 + 30, 6 + 7 + 33, 8 + 8 + 36});
    check_values(out[batched_matrix_vector], {1 - 2 + 6, -1, 2, 1 - 1 + 2});
    check_values(out[batched_product],
                 {1 + 10 + 27, 2 + 12 + 30, 3 + 14 + 33, 4 + 16 + 36, 5, 6, 7, 8, 2, 4, 6, 8, 15, 18, 21, 24});
    check_values(out[product_of_both], {14, 2, 2, 1, 4, 2, 2, 3});
    check_values(out[inner], {-1, 7});
    check_values(out[outer_product], {1, 0, -1, -1, 0, 1, 2, 0, -2, 2, 1, 3, -2, -1, -3, 4, 2, 6});
    check_values(out[same_matrices], {1, 4, 9, 0, 5, 0, 2, 0, 0, 4, 5, 6});
    CHECK(out[batched_product].rank() == 3);
    CHECK(out[batched_product].extent(0) == 2);
    CHECK(out[batched_product].extent(2) == 4);
    CHECK(out[batched_product](1, 1, 3) == 24);
    CHECK(out[inner].rank() == 1);
}

namespace sequence_model {

// Rank 2 per example, as a short sequence: four steps of five numbers.
inline constexpr hg::input<"x", 4, 5> x;
inline constexpr hg::parameter<"W", 5, 3> W;
inline constexpr hg::parameter<"b", 3> b;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph sequence{
    h = tanh(matmul(x, W) + b),
    loss = sum(square(h)),
};

}

TEST_CASE("examples of rank 2 pass through products, and their gradients agree with plain loops") {
    using namespace sequence_model;
    constexpr int rows = 7;
    hg::parameters<sequence, in_double> theta{hg::seed = 3};
    std::ranges::copy(counting(3, -0.2, 0.15), theta[b].begin());
    numbers data(rows * 4 * 5);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = std::sin(static_cast<double>(i) * 0.7);
    hg::gradient<sequence, loss, hg::wrt<W, b, x>, in_double> g;
    const auto out = g(theta, x = data);

    numbers in_w(15), in_b(3), in_x(data.size());
    double total = 0;
    for (std::size_t step = 0; step < rows * 4; ++step)
        for (std::size_t j = 0; j < 3; ++j) {
            double a = theta[b](j);
            for (std::size_t k = 0; k < 5; ++k) a += data[step * 5 + k] * theta[W](k, j);
            const double y = std::tanh(a), share = 2 * y * (1 - y * y) / rows;
            total += y * y / rows;
            in_b[j] += share;
            for (std::size_t k = 0; k < 5; ++k) {
                in_w[k * 3 + j] += share * data[step * 5 + k];
                in_x[step * 5 + k] += share * theta[W](k, j);
            }
        }
    CHECK(out[loss] == doctest::Approx(total).epsilon(1e-13));
    check_values(out.gradient(W), in_w);
    check_values(out.gradient(b), in_b);
    check_values(out.gradient(x), in_x);
    CHECK(out.gradient(x).rank() == 3);
}

namespace reduction_model {

inline constexpr hg::input<"x", 2, 3, 2> x;
inline constexpr hg::symbol<"everything"> everything;
inline constexpr hg::symbol<"last"> last;
inline constexpr hg::symbol<"middle"> middle;
inline constexpr hg::symbol<"outside"> outside;
inline constexpr hg::symbol<"kept"> kept;
inline constexpr hg::symbol<"all_kept"> all_kept;
inline constexpr hg::symbol<"average"> average;
inline constexpr hg::symbol<"largest"> largest;
inline constexpr hg::symbol<"smallest"> smallest;
inline constexpr hg::symbol<"shares"> shares;
inline constexpr hg::symbol<"log_shares"> log_shares;
inline constexpr hg::symbol<"norm1"> norm1;
inline constexpr hg::symbol<"norm2"> norm2;
inline constexpr hg::symbol<"norm_max"> norm_max;
inline constexpr hg::symbol<"log_total"> log_total;

inline constexpr hg::graph reductions{
    everything = sum(x),
    last = sum(x, hg::axes<-1>),
    middle = sum(x, hg::axes<1>),
    outside = sum(x, hg::axes<0, 2>),
    kept = x - mean(x, hg::axes<1>, hg::keep_axes),
    all_kept = x - max(x, hg::keep_axes) + 0.0 * log_sum_exp(x, hg::keep_axes, hg::axes<0, 1>),
    average = mean(x, hg::axes<0, 1>),
    largest = max(x, hg::axes<1>),
    smallest = min(x, hg::axes<-1>),
    shares = softmax(x, hg::axes<1>),
    log_shares = log_softmax(x),
    norm1 = l1_norm(x),
    norm2 = l2_norm(x, hg::axes<1, 2>),
    norm_max = max_norm(x),
    log_total = log_sum_exp(x, hg::axes<0>),
};

}

TEST_CASE("reductions cover the named axes and never the batch") {
    using namespace reduction_model;
    hg::function<reductions, hg::from<x>,
                 hg::to<everything, last, middle, outside, kept, all_kept, average, largest, smallest, shares,
                        log_shares, norm1, norm2, norm_max, log_total>,
                 in_double>
        f;
    // Two examples: 1..12, and the same with turned signs.
    numbers data = counting(12);
    for (int i = 1; i <= 12; ++i) data.push_back(-i);
    const auto out = f(x = data);
    check_values(out[everything], {78, -78});
    check_values(out[last], {3, 7, 11, 15, 19, 23, -3, -7, -11, -15, -19, -23});
    check_values(out[middle], {9, 12, 27, 30, -9, -12, -27, -30});
    check_values(out[outside], {1 + 2 + 7 + 8, 3 + 4 + 9 + 10, 5 + 6 + 11 + 12, -18, -26, -34});
    check_values(out[kept], {-2, -2, 0, 0, 2, 2, -2, -2, 0, 0, 2, 2, 2, 2, 0, 0, -2, -2, 2, 2, 0, 0, -2, -2});
    numbers below_largest;
    for (int i = 0; i < 12; ++i) below_largest.push_back(i - 11);
    for (int i = 0; i < 12; ++i) below_largest.push_back(-i);
    check_values(out[all_kept], below_largest);
    check_values(out[average], {6, 7, -6, -7});
    check_values(out[largest], {5, 6, 11, 12, -1, -2, -7, -8});
    check_values(out[smallest], {1, 3, 5, 7, 9, 11, -2, -4, -6, -8, -10, -12});
    const double total = 1 + std::exp(-2) + std::exp(-4), a = std::exp(-4) / total, b = std::exp(-2) / total,
                 c = 1 / total;
    check_values(out[shares], {a, a, b, b, c, c, a, a, b, b, c, c, c, c, b, b, a, a, c, c, b, b, a, a});
    const double low = -std::log(1 + std::exp(1.0)), high = -std::log(1 + std::exp(-1.0));
    numbers pairs;
    for (int i = 0; i < 6; ++i) pairs.insert(pairs.end(), {low, high});
    for (int i = 0; i < 6; ++i) pairs.insert(pairs.end(), {high, low});
    check_values(out[log_shares], pairs);
    check_values(out[norm1], {78, 78});
    check_values(out[norm2], {std::sqrt(91), std::sqrt(650 - 91), std::sqrt(91), std::sqrt(650 - 91)});
    check_values(out[norm_max], {12, 12});
    const double up = std::log1p(std::exp(-6.0));
    check_values(out[log_total], {7 + up, 8 + up, 9 + up, 10 + up, 11 + up, 12 + up, -1 + up, -2 + up, -3 + up, -4 + up,
                                  -5 + up, -6 + up});
}

namespace movement_model {

inline constexpr hg::input<"x", 2, 3> x;
inline constexpr hg::symbol<"turned"> turned;
inline constexpr hg::symbol<"flat"> flat;
inline constexpr hg::symbol<"part"> part;
inline constexpr hg::symbol<"joined"> joined;
inline constexpr hg::symbol<"side_by_side"> side_by_side;
inline constexpr hg::symbol<"repeated"> repeated;
inline constexpr hg::symbol<"row_added"> row_added;

inline constexpr hg::graph movements{
    turned = transpose(x),
    flat = reshape<6>(x),
    part = slice<1, 3, 1>(x),
    joined = concatenate(x, slice<0, 1>(x)),
    side_by_side = concatenate<1>(part, x),
    repeated = broadcast_to<2, 2, 3>(x),
    row_added = x + slice<0, 1>(x),
};

}

TEST_CASE("movements put elements where they should, example by example") {
    using namespace movement_model;
    hg::function<movements, hg::from<x>, hg::to<turned, flat, part, joined, side_by_side, repeated, row_added>,
                 in_double>
        f;
    const numbers data = counting(12);
    const auto out = f(x = data);
    check_values(out[turned], {1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12});
    check_values(out[flat], data);
    CHECK(out[flat].rank() == 2);
    check_values(out[part], {2, 3, 5, 6, 8, 9, 11, 12});
    check_values(out[joined], {1, 2, 3, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10, 11, 12, 7, 8, 9});
    check_values(out[side_by_side], {2, 3, 1, 2, 3, 5, 6, 4, 5, 6, 8, 9, 7, 8, 9, 11, 12, 10, 11, 12});
    check_values(out[repeated], {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 7, 8, 9, 10, 11, 12});
    check_values(out[row_added], {2, 4, 6, 5, 7, 9, 14, 16, 18, 17, 19, 21});
}

namespace summed_products {

inline constexpr hg::input<"X", 37, 3> X;
inline constexpr hg::parameter<"W", 13, 37> W;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph quadratic{loss = sum(square(matmul(W, X))) / 2};

}

TEST_CASE_TEMPLATE("products of every example are added up, whatever the extents", T, float, double) {
    using namespace summed_products;
    hg::parameters<quadratic, hg::element<T>> theta{hg::seed = 1};
    hg::gradient<quadratic, loss, hg::element<T>> g;
    const int rows = 5;
    std::vector<T> data(rows * 37 * 3);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<T>(i * 29 % 101) / 64 - T(0.75);
    const auto of_W = g(theta, X = data).gradient(W);
    bool equal = true;
    for (int i = 0; i < 13; ++i)
        for (int j = 0; j < 37; ++j) {
            double sum = 0;
            for (int r = 0; r < rows; ++r)
                for (int k = 0; k < 3; ++k) {
                    const auto x = [&](int row) {
                        return static_cast<double>(data[static_cast<std::size_t>((r * 37 + row) * 3 + k)]);
                    };
                    double y = 0;
                    for (int l = 0; l < 37; ++l) y += static_cast<double>(theta[W](i, l)) * x(l);
                    sum += y * x(j);
                }
            const double close = std::is_same_v<T, float> ? 1e-5 : 1e-13;
            equal = equal && std::abs(static_cast<double>(of_W(i, j)) - sum / rows) < close;
        }
    CHECK(equal);
}

namespace no_batch {

// Least squares: the data is an argument, so nothing has a batch axis.
inline constexpr hg::argument<"X", 4, 2> X;
inline constexpr hg::argument<"y", 4> y;
inline constexpr hg::parameter<"w", 2> w;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::symbol<"residual"> residual;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph regression{
    c = 2.0,
    residual = X * w - y,
    loss = dot(residual, residual) / c,
};

}

TEST_CASE("arguments have no batch axis, and neither has a graph without inputs") {
    using namespace no_batch;
    hg::parameters<regression, in_double> theta;
    theta[w](0) = 1;
    theta[w](1) = -1;
    const numbers table = {1, 2, 3, 4, 5, 6, 7, 8}, wanted = {0, 1, 0, 1};
    hg::function<regression, hg::from<X, y>, hg::to<residual, loss, c>, in_double> f;
    const auto out = f(theta, X = table, y = wanted);
    CHECK(out[residual].rank() == 1);
    check_values(out[residual], {-1, -2, -1, -2});
    CHECK(out[loss] == 5);
    CHECK(out[c] == 2);
    hg::gradient<regression, loss, in_double> g;
    check_values(g(theta, X = table, y = wanted).gradient(w), {-(1.0 + 6 + 5 + 14), -(2.0 + 8 + 6 + 16)});

    // A constant's equation is cut like any other.
    hg::function<regression, hg::from<X, y, c>, hg::to<loss>, in_double> other_constant;
    CHECK(other_constant(theta, X = table, y = wanted, c = 4)[loss] == 2.5);

    CHECK_THROWS_WITH_AS(f(theta, X = wanted, y = wanted), "'X' needs 8 numbers, but is bound to 4", hg::call_error);
}

namespace not_a_number {

inline constexpr hg::input<"x", 37> x;
inline constexpr hg::input<"y", 37> y;
inline constexpr hg::symbol<"r"> r;
inline constexpr hg::symbol<"larger"> larger;
inline constexpr hg::symbol<"larger_turned"> larger_turned;
inline constexpr hg::symbol<"smaller"> smaller;
inline constexpr hg::symbol<"smaller_turned"> smaller_turned;
inline constexpr hg::symbol<"limited"> limited;
inline constexpr hg::symbol<"top"> top;
inline constexpr hg::symbol<"bottom"> bottom;
inline constexpr hg::symbol<"column_top"> column_top;
inline constexpr hg::symbol<"leaky"> leaky;

inline constexpr hg::graph handing_on{
    r = relu(x),
    larger = max(x, y),
    larger_turned = max(y, x),
    smaller = min(x, y),
    smaller_turned = min(y, x),
    limited = clamp(x, -1, 1),
    top = max(x),
    bottom = min(x),
    column_top = batch_sum(relu(x)),
    leaky = leaky_relu(x),
};

}

TEST_CASE_TEMPLATE("relu, max, min and clamp hand NaN on, wherever in a vector it stands", T, float, double) {
    using namespace not_a_number;
    hg::function<handing_on, hg::from<x, y>,
                 hg::to<r, larger, larger_turned, smaller, smaller_turned, limited, top, bottom, column_top, leaky>,
                 hg::element<T>>
        f;
    for (int place = 0; place < 37; ++place) {
        CAPTURE(place);
        std::vector<T> a(37 * 2, T(-0.5)), b(37 * 2, T(0.25));
        const auto at = static_cast<std::size_t>(place);
        a[at] = std::numeric_limits<T>::quiet_NaN();
        const auto out = f(x = a, y = b);
        bool all = true;
        for (const auto& view :
             {out[r], out[larger], out[larger_turned], out[smaller], out[smaller_turned], out[limited], out[leaky]})
            for (std::size_t i = 0; i < 74; ++i) all = all && std::isnan(view.span()[i]) == (i == at);
        CHECK(all);
        CHECK(std::isnan(out[top](0)));
        CHECK(std::isnan(out[bottom](0)));
        CHECK(out[top](1) == T(-0.5));
        CHECK(std::isnan(out[column_top](place)));
        CHECK(out[column_top]((place + 1) % 37) == 0);
    }
}
