// Products of many factors, by programs, against products with exponents apart: factors of any size, in any order in
// which lanes leave the ordinary numbers and come back, zeros and infinities among them.
#include "autodiff/gradient_check.hpp"

using namespace gradient_check;

namespace {

constexpr hg::symbol<"y"> y;
constexpr hg::symbol<"g"> g;
template <int N> constexpr hg::argument<"x", N> factors;
template <int N> inline constexpr hg::graph product_of_factors{y = prod(factors<N>), g = grad(y, factors<N>)};

// The product of all numbers that are no zeros, and how many are.
struct exact_product {
    long double fraction = 1;
    long exponent = 0, zeros = 0;

    template <class T> void multiply(T x, int power) {
        if (x == 0) {
            zeros += power;
            return;
        }
        int e = 0;
        const long double of_x = std::frexp(static_cast<long double>(x), &e);
        fraction = std::frexp(power > 0 ? fraction * of_x : fraction / of_x, &e);
        exponent += e;
        std::frexp(static_cast<long double>(x), &e);
        exponent += power * e;
    }
    template <class T> T value() const {
        return zeros > 0 ? T(0) : static_cast<T>(std::ldexp(fraction, static_cast<int>(exponent)));
    }
};
template <class T> void check_near(T got, T wanted, int count) {
    using limits = std::numeric_limits<T>;
    CAPTURE(got);
    CAPTURE(wanted);
    if (std::isinf(wanted) || wanted == 0)
        CHECK(got == wanted);
    else
        CHECK(std::abs(got - wanted) <=
              std::abs(wanted) * static_cast<T>(count) * limits::epsilon() + 2 * limits::denorm_min());
}
template <class T, int N> void check_factors(const std::vector<T>& x) {
    hg::function<product_of_factors<N>, hg::to<y, g>, hg::element<T>> f;
    const auto out = f(factors<N> = x);
    exact_product all;
    for (const T& one : x) all.multiply(one, 1);
    check_near<T>(out[y], all.value<T>(), N);
    for (std::size_t i = 0; i < x.size(); ++i) {
        exact_product others = all;
        others.multiply(x[i], -1);
        CAPTURE(i);
        check_near<T>(out[g].data()[i], others.value<T>(), N + 1);
    }
}
// Factors near 1, times powers of two that depend on the place.
template <class T, int N> void check_sizes(auto exponent_at) {
    std::vector<T> x;
    for (int i = 0; i < N; ++i)
        x.push_back(std::ldexp(T(1 + i * 37 % 64 / 64.0) * T(i % 3 == 0 ? -0.7 : 0.7), exponent_at(i)));
    check_factors<T, N>(x);
    for (const int zero : {N / 3, N - 1}) {
        CAPTURE(zero);
        x[static_cast<std::size_t>(zero)] = 0;
        check_factors<T, N>(x);
    }
    x[0] = std::numeric_limits<T>::infinity();
    hg::function<product_of_factors<N>, hg::to<y>, hg::element<T>> f;
    CHECK(std::isnan(static_cast<T>(f(factors<N> = x)[y])));
}
template <class T, int N> void check_lengths() {
    CAPTURE(N);
    constexpr int far = std::numeric_limits<T>::max_exponent * 3 / 4;
    check_sizes<T, N>([](int) { return 0; });
    check_sizes<T, N>([](int i) { return i % 2 == 0 ? far : -far; }); // a lane has factors of one kind
    check_sizes<T, N>([](int i) { return i % 4 < 2 ? far : -far; });
    // Each lane leaves the ordinary numbers and comes back, below first and above first; by a little and by much.
    for (const int size : {far, -far, far / 2, -far / 2, -20, 20})
        check_sizes<T, N>([size](int i) { return i < N / 2 ? size : i < N / 2 * 2 ? -size : 0; });
    for (const int size : {-far, -7, 7}) check_sizes<T, N>([size](int) { return size; });
    check_sizes<T, N>([](int i) { return i == N / 2 ? -far - far / 4 : -1; });
    // One lane, of whatever width, is a denormal number with half of its digits, and then an ordinary one again.
    constexpr int apart = N < 64 * 3 ? 16 : 64;
    constexpr int denormal = std::numeric_limits<T>::digits / 2 - std::numeric_limits<T>::min_exponent;
    check_sizes<T, N>([](int i) { return i == 0 || i == apart ? -denormal / 2 : i == 2 * apart ? denormal / 2 : 0; });
}

}

TEST_CASE_TEMPLATE("products of many factors of any size and their gradients, by programs", T, float, double) {
    check_lengths<T, 37>();
    check_lengths<T, 2200>(); // more than are combined without a break
}
