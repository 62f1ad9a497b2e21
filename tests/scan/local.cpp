// Scans whose steps are a few elementwise operations, and whose values are therefore local variables of one loop: they
// give what the interpreter gives, in every order of derivatives, and that they are run so is held by assertions.
// Bodies that are not run so are in scan/programs.cpp. Of models that are alike each compiler has half.
#include "scan/scans.hpp"

using namespace scans;

namespace {

// How many of a program's scans are run so, and how many there are.
struct scan_count {
    int local = 0, all = 0;
    friend constexpr bool operator==(const scan_count&, const scan_count&) = default;
};
template <class Program, class T = double> constexpr scan_count count_of() {
    using graph = typename Program::compiled_graph;
    return []<int... K>(std::integer_sequence<int, K...>) {
        return scan_count{(0 + ... + hg::local_lane<typename graph::template step<K>, T>::possible), graph::scans};
    }
    (std::make_integer_sequence<int, graph::scans>{});
}
template <const auto& Model, class T = double> constexpr scan_count count_in_gradient() {
    return count_of<hg::gradient<Model, loss, hg::element<T>, hg::max_rows<8>>, T>();
}

}

// A pendulum with friction: two numbers that are carried against each other, with a number of the call.
namespace pendulum {

inline constexpr hg::argument<"x", 7> x;
inline constexpr hg::scalar<"step"> step{0.2};
inline constexpr hg::graph swinging{
    next(h) = h + step * c,
    next(c) = c - step * (sin(next(h)) + scale * c) + u,
};
template <class... Options> constexpr auto run_with(const Options&... options) {
    return hg::scan<"swing">(swinging, hg::along(u = x), hg::carry(h = sum(start), c = 0.5), scale = exp(sum(w)),
                             options...);
}
inline constexpr auto run = run_with();
inline constexpr auto turned = run_with(hg::backwards);
inline constexpr auto sparing = run_with(hg::keep_every<3>);
inline constexpr auto sparing_turned = run_with(hg::backwards, hg::keep_every<4>);
inline constexpr hg::graph model{hidden = run[next(h)], loss = sum(square(hidden)) + run[last(c)] + sum(run[u])};
inline constexpr hg::graph from_the_end{hidden = turned[next(h)], loss = sum(square(hidden)) + turned[last(c)]};
inline constexpr hg::graph kept{hidden = sparing[next(h)], loss = sum(square(hidden)) + sparing[last(c)]};
inline constexpr hg::graph kept_from_the_end{
    hidden = sparing_turned[next(h)],
    loss = sum(square(hidden)) + sparing_turned[last(c)],
};
// What is trained on is the gradient of the gradient's square, and a tangent.
inline constexpr hg::graph second{
    code = sum(square(run[next(h)])) + run[last(c)],
    hidden = grad(code, x),
    gates = jvp(code, x, hidden),
    loss = sum(square(hidden)) + gates,
};

}

// Three numbers in each state, and the sum over them, so that a step has several groups; a state that only moves on.
namespace vectors {

inline constexpr hg::argument<"x", 5, 3> x;
inline constexpr hg::graph leaking{
    gate = sigmoid(sum(hadamard(u, h)) + scale),
    fresh = tanh(u + hadamard(w, h)),
    next(h) = h + gate * (fresh - h),
    next(c) = h + 0.5 * c,
    next(before) = c,
};
inline constexpr auto run = hg::scan<"leak">(
    leaking, hg::along(u = x), hg::carry(h = start, c = hg::broadcast_to<3>(1), before = 2.0 * start), scale = mean(w));
inline constexpr hg::graph model{
    hidden = run[next(h)],
    gates = run[gate],
    loss = sum(square(hidden)) + sum(gates) + sum(hadamard(run[last(before)], w)) + sum(square(run[before])),
};

}

// As above, in which each row has its own state: not run so.
namespace of_each_row {

inline constexpr hg::input<"x", 7> x;
inline constexpr hg::graph model{
    hidden = hg::scan<"swing">(pendulum::swinging, hg::along(u = x), hg::carry(h = sum(start), c = 0.5),
                               scale = exp(sum(w)))[next(h)],
    loss = sum(square(hidden)),
};

}

