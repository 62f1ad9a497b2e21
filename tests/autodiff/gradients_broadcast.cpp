// Every elementwise operation on operands of different shapes, batched and not: an operand that stands for many
// elements, or for all rows, gets the sum of what they give it. By the interpreter for every pair of shapes, by
// compiled programs for a selection in which each pair and each operation occurs, half of it under each compiler.
#include "autodiff/gradient_check.hpp"
#include "ops/operation_points.hpp"
#include "support/shares.hpp"

using namespace gradient_check;
namespace points = operation_points;

namespace {

constexpr long rows = 2;
// A number, a row, a column, a matrix, with an axis of extent 1 in front; each shared by the rows of a call or one per
// row.
constexpr hg::value_type types[] = {shared_by_rows(),     shared_by_rows(3), shared_by_rows(2, 1), shared_by_rows(1, 3),
                                    shared_by_rows(2, 3), per_row(),         per_row(3),           per_row(2, 1),
                                    per_row(1, 3),        per_row(2, 3)};
constexpr int type_count = static_cast<int>(std::size(types));

constexpr bool has_first_axis(const operation_case& c) {
    for (int i = 0; i < c.count; ++i)
        if (c.operands[static_cast<std::size_t>(i)].extents.rank > 0) return true;
    return false;
}
// The three ways into the loss, in turn.
constexpr operation_case with_tail_number(operation_case c, int i) {
    c.tail = i % 3 == 0                         ? tail_kind::weighted
             : i % 3 == 1 || !has_first_axis(c) ? tail_kind::plain
                                                : tail_kind::column_weighted;
    return c;
}
template <class Op> constexpr operation_case case_of(const std::array<int, 4>& chosen, int number) {
    operation_case c{&hg::record<Op>, {}, {}, Op::arity};
    for (std::size_t i = 0; i < static_cast<std::size_t>(Op::arity); ++i) c.operands[i] = types[chosen[i]];
    if constexpr (std::is_same_v<Op, hg::ops::broadcast_to>) {
        c.options.target = hg::make_shape(2, 3);
        c.options.flags[0] = number % 2;
    }
    return with_tail_number(c, number);
}

template <class Op> case_data data_of(const operation_case& c) {
    case_data data = spread_data(c, rows, points::table<Op>::low, points::table<Op>::high);
    if constexpr (std::is_same_v<Op, hg::ops::where>)
        for (std::size_t i = 0; i < data.operands[0].size(); i += 2) data.operands[0][i] = 0;
    return data;
}
template <class Op> std::vector<numbers> wanted_of(const operation_case& c, const case_data& data) {
    std::vector<numbers> wanted = differences(c, data, rows);
    if constexpr (std::is_same_v<Op, hg::ops::where> || std::is_same_v<Op, hg::ops::finite>)
        for (double& d : wanted[0]) d = 0; // no gradient flows into a condition, or through `finite`
    return wanted;
}

// Every operation has a turn with every pair of types, a costly one with some of them; of three operands the third goes
// through the types on its own.
template <class Op> hg::list<operation_case> all_cases() {
    hg::list<operation_case> cases;
    int number = 0;
    for (int a = 0; a < type_count; ++a)
        for (int b = 0; b < (Op::arity > 1 ? type_count : 1); ++b, ++number)
            if (!points::table<Op>::costly || number % 23 == 7)
                cases.push(case_of<Op>({a, b, (3 * a + 7 * b) % type_count, (5 * a + b) % type_count}, number));
    return cases;
}

// A pair of types for each operation with more than one operand, starting elsewhere for each Turn, and a type for each
// other one.
template <int Turn> struct selection {
    static constexpr long rows = ::rows;
    static constexpr void for_each(auto&& f) {
        int number = 0;
        hg::general_operations::for_each([&]<class Op>(Op) {
            constexpr int times = Op::arity == 1 ? 1 : 3;
            for (int t = 0; t < times; ++t, ++number) {
                const int pair = (37 * number + 29 * Turn) % (type_count * type_count);
                f(Op{}, case_of<Op>({pair / type_count, pair % type_count, (pair + 3) % type_count, pair % 3},
                                    number + Turn));
            }
        });
    }
    static constexpr hg::list<operation_case> cases() {
        hg::list<operation_case> result;
        for_each([&](auto, const operation_case& c) { result.push(c); });
        return result;
    }
};

}

TEST_CASE("gradients of elementwise operations whose operands broadcast, by the interpreter") {
    hg::general_operations::for_each([]<class Op>(Op) {
        const hg::list<operation_case> cases = all_cases<Op>();
        std::vector<case_data> data;
        std::vector<std::vector<numbers>> wanted;
        for (const operation_case& c : cases) {
            data.push_back(data_of<Op>(c));
            wanted.push_back(wanted_of<Op>(c, data.back()));
        }
        check_interpreted(cases, data, rows, wanted, [&](int c) { return describe(cases[c]); });
    });
}

TEST_CASE("gradients of elementwise operations whose operands broadcast, by a program") {
    using Table = selection<hourglass_test::half>;
    std::vector<case_data> data;
    std::vector<std::vector<numbers>> wanted;
    Table::for_each([&]<class Op>(Op, const operation_case& c) {
        data.push_back(data_of<Op>(c));
        wanted.push_back(wanted_of<Op>(c, data.back()));
    });
    const hg::list<operation_case> cases = Table::cases();
    check_program<Table>(data, wanted, [&](int c) { return describe(cases[c]); });
}
