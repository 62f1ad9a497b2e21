// The rules of simplification, each by its name: what it makes of a formula by itself, and that the formula comes to it
// among all rules. Every rule of the table has a case here.
#include <set>

#include "passes/simplified_formula.hpp"

using namespace simplification_tests;

namespace {

namespace ops = hg::ops;

// An operation of a user's own that can be computed from numbers.
struct twice : hg::elementwise<1> {
    static constexpr std::string_view name = "twice";
    static constexpr bool foldable = true;
    template <class V> static constexpr V forward(const V& x) { return x + x; }
    template <class H> static constexpr H derivative(H, H, H g) { return hadamard(g, 2); }
};

template <class Op> hg::handle apply(formula& f, const hg::attributes& options, hg::handle a) {
    return a.other(f.g.push(&hg::record<Op>, options, {&a.index, 1}));
}
hg::handle product(formula& f, hg::handle a, hg::handle b) {
    const int of[] = {a.index, b.index};
    return a.other(f.g.push(&hg::record<ops::matmul>, ops::product_transposes{}, {of, 2}));
}
hg::handle absent(formula& f) {
    return f.derived([&] { return f.number(0); });
}
hg::handle common_factor(formula& f) {
    return f.derived([&] { return hadamard(f.x, sum(f.X)); });
}
hg::handle negative(hg::handle x) { return -x; }

struct rule_case {
    std::string_view rule;
    hg::handle (*make)(formula&);
    std::string_view result;
};
const rule_case cases[] = {
    {"0' + x", [](formula& f) { return absent(f) + f.x; }, "x"},
    {"x + 0'", [](formula& f) { return f.x + absent(f); }, "x"},
    {"c + d", [](formula& f) { return f.number(2) + 3; }, "5"},
    {"-0 + x", [](formula& f) { return -0.0 + f.x; }, "x"},
    {"0 + |x|", [](formula& f) { return 0 + exp(f.x); }, "exp(x)"},
    {"x + -0", [](formula& f) { return f.x + -0.0; }, "x"},
    {"|x| + 0", [](formula& f) { return exp(f.x) + 0; }, "exp(x)"},
    {"x + (-y)", [](formula& f) { return f.x + -f.y; }, "subtract(x, y)"},
    {"(-x) + y", [](formula& f) { return -f.x + f.y; }, "subtract(y, x)"},
    {"x - 0'", [](formula& f) { return f.x - absent(f); }, "x"},
    {"0' - x", [](formula& f) { return absent(f) - f.x; }, "negate(x)"},
    {"c - d", [](formula& f) { return f.number(2) - 3; }, "-1"},
    {"x - 0", [](formula& f) { return f.x - 0; }, "x"},
    {"x - (-y)", [](formula& f) { return f.x - -f.y; }, "add(x, y)"},
    {"-(0')", [](formula& f) { return -absent(f); }, "0"},
    {"-c", [](formula& f) { return -f.number(2); }, "-2"},
    {"-(-x)", [](formula& f) { return -negative(f.x); }, "x"},
    {"0' * x", [](formula& f) { return hadamard(absent(f), f.x); }, "broadcast(0)"},
    {"x * 0'", [](formula& f) { return hadamard(f.x, absent(f)); }, "broadcast(0)"},
    {"c * d", [](formula& f) { return hadamard(f.number(2), 3); }, "6"},
    {"1 * x", [](formula& f) { return hadamard(1, f.x); }, "x"},
    {"x * 1", [](formula& f) { return hadamard(f.x, filled(f.number(1), f.x.type())); }, "x"},
    {"-1 * x", [](formula& f) { return hadamard(-1, f.x); }, "negate(x)"},
    {"x * -1", [](formula& f) { return hadamard(f.x, -1); }, "negate(x)"},
    {"sqrt(x) * sqrt(x)", [](formula& f) { return hadamard(l2_norm(f.x), l2_norm(f.x)); }, "sum(square(x))"},
    {"x * x", [](formula& f) { return hadamard(f.x, f.x); }, "square(x)"},
    {"c * x", [](formula& f) { return hadamard(2, f.x); }, "multiply(x, 2)"},
    {"(x * c) * d", [](formula& f) { return hadamard(hadamard(f.x, 2), 3); }, "multiply(x, 6)"},
    {"square(0')", [](formula& f) { return square(absent(f)); }, "0"},
    {"square(c)", [](formula& f) { return square(f.number(3)); }, "9"},
    {"square(sqrt(x))", [](formula& f) { return square(l2_norm(f.x)); }, "sum(square(x))"},
    {"square(u v)", [](formula& f) { return square(common_factor(f)); }, "multiply(square(x), square(sum(X)))"},
    {"0' / x", [](formula& f) { return absent(f) / f.x; }, "broadcast(0)"},
    {"c / d", [](formula& f) { return f.number(6) / 3; }, "2"},
    {"x / 1", [](formula& f) { return f.x / 1; }, "x"},
    {"(x * c) / d", [](formula& f) { return hadamard(f.x, 3) / 4; }, "multiply(x, 0.75)"},
    {"f(c)", [](formula& f) { return apply<twice>(f, {}, f.number(2)); }, "4"},
    {"log(exp(x))", [](formula& f) { return apply_operation(ops::log{}, exp(f.x)); }, "x"},
    {"pow(sqrt(x), c)", [](formula& f) { return pow(l2_norm(f.x), 2); }, "sum(square(x))"},
    {"broadcast to the same shape",
     [](formula& f) { return apply<ops::broadcast_to>(f, ops::repetition{f.x.extents()}, f.x); }, "x"},
    {"broadcast of a broadcast",
     [](formula& f) { return filled(filled(f.x, shared_by_rows(3, 2)), shared_by_rows(4, 3, 2)); }, "broadcast(x)"},
    {"reshape to the same shape", [](formula& f) { return apply<ops::reshape>(f, ops::new_shape{f.x.extents()}, f.x); },
     "x"},
    {"reshape of a reshape",
     [](formula& f) { return reshaped(reshaped(f.x, hg::make_shape(2, 1)), hg::make_shape(1, 2)); }, "reshape(x)"},
    {"transpose to the same order",
     [](formula& f) { return apply<ops::transpose>(f, ops::axis_order{hg::make_shape(0, 1)}, f.A); }, "A"},
    {"after, of a number of the call", [](formula& f) { return apply_operation(ops::after{}, sum(f.x), f.y); },
     "sum(x)"},
    {"stop_gradient(x)", [](formula& f) { return apply_operation(ops::stop_gradient{}, f.x); }, "x"},
    {"sum over no axis",
     [](formula& f) {
         return apply<ops::sum>(f, ops::reduction_axes{0, 0}, f.x);
     },
     "x"},
    {"sum(x * c)", [](formula& f) { return sum(hadamard(f.x, 3)); }, "multiply(sum(x), 3)"},
    {"sum(u v)", [](formula& f) { return sum(common_factor(f)); }, "multiply(sum(x), sum(X))"},
    {"A (x * c)", [](formula& f) { return product(f, f.A, hadamard(f.x, 3)); }, "multiply(matmul(A, x), 3)"},
    {"transpose(A) B", [](formula& f) { return product(f, transpose(f.A), f.x); }, "matmul(A, x)"},
};

// All rules of an operation, or of those that have none of their own.
hg::rules_in_order rules_of(const hg::operation& op) {
    using namespace hg::simplify_rules;
    const int known = all_rules.find(op.id);
    return known < 0 ? are<of_foldable>.all : all_rules[known].all;
}
bool fits(const hg::simplifier& s, const hg::operand_pattern& p, int n) {
    const bool same = p.operation == 0 || (n >= 0 && s.at(n).op->id == p.operation);
    return same && (!p.asks || p.holds(s, n));
}
// What one rule makes of the formula, the operands staying as they are: nothing where it does not apply.
std::string made_by(const hg::rule& r, formula& f, hg::handle result) {
    hg::simplifier s(f.g.view(), true);
    hg::rewriter& graph = s.graph();
    for (int n = 0; n < f.g.nodes.size(); ++n) graph.map[n] = graph.copy(n);
    const hg::node& old = graph.from[result.index];
    graph.to.deriving = old.derived;
    const auto operand = [&](int i) { return i < old.operand_count ? graph.map[f.g.operand(result.index, i)] : -1; };
    const hg::formula candidate{old, result.index, operand(0), operand(1)};
    if (!fits(s, r.a, candidate.a) || !fits(s, r.b, candidate.b)) return {};
    const int made = r.make(s, candidate);
    return made < 0 ? std::string() : formula::written(graph.to.view(), made);
}

}

