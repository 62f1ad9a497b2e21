// Constant folding and algebraic simplification. No rule changes an infinity or a NaN that a user's own formula makes,
// except towards the exact value. Nodes that differentiation made (node::derived) are no user's formula: a zero among
// them is an adjoint that is not there, and vanishes with whatever it multiplies.
//
//   rule                                   why it may be
//   0 + x, x - 0, 0 * x, 0 / x, ...        where differentiation made the zero: an adjoint that is not there
//   x - 0, x + (-0)                        exact
//   x + 0                                  exact where x is never negative: -0 + 0 is 0
//   x + (-y), (-x) + y, x - (-y), -(-x)    exact
//   x * 1, x / 1, x * (-1), x * x          exact
//   x / c for powers of two c              exact: times 1 / c
//   (x * c) * d, (x * c) / d               one rounding in place of two, and one chance to over- or underflow in place
//                                          of two: towards the exact value, where none of the factors is extreme
//   numbers of numbers                     in double, where nothing overflows
//   log(exp(x))                            x, where exp overflows too: towards the exact value
//   square(norm), square(abs(x)), ...      passes/simplify/squares.hpp: towards the exact value
//   broadcasts, reshapes, transposes       move numbers, compute none
//   sum(-x), A (-x)                        exact but for the sign of a zero
//   sum(x * c), A (x * c)                  c outside: for a number c of at least 1, which makes nothing smaller that is
//                                          summed, so that no sum overflows that did not; for any c in derivatives
//   sum(u v), square(u v)                  in derivatives, where u is the same for all examples: u apart, once for all,
//                                          which is what makes closed forms of penalties on Jacobians
//   stop_gradient, after                   markers that have done their work
//
// There is no rule for a user's x * 0, 0 / x, x - x and x / x, which are NaN where x is infinite or NaN.
#pragma once

#include <hourglass/passes/simplify/literals.hpp>
#include <hourglass/passes/simplify/squares.hpp>

HOURGLASS_BEGIN

class simplification {
    rewriter r_;

    // These are asked many times of each node, and a call inside a call is what a constant evaluation spends most on.
    constexpr const node& at(int n) const { return r_.to.nodes.begin()[n]; }
    template <class Op> constexpr bool is_op(int n) const { return at(n).op->id == record<Op>.id; }
    constexpr int operand(int n, int i) const { return r_.to.operand(n, i); }
    constexpr bool is_literal(int n) const { return at(n).op->kind == operation_kind::literal; }
    constexpr bool is_literal(int n, double value) const {
        const node& x = at(n);
        return x.op->kind == operation_kind::literal && x.options.number == value;
    }
    constexpr handle h(int n) { return {&r_.to, nullptr, n}; }
    // x in place of a node of the type `wanted`
    constexpr int as(int x, value_type wanted) { return filled(h(x), wanted).index; }

    // The literal of which all elements of n are copies, or n.
    constexpr int number_in(int n) const {
        int of = n;
        while (is_op<ops::reshape>(of) || is_op<ops::broadcast_to>(of)) of = operand(of, 0);
        return is_literal(of) ? of : n;
    }
    // A zero that differentiation made.
    constexpr bool is_absent(int n) const { return is_literal(n, 0) && at(n).derived; }
    constexpr bool is_minus_zero(int n) const {
        return is_literal(n, 0) && std::bit_cast<std::uint64_t>(at(n).options.number) != 0;
    }
    constexpr bool is_not_negative(int n) { return square_rules(r_.to, true).is_not_negative(n); }
    // -1 where no square of a root stands there.
    constexpr int without_root(const node& old, int a, int b) {
        return square_rules(r_.to, true).without_root(*old.op, a, b, old.type);
    }

