// Products and norms at the ends of the numbers, squares of norms at the origin, and powers at zero: values and
// derivatives, by the interpreter and by programs.
#include "autodiff/gradient_check.hpp"

using namespace gradient_check;
using hg::axes, hg::keep_axes;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr hg::argument<"v", 2> v;
constexpr hg::argument<"k", 3> k;
constexpr hg::argument<"s"> s;
constexpr hg::argument<"x9", 9> x9;
constexpr hg::argument<"x3", 3> x3;
constexpr hg::input<"rows", 2, 3> rows_;
constexpr hg::symbol<"n"> n;
constexpr hg::symbol<"y"> y;
constexpr hg::symbol<"g"> g;
constexpr hg::symbol<"H"> H;
constexpr hg::symbol<"ya"> ya;
constexpr hg::symbol<"yb"> yb;
constexpr hg::symbol<"g1"> g1;
constexpr hg::symbol<"g2"> g2;

// The value of a symbol of a model whose only leaf is fed, as the model is lowered and as it is simplified.
template <const auto& Model, class T = double>
numbers value_of(std::string_view symbol, std::string_view leaf, const numbers& at) {
    const auto by = [&](hg::graph_view view) {
        hg::interpretation<T> run(view, rules<T>(), 1);
        run.feed(leaf, converted<T>(at));
        run.run();
        const auto& found = run[symbol];
        return numbers(found.begin(), found.end());
    };
    const numbers lowered = by(hg::lowered<Model>::view());
    check_all("simplified", by(hg::simplify(hg::lowered<Model>::view(), true).view()), lowered, 0);
    return lowered;
}

// Of the square of a norm, written in ways that a user may write it.
#define SQUARE(name, ...)                                                                                              \
    inline constexpr hg::graph name { __VA_ARGS__, g = grad(y, v), H = hessian(y, v) }
