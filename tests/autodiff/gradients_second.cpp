// Second derivatives: the gradient of a weighted sum of gradients, differentiated again on the same graph at run time,
// against differences in 50 digits of the first gradient. Every operation of the lists, at smooth points.
#include "autodiff/gradient_check.hpp"
#include "ops/operation_points.hpp"

using namespace gradient_check;
namespace points = operation_points;

namespace {

constexpr long rows = 3;

// The gradient of sum(weights * op(operands)) with respect to each operand, and the sum of all their elements, each
// multiplied by a number of a leaf "v".
struct twice {
    hg::graph_builder g;
    std::vector<int> operands, directions, first;
    int weights = -1;
    hg::handle sum{};

    explicit twice(const operation_case& c) {
        const hg::handle y = push_case(g, c, 0);
        const hg::handle loss = weigh(g, y, c.tail, 0);
        weights = g.names[g.intern(weights_name(0).view())].node;
        for (int i = 0; i < c.count; ++i) operands.push_back(g.names[g.intern(name_of(0, i).view())].node);
        first = gradients(loss.index);
        sum = {&g, nullptr, g.push_literal(0)};
        for (std::size_t i = 0; i < operands.size(); ++i) {
            const hg::value_type type = g.nodes[operands[i]].type;
            const hg::handle v = push_leaf(g, hg::sentence("v", static_cast<int>(i)), type);
            directions.push_back(v.index);
            sum = sum + total(hadamard(hg::handle{&g, nullptr, first[i]}, v));
        }
    }
    std::vector<int> gradients(int of) {
        hg::differentiation d(g, of, {operands.data(), static_cast<int>(operands.size())});
        std::vector<int> result;
        for (int n : operands) result.push_back(d.gradient(n));
        return result;
    }
};

template <class T>
std::vector<std::vector<T>> evaluate(const twice& t, const case_data& data, const std::vector<std::vector<T>>& operands,
                                     const std::vector<numbers>& directions, const std::vector<int>& asked) {
    hg::interpretation<T> run(t.g.view(), rules<T>(), rows);
    run.feed(t.weights, converted<T>(data.weights));
    for (std::size_t i = 0; i < operands.size(); ++i) {
        run.feed(t.operands[i], operands[i]);
        run.feed(t.directions[i], converted<T>(directions[i]));
    }
    run.run();
    std::vector<std::vector<T>> result;
    for (int n : asked) result.push_back(run.values[static_cast<std::size_t>(n)]);
    return result;
}

void check_second(const operation_case& c, const case_data& data) {
    twice t(c);
    std::vector<numbers> directions;
    for (const numbers& x : data.operands) directions.push_back(spread(x.size(), 0.5, 1.5, 0.41));
    const std::vector<int> second = t.gradients(t.sum.index);
    REQUIRE_MESSAGE(t.g.problem.empty(), std::string(t.g.problem.view()));
    const auto got = evaluate<double>(t, data, data.operands, directions, second);

    std::vector<std::vector<precise>> operands;
    for (const numbers& x : data.operands) operands.push_back(converted<precise>(x));
    for (std::size_t i = 0; i < operands.size(); ++i) {
        numbers wanted;
        for (std::size_t e = 0; e < operands[i].size(); ++e) {
            const precise x = operands[i][e], h = 1e-15;
            operands[i][e] = x + h;
            const auto above = evaluate<precise>(t, data, operands, directions, t.first);
            operands[i][e] = x - h;
            const auto below = evaluate<precise>(t, data, operands, directions, t.first);
            operands[i][e] = x;
            precise sum = 0;
            for (std::size_t o = 0; o < above.size(); ++o)
                for (std::size_t k = 0; k < above[o].size(); ++k)
                    sum += (above[o][k] - below[o][k]) * precise(directions[o][k]);
            wanted.push_back(static_cast<double>(precise(sum / (2 * h))));
        }
        check_all(describe(c) + ", second derivative, operand " + std::to_string(i), got[i], wanted);
    }
}

}

