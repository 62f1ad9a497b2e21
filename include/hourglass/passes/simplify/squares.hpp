// Squares of roots: square(l2_norm(v)) is the sum of squares, square(abs(x)) is square(x), and square(sqrt(s)) is s if
// s is never negative. Also if the root was moved, scaled or multiplied, or the square is a product of two factors that
// each contain it. The square is smooth where the root is not, and differentiating a subgradient convention once more
// is wrong there, so the formula without the root is differentiated. Simplification applies those rules that do not
// change the range of values, so that the original usually becomes the same nodes as the copy that was differentiated.
#pragma once

#include <hourglass/passes/simplify/formulas.hpp>

HOURGLASS_BEGIN

class square_rules : formulas {
    slice_of<int> kept_; // nodes that other formulas must still read: targets of a derivative
    bool values_stay_;   // only rules that add no overflow or underflow

    constexpr bool is_kept(int n) const {
        for (int k : kept_)
            if (k == n) return true;
        return false;
    }

public:
    constexpr square_rules(graph_builder& g, bool values_stay, slice_of<int> kept = {})
        : formulas(g), kept_(kept), values_stay_(values_stay) {}

    using formulas::is_not_negative;
    static constexpr bool is_root(const node& n) {
        return is_one_of<ops::euclidean_norm, ops::abs, ops::sqrt, ops::pow>(n);
    }
    // Includes inner products.
    static constexpr bool is_square(const node& n) {
        return is_one_of<ops::square, ops::multiply, ops::pow>(n) || (is<ops::matmul>(n) && n.type.extents.size() == 1);
    }
    // n squared, without the root that n is or contains; -1 if there is none. With `rough`, the root of a sum with a
    // positive number does not count: it is smooth.
    constexpr int squared(int n, bool rough = false, int depth = 0) {
        if (depth > deepest || is_kept(n) || at(n).operand_count == 0) return -1;
        const int rule = root_rules.find(at(n).op->id);
        if (rule < 0) return -1;
        const value_type type = at(n).type; // a copy: the nodes move as the graph grows
        const int found = (this->*root_rules[rule])(n, type, rough, depth + 1);
        return found < 0 || is_op<ops::euclidean_norm>(n) ? found : filled(h(found), type).index;
    }
    // A node of this operation and these operands without the root; -1 if there is none.
    constexpr int without_root(const operation& op, int a, int b, const value_type& type) {
        const int rule = rules_of_squares.find(op.id);
        const int found = rule < 0 ? -1 : (this->*rules_of_squares[rule])(a, b, type);
        return found < 0 ? -1 : filled(h(found), type).index;
    }
    // The exact form of a logarithm of this operand, looked for across names; -1 if it has none.
    constexpr int exact_logarithm(const operation& op, int a) const {
        if (!ops::is_logarithm(op)) return -1;
        const auto can_be_passed = [this](const handle& x) { return !is_kept(x.index); };
        ops::exact_logarithm exact(h(a), can_be_passed);
        const handle found = exact.of(op);
        return exact.found() ? found.index : -1;
    }

private:
    // Whether n is zero everywhere, as one number for all elements.
    constexpr bool is_zero(int n) const {
        while (is_op<ops::reshape>(n) || is_op<ops::broadcast_to>(n)) n = operand(n, 0);
        return is_literal(n) && number(n) == 0;
    }
    // For sums of non-negative terms.
    constexpr bool has_positive_term(int n, int depth = 0) const {
        while (is_op<ops::reshape>(n) || is_op<ops::broadcast_to>(n)) n = operand(n, 0);
        if (is_literal(n)) return number(n) > 0;
        return depth <= deepest && is_op<ops::add>(n) &&
               (has_positive_term(operand(n, 0), depth + 1) || has_positive_term(operand(n, 1), depth + 1));
    }
    // Whether each element of the result is an element of the operand or zero.
    constexpr bool moves_elements(int n) const {
        return is_any<ops::reshape, ops::broadcast_to, ops::transpose, ops::slice, ops::pad, ops::band>(n) ||
               (is_op<ops::sum>(n) && !ops::reduction_axes::of(at(n).options).over_rows &&
                at(n).type.extents.size() == at(operand(n, 0)).type.extents.size());
    }
    // The square of a node, by its operation; see `squared`.
    constexpr int of_norm(int n, const value_type&, bool, int) { return operand(n, 1); }
    constexpr int of_root(int n, const value_type&, bool rough, int) {
        const int a = operand(n, 0);
        return is_not_negative(a) && !(rough && has_positive_term(a)) ? a : -1;
    }
    constexpr int of_power(int n, const value_type& type, bool rough, int depth) {
        const int p = operand(n, 1);
        return is_literal(p) && number(p) == 0.5 ? of_root(n, type, rough, depth) : -1;
    }
    constexpr int of_absolute(int n, const value_type&, bool rough, int depth) {
        const int a = operand(n, 0), known = squared(a, rough, depth);
        return known >= 0 ? known : square(h(a)).index;
    }
    constexpr int of_negative(int n, const value_type&, bool rough, int depth) {
        return squared(operand(n, 0), rough, depth);
    }
    constexpr int of_moved(int n, const value_type& type, bool rough, int depth) {
        if (!moves_elements(n)) return -1;
        // Elements that it drops would be squared as well.
        if (values_stay_ && type.extents.size() < at(operand(n, 0)).type.extents.size()) return -1;
        int known = squared(operand(n, 0), rough, depth);
        if (known < 0) return -1;
        if (is_op<ops::broadcast_to>(n)) return known; // filled by the caller
        while (is_op<ops::reshape>(n) && is_op<ops::reshape>(known)) known = operand(known, 0);
        return is_op<ops::reshape>(n) ? reshaped(h(known), type.extents).index
                                      : g_.push(at(n).op, at(n).options, {&known, 1});
    }
    // Squares each operand, if one of them has a root; not the condition of a `where`.
    constexpr int of_joined(int n, const value_type&, bool rough, int depth) {
        const operation* const op = at(n).op;
        const attributes options = at(n).options;
        list<int> of;
        bool any = false;
        for (int i = 0, first = is_op<ops::where>(n) ? 1 : 0; i < at(n).operand_count; ++i) {
            of.push(i < first ? operand(n, i) : squared(operand(n, i), rough, depth));
            any = any || (i >= first && of.back() >= 0);
        }
        if (!any) return -1;
        for (int i = 0; i < of.size(); ++i)
            if (of[i] < 0) of[i] = square(h(operand(n, i))).index;
        return g_.push(op, options, of.view());
    }
    // x + 0, and r + c r for a number c
    constexpr int of_sum(int n, const value_type&, bool rough, int depth) {
        const int a = operand(n, 0), b = operand(n, 1);
        if (is_zero(b)) return squared(a, rough, depth);
        if (is_zero(a)) return squared(b, rough, depth);
        if (values_stay_) return -1;
        const double c = is_op<ops::subtract>(n) ? -ratio(a, b) : ratio(a, b);
        const int known = c == 0 ? -1 : squared(a, rough, depth);
        return known < 0 ? -1 : hadamard(h(known), (1 + c) * (1 + c)).index;
    }
    // (c r)^2 = r^2 c^2. If c is less than one, r^2 may overflow before c^2 makes it smaller.
    constexpr int squared_scaled(int n, bool rough, int depth) {
        const bool divided = is_op<ops::divide>(n);
        for (int i = divided ? 1 : 0; i < 2; ++i) {
            const int scale = operand(n, i), root = operand(n, 1 - i);
            if (!is_literal(scale)) continue;
            const double c = number(scale), size = c < 0 ? -c : c;
            if (!is_moderate(c) || (values_stay_ && (divided ? size > 1 : size < 1))) continue;
            const int known = squared(root, rough, depth);
            if (known < 0) continue;
            return (divided ? h(known) / (c * c) : hadamard(h(known), c * c)).index;
        }
        return -1;
    }
    constexpr int of_product(int n, const value_type&, bool rough, int depth) {
        const int known = squared_scaled(n, rough, depth);
        return known >= 0 || values_stay_ ? known : squared_product(n, depth);
    }
    // x e^p and x / e^p, twice
    constexpr int of_exponential(int n, const value_type&, bool rough, int depth) {
        if (values_stay_) return -1;
        const operation* const op = at(n).op;
        int of[] = {squared(operand(n, 0), rough, depth), operand(n, 1), operand(n, 2)};
        for (int twice = 0; of[0] >= 0 && twice < 2; ++twice) of[0] = g_.push(op, {}, {of, 3});
        return of[0];
    }
    // (u r)^2 = u^2 r^2 and (r / u)^2 = r^2 / u^2
    constexpr int squared_product(int n, int depth) {
        const bool divided = is_op<ops::divide>(n);
        const int a = operand(n, 0), b = operand(n, 1);
        const int first = squared(a, true, depth);
        const int second = divided ? -1 : a == b ? first : squared(b, true, depth);
        if (first < 0 && second < 0) return -1;
        const handle x = first < 0 ? square(h(a)) : h(first), y = second < 0 ? square(h(b)) : h(second);
        return (divided ? x / y : hadamard(x, y)).index;
    }
    static constexpr bool is_moderate(double c) {
        const double size = c < 0 ? -c : c;
        return size >= 0x1p-20 && size <= 0x1p20;
    }
    // Returns c if b = c a for a number c, with the same formula up to factors; 0 if that is not known.
    constexpr double ratio(int a, int b, int depth = 0) const {
        if (depth > deepest) return 0;
        if (same_value(a, b)) return 1;
        double c = 1;
        if (const int of = unscaled(b, c); of != b) return c * ratio(a, of, depth + 1);
        if (const int of = unscaled(a, c); of != a) return ratio(of, b, depth + 1) / c;
        const node &x = at(a), &y = at(b);
        if (x.op->id != y.op->id || x.operand_count == 0 || !(x.type == y.type) || !(x.options == y.options)) return 0;
        const bool is_norm = is_op<ops::euclidean_norm>(a) || is_op<ops::abs>(a);
        if (!is_norm && !moves_elements(a) && !is_op<ops::sum>(a) && !is_op<ops::square>(a) && !is_op<ops::sqrt>(a))
            return 0;
        const double r = ratio(operand(a, 0), operand(b, 0), depth + 1);
        if (is_norm) return r < 0 ? -r : r;
        if (is_op<ops::square>(a)) return r * r;
        return is_op<ops::sqrt>(a) ? (r > 0 ? math::sqrt(r) : 0) : r;
    }
    // n without a literal factor, which is multiplied into c.
    constexpr int unscaled(int n, double& c) const {
        if (is_op<ops::negate>(n)) {
            c = -1;
            return operand(n, 0);
        }
        const bool divided = is_op<ops::divide>(n);
        if (!divided && !is_op<ops::multiply>(n)) return n;
        for (int i = divided ? 1 : 0; i < 2; ++i) {
            const int of = operand(n, 1 - i);
            if (!is_literal(operand(n, i)) || !is_moderate(number(operand(n, i))) || !(at(of).type == at(n).type))
                continue;
            c = divided ? 1 / number(operand(n, i)) : number(operand(n, i));
            return of;
        }
        return n;
    }
    // r r = r^2; for products with factors r and c r: (u r) (v c r) = c u v r^2
    constexpr int product_of_roots(int a, int b) {
        if (same_value(a, b)) return squared(a);
        if (values_stay_) return -1;
        list<int> of_a, of_b;
        add_factors(a, of_a);
        add_factors(b, of_b);
        for (int x : of_a) {
            if (!may_be_root(x)) continue;
            for (int y : of_b) {
                const double c = ratio(x, y);
                const int known = c == 0 ? -1 : squared(x, true);
                if (known < 0) continue;
                const int first = replaced(a, x, c == 1 ? known : hadamard(h(known), c).index);
                return b == y ? first : hadamard(h(first), h(replaced(b, y, g_.push_literal(1)))).index;
            }
        }
        return -1;
    }
    constexpr bool may_be_root(int n) const {
        while (moves_elements(n)) n = operand(n, 0);
        return is_root(at(n));
    }
    constexpr void add_factors(int n, list<int>& factors, int depth = 0) const {
        const bool product = is_op<ops::multiply>(n);
        if (is_kept(n) || depth > deepest || !(product || is_op<ops::divide>(n) || is_op<ops::negate>(n)))
            return factors.push(n);
        add_factors(operand(n, 0), factors, depth + 1);
        if (product) add_factors(operand(n, 1), factors, depth + 1);
    }
    // n with its first occurrence of a factor replaced; -1 if it has no such factor.
    constexpr int replaced(int n, int factor, int by) {
        if (n == factor) return by;
        const bool product = is_op<ops::multiply>(n), divided = is_op<ops::divide>(n);
        if (!product && !divided && !is_op<ops::negate>(n)) return -1;
        const int a = operand(n, 0), b = operand(n, at(n).operand_count - 1);
        const int first = replaced(a, factor, by);
        if (first < 0) {
            const int second = product ? replaced(b, factor, by) : -1;
            return second < 0 ? -1 : hadamard(h(a), h(second)).index;
        }
        return (product ? hadamard(h(first), h(b)) : divided ? h(first) / h(b) : -h(first)).index;
    }
    // A row times a column, as the sum over a product of vectors.
    constexpr int inner_product_of_roots(int a, int b, const value_type& type) {
        if (values_stay_ || type.extents.size() != 1) return -1;
        const shape flat = make_shape(static_cast<int>(at(a).type.extents.size()));
        const handle x = reshaped(h(in_line(a)), flat), y = reshaped(h(in_line(b)), flat);
        const int known = product_of_roots(x.index, y.index);
        if (known < 0) return -1;
        return reshaped(ops::reduce<ops::sum>(filled(h(known), {flat, at(known).type.batched}), 1u, false),
                        type.extents)
            .index;
    }
    // Strips movements that keep the elements of a row or column in order.
    constexpr int in_line(int n) const {
        const auto is_line = [&](const shape& s) {
            for (int i = 0; i < s.rank; ++i)
                if (s[i] == s.size()) return true;
            return s.rank == 0;
        };
        while (is_op<ops::reshape>(n) || (is_op<ops::transpose>(n) && is_line(at(n).type.extents))) n = operand(n, 0);
        return n;
    }
    // r^p = (r^2)^(p/2) for even p
    constexpr int power_of_root(int a, int b, const value_type&) {
        for (int half = 1; half <= 16; ++half) {
            if (!is_literal(b) || number(b) != 2 * half) continue;
            const int known = squared(a);
            return known < 0 || half == 1 ? known : pow(h(known), half).index;
        }
        return -1;
    }
    constexpr int square_of_root(int a, int, const value_type&) { return squared(a); }
    constexpr int product_of(int a, int b, const value_type&) { return product_of_roots(a, b); }