SQUARE(by_square, y = square(l2_norm(v)));
SQUARE(by_product, y = l2_norm(v) * l2_norm(v));
SQUARE(by_hadamard, y = hadamard(l2_norm(v), l2_norm(v)));
SQUARE(by_power, y = pow(l2_norm(v), 2));
SQUARE(by_name, n = l2_norm(v), y = n * n);
SQUARE(by_kept_axis, y = sum(square(l2_norm(v, axes<0>, keep_axes))));
SQUARE(under_exp, y = exp(square(l2_norm(v))));
SQUARE(in_a_sum, y = 3 + square(l2_norm(v)) - sum(v));
SQUARE(of_absolutes, y = sum(square(abs(v))));
SQUARE(of_product_of_absolutes, y = dot(abs(v), abs(v)));
SQUARE(of_root, y = square(sqrt(sum(square(v)))));
SQUARE(of_power_of_a_half, y = square(pow(sum(square(v)), 0.5)));
SQUARE(of_scaled, y = square(2 * l2_norm(v)) / 4);
SQUARE(of_smaller, y = 4 * square(l2_norm(v) / 2));
SQUARE(of_negative, y = square(-l2_norm(v)));
SQUARE(scaled_product, y = 2 * l2_norm(v) * l2_norm(v) / 2);
SQUARE(of_mean, y = 2 * square(sqrt(mean(square(v)))));
SQUARE(of_weighted_mean, y = square(sqrt(sum(v * v / 3) / 4)) * 12);
SQUARE(less_zero, y = hg::squared_error(abs(v), 0.0));
SQUARE(less_zero_in_mean, y = 2 * hg::mse(abs(v), 0.0));
SQUARE(from_zero, y = sum(square(0 - abs(v))));
SQUARE(with_zero, y = square(l2_norm(v) + 0));
SQUARE(likelihood, y = 2 * hg::gaussian_nll(l2_norm(v), 0, 0));
SQUARE(divergence, y = 2 * kl(normal(abs(v), 1), hg::standard_normal));
SQUARE(density, y = -2 * log_prob(hg::standard_normal, l2_norm(v)));
SQUARE(in_parts, y = sum(square(hg::slice<0, 1>(abs(v)))) + sum(square(hg::slice<1, 2>(abs(v)))));
SQUARE(transposed, y = sum(square(transpose(hg::reshape<2, 1>(abs(v))))));
SQUARE(beside_another, y = sum(square(hg::concatenate(abs(v), v))) / 2);
SQUARE(chosen, y = sum(square(where(v > 1, v, abs(v)))));
SQUARE(row_and_column, y = sum(matmul(hg::reshape<1, 2>(abs(v)), hg::reshape<2, 1>(abs(v)))));
SQUARE(scaled_row_and_column, y = sum(matmul(hg::reshape<1, 2>(abs(2 * v)), hg::reshape<2, 1>(abs(v)))) / 2);
SQUARE(with_smooth_factor, y = square(l2_norm(v) * sum(exp(v))) / 4);
SQUARE(with_smooth_divisor, y = square(l2_norm(v) / sum(exp(v))) * 4);
SQUARE(with_two_factors, y = (l2_norm(v) * sum(exp(v))) * (l2_norm(v) / sum(exp(-v))));
SQUARE(of_two_norms, y = l2_norm(v) * l2_norm(-2 * v) / 2);
SQUARE(of_two_roots, y = sqrt(sum(square(v))) * sqrt(sum(square(v)) * 4) / 2);
SQUARE(twice, y = square(l2_norm(v) + l2_norm(v)) / 4);
#undef SQUARE
template <const auto&... Models> void check_squares() {
    int which = 0;
    (..., [&] {
        CAPTURE(which);
        ++which;
        const numbers hessian = value_of<Models>("H", "v", {0, 0}), slopes = value_of<Models>("g", "v", {0, 0});
        for (std::size_t i = 0; i < 4; ++i) CHECK(hessian[i] == (i == 0 || i == 3 ? 2 : 0));
        for (double slope : slopes) CHECK((slope == 0 || slope == -1));
    }());
}
// In a step of a scan, with and without a state that the derivative passes.
constexpr hg::symbol<"c"> c;
constexpr hg::symbol<"r"> r;
constexpr hg::symbol<"p"> p;
inline constexpr hg::graph step_of_squares{next(c) = c + square(l2_norm(r * p)), next(r) = r / 2};
inline constexpr hg::graph step_of_powers{next(c) = c + sum(pow(abs(p * r), 2)), next(r) = r / 2};
inline constexpr hg::graph squares_of_state{next(r) = r / 2, next(c) = c + l2_norm(r) * l2_norm(r)};
inline constexpr hg::graph in_steps{
    y = hg::scan<"run">(step_of_squares, hg::steps<3>, hg::carry(c = 0.0, r = 1.0), p = v)[last(c)],
    g = grad(y, v),
    H = hessian(y, v),
};
inline constexpr hg::graph powers_in_steps{
    y = hg::scan<"run">(step_of_powers, hg::steps<3>, hg::carry(c = 0.0, r = 1.0), p = v)[last(c)],
    g = grad(y, v),
    H = hessian(y, v),
};
inline constexpr hg::graph of_state{
    y = hg::scan<"run">(squares_of_state, hg::steps<3>, hg::carry(c = 0.0, r = v))[last(c)],
    g = grad(y, v),
    H = jacobian(g, v),
};
// The root is what is differentiated for.
inline constexpr hg::graph step_of_norm{next(c) = c + r * p * p, next(r) = r / 2};
inline constexpr hg::graph norm_in_steps{
    n = l2_norm(v),
    y = hg::scan<"run">(step_of_norm, hg::steps<3>, hg::carry(c = 0.0, r = 1.0), p = n)[last(c)],
    g = grad(y, n),
};

inline constexpr hg::graph fourth_power{y = pow(l2_norm(v), 4), H = hessian(y, v)};
inline constexpr hg::graph norm_itself{y = l2_norm(v), g = grad(y, v), H = hessian(y, v)};
inline constexpr hg::graph in_the_norm{n = l2_norm(v), y = n * n, g = grad(y, n)};
inline constexpr hg::graph below_zero{y = square(sqrt(sum(v)))};

