// Small graphs with scans, built node by node, for tests of what is known of bodies.
#pragma once

#include <hourglass/hourglass.hpp>
#include <hourglass/scan/body.hpp>

#include <initializer_list>

namespace scan_graphs {

namespace hg = hourglass;
namespace ops = hg::ops;

inline const hg::value_type number{{}, false}, row{{}, true};

struct drawing {
    hg::graph_builder g;

    hg::list<int> nodes(std::initializer_list<int> of) const {
        hg::list<int> all;
        for (int n : of) all.push(n);
        return all;
    }
    int literal(double x) { return g.push_literal(x); }
    int leaf(std::string_view name, const hg::value_type& type) {
        const int known = g.intern(name);
        g.names[known].node =
            g.push_leaf(type.batched ? &hg::record<ops::input> : &hg::record<ops::parameter>, known, type);
        return g.names[known].node;
    }
    template <class Op> int apply(std::initializer_list<int> of, const hg::attributes& options = {}) {
        return g.push(&hg::record<Op>, options, nodes(of).view());
    }
    int add(int a, int b) { return apply<ops::add>({a, b}); }
    int multiply(int a, int b) { return apply<ops::multiply>({a, b}); }
    int batch_sum(int x) { return hg::batch_sum(hg::handle{&g, nullptr, x}).index; }
    int whole(int x, const hg::value_type& type) { return hg::filled(hg::handle{&g, nullptr, x}, type).index; }

    int begin() { return ++g.bodies; }
    int state(int body, int which, const hg::value_type& type = number) {
        return g.push_leaf(&hg::record<ops::step>, -1, type, ops::step_value{body, ops::step_kind::state, which});
    }
    int slice(int body, int which, const hg::value_type& type = number) {
        return g.push_leaf(&hg::record<ops::step>, -1, type, ops::step_value{body, ops::step_kind::slice, which});
    }
    int scan(int body, std::initializer_list<int> next, std::initializer_list<int> initial,
             std::initializer_list<int> sequences = {}, int steps = 3) {
        hg::list<int> all = nodes(next);
        all.append(nodes(initial).view());
        all.append(nodes(sequences).view());
        const ops::scan_shape options{body, static_cast<int>(next.size()), false, steps};
        return g.push(&hg::record<ops::scan>, options, all.view());
    }
    int stacked(int scan, int value) { return apply<ops::stacked>({scan, value}); }
    int last(int scan, int which) {
        return apply<ops::final_state>({scan, g.operand(scan, which)}, ops::state_number{which});
    }
};

}
