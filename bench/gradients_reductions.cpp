// Functions of one vector: FastAD's sums, products, log-sum-exp and normal log-density. The iterated forms are the same
// functions, written as loops in libraries that have nothing better; here they are the same expressions.
#include "gradients_hand.hpp"
#include "gradients_ours.hpp"

namespace gradients {
namespace {

template <int N> inline constexpr hg::argument<"x", N> x;

template <int N> inline constexpr hg::graph sum_graph{y = sum(x<N>)};
template <int N> inline constexpr hg::graph product_graph{y = prod(x<N>)};
template <int N> inline constexpr hg::graph log_sum_exp_graph{y = log(sum(exp(x<N>)))};
template <int N> inline constexpr hg::graph stable_graph{y = log_sum_exp(x<N>)};
template <int N> inline constexpr hg::graph density_graph{
    y = -0.5 * sum(square(x<N> - density_mu)) / (density_sigma * density_sigma) - N * log_density_sigma,
};

problem of(function_id id, const char* name, int n, double low, double high) {
    problem p{id, name, n, std::vector<double>(static_cast<std::size_t>(n)), {}};
    dice(static_cast<unsigned long>(n)).fill(p.x, low, high);
    return p;
}

template <const auto& Graph, int N>
void race(suite& s, const problem& p, double (*hand_written)(const double*, double*)) {
    if (!s.wants(p)) return;
    const std::span<const double> at = p.x;
    auto all = ours<gradient_of<Graph, x<N>>>([at](auto& program) { return program(x<N> = at); }, x<N>);
    all.push_back(by_hand(p, [hand_written, from = p.x.data()](double* g) { return hand_written(from, g); }));
    s.race(p, std::move(all));
}

template <int N> void race_size(suite& s) {
    race<sum_graph<N>, N>(s, of(function_id::sum, "sum", N, -1, 1), hand::sum<N>);
    race<sum_graph<N>, N>(s, of(function_id::sum_iterated, "sum iterated", N, -1, 1), hand::sum<N>);
    race<product_graph<N>, N>(s, of(function_id::product, "product", N, 0, 2), hand::product<N>);
    race<product_graph<N>, N>(s, of(function_id::product_iterated, "product iterated", N, 0, 2), hand::product<N>);
    race<log_sum_exp_graph<N>, N>(s, of(function_id::log_sum_exp, "log-sum-exp", N, -1, 1),
                                  [](const double* at, double* g) { return hand::log_sum_exp<N>(at, g); });
    race<stable_graph<N>, N>(s, of(function_id::log_sum_exp_stable, "log-sum-exp, stable", N, -1, 1),
                             hand::log_sum_exp_stable<N>);
    race<density_graph<N>, N>(
        s, of(function_id::normal_log_density, "normal log-density", N, -1, 1), [](const double* at, double* g) {
            return hand::normal_log_density<N>(at, g, density_mu, density_sigma, log_density_sigma);
        });
}

}

void race_reductions(suite& s) {
    [&]<int... Power>(std::integer_sequence<int, Power...>) { (race_size<(1 << Power)>(s), ...); }
    (std::make_integer_sequence<int, 15>{});
}

}