inline constexpr hg::graph polynomial{y = s + pow(s, 2) + pow(s, 3) + pow(s, 4), g = grad(y, s), H = grad(g, s),
                                      g1 = grad(H, s), g2 = grad(g1, s)};
inline constexpr hg::graph powers{y = sum(pow(s, k)), g = grad(y, s), H = grad(g, s)};

}

TEST_CASE("the Hessian of the square of a norm at the origin, however it is written") {
    check_squares<by_square, by_product, by_hadamard, by_power, by_name, by_kept_axis, under_exp, in_a_sum,
                  of_absolutes, of_product_of_absolutes, of_root, of_power_of_a_half, of_scaled, of_smaller,
                  of_negative, scaled_product>();
    check_squares<of_mean, of_weighted_mean, less_zero, less_zero_in_mean, from_zero, with_zero, likelihood, divergence,
                  density, in_parts, transposed, beside_another, chosen, row_and_column, scaled_row_and_column,
                  with_smooth_factor, with_smooth_divisor, with_two_factors, of_two_norms, of_two_roots, twice>();
    CHECK(value_of<fourth_power>("H", "v", {0, 0}) == numbers{0, 0, 0, 0});
    CHECK(value_of<norm_itself>("g", "v", {0, 0}) == numbers{0, 0}); // by convention
    CHECK(value_of<norm_itself>("H", "v", {0, 0}) == numbers{0, 0, 0, 0});
    CHECK(value_of<in_the_norm>("g", "v", {3, 4}) == numbers{10});
    CHECK(std::isnan(value_of<below_zero>("y", "v", {-1, -2})[0]));
}

TEST_CASE("the Hessian of the square of a norm at the origin, in the steps of a scan") {
    const auto check = [](const numbers& slopes, const numbers& hessian) {
        CHECK(slopes == numbers{0, 0});
        CHECK(hessian == numbers{2.625, 0, 0, 2.625}); // 2 (1 + 1/4 + 1/16)
    };
    check(value_of<in_steps>("g", "v", {0, 0}), value_of<in_steps>("H", "v", {0, 0}));
    check(value_of<powers_in_steps>("g", "v", {0, 0}), value_of<powers_in_steps>("H", "v", {0, 0}));
    check(value_of<of_state>("g", "v", {0, 0}), value_of<of_state>("H", "v", {0, 0}));
    CHECK(value_of<in_steps>("g", "v", {2, -1}) == numbers{2 * 2.625, -2.625});
    CHECK(value_of<norm_in_steps>("g", "v", {3, 4}) == numbers{17.5}); // 2 (1 + 1/2 + 1/4) n
}

TEST_CASE("powers at zero") {
    CHECK(value_of<polynomial>("g2", "s", {0}) == numbers{24});
    CHECK(value_of<polynomial>("g1", "s", {0}) == numbers{6});
    hg::interpretation<double> run(hg::lowered<powers>::view(), rules<double>(), 1);
    run.feed("s", {0});
    run.feed("k", {0, 1, 2});
    run.run();
    CHECK(run["H"] == numbers{2});
}

namespace {

// What a graph made at run time makes of x.
template <class T>
std::vector<T> interpreted(hg::graph_builder& graph, int result, int leaf, const std::vector<T>& x, long rows = 1) {
    hg::interpretation<T> run(graph.view(), rules<T>(), rows);
    run.feed(leaf, x);
    run.run();
    return run.values[static_cast<std::size_t>(result)];
}
// The product of all elements but some.
template <class T> T product_without(const std::vector<T>& x, const std::vector<std::size_t>& left_out) {
    long double product = 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
        bool is_in = true;
        for (std::size_t o : left_out) is_in = is_in && o != i;
        if (is_in) product *= static_cast<long double>(x[i]);
    }
    return static_cast<T>(product);
}

}

