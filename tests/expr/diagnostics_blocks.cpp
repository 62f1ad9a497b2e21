// What is said of blocks with a mistake, of a prefix that stands for two of them, and of equations in the wrong order,
// through the same functions at run time as in expr/diagnostics.cpp.
#include <string>

#include <doctest/doctest.h>

#include "compile_fail/ten_equations.hpp"
#include "expr/said.hpp"

namespace {

// A composite operation with an option, of which nobody can say whether it is the same.
struct scaled {
    double factor;
    constexpr auto build(auto x) const { return hadamard(x, factor); }
};

}

using namespace model;

TEST_CASE("blocks") {
    static constexpr hg::symbol<"in"> in;
    static constexpr hg::symbol<"gain"> gain;
    static constexpr hg::symbol<"out"> out;
    static constexpr hg::symbol<"a_sum"> a_sum;
    static constexpr hg::graph residual{out = in + gain * tanh(dense<8>(in))};
    SUBCASE("block symbol unbound") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h)[out]}) ==
              "in equation 'b1.out': the symbol 'b1.gain' is unknown: no equation defines it, and nothing is bound "
              "to it");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta)[out]}) == "");
    }
    SUBCASE("block result unknown") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta)[mu]}) ==
              "in equation 'extra': the block 'b1' has no symbol 'mu' to give: no equation of it has this name");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta)[out]}) == "");
    }
    SUBCASE("block formal unknown") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta, mu = h)[out]}) ==
              "in equation 'extra': 'mu' is bound in use<\"b1\">(...), but no equation of the block uses it");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta)[out]}) == "");
    }
    SUBCASE("block formal twice, and what is no formal") {
        CHECK(said(hg::graph{extra = hg::use<"b1">(residual, in = x, gain = beta, in = 2 * x)[out]}) ==
              "in equation 'extra': 'in' is bound twice in use<\"b1\">(...)");
        static constexpr hg::graph scaled{out = in * beta};
        CHECK(said(hg::graph{extra = hg::use<"b1">(scaled, in = x, beta = 3 * beta)[out]}) ==
              "in equation 'extra': 'beta', a run-time scalar, is bound in use<\"b1\">(...), but only a symbol of the "
              "block takes what is passed to it");
        CHECK(said(hg::graph{extra = hg::use<"b1">(scaled, in = x)[out]}) == "");
    }
    SUBCASE("a block does not see the equations around it") {
        CHECK(said(hg::graph{gain = 2 * x, extra = hg::use<"b1">(residual, in = x)[out]}) ==
              "in equation 'b1.out': the symbol 'b1.gain' is unknown: no equation defines it, and nothing is bound to "
              "it; the block does not see the equation 'gain' outside of it unless it is passed: "
              "use<...>(..., gain = gain)");
        static constexpr hg::symbol<"late"> late;
        static constexpr hg::graph early{out = in + late, late = 2 * in};
        const std::string too_early =
            "in equation 'b1.out': 'b1.late' is used before its equation: move the equation of 'late' above this one";
        CHECK(said(hg::graph{late = 2 * x, extra = hg::use<"b1">(early, in = x)[out]}) == too_early);
        // Not even what is a leaf outside takes the place of the block's own.
        static constexpr hg::argument<"late", 12> outside;
        CHECK(said(hg::graph{a_sum = sum(outside), extra = hg::use<"b1">(early, in = x)[out]}) == too_early);
        // What is passed to the block around it is not seen in the inner one either.
        static constexpr hg::graph around{out = hg::use<"inner">(residual, in = 2 * gain)[out]};
        CHECK(said(hg::graph{extra = hg::use<"outer">(around, gain = x)[out]})
                  .starts_with("in equation 'outer.inner.out': the symbol 'outer.inner.gain' is unknown"));
    }
    SUBCASE("a block sees what is the whole model's: leaves, by their full names") {
        static constexpr hg::graph tied{out = transpose(hg::name<"h.weight">) * tanh(hg::name<"h.weight"> * in) +
                                              hg::name<"x"> * hg::name<"beta">};
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::use<"b1">(tied, in = x)[out]}) == "");
    }
}