TEST_CASE("second derivatives of elementwise operations, with broadcast operands") {
    hg::general_operations::for_each([]<class Op>(Op) {
        const hg::value_type types[][3] = {{shared_by_rows(5), shared_by_rows(5), shared_by_rows(5)},
                                           {per_row(2, 3), per_row(3), per_row(2, 1)},
                                           {shared_by_rows(3), per_row(2, 3), shared_by_rows()}};
        const hg::value_type few[] = {per_row(), shared_by_rows(2), shared_by_rows()};
        const auto check = [](const hg::value_type* operands) {
            operation_case c{&hg::record<Op>, {}, {operands[0], operands[1], operands[2], operands[0]}, Op::arity};
            if constexpr (std::is_same_v<Op, hg::ops::broadcast_to>) c.options.target = operands[0].extents;
            check_second(c, spread_data(c, rows, points::table<Op>::low, points::table<Op>::high));
        };
        if constexpr (points::table<Op>::costly)
            check(few);
        else
            for (const auto& operands : types) check(operands);
    });
}

TEST_CASE("second derivatives of structural operations") {
    hg::attributes none, middle, batch, flipped, target;
    middle.flags = {1, 2, 0};
    batch.flags = {0, 0, 1};
    flipped.flags = {1, 1, 0};
    target.target = hg::make_shape(6);
    hg::attributes inner, rows_of_two;
    inner.flags = {0, 0, 1};
    rows_of_two.flags = {0, 0, 1};
    rows_of_two.target = hg::make_shape(2, 2);
    hg::attributes part, wider;
    part.flags = {1, 1, 2};
    wider.flags = {1, 1, 5};
    using namespace hg::ops;
    const std::vector<operation_case> cases = {make_case<sum>(middle, per_row(2, 3, 2)),
                                               make_case<sum>(batch, per_row(2)),
                                               make_case<product_over>(middle, per_row(2, 3, 2)),
                                               make_case<product_over>(batch, per_row(2)),
                                               make_case<max_over>(middle, per_row(2, 3, 2)),
                                               make_case<max_over>(batch, per_row(2)),
                                               make_case<matmul>(none, shared_by_rows(2, 3), per_row(3)),
                                               make_case<matmul>(none, per_row(2, 3), per_row(3, 2)),
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
                                               make_case<triangular_solve>(none, per_row(2, 2), shared_by_rows(2)),
                                               make_case<hg::ops::first_largest>(none, per_row(2, 3))};
    hg::structural_operations::for_each([&]<class Op>(Op) {
        int found = 0;
        for (const operation_case& c : cases) found += c.op->id == hg::record<Op>.id;
        CHECK_MESSAGE(found > 0, "no case for " << std::string(Op::name));
    });
    for (const operation_case& c : cases) check_second(c, structural_data(c, ::rows));
}

TEST_CASE("second derivatives of functions whose first ones are not constant") {
    // f'' at a point, by hand: exp, tanh, sigmoid, log, x^3, and of x y in x and y together.
    hg::graph_builder g;
    const hg::handle x = push_leaf(g, hg::sentence("0.0"), shared_by_rows(2));
    const int wrt[] = {x.index};
    const auto second = [&](hg::handle y) {
        hg::differentiation once(g, total(y).index, {wrt, 1});
        const hg::handle slope{&g, nullptr, once.gradient(x.index)};
        hg::differentiation again(g, total(slope).index, {wrt, 1});
        return again.gradient(x.index);
    };
    const int results[] = {second(exp(x)), second(tanh(x)),   second(sigmoid(x)),
                           second(log(x)), second(pow(x, 3)), second(square(x))};
    hg::interpretation<double> run(g.view(), rules<double>(), 1);
    const numbers at = {0.5, 2};
    run.feed(x.index, at);
    run.run();
    for (std::size_t i = 0; i < at.size(); ++i) {
        const double t = std::tanh(at[i]), s = 1 / (1 + std::exp(-at[i]));
        const double wanted[] = {
            std::exp(at[i]), -2 * t * (1 - t * t), s * (1 - s) * (1 - 2 * s), -1 / (at[i] * at[i]), 6 * at[i], 2};
        for (std::size_t f = 0; f < std::size(wanted); ++f)
            CHECK(run.values[static_cast<std::size_t>(results[f])][i] == doctest::Approx(wanted[f]).epsilon(1e-13));
    }
}
