// The benchmark's functions in ddx (reach2sayan/ddx), whose expressions are types. It needs C++23 and a newer compiler
// than the rest, so this file is compiled separately, and uses only numbers of the benchmark.
#include "gradients_ddx_functions.hpp"

#include <ddx.hpp>

#include <array>
#include <utility>

namespace {

using namespace ddx;

// x00, x01 and so on: variables are ordered by name.
template <std::size_t I> consteval auto name() {
    const char text[] = {'x', static_cast<char>('0' + I / 10), static_cast<char>('0' + I % 10), '\0'};
    return impl::FixedString<4>(text);
}
template <std::size_t I> inline constexpr auto x = var<name<I>()>;

template <std::size_t N, class Expression> double run(Expression expression, const double* at, double* g, long times) {
    const Equation equation{expression};
    double value = 0;
    for (; times > 0; --times) {
        std::array<double, N> point;
        for (std::size_t i = 0; i < N; ++i) point[i] = at[i];
        value = equation.evaluate(point);
        const auto gradient = equation.gradient(point);
        for (std::size_t i = 0; i < N; ++i) g[i] = gradient[i];
        asm volatile("" : : "g"(&value) : "memory"); // as gradients::keep
    }
    return value;
}

template <std::size_t N> auto chain_energy() {
    const auto logs = []<std::size_t... I>(std::index_sequence<I...>) { return (... + (x<I> * log(x<I>))); };
    const auto squares = []<std::size_t... I>(std::index_sequence<I...>) {
        return (... + (0.5 * ((x<I> - x<I + 1>)*(x<I> - x<I + 1>))));
    };
    return logs(std::make_index_sequence<N>()) + squares(std::make_index_sequence<N - 1>()) + exp(x<0> * x<N - 1>);
}
template <std::size_t N> auto rosenbrock() {
    const auto term = []<std::size_t I>(std::integral_constant<std::size_t, I>) {
        const auto bend = x<I + 1> - x<I> * x<I>;
        const auto rest = 1.0 - x<I>;
        return 100.0 * bend * bend + rest * rest;
    };
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (... + term(std::integral_constant<std::size_t, I>()));
    }
    (std::make_index_sequence<N - 1>());
}
auto black_scholes() {
    const auto spot = x<0>;
    const auto strike = x<1>;
    const auto rate = x<2>;
    const auto volatility = x<3>;
    const auto time = x<4>;
    const auto cdf = [](auto d) { return 0.5 * erf(d * 0.70710678118654752440) + 0.5; };
    const auto deviation = volatility * sqrt(time);
    const auto d1 = (log(spot / strike) + (rate + volatility * volatility / 2.0) * time) / deviation;
    return spot * cdf(d1) - strike * exp(-rate * time) * cdf(d1 - deviation);
}

}

namespace ddx_functions {

double f1(const double* at, double* g, long times) {
    return run<1>(exp(x<0>) * sin(x<0>) + x<0> * x<0> * x<0> + 2.0 * x<0>, at, g, times);
}
double f2(const double* at, double* g, long times) {
    return run<2>(x<0> * x<1> + sin(x<0>) + x<1> * x<1> + exp(x<0> + x<1>), at, g, times);
}
double f3(const double* at, double* g, long times) {
    return run<3>(exp(x<0> * x<1>) + x<0> * sin(x<2>) + x<1> * x<2> + x<0> * x<0> * x<2>, at, g, times);
}
double f4(const double* at, double* g, long times) {
    return run<4>((x<0> + x<1>)*(x<2> - x<3>)+exp(x<0> * x<2>) + sin(x<1> * x<3>) + x<0> * x<1> * x<2> * x<3>, at, g,
                  times);
}
double chain_energy_8(const double* at, double* g, long times) { return run<8>(chain_energy<8>(), at, g, times); }
double chain_energy_32(const double* at, double* g, long times) { return run<32>(chain_energy<32>(), at, g, times); }
double rosenbrock_2(const double* at, double* g, long times) { return run<2>(rosenbrock<2>(), at, g, times); }
double black_scholes(const double* at, double* g, long times) { return run<5>(::black_scholes(), at, g, times); }

}