TEST_CASE("stochastic volatility") {
    static_assert(count_in_gradient<volatility::model<6>>() == scan_count{2, 2});
    static_assert(count_in_gradient<volatility::model<6>, float>() == scan_count{2, 2});
#ifdef __clang__
    check_gradient<volatility::model<200>, double>(1e-11, volatility::y<200> = data<double>(200));
    check_gradient<volatility::model<6>, float>(1e-4, volatility::y<6> = data<float>(6));
#else
    check_gradient<volatility::model<6>, double>(1e-11, volatility::y<6> = data<double>(6));
#endif
}
TEST_CASE("two numbers against each other, in both directions") {
    static_assert(count_in_gradient<pendulum::model>() == scan_count{2, 2});
    static_assert(count_in_gradient<pendulum::from_the_end>() == scan_count{2, 2});
#ifdef __clang__
    check_gradient<pendulum::from_the_end, double>(1e-11, pendulum::x = data<double>(7));
#else
    check_gradient<pendulum::model, double>(1e-11, pendulum::x = data<double>(7));
    check_gradient<pendulum::model, double>(1e-11, pendulum::x = data<double>(7), pendulum::step = 0.3);
#endif
}
TEST_CASE("of whose states few are kept") {
    static_assert(count_in_gradient<pendulum::kept>() == scan_count{2, 2});
    using graph = hg::gradient<pendulum::kept, loss>::compiled_graph;
    static_assert(graph::step<1>::plan.again == 0 && graph::step<1>::plan.every == 3);
#ifdef __clang__
    check_gradient<pendulum::kept_from_the_end, double>(1e-11, pendulum::x = data<double>(7));
#else
    check_gradient<pendulum::kept, double>(1e-11, pendulum::x = data<double>(7));
#endif
}
TEST_CASE("derivatives of derivatives") {
    static_assert(count_in_gradient<pendulum::second>().local == count_in_gradient<pendulum::second>().all);
    static_assert(count_in_gradient<pendulum::second>().all > 4);
    check_gradient<pendulum::second, double>(1e-10, pendulum::x = data<double>(7));
}
TEST_CASE("vectors of three, with sums over them") {
    static_assert(count_in_gradient<vectors::model>() == scan_count{2, 2});
#ifdef __clang__
    check_gradient<vectors::model, float>(2e-4, vectors::x = data<float>(15));
#else
    check_gradient<vectors::model, double>(1e-11, vectors::x = data<double>(15));
#endif
}
TEST_CASE("states that are handed on, and what does not depend on the step") {
    static_assert(count_in_gradient<handed_on::model>() == scan_count{2, 2});
    check_gradient<handed_on::model, double>(1e-11, handed_on::x = data<double>(5));
}
TEST_CASE("what has rows, or products, has memory of its own") {
    static_assert(count_in_gradient<of_each_row::model>() == scan_count{0, 2});
    static_assert(count_in_gradient<scans::backwards::model>() == scan_count{0, 2});
    check_gradient<of_each_row::model, double>(1e-11, of_each_row::x = data<double>(5 * 7));
}
TEST_CASE("the bits do not depend on the number of threads") {
    const numbers x = data<double>(7);
    const hg::parameters<pendulum::kept, hg::element<double>> theta{hg::seed = 3};
    using slope = hg::gradient<pendulum::kept, loss, hg::element<double>>;
    slope alone{hg::threads = 1};
    const auto wanted = alone(theta, pendulum::x = x);
    for (const int threads : {2, 3}) {
        slope together{hg::threads = hg::pinned(threads)};
        const auto got = together(theta, pendulum::x = x);
        CHECK(got[loss] == wanted[loss]);
        CHECK(std::ranges::equal(got.gradient(w), wanted.gradient(w)));
        CHECK(std::ranges::equal(got.gradient(start), wanted.gradient(start)));
    }
}
