// What is said of a scan with a mistake, through the same functions at run time as in expr/diagnostics.cpp.
#include <string>

#include <doctest/doctest.h>

#include "compile_fail/ten_equations.hpp"
#include "expr/said.hpp"

namespace model {

// What a symbol means in the outer scan, where the inner one binds it too: Clang warns of u = u.
template <class Symbol> constexpr Symbol of_outer(const Symbol& symbol) { return symbol; }

inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"s"> s;
inline constexpr hg::symbol<"t"> t;
inline constexpr hg::symbol<"gate"> gate;
inline constexpr hg::state<"running", 2> running;
inline constexpr auto series = hg::reshape<4, 3>(x);
inline constexpr auto start = hg::broadcast_to<2>(0);

inline constexpr hg::graph cell{gate = sigmoid(hg::dense<2>(concatenate(u, s))), next(s) = gate * s};
inline constexpr hg::graph with_scan{
    h = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start))[next(s)],
    mu = sum(h),
};

}

using namespace model;

TEST_CASE("a state keeps its shape and has a next value") {
    static constexpr hg::graph wider{next(s) = concatenate(u, s)};
    CHECK(said(hg::graph{extra = hg::scan<"run">(wider, hg::along(u = series), hg::carry(s = start))[next(s)]}) ==
          "in equation 'run.s': next of 'run.s' has the shape [5], but 'run.s' starts with the shape [2]: what is "
          "carried keeps its shape");
    static constexpr hg::graph forgetful{gate = s + sum(u)};
    CHECK(said(hg::graph{extra = hg::scan<"run">(forgetful, hg::along(u = series), hg::carry(s = start))[gate]}) ==
          "in equation 'extra': the scan 'run' carries 'run.s', but its body has no equation next(...) = ... for it");
    static constexpr hg::graph twice{next(s) = 2 * s, next(s) = s + u};
    CHECK(said(hg::graph{extra = hg::scan<"run">(twice, hg::along(u = series), hg::carry(s = 0))[next(s)]}) ==
          "in equation 'run.s': next of 'run.s' is given twice");
    CHECK(said(hg::graph{with_scan}) == "");
}

TEST_CASE("the sequences of a scan have the same number of steps") {
    static constexpr hg::graph two{next(s) = s + sum(u) * sum(t)};
    const auto run = [](auto... a) { return said(hg::graph{extra = hg::scan<"run">(two, a...)[next(s)]}); };
    CHECK(
        run(hg::along(u = series, t = hg::reshape<3, 4>(x)), hg::carry(s = 0)) ==
        "in equation 'extra': the sequence for 'run.t' has the shape [3, 4], so 3 steps, but the scan 'run' has 4, as "
        "'run.u' says");
    CHECK(run(hg::steps<5>, hg::along(u = series), hg::carry(s = 0), t = series) ==
          "in equation 'extra': the sequence for 'run.u' has the shape [4, 3], so 4 steps, but the scan 'run' has 5 by "
          "hg::steps");
    CHECK(run(hg::along(u = sum(x)), hg::carry(s = 0), t = series) ==
          "in equation 'extra': 'run.u' is to run along a sequence, but what is given has no axis: the steps are the "
          "first axis");
    CHECK(
        run(hg::carry(s = 0), u = series, t = series) ==
        "in equation 'extra': the scan 'run' does not say how many steps it has: give it a sequence, along(u = x), or "
        "hg::steps<n>");
    CHECK(run(hg::along(u = series), hg::carry(s = 0), t = series) == "");
}

TEST_CASE("results taken from a scan exist") {
    const auto run = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start));
    CHECK(
        said(hg::graph{extra = run[mu]}) ==
        "in equation 'extra': the body of the scan 'run' has no symbol 'mu' to give: no equation of it has this name, "
        "and nothing is passed by it");
    CHECK(said(hg::graph{extra = run[last(gate)]}) ==
          "in equation 'extra': 'gate' is no state that the scan carries: only these have a last value");
    CHECK(said(hg::graph{extra = run[last(s)], h = tanh(hg::name<"run.gate">)}) ==
          "in equation 'h': 'run.gate' lies in the body of a scan, where it has a value for each step: take it of the "
          "scan, scan<...>(...)[symbol]");
    CHECK(said(hg::graph{extra = run[last(s)], h = run[gate],
                         mu = hg::scan<"run">(cell, hg::along(u = 2 * series), hg::carry(s = start))[gate]}) ==
          "in equation 'mu': the prefix 'run' is used twice, for blocks that differ in their equations or in what is "
          "passed to them: give one of them another prefix");
    CHECK(said(hg::graph{extra = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start), mu = x)[gate]}) ==
          "in equation 'extra': 'mu' is bound in scan<\"run\">(...), but no equation of the block uses it");
    CHECK(said(hg::graph{extra = run[last(s)], h = run[gate] + run[next(s)]}) == "");
}

