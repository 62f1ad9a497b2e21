// Graphs that are written by hand, node by node: what tests of single passes begin with.
#pragma once

#include <set>
#include <string_view>

#include <hourglass/compile/compile.hpp> // whole: records name the functions of all passes
#include <hourglass/inspect/operation_list.hpp>

namespace written {

namespace hg = hourglass;
namespace ops = hourglass::ops;
using hg::make_shape;

struct graph {
    hg::graph_builder g;

    template <class Op>
    hg::handle leaf(std::string_view name, const hg::value_type& type, const hg::attributes& options = {}) {
        const int index = g.intern(name);
        g.names[index].node = g.push_leaf(&hg::record<Op>, index, type, options);
        return at(g.names[index].node);
    }
    // A value for each row of the call; one for all of them; what updates write to.
    hg::handle input(std::string_view name, const hg::shape& s = {}) { return leaf<ops::input>(name, {s, true}); }
    hg::handle argument(std::string_view name, const hg::shape& s = {}) {
        return leaf<ops::argument>(name, {s, false});
    }
    hg::handle parameter(std::string_view name, const hg::shape& s = {}) {
        return leaf<ops::parameter>(name, {s, false});
    }
    hg::handle scalar(std::string_view name) { return leaf<ops::scalar>(name, {}); }
    hg::handle literal(double x) { return at(g.push_literal(x)); }
    hg::handle at(int n) { return {&g, nullptr, n}; }

    template <class Op, class... Operands>
    hg::handle apply(const hg::attributes& options, const Operands&... operands) {
        const int of[] = {operands.index...};
        return at(g.push(&hg::record<Op>, options, {of, static_cast<int>(sizeof...(operands))}));
    }
    hg::handle sum_over(hg::handle x, int first, int last) {
        return apply<ops::sum>(ops::reduction_axes{first, last}, x);
    }
    hg::handle sum_over_rows(hg::handle x) { return apply<ops::sum>(ops::over_rows, x); }
    hg::handle repeated(hg::handle x, const hg::shape& s) { return apply<ops::broadcast_to>(ops::repetition{s}, x); }
    hg::handle reshaped(hg::handle x, const hg::shape& s) { return apply<ops::reshape>(ops::new_shape{s}, x); }

    void ask_for(hg::handle x) {
        const int index = g.intern(hg::sentence("result ", g.roots.size()).view());
        g.names[index].node = x.index;
        g.roots.push({hg::root_kind::value, index, x.index});
    }
    // By a node of its own, as isolate_roots leaves it.
    hg::handle update(hg::handle target, hg::handle next) {
        const hg::handle copy = repeated(next, next.extents());
        g.roots.push({hg::root_kind::update, g.nodes[target.index].name, copy.index});
        return copy;
    }
};

// A graph as fusion leaves it; `once` says whether something may be computed once for all calls. The graph must not
// grow any more.
struct fused {
    hg::use_analysis ahead;
    hg::fusion decided;

    explicit fused(const hg::graph_view& g, bool once = true) : ahead(g, once), decided(g, ahead.view()) {}
    explicit fused(const graph& of, bool once = true) : fused(of.g.view(), once) {}
    hg::fusion_view view() const { return decided.view(); }
    const hg::fused_group& at(int group) const { return view().groups[group]; }
    const hg::fused_group& operator[](hg::handle x) const { return at(group(x)); }
    int group(hg::handle x) const { return view().nodes[x.index].group; }
    int groups() const { return view().groups.size; }
    std::set<int> instructions(int group) const {
        std::set<int> all;
        for (int n = at(group).first; n >= 0; n = view().nodes[n].next_instruction) all.insert(n);
        return all;
    }
};

}
