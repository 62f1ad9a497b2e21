// The hand-written gradients of the benchmark, with xsimd and extents known at compile time: several accumulators for
// long sums, one pass over memory where one suffices. Each writes the gradient to g and returns the value.
#pragma once

#include <hourglass/kernels/partial.hpp>

#include <cmath>
#include <numbers>

namespace hand {

namespace kernels = hourglass::kernels;
using kernels::load_vector, kernels::store_vector, kernels::fused_multiply_add;
using vector = kernels::vector<double>;
inline constexpr int width = kernels::width<double>;

inline vector all(double x) { return kernels::broadcast<double>(x); }
inline vector larger(vector a, vector b) {
#if defined(HOURGLASS_SCALAR)
    return a > b ? a : b;
#else
    return xsimd::max(a, b);
#endif
}
inline double total(vector x) { return kernels::horizontal_sum(x); }

// The sum over i < N of whole(i), a vector of terms from i on, or single(i), one term.
template <int N, class Whole, class Single> double sum_over(Whole whole, Single single) {
    constexpr int chains = 4;
    double result = 0;
    int i = 0;
    if constexpr (N >= width) {
        vector sums[chains] = {all(0), all(0), all(0), all(0)};
        for (; i + chains * width <= N; i += chains * width) {
            HOURGLASS_UNROLL
            for (int c = 0; c < chains; ++c) sums[c] += whole(i + c * width);
        }
        for (; i + width <= N; i += width) sums[0] += whole(i);
        result = total((sums[0] + sums[1]) + (sums[2] + sums[3]));
    }
    if constexpr (N % width != 0)
        for (; i < N; ++i) result += single(i);
    return result;
}
template <int N, class Whole, class Single> void for_all(Whole whole, Single single) {
    int i = 0;
    for (; i + width <= N; i += width) whole(i);
    if constexpr (N % width != 0)
        for (; i < N; ++i) single(i);
}
template <int N> void scale(double* g, double factor) {
    const vector factors = all(factor);
    for_all<N>([&](int i) { store_vector(g + i, load_vector(g + i) * factors); }, [&](int i) { g[i] *= factor; });
}

template <int N> double sum(const double* x, double* g) {
    const vector one = all(1);
    return sum_over<N>(
        [&](int i) {
            store_vector(g + i, one);
            return load_vector(x + i);
        },
        [&](int i) {
            g[i] = 1;
            return x[i];
        });
}

// Products of all other elements, from prefix and suffix products: for vectors that contain a zero.
template <int N> void product_of_others(const double* x, double* g) {
    double before = 1, after = 1;
    for (int i = 0; i < N; ++i) {
        g[i] = before;
        before *= x[i];
    }
    for (int i = N - 1; i >= 0; --i) {
        g[i] *= after;
        after *= x[i];
    }
}
template <int N> bool holds_zero(const double* x) {
    bool found = false;
    for (int i = 0; i < N; ++i) found |= x[i] == 0;
    return found;
}
template <int N> double product(const double* x, double* g) {
    constexpr int chains = 4;
    double y = 1;
    int i = 0;
    if constexpr (N >= width) {
        vector products[chains] = {all(1), all(1), all(1), all(1)};
        for (; i + chains * width <= N; i += chains * width) {
            HOURGLASS_UNROLL
            for (int c = 0; c < chains; ++c) products[c] *= load_vector(x + i + c * width);
        }
        for (; i + width <= N; i += width) products[0] *= load_vector(x + i);
        alignas(64) double lanes[width];
        store_vector(lanes, (products[0] * products[1]) * (products[2] * products[3]));
        for (double lane : lanes) y *= lane;
    }
    for (; i < N; ++i) y *= x[i];
    if (y == 0 && holds_zero<N>(x)) {
        product_of_others<N>(x, g);
        return y;
    }
    const vector ys = all(y);
    for_all<N>([&](int k) { store_vector(g + k, ys / load_vector(x + k)); }, [&](int k) { g[k] = y / x[k]; });
    return y;
}

template <int N> double log_sum_exp(const double* x, double* g, double shift = 0) {
    using std::exp;
    const vector shifts = all(shift);
    const double s = sum_over<N>(
        [&](int i) {
            const vector e = exp(load_vector(x + i) - shifts);
            store_vector(g + i, e);
            return e;
        },
        [&](int i) { return g[i] = exp(x[i] - shift); });
    scale<N>(g, 1 / s);
    return shift + std::log(s);
}
template <int N> double log_sum_exp_stable(const double* x, double* g) {
    double largest = x[0];
    int i = 1;
    if constexpr (N >= width) {
        vector most = load_vector(x), other = most;
        for (i = width; i + 2 * width <= N; i += 2 * width) {
            most = larger(most, load_vector(x + i));
            other = larger(other, load_vector(x + i + width));
        }
        for (; i + width <= N; i += width) most = larger(most, load_vector(x + i));
        alignas(64) double lanes[width];
        store_vector(lanes, larger(most, other));
        for (double lane : lanes) largest = lane > largest ? lane : largest;
    }
    if constexpr (N < width || N % width != 0)
        for (; i < N; ++i) largest = x[i] > largest ? x[i] : largest;
    return log_sum_exp<N>(x, g, largest);
}

template <int N> double normal_log_density(const double* x, double* g, double mu, double sigma, double log_sigma) {
    const double precision = 1 / (sigma * sigma);
    const vector mus = all(mu), slope = all(-precision);
    const double squares = sum_over<N>(
        [&](int i) {
            const vector d = load_vector(x + i) - mus;
            store_vector(g + i, d * slope);
            return d * d;
        },
        [&](int i) {
            const double d = x[i] - mu;
            g[i] = d * -precision;
            return d * d;
        });
    return -0.5 * precision * squares - N * log_sigma;
}

}
