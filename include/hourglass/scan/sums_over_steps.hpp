// Hoists sums over rows out of a scan's loop. The adjoint of a value that the body reads from around the scan is a sum
// over the steps. Each term is usually a sum over rows too: a product of two matrices of rows, or a reduction. Stacking
// the operands and summing once over rows and steps, after the scan, costs less than a sum per step, and keeps the rows
// of each step independent.
#pragma once

#include <hourglass/ops/linear.hpp>
#include <hourglass/scan/body_copy.hpp>

HOURGLASS_BEGIN

class sums_over_steps {
    graph_builder& g_;
    const body_copy& body_;

public:
    // The terms of a value to be summed over the steps: those summed after the loop, and those carried in it.
    struct terms {
        list<int> after, carried;
    };
    constexpr sums_over_steps(graph_builder& g, const body_copy& body) : g_(g), body_(body) {}

    // Splits a value of the body into its terms. Terms summed after the loop need their operands stacked, so these are
    // added to `asked`.
    constexpr void split(int n, terms& found, list<int>& asked) const {
        if (n >= body_.first && is<ops::add>(g_.nodes[n]) && g_.nodes[g_.operand(n, 0)].type == g_.nodes[n].type &&
            g_.nodes[g_.operand(n, 1)].type == g_.nodes[n].type) {
            split(g_.operand(n, 0), found, asked);
            split(g_.operand(n, 1), found, asked);
        } else {
            (ask(n, asked) ? found.after : found.carried).push(n);
        }
    }
    // The sum of a term over the steps. Call it after the scan is made, when its values can be stacked.
    constexpr handle after(int n, int scan) const {
        const node at = g_.nodes[n];
        const auto of = [&](int i) { return g_.operand(n, i); };
        if (is<ops::matmul_batch_sum>(at)) {
            const handle a = stacked(scan, of(0)), b = stacked(scan, of(1)); // in this order on every compiler
            return ops::product<ops::matmul_batch_sum>(a, b, true, false);
        }
        if (is_over_rows(at)) return ops::reduce<ops::sum>(batch_sum(stacked(scan, of(0))), 1u, false);
        const handle sum = after(of(0), scan);
        const int operand[] = {sum.index};
        return sum.other(g_.push(at.op, at.options, {operand, 1}));
    }

private:
    constexpr bool is_row(int n) const { // has a value for each row in each step
        return n >= body_.first && g_.nodes[n].type.batched && g_.nodes[n].type.extents.rank < max_rank;
    }
    static constexpr bool is_over_rows(const node& n) {
        return is<ops::sum>(n) && ops::reduction_axes::of(n.options).over_rows;
    }
    constexpr bool ask(int n, list<int>& asked) const {
        if (n < body_.first) return false;
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

HOURGLASS_END
