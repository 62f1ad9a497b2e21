// Values for generated graphs: every leaf gets numbers made of its name, results come back in order, and a number type
// with deliberate rounding noise tells how much of a difference rounding alone may make. Comparing and tolerances, no
// generating.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <hourglass/inspect/interpret.hpp>

#include "ir/graph_generator.hpp"

namespace fuzz {

// A double whose every operation is off by up to `noisy::size`, relatively, at random: where results then differ much,
// as at a tie or after cancellation, comparing them would tell nothing.
struct noisy {
    double value = 0;
    constexpr noisy() = default;
    constexpr noisy(double x) : value(x) {}
    constexpr explicit operator double() const { return value; }

    static inline double size = 0;
    static inline dice source{1};
    static noisy off(double x) { return x * (1 + size * (static_cast<double>(source.next() >> 11) * 0x1p-52 - 1)); }
    friend noisy operator+(noisy a, noisy b) { return off(a.value + b.value); }
    friend noisy operator-(noisy a, noisy b) { return off(a.value - b.value); }
    friend noisy operator*(noisy a, noisy b) { return off(a.value * b.value); }
    friend noisy operator/(noisy a, noisy b) { return off(a.value / b.value); }
    friend noisy operator-(noisy a) { return -a.value; }
    noisy& operator+=(noisy b) { return *this = *this + b; }
    friend bool operator<(noisy a, noisy b) { return a.value < b.value; }
    friend bool operator>(noisy a, noisy b) { return a.value > b.value; }
    friend bool operator<=(noisy a, noisy b) { return a.value <= b.value; }
    friend bool operator>=(noisy a, noisy b) { return a.value >= b.value; }
    friend bool operator==(noisy a, noisy b) { return a.value == b.value; }
    friend noisy abs(noisy x) { return std::abs(x.value); }
    friend noisy sqrt(noisy x) { return off(std::sqrt(x.value)); }
    friend noisy exp(noisy x) { return off(std::exp(x.value)); }
    friend noisy expm1(noisy x) { return off(std::expm1(x.value)); }
    friend noisy log(noisy x) { return off(std::log(x.value)); }
    friend noisy log1p(noisy x) { return off(std::log1p(x.value)); }
    friend noisy sin(noisy x) { return off(std::sin(x.value)); }
    friend noisy cos(noisy x) { return off(std::cos(x.value)); }
    friend noisy tanh(noisy x) { return off(std::tanh(x.value)); }
    friend noisy erfc(noisy x) { return off(std::erfc(x.value)); }
    friend noisy pow(noisy x, noisy p) { return off(std::pow(x.value, p.value)); }
};

}

template <> struct std::numeric_limits<fuzz::noisy> : std::numeric_limits<double> {};
template <> struct hourglass::math::computed_in<fuzz::noisy> { using type = double; };
extern template class hourglass::forward_rules<fuzz::noisy>;

namespace fuzz {

inline double number_of(double x) { return x; }
inline double number_of(float x) { return static_cast<double>(x); }
inline double number_of(noisy x) { return x.value; }

// What a leaf of this name holds: numbers in [-1, 1] that are floats, so that every number type starts from the same.
template <class T> std::vector<T> leaf_values(std::string_view name, std::size_t count) {
    dice d(hg::hash_of(name));
    std::vector<T> values(count);
    for (T& x : values) x = T(static_cast<float>(static_cast<int>(d.next() >> 40)) * 0x1p-23f - 1);
    return values;
}
inline constexpr hg::random::noise_stream noise_of_tests{.seed = 11, .step = 3, .leaf = 0};

template <class T> const hg::forward_rules<T>& rules() {
    static const hg::forward_rules<T> all;
    return all;
}

// The values of a graph's results, in order; as doubles whatever they are computed in.
template <class T> std::vector<std::vector<double>> results_of(hg::graph_view g, long rows) {
    hg::interpretation<T> run(g, rules<T>(), rows);
    run.noise = noise_of_tests;
    for (int n = 0; n < g.nodes.size; ++n) {
        const hg::node& at = g[n];
        if (at.op->kind == hg::operation_kind::leaf && !hg::is<ops::scalar>(at) && !hg::is<ops::rows>(at) &&
            !hg::is<ops::step>(at))
            run.feed(n, leaf_values<T>(g.name(at.name), run.size_of(n)));
    }
    run.run();
    std::vector<std::vector<double>> results;
    for (const hg::graph_root& r : g.roots) {
        std::vector<double> values;
        for (const T& x : run.values[static_cast<std::size_t>(r.node)]) values.push_back(number_of(x));
        results.push_back(std::move(values));
    }
    return results;
}

// Compiled once, in inspect/reference_rules.cpp.
extern template std::vector<std::vector<double>> results_of<float>(hg::graph_view, long);
extern template std::vector<std::vector<double>> results_of<double>(hg::graph_view, long);
extern template std::vector<std::vector<double>> results_of<noisy>(hg::graph_view, long);

inline double magnitude_of(const std::vector<double>& values) {
    double m = 0;
    for (double x : values) m = std::isfinite(x) ? std::max(m, std::abs(x)) : std::numeric_limits<double>::infinity();
    return m;
}
// The largest difference; infinite where the sizes differ or a number is not finite.
inline double difference(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = std::abs(a[i] - b[i]);
        most = std::isfinite(d) ? std::max(most, d) : std::numeric_limits<double>::infinity();
    }
    return most;
}

// Whether comparing a graph's results tells anything: all are finite and moderate, and rounding noise of this size
// stays within a thousandfold of itself, relative to each result's largest magnitude.
inline bool is_well_conditioned(hg::graph_view g, long rows, const std::vector<std::vector<double>>& results,
                                double noise_size) {
    noisy::size = noise_size;
    for (const std::uint64_t seed : {1u, 2u}) {
        noisy::source = dice(seed);
        const auto disturbed = results_of<noisy>(g, rows);
        for (std::size_t r = 0; r < results.size(); ++r) {
            const double m = magnitude_of(results[r]);
            if (!(m < 1e6) || difference(results[r], disturbed[r]) > 1000 * noise_size * m) return false;
        }
    }
    return true;
}

}
