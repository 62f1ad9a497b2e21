// Prints a line for each operation of inspect/operation_list.hpp: name, kind, how it is written, what its derivative
// rule gives for each operand. Derivatives are not written down here: the rules are traced and simplified.
// tests/sources/operations.py makes the page of it.
#include <hourglass/autodiff/differentiate.hpp>
#include <hourglass/compile/stages.hpp>
#include <hourglass/inspect/operation_list.hpp>
#include <hourglass/inspect/print.hpp>

#include <iostream>
#include <map>
#include <string>

namespace hg = hourglass;

namespace {

const std::map<std::string_view, std::pair<const char*, int>> infix = {
    {"less", {"<", 1}},     {"less_equal", {"<=", 1}}, {"greater", {">", 1}}, {"greater_equal", {">=", 1}},
    {"equal", {"==", 1}},   {"not_equal", {"!=", 1}},  {"add", {"+", 2}},     {"subtract", {"-", 2}},
    {"multiply", {"*", 3}}, {"divide", {"/", 3}}};

// A node as an expression over a, b, c, d and the result y; in parentheses where it binds less tightly than `least`.
std::string written(hg::graph_view g, int n, int result, int least = 0) {
    const hg::node& at = g[n];
    if (n == result) return "y";
    if (at.name >= 0) return std::string(g.name(at.name));
    if (at.op->kind == hg::operation_kind::literal) return hg::number_text(at.options.number);
    const auto operand = [&](int i, int bound) { return written(g, g.operand(n, i), result, bound); };
    if (at.op->id == hg::record<hg::ops::negate>.id)
        return least > 3 ? "(-" + operand(0, 4) + ")" : "-" + operand(0, 4);
    if (const auto found = infix.find(at.op->name); found != infix.end()) {
        const auto [sign, level] = found->second;
        const std::string text = operand(0, level) + " " + sign + " " + operand(1, level + 1);
        return level < least ? "(" + text + ")" : text;
    }
    std::string text = std::string(at.op->name) + "(";
    for (int i = 0; i < at.operand_count; ++i) text += (i ? ", " : "") + operand(i, 0);
    return text + ")";
}

const char* kind_text(hg::operation_kind kind) {
    switch (kind) {
    case hg::operation_kind::elementwise:
        return "elementwise";
    case hg::operation_kind::reduction:
        return "reduction";
    case hg::operation_kind::product:
        return "product";
    case hg::operation_kind::movement:
        return "movement";
    case hg::operation_kind::marker:
        return "marker";
    default:
        return "leaf";
    }
}

template <class Op> void print_elementwise() {
    constexpr const char* letters[] = {"a", "b", "c", "d"};
    hg::graph_builder g;
    hg::list<int> operands;
    for (int i = 0; i < Op::arity; ++i) {
        const int name = g.intern(letters[i]);
        operands.push(g.push_leaf(&hg::record<hg::ops::fed>, name, {}));
        g.names[name].node = operands[i];
    }
    const int result = g.push(&hg::record<Op>, {}, operands.view());
    std::cout << Op::name << '\t' << kind_text(Op::kind) << '\t' << written(g.view(), result, -1) << '\t';
    if (!hg::record<Op>.smooth) {
        std::cout << "-\n";
        return;
    }
    hg::differentiation d(g, result, operands.view());
    g.roots.push({hg::root_kind::value, 0, result});
    for (int i = 0; i < Op::arity; ++i) g.roots.push({hg::root_kind::gradient, i, d.gradient(operands[i])});
    hg::graph_builder simple;
    hg::run_passes(g.view(), [&]<class Pass>(Pass, const hg::graph_view& made) {
        if (std::is_same_v<Pass, hg::stages::merged>) simple = hg::graph_builder(made);
    });
    for (int i = 0; i < Op::arity; ++i)
        std::cout << (i ? "; " : "") << written(simple.view(), simple.roots[i + 1].node, simple.roots[0].node);
    std::cout << '\n';
}

}

int main() {
    const auto print_structural = []<class Op>(Op) {
        std::cout << Op::name << '\t' << kind_text(Op::kind) << "\t\t" << (hg::record<Op>.smooth ? "" : "-") << '\n';
    };
    hg::elementwise_operations::for_each([]<class Op>(Op) { print_elementwise<Op>(); });
    hg::companion_operations::for_each([]<class Op>(Op) {
        if constexpr (Op::kind == hg::operation_kind::elementwise) print_elementwise<Op>();
    });
    hg::structural_operations::for_each(print_structural);
    hg::companion_operations::for_each([&]<class Op>(Op op) {
        if constexpr (Op::kind != hg::operation_kind::elementwise) print_structural(op);
    });
}
