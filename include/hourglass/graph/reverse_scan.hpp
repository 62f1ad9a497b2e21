// The derivative rule of a scan: another scan, which runs the other way. Its body is the old one again, computed from
// the state before each step, and that body's own reverse mode; it carries the adjoints of the states, and gives the
// adjoint of each slice. What the body reads of the graph around it gets the sum over the steps: of a product or sum
// over the rows one for all steps, behind the scan, else it is carried. So it is a scan like any other, and is
// differentiated again.
#pragma once

#include <hourglass/graph/body.hpp>
#include <hourglass/graph/differentiate.hpp>

HOURGLASS_BEGIN

// Sums over the rows of values of a body, one for each step, as one sum over rows and steps behind the scan.
class sums_of_steps {
    graph_builder& g_;
    const body_copy& body_;
    int first_, last_; // nodes of the body

    constexpr bool is_row(int n) const { // a value for each row in each step
        return n >= first_ && n < last_ && g_.nodes[n].type.batched && g_.nodes[n].type.extents.rank < max_rank;
    }

public:
    constexpr sums_of_steps(graph_builder& g, const body_copy& body)
        : g_(g), body_(body), first_(body.first), last_(g.nodes.size()) {}

    // The terms of a value of the body: those that can be taken behind the scan, and the others.
    constexpr void split(int n, list<int>& behind, list<int>& carried, list<int>& asked) const {
        if (n >= first_ && is<ops::add>(g_.nodes[n]) && g_.nodes[g_.operand(n, 0)].type == g_.nodes[n].type &&
            g_.nodes[g_.operand(n, 1)].type == g_.nodes[n].type) {
            split(g_.operand(n, 0), behind, carried, asked);
            split(g_.operand(n, 1), behind, carried, asked);
        } else {
            (ask(n, asked) ? behind : carried).push(n);
        }
    }
    // The sum over the steps of a scan, whose results can be stacked now.
    constexpr handle behind(int n, int scan) const {
        const node at = g_.nodes[n];
        const auto of = [&](int i) { return g_.operand(n, i); };
        if (is<ops::matmul_batch_sum>(at))
            return ops::product<ops::matmul_batch_sum>(stacked(scan, of(0)), stacked(scan, of(1)), true, false);
        if (is_over_rows(at)) return ops::reduce<ops::sum>(batch_sum(stacked(scan, of(0))), 1u, false);
        const handle sum = behind(of(0), scan);
        const int operand[] = {sum.index};
        return sum.other(g_.push(at.op, at.options, {operand, 1}));
    }

private:
    static constexpr bool is_over_rows(const node& n) {
        return is<ops::sum>(n) && ops::reduction_axes::of(n.options).over_rows;
    }
    constexpr bool ask(int n, list<int>& asked) const {
        if (n < first_ || n >= last_) return false;
        const node& at = g_.nodes[n];
        if (is<ops::matmul_batch_sum>(at)) {
            const int a = g_.operand(n, 0), b = g_.operand(n, 1);
            if (g_.nodes[a].type.extents.rank != 1 || !is_row(a) || !is_row(b)) return false;
            asked.push(a);
            asked.push(b);
            return true;
        }
        if (is_over_rows(at) && is_row(g_.operand(n, 0))) {
            asked.push(g_.operand(n, 0));
            return true;
        }
        return (is<ops::reshape>(at) || (is<ops::sum>(at) && !is_over_rows(at))) && ask(g_.operand(n, 0), asked);
    }
    constexpr handle stacked(int scan, int value) const { return {&g_, nullptr, body_.stacked(scan, value)}; }
};

// A result of a scan hands its adjoint on when the walk comes to the scan. That may depend on what is differentiated
// for through nothing but what its body reads.
constexpr void derivation::reach_scan() {
    const int scan = graph_.operand(node_, 0);
    if (adjoints_[scan] < 0) adjoints_[scan] = adjoints_[node_];
    wanted_[scan] = true;
}

