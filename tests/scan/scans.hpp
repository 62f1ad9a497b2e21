// Models with scans, which several tests look at: a gated cell over the rows of a batch, the same without a batch axis,
// two states that are carried against each other, and how such a graph is evaluated by the interpreter and a program
// is held against it.
#pragma once

#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>
#include <hourglass/inspect/interpret.hpp>

#include <map>
#include <string>
#include <vector>

#include "autodiff/gradient_check.hpp"

namespace scans {

namespace hg = hourglass;
using gradient_check::numbers;
using gradient_check::precise;

// What a symbol means in the outer scan, where the inner one binds it too: Clang warns of u = u.
template <class Symbol> constexpr Symbol of_outer(const Symbol& symbol) { return symbol; }

inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::symbol<"gate"> gate;
inline constexpr hg::symbol<"fresh"> fresh;
inline constexpr hg::symbol<"scale"> scale;
inline constexpr hg::symbol<"hidden"> hidden;
inline constexpr hg::symbol<"gates"> gates;
inline constexpr hg::symbol<"before"> before;
inline constexpr hg::symbol<"code"> code;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::parameter<"start", 3> start{hg::uniform_between(1)};
inline constexpr hg::parameter<"w", 3> w{hg::uniform_between(1)};

// A minimal gated unit (Zhou et al. 2016, equations 11 to 13, without the reset of the state); `scale` is the same in
// all steps.
inline constexpr hg::graph cell{
    gate = sigmoid(hg::dense<3>(concatenate(u, h))),
    fresh = tanh(hg::dense<3>(scale * u) + exp(w) * h),
    next(h) = h + gate * (fresh - h),
};

namespace of_rows {

inline constexpr hg::input<"x", 4, 2> x;
inline constexpr auto run =
    hg::scan<"cell">(cell, hg::along(u = x), hg::carry(h = sin(start)), scale = 1.0 + mean(square(x)));
inline constexpr hg::graph model{
    hidden = run[next(h)],
    code = run[last(h)],
    gates = run[gate],
    before = run[h],
    loss = sum(square(hidden)) + sum(hadamard(code, w)) + sum(gates) + mean(exp(before)),
};

}

namespace backwards {

inline constexpr hg::argument<"x", 4, 2> x;
inline constexpr auto run =
    hg::scan<"cell">(cell, hg::backwards, hg::along(u = x), hg::carry(h = start), scale = 1.5, hg::keep_every<3>);
inline constexpr hg::graph model{
    hidden = run[next(h)],
    code = run[last(h)],
    loss = sum(square(hidden)) + sum(code) + sum(hadamard(hidden, run[gate])),
};

}

// Two states, of which each becomes what is made of the other; a number of the call in between; no sequence at all.
namespace two_states {

inline constexpr hg::input<"x"> x;
inline constexpr hg::scalar<"step"> step{0.2};
inline constexpr hg::graph turning{
    next(h) = h + step * c,
    next(c) = c - step * sin(next(h)) * scale,
};
inline constexpr auto run =
    hg::scan<"turn">(turning, hg::steps<6>, hg::carry(h = x, c = 0.0), scale = exp(sum(w)), hg::keep_every<4>);
inline constexpr hg::graph model{
    hidden = run[next(h)],
    code = run[last(c)],
    loss = sum(hidden * hidden * hidden) + code,
};

}

// States that hand each other on, one that does not move, and equations of the body that are the same in all steps.
namespace handed_on {

inline constexpr hg::argument<"x", 5> x;
inline constexpr hg::graph shifting{
    fresh = exp(scale) + u, gate = scale * scale, next(h) = c, next(c) = fresh * gate, next(before) = before,
};
inline constexpr auto run = hg::scan<"shift">(
    shifting, hg::along(u = x), hg::carry(h = sum(w), c = sum(start), before = 2 * sum(start)), scale = mean(w));
inline constexpr hg::graph model{
    hidden = run[h],
    gates = run[gate],
    code = run[last(h)] * run[last(before)],
    loss = sum(square(hidden)) + code * sum(gates) + sum(hadamard(run[u], run[fresh])) + sum(run[before]),
};

}

// h_i += phi (h_{i-1} - mu): the stochastic volatility of a series y, whose log density the loss is.
namespace volatility {

template <int N> inline constexpr hg::argument<"y", N> y;
inline constexpr hg::parameter<"phi"> phi{hg::constant(0.5)};
inline constexpr hg::parameter<"sigma"> sigma{hg::constant(0.3)};
inline constexpr hg::parameter<"mu"> mu{hg::constant(-1)};
template <int N> inline constexpr hg::parameter<"h_std", N> h_std{hg::normal_with(1)};
inline constexpr hg::symbol<"raw"> raw;
inline constexpr hg::symbol<"first"> first;
inline constexpr hg::symbol<"rest"> rest;
inline constexpr hg::symbol<"level"> level;

inline constexpr hg::graph reverting{next(h) = u + scale * (h - level)};
template <int N> inline constexpr hg::graph model{
    raw = sigma * h_std<N>,
    first = hg::slice<0, 1>(raw) / sqrt(1 - square(phi)) + mu,
    rest = hg::scan<"walk">(reverting, hg::along(u = hg::slice<1, N>(raw) + mu), hg::carry(h = hg::reshape<>(first)),
                            scale = phi, level = mu)[next(h)],
    hidden = concatenate(first, rest),
    loss = 0.5 * sum(square(y<N>) * exp(-hidden) + hidden + square(h_std<N>)) + log(1 + square(sigma / 5)) +
           log(1 + square(mu / 10)),
};

}

// No state at all: a layer over the steps, and of it what only the parameters lead to.
namespace without_states {

inline constexpr hg::input<"x", 4, 2> x;
inline constexpr hg::graph layer{gate = tanh(hg::dense<3>(u)), fresh = exp(scale)};
inline constexpr auto run = hg::scan<"layer">(layer, hg::along(u = x), scale = start);
inline constexpr hg::graph model{
    gates = run[gate],
    loss = sum(square(gates)) + sum(hadamard(run[fresh], gates)),
};

}

// Each row sees the mean of all.
namespace mixing {

inline constexpr hg::input<"x", 3, 2> x;
inline constexpr hg::graph attracted{
    gate = tanh(hg::dense<2>(u)),
    next(h) = 0.7 * h + 0.05 * batch_sum(h * h) + gate,
};
inline constexpr hg::graph model{
    hidden = hg::scan<"herd">(attracted, hg::along(u = x), hg::carry(h = hg::broadcast_to<2>(0.5)))[next(h)],
    loss = sum(square(hidden)),
};

}

// What is trained on is made of derivatives through a scan.
namespace penalised {

inline constexpr hg::input<"x", 4, 2> x;
inline constexpr auto run =
    hg::scan<"cell">(cell, hg::along(u = x), hg::carry(h = sin(start)), scale = 0.5, hg::keep_every<2>);
inline constexpr hg::graph model{
    code = run[last(h)],
    gates = sum(square(code)),
    hidden = grad(gates, x),
    before = jvp(code, x, hidden),
    loss = sum(square(hidden)) + sum(before),
};

}

// And on a Jacobian and a Hessian, whose scans carry all directions at once.
namespace contracted {

inline constexpr hg::input<"x", 4, 2> x;
inline constexpr hg::symbol<"curvature"> curvature;
inline constexpr auto run = hg::scan<"cell">(cell, hg::along(u = x), hg::carry(h = sin(start)), scale = 0.5);
inline constexpr hg::graph model{
    code = run[last(h)],
    before = jacobian(code, x),
    gates = sum(square(code)),
    curvature = hessian(gates, start),
    loss = sum(square(before)) + sum(square(curvature)),
};

}

// Scans within a scan: in each step the state settles in three steps of another one, of which all gates are kept.
namespace settling {

inline constexpr hg::input<"x", 4, 2> x;
inline constexpr hg::graph inner{gate = sigmoid(scale * c), next(c) = c + 0.4 * (fresh - gate * c)};
inline constexpr auto settle = hg::scan<"settle">(inner, hg::steps<3>, hg::carry(c = h), fresh = scans::of_outer(fresh),
                                                  scale = scans::of_outer(scale));
inline constexpr hg::graph outer{
    fresh = tanh(hg::dense<3>(u) + exp(w) * h),
    before = settle[gate],
    next(h) = settle[last(c)] + 0.1 * mean(before),
};
inline constexpr auto run = hg::scan<"cell">(outer, hg::along(u = x), hg::carry(h = sin(start)), scale = 1.5);
inline constexpr hg::graph model{
    hidden = run[next(h)],
    code = run[last(h)],
    gates = run[before],
    loss = sum(square(hidden)) + sum(hadamard(code, w)) + mean(exp(gates)),
};

}

// A recurrence in two directions: y(i, j) = tanh(a y(i, j - 1) + b y(i - 1, j) + x(i, j)). The outer scan goes from row
// to row and carries one, the inner one goes along it. Few states of either are kept.
namespace grid {

inline constexpr hg::argument<"x", 3, 5> x;
inline constexpr hg::parameter<"a"> a{hg::constant(0.6)};
inline constexpr hg::parameter<"b"> b{hg::constant(-0.4)};
inline constexpr hg::symbol<"above"> above;
inline constexpr hg::symbol<"from_left"> from_left;
inline constexpr hg::symbol<"from_above"> from_above;
inline constexpr hg::graph line{next(c) = tanh(from_left * c + from_above * above + u)};
template <int Kept> inline constexpr hg::graph rows{
    next(h) = hg::scan<"line">(line, hg::along(u = scans::of_outer(u), above = h), hg::carry(c = 0.0),
                               from_left = scans::of_outer(from_left), from_above = scans::of_outer(from_above),
                               hg::keep_every<Kept>)[next(c)],
};
template <int Kept, int KeptOfLine> inline constexpr hg::graph keeping{
    hidden = hg::scan<"rows">(rows<KeptOfLine>, hg::along(u = x), hg::carry(h = hg::broadcast_to<5>(0)), from_left = a,
                              from_above = b, hg::keep_every<Kept>)[next(h)],
    loss = sum(square(hidden)),
};
inline constexpr auto& model = keeping<0, 0>;
inline constexpr auto& sparing = keeping<2, 3>;

}

// Rows of a batch act on one another in the innermost of three.
namespace three_deep {

inline constexpr hg::input<"x", 3, 2> x;
inline constexpr hg::graph innermost{next(c) = 0.5 * c + 0.03 * batch_sum(c * c) + sin(fresh)};
inline constexpr hg::graph middle{
    fresh = u * scale,
    next(gate) = 0.3 * gate + hg::scan<"innermost">(innermost, hg::backwards, hg::steps<2>, hg::carry(c = gate),
                                                    fresh = of_outer(fresh))[last(c)],
};
inline constexpr hg::graph outer{
    before = hg::scan<"middle">(middle, hg::along(u = hg::concatenate(hg::reshape<1, 2>(u), hg::reshape<1, 2>(h))),
                                hg::carry(gate = h), scale = of_outer(scale))[next(gate)],
    next(h) = sum(before, hg::axes<0>) * 0.4,
};
inline constexpr hg::graph model{
    hidden =
        hg::scan<"outer">(outer, hg::along(u = x), hg::carry(h = hg::broadcast_to<2>(0.5)), scale = mean(w))[next(h)],
    loss = sum(square(hidden)),
};

}

// Values by the interpreter, of a program's graph, by name.
template <class T>
hg::interpretation<T> evaluated(const hg::graph_view& g, const std::map<std::string, numbers>& given, long rows) {
    hg::interpretation<T> run(g, gradient_check::rules<T>(), rows);
    for (int n = 0; n < g.nodes.size; ++n) {
        if (g[n].name < 0 || g[n].operand_count > 0) continue;
        const auto found = given.find(std::string(g.name(g[n].name)));
        if (found != given.end()) run.feed(n, gradient_check::converted<T>(found->second));
    }
    run.run();
    return run;
}

template <class Program, int Root> constexpr auto name_of_root() {
    constexpr hg::graph_view g = Program::compiled_graph::specified::view();
    constexpr int name = g.roots[Root].name;
    constexpr std::size_t length = g.name(name).size();
    char characters[length + 1]{};
    for (std::size_t i = 0; i < length; ++i) characters[i] = g.name(name)[i];
    return hg::fixed_string<length + 1>(characters);
}

// A gradient by all that the loss reads, against the interpreter on the graph from before the passes.
template <const auto& Model, class T, class... Bindings>
void check_gradient(double tolerance_, const Bindings&... bindings) {
    using slope = hg::gradient<Model, loss, hg::element<T>, hg::max_rows<8>>;
    const hg::parameters<Model, hg::element<T>> theta{hg::seed = 3};
    slope program{hg::threads = 1};
    const auto out = program(theta, bindings...);
    hg::program_interpreter<slope> look{theta};
    look(bindings...);
    CHECK(static_cast<double>(out[loss]) == doctest::Approx(look.result(loss)()).epsilon(tolerance_));
    constexpr hg::graph_view g = slope::compiled_graph::specified::view();
    const auto check = [&]<int R>() {
        constexpr hg::graph_root root = g.roots[R];
        if constexpr (root.kind == hg::root_kind::gradient) {
            constexpr auto name = name_of_root<slope, R>();
            const auto got = out.gradient(hg::name<name>);
            const auto wanted = look.gradient(hg::name<name>);
            if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(got)>>)
                CHECK(static_cast<double>(got) == doctest::Approx(wanted()).epsilon(tolerance_));
            else
                gradient_check::check_all(std::string(name.view()), numbers(got.begin(), got.end()),
                                          numbers(wanted.begin(), wanted.end()), tolerance_);
        }
    };
    [&]<int... R>(std::integer_sequence<int, R...>) { (check.template operator()<R>(), ...); }
    (std::make_integer_sequence<int, g.roots.size>{});
}

template <class T> std::vector<T> data(std::size_t count) {
    return gradient_check::converted<T>(gradient_check::spread(count, -1, 1, 0.1));
}

}
