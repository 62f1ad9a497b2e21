// Forward mode and Jacobians as passes at run time: the tangent of every operation of the lists against differences in
// 50 digits, and the Jacobian of each, by forward and by reverse mode for all directions at once, against its tangents.
#include "autodiff/gradient_check.hpp"
#include "ops/operation_points.hpp"

#include <hourglass/autodiff/forward.hpp>
#include <hourglass/autodiff/vectorised.hpp>

using namespace gradient_check;
namespace points = operation_points;

namespace {

constexpr long rows = 3;

// One operation, and for each operand: its tangent in the direction of a leaf, and its Jacobian in both modes.
struct derived_case {
    hg::graph_builder g;
    hg::handle y{};
    std::vector<int> operands, direction_leaves, tangents, forward, reverse;

    explicit derived_case(const operation_case& c) {
        y = push_case(g, c, 0);
        for (int i = 0; i < c.count; ++i) {
            const int operand = g.names[g.intern(name_of(0, i).view())].node;
            operands.push_back(operand);
            const hg::value_type type = g.nodes[operand].type;
            direction_leaves.push_back(push_leaf(g, hg::sentence("v", i), type).index);
            tangents.push_back(filled(tangent(operand, direction_leaves.back()), y.type().batched));
            // A Jacobian for each row exists where no row acts on another.
            const bool mixes = type.batched && !y.batched();
            forward.push_back(mixes ? -1 : forward_jacobian(operand));
            reverse.push_back(mixes ? -1 : reverse_jacobian(operand));
        }
    }
    hg::handle at(int n) { return {&g, nullptr, n}; }
    int tangent(int operand, int seed) {
        const hg::forward_differentiation d(g, y.index, operand, seed);
        return d.tangent(y.index);
    }
    int filled(int n, bool batched) {
        return hg::filled((n < 0 ? at(g.push_literal(0)) : at(n)), {y.extents(), batched}).index;
    }
    // [elements of the operand, extents of the result...]
    int forward_jacobian(int operand) {
        const int seed = hg::filled(at(g.push_literal(0)), {g.nodes[operand].type.extents, false}).index;
        const int t = tangent(operand, seed);
        if (t < 0) return -1;
        const hg::handle all = at(hg::vectorised_part(g, seed).run(seed, t));
        return hg::filled(all, {all.extents(), y.batched()}).index;
    }
    // [elements of the result, extents of the operand...]
    int reverse_jacobian(int operand) {
        const int seed = hg::filled(at(g.push_literal(0)), y.type()).index;
        hg::differentiation d(g, y.index, seed, {&operand, 1}, !y.batched());
        if (!d.reaches()) return -1;
        const hg::handle all = at(hg::vectorised_part(g, seed).run(seed, d.gradient(operand)));
        return hg::filled(all, {all.extents(), y.batched()}).index;
    }
};

template <class T> struct evaluated {
    hg::interpretation<T> run;
    evaluated(const derived_case& c, const std::vector<std::vector<T>>& operands,
              const std::vector<numbers>& directions)
        : run(c.g.view(), rules<T>(), ::rows) {
        for (std::size_t i = 0; i < operands.size(); ++i) {
            run.feed(c.operands[i], operands[i]);
            run.feed(c.direction_leaves[i], converted<T>(directions[i]));
        }
        run.run();
    }
    const std::vector<T>& operator[](int n) const { return run.values[static_cast<std::size_t>(n)]; }
};

void check_case(const operation_case& c, const case_data& data) {
    derived_case t(c);
    REQUIRE_MESSAGE(t.g.problem.empty(), describe(c) << ": " << std::string(t.g.problem.view()));
    std::vector<numbers> directions;
    for (const numbers& x : data.operands) {
        directions.push_back(spread(x.size(), 0.5, 1.5, 0.41));
        for (std::size_t e = 0; e < x.size(); ++e) // what singles out zeros is not smooth in them
            if (x[e] == 0) directions.back()[e] = 0;
    }
    const evaluated<double> got(t, data.operands, directions);

    std::vector<std::vector<precise>> operands;
    for (const numbers& x : data.operands) operands.push_back(converted<precise>(x));
    const auto outputs = static_cast<std::size_t>(t.y.extents().size());
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const std::string what = describe(c) + ", operand " + std::to_string(i);
        const std::vector<precise> kept = operands[i];
        const precise h = 1e-15;
        const auto moved = [&](const precise& by) {
            for (std::size_t e = 0; e < kept.size(); ++e) operands[i][e] = kept[e] + by * precise(directions[i][e]);
            return evaluated<precise>(t, operands, directions)[t.y.index];
        };
        const auto above = moved(h), below = moved(-h);
        operands[i] = kept;
        numbers wanted;
        for (std::size_t e = 0; e < above.size(); ++e)
            wanted.push_back(c.op->smooth ? static_cast<double>(precise((above[e] - below[e]) / (2 * h))) : 0);
        const numbers& tangent = got[t.tangents[i]];
        check_all(what + ", tangent", tangent, wanted);

        const auto inputs = static_cast<std::size_t>(c.operands[i].extents.size());
        const bool batched = c.operands[i].batched;
        if (t.forward[i] < 0 || t.reverse[i] < 0) {
            // None, or all zero.
            CHECK_MESSAGE((t.forward[i] < 0 && t.reverse[i] < 0), what);
            continue;
        }
        const numbers &by_input = got[t.forward[i]], &by_output = got[t.reverse[i]];
        REQUIRE(by_input.size() == by_output.size());
        numbers transposed(by_input.size()), through(tangent.size());
        for (std::size_t r = 0; r * inputs * outputs < by_input.size(); ++r)
            for (std::size_t k = 0; k < inputs; ++k)
                for (std::size_t o = 0; o < outputs; ++o) {
                    const double slope = by_input[(r * inputs + k) * outputs + o];
                    transposed[(r * outputs + o) * inputs + k] = slope;
                    through[r * outputs + o] += slope * directions[i][batched ? r * inputs + k : k];
                }
        check_all(what + ", both modes", by_output, transposed);
        check_all(what + ", Jacobian times direction", through, tangent);
    }
}

}

