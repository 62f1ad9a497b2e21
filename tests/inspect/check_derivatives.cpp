// hg::check_derivatives: it passes what is right, names what is wrong, and knows kinks; of built-in operations and of a
// user's own.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/check_derivatives.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace hg = hourglass;

namespace mine {

// x / (1 + |x|)
struct softsign : hg::elementwise<1> {
    static constexpr std::string_view name = "softsign";
    template <class V> static constexpr V forward(const V& x) { return x / (hg::math::as<V>(1) + hg::math::abs(x)); }
    template <class H> static constexpr H derivative(H x, H, H g) { return g / square(1 + abs(x)); }
};
// The same with a mistake in its derivative.
struct wrong_softsign : softsign {
    static constexpr std::string_view name = "wrong_softsign";
    template <class H> static constexpr H derivative(H x, H, H g) { return g / (1 + square(x)); }
};
struct wrong_double : hg::elementwise<1> {
    static constexpr std::string_view name = "wrong_double";
    template <class V> static constexpr V forward(const V& x) { return x + x; }
    template <class H> static constexpr H derivative(H, H, H g) { return g * 3; }
};
// Right once, wrong when it is differentiated again.
struct half_right : hg::elementwise<1> {
    static constexpr std::string_view name = "half_right";
    template <class V> static constexpr V forward(const V& x) { return x * x; }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(wrong_double{}, x));
    }
};

}

HOURGLASS_OPERATION(mine::softsign);
HOURGLASS_OPERATION(mine::wrong_softsign);
HOURGLASS_OPERATION(mine::wrong_double);
HOURGLASS_OPERATION(mine::half_right);

namespace {

inline constexpr hg::argument<"x", 5> x;
inline constexpr hg::symbol<"loss"> loss;
const std::vector<double> points{-2.0, -1e-8, 0.3, 1.5, 1e6};

inline constexpr hg::graph right{loss = sum(hg::apply_operation(mine::softsign{}, x) * exp(-square(x)))};
inline constexpr hg::graph wrong{loss = sum(hg::apply_operation(mine::wrong_softsign{}, x))};
inline constexpr hg::graph wrong_twice{loss = sum(hg::apply_operation(mine::half_right{}, x))};

}

TEST_CASE("a right rule passes, in first and second derivatives") {
    const auto report = hg::check_derivatives<right, loss, hg::wrt<x>>(x = points);
    CHECK_MESSAGE(report.passed(), report.text());
    CHECK(report.first == 5);
    CHECK(report.second == 5);
    CHECK(report.without_second == "");
}

TEST_CASE("a wrong rule is named with its element, what it said and what is right") {
    const auto report = hg::check_derivatives<wrong, loss, hg::wrt<x>>(x = points);
    CHECK_FALSE(report.passed());
    CHECK(report.text().find("d loss / d x, element 0: 0.2, by differences 0.111111111111111") != std::string::npos);
    const auto second = hg::check_derivatives<wrong_twice, loss, hg::wrt<x>>(x = points);
    CHECK_FALSE(second.passed());
    CHECK(second.text().find("second derivatives for x, element 0: 4.11, by differences 2.74") != std::string::npos);
}

namespace model {

inline constexpr hg::input<"in", 3> in;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"cost"> cost;
inline constexpr hg::graph net{
    h = relu(dense<4>(in)),
    cost = squared_error(dense<3>(h + 0.1 * hg::normal_noise_like(h)), in) + hg::stop_gradient(sum(square(h))),
};

inline constexpr hg::argument<"at", 4> at;
inline constexpr hg::symbol<"kinked"> kinked;
inline constexpr hg::graph kinks{kinked = sum(relu(at)) + hg::max(slice<0, 1>(at) * slice<1, 2>(at), hg::axes<0>)};

}

TEST_CASE("a model with parameters, rows, noise and what is held; and kinks") {
    using namespace model;
    hg::parameters<net, hg::element<double>> theta{hg::seed = 3};
    const std::vector<double> data{0.3, -0.2, 1.4, 0.9, 0.1, -0.8};
    const auto report = hg::check_derivatives<net, cost>(theta, in = data);
    CHECK_MESSAGE(report.passed(), report.text());
    CHECK(report.first == 4 * 3 + 4 + 3 * 4 + 3);
    CHECK(report.kinks == 0);

    const auto at_kinks = hg::check_derivatives<kinks, kinked, hg::wrt<at>>(at = std::vector<double>{0, 1.0, 0, -2});
    CHECK_MESSAGE(at_kinks.passed(), at_kinks.text());
    CHECK(at_kinks.kinks >= 2);
}
