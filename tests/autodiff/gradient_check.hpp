// What the gradient tests share: one operation with its operands as a case, the graph of many cases with the gradient
// of a loss made of all of them, their derivatives from differences in 50 digits, and the comparison of these with what
// the interpreter and a compiled program say.
#pragma once

#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/interpret.hpp>

#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/expm1.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gradient_check {

namespace hg = hourglass;
using precise = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<50>, boost::multiprecision::et_off>;
using numbers = std::vector<double>;

inline constexpr double tolerance = 1e-12; // relative
inline constexpr double vanishing = 1e-15; // absolute, where the derivative all but vanishes

// How the result of a case becomes a part of the loss.
enum class tail_kind {
    weighted,       // sum of result * weights
    plain,          // sum of the result: its adjoint is a single number that broadcasts
    column_weighted // sum over the first axis, then weights: its adjoint has extent 1 there
};

struct operation_case {
    const hg::operation* op = nullptr;
    hg::attributes options{};
    std::array<hg::value_type, 4> operands{};
    int count = 0;
    tail_kind tail = tail_kind::weighted;
    std::array<int, 6> indices{}; // where flags[1] of the options says how many it reads, it finds them here
};

constexpr hg::value_type shared_by_rows(auto... extents) { return {hg::make_shape(extents...), false}; }
constexpr hg::value_type per_row(auto... extents) { return {hg::make_shape(extents...), true}; }

template <class Op, class... Types>
constexpr operation_case make_case(const hg::attributes& options, const Types&... operands) {
    return {&hg::record<Op>, options, {operands...}, static_cast<int>(sizeof...(operands))};
}
constexpr operation_case with_tail(operation_case c, tail_kind tail) {
    c.tail = tail;
    return c;
}
// Of gather and scatter.
constexpr operation_case with_indices(operation_case c, auto... indices) {
    c.indices = {indices...};
    c.options.flags[1] = static_cast<int>(sizeof...(indices));
    return c;
}

// The names of a case's leaves and result: "7.0", "7.1", "7.w", "7.y".
constexpr hg::text name_of(int index, int operand) { return hg::sentence(index, ".", operand); }
constexpr hg::text weights_name(int index) { return hg::sentence(index, ".w"); }
constexpr hg::text result_name(int index) { return hg::sentence(index, ".y"); }

constexpr hg::handle push_leaf(hg::graph_builder& g, const hg::text& name, const hg::value_type& type) {
    const int index = g.intern(name.view());
    const int n = g.push_leaf(type.batched ? &hg::record<hg::ops::input> : &hg::record<hg::ops::argument>, index, type);
    g.names[index].node = n;
    return {&g, nullptr, n};
}
// The operation alone; its result is a root.
constexpr hg::handle push_case(hg::graph_builder& g, const operation_case& c, int index) {
    int operands[4]{};
    for (int i = 0; i < c.count; ++i)
        operands[i] = push_leaf(g, name_of(index, i), c.operands[static_cast<std::size_t>(i)]).index;
    hg::attributes options = c.options;
    if (c.op->id == hg::record<hg::ops::gather>.id || c.op->id == hg::record<hg::ops::scatter>.id)
        options.flags[0] = g.add_indices({c.indices.data(), options.flags[1]});
    const int result = g.push(c.op, options, {operands, c.count});
    const int name = g.intern(result_name(index).view());
    g.names[name].node = result;
    g.roots.push({hg::root_kind::value, name, result});
    return {&g, nullptr, result};
}
constexpr hg::handle total(hg::handle x) {
    x = hg::ops::reduce<hg::ops::sum>(x, (1u << x.extents().rank) - 1u, false);
    return x.batched() ? hg::batch_sum(x) : x;
}
constexpr hg::handle weigh(hg::graph_builder& g, hg::handle y, tail_kind tail, int index) {
    if (tail == tail_kind::plain) return total(y);
    if (tail == tail_kind::column_weighted) y = hg::ops::reduce<hg::ops::sum>(y, 1u, false);
    const hg::value_type type = y.type();
    return total(hadamard(y, push_leaf(g, weights_name(index), type)));
}
// The results of all cases, and nothing else.
constexpr hg::graph_builder build_values(hg::slice_of<operation_case> cases) {
    hg::graph_builder g;
    for (int c = 0; c < cases.size; ++c) push_case(g, cases[c], c);
    return g;
}
// All cases, the loss, and the gradient with respect to every operand.
constexpr hg::graph_builder build_gradients(hg::slice_of<operation_case> cases) {
    hg::graph_builder g;
    hg::list<int> targets, names;
    hg::handle loss{&g, nullptr, g.push_literal(0)};
    for (int c = 0; c < cases.size; ++c) {
        const hg::handle y = push_case(g, cases[c], c);
        for (int i = 0; i < cases[c].count; ++i) {
            names.push(g.intern(name_of(c, i).view()));
            targets.push(g.names[names.back()].node);
        }
        loss = loss + weigh(g, y, cases[c].tail, c);
    }
    if (g.failed()) return g;
    hg::differentiation d(g, loss.index, targets.view());
    for (int i = 0; i < targets.size(); ++i) g.roots.push({hg::root_kind::gradient, names[i], d.gradient(targets[i])});
    return g;
}