TEST_CASE("tangents and Jacobians of elementwise operations, with broadcast operands") {
    hg::general_operations::for_each([]<class Op>(Op) {
        const hg::value_type types[][3] = {{shared_by_rows(5), shared_by_rows(5), shared_by_rows(5)},
                                           {per_row(2, 3), per_row(3), per_row(2, 1)},
                                           {shared_by_rows(3), per_row(2, 3), shared_by_rows()}};
        for (const auto& operands : types) {
            operation_case c{&hg::record<Op>, {}, {operands[0], operands[1], operands[2], operands[0]}, Op::arity};
            if constexpr (std::is_same_v<Op, hg::ops::broadcast_to>) c.options.target = operands[0].extents;
            check_case(c, spread_data(c, rows, points::table<Op>::low, points::table<Op>::high));
        }
    });
}

TEST_CASE("tangents and Jacobians of structural operations") {
    hg::attributes none, first, middle, batch, flipped, target;
    first.flags = {0, 1, 0};
    middle.flags = {1, 2, 0};
    batch.flags = {0, 0, 1};
    flipped.flags = {1, 1, 0};
    target.target = hg::make_shape(6);
    hg::attributes inner, rows_of_two;
    inner.flags = {0, 0, 1};
    rows_of_two.flags = {0, 0, 1};
    rows_of_two.target = hg::make_shape(2, 2);
    hg::attributes part, wider, left, right;
    part.flags = {1, 1, 2};
    wider.flags = {1, 1, 5};
    left.flags = {1, 0, 0};
    right.flags = {0, 1, 0};
    using namespace hg::ops;
    const std::vector<operation_case> cases = {make_case<sum>(middle, per_row(2, 3, 2)),
                                               make_case<sum>(first, per_row(4)),
                                               make_case<sum>(batch, per_row(2)),
                                               make_case<product_over>(middle, per_row(2, 3, 2)),
                                               make_case<product_over>(batch, per_row(2)),
                                               make_case<max_over>(middle, per_row(2, 3, 2)),
                                               make_case<max_over>(batch, per_row(2)),
                                               make_case<matmul>(none, shared_by_rows(2, 3), per_row(3)),
                                               make_case<matmul>(left, shared_by_rows(3, 2), per_row(3)),
                                               make_case<matmul>(left, per_row(3, 2), per_row(3)),
                                               make_case<matmul>(none, per_row(2, 3), per_row(3, 2)),
                                               make_case<matmul>(right, per_row(2, 3), shared_by_rows(2, 3)),
                                               make_case<matmul>(flipped, shared_by_rows(3, 2), per_row(4, 3)),
                                               make_case<matmul>(flipped, per_row(3, 2), shared_by_rows(4, 3)),
                                               make_case<matmul_batch_sum>(none, per_row(2), per_row(3)),
                                               make_case<matmul_batch_sum>(none, per_row(2, 3), per_row(3, 4)),
                                               make_case<matmul_batch_sum>(flipped, per_row(3, 2), per_row(4, 3)),
                                               make_case<reshape>(target, per_row(2, 3)),
                                               make_case<transpose>(none, per_row(2, 3)),
                                               make_case<slice>(part, per_row(2, 3)),
                                               make_case<pad>(wider, per_row(2, 3)),
                                               make_case<concatenate>(none, per_row(2, 3), shared_by_rows(1, 3)),
                                               make_case<stop_gradient>(none, per_row(2)),
                                               make_case<after>(none, per_row(2), shared_by_rows(3)),
                                               make_case<band>(part, per_row(4, 3)),
                                               with_indices(make_case<gather>(none, per_row(2, 3)), 4, 0, 4),
                                               with_indices(make_case<gather>(inner, per_row(2, 3)), 2, 2, 0),
                                               with_indices(make_case<scatter>(target, per_row(4)), 5, 0, 5, 2),
                                               with_indices(make_case<scatter>(rows_of_two, per_row(2, 3)), 3, 1, 3),
                                               make_case<triangular_solve>(none, shared_by_rows(3, 3), per_row(3)),
                                               make_case<triangular_solve>(flipped, per_row(3, 3), per_row(3, 2)),
                                               make_case<hg::ops::first_largest>(none, per_row(2, 3))};
    hg::structural_operations::for_each([&]<class Op>(Op) {
        int found = 0;
        for (const operation_case& c : cases) found += c.op->id == hg::record<Op>.id;
        CHECK_MESSAGE(found > 0, "no case for " << std::string(Op::name));
    });
    for (const operation_case& c : cases) check_case(c, structural_data(c, ::rows));
}