constexpr void derivation::reverse_scan() {
    graph_builder& g = graph_;
    const scan_parts old(g, node_);
    list<bool> has_adjoint(count_);
    for (int n = node_ + 1; n < count_; ++n) has_adjoint[n] = adjoints_[n] >= 0;
    body_copy body(g, node_, true, has_adjoint);
    const auto at = [&](int n) { return handle{&g, nullptr, n}; };

    // Which parts of the body a gradient comes from that anybody wants, and so which states carry one.
    list<bool> wanted(node_);
    list<bool> carries(old.states);
    for (int s = 0; s < old.states; ++s) carries[s] = wanted_[old.initial(s)];
    for (bool changed = true; changed;) {
        changed = false;
        for (int n = 0; n < node_; ++n) {
            const node& here = g.nodes[n];
            if (!body.holds(n)) {
                wanted[n] = wanted_[n];
            } else if (is<ops::step>(here)) {
                const ops::step_value step = ops::step_value::of(here.options);
                wanted[n] = step.is_state() ? carries[step.which] : wanted_[old.sequence(step.which)];
            } else {
                wanted[n] = false;
                for (int i = 0; here.op->smooth && !wanted[n] && i < here.operand_count; ++i)
                    wanted[n] = wanted[g.operand(n, i)] && has_derivative(here, i);
            }
        }
        for (int s = 0; s < old.states; ++s)
            if (!carries[s] && wanted[old.next(s)]) changed = carries[s] = true;
    }

    // What the adjoints of the states start from, those of the states after the last step, and those of each step.
    list<int> start(old.states, -1), value_of_stack, stacks;
    for (int n = node_ + 1; n < count_; ++n) {
        if (!is_scan_result(g.nodes[n]) || g.operand(n, 0) != node_ || adjoints_[n] < 0) continue;
        const handle adjoint = at(adjoints_[n]).filled(adjoint_type(n));
        if (is_stacked(g.nodes[n])) {
            value_of_stack.push(g.operand(n, 1));
            stacks.push(adjoint.index);
        } else {
            int& to = start[ops::state_number::of(g.nodes[n].options).state];
            to = to < 0 ? adjoint.index : (at(to) + adjoint).index;
        }
    }
    for (int s = 0; s < old.states; ++s) {
        if (!carries[s]) continue;
        const value_type type = adjoint_type(old.initial(s));
        start[s] = start[s] < 0 ? at(g.push_literal(0)).filled(type).index : at(start[s]).filled(type).index;
    }

    body.copy_without_squared_roots();
    list<differentiation::seed> seeds;
    list<int> targets, captured;
    list<bool> is_captured(node_);
    const auto capture = [&](int n) {
        if (body.holds(n) || !wanted_[n] || is_captured[n]) return;
        is_captured[n] = true;
        captured.push(n);
        targets.push(n);
    };
    list<int> sources(old.states, -1), slices(old.sequences, -1); // of the copy: what stands for the old leaves
    for (int n = 0; n < node_; ++n) {
        if (!body.holds(n)) continue;
        if (is<ops::step>(g.nodes[n])) {
            const ops::step_value step = ops::step_value::of(g.nodes[n].options);
            (step.is_state() ? sources : slices)[step.which] = body[n];
            if (wanted[n]) targets.push(body[n]);
        } else {
            for (int i = 0; i < g.nodes[n].operand_count; ++i) capture(g.operand(n, i));
        }
    }
    for (int s = 0; s < old.states; ++s) {
        if (!carries[s]) continue;
        capture(old.next(s));
        seeds.push({body[old.next(s)], body.add_state(start[s])});
    }
    for (int i = 0; i < stacks.size(); ++i) {
        if (!wanted[value_of_stack[i]]) continue;
        capture(value_of_stack[i]);
        seeds.push({body[value_of_stack[i]], body.add_slice(stacks[i])});
    }
    differentiation d(g, seeds.view(), targets.view(), body.first, sums_rows_);
    if (g.failed()) return;

    list<int> next, asked;
    for (int s = 0; s < old.states; ++s)
        if (carries[s])
            next.push(sources[s] < 0 ? at(g.push_literal(0)).filled(adjoint_type(old.initial(s))).index
                                     : d.gradient(sources[s]));
    const sums_of_steps sums(g, body);
    struct term {
        int captured, node;
    };
    list<term> behind;
    list<int> given; // captured values whose gradient is carried
    for (int n : captured) {
        if (!d.reached(n)) continue;
        list<int> alone, rest;
        if (body.every > 0) // what is to be summed behind the scan would lie in memory for all steps
            rest.push(d.gradient(n));
        else
            sums.split(d.adjoint(n), alone, rest, asked);
        for (int t : alone) behind.push({n, t});
        if (rest.empty()) continue;
        const value_type type = adjoint_type(n);
        handle sum = at(body.add_state(at(g.push_literal(0)).filled(type).index));
        for (int t : rest) sum = sum + at(t);
        next.push(sum.filled(type).index);
        given.push(n);
    }
    for (int q = 0; q < old.sequences; ++q)
        if (slices[q] >= 0 && d.reached(slices[q])) {
            slices[q] = d.gradient(slices[q]);
            asked.push(slices[q]);
        } else {
            slices[q] = -1;
        }
    if (next.empty() && asked.empty()) return; // no way through the body has a derivative
    const int scan = body.finish(next, asked);

    const auto final_state = [&](int which) { return at(body.final_state(scan, next[which], which)); };
    int which = 0;
    for (int s = 0; s < old.states; ++s) {
        if (!carries[s]) continue;
        if (wanted_[old.initial(s)]) add(old.initial(s), adjoint_type(old.initial(s)), final_state(which));
        ++which;
    }
    for (int n : given) add(n, adjoint_type(n), final_state(which++));
    for (const term& t : behind) add(t.captured, adjoint_type(t.captured), sums.behind(t.node, scan));
    for (int q = 0; q < old.sequences; ++q) {
        if (slices[q] < 0 || !wanted_[old.sequence(q)]) continue;
        add(old.sequence(q), adjoint_type(old.sequence(q)), at(body.stacked(scan, slices[q])));
    }
}

HOURGLASS_END
