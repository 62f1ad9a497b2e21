// Scans in generated graphs: a body of a few random operations on the parts of sequences, on states and on what lies
// outside; some of its values for each step, and what states become. The rest of the generator is in
// ir/graph_generator.hpp, which includes this.
#pragma once

#include <hourglass/scan/body.hpp>

namespace fuzz {

struct generator::scan_parts {
    int body, steps;
    hg::list<int> sequences{}, initial{}; // nodes outside
    hg::list<int> leaves{}, next{};       // nodes of the body: what a step is given, and what the states become
};

constexpr void generator::add_leaf(scan_parts& s, ops::step_kind kind, int which, const hg::value_type& t, interval r) {
    hg::attributes o;
    o.flags = {s.body, static_cast<int>(kind), which};
    s.leaves.push(known(g_.push_leaf(&hg::record<ops::step>, -1, t, o), r));
}

// What the scan reads, and the leaves of its body.
constexpr generator::scan_parts generator::begin_scan() {
    scan_parts made{++g_.bodies, 2 + dice_.below(4)};
    const int state_count = dice_.below(3), sequence_count = state_count == 0 ? 1 : dice_.below(3);
    bool batched = dice_.one_in(2);
    for (int q = 0; q < sequence_count; ++q) {
        int x = pick_where([&](const hg::value_type& t) { return t.extents.rank > 0 && t.extents[0] == made.steps; });
        if (x < 0) x = leaf(dice_.one_in(2) ? hg::make_shape(made.steps) : hg::make_shape(made.steps, extent()));
        made.sequences.push(x);
        batched = batched || type(x).batched;
    }
    for (int s = 0; s < state_count; ++s) {
        made.initial.push(small(pick(), 1));
        batched = batched || type(made.initial[s]).batched;
    }
    for (int q = 0; q < sequence_count; ++q) {
        hg::value_type one = type(made.sequences[q]);
        for (int i = 1; i < one.extents.rank; ++i) one.extents[i - 1] = one.extents[i];
        one.extents[--one.extents.rank] = 0;
        add_leaf(made, ops::step_kind::slice, q, one, range(made.sequences[q]));
    }
    for (int s = 0; s < state_count; ++s) {
        const hg::value_type whole{type(made.initial[s]).extents, batched};
        made.initial[s] = known(filled(h(made.initial[s]), whole).index, {-1, 1});
        add_leaf(made, ops::step_kind::state, s, whole, {-1, 1});
    }
    return made;
}

constexpr void generator::fill_body(scan_parts& s) {
    ++depth_;
    for (int i = 0; i < 3; ++i) // so that they are picked often
        for (int n : s.leaves) keep(n);
    for (int i = 2 + dice_.below(5); i > 0; --i) {
        const int n = step();
        keep(small(n, 4));
    }
    for (int initial : s.initial) {
        const hg::value_type whole = type(initial);
        s.next.push(small(as_type(pick(), whole), 1));
    }
    --depth_;
}

// The pool is what it was outside, what came up beside the steps, and results: values of the steps that nothing uses, a
// few others, and last states, but at least one. Answers the last of them.
constexpr int generator::results_of(const scan_parts& s, int made, const hg::list<int>& outside) {
    const hg::list<int> candidates = pool_;
    const hg::scan_bodies bodies(g_.view());
    pool_ = outside;
    for (int n : candidates) // what came up beside the steps
        if (!bodies.contains(s.body, n) && n > outside[outside.size() - 1]) keep(n);
    int result = -1;
    for (int n : candidates)
        if (bodies[n] == s.body && type(n).extents.size() * s.steps <= options_.largest &&
            (uses_[n] == 0 || dice_.one_in(6)) && type(n).extents.rank < 4)
            result = keep(apply<ops::stacked>({made, n}, range(n)));
    for (int i = 0; i < s.next.size(); ++i) {
        hg::attributes which;
        which.flags[0] = i;
        if (result < 0 || dice_.one_in(2)) result = keep(apply<ops::final_state>({made, s.next[i]}, {-1, 1}, which));
    }
    return result < 0 ? keep(apply<ops::stacked>({made, s.leaves[0]}, range(s.leaves[0]))) : result;
}

constexpr int generator::scan() {
    const hg::list<int> outside = pool_;
    scan_parts s = begin_scan();
    fill_body(s);
    hg::list<int> operands = s.next;
    operands.append(s.initial.view());
    operands.append(s.sequences.view());
    hg::attributes options;
    options.target = hg::make_shape(s.steps);
    options.flags = {s.body, s.initial.size(), dice_.one_in(2)};
    options.number = dice_.one_in(3) ? 1 + dice_.below(3) : 0;
    return results_of(s, push(&hg::record<ops::scan>, options, operands, {0, 0}), outside);
}

}
