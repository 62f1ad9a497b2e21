// FastAD's matrix product: the sum of the elements of a product of two square matrices, as written, with all its three
// products, and by the algebra that needs none.
#include "gradients_hand_models.hpp"
#include "gradients_ours.hpp"

namespace gradients {
namespace {

template <int K> inline constexpr hg::argument<"a", K, K> a;
template <int K> inline constexpr hg::argument<"b", K, K> b;

template <int K> inline constexpr hg::graph product_graph{y = sum(matmul(a<K>, b<K>))};
template <int K> inline constexpr hg::graph simplified_graph{y = dot(sum(a<K>, hg::axes<0>), sum(b<K>, hg::axes<1>))};

template <int K> problem of(function_id id, const char* name) {
    problem p{id, name, 2 * K * K, std::vector<double>(2 * K * K), {}};
    dice(K).fill(p.x, -1, 1);
    return p;
}

template <const auto& Graph, int K, class Hand> void race(suite& s, const problem& p, Hand hand_written) {
    if (!s.wants(p)) return;
    const std::span<const double> left{p.x.data(), K * K}, right{p.x.data() + K * K, K * K};
    auto all = ours<gradient_of<Graph, a<K>, b<K>>>(
        [left, right](auto& program) { return program(a<K> = left, b<K> = right); }, a<K>, b<K>);
    all.push_back(by_hand(
        p, [hand_written, left, right](double* g) { return hand_written(left.data(), right.data(), g, g + K * K); }));
    s.race(p, std::move(all));
}

template <int K> void race_size(suite& s) {
    const auto product = std::make_shared<hand::matrix_product<K>>();
    race<product_graph<K>, K>(
        s, of<K>(function_id::matrix_product, "matrix product"),
        [product](const double* l, const double* r, double* gl, double* gr) { return (*product)(l, r, gl, gr); });
    race<simplified_graph<K>, K>(s, of<K>(function_id::matrix_product_simplified, "matrix product, simplified"),
                                 hand::matrix_product_simplified<K>);
}

}

void race_products(suite& s) {
    [&]<int... K>(std::integer_sequence<int, K...>) { (race_size<K>(s), ...); }
    (std::integer_sequence<int, 1, 2, 4, 5, 8, 11, 16, 22, 32, 45, 64, 90, 128, 181>{});
}

}
