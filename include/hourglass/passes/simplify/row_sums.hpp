// The sum over the rows of a call, for hg::sum_rows: of a loss and of its terms. A mean over the rows leaves a summand
// without a batch axis as it is; a sum must count it once as well, and not once for each row.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/reduction.hpp>

HOURGLASS_BEGIN

class row_sum {
    graph_builder& g_;
    // Products with noise, and functions of it: what one is added to is the location of a draw, a part of a row's
    // value.
    list<bool> is_noise_;

    // A number for each row is the sum of these two; -1 where there is none.
    struct parts {
        int per_row = -1, once = -1;
    };
    constexpr handle at(int n) const { return {&g_, nullptr, n}; }
    // Sums, differences, negatives, and multiples by what has no batch axis are taken apart. To any other operation its
    // operands are a part of a row's value, as log(sigma) is of a log density.
    constexpr parts parts_of_row(int n) const {
        const node& of = g_.nodes[n];
        if (!of.type.batched) return {-1, n};
        if (of.operand_count == 0 || of.type.extents.rank != 0) return {n, -1};
        const int a = g_.operand(n, 0), b = of.operand_count > 1 ? g_.operand(n, 1) : -1;
        if (is<ops::add>(of) || is<ops::subtract>(of)) {
            if (is_noise_[a] || is_noise_[b]) return {n, -1};
            const bool minus = is<ops::subtract>(of);
            const parts first = parts_of_row(a), second = parts_of_row(b);
            if (first.once < 0 && second.once < 0) return {n, -1};
            const int per_row = together(first.per_row, second.per_row, minus);
            return {per_row, together(first.once, second.once, minus)};
        }
        if (is<ops::negate>(of) || is<ops::broadcast_to>(of)) {
            const parts p = parts_of_row(a);
            if (p.once < 0 || p.per_row < 0) return {n, -1};
            if (is<ops::broadcast_to>(of)) return p;
            const int per_row = (-at(p.per_row)).index;
            return {per_row, (-at(p.once)).index};
        }
        if (is<ops::multiply>(of) && !g_.nodes[a].type.batched) return scaled(n, a, b);
        if (is<ops::multiply>(of) && !g_.nodes[b].type.batched) return scaled(n, b, a);
        if (is<ops::divide>(of) && !g_.nodes[b].type.batched) {
            const parts p = parts_of_row(a);
            if (p.once < 0) return {n, -1};
            const int per_row = (at(p.per_row) / at(b)).index;
            return {per_row, (at(p.once) / at(b)).index};
        }
        return {n, -1};
    }
    constexpr parts scaled(int n, int scale, int of) const {
        const parts p = parts_of_row(of);
        if (p.once < 0) return {n, -1};
        const int per_row = hadamard(at(scale), at(p.per_row)).index;
        return {per_row, hadamard(at(scale), at(p.once)).index};
    }
    constexpr int together(int a, int b, bool minus) const {
        if (b < 0) return a;
        if (a < 0) return minus ? (-at(b)).index : b;
        return minus ? (at(a) - at(b)).index : (at(a) + at(b)).index;
    }

public:
    constexpr explicit row_sum(graph_builder& g) : g_(g), is_noise_(g.nodes.size()) {
        for (int n = 0; n < is_noise_.size(); ++n) {
            const node& of = g_.nodes[n];
            is_noise_[n] = is<ops::noise>(of) || (is<ops::fed>(of) && ops::fed_symbol::of(of.options).is_noise);
            if (of.op->kind != operation_kind::elementwise || is<ops::add>(of) || is<ops::subtract>(of)) continue;
            for (int i = 0; i < of.operand_count; ++i) is_noise_[n] = is_noise_[n] || is_noise_[g_.operand(n, i)];
        }
    }

    constexpr handle of(handle x) const {
        const parts p = parts_of_row(x.index);
        if (p.per_row < 0) return x;
        const handle sum = batch_sum(at(p.per_row));
        return p.once < 0 ? sum : sum + at(p.once);
    }
};

HOURGLASS_END