TEST_CASE("a prefix belongs to one use of one block") {
    static constexpr hg::symbol<"in"> in;
    static constexpr hg::symbol<"out"> out;
    static constexpr hg::symbol<"a"> a;
    static constexpr hg::symbol<"b"> b;
    static constexpr hg::graph twofold{out = in * 2.0};
    static constexpr auto both = [](auto first, auto second) { return said(hg::graph{a = first, b = second}); };
    static constexpr auto use = [](const auto& block, const auto& actual) {
        return hg::use<"p">(block, in = actual)[out];
    };
    static const std::string differ = "in equation 'b': the prefix 'p' is used twice, for blocks that differ in their "
                                      "equations or in what is passed to them: give one of them another prefix";
    SUBCASE("the same use, written twice") {
        CHECK(both(use(twofold, x), use(twofold, x)) == "");
        CHECK(both(use(twofold, dense<3>(tanh(x * 2.0))), use(twofold, dense<3>(tanh(x * 2.0)))) == "");
        const auto layer = hg::graph{out = dense<3>(in, hg::he_normal) + matmul(hg::parameter<"W", 3, 12>{}, in)};
        CHECK(both(use(layer, x), use(layer, x)) == "");
    }
    SUBCASE("another operation, number, option or first value in the block") {
        CHECK(both(use(twofold, x), use(hg::graph{out = in * 5.0}, x)) == differ);
        CHECK(both(use(twofold, x), use(hg::graph{out = in + 2.0}, x)) == differ);
        CHECK(both(use(twofold, x), use(hg::graph{out = in * 2.0, a = in}, x)) == differ);
        CHECK(both(use(hg::graph{out = dense<3>(in)}, x), use(hg::graph{out = dense<4>(in)}, x)) == differ);
        CHECK(both(use(hg::graph{out = dense<3>(in)}, x), use(hg::graph{out = dense<3>(in, hg::he_normal)}, x)) ==
              differ);
        CHECK(both(use(hg::graph{out = slice<0, 4>(in)}, x), use(hg::graph{out = slice<1, 5>(in)}, x)) == differ);
        CHECK(both(use(hg::graph{out = sum(in, hg::axes<0>)}, x), use(hg::graph{out = sum(in)}, x)) == differ);
        using gain = hg::parameter<"gain">;
        CHECK(both(use(hg::graph{out = in * gain(hg::ones)}, x), use(hg::graph{out = in * gain(hg::zeros)}, x)) ==
              differ);
        static constexpr hg::state<"m", 12> m{0.0}, n{1.0};
        CHECK(both(use(hg::graph{next(m) = 2 * m, out = in}, x), use(hg::graph{next(n) = 2 * m, out = in}, x)) ==
              differ);
    }
    SUBCASE("something else passed") {
        CHECK(both(use(twofold, x), use(twofold, a)) == differ);
        CHECK(both(use(twofold, x * 2.0), use(twofold, x * 3.0)) == differ);
        CHECK(both(use(twofold, x * 0.0), use(twofold, x * -0.0)) == differ);
        CHECK(both(use(twofold, exp(x)), use(twofold, -x)) == differ);
    }
    SUBCASE("a block in a block") {
        const auto around = [](double number) { return hg::graph{out = hg::use<"q">(twofold, in = in * number)[out]}; };
        CHECK(both(use(around(3), x), use(around(3), x)) == "");
        CHECK(both(use(around(3), x), use(around(4), x)) == differ);
        // the same prefix in two places
        CHECK(both(hg::use<"p">(around(3), in = x)[out], hg::use<"q">(twofold, in = x)[out]) == "");
    }
    SUBCASE("an operation that cannot be compared") {
        const auto times = [](double factor) { return hg::apply_operation(scaled{factor}, x); };
        CHECK(both(use(twofold, times(2)), use(twofold, times(2))) ==
              "in equation 'b': the prefix 'p' is used twice, and whether both are one block cannot be told, since an "
              "operation in them has members and no operator==: give one of them another prefix");
    }
}

TEST_CASE("the order of equations") {
    static constexpr hg::symbol<"a"> a;
    static constexpr hg::symbol<"b"> b;
    static constexpr hg::symbol<"c"> c;
    static constexpr hg::symbol<"d"> d;
    SUBCASE("too late") {
        CHECK(said(hg::graph{a = tanh(b), b = tanh(x)}) ==
              "in equation 'a': 'b' is used before its equation: move the equation of 'b' above this one");
    }
    SUBCASE("two in a cycle") {
        CHECK(said(hg::graph{a = tanh(b), b = tanh(a)}) ==
              "in equation 'a': the equations form a cycle: 'a' needs 'b', which needs 'a'");
    }
    SUBCASE("the equations on the way, and no others") {
        CHECK(said(hg::graph{d = tanh(x), a = tanh(b), b = d + c, c = d + a}) ==
              "in equation 'a': the equations form a cycle: 'a' needs 'b', which needs 'c', which needs 'a'");
    }
    SUBCASE("a cycle further down is told once its own equations are reached") {
        CHECK(said(hg::graph{a = tanh(b), b = tanh(c), c = tanh(b)}) ==
              "in equation 'a': 'b' is used before its equation: move the equation of 'b' above this one");
        CHECK(said(hg::graph{b = tanh(c), c = tanh(b), a = tanh(b)}) ==
              "in equation 'b': the equations form a cycle: 'b' needs 'c', which needs 'b'");
    }
    SUBCASE("within a block") {
        static constexpr hg::graph block{a = tanh(b), b = tanh(a)};
        CHECK(said(hg::graph{c = hg::use<"inner">(block)[a]}) ==
              "in equation 'inner.a': the equations form a cycle: 'a' needs 'b', which needs 'a'");
    }
}
