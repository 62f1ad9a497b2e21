// FastAD's stochastic volatility: x = h_std [N], phi, sigma, mu, and an observation for each of N steps. The states of
// the recurrence are h - mu.
#include "gradients_hand_models.hpp"
#include "gradients_ours.hpp"

namespace gradients {
namespace {

template <int N> inline constexpr hg::argument<"h_std", N> h_std;
template <int N> inline constexpr hg::argument<"observed", N> observed;
inline constexpr hg::argument<"phi"> phi;
inline constexpr hg::argument<"sigma"> sigma;
inline constexpr hg::argument<"mu"> mu;
HOURGLASS_SYMBOLS(shock, u, share, h);

inline constexpr hg::graph reverting{next(u) = share * u + shock};
// The first step is separate: its shock is divided by sqrt(1 - phi^2), and the scan starts after it.
HOURGLASS_SYMBOLS(first, after);
template <int N> inline constexpr hg::graph volatility_graph{
    first = sum(hg::slice<0, 1>(h_std<N>)) * sigma / sqrt(1 - square(phi)),
    after = hg::scan<"walk">(reverting, hg::along(shock = sigma * hg::slice<1, N>(h_std<N>)), hg::carry(u = first),
                             share = phi)[next(u)],
    h = concatenate(hg::reshape<1>(first), after) + mu,
    y = -0.5 * sum(square(observed<N>) * exp(-h) + h) - 0.5 * sum(square(h_std<N>)) - log(5 + square(sigma) / 5) -
        log(10 + square(mu) / 10) - std::numbers::ln2,
};

template <int N> void race_volatility(suite& s) {
    problem p{function_id::stochastic_volatility, "stochastic volatility", N, std::vector<double>(N + 3),
              std::vector<double>(N)};
    dice d(N);
    d.fill(p.x, -1, 1);
    p.x[N + 1] = std::abs(p.x[N + 1]) + 0.1;
    d.fill(p.constants, -1, 1);
    if (!s.wants(p)) return;
    const double* const x = p.x.data();
    const std::span<const double> seen = p.constants;
    auto all = ours<gradient_of<volatility_graph<N>, h_std<N>, phi, sigma, mu>>(
        [x, seen](auto& program) {
            return program(h_std<N> = std::span<const double>(x, N), observed<N> = seen, phi = x[N], sigma = x[N + 1],
                           mu = x[N + 2]);
        },
        h_std<N>, phi, sigma, mu);
    all.push_back(by_hand(p, [x, seen](double* g) { return hand::stochastic_volatility<N>(x, seen.data(), g); }));
    s.race(p, std::move(all));
}

}

void race_recurrences(suite& s) {
    [&]<int... Power>(std::integer_sequence<int, Power...>) { (race_volatility<(2 << Power)>(s), ...); }
    (std::make_integer_sequence<int, 13>{});
}

}
