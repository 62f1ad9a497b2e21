// Operations of a user's own, of every kind: a reduction, a movement, a product and elementwise ones of many operands,
// none of which the library has a kernel for by name. Values and gradients, by programs and by the interpreter.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace mine {

// The product of elements, none of which is zero.
struct product_over : hg::ops::reduction {
    static constexpr std::string_view name = "product_over";
    template <class V> static constexpr V start() { return hg::math::as<V>(1); }
    template <class V> static constexpr V combine(const V& a, const V& b) { return a * b; }
    template <class T> static void reference(const hg::evaluation<T>& e) {
        hg::ops::reference_reduction<product_over>(e);
    }
    static constexpr void derivative(auto& d) {
        const auto kept = [&](auto h) { return hg::ops::along_operand(d, h); };
        d.accumulate(0, hadamard(kept(d.adjoint_full()), kept(d.result())) / d.operand(0));
    }
};
template <class Axes> using product_axes = hg::ops::reduce_axes<product_over, Axes, false>;
template <hg::operand X, int... Axes> constexpr auto product_of(const X& x, hg::axes_t<Axes...> = {}) {
    return hg::apply_operation(product_axes<hg::axes_t<Axes...>>{}, x);
}
template <hg::operand X> constexpr auto product_of_rows(const X& x) {
    return hg::apply_operation(product_over{{hg::ops::over_rows}}, x);
}

// What two kinds of kernels could ask for.
struct reversing_kernels : hg::for_kernels {
    long (*extent)(const hg::value_type& operand);
};
struct other_kernels : hg::for_kernels {};

// The elements in reverse.
struct flip : hg::ops::movement {
    static constexpr std::string_view name = "flip";
    static constexpr hg::value_type infer(hg::inference& in) { return in[0]; }
    template <class T> static void reference(const hg::evaluation<T>& e) {
        const long n = e.type.extents.size();
        for (long r = 0; r < e.rows_of(e.type); ++r)
            for (long i = 0; i < n; ++i) e.result[r * n + i] = e.operand(0, r)[n - 1 - i];
    }
    static constexpr long last_extent(const hg::value_type& operand) {
        return operand.extents[operand.extents.rank - 1];
    }
    static constexpr reversing_kernels kernels{{}, &last_extent};
    static constexpr void derivative(auto& d) { d.accumulate(0, hg::apply_operation(flip{}, d.adjoint_full())); }
};
template <hg::operand X> constexpr auto flipped(const X& x) { return hg::apply_operation(flip{}, x); }

// Two vectors in turns: a0, b0, a1, b1, ...
struct interleave : hg::ops::movement {
    static constexpr std::string_view name = "concatenate"; // another operation's name
    static constexpr int arity = 2;
    static constexpr hg::value_type infer(hg::inference& in) {
        return {hg::make_shape(2 * in[0].extents[0]), in.any_batched()};
    }
    template <class T> static void reference(const hg::evaluation<T>& e) {
        const long n = e.type.extents.size();
        for (long r = 0; r < e.rows_of(e.type); ++r)
            for (long i = 0; i < n; ++i) e.result[r * n + i] = e.operand(static_cast<int>(i % 2), r)[i / 2];
    }
    static constexpr void derivative(auto& d) {
        const int n = d.operand(0).extents()[0];
        const auto pairs = reshaped(d.adjoint_full(), hg::make_shape(n, 2));
        for (int i = 0; i < 2; ++i) {
            const hg::ops::slice column{{}, {1, i, i + 1}};
            d.accumulate(i, reshaped(hg::apply_operation(column, pairs), hg::make_shape(n)));
        }
    }
};

// The sum over i of a[i] b[n - 1 - i], the elements of a and b in their order.
struct crossed : hg::ops::movement {
    static constexpr std::string_view name = "crossed";
    static constexpr hg::operation_kind kind = hg::operation_kind::product;
    static constexpr int arity = 2;
    static constexpr hg::value_type infer(hg::inference& in) { return {{}, in.any_batched()}; }
    template <class T> static void reference(const hg::evaluation<T>& e) {
        const long n = e.types[0].extents.size();
        for (long r = 0; r < e.rows_of(e.type); ++r) {
            e.result[r] = T(0);
            for (long i = 0; i < n; ++i) e.result[r] += e.operand(0, r)[i] * e.operand(1, r)[n - 1 - i];
        }
    }
    static constexpr void derivative(auto& d) {
        for (int i = 0; i < 2; ++i)
            d.accumulate(i, hadamard(d.adjoint(),
                                     reshaped(hg::apply_operation(flip{}, d.operand(1 - i)), d.operand(i).extents())));
    }
};

