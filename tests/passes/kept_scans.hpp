// Two scans of which the second goes back over the states before the steps of the first, built node by node: what tests
// of states that are kept only now and then begin with.
#pragma once

#include "scan/scan_graphs.hpp"

namespace scan_graphs {

struct there : drawing {
    const hg::value_type sequence{hg::make_shape(6), false};
    int forward = begin();
    int start = leaf("start", number), xs = leaf("xs", sequence);
    int h = state(forward, 0), x = slice(forward, 0), next = add(h, x);

    // A value for each step, of which every which one need be kept.
    int stacked_every(int every, int scan_node, int value) {
        return apply<ops::stacked>({scan_node, value}, ops::kept_steps{every});
    }
    void turn_round(int scan_node) {
        hg::node& at = g.nodes[scan_node];
        ops::scan_shape shape = ops::scan_shape::of(at.options);
        shape.backwards = !shape.backwards;
        at.options = shape;
    }
};

struct there_and_back : there {
    int first = scan(forward, {next}, {start}, {xs}, 6), before = stacked_every(4, first, h);
    int backward = begin(), d = state(backward, 0), read = slice(backward, 0), next_d = multiply(d, read);
    int second = scan(backward, {next_d}, {start}, {before}, 6), out = last(second, 0);

    there_and_back() { turn_round(second); }
};

}
