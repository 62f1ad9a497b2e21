// Every operation that is not elementwise: reductions over every range of axes and over the batch, products in every
// transposition, movements along every axis, on operands shared by the rows of a call and with one for each row, in all
// combinations. By the interpreter, before and after the passes, and by compiled programs, against differences in 50
// digits.
#include "autodiff/gradient_check.hpp"
#include "support/shares.hpp"

using namespace gradient_check;

namespace {

constexpr long rows = 3;

// What an operation is checked on. An operation of the list without an entry here does not compile.
template <class Op> struct cases_of;

constexpr void push_all_tails(hg::list<operation_case>& to, operation_case c, int result_rank) {
    to.push(with_tail(c, tail_kind::weighted));
    to.push(with_tail(c, tail_kind::plain));
    if (result_rank > 0) to.push(with_tail(c, tail_kind::column_weighted));
}
constexpr hg::attributes with_flags(int a, int b, int c) {
    hg::attributes options;
    options.flags = {a, b, c};
    return options;
}
constexpr hg::attributes with_target(auto... extents) {
    hg::attributes options;
    options.target = hg::make_shape(extents...);
    return options;
}

template <class Op> struct reduction_cases {
    static constexpr void add(hg::list<operation_case>& to) {
        for (const bool batched : {false, true}) {
            const hg::value_type type{hg::make_shape(2, 3, 4), batched};
            for (int first = 0; first < 3; ++first)
                for (int last = first + 1; last <= 3; ++last)
                    push_all_tails(to, make_case<Op>(with_flags(first, last, 0), type), 3 - (last - first));
        }
        push_all_tails(to, make_case<Op>(with_flags(0, 0, 1), per_row(2, 3)), 2);
        push_all_tails(to, make_case<Op>(with_flags(0, 0, 1), per_row()), 0);
    }
};
template <> struct cases_of<hg::ops::sum> : reduction_cases<hg::ops::sum> {};
template <> struct cases_of<hg::ops::product_over> : reduction_cases<hg::ops::product_over> {};
template <> struct cases_of<hg::ops::max_over> : reduction_cases<hg::ops::max_over> {};

template <> struct cases_of<hg::ops::matmul> {
    static constexpr void add(hg::list<operation_case>& to) {
        int turn = 0;
        for (const int m : {2, 1})
            for (int which = 0; which < 24; ++which, ++turn) {
                const bool ta = which & 1, tb = which & 2, a_batched = which & 4, b_batched = which & 8,
                           vector = which >= 16;
                const int k = 3, n = 5;
                const hg::value_type a{ta ? hg::make_shape(k, m) : hg::make_shape(m, k), a_batched};
                const hg::value_type b{vector ? hg::make_shape(k)
                                       : tb   ? hg::make_shape(n, k)
                                              : hg::make_shape(k, n),
                                       vector ? tb : b_batched};
                const operation_case c = make_case<hg::ops::matmul>(with_flags(ta, !vector && tb, 0), a, b);
                to.push(with_tail(c, turn % 4 == 2   ? tail_kind::plain
                                     : turn % 4 == 3 ? tail_kind::column_weighted
                                                     : tail_kind::weighted));
            }
    }
};
template <> struct cases_of<hg::ops::matmul_batch_sum> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (const int m : {2, 1})
            for (const bool ta : {false, true})
                for (const bool tb : {false, true}) {
                    const int k = 3, n = 5;
                    const auto a = ta ? per_row(k, m) : per_row(m, k), b = tb ? per_row(n, k) : per_row(k, n);
                    push_all_tails(to, make_case<hg::ops::matmul_batch_sum>(with_flags(ta, tb, 0), a, b), 2);
                }
        push_all_tails(to, make_case<hg::ops::matmul_batch_sum>(with_flags(0, 0, 0), per_row(4), per_row(3)), 2);
    }
};
template <> struct cases_of<hg::ops::reshape> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (const bool batched : {false, true}) {
            const hg::value_type type{hg::make_shape(2, 3, 4), batched}, one{{}, batched};
            push_all_tails(to, make_case<hg::ops::reshape>(with_target(24), type), 1);
            push_all_tails(to, make_case<hg::ops::reshape>(with_target(4, 6), type), 2);
            push_all_tails(to, make_case<hg::ops::reshape>(with_target(1, 2, 3, 4, 1), type), 5);
            push_all_tails(to, make_case<hg::ops::reshape>(with_target(1, 1), one), 2);
        }
    }
};
template <> struct cases_of<hg::ops::transpose> {
    static constexpr void add(hg::list<operation_case>& to) {
        constexpr int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        for (const bool batched : {false, true}) {
            for (const auto& o : orders)
                push_all_tails(to,
                               make_case<hg::ops::transpose>(with_target(o[0], o[1], o[2]),
                                                             hg::value_type{hg::make_shape(2, 3, 4), batched}),
                               3);
            push_all_tails(to, make_case<hg::ops::transpose>({}, hg::value_type{hg::make_shape(3, 5), batched}), 2);
            push_all_tails(to, make_case<hg::ops::transpose>({}, hg::value_type{hg::make_shape(4), batched}), 1);
        }
    }
};
template <> struct cases_of<hg::ops::slice> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (const bool batched : {false, true})
            for (int axis = -1; axis < 3; ++axis)
                for (int first = 0; first < 2; ++first)
                    push_all_tails(to,
                                   make_case<hg::ops::slice>(with_flags(axis, first, 2),
                                                             hg::value_type{hg::make_shape(2, 3, 4), batched}),
                                   3);
    }
};
template <> struct cases_of<hg::ops::pad> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (const bool batched : {false, true})
            for (int axis = 0; axis < 3; ++axis)
                for (int before = 0; before < 3; ++before)
                    push_all_tails(to,
                                   make_case<hg::ops::pad>(with_flags(axis, before, 6),
                                                           hg::value_type{hg::make_shape(2, 3, 4), batched}),
                                   3);
    }
};
template <> struct cases_of<hg::ops::concatenate> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (int axis = -1; axis < 3; ++axis)
            for (int batched = 0; batched < 8; ++batched) {
                hg::value_type types[3];
                for (int i = 0; i < 3; ++i) {
                    types[i] = {hg::make_shape(2, 3, 4), (batched >> i & 1) != 0};
                    types[i].extents[axis < 0 ? 2 : axis] = i + 1;
                }
                push_all_tails(
                    to, make_case<hg::ops::concatenate>(with_flags(axis, 0, 0), types[0], types[1], types[2]), 3);
            }
        push_all_tails(to, make_case<hg::ops::concatenate>(with_flags(0, 0, 0), per_row(2), shared_by_rows(3)), 1);
        push_all_tails(to, make_case<hg::ops::concatenate>(with_flags(0, 0, 0), shared_by_rows(2)), 1);
    }
};
template <> struct cases_of<hg::ops::stop_gradient> {
    static constexpr void add(hg::list<operation_case>& to) {
        push_all_tails(to, make_case<hg::ops::stop_gradient>({}, shared_by_rows(3)), 1);
        push_all_tails(to, make_case<hg::ops::stop_gradient>({}, per_row(2, 3)), 2);
    }
};
template <> struct cases_of<hg::ops::after> {
    static constexpr void add(hg::list<operation_case>& to) {
        push_all_tails(to, make_case<hg::ops::after>({}, per_row(2, 3), shared_by_rows(4)), 2);
        push_all_tails(to, make_case<hg::ops::after>({}, shared_by_rows(3), per_row(2)), 1);
    }
};