    constexpr int simplified(int n) {
        const node& old = r_.from.nodes.data[n];
        if (old.operand_count == 0) return r_.copy(n);
        const int a = r_.map[r_.from.operand(n, 0)];
        const int b = old.operand_count > 1 ? r_.map[r_.from.operand(n, 1)] : -1;
        r_.to.deriving = old.derived;
        int found = -1;
        if (old.op->foldable) {
            found = arithmetic_of_absent(old, a, b);
            if (found < 0 && is_literal(a) && (b < 0 || is_literal(b))) found = fold(n);
            if (found < 0) found = arithmetic(old, a, b);
        } else if (is<ops::matmul>(old) || is<ops::matmul_batch_sum>(old)) {
            found = product_of_scaled(old, a, b);
            if (found < 0) found = product(old, a, b);
        } else if (is<ops::sum>(old) && !ops::reduction_axes::of(old.options).over_rows) {
            found = sum(old, a);
        } else {
            found = function_or_movement(old, a, b);
        }
        return found >= 0 ? found : r_.copy(n);
    }
    constexpr int arithmetic_of_absent(const node& old, int a, int b) {
        if (is<ops::add>(old)) {
            if (is_absent(a)) return as(b, old.type);
            if (is_absent(b)) return as(a, old.type);
        } else if (is<ops::subtract>(old)) {
            if (is_absent(b)) return as(a, old.type);
            if (is_absent(a)) return as((-h(b)).index, old.type);
        } else if (is<ops::multiply>(old)) {
            if (is_absent(a)) return as(a, old.type);
            if (is_absent(b)) return as(b, old.type);
        } else if (is<ops::divide>(old) || is<ops::square>(old) || is<ops::negate>(old)) {
            if (is_absent(a)) return as(a, old.type);
        }
        return -1;
    }
    constexpr int arithmetic(const node& old, int a, int b) {
        if (is<ops::add>(old)) {
            if (is_literal(a, 0) && (is_minus_zero(a) || is_not_negative(b))) return as(b, old.type);
            if (is_literal(b, 0) && (is_minus_zero(b) || is_not_negative(a))) return as(a, old.type);
            if (is_op<ops::negate>(b)) return (h(a) - h(operand(b, 0))).index;
            if (is_op<ops::negate>(a)) return (h(b) - h(operand(a, 0))).index;
        } else if (is<ops::subtract>(old)) {
            if (is_literal(b, 0) && !is_minus_zero(b)) return as(a, old.type);
            if (is_op<ops::negate>(b)) return (h(a) + h(operand(b, 0))).index;
        } else if (is<ops::multiply>(old)) {
            if (is_literal(number_in(a), 1)) return as(b, old.type);
            if (is_literal(number_in(b), 1)) return as(a, old.type);
            if (is_literal(a, -1)) return as((-h(b)).index, old.type);
            if (is_literal(b, -1)) return as((-h(a)).index, old.type);
            if (const int found = without_root(old, a, b); found >= 0) return found;
            if (a == b) return square(h(a)).index;
            if (is_literal(a)) return times(b, a, old.type);
            if (is_literal(b)) return times(a, b, old.type);
        } else if (is<ops::divide>(old)) {
            if (is_literal(b, 1)) return as(a, old.type);
            if (is_literal(b)) return divided(a, at(b).options.number, old.type);
        } else if (is<ops::square>(old)) {
            if (const int found = without_root(old, a, b); found >= 0) return found;
            if (const int u = common_factor(a); u >= 0) {
                r_.to.deriving = true;
                const handle first = square(h(u)), second = square(h(other_factor(a, u)));
                return hadamard(first, second).index;
            }
        } else if (is<ops::negate>(old)) {
            if (is_op<ops::negate>(a)) return operand(a, 0);
        }
        return -1;
    }
    constexpr int function_or_movement(const node& old, int a, int b) {
        if (is<ops::log>(old)) {
            if (is_op<ops::exp>(a)) return operand(a, 0);
        } else if (is<ops::pow>(old)) {
            return without_root(old, a, b);
        } else if (is<ops::broadcast_to>(old)) {
            if (at(a).type == old.type) return a;
            if (is_op<ops::broadcast_to>(a)) return as(operand(a, 0), old.type);
        } else if (is<ops::reshape>(old)) {
            if (at(a).type == old.type) return a;
            if (is_op<ops::reshape>(a)) return reshaped(h(operand(a, 0)), old.type.extents).index;
        } else if (is<ops::after>(old)) {
            if (at(a).type.extents.rank == 0 && !at(a).type.batched) return a; // numbers of the call are always there
        } else if (is<ops::transpose>(old)) {
            if (is_identity(old.options.target)) return a;
        }
        return -1;
    }
    constexpr int sum(const node& old, int a) {
        const auto [first, last, over_rows] = ops::reduction_axes::of(old.options);
        if (first == last) return a;
        if (is_scaled(a)) return sum_of_scaled(old, a);
        return sum_of_factors(a, first, last);
    }
    // The same for a node that has a name: it does not become one that was there before.
    constexpr int simplified_apart(int n) {
        const int known = r_.to.nodes.size(), found = simplified(n);
        return found < known ? r_.copy(n) : found;
    }
    // Of a product with a batch axis that differentiation made, the factor that has none, if the other has fewer
    // elements: -1 where there is none.
    constexpr int common_factor(int n) const {
        if (!is_op<ops::multiply>(n) || !at(n).derived || !at(n).type.batched) return -1;
        for (int i = 0; i < 2; ++i) {
            const int u = operand(n, i), v = operand(n, 1 - i);
            if (!at(u).type.batched && !is_literal(u) && at(v).type.extents.size() < at(n).type.extents.size())
                return u;
        }
        return -1;
    }
    // Whether n is a number times something without a batch axis, or its negative: what is linear, and makes less of
    // it, takes that first.
    constexpr int scale_of(int n) const {
        if (!is_op<ops::multiply>(n) || at(n).type.batched) return -1;
        for (int i = 0; i < 2; ++i) {
            const int u = operand(n, i);
            if (at(u).type.extents.rank == 0 && at(operand(n, 1 - i)).type == at(n).type)
                return at(n).derived || (is_literal(u) && literal_numbers::makes_nothing_smaller(at(u).options.number))
                           ? u
                           : -1;
        }
        return -1;
    }
    constexpr bool is_scaled(int n) const {
        return at(n).type.extents.rank > 0 && !at(n).type.batched && (is_op<ops::negate>(n) || scale_of(n) >= 0);
    }
    constexpr int unscaled(int n) const { return is_op<ops::negate>(n) ? operand(n, 0) : other_factor(n, scale_of(n)); }
    // The scale of n, or of what n scales, for `of` in its place.
    constexpr int simplified_scale(int n, int of) {
        if (is_op<ops::negate>(n)) return (-h(of)).index;
        const int u = scale_of(n);
        return is_literal(u) ? times(of, u, at(of).type) : hadamard(h(of), h(u)).index;
    }
    constexpr int sum_of_scaled(const node& old, int n) {
        if (is_scaled(n)) return simplified_scale(n, sum_of_scaled(old, unscaled(n)));
        return r_.to.push(old.op, old.options, alone(n));
    }
    // A matrix times a scaled vector, where the result is not longer: the scale behind it. -1 where that is not so.
    constexpr int product_of_scaled(const node& old, int a, int b) {
        if (old.type.batched || at(b).type.extents.rank != 1 || !is_scaled(b)) return -1;
        if (old.type.extents.size() > at(b).type.extents.size()) return -1;
        return simplified_scale(b, product_of_unscaled(old, a, unscaled(b)));
    }
    constexpr int product_of_unscaled(const node& old, int a, int b) {
        const int taken = product_of_scaled(old, a, b);
        return taken >= 0 ? taken : product(old, a, b);
    }
    constexpr int other_factor(int n, int u) const { return operand(n, operand(n, 0) == u ? 1 : 0); }
    // The sum over the axes [first, last) of u v, where v is the same all along some of them: these are summed for u
    // alone, once for all examples. -1 where v varies along each.
    constexpr int sum_of_product(int product, int u, int first, int last) {
        const shape whole = at(product).type.extents;
        const int v = other_factor(product, u);
        shape aligned = at(v).type.extents; // extents of 1 up to the product's rank
        const int extra = whole.rank - aligned.rank;
        for (int i = aligned.rank - 1; i >= 0; --i) aligned[i + extra] = aligned[i];
        for (int i = 0; i < extra; ++i) aligned[i] = 1;
        aligned.rank = whole.rank;
        int begin = first, end = last; // the axes that v does not know, at one end of those that are summed
        while (begin < last && aligned[begin] == 1) ++begin;
        if (begin > first) {
            end = begin;
            begin = first;
        } else {
            begin = last;
            while (begin > first && aligned[begin - 1] == 1) --begin;
            if (begin == last) return -1;
        }
        const auto axes = [](int from, int to) { return ops::sum{{{from, to}}}; };
        shape rest;
        for (int i = 0; i < whole.rank; ++i)
            if (i < begin || i >= end) rest[rest.rank++] = aligned[i];
        r_.to.deriving = true;
        const handle summed = apply_operation(axes(begin, end), filled(h(u), {whole, false}));
        const handle result = hadamard(summed, reshaped(h(v), rest));
        const int left = (last - first) - (end - begin);
        if (left == 0) return result.index;
        if (const int taken = sum_of_factors(result.index, first, first + left); taken >= 0) return taken;
        return apply_operation(axes(first, first + left), result).index;
    }
    constexpr int sum_of_factors(int n, int first, int last) {
        const int u = common_factor(n);
        return u < 0 ? -1 : sum_of_product(n, u, first, last);
    }
    // The value of a node whose operands are all literals, or -1: no infinity and no NaN, which a constant expression
    // cannot take. A zero that comes out of it is none that differentiation made.
    constexpr int fold(int n) {
        const node& old = r_.from[n];
        double x[8]{};
        bool derived = old.derived;
        for (int i = 0; i < old.operand_count; ++i) {
            const node& o = at(r_.map[r_.from.operand(n, i)]);
            if (o.op->kind != operation_kind::literal) return -1;
            x[i] = o.options.number;
            derived = derived || o.derived;
        }
        if (!literal_numbers::stays_finite(old, x[0], x[1])) return -1;
        const double value = old.op->fold(x);
        r_.to.deriving = derived && value != 0;
        return r_.to.push_literal(value);
    }
    // x times a literal, with constants together: (x * 2) * 3. The type is a copy: the nodes move as the graph grows.
    constexpr int times(int x, int literal, value_type type) {
        const double c = at(literal).options.number;
        if (is_op<ops::multiply>(x) && is_literal(operand(x, 1)))
            if (const double d = at(operand(x, 1)).options.number; literal_numbers::is_ordinary(c) &&
                                                                   literal_numbers::is_ordinary(d) &&
                                                                   literal_numbers::is_ordinary(c * d))
                return times(operand(x, 0), c * d, type);
        return as(hadamard(h(x), h(literal)).index, type);
    }
    constexpr int times(int x, double c, value_type type) {
        return as(c == 1 ? x : c == -1 ? (-h(x)).index : hadamard(h(x), c).index, type);
    }
    // x / c
    constexpr int divided(int x, double c, value_type type) {
        const int scale = is_op<ops::multiply>(x) && is_literal(operand(x, 1)) ? operand(x, 1) : -1;
        if (scale >= 0)
            if (const double d = at(scale).options.number; literal_numbers::is_ordinary(c) &&
                                                           literal_numbers::is_ordinary(d) &&
                                                           literal_numbers::is_ordinary(d / c))
                return times(operand(x, 0), d / c, type);
        return literal_numbers::is_power_of_two(c) ? times(x, 1 / c, type) : -1;
    }
    int pair_[2]{};
    constexpr slice_of<int> swapped(int first, int second) {
        pair_[0] = first;
        pair_[1] = second;
        return {pair_, 2};
    }
    constexpr slice_of<int> alone(int n) {
        pair_[0] = n;
        return {pair_, 1};
    }
    static constexpr bool is_identity(const shape& order) {
        for (int i = 0; i < order.rank; ++i)
            if (order[i] != i) return false;
        return true;
    }
    constexpr bool swaps_matrix(int n) const {
        return is_op<ops::transpose>(n) && at(n).type.extents.rank == 2 && at(n).options.target[0] == 1;
    }
    constexpr int product(const node& old, int a, int b) {
        ops::product_transposes transposes = ops::product_transposes::of(old.options);
        if (swaps_matrix(a)) {
            a = operand(a, 0);
            transposes.a = !transposes.a;
        }
        if (swaps_matrix(b)) {
            b = operand(b, 0);
            transposes.b = !transposes.b;
        }
        return r_.to.push(old.op, transposes, swapped(a, b));
    }

