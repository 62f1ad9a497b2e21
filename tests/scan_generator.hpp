// Scans in generated graphs: a body of a few random operations on the parts of sequences, on states and on what lies
// outside; some of its values for each step, and what states become. The rest of the generator is in
// graph_generator.hpp, which includes this.
#pragma once

#include <hourglass/graph/reverse_scan.hpp>

namespace fuzz {

constexpr int generator::scan() {
    const hg::list<int> outside = pool_;
    const int body = ++g_.bodies, steps = 2 + dice_.below(4);
    const int state_count = dice_.below(3), sequence_count = state_count == 0 ? 1 : dice_.below(3);
    hg::list<int> sequences, initial, leaves;
    const auto push_step = [&](ops::step_kind kind, int which, const hg::value_type& t, interval r) {
        hg::attributes o;
        o.flags = {body, static_cast<int>(kind), which};
        leaves.push(known(g_.push_leaf(&hg::record<ops::step>, -1, t, o), r));
    };
    bool batched = dice_.one_in(2);
    for (int q = 0; q < sequence_count; ++q) {
        int x = pick_where([&](const hg::value_type& t) { return t.extents.rank > 0 && t.extents[0] == steps; });
        if (x < 0) x = leaf(dice_.one_in(2) ? hg::make_shape(steps) : hg::make_shape(steps, extent()));
        sequences.push(x);
        batched = batched || type(x).batched;
    }
    for (int s = 0; s < state_count; ++s) {
        initial.push(small(pick(), 1));
        batched = batched || type(initial[s]).batched;
    }
    for (int q = 0; q < sequence_count; ++q) {
        hg::value_type one = type(sequences[q]);
        for (int i = 1; i < one.extents.rank; ++i) one.extents[i - 1] = one.extents[i];
        one.extents[--one.extents.rank] = 0;
        push_step(ops::step_kind::slice, q, one, range(sequences[q]));
    }
    for (int s = 0; s < state_count; ++s) {
        const hg::value_type whole{type(initial[s]).extents, batched};
        initial[s] = known(h(initial[s]).filled(whole).index, {-1, 1});
        push_step(ops::step_kind::state, s, whole, {-1, 1});
    }

    in_body_ = true;
    for (int i = 0; i < 3; ++i) // so that they are picked often
        for (int n : leaves) keep(n);
    for (int i = 2 + dice_.below(5); i > 0; --i) {
        const int n = step();
        keep(small(n, 4));
    }
    hg::list<int> operands;
    for (int s = 0; s < state_count; ++s) {
        const hg::value_type whole = type(initial[s]);
        operands.push(small(as_type(pick(), whole), 1));
    }
    in_body_ = false;
    operands.append(initial.view());
    operands.append(sequences.view());
    hg::attributes options;
    options.target = hg::make_shape(steps);
    options.flags = {body, state_count, dice_.one_in(2)};
    options.number = dice_.one_in(3) ? 1 + dice_.below(3) : 0;
    const int made = push(&hg::record<ops::scan>, options, operands, {0, 0});

    const hg::list<int> candidates = pool_, bodies = hg::bodies_of(g_.view());
    pool_ = outside;
    for (int n : candidates) // what came up beside the steps
        if (bodies[n] == 0 && n > outside[outside.size() - 1]) keep(n);
    int result = -1;
    for (int n : candidates)
        if (bodies[n] == body && type(n).extents.size() * steps <= options_.largest &&
            (uses_[n] == 0 || dice_.one_in(6)) && type(n).extents.rank < 4)
            result = keep(apply<ops::stacked>({made, n}, range(n)));
    for (int s = 0; s < state_count; ++s) {
        hg::attributes which;
        which.flags[0] = s;
        if (result < 0 || dice_.one_in(2)) result = keep(apply<ops::final_state>({made, operands[s]}, {-1, 1}, which));
    }
    return result < 0 ? keep(apply<ops::stacked>({made, leaves[0]}, range(leaves[0]))) : result;
}

}