TEST_CASE("derivatives of a product up to the fourth, with any of its factors zero") {
    constexpr int size = 5;
    hg::graph_builder graph;
    const hg::handle x = push_leaf(graph, hg::sentence("x"), shared_by_rows(size));
    const auto element = [&](hg::handle of, int i) {
        const hg::ops::slice part{{}, {0, i, i + 1}};
        return total(apply_operation(part, of));
    };
    const auto gradient = [&](hg::handle of) {
        hg::differentiation d(graph, of.index, {&x.index, 1});
        return x.other(d.gradient(x.index));
    };
    const hg::handle first = gradient(prod(x)), second = gradient(element(first, 1)),
                     third = gradient(element(second, 3)), fourth = gradient(element(third, 0));
    REQUIRE(graph.problem.empty());
    for (unsigned zeros = 0; zeros < 1u << size; ++zeros) {
        std::vector<double> at = {2, -3, 0.5, 7, 11};
        for (std::size_t i = 0; i < at.size(); ++i)
            if ((zeros >> i & 1u) != 0) at[i] = 0;
        const std::pair<hg::handle, std::vector<std::size_t>> taken[] = {
            {first, {}}, {second, {1}}, {third, {1, 3}}, {fourth, {1, 3, 0}}};
        for (const auto& [of, left_out] : taken) {
            const auto got = interpreted<double>(graph, of.index, x.index, at);
            for (std::size_t i = 0; i < at.size(); ++i) {
                std::vector<std::size_t> out = left_out;
                const bool again = std::find(out.begin(), out.end(), i) != out.end();
                out.push_back(i);
                CHECK(got[i] == doctest::Approx(again ? 0 : product_without(at, out)).epsilon(1e-14));
            }
        }
    }
}

TEST_CASE("products over the rows of a call, and their derivatives") {
    hg::graph_builder graph;
    const hg::handle x = push_leaf(graph, hg::sentence("x"), per_row(2));
    const hg::handle y_ = hg::ops::whole_product(x, hg::ops::over_rows);
    hg::differentiation d(graph, total(y_).index, {&x.index, 1});
    const int slope = d.gradient(x.index);
    hg::differentiation again(graph, total(square(x.other(slope))).index, {&x.index, 1});
    const int second = again.gradient(x.index);
    const std::vector<float> at = {1e25f, 0, 1e20f, 0, 1, 3};
    CHECK(interpreted<float>(graph, y_.index, x.index, at, 3) == std::vector<float>{INFINITY, 0});
    CHECK(interpreted<float>(graph, slope, x.index, at, 3) == std::vector<float>{1e20f, 0, 1e25f, 0, INFINITY, 0});
    // Of a^2 b^2 + b^2 c^2 + a^2 c^2 in a: 2 a (b^2 + c^2).
    const std::vector<double> small = {2, 0, 3, 0, 5, 7};
    CHECK(interpreted<double>(graph, second, x.index, small, 3) == numbers{136, 0, 174, 0, 130, 0});
}

namespace {

inline constexpr hg::graph products{y = prod(x9), g = grad(y, x9)};
inline constexpr hg::graph small_products{y = prod(x3), g = grad(y, x3), H = hessian(y, x3)};
inline constexpr hg::graph products_of_rows{ya = prod(rows_, axes<0>), yb = prod(rows_, axes<1>, keep_axes),
                                            g1 = grad(sum(ya), rows_), g2 = grad(sum(yb), rows_)};
inline constexpr hg::graph norms{y = l2_norm(v), g = grad(y, v), H = hessian(y, v)};
inline constexpr hg::graph norms_of_rows{ya = l2_norm(rows_, axes<0>), yb = l2_norm(rows_, axes<1>, keep_axes),
                                         g1 = grad(sum(ya), rows_), g2 = grad(sum(yb), rows_)};

template <class R> numbers numbers_of(const R& result) {
    if constexpr (std::is_arithmetic_v<R>)
        return {static_cast<double>(result)};
    else
        return {result.data(), result.data() + result.size()};
}

}