// Operands and weights of one case, and how far differences step from an operand's element.
struct case_data {
    std::vector<numbers> operands;
    numbers weights;
    std::function<double(double)> step = [](double x) { return x == 0 ? 1e-15 : 1e-15 * std::abs(x); };
};

inline std::size_t size_of(const hg::value_type& t, long rows) {
    return static_cast<std::size_t>(t.extents.size() * (t.batched ? rows : 1));
}
// Distinct numbers between low and high in no order: the fractional parts of multiples of the golden ratio.
inline numbers spread(std::size_t count, double low, double high, double start) {
    numbers result(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double x = start + 0.6180339887498949 * static_cast<double>(i + 1);
        result[i] = low + (high - low) * (x - std::floor(x));
    }
    return result;
}

template <class T> std::vector<T> converted(const numbers& x) { return {x.begin(), x.end()}; }

template <class T> const hg::forward_rules<T>& rules() {
    static const hg::forward_rules<T> result;
    return result;
}

// What each element of the result counts in the loss.
inline numbers weights_of_result(const operation_case& c, const hg::value_type& result, const numbers& weights,
                                 long rows) {
    numbers w(size_of(result, rows), 1);
    const auto each = static_cast<std::size_t>(result.extents.size());
    const std::size_t inner = c.tail == tail_kind::column_weighted
                                  ? static_cast<std::size_t>(result.extents.size(1, result.extents.rank))
                                  : each;
    for (std::size_t i = 0; i < w.size(); ++i)
        if (c.tail != tail_kind::plain) w[i] = weights[i / each * inner + i % inner];
    return w;
}
// The type of a case's result, by the operation's own shape rule.
inline hg::value_type result_type(const operation_case& c) {
    hg::graph_builder g;
    const hg::value_type type = push_case(g, c, 0).type();
    REQUIRE_MESSAGE(g.problem.empty(), std::string(g.problem.view()));
    return type;
}
inline std::size_t weight_count(const operation_case& c, long rows) {
    const hg::value_type type = result_type(c);
    if (c.tail == tail_kind::plain) return 0;
    return size_of(type, rows) / static_cast<std::size_t>(c.tail == tail_kind::column_weighted ? type.extents[0] : 1);
}

// The derivative of the case's part of the loss in every element of every operand, by central differences in 50 digits.
// The products with the weights are added up outside the graph, and only where the result moves, so that an infinite
// element elsewhere does no harm.
inline std::vector<numbers> differences(const operation_case& c, const case_data& data, long rows) {
    hg::graph_builder g;
    const hg::handle y = push_case(g, c, 0);
    const numbers weights = weights_of_result(c, y.type(), data.weights, rows);
    const auto evaluate = [&](const std::vector<std::vector<precise>>& operands) {
        hg::interpretation<precise> run(g.view(), rules<precise>(), rows);
        for (std::size_t i = 0; i < operands.size(); ++i) run.feed(name_of(0, static_cast<int>(i)).view(), operands[i]);
        run.run();
        return run.values[static_cast<std::size_t>(y.index)];
    };
    std::vector<std::vector<precise>> operands;
    for (const numbers& x : data.operands) operands.push_back(converted<precise>(x));
    std::vector<numbers> result;
    for (std::size_t i = 0; i < operands.size(); ++i) {
        result.emplace_back();
        for (std::size_t e = 0; e < operands[i].size(); ++e) {
            const precise x = operands[i][e], h = data.step(data.operands[i][e]);
            operands[i][e] = x + h;
            const auto above = evaluate(operands);
            operands[i][e] = x - h;
            const auto below = evaluate(operands);
            operands[i][e] = x;
            precise sum = 0;
            for (std::size_t k = 0; k < above.size(); ++k)
                if (above[k] != below[k]) sum += (above[k] - below[k]) * precise(weights[k]);
            result.back().push_back(static_cast<double>(precise(sum / (2 * h))));
        }
    }
    return result;
}

