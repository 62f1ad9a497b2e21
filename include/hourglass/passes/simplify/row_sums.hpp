// The sum over the rows of a call, for `hg::sum_rows`: of a loss and of its terms. A mean over the rows leaves a
// summand without a batch axis unchanged; a sum must count it once too, and not once for each row.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/reduction.hpp>
#include <hourglass/passes/simplify/by_operation.hpp>

HOURGLASS_BEGIN

class row_sum {
    graph_builder& g_;
    // Products with noise, and functions of it. A summand next to one is the location of a draw: part of each row's
    // value.
    list<bool> is_noise_;

    // A value for each row, split into two summands; -1 if there is none.
    struct parts {
        int per_row = -1, once = -1;
    };
    constexpr handle at(int n) const { return {&g_, nullptr, n}; }
    // Splits sums, differences, negatives and multiples by a value without a batch axis. For any other operation the
    // operands are part of a row's value, as log(sigma) is of a log density.
    constexpr parts parts_of_row(int n) const {
        const node& of = g_.nodes[n];
        if (!of.type.batched) return {-1, n};
        if (of.operand_count == 0 || of.type.extents.rank != 0) return {n, -1};
        const int rule = rules.find(of.op->id);
        return rule < 0 ? parts{n, -1} : (this->*rules[rule])(n);
    }
    constexpr parts of_sum(int n) const { return together(n, false); }
    constexpr parts of_difference(int n) const { return together(n, true); }
    constexpr parts together(int n, bool minus) const {
        const int a = g_.operand(n, 0), b = g_.operand(n, 1);
        if (is_noise_[a] || is_noise_[b]) return {n, -1};
        const parts first = parts_of_row(a), second = parts_of_row(b);
        if (first.once < 0 && second.once < 0) return {n, -1};
        const int per_row = together(first.per_row, second.per_row, minus);
        return {per_row, together(first.once, second.once, minus)};
    }
    constexpr parts of_negative(int n) const {
        const parts p = parts_of_row(g_.operand(n, 0));
        if (p.once < 0 || p.per_row < 0) return {n, -1};
        const int per_row = (-at(p.per_row)).index;
        return {per_row, (-at(p.once)).index};
    }
    constexpr parts of_repeated(int n) const {
        const parts p = parts_of_row(g_.operand(n, 0));
        return p.once < 0 || p.per_row < 0 ? parts{n, -1} : p;
    }
    constexpr parts of_product(int n) const {
        const int a = g_.operand(n, 0), b = g_.operand(n, 1);
        if (!g_.nodes[a].type.batched) return scaled(n, a, b);
        return g_.nodes[b].type.batched ? parts{n, -1} : scaled(n, b, a);
    }
    constexpr parts of_quotient(int n) const {
        const int a = g_.operand(n, 0), b = g_.operand(n, 1);
        if (g_.nodes[b].type.batched) return {n, -1};
        const parts p = parts_of_row(a);
        if (p.once < 0) return {n, -1};
        const int per_row = (at(p.per_row) / at(b)).index;
        return {per_row, (at(p.once) / at(b)).index};
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

    using parts_rule = parts (row_sum::*)(int n) const;
    static constexpr known_of_operation<parts_rule> list_of_rules[] = {
        known_of<ops::add>(&row_sum::of_sum),          known_of<ops::subtract>(&row_sum::of_difference),
        known_of<ops::negate>(&row_sum::of_negative),  known_of<ops::broadcast_to>(&row_sum::of_repeated),
        known_of<ops::multiply>(&row_sum::of_product), known_of<ops::divide>(&row_sum::of_quotient),
    };
    static constexpr by_operation rules{list_of_rules};

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
