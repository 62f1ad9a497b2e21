// Small functions: Rosenbrock, Black-Scholes with its greeks, and the functions of ddx's (reach2sayan/ddx) own
// benchmark.
#include "gradients_hand.hpp"
#include "gradients_ours.hpp"

namespace gradients {
namespace {

problem of(function_id id, const char* name, std::vector<double> x) {
    return {id, name, static_cast<long>(x.size()), std::move(x), {}};
}
void finish(suite& s, const problem& p, std::vector<contestant> all, double (*hand_written)(const double*, double*)) {
    all.push_back(by_hand(p, [hand_written, from = p.x.data()](double* g) { return hand_written(from, g); }));
    s.race(p, std::move(all));
}
std::vector<double> positive(int n) {
    std::vector<double> x(static_cast<std::size_t>(n));
    dice(static_cast<unsigned long>(n)).fill(x, 0.2, 1.8);
    return x;
}

// --- functions of a vector

template <int N> inline constexpr hg::argument<"x", N> at;
HOURGLASS_SYMBOLS(before, after);

template <int N> inline constexpr hg::graph rosenbrock_graph{
    before = hg::slice<0, N - 1>(at<N>),
    after = hg::slice<1, N>(at<N>),
    y = sum(100 * square(after - square(before)) + square(1 - before)),
};
template <int N> double rosenbrock_by_hand(const double* x, double* g) {
    double value = 0;
    g[0] = 0;
    for (int i = 0; i + 1 < N; ++i) {
        const double bend = x[i + 1] - x[i] * x[i], rest = 1 - x[i];
        value += 100 * bend * bend + rest * rest;
        g[i] += -400 * x[i] * bend - 2 * rest;
        g[i + 1] = 200 * bend;
    }
    return value;
}

// sum x log x + sum c (x_k - x_{k+1})^2 + e^(x_0 x_{n-1})
template <int N> inline constexpr hg::graph chain_graph{
    before = hg::slice<0, N - 1>(at<N>),
    after = hg::slice<1, N>(at<N>),
    y = sum(at<N>* log(at<N>)) + chain_stiffness* sum(square(before - after)) +
        sum(exp(hg::slice<0, 1>(at<N>) * hg::slice<N - 1, N>(at<N>))),
};
template <int N> double chain_by_hand(const double* x, double* g) {
    using std::log;
    const hand::vector one = hand::all(1);
    double value = hand::sum_over<N>(
        [&](int i) {
            const hand::vector v = hand::load_vector(x + i), l = log(v);
            hand::store_vector(g + i, l + one);
            return v * l;
        },
        [&](int i) {
            const double l = log(x[i]);
            g[i] = l + 1;
            return x[i] * l;
        });
    double squares = 0;
    for (int i = 0; i + 1 < N; ++i) {
        const double difference = x[i] - x[i + 1];
        squares += difference * difference;
        g[i] += 2 * chain_stiffness * difference;
        g[i + 1] -= 2 * chain_stiffness * difference;
    }
    const double ends = std::exp(x[0] * x[N - 1]);
    g[0] += x[N - 1] * ends;
    g[N - 1] += x[0] * ends;
    return value + chain_stiffness * squares + ends;
}

template <const auto& Graph, int N>
void race_vector(suite& s, const problem& p, double (*hand_written)(const double*, double*)) {
    if (!s.wants(p)) return;
    const std::span<const double> x = p.x;
    finish(s, p, ours<gradient_of<Graph, at<N>>>([x](auto& program) { return program(at<N> = x); }, at<N>),
           hand_written);
}

// --- functions of numbers

inline constexpr hg::argument<"u"> u;
inline constexpr hg::argument<"v"> v;
inline constexpr hg::argument<"w"> w;
inline constexpr hg::argument<"z"> z;

template <const auto& Graph, auto... Arguments>
void race_numbers(suite& s, const problem& p, double (*hand_written)(const double*, double*)) {
    if (!s.wants(p)) return;
    const double* const x = p.x.data();
    const auto call = [x](auto& program) {
        return [&]<int... I>(std::integer_sequence<int, I...>) { return program((Arguments = x[I])...); }
        (std::make_integer_sequence<int, sizeof...(Arguments)>{});
    };
    finish(s, p, ours<gradient_of<Graph, Arguments...>>(call, Arguments...), hand_written);
}

inline constexpr hg::graph f1{y = exp(u) * sin(u) + u * square(u) + 2 * u};
double f1_by_hand(const double* x, double* g) {
    const double e = std::exp(x[0]), s = std::sin(x[0]), c = std::cos(x[0]), square = x[0] * x[0];
    g[0] = e * (s + c) + 3 * square + 2;
    return e * s + square * x[0] + 2 * x[0];
}
inline constexpr hg::graph f2{y = u * v + sin(u) + square(v) + exp(u + v)};
double f2_by_hand(const double* x, double* g) {
    const double e = std::exp(x[0] + x[1]);
    g[0] = x[1] + std::cos(x[0]) + e;
    g[1] = x[0] + 2 * x[1] + e;
    return x[0] * x[1] + std::sin(x[0]) + x[1] * x[1] + e;
}
inline constexpr hg::graph f3{y = exp(u * v) + u * sin(w) + v * w + square(u) * w};
double f3_by_hand(const double* x, double* g) {
    const double e = std::exp(x[0] * x[1]), s = std::sin(x[2]);
    g[0] = x[1] * e + s + 2 * x[0] * x[2];
    g[1] = x[0] * e + x[2];
    g[2] = x[0] * std::cos(x[2]) + x[1] + x[0] * x[0];
    return e + x[0] * s + x[1] * x[2] + x[0] * x[0] * x[2];
}
inline constexpr hg::graph f4{y = (u + v) * (w - z) + exp(u * w) + sin(v * z) + u * v * w * z};
double f4_by_hand(const double* x, double* g) {
    const double e = std::exp(x[0] * x[2]), a = x[1] * x[3], c = std::cos(a), uw = x[0] * x[2];
    const double sum = x[0] + x[1], difference = x[2] - x[3];
    g[0] = difference + x[2] * e + a * x[2];
    g[1] = difference + x[3] * c + uw * x[3];
    g[2] = sum + x[0] * e + a * x[0];
    g[3] = -sum + x[1] * c + uw * x[1];
    return sum * difference + e + std::sin(a) + uw * a;
}

// The price of a European call: spot, strike, rate, volatility, time; the greeks are its derivatives.
inline constexpr hg::argument<"spot"> spot;
inline constexpr hg::argument<"strike"> strike;
inline constexpr hg::argument<"rate"> rate;
inline constexpr hg::argument<"volatility"> volatility;
inline constexpr hg::argument<"time"> time_left;
inline constexpr hg::symbol<"spread"> deviation;
HOURGLASS_SYMBOLS(d1);
inline constexpr hg::graph black_scholes{
    deviation = volatility * sqrt(time_left),
    d1 = (log(spot / strike) + (rate + square(volatility) / 2) * time_left) / deviation,
    y = spot * normal_cdf(d1) - strike * exp(-rate * time_left) * normal_cdf(d1 - deviation),
};
double black_scholes_by_hand(const double* x, double* g) {
    const double S = x[0], K = x[1], r = x[2], sigma = x[3], T = x[4];
    const double root = std::sqrt(T), spread = sigma * root;
    const double first = (std::log(S / K) + (r + sigma * sigma / 2) * T) / spread, second = first - spread;
    const double half = 0.70710678118654752440;
    const double n1 = 0.5 * std::erfc(-first * half), n2 = 0.5 * std::erfc(-second * half);
    const double discount = std::exp(-r * T), density = 0.39894228040143268 * std::exp(-0.5 * first * first);
    const double paid = K * discount * n2;
    g[0] = n1;
    g[1] = -discount * n2;
    g[2] = T * paid;
    g[3] = S * density * root;
    g[4] = S * density * sigma / (2 * root) + r * paid;
    return S * n1 - paid;
}

}

void race_scalars(suite& s) {
    race_vector<rosenbrock_graph<2>, 2>(s, of(function_id::rosenbrock, "Rosenbrock", positive(2)),
                                        rosenbrock_by_hand<2>);
    race_vector<rosenbrock_graph<64>, 64>(s, of(function_id::rosenbrock, "Rosenbrock", positive(64)),
                                          rosenbrock_by_hand<64>);
    race_numbers<black_scholes, spot, strike, rate, volatility, time_left>(
        s, of(function_id::black_scholes, "Black-Scholes", {100, 105, 0.03, 0.2, 0.7}), black_scholes_by_hand);
    race_numbers<f1, u>(s, of(function_id::ddx_f1, "ddx F1", {0.7}), f1_by_hand);
    race_numbers<f2, u, v>(s, of(function_id::ddx_f2, "ddx F2", {0.7, 1.3}), f2_by_hand);
    race_numbers<f3, u, v, w>(s, of(function_id::ddx_f3, "ddx F3", {0.7, 1.3, -0.4}), f3_by_hand);
    race_numbers<f4, u, v, w, z>(s, of(function_id::ddx_f4, "ddx F4", {0.7, 1.3, -0.4, 0.9}), f4_by_hand);
    race_vector<chain_graph<8>, 8>(s, of(function_id::chain_energy, "chain energy", positive(8)), chain_by_hand<8>);
    race_vector<chain_graph<32>, 32>(s, of(function_id::chain_energy, "chain energy", positive(32)), chain_by_hand<32>);
}

}
