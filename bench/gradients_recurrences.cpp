// FastAD's stochastic volatility: x = h_std [N], phi, sigma, mu, and an observation for each of N steps. It needs a
// recurrence, which the language does not have yet.
#include "gradients.hpp"
#include "gradients_hand_models.hpp"

namespace gradients {
namespace {

template <int N> void race_volatility(suite& s) {
    problem p{function_id::stochastic_volatility, "stochastic volatility", N, std::vector<double>(N + 3),
              std::vector<double>(N)};
    dice d(N);
    d.fill(p.x, -1, 1);
    p.x[N + 1] = std::abs(p.x[N + 1]) + 0.1;
    d.fill(p.constants, -1, 1);
    if (!s.wants(p)) return;
    std::vector<contestant> all;
    all.push_back(by_hand(p, [x = p.x.data(), observed = p.constants.data()](double* g) {
        return hand::stochastic_volatility<N>(x, observed, g);
    }));
    s.leave_out(p, "needs scan", std::move(all));
}

}

void race_recurrences(suite& s) {
    [&]<int... Power>(std::integer_sequence<int, Power...>) { (race_volatility<(2 << Power)>(s), ...); }
    (std::make_integer_sequence<int, 13>{});
}

}
