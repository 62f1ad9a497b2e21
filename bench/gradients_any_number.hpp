// The benchmark's functions, written once for libraries whose numbers replace double: loops, as their users write them.
#pragma once

#include "gradients.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace gradients {

template <class T> inline constexpr bool has_erf = requires(const T& x) { erf(x); };
// Whether a library's numbers support what a problem needs.
template <class T> bool knows(const problem& p) { return has_erf<T> || p.id != function_id::black_scholes; }

// Roughly how many operations on its numbers a library sees.
inline long operations_of(const problem& p) {
    switch (p.id) {
    case function_id::matrix_product:
    case function_id::matrix_product_simplified:
        return p.size * std::lround(std::sqrt(static_cast<double>(p.size) / 2));
    case function_id::regression:
        return 2 * static_cast<long>(p.constants.size());
    default:
        return 10 * p.size;
    }
}
// Beyond these limits a library that records every operation takes seconds, and forward mode loses to everything else.
inline constexpr long most_recorded = 2'000'000, most_forward = 16;

// Functions of x[0] to x[n - 1]. Constants are doubles, since not every library accepts others.
template <class T> T sum_of(const T* x, long n) {
    T s = x[0];
    for (long i = 1; i < n; ++i) s += x[i];
    return s;
}
template <class T> T product_of(const T* x, long n) {
    T s = x[0];
    for (long i = 1; i < n; ++i) s *= x[i];
    return s;
}
template <class T> T squares_of(const T* x, long n) {
    T s(0.0);
    for (long i = 0; i < n; ++i) s += x[i] * x[i];
    return s;
}
template <class T> T log_sum_exp_of(const T* x, long n) {
    using std::exp, std::log;
    T s = exp(x[0]);
    for (long i = 1; i < n; ++i) s += exp(x[i]);
    return log(s);
}
template <class T> T stable_log_sum_exp_of(const T* x, long n, const std::vector<double>& numbers) {
    using std::exp, std::log;
    double largest = -HUGE_VAL;
    for (double each : numbers) largest = each > largest ? each : largest;
    T s = exp(x[0] - largest);
    for (long i = 1; i < n; ++i) s += exp(x[i] - largest);
    return largest + log(s);
}
template <class T> T normal_log_density_of(const T* x, long n) {
    T s(0.0);
    for (long i = 0; i < n; ++i) s += (x[i] - density_mu) * (x[i] - density_mu);
    return -0.5 / (density_sigma * density_sigma) * s - static_cast<double>(n) * log_density_sigma;
}
template <class T> T sum_of_matrix_product(const T* x, long n) {
    const long k = std::lround(std::sqrt(static_cast<double>(n) / 2));
    const T *a = x, *b = x + k * k;
    T all(0.0);
    for (long i = 0; i < k; ++i)
        for (long j = 0; j < k; ++j) {
            T s = a[i * k] * b[j];
            for (long l = 1; l < k; ++l) s += a[i * k + l] * b[l * k + j];
            all += s;
        }
    return all;
}
template <class T> T rosenbrock_of(const T* x, long n) {
    T s(0.0);
    for (long i = 0; i + 1 < n; ++i) {
        const T bend = x[i + 1] - x[i] * x[i], rest = 1.0 - x[i];
        s += 100.0 * bend * bend + rest * rest;
    }
    return s;
}
template <class T> T chain_energy_of(const T* x, long n) {
    using std::exp, std::log;
    T s = exp(x[0] * x[n - 1]);
    for (long i = 0; i < n; ++i) s += x[i] * log(x[i]);
    for (long i = 0; i + 1 < n; ++i) s += chain_stiffness * ((x[i] - x[i + 1]) * (x[i] - x[i + 1]));
    return s;
}