struct sum_of_products : hg::elementwise<4> {
    static constexpr std::string_view name = "sum_of_products";
    static constexpr bool foldable = true;
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c, const V& d) {
        return a * b + c * d;
    }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        return std::array{hadamard(g, b), hadamard(g, a), hadamard(g, d), hadamard(g, c)};
    }
};
// More operands than anything of the library has.
struct polynomial : hg::elementwise<10> {
    static constexpr std::string_view name = "polynomial";
    template <class V, class... C> static constexpr V forward(const V& x, const C&... c) {
        V sum = hg::math::as<V>(0);
        ((sum = sum * x + c), ...);
        return sum;
    }
    template <class H, class... Rest> static constexpr std::array<H, 10> derivative(H x, Rest... rest) {
        const std::array<H, 11> r{rest...}; // nine coefficients, the result, the adjoint
        const H g = r[10];
        std::array<H, 10> shares{};
        H power = g, slope = hadamard(g, 0);
        for (int i = 8; i >= 0; --i) {
            shares[static_cast<std::size_t>(i) + 1] = power;
            if (i > 0) slope = slope + hadamard(hadamard(power, r[static_cast<std::size_t>(i) - 1]), 9 - i);
            power = hadamard(power, x);
        }
        shares[0] = slope;
        return shares;
    }
};

}

HOURGLASS_OPERATION(mine::product_over);
HOURGLASS_OPERATION(mine::flip);
HOURGLASS_OPERATION(mine::interleave);
HOURGLASS_OPERATION(mine::crossed);
HOURGLASS_OPERATION(mine::sum_of_products);
HOURGLASS_OPERATION(mine::polynomial);

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

inline constexpr hg::input<"x", 3, 19> x; // no whole number of vectors
inline constexpr hg::parameter<"w", 3, 19> w{hg::constant(1.25)};
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;

constexpr std::size_t row_count = 5;
// Near one, so that products stay there, and none of them equal.
numbers spread() {
    numbers data(row_count * 57);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = 1 + 0.4 * std::sin(1.7 * static_cast<double>(i) + 0.3);
    return data;
}
numbers values_of(double number) { return {number}; }
numbers values_of(const auto& view) { return {view.begin(), view.end()}; }
std::vector<float> in_float(const numbers& from) { return {from.begin(), from.end()}; }

// Value and gradient of a model in w, which multiplies x, by a program on some threads, against the interpreter and
// against differences of what it says.
template <const auto& Model> void check_model() {
    const numbers data = spread();
    hg::parameters<Model, in_double> theta;
    hg::interpreter<Model> look{theta};
    const auto mean_loss = [&] {
        const auto losses = values_of(look(x = data)[loss]);
        double sum = 0;
        for (double l : losses) sum += l;
        return sum / static_cast<double>(losses.size());
    };
    for (const int threads : {1, 3}) {
        CAPTURE(threads);
        hg::function<Model, hg::from<x>, hg::to<y>, in_double> values{hg::threads = hg::pinned(threads)};
        const auto out = values(theta, x = data);
        const numbers got = values_of(out[y]), wanted = values_of(look(x = data)[y]);
        REQUIRE(got.size() == wanted.size());
        for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(wanted[i]).epsilon(1e-12));

        hg::gradient<Model, loss, in_double> gradient{hg::threads = hg::pinned(threads)};
        const auto slope = gradient(theta, x = data);
        CHECK(slope[loss] == doctest::Approx(mean_loss()).epsilon(1e-12));
        for (const auto& [i, j] : {std::pair{0, 0}, {1, 7}, {2, 18}}) {
            const double h = 1e-5, at = theta[w](i, j);
            theta[w](i, j) = at + h;
            const double above = mean_loss();
            theta[w](i, j) = at - h;
            const double below = mean_loss();
            theta[w](i, j) = at;
            CHECK(slope.gradient(w)(i, j) == doctest::Approx((above - below) / (2 * h)).epsilon(1e-7));
        }
    }
    hg::parameters<Model> single;
    hg::function<Model, hg::from<x>, hg::to<y>> values;
    const auto out = values(single, x = in_float(data));
    const numbers got = values_of(out[y]), wanted = values_of(look(x = data)[y]);
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(wanted[i]).epsilon(1e-5));
}

inline constexpr auto wx = hadamard(w, x); // an expression without a name of its own