inline bool agree(double got, double wanted, double relative = tolerance, double absolute = vanishing) {
    if (std::isnan(wanted)) return std::isnan(got);
    if (std::isinf(wanted)) return got == wanted;
    return std::abs(got - wanted) <= std::max(relative * std::abs(wanted), absolute);
}
// One check per tensor; the message names the worst element.
inline void check_all(const std::string& what, const numbers& got, const numbers& wanted, double relative = tolerance) {
    REQUIRE_MESSAGE(got.size() == wanted.size(), what);
    std::string wrong;
    int count = 0;
    for (std::size_t i = 0; i < got.size(); ++i)
        if (!agree(got[i], wanted[i], relative)) {
            char line[160];
            std::snprintf(line, sizeof line, "\n  element %zu: %.17g, by differences %.17g", i, got[i], wanted[i]);
            if (++count <= 5) wrong += line;
        }
    CHECK_MESSAGE(count == 0, what << ": " << count << " of " << got.size() << " differ" << wrong);
}

// The gradients of all cases by the interpreter, in order of case and operand, on the graph as it is differentiated and
// after each pass.
inline void check_interpreted(const hg::list<operation_case>& cases, const std::vector<case_data>& data, long rows,
                              const std::vector<std::vector<numbers>>& wanted,
                              const std::function<std::string(int)>& describe) {
    const hg::graph_builder raw = build_gradients(cases.view());
    REQUIRE_MESSAGE(raw.problem.empty(), std::string(raw.problem.view()));
    const auto check_graph = [&](const std::string& pass, hg::graph_view view) {
        hg::interpretation<double> run(view, rules<double>(), rows);
        for (int n = 0; n < view.nodes.size; ++n) {
            if (view[n].op->kind != hg::operation_kind::leaf) continue;
            const std::string name(view.name(view[n].name));
            const case_data& d = data[static_cast<std::size_t>(std::stoi(name))];
            const char part = name[name.find('.') + 1];
            run.feed(n, part == 'w' ? d.weights : d.operands[static_cast<std::size_t>(part - '0')]);
        }
        run.run();
        int root = 0;
        for (const hg::graph_root& r : view.roots) root += r.kind == hg::root_kind::value;
        for (int c = 0; c < cases.size(); ++c)
            for (int i = 0; i < cases[c].count; ++i, ++root)
                check_all(describe(c) + ", operand " + std::to_string(i) + ", " + pass,
                          run.values[static_cast<std::size_t>(view.roots[root].node)],
                          wanted[static_cast<std::size_t>(c)][static_cast<std::size_t>(i)]);
    };
    check_graph("differentiated", raw.view());
    hg::run_passes(raw.view(), [&]<class Stage>(Stage, hg::graph_view g) { check_graph(std::string(Stage::name), g); });
}

// A program made of a table of cases, which Table::cases() returns as a list: the compiler's stages and the executor
// that hg::gradient is made of, with leaves bound by the names above.
template <class Table> struct case_program_spec {
    static constexpr long rows = Table::rows;
    static constexpr hg::graph_builder run() {
        const hg::list<operation_case> cases = Table::cases();
        if constexpr (requires { Table::values_only; })
            return build_values(cases.view());
        else
            return build_gradients(cases.view());
    }
};

