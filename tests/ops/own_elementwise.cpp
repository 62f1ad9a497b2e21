// A user's own operation, written as docs/architecture.md tells: one struct, equal to a built-in one in functions,
// gradients of any order and the interpreter. The built-in operations are checked by enumerating them, elsewhere.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

HOURGLASS_BEGIN
namespace ops {

// ln cosh x, a smooth form of |x|, without overflow
struct smooth_abs : elementwise<1> {
    static constexpr std::string_view name = "smooth_abs";
    template <class V> static constexpr V forward(const V& x) {
        const V a = math::abs(x);
        return a + math::log1p(math::exp(V(a * math::as<V>(-2)))) - math::as<V>(0.69314718055994530942);
    }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, apply_operation(tanh{}, x)); }
};

}
template <operand X> constexpr auto smooth_abs(const X& x) { return apply_operation(ops::smooth_abs{}, x); }
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::smooth_abs);

namespace hg = hourglass;

namespace own {

inline constexpr hg::input<"x", 19> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    h = hg::dense<7>(x),
    loss = sum(smooth_abs(h)),
};

}

TEST_CASE_TEMPLATE("an operation of a user's own is fused, differentiated and vectorised like a built-in one", T, float,
                   double) {
    using namespace own;
    hg::parameters<model, hg::element<T>> theta{hg::seed = 3};
    std::vector<T> data(19 * 5);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = T(3 * std::sin(static_cast<double>(i)));
    data[0] = T(1e4); // e^x would overflow in float
    hg::function<model, hg::from<x>, hg::to<h, loss>, hg::element<T>> f;
    hg::gradient<model, loss, hg::wrt<h>, hg::element<T>> g;
    const double exact = std::is_same_v<T, float> ? 2e-6 : 1e-13;
    const auto out = f(theta, x = data);
    const auto slope = g(theta, x = data);
    double mean = 0;
    for (int r = 0; r < 5; ++r) {
        double sum = 0;
        for (int i = 0; i < 7; ++i) {
            const double v = std::abs(static_cast<double>(out[h](r, i)));
            sum += v + std::log1p(std::exp(-2 * v)) - std::log(2);
            CHECK(slope.gradient(h)(r, i) ==
                  doctest::Approx(std::tanh(static_cast<double>(out[h](r, i))) / 5).epsilon(exact));
        }
        CHECK(out[loss](r) == doctest::Approx(sum).epsilon(exact));
        mean += sum / 5;
    }
    CHECK(slope[loss] == doctest::Approx(mean).epsilon(exact));
}

TEST_CASE("the interpreter takes it too") {
    using namespace own;
    hg::parameters<model> theta{hg::seed = 3};
    const std::vector<float> data(19, 0.5f);
    hg::interpreter<model> inside{theta};
    inside(x = data);
    double sum = 0;
    for (int i = 0; i < 7; ++i) sum += std::log(std::cosh(inside[h](0, i)));
    CHECK(inside[loss](0) == doctest::Approx(sum).epsilon(1e-12));
}