inline constexpr hg::graph product_over_last{y = mine::product_of(wx, hg::axes<1>), loss = sum(y)};
inline constexpr hg::graph product_over_first{y = mine::product_of(wx, hg::axes<0>), loss = sum(square(y))};
inline constexpr hg::graph product_over_all{y = mine::product_of(0.8 * wx), loss = y};
inline constexpr hg::graph product_over_rows{y = mine::product_of_rows(wx), loss = sum(y)};
inline constexpr hg::graph sum_beside_product{
    y = sum(wx, hg::axes<1>) * mine::product_of(wx, hg::axes<1>) + max(wx, hg::axes<1>),
    loss = sum(y),
};
inline constexpr hg::graph flips{y = hadamard(mine::flipped(wx), x), loss = sum(y)};
inline constexpr hg::graph flip_of_parameter{y = hadamard(mine::flipped(w), x), loss = sum(y)};
inline constexpr hg::graph turns{
    y = hg::apply_operation(mine::interleave{}, sum(wx, hg::axes<0>), sum(w, hg::axes<0>)),
    loss = sum(y * y * y),
};
inline constexpr hg::graph crosses{
    y = hg::apply_operation(mine::crossed{}, reshape<57>(transpose(w)), reshape<57>(x)),
    loss = y * y,
};
inline constexpr hg::graph transposed_crosses{
    y = hg::apply_operation(mine::crossed{}, transpose(w), x),
    loss = y,
};
inline constexpr hg::graph four_operands{
    y = hg::apply_operation(mine::sum_of_products{}, x, w, x + 1.0, square(w)) +
        hg::apply_operation(mine::sum_of_products{}, hg::lift(2), hg::lift(3), hg::lift(4), hg::lift(5)),
    loss = sum(y),
};
inline constexpr hg::graph ten_operands{
    y = hg::apply_operation(mine::polynomial{}, w, x, 2, 0.5 * x, w, x + 1.0, 3, 0.25, wx, -x),
    loss = sum(y),
};

}

TEST_CASE("a user's own reduction: over last axes, first axes, all axes and the rows") {
    check_model<product_over_last>();
    check_model<product_over_first>();
    check_model<product_over_all>();
    check_model<product_over_rows>();
    check_model<sum_beside_product>();
    // by hand, so that the interpreter is not its own witness
    hg::parameters<product_over_first, in_double> theta;
    hg::function<product_over_first, hg::to<y>, in_double> values;
    const numbers data = spread();
    const auto out = values(theta, x = data);
    for (int j = 0; j < 19; ++j) {
        const auto at = [&](int i) { return 1.25 * data[static_cast<std::size_t>(57 + 19 * i + j)]; };
        CHECK(out[y](1, j) == doctest::Approx(at(0) * at(1) * at(2)).epsilon(1e-13));
    }
}

TEST_CASE("a user's own movements, of one and two operands, shared by the rows or not") {
    check_model<flips>();
    check_model<flip_of_parameter>();
    check_model<turns>();
    hg::parameters<flips, in_double> theta;
    hg::function<flips, hg::to<y>, in_double> values;
    const numbers data = spread();
    const auto out = values(theta, x = data);
    CHECK(out[y](2, 0, 4) == doctest::Approx(1.25 * data[114 + 57 - 1 - 4] * data[114 + 4]).epsilon(1e-13));
}

TEST_CASE("a user's own product is not a matrix product") {
    check_model<crosses>();
    check_model<transposed_crosses>();
}

TEST_CASE("elementwise operations of four operands and of ten") {
    check_model<four_operands>();
    check_model<ten_operands>();
    hg::parameters<four_operands, in_double> theta;
    hg::function<four_operands, hg::to<y>, in_double> values;
    const numbers data = spread();
    const double at = data[0];
    CHECK(values(theta, x = data)[y](0, 0, 0) ==
          doctest::Approx(at * 1.25 + (at + 1) * 1.25 * 1.25 + 26).epsilon(1e-13));
}

TEST_CASE("a training step passes through all of them") {
    static constexpr hg::graph model{y = mine::flipped(wx),
                                     loss = sum(mine::product_of(0.5 * y, hg::axes<1>)) + sum(square(w - 1.0))};
    hg::parameters<model> theta;
    hg::trainer<model, loss, hg::adam> train{theta};
    const auto data = in_float(spread());
    const double before = train(x = data, hg::learning_rate = 1e-2)[loss];
    double after = before;
    for (int i = 0; i < 20; ++i) after = train(x = data, hg::learning_rate = 1e-2)[loss];
    CHECK(after < before);
}

TEST_CASE("what an operation states for kernels is found by type") {
    const hg::operation &flip = hg::record<mine::flip>, &crossed = hg::record<mine::crossed>;
    CHECK(flip.states<mine::reversing_kernels>());
    CHECK(flip.stated<mine::reversing_kernels>().extent({hg::make_shape(3, 19), true}) == 19);
    CHECK_FALSE(flip.states<mine::other_kernels>());
    CHECK_FALSE(crossed.states<mine::reversing_kernels>());
}
