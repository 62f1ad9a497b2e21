// Sparse Jacobians and Hessians: their patterns and numbers of colours as constants, and their values against the dense
// ones, by programs and by the interpreter; and of generated graphs, that no element which is not zero is missing.
// Other shapes of matrices are in autodiff/sparse_shapes.cpp.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/check_derivatives.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "autodiff/sparse_matrices.hpp"
#include "ir/graph_values.hpp"

// A movement of a user's own, whose loop can be run in a constant expression or not.
namespace mine {

template <class T> constexpr void reverse(const hg::evaluation<T>& e) {
    const long n = e.type.extents.size();
    for (long r = 0; r < e.rows_of(e.type); ++r)
        for (long i = 0; i < n; ++i) e.result[r * n + i] = e.operand(0, r)[n - 1 - i];
}
struct flip : hg::ops::movement {
    static constexpr std::string_view name = "flip";
    static constexpr hg::value_type infer(hg::inference& in) { return in[0]; }
    template <class T> static constexpr void reference(const hg::evaluation<T>& e) { reverse(e); }
    static constexpr void derivative(auto& d) { d.accumulate(0, hg::apply_operation(flip{}, d.adjoint_full())); }
};
struct hidden_flip : flip {
    template <class T> static void reference(const hg::evaluation<T>& e) { reverse(e); }
    static constexpr void derivative(auto& d) { d.accumulate(0, hg::apply_operation(hidden_flip{}, d.adjoint_full())); }
};

}

HOURGLASS_OPERATION(mine::flip);
HOURGLASS_OPERATION(mine::hidden_flip);

namespace mine {

inline constexpr hg::input<"x", 6> x;
inline constexpr hg::symbol<"J"> J;
inline constexpr hg::symbol<"hidden"> hidden;
inline constexpr hg::graph model{
    J = sparse_jacobian(sin(hg::apply_operation(flip{}, x)), x),
    hidden = sparse_jacobian(sin(hg::apply_operation(hidden_flip{}, x)), x),
};
static_assert(hg::sparsity<model, J>.columns == std::array{5, 4, 3, 2, 1, 0} && hg::sparsity<model, J>.colours == 1);
static_assert(hg::sparsity<model, hidden>.non_zeros == 36);

}

