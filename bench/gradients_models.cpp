// FastAD's Bayesian regression on 1000 rows, and the squared error of one example in a network with one hidden layer.
#include "gradients_hand_models.hpp"
#include "gradients_ours.hpp"

namespace gradients {
namespace {

constexpr int rows = 1000;
const double log_width = std::log(10 - 0.1); // of the prior of s

template <int N> inline constexpr hg::argument<"data", rows, N> data;
inline constexpr hg::argument<"targets", rows> targets;
template <int N> inline constexpr hg::argument<"w", N> w;
inline constexpr hg::argument<"b"> b;
inline constexpr hg::argument<"s"> s;

template <int N> inline constexpr hg::graph regression_graph{
    y = -0.5 * sum(square(targets - (data<N> * w<N> + b))) / square(s) - rows * log(s) - 0.5 * sum(square(w<N>)) -
        0.5 * square(b) - 2.2925347571405443,
};

template <int N> void race_regression(suite& all_of_it) {
    problem p{function_id::regression, "regression", N, std::vector<double>(N + 2),
              std::vector<double>(rows * (N + 1))};
    dice d(N);
    d.fill(p.x, -1, 1);
    p.x[N + 1] = std::abs(p.x[N + 1]) + 0.1;
    d.fill(p.constants, -1, 1);
    if (!all_of_it.wants(p)) return;
    const double* const x = p.x.data();
    const std::span<const double> matrix{p.constants.data(), rows * N}, wanted{matrix.data() + rows * N, rows};
    auto all = ours<gradient_of<regression_graph<N>, w<N>, b, s>>(
        [x, matrix, wanted](auto& program) {
            return program(data<N> = matrix, targets = wanted, w<N> = std::span<const double>(x, N), b = x[N],
                           s = x[N + 1]);
        },
        w<N>, b, s);
    all.push_back(by_hand(p, [x, matrix, wanted](double* g) {
        return hand::regression<N, rows>(x, matrix.data(), wanted.data(), g, log_width);
    }));
    all_of_it.race(p, std::move(all));
}

constexpr int in = 30, hidden = 32;
inline constexpr hg::argument<"example", in> example;
inline constexpr hg::argument<"target"> target;
inline constexpr hg::argument<"W", hidden, in> W;
inline constexpr hg::argument<"c", hidden> c;
inline constexpr hg::argument<"v", hidden> v;
inline constexpr hg::argument<"d"> d;

inline constexpr hg::graph network_graph{y = square(dot(v, tanh(W* example + c)) + d - target)};

void race_network(suite& all_of_it) {
    problem p{function_id::network, "network 30-32-1", hidden * (in + 2) + 1,
              std::vector<double>(hidden * (in + 2) + 1), std::vector<double>(in + 1)};
    dice random(1);
    random.fill(p.x, -0.3, 0.3);
    random.fill(p.constants, -1, 1);
    if (!all_of_it.wants(p)) return;
    const double *const x = p.x.data(), *const shown = p.constants.data();
    auto all = ours<gradient_of<network_graph, W, c, v, d>>(
        [x, shown](auto& program) {
            using numbers = std::span<const double>;
            return program(example = numbers(shown, in), target = shown[in], W = numbers(x, hidden * in),
                           c = numbers(x + hidden * in, hidden), v = numbers(x + hidden * (in + 1), hidden),
                           d = x[hidden * (in + 2)]);
        },
        W, c, v, d);
    all.push_back(by_hand(p, [x, shown](double* g) { return hand::network<in, hidden>(x, shown, shown[in], g); }));
    all_of_it.race(p, std::move(all));
}

}

void race_models(suite& s) {
    [&]<int... I>(std::integer_sequence<int, I...>) { (race_regression<10 * (I + 1)>(s), ...); }
    (std::make_integer_sequence<int, 15>{});
    race_network(s);
}

}