template <> struct cases_of<hg::ops::band> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (const bool batched : {false, true})
            for (const auto& [low, high] : {std::pair{0, 0}, {0, 4}, {-1, 1}, {1, 2}})
                push_all_tails(
                    to,
                    make_case<hg::ops::band>(with_flags(low, high, 0), hg::value_type{hg::make_shape(4, 3), batched}),
                    2);
    }
};
template <> struct cases_of<hg::ops::triangular_solve> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (int which = 0; which < 16; ++which) {
            const bool transposed = which & 1, matrix = which & 2, l_batched = which & 4, b_batched = which & 8;
            const hg::value_type l{hg::make_shape(3, 3), l_batched};
            const hg::value_type b{matrix ? hg::make_shape(3, 2) : hg::make_shape(3), b_batched};
            push_all_tails(to, make_case<hg::ops::triangular_solve>(with_flags(transposed, 0, 0), l, b),
                           matrix ? 2 : 1);
        }
    }
};
template <> struct cases_of<hg::ops::gather> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (const bool batched : {false, true}) {
            const hg::value_type type{hg::make_shape(2, 3, 2), batched};
            for (int kept = 0; kept < 3; ++kept)
                push_all_tails(
                    to,
                    with_indices(make_case<hg::ops::gather>(with_flags(0, 0, kept), type), 1, 0, kept < 2 ? 5 : 1, 1),
                    kept + 1);
        }
    }
};
template <> struct cases_of<hg::ops::scatter> {
    static constexpr void add(hg::list<operation_case>& to) {
        for (const bool batched : {false, true}) {
            const hg::value_type type{hg::make_shape(2, 4), batched};
            operation_case c = make_case<hg::ops::scatter>(with_target(3, 2), type);
            push_all_tails(
                to,
                with_indices(make_case<hg::ops::scatter>(with_target(9), hg::value_type{hg::make_shape(2, 2), batched}),
                             8, 0, 3, 8),
                1);
            c.options.flags[2] = 1;
            push_all_tails(to, with_indices(c, 4, 1, 4, 0), 3);
        }
    }
};

