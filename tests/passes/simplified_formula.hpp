// Formulas as tests of simplification write them, and what comes of them, in text.
#pragma once

#include "autodiff/gradient_check.hpp"

namespace simplification_tests {

using namespace gradient_check;

// A graph of the leaves x and y, vectors of two, X, of a row each, and the matrix A, and what simplification makes of
// one value.
struct formula {
    hg::graph_builder g;
    hg::handle x, y, X, A;

    formula() {
        x = push_leaf(g, hg::sentence("x"), shared_by_rows(2));
        y = push_leaf(g, hg::sentence("y"), shared_by_rows(2));
        X = push_leaf(g, hg::sentence("X"), per_row(2));
        A = push_leaf(g, hg::sentence("A"), shared_by_rows(2, 2));
    }
    hg::handle number(double value) { return {&g, nullptr, g.push_literal(value)}; }
    // As if differentiation had made it.
    hg::handle derived(auto make) {
        const hg::deriving_scope scope(g);
        return make();
    }
    // Written as in a formula.
    std::string simplified(hg::handle result) {
        const int name = g.intern("result");
        g.roots.clear();
        g.roots.push({hg::root_kind::value, name, result.index});
        const hg::graph_builder simple = hg::prune(hg::simplify(g.view(), true).view());
        return written(simple.view(), simple.roots[0].node);
    }
    static std::string written(hg::graph_view v, int n) {
        const hg::node& at = v[n];
        if (at.name >= 0) return std::string(v.name(at.name));
        if (at.op->kind == hg::operation_kind::literal) {
            char text[40];
            std::snprintf(text, sizeof text, "%.16g", at.options.number);
            return text;
        }
        std::string text = std::string(at.op->name) + "(";
        for (int i = 0; i < at.operand_count; ++i) text += (i > 0 ? ", " : "") + written(v, v.operand(n, i));
        return text + ")";
    }
};
// Of a formula made of these leaves.
std::string simplified(auto of) {
    formula f;
    return f.simplified(of(f));
}

}