namespace {

// Neighbours in a chain, for each example and with a weight: three columns in turns.
namespace chain {

inline constexpr hg::input<"x", 8> x;
inline constexpr hg::parameter<"w", 6> w;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"J"> J;
inline constexpr hg::symbol<"dense_J"> dense_J;
inline constexpr hg::symbol<"in_w"> in_w;
inline constexpr hg::symbol<"penalty"> penalty;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"moved"> moved;
inline constexpr hg::symbol<"moved_dense"> moved_dense;
inline constexpr hg::symbol<"second"> second;
inline constexpr hg::symbol<"second_dense"> second_dense;
inline constexpr hg::symbol<"of_sum"> of_sum;
inline constexpr hg::symbol<"of_sum_dense"> of_sum_dense;

inline constexpr hg::graph model{
    h = tanh(w * hg::slice<1, 7>(x)) - hg::slice<0, 6>(x) * exp(hg::slice<2, 8>(x)),
    J = hg::sparse_jacobian(h, x),
    dense_J = jacobian(h, x),
    in_w = hg::sparse_jacobian(h, w),
    penalty = sum(square(J)),
    loss = sum(square(h)) + penalty,
    moved = jvp(J, x, cos(x)),
    moved_dense = jvp(dense_J, x, cos(x)),
    second = jacobian(J, x),
    second_dense = jacobian(dense_J, x),
    of_sum = hg::sparse_jacobian(batch_sum(h), w),
    of_sum_dense = jacobian(batch_sum(h), w),
};
inline constexpr hg::graph with_dense{
    h = tanh(w * hg::slice<1, 7>(x)) - hg::slice<0, 6>(x) * exp(hg::slice<2, 8>(x)),
    penalty = sum(square(jacobian(h, x))),
    loss = sum(square(h)) + penalty,
};

constexpr auto& p = hg::sparsity<model, J>;
static_assert(p.row_count == 6 && p.column_count == 8 && p.non_zeros == 18 && p.columns.size() == 18);
static_assert(p.row_starts == std::array{0, 3, 6, 9, 12, 15, 18});
static_assert(p.columns[0] == 0 && p.columns[1] == 1 && p.columns[2] == 2 && p.columns[17] == 7);
static_assert(p.colours == 3 && p.mode == hg::derivative_mode::forward);
static_assert(hg::sparsity<model, in_w>.non_zeros == 6 && hg::sparsity<model, in_w>.colours == 1);
static_assert(hg::sparsity<model, of_sum>.non_zeros == 6 && hg::sparsity<model, of_sum>.colours == 1);

}

// A chain's energy whose ends meet, with a linear term that no second derivative sees.
namespace energy {

constexpr int n = 24;
inline constexpr hg::argument<"x", n> x;
inline constexpr hg::argument<"c", n - 1> c;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"H"> H;
inline constexpr hg::symbol<"dense_H"> dense_H;

inline constexpr hg::graph model{
    y = sum(x * log(x)) + sum(c * square(hg::slice<0, n - 1>(x) - hg::slice<1, n>(x))) +
        sum(exp(hg::slice<0, 1>(x) * hg::slice<n - 1, n>(x))) + 3 * sum(x),
    H = hg::sparse_hessian(y, x),
    dense_H = hessian(y, x),
};
constexpr auto& p = hg::sparsity<model, H>;
static_assert(p.non_zeros == 3 * n && p.row_starts[1] == 3 && p.colours <= 4);
static_assert(p.columns[0] == 0 && p.columns[1] == 1 && p.columns[2] == n - 1);

}

// One element acts with all others, the first or the last: two columns, since each of two mirrored elements will do.
namespace arrow {

inline constexpr hg::input<"x", 12> x;
inline constexpr hg::symbol<"first"> first;
inline constexpr hg::symbol<"last"> last;
inline constexpr hg::symbol<"H_first"> H_first;
inline constexpr hg::symbol<"H_last"> H_last;
inline constexpr hg::symbol<"dense_first"> dense_first;
inline constexpr hg::symbol<"dense_last"> dense_last;

inline constexpr hg::graph model{
    first = sum(exp(hg::slice<0, 1>(x) * x)), last = sum(sin(hg::slice<11, 12>(x) * x)) + sum(x),
    H_first = hg::sparse_hessian(first, x),   H_last = hg::sparse_hessian(last, x),
    dense_first = hessian(first, x),          dense_last = hessian(last, x),
};
constexpr auto& p = hg::sparsity<model, H_first>;
constexpr auto& q = hg::sparsity<model, H_last>;
static_assert(p.non_zeros == 34 && p.colours == 2 && q.non_zeros == 34 && q.colours == 2);
static_assert(has(p, 5, 0) && has(p, 5, 5) && !has(p, 5, 4) && has(q, 5, 11) && !has(q, 5, 0));

}

// In a constant expression.
namespace constant {

inline constexpr hg::argument<"x", 3> x;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"H"> H;
inline constexpr hg::graph model{
    y = sum(hg::slice<0, 2>(x) * square(hg::slice<1, 3>(x))),
    H = hg::sparse_hessian(y, x),
};
// x0 x1^2 + x1 x2^2
constexpr auto found = hg::evaluate<hg::function<model, hg::to<H>, in_double>>(x = std::array{2.0, 3.0, 5.0});
static_assert(hg::sparsity<model, H>.columns == std::array{1, 0, 1, 2, 1, 2});
static_assert(found[H] == std::array{6.0, 6.0, 4.0, 10.0, 10.0, 6.0});

}

}

TEST_CASE("a Jacobian for each example, its products and derivatives, a parameter's, and one of a sum over the rows") {
    using namespace chain;
    hg::parameters<model, in_double> theta{hg::seed = 3};
    for (int i = 0; i < 6; ++i) theta[w](i) = 0.3 + 0.2 * i;
    const numbers at = spread(40, -1, 1);
    hg::function<model, hg::to<J, dense_J, of_sum, of_sum_dense>, in_double> program;
    const auto out = program(theta, x = at);
    check_against_dense(p, out[J], out[dense_J], 5);
    check_against_dense(hg::sparsity<model, of_sum>, out[of_sum], out[of_sum_dense]);
    hg::interpreter<model> look{theta};
    look(x = at);
    check_against_dense(p, look[J], look[dense_J], 5);
    check_against_dense(p, look[moved], look[moved_dense], 5);
    // 8 second derivatives for each element, here and in the dense one.
    const numbers sparse(look[second].begin(), look[second].end());
    const numbers dense(look[second_dense].begin(), look[second_dense].end());
    for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t i = 0; i < 6; ++i)
            for (std::size_t k = 0; k < 3; ++k)
                for (std::size_t d = 0; d < 8; ++d)
                    CHECK(sparse[(r * 18 + 3 * i + k) * 8 + d] ==
                          doctest::Approx(dense[((r * 6 + i) * 8 + i + k) * 8 + d]).epsilon(1e-12));
}