template <> struct cases_of<hg::ops::first_largest> {
    static constexpr void add(hg::list<operation_case>& to) {
        push_all_tails(to, make_case<hg::ops::first_largest>({}, per_row(2, 5)), 0);
        push_all_tails(to, make_case<hg::ops::first_largest>({}, shared_by_rows(4)), 1);
    }
};

// Every Step-th case of the operations; of these each second one under either compiler.
template <int Step, class... Ops> struct selection {
    static constexpr long rows = ::rows;
    static constexpr hg::list<operation_case> cases() {
        hg::list<operation_case> all, chosen;
        (cases_of<Ops>::add(all), ...);
        for (int i = Step * hourglass_test::half; i < all.size(); i += 2 * Step) chosen.push(all[i]);
        return chosen;
    }
};

std::vector<numbers> wanted_of(const operation_case& c, const case_data& data) {
    std::vector<numbers> wanted = differences(c, data, rows);
    if (c.op->id == hg::record<hg::ops::stop_gradient>.id)
        for (double& d : wanted[0]) d = 0;
    return wanted;
}

}

TEST_CASE("gradients of structural operations, by the interpreter") {
    hg::structural_operations::for_each([]<class Op>(Op) {
        hg::list<operation_case> cases;
        cases_of<Op>::add(cases);
        std::vector<case_data> data;
        std::vector<std::vector<numbers>> wanted;
        for (const operation_case& c : cases) {
            data.push_back(structural_data(c, rows));
            wanted.push_back(wanted_of(c, data.back()));
        }
        REQUIRE(!data.empty());
        check_interpreted(cases, data, rows, wanted, [&](int c) { return describe(cases[c]); });
    });
}

using products = selection<1, hg::ops::matmul>;
using summed_products = selection<2, hg::ops::matmul_batch_sum>;
using reductions = selection<2, hg::ops::sum, hg::ops::product_over, hg::ops::max_over>;
using movements = selection<3, hg::ops::reshape, hg::ops::transpose, hg::ops::slice, hg::ops::pad, hg::ops::concatenate,
                            hg::ops::stop_gradient, hg::ops::after>;
using triangles = selection<5, hg::ops::band, hg::ops::triangular_solve, hg::ops::first_largest>;
using picked = selection<3, hg::ops::gather, hg::ops::scatter>;
TEST_CASE_TEMPLATE("gradients of structural operations, by a program", Table, products, summed_products, reductions,
                   movements, triangles, picked) {
    const hg::list<operation_case> cases = Table::cases();
    std::vector<case_data> data;
    std::vector<std::vector<numbers>> wanted;
    for (const operation_case& c : cases) {
        data.push_back(structural_data(c, rows));
        wanted.push_back(wanted_of(c, data.back()));
    }
    check_program<Table>(data, wanted, [&](int c) { return describe(cases[c]); });
}

TEST_CASE("the gradient of a product at zeros") {
    const operation_case c = make_case<hg::ops::product_over>(with_flags(0, 1, 0), shared_by_rows(3, 3));
    case_data data;
    data.operands = {{2, 0, 0, 3, 5, -0.0, 7, 4, 2}}; // columns 2 3 7, 0 5 4 and 0 -0 2
    data.weights = {2, 3, 4};
    hg::list<operation_case> cases;
    cases.push(c);
    check_interpreted(cases, {data}, 1, {{{42, 60, 0, 28, 0, 0, 12, 0, 0}}}, [&](int) { return describe(c); });
    // A product that is zero by underflow alone, and one that is not a number, where the others of one factor are.
    data.operands = {{1e-200, 1, 3, 1e-200, 0, INFINITY, 1, 2, 0}};
    check_interpreted(cases, {data}, 1, {{{0, 0, NAN, 0, 6, 0, 0, 0, INFINITY}}}, [&](int) { return describe(c); });
}

TEST_CASE("the largest element's gradient is shared equally among ties") {
    const operation_case c = make_case<hg::ops::max_over>(with_flags(0, 1, 0), shared_by_rows(4, 2));
    case_data data;
    data.operands = {{3, 1, 3, -0.0, 2, 0, 3, 0}}; // columns 3 3 2 3 and 1 -0 0 0
    data.weights = {6, 5};
    const std::vector<std::vector<numbers>> wanted = {{{2, 5, 2, 0, 0, 0, 2, 0}}};
    hg::list<operation_case> cases;
    cases.push(c);
    check_interpreted(cases, {data}, 1, wanted, [&](int) { return describe(c); });
    data.operands = {{-1, 0, -1, -0.0, -1, 0, -1, -4}};
    check_interpreted(cases, {data}, 1, {{{1.5, 5.0 / 3, 1.5, 5.0 / 3, 1.5, 5.0 / 3, 1.5, 0}}},
                      [&](int) { return describe(c); });
}