template <class Table, class T> class case_program {
    using compiled = hg::compiled<case_program_spec<Table>>;
    static_assert(compiled::specified::value.problem.empty());

    hg::executor<compiled, T> executor_{hg::thread_limit{}};
    std::vector<std::vector<T>> bound_;

public:
    // Runs the program; then value(c) and gradient(c, i) give what it computed.
    void run(const std::vector<case_data>& data) {
        bound_.clear();
        bool batched = false;
        for (int v = 0; v < compiled::sizes.values; ++v) {
            const hg::stored_value& value = compiled::schedule.values[v];
            if (value.storage != hg::storage_kind::fed) continue;
            const std::string name(compiled::view().name(value.name));
            const case_data& d = data[static_cast<std::size_t>(std::stoi(name))];
            const char part = name[name.find('.') + 1];
            bound_.push_back(converted<T>(part == 'w' ? d.weights : d.operands[static_cast<std::size_t>(part - '0')]));
            REQUIRE(bound_.back().size() == size_of(value.type, Table::rows));
            executor_.place[v] = bound_.back().data();
            batched = batched || value.type.batched;
        }
        batched ? executor_.template run<true>(Table::rows) : executor_.template run<false>(Table::rows);
    }
    std::vector<T> value(int c) const { return find(hg::root_kind::value, result_name(c)); }
    std::vector<T> gradient(int c, int i) const { return find(hg::root_kind::gradient, name_of(c, i)); }

private:
    std::vector<T> find(hg::root_kind kind, const hg::text& name) const {
        const hg::graph_view g = compiled::view();
        const std::uint64_t hash = hg::hash_of(name.view());
        int node = -1;
        for (const hg::graph_root& r : g.roots)
            if (r.kind == kind && g.names[r.name].hash == hash) node = r.node;
        for (int r = 0; r < compiled::sizes.results; ++r) {
            const hg::schedule_result& result = compiled::schedule.results[r];
            if (result.kind != kind || g.names[result.name].hash != hash) continue;
            const T* data = executor_.place[result.value];
            return {data, data + size_of(g[node].type, Table::rows)};
        }
        FAIL("the program does not give " << std::string(name.view()));
        return {};
    }
};

// A whole table: by the interpreter and by a program, against the derivatives in `wanted`.
template <class Table> void check_program(const std::vector<case_data>& data,
                                          const std::vector<std::vector<numbers>>& wanted,
                                          const std::function<std::string(int)>& describe) {
    const hg::list<operation_case> cases = Table::cases();
    const auto program = std::make_unique<case_program<Table, double>>();
    program->run(data);
    for (int c = 0; c < cases.size(); ++c)
        for (int i = 0; i < cases[c].count; ++i)
            check_all(describe(c) + ", operand " + std::to_string(i) + ", program", program->gradient(c, i),
                      wanted[static_cast<std::size_t>(c)][static_cast<std::size_t>(i)]);
}

inline std::string describe(const hg::value_type& t) {
    return (t.batched ? "rows of " : "") + std::string(hg::sentence(t.extents).view());
}
inline std::string describe(const operation_case& c) {
    std::string text(c.op->name);
    for (int i = 0; i < c.count; ++i)
        text += (i == 0 ? " of " : ", ") + describe(c.operands[static_cast<std::size_t>(i)]);
    text += ", flags";
    for (int f : c.options.flags) text += " " + std::to_string(f);
    text += ", target " + std::string(hg::sentence(c.options.target).view());
    return text + (c.tail == tail_kind::plain             ? ", plain sum"
                   : c.tail == tail_kind::column_weighted ? ", columns weighted"
                                                          : "");
}
// Distinct operands for a case, each in its range.
inline case_data spread_data(const operation_case& c, long rows, const std::array<double, 4>& low,
                             const std::array<double, 4>& high) {
    case_data data;
    for (int i = 0; i < c.count; ++i) {
        const auto o = static_cast<std::size_t>(i);
        data.operands.push_back(spread(size_of(c.operands[o], rows), low[o], high[o], 0.137 + 0.29 * i));
    }
    data.weights = spread(weight_count(c, rows), 0.5, 2, 0.71);
    return data;
}

// What structural operations are checked on.
inline case_data structural_data(const operation_case& c, long rows) {
    const bool solves = c.op->id == hg::record<hg::ops::triangular_solve>.id; // with a diagonal that is not near zero
    return spread_data(c, rows, {solves ? 0.5 : -1.5, -1.2, -2}, {1.7, 1.9, 2.3});
}

}
