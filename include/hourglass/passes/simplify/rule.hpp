// The form of a simplification rule, and what rules may query and append. The rules are in the other headers of this
// folder, by operation, and listed in rules.hpp; simplify.hpp decides which nodes they are tried on.
#pragma once

#include <hourglass/passes/simplify/literals.hpp>
#include <hourglass/passes/simplify/squares.hpp>

HOURGLASS_BEGIN

// A node of the old graph, and the new nodes of its first two operands; -1 if it has fewer.
struct formula {
    const node& old;
    int n = -1;
    int a = -1, b = -1;
};

// The new graph under construction.
class simplifier {
    rewriter r_;
    bool drops_markers_;

public:
    constexpr simplifier(const graph_view& g, bool drops_markers) : r_(g), drops_markers_(drops_markers) {}

    constexpr rewriter& graph() { return r_; }
    constexpr bool drops_markers() const { return drops_markers_; } // those that only differentiation needs

    // Queried many times for each node; nested calls are what a constant evaluation spends most of its time on.
    constexpr const node& at(int n) const { return r_.to.nodes.begin()[n]; }
    template <class Op> constexpr bool is_op(int n) const { return at(n).op->id == id_of<Op>; }
    constexpr int operand(int n, int i) const { return r_.to.operand(n, i); }
    constexpr int other_factor(int n, int u) const { return operand(n, operand(n, 0) == u ? 1 : 0); }
    constexpr bool is_literal(int n) const { return at(n).op->kind == operation_kind::literal; }
    constexpr double number(int n) const { return at(n).options.number; }
    constexpr handle h(int n) { return {&r_.to, nullptr, n}; }

    constexpr int push(const operation* op, const attributes& options, int a) {
        return r_.to.push(op, options, {&a, 1});
    }
    constexpr int push(const operation* op, const attributes& options, int a, int b) {
        const int both[] = {a, b};
        return r_.to.push(op, options, {both, 2});
    }
    // Marks nodes from here on as made by differentiation.
    constexpr void derives() { r_.to.deriving = true; }
    // n in place of a node of type `wanted`. The type is passed by value: nodes move as the graph grows.
    constexpr int as(int n, value_type wanted) { return filled(h(n), wanted).index; }

    constexpr square_rules squares() { return square_rules(r_.to, true); }
    constexpr bool is_not_negative(int n) { return squares().is_not_negative(n); }
    // The literal that all elements of n are copies of, or n.
    constexpr int number_in(int n) const {
        int of = n;
        while (is_op<ops::reshape>(of) || is_op<ops::broadcast_to>(of)) of = operand(of, 0);
        return is_literal(of) ? of : n;
    }
    // Folds a node whose operands are all literals, or returns -1. Never an infinity or a NaN, which a constant
    // expression cannot compute. A zero that folding yields does not count as made by differentiation.
    constexpr int fold(const formula& f) {
        double x[8]{};
        bool derived = f.old.derived;
        for (int i = 0; i < f.old.operand_count; ++i) {
            const node& o = at(r_.map[r_.from.operand(f.n, i)]);
            if (o.op->kind != operation_kind::literal) return -1;
            x[i] = o.options.number;
            derived = derived || o.derived;
        }
        if (!literal_numbers::stays_finite(f.old, x[0], x[1])) return -1;
        const double value = f.old.op->fold(x);
        r_.to.deriving = derived && value != 0;
        return r_.to.push_literal(value);
    }
};

// What an operand must be for a rule to be tried: its operation, or any, and a further condition.
struct operand_pattern {
    std::uint64_t operation = 0; // 0: any
    bool asks = false;
    bool (*holds)(const simplifier&, int n) = nullptr;
};
// `make` returns the node that replaces the formula, or -1 if the rule does not apply after all.
struct rule {
    std::string_view name;
    operand_pattern a, b;
    int (*make)(simplifier&, const formula&) = nullptr;
};
// The rules of an operation, in the order in which they are tried.
struct rules_in_order {
    const rule* first = nullptr;
    int count = 0;
};

// In the names of rules c and d are numbers in the formula, x and y anything. 0' is a zero that differentiation made: a
// missing adjoint, so anything it multiplies vanishes.
namespace simplify_rules {

constexpr bool asks_for_number(const operand_pattern& p) { return p.operation == id_of<ops::literal>; }
constexpr bool asks_for_number(const rule& r) { return asks_for_number(r.a) || asks_for_number(r.b); }

inline constexpr operand_pattern any{};
template <class Op> inline constexpr operand_pattern an{id_of<Op>};
inline constexpr operand_pattern number = an<ops::literal>;
template <class Holds> constexpr operand_pattern number_that(Holds holds) { return {id_of<ops::literal>, true, holds}; }
inline constexpr operand_pattern zero = number_that([](const simplifier& s, int n) { return s.number(n) == 0; });
inline constexpr operand_pattern one = number_that([](const simplifier& s, int n) { return s.number(n) == 1; });
inline constexpr operand_pattern minus_one = number_that([](const simplifier& s, int n) { return s.number(n) == -1; });
inline constexpr operand_pattern absent =
    number_that([](const simplifier& s, int n) { return s.number(n) == 0 && s.at(n).derived; });
constexpr bool is_minus_zero(double x) { return x == 0 && std::bit_cast<std::uint64_t>(x) != 0; }
inline constexpr operand_pattern minus_zero =
    number_that([](const simplifier& s, int n) { return is_minus_zero(s.number(n)); });
inline constexpr operand_pattern plus_zero =
    number_that([](const simplifier& s, int n) { return s.number(n) == 0 && !is_minus_zero(s.number(n)); });

// Replacements that several rules share.
constexpr int first(simplifier& s, const formula& f) { return s.as(f.a, f.old.type); }
constexpr int second(simplifier& s, const formula& f) { return s.as(f.b, f.old.type); }
constexpr int minus_first(simplifier& s, const formula& f) { return s.as((-s.h(f.a)).index, f.old.type); }
constexpr int minus_second(simplifier& s, const formula& f) { return s.as((-s.h(f.b)).index, f.old.type); }
constexpr int operand_of_first(simplifier& s, const formula& f) { return s.operand(f.a, 0); }
constexpr int computed(simplifier& s, const formula& f) { return s.fold(f); }
constexpr int without_root(simplifier& s, const formula& f) {
    return s.squares().without_root(*f.old.op, f.a, f.b, f.old.type);
}

}
HOURGLASS_END