// The same with data. The parameters follow the first n variables.
template <class T> T regression_of(const T* x, long n, const double* data) {
    using std::log;
    constexpr long rows = 1000;
    const T &b = x[n], &s = x[n + 1];
    T errors(0.0);
    for (long r = 0; r < rows; ++r) {
        T error = data[rows * n + r] - b;
        for (long j = 0; j < n; ++j) error -= data[r * n + j] * x[j];
        errors += error * error;
    }
    return -0.5 * errors / (s * s) - static_cast<double>(rows) * log(s) - 0.5 * squares_of(x, n) - 0.5 * b * b -
           std::log(10 - 0.1);
}
template <class T> T stochastic_volatility_of(const T* x, long n, const double* data) {
    using std::exp, std::log, std::sqrt;
    const T &phi = x[n], &sigma = x[n + 1], &mu = x[n + 2];
    T u = x[0] * sigma / sqrt(1.0 - phi * phi), s(0.0);
    for (long i = 0;;) {
        const T h = u + mu;
        s += 0.5 * data[i] * data[i] * exp(-h) + 0.5 * h;
        if (++i == n) break;
        u = sigma * x[i] + phi * u;
    }
    return -s - 0.5 * squares_of(x, n) - log(5.0 + sigma * sigma / 5.0) - log(10.0 + mu * mu / 10.0) - std::log(2.0);
}
template <class T> T black_scholes_of(const T* x) {
    using std::erf, std::exp, std::log, std::sqrt;
    const T &spot = x[0], &strike = x[1], &rate = x[2], &volatility = x[3], &time = x[4];
    const auto cdf = [](const T& d) { return T(0.5 * erf(d * 0.70710678118654752440) + 0.5); };
    const T deviation = volatility * sqrt(time);
    const T d1 = (log(spot / strike) + (rate + volatility * volatility / 2.0) * time) / deviation;
    const T d2 = d1 - deviation;
    return spot * cdf(d1) - strike * exp(-rate * time) * cdf(d2);
}
template <class T> T network_of(const T* x, const double* data) {
    using std::tanh;
    constexpr long in = 30, hidden = 32;
    const T *W = x, *c = W + in * hidden, *v = c + hidden;
    T out = v[hidden] - data[in];
    for (long r = 0; r < hidden; ++r) {
        T h = c[r];
        for (long j = 0; j < in; ++j) h += W[r * in + j] * data[j];
        out += v[r] * tanh(h);
    }
    return out * out;
}

// In the type of x. The problem chooses the function at run time.
template <class T> T value_of(const problem& p, const T* x) {
    using std::exp, std::sin;
    const long n = p.size;
    const double* const data = p.constants.data();
    switch (p.id) {
    case function_id::sum:
    case function_id::sum_iterated:
        return sum_of(x, n);
    case function_id::product:
    case function_id::product_iterated:
        return product_of(x, n);
    case function_id::log_sum_exp:
        return log_sum_exp_of(x, n);
    case function_id::log_sum_exp_stable:
        return stable_log_sum_exp_of(x, n, p.x);
    case function_id::normal_log_density:
        return normal_log_density_of(x, n);
    case function_id::matrix_product:
    case function_id::matrix_product_simplified:
        return sum_of_matrix_product(x, n);
    case function_id::regression:
        return regression_of(x, n, data);
    case function_id::stochastic_volatility:
        return stochastic_volatility_of(x, n, data);
    case function_id::rosenbrock:
        return rosenbrock_of(x, n);
    case function_id::black_scholes:
        if constexpr (has_erf<T>) return black_scholes_of(x);
        break;
    case function_id::network:
        return network_of(x, data);
    case function_id::ddx_f1:
        return exp(x[0]) * sin(x[0]) + x[0] * x[0] * x[0] + 2.0 * x[0];
    case function_id::ddx_f2:
        return x[0] * x[1] + sin(x[0]) + x[1] * x[1] + exp(x[0] + x[1]);
    case function_id::ddx_f3:
        return exp(x[0] * x[1]) + x[0] * sin(x[2]) + x[1] * x[2] + x[0] * x[0] * x[2];
    case function_id::ddx_f4:
        return (x[0] + x[1]) * (x[2] - x[3]) + exp(x[0] * x[2]) + sin(x[1] * x[3]) + x[0] * x[1] * x[2] * x[3];
    case function_id::chain_energy:
        return chain_energy_of(x, n);
    }
    throw std::logic_error("a function without a formula");
}

}