TEST_CASE("things that a scan's body cannot contain") {
    const auto run = [](const auto& body) {
        return said(hg::graph{extra = hg::scan<"run">(body, hg::along(u = series), hg::carry(s = start))[next(s)]});
    };
    SUBCASE("noise") {
        static constexpr hg::graph noisy{next(s) = s + sum(u) + hg::normal_noise_like(s)};
        CHECK(
            run(noisy) ==
            "in equation 'run.s': noise is drawn in the body of a scan, where it would be the same in all steps: draw "
            "it outside, for all steps at once, as in eps = normal_noise<T, n>(), and pass it along(...)");
    }
    SUBCASE("a symbol of a scan within it, and the next value of what the outer scan carries") {
        static constexpr auto in = hg::scan<"in">(cell, hg::steps<2>, hg::carry(s = -s), u = -u);
        static constexpr hg::graph nested{gate = in[last(s)], next(s) = gate};
        CHECK(run(nested) == "");
        static constexpr hg::graph reading{gate = in[last(s)], next(s) = gate + hg::name<"in.gate">};
        CHECK(
            run(reading) ==
            "in equation 'run.s': 'in.gate' lies in the body of a scan, where it has a value for each step: take it of "
            "the scan, scan<...>(...)[symbol]");
        static constexpr hg::graph inner{next(t) = s, next(s) = t};
        static constexpr hg::graph writing{
            next(s) = hg::scan<"in">(inner, hg::steps<2>, hg::carry(t = sum(u) - s), s = of_outer(s))[last(t)]};
        CHECK(run(writing) ==
              "in equation 'run.in.s': next of 's', which is a symbol: the body of a scan writes only what the scan "
              "carries; an hg::state is written outside of it");
    }
    SUBCASE("a training step's state") {
        static constexpr hg::graph writing{next(running) = 0.9 * running, next(s) = s + sum(u)};
        CHECK(run(writing) ==
              "in equation 'run.running': next of 'running', which is a state: the body of a scan writes only what the "
              "scan carries; an hg::state is written outside of it");
    }
}

TEST_CASE("programs can neither cut a body nor request a value inside it") {
    constexpr std::string_view where =
        "names 'run.gate', which lies in the body of a scan, where it has a value for each "
        "step: give what is taken of the scan, scan<...>(...)[symbol], a name";
    const auto problem = []<class... Options>(hg::option_set<Options...>) {
        using spec = hg::program_spec<with_scan, hg::program_kind::function, hg::no_loss{}, Options...>;
        return std::string(hg::specify<spec>().problem.view());
    };
    CHECK(problem(hg::option_set<hg::to<hg::name<"run.gate">>>{}) == "hg::to<...> " + std::string(where));
    CHECK(problem(hg::option_set<hg::from<hg::name<"run.gate">>, hg::to<mu>>{}) ==
          "hg::from<...> " + std::string(where));
    CHECK(problem(hg::option_set<hg::to<mu>>{}) == "");
}

TEST_CASE(
    "a pattern is not followed through a scan; a row's own derivative does not go through a body that mixes them") {
    CHECK(said(hg::graph{extra = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start))[last(s)],
                         h = sparse_jacobian(extra, x)}) ==
          "in equation 'h': the pattern of a derivative is not followed through a scan: take jacobian or hessian, or a "
          "product with a vector, by jvp, vjp or hessian_vector_product");
    static constexpr hg::graph mixing{next(s) = s + batch_mean(s) + sum(u)};
    CHECK(
        said(hg::graph{extra = hg::scan<"run">(mixing, hg::along(u = series), hg::carry(s = 0))[last(s)],
                       h = grad(extra, x)}) ==
        "in equation 'h': 'grad' of 'extra' and 'x': the first has a value for each example, on which the second acts "
        "through other examples too: differentiate batch_sum(...) of it, or keep what is taken over the batch constant "
        "with stop_gradient(...)");
}