TEST_CASE_TEMPLATE("products whose intermediate results leave the numbers, by a program", T, float, double) {
    const bool is_float = std::is_same_v<T, float>;
    hg::function<products, hg::to<y, g>, hg::element<T>> f;
    const T big = is_float ? T(1e13) : T(1e100), small = 1 / big;
    const auto all = [&](std::array<T, 9> at) {
        const auto out = f(x9 = at);
        numbers result = numbers_of(out[g]);
        result.insert(result.begin(), static_cast<double>(out[y]));
        return result;
    };
    CHECK(all({big, 0, 0, big, big, 0, big, big, big}) == numbers(10, 0.0));
    // The others of the one zero; and where large and small ones cancel.
    CHECK(all({big, 0, small, big, small, 1, 1, 2, 1})[2] == doctest::Approx(2));
    CHECK(all({big, big, big, big, small, small, small, small, 3})[0] == doctest::Approx(3));
    CHECK(all({small, small, small, small, big, big, big, big, 3})[9] == doctest::Approx(1));
    CHECK(std::isnan(all({0, INFINITY, 1, 1, 1, 1, 1, 1, 1})[0]));
    CHECK(std::isnan(all({NAN, 0, 1, 1, 1, 1, 1, 1, 1})[0]));
    CHECK(all({0, INFINITY, 1, 1, 1, 1, 1, 1, 1})[1] == infinity);

    hg::function<small_products, hg::to<y, g, H>, hg::element<T>> h;
    const auto at = [&](T a, T b, T c) {
        const T x[] = {a, b, c};
        const auto out = h(x3 = x);
        return std::array{numbers_of(out[y]), numbers_of(out[g]), numbers_of(out[H])};
    };
    const auto zeros = at(0, 0, 3);
    CHECK(zeros[1] == numbers{0, 0, 0});
    CHECK(zeros[2] == numbers{0, 3, 0, 3, 0, 0, 0, 0, 0});
    if (is_float) {
        CHECK(at(T(1e25), T(1e20), 1)[1] == numbers{T(1e20), T(1e25), infinity});
        CHECK(at(T(1e-20), T(1e-25), 1)[1] == numbers{T(1e-25), T(1e-20), T(1e-45)});
        CHECK(at(T(1e-20), T(1e-25), T(1e30))[0][0] == doctest::Approx(1e-15));
        CHECK(at(T(1e25), T(1e20), T(1e-30))[2][1] == doctest::Approx(1e-30));
    } else {
        CHECK(at(T(1e250), T(1e200), 1)[1] == numbers{1e200, 1e250, infinity});
        CHECK(at(T(1e-250), T(1e-200), T(1e300))[0][0] == doctest::Approx(1e-150));
    }
}

TEST_CASE_TEMPLATE("products and norms along axes of each row, by a program", T, float, double) {
    const bool is_float = std::is_same_v<T, float>;
    const T big = is_float ? T(1e25) : T(1e200), small = is_float ? T(1e-25) : T(1e-200);
    const std::vector<T> in = {2, 0, 3, big, big, 0, 3 * big, 0, small, 4 * big, 0, 0};
    hg::function<products_of_rows, hg::to<ya, yb, g1, g2>, hg::element<T>, hg::max_rows<2>> f;
    const auto out = f(rows_ = in);
    const T b2 = big * big;
    CHECK(numbers_of(out[ya]) == numbers{2 * big, 0, 0, b2, 0, 0});
    CHECK(numbers_of(out[yb]) == numbers{0, 0, 0, 0});
    CHECK(numbers_of(out[g1]) == numbers{big, big, 0, 2, 0, 3, 4 * big, 0, 0, 3 * big, 0, small});
    CHECK(numbers_of(out[g2]) == numbers{0, 6, 0, 0, 0, b2, 0, T(3 * big) * small, 0, 0, 0, 0});

    hg::function<norms_of_rows, hg::to<ya, yb, g1, g2>, hg::element<T>, hg::max_rows<2>> h;
    const auto norm = h(rows_ = in);
    const auto close = [](const numbers& got, const numbers& wanted) {
        for (std::size_t i = 0; i < wanted.size(); ++i)
            CHECK(got[i] == doctest::Approx(wanted[i]).epsilon(is_float ? 1e-6 : 1e-14));
    };
    close(numbers_of(norm[ya]), {big, big, 3, 5 * static_cast<double>(big), 0, small});
    close(numbers_of(norm[yb]), {std::sqrt(13), std::sqrt(2) * static_cast<double>(big), 3 * static_cast<double>(big),
                                 4 * static_cast<double>(big)});
    close(numbers_of(norm[g1]), {0, 0, 1, 1, 1, 0, 0.6, 0, 1, 0.8, 0, 0});
    const double half = std::sqrt(0.5);
    close(numbers_of(norm[g2]), {2 / std::sqrt(13), 0, 3 / std::sqrt(13), half, half, 0, 1, 0, 0, 1, 0, 0});
}