    using root_rule = int (square_rules::*)(int n, const value_type& type, bool rough, int depth);
    static constexpr known_of_operation<root_rule> list_of_root_rules[] = {
        known_of<ops::euclidean_norm>(&square_rules::of_norm),
        known_of<ops::sqrt>(&square_rules::of_root),
        known_of<ops::pow>(&square_rules::of_power),
        known_of<ops::abs>(&square_rules::of_absolute),
        known_of<ops::negate>(&square_rules::of_negative),
        known_of<ops::reshape>(&square_rules::of_moved),
        known_of<ops::broadcast_to>(&square_rules::of_moved),
        known_of<ops::transpose>(&square_rules::of_moved),
        known_of<ops::slice>(&square_rules::of_moved),
        known_of<ops::pad>(&square_rules::of_moved),
        known_of<ops::band>(&square_rules::of_moved),
        known_of<ops::sum>(&square_rules::of_moved),
        known_of<ops::concatenate>(&square_rules::of_joined),
        known_of<ops::where>(&square_rules::of_joined),
        known_of<ops::add>(&square_rules::of_sum),
        known_of<ops::subtract>(&square_rules::of_sum),
        known_of<ops::multiply>(&square_rules::of_product),
        known_of<ops::divide>(&square_rules::of_product),
        known_of<ops::times_exp>(&square_rules::of_exponential),
        known_of<ops::over_exp>(&square_rules::of_exponential),
    };
    static constexpr by_operation root_rules{list_of_root_rules};

    using square_rule = int (square_rules::*)(int a, int b, const value_type& type);
    static constexpr known_of_operation<square_rule> list_of_square_rules[] = {
        known_of<ops::square>(&square_rules::square_of_root),
        known_of<ops::multiply>(&square_rules::product_of),
        known_of<ops::pow>(&square_rules::power_of_root),
        known_of<ops::matmul>(&square_rules::inner_product_of_roots),
    };
    static constexpr by_operation rules_of_squares{list_of_square_rules};
};

HOURGLASS_END
