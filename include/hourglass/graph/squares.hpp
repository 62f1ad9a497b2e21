// Squares of roots: square(l2_norm(v)) is the sum of squares, square(abs(x)) is square(x), and square(sqrt(s)) is s
// where s is never negative. The square is smooth where the root is not, and a subgradient convention, differentiated
// again, is wrong there: so the formula without the root is differentiated. Simplification has the same rules, so that
// the original becomes the same nodes as the copy that was differentiated.
#pragma once

#include <bit>

#include <hourglass/graph/rewrite.hpp>

HOURGLASS_BEGIN

class square_rules {
    graph_builder& g_;
    slice_of<int> kept_; // nodes that other formulas must go on reading: targets of a derivative
    bool values_stay_;   // only rules after which no value over- or underflows that did not before

    static constexpr int deepest = 12; // how far formulas are followed

    constexpr const node& at(int n) const { return g_.nodes.begin()[n]; }
    template <class Op> constexpr bool is_op(int n) const { return at(n).op->id == record<Op>.id; }
    constexpr int operand(int n, int i) const { return g_.operand(n, i); }
    constexpr handle h(int n) const { return {&g_, nullptr, n}; }
    constexpr bool is_kept(int n) const {
        for (int k : kept_)
            if (k == n) return true;
        return false;
    }
    constexpr bool is_literal(int n) const { return at(n).op->kind == operation_kind::literal; }
    constexpr double number(int n) const { return at(n).options.number; }

public:
    constexpr square_rules(graph_builder& g, bool values_stay, slice_of<int> kept = {})
        : g_(g), kept_(kept), values_stay_(values_stay) {}