    // What reads a node that stays sees a leaf in its place until all is done, so that no rule looks through it: where
    // a program is fed e = c x, d e must read e, and not d c x.
    struct hidden_node {
        int old = -1, made = -1, leaf = -1;
    };
    constexpr void hide(int n, list<hidden_node>& hidden) {
        hidden.push({n, r_.map[n], r_.to.push_leaf(&record<ops::fed>, -1, at(r_.map[n]).type)});
        r_.map[n] = hidden.back().leaf;
    }
    constexpr void show(const list<hidden_node>& hidden) {
        list<int> shown(r_.to.nodes.size(), -1);
        for (const hidden_node& h : hidden) {
            shown[h.leaf] = h.made;
            r_.map[h.old] = h.made;
        }
        for (int& o : r_.to.operands) o = shown[o] >= 0 ? shown[o] : o;
    }

public:
    constexpr explicit simplification(const graph_view& g) : r_(g) {}
    // All nodes, or those that are `needed`.
    constexpr graph_builder run(bool markers_too, bool names_too, slice_of<bool> needed = {}) {
        list<bool> stays(r_.from.nodes.size);
        if (!names_too)
            for (const named_node& name : r_.from.names)
                if (name.node >= 0) stays[name.node] = true;
        list<hidden_node> hidden;
        for (int n = 0; n < r_.from.nodes.size; ++n) {
            if (needed.size > 0 && !needed.data[n]) continue;
            if (markers_too && is<ops::stop_gradient>(r_.from[n])) {
                r_.map[n] = r_.map[r_.from.operand(n, 0)];
            } else {
                r_.map[n] = stays[n] ? simplified_apart(n) : simplified(n);
                if (stays[n] && (r_.from[n].operand_count > 0 || is_literal(r_.map[n]))) hide(n, hidden);
            }
        }
        if (!hidden.empty()) show(hidden);
        r_.to.deriving = false;
        r_.finish();
        return static_cast<graph_builder&&>(r_.to);
    }
};

// `markers_too` drops stop_gradient: only when nothing is to be differentiated any more. Without `names_too` each node
// that has a name stays one that all of its readers read, so that a program can still be cut there, and prune is to
// follow.
constexpr graph_builder simplify(const graph_view& g, bool markers_too, bool names_too = true) {
    return simplification(g).run(markers_too, names_too);
}
// The same of what has a name, or is needed for that: the rest is dropped.
constexpr graph_builder simplify_needed(const graph_view& g) {
    return simplification(g).run(false, false, needed_nodes(g, true).view());
}
// simplify(prune(g), markers_too), in one go.
constexpr graph_builder prune_and_simplify(const graph_view& g, bool markers_too) {
    return simplification(g).run(markers_too, true, needed_nodes(g).view());
}

HOURGLASS_END