TEST_CASE("what is made of a sparse Jacobian is trained on like what is made of the dense one") {
    using namespace chain;
    hg::parameters<model, in_double> theta{hg::seed = 1};
    hg::parameters<with_dense, in_double> other{hg::seed = 1};
    hg::trainer<model, loss, hg::adam, in_double> train{theta};
    hg::trainer<with_dense, loss, hg::adam, in_double> train_other{other};
    const numbers at = spread(24, -1, 1);
    for (int step = 0; step < 30; ++step) {
        const auto ours = train(x = at, hg::learning_rate = 0.05);
        const auto theirs = train_other(x = at, hg::learning_rate = 0.05);
        REQUIRE(ours[penalty] == doctest::Approx(theirs[penalty]).epsilon(1e-12));
        REQUIRE(ours[loss] == doctest::Approx(theirs[loss]).epsilon(1e-12));
    }
    const auto report = hg::check_derivatives<model, penalty>(theta, x = spread(16, -1, 1));
    CHECK_MESSAGE(report.passed(), report.text());
    CHECK(report.second > 0);
}

TEST_CASE("Hessians: a chain whose ends meet, and arrows") {
    {
        using namespace energy;
        hg::function<model, hg::to<H, dense_H>, in_double> program;
        const auto out = program(x = spread(n, 0.2, 2), c = spread(n - 1, 0.5, 3));
        check_against_dense(p, out[H], out[dense_H]);
        hg::interpreter<model> look;
        look(x = spread(n, 0.2, 2), c = spread(n - 1, 0.5, 3));
        check_against_dense(p, look[H], look[dense_H]);
    }
    using namespace arrow;
    hg::function<model, hg::to<H_first, H_last, dense_first, dense_last>, in_double> program;
    const auto out = program(x = spread(36, -1, 1));
    check_against_dense(p, out[H_first], out[dense_first], 3);
    check_against_dense(q, out[H_last], out[dense_last], 3);
}

namespace {

// Any node of a generated graph in any of its leaves, sparse and dense.
int check_generated(std::uint64_t seed) {
    const fuzz::generated_graph made = fuzz::generate(seed, fuzz::generator_options{.products = true});
    hg::graph_builder g = made.graph;
    g.roots.clear();
    fuzz::dice d(seed ^ 0x5a5e);
    const int count = g.nodes.size();
    int compared = 0;
    for (int attempt = 0; attempt < 6; ++attempt) {
        const int x = made.targets[d.below(made.targets.size())], y = d.below(count);
        if (y <= x || g.nodes[y].type.extents.size() > 40) continue;
        hg::graph_builder derived = g;
        const hg::handle of{&derived, nullptr, y}, in{&derived, nullptr, x};
        const hg::handle sparse = hg::ops::sparse_jacobian_call{}.build(of, in);
        const hg::handle dense = hg::ops::jacobian_call{}.build(of, in);
        if (derived.failed()) continue; // it does not depend on it, or rows act on each other
        const hg::attributes options = derived.nodes[sparse.index].options;
        const bool batched = g.nodes[y].type.batched || g.nodes[x].type.batched;
        const int all = filled(dense, {dense.extents(), batched}).index;
        const int elements = filled(sparse, {sparse.extents(), batched}).index;
        derived.roots.push({hg::root_kind::value, 0, elements});
        derived.roots.push({hg::root_kind::value, 0, all});
        constexpr std::size_t rows = 2;
        const auto results = fuzz::results_of<double>(derived.view(), rows);
        const auto columns = static_cast<std::size_t>(options.target[1]);
        const std::size_t size = results[1].size() / (batched ? rows : 1);
        const auto non_zeros = static_cast<std::size_t>(options.flags[1]);
        const int* const starts = derived.view().indices.data +
                                  hg::ops::sparse_matrix::first(hg::ops::index_table::of(options)) +
                                  hg::ops::sparse_matrix::row_starts;
        const int* const column = starts + options.target[0] + 1;
        REQUIRE(starts[options.target[0]] == options.flags[1]);
        numbers filled(results[1].size());
        for (std::size_t r = 0; r < (batched ? rows : 1); ++r)
            for (int i = 0; i < options.target[0]; ++i)
                for (int k = starts[i]; k < starts[i + 1]; ++k)
                    filled[r * size + static_cast<std::size_t>(i) * columns + static_cast<std::size_t>(column[k])] =
                        results[0][r * non_zeros + static_cast<std::size_t>(k)];
        const double off = fuzz::difference(filled, results[1]), magnitude = fuzz::magnitude_of(results[1]);
        CHECK_MESSAGE(off <= 1e-11 * magnitude + 1e-15,
                      "seed " << seed << ", node " << y << " in " << x << ": " << off << " of " << magnitude);
        ++compared;
    }
    return compared;
}

}

TEST_CASE("no element that is not zero is missing, in generated graphs") {
    int compared = 0;
    for (std::uint64_t seed = 0; seed < 1500; ++seed) compared += check_generated(seed);
    MESSAGE(compared << " Jacobians");
    CHECK(compared > 1000);
}