    static constexpr bool is_root(const node& n) {
        return is<ops::euclidean_norm>(n) || is<ops::abs>(n) || is<ops::sqrt>(n) || is<ops::pow>(n);
    }
    static constexpr bool is_square(const node& n) {
        return is<ops::square>(n) || is<ops::multiply>(n) || is<ops::pow>(n);
    }
    // Never below zero and never -0, whatever its operands are; it may be no number.
    constexpr bool is_not_negative(int n, int depth = 0) const {
        if (depth > deepest) return false;
        const auto all = [&](int first) {
            for (int i = first; i < at(n).operand_count; ++i)
                if (!is_not_negative(operand(n, i), depth + 1)) return false;
            return true;
        };
        if (is_literal(n)) return number(n) > 0 || std::bit_cast<std::uint64_t>(number(n)) == 0;
        if (is_op<ops::abs>(n) || is_op<ops::square>(n) || is_op<ops::exp>(n) || is_op<ops::sigmoid>(n) ||
            is_op<ops::softplus>(n) || is_op<ops::relu>(n) || is_op<ops::euclidean_norm>(n))
            return true;
        if (is_op<ops::multiply>(n) && same_value(operand(n, 0), operand(n, 1))) return true;
        if (is_op<ops::where>(n)) return all(1);
        if (is_op<ops::add>(n) || is_op<ops::multiply>(n) || is_op<ops::divide>(n) || is_op<ops::maximum>(n) ||
            is_op<ops::minimum>(n) || is_op<ops::sqrt>(n) || is_op<ops::sum>(n) || is_op<ops::reshape>(n) ||
            is_op<ops::broadcast_to>(n) || is_op<ops::transpose>(n) || is_op<ops::slice>(n))
            return all(0);
        return false;
    }
    // Computed by the same formula from the same leaves.
    constexpr bool same_value(int a, int b, int depth = 0) const {
        if (a == b) return true;
        const node &x = at(a), &y = at(b);
        if (depth > deepest || x.op->id != y.op->id || x.operand_count != y.operand_count || !(x.type == y.type) ||
            !(x.options == y.options) || x.op->kind == operation_kind::scan)
            return false;
        if (is_literal(a)) return std::bit_cast<std::uint64_t>(number(a)) == std::bit_cast<std::uint64_t>(number(b));
        for (int i = 0; i < x.operand_count; ++i)
            if (!same_value(operand(a, i), operand(b, i), depth + 1)) return false;
        return x.operand_count > 0;
    }
    // n squared, without a root that n is: -1 where it is none.
    constexpr int squared(int n, int depth = 0) {
        if (depth > deepest || is_kept(n) || at(n).operand_count == 0) return -1;
        const int a = operand(n, 0);
        const value_type type = at(n).type; // a copy: the nodes move as the graph grows
        if (is_op<ops::euclidean_norm>(n)) return operand(n, 1);
        if (is_op<ops::sqrt>(n) || (is_op<ops::pow>(n) && is_literal(operand(n, 1)) && number(operand(n, 1)) == 0.5))
            return is_not_negative(a) ? h(a).filled(type).index : -1;
        if (is_op<ops::abs>(n)) {
            const int known = squared(a, depth + 1);
            return known >= 0 ? known : square(h(a)).index;
        }
        if (is_op<ops::negate>(n)) return squared(a, depth + 1);
        if (is_op<ops::reshape>(n) || is_op<ops::broadcast_to>(n)) {
            int known = squared(a, depth + 1);
            if (known < 0) return -1;
            while (is_op<ops::reshape>(n) && is_op<ops::reshape>(known)) known = operand(known, 0);
            return is_op<ops::reshape>(n) ? h(known).reshaped(type.extents).index : h(known).filled(type).index;
        }
        return squared_scaled(n, type, depth);
    }
    // What a node of this operation and these operands is without the root in it: -1 where there is none.
    constexpr int without_root(const operation& op, int a, int b, const value_type& type) {
        int found = -1;
        if (op.id == record<ops::square>.id)
            found = squared(a);
        else if (op.id == record<ops::multiply>.id)
            found = product_of_roots(a, b);
        else if (op.id == record<ops::pow>.id && is_literal(b))
            found = power_of_root(a, number(b));
        return found < 0 ? -1 : h(found).filled(type).index;
    }

private:
    // (c r)^2 = r^2 c^2. Where c is less than one, r^2 may overflow before c^2 makes it smaller.
    constexpr int squared_scaled(int n, const value_type& type, int depth) {
        const bool divided = is_op<ops::divide>(n);
        if (!divided && !is_op<ops::multiply>(n)) return -1;
        for (int i = divided ? 1 : 0; i < 2; ++i) {
            const int scale = operand(n, i), root = operand(n, 1 - i);
            if (!is_literal(scale)) continue;
            const double c = number(scale), size = c < 0 ? -c : c;
            if (!(size >= 0x1p-20 && size <= 0x1p20) || (values_stay_ && (divided ? size > 1 : size < 1))) continue;
            const int known = squared(root, depth + 1);
            if (known < 0) continue;
            return (divided ? h(known) / (c * c) : hadamard(h(known), c * c)).filled(type).index;
        }
        return -1;
    }
    // r r = r^2, and (u r) r = u r^2
    constexpr int product_of_roots(int a, int b) {
        if (same_value(a, b)) return squared(a);
        for (int swap = 0; !values_stay_ && swap < 2; ++swap) {
            const int product = swap ? b : a, root = swap ? a : b;
            if (is_kept(product) || !is_op<ops::multiply>(product)) continue;
            for (int i = 0; i < 2; ++i) {
                const int rest = operand(product, i);
                if (!same_value(operand(product, 1 - i), root)) continue;
                const int known = squared(root);
                return known < 0 ? -1 : hadamard(h(rest), h(known)).index;
            }
        }
        return -1;
    }
    // r^p = (r^2)^(p/2) for even p
    constexpr int power_of_root(int a, double p) {
        for (int half = 1; half <= 16; ++half) {
            if (p != 2 * half) continue;
            const int known = squared(a);
            return known < 0 || half == 1 ? known : pow(h(known), half).index;
        }
        return -1;
    }
};

HOURGLASS_END