TEST_CASE_TEMPLATE("norms whose squares over- and underflow, by a program", T, float, double) {
    hg::function<norms, hg::to<y, g, H>, hg::element<T>> f;
    for (const T size :
         {T(1), std::is_same_v<T, float> ? T(1e30) : T(1e200), std::is_same_v<T, float> ? T(1e-30) : T(1e-200)}) {
        const T at[] = {3 * size, 4 * size};
        const auto out = f(v = at);
        const double epsilon = 4 * std::numeric_limits<T>::epsilon();
        CHECK(out[y] == doctest::Approx(5 * static_cast<double>(size)).epsilon(epsilon));
        CHECK(numbers_of(out[g])[0] == doctest::Approx(0.6).epsilon(epsilon));
        CHECK(numbers_of(out[g])[1] == doctest::Approx(0.8).epsilon(epsilon));
        CHECK(numbers_of(out[H])[0] * 5 * static_cast<double>(size) == doctest::Approx(0.64).epsilon(4 * epsilon));
    }
    const T origin[] = {0, 0};
    CHECK(numbers_of(f(v = origin)[g]) == numbers{0, 0});
    const T infinite[] = {INFINITY, 1}, none[] = {NAN, 1};
    CHECK(f(v = infinite)[y] == INFINITY);
    CHECK(numbers_of(f(v = infinite)[g]) == numbers{1, 0});
    const T below[] = {0, -INFINITY};
    CHECK(numbers_of(f(v = below)[g]) == numbers{0, -1});
    CHECK(std::isnan(numbers_of(f(v = none)[g])[0]));
    CHECK(std::isnan(f(v = none)[y]));
}

namespace {

constexpr hg::input<"of_row"> of_row;
constexpr hg::symbol<"turned"> turned;
constexpr hg::symbol<"outside"> outside;
constexpr hg::symbol<"slope"> slope;
template <hg::operand X> constexpr auto product_of_rows(const X& x) {
    return apply_operation(hg::ops::product_over{{hg::ops::over_rows}}, x);
}
// In a step the derivative of the product mixes the rows, though each row has a value of its own.
inline constexpr hg::graph step_of_products{next(turned) = turned / 2 + jvp(slope, outside, turned)};
inline constexpr hg::graph scan_of_products{
    y = product_of_rows(of_row),
    g = grad(y, of_row),
    n = hg::scan<"run">(step_of_products, hg::steps<3>, hg::carry(turned = of_row), slope = g,
                        outside = of_row)[last(turned)],
};

}

TEST_CASE("a scan whose steps mix rows does not run block by block of rows") {
    constexpr long rows = 2 * hg::rows_of_block - 3;
    hg::function<scan_of_products, hg::to<n>, hg::element<double>> f;
    numbers at(rows);
    for (std::size_t i = 0; i < at.size(); ++i) at[i] = 1 + 0.1 * std::sin(static_cast<double>(i));
    hg::interpretation<double> run(hg::lowered<scan_of_products>::view(), rules<double>(), rows);
    run.feed("of_row", at);
    run.run();
    const auto out = f(of_row = at);
    const numbers got = numbers_of(out[n]);
    for (std::size_t i = 0; i < at.size(); ++i) CHECK(got[i] == doctest::Approx(run["n"][i]).epsilon(1e-12));
}