TEST_CASE("each rule by itself, and among all") {
    for (const rule_case& c : cases) {
        const std::string name(c.rule);
        CAPTURE(name);
        formula f;
        const hg::handle result = c.make(f);
        int found = 0;
        const hg::rules_in_order rules = rules_of(*result.at().op);
        for (const hg::rule* r = rules.first; r != rules.first + rules.count; ++r) {
            if (r->name != c.rule) continue;
            ++found;
            CHECK(made_by(*r, f, result) == c.result);
        }
        CHECK(found == 1);
        CHECK(f.simplified(result) == c.result);
    }
}
TEST_CASE("every rule has a case by its name, and no two have one name") {
    std::set<std::string> named, tested;
    for (const rule_case& c : cases) CHECK(tested.insert(std::string(c.rule)).second);
    std::set<const hg::rule*> seen; // two operations may have the same rules
    const auto add = [&](const hg::rules_in_order& rules) {
        for (const hg::rule* r = rules.first; r != rules.first + rules.count; ++r)
            if (seen.insert(r).second) CHECK(named.insert(std::string(r->name)).second);
    };
    for (const auto& of : hg::simplify_rules::by_operations) add(of.value.all);
    add(hg::simplify_rules::are<hg::simplify_rules::of_foldable>.all);
    CHECK(named == tested);
}
TEST_CASE("where no operand is a number, the rules that ask for one are left out, and only those") {
    for (const auto& of : hg::simplify_rules::by_operations) {
        int left = 0;
        const hg::rules_in_order all = of.value.all, without = of.value.without_numbers;
        for (int i = 0; i < all.count; ++i) {
            if (hg::simplify_rules::asks_for_number(all.first[i])) continue;
            REQUIRE(left < without.count);
            CHECK(without.first[left++].name == all.first[i].name);
        }
        CHECK(left == without.count);
    }
}
