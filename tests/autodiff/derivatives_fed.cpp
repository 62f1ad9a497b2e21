// Derivatives in equations of programs that are fed symbols: what is fed cuts a derivative as it cuts a value, whatever
// the operation. What is differentiated with respect to a symbol holds it apart in the same way. And names that stand
// for values of their own in graphs that are simplified before they are cut. That compilers print the sentences is held
// by tests/compile_fail.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;

template <const auto& Graph, class... Options> std::string said() {
    using spec = hg::program_spec<Graph, hg::program_kind::function, hg::no_loss{}, Options...>;
    return std::string(spec::select().problem.view());
}
std::string cut(const std::string& of, const std::string& equation, const std::string& fed) {
    return "the derivative with respect to '" + of + "' in the equation '" + equation + "' goes through '" + fed +
           "', which hg::from<...> feeds and so cuts from it: differentiate with respect to '" + fed +
           "', or feed what it is made of";
}
template <const auto& Graph, auto Loss, class... Options> std::string said_of_gradient() {
    using spec = hg::program_spec<Graph, hg::program_kind::gradient, Loss, Options...>;
    return std::string(spec::select().problem.view());
}
std::string apart(const std::string& of, const std::string& equation, const std::string& target) {
    return "the derivative with respect to '" + of + "' in the equation '" + equation + "' goes through '" + target +
           "' and so is no function of it, but the loss is made of it, and hg::wrt<...> names '" + target +
           "': differentiate with respect to what '" + target +
           "' is made of, or keep that derivative constant with stop_gradient(...)";
}
std::string apart_in(const std::string& equation) {
    return "in equation '" + equation +
           "': 'grad' of an expression and 's': the first is made of the derivative with respect to 'x' in the "
           "equation "
           "'d', which goes through the second and so is no function of it: differentiate with respect to what the "
           "second is made of, or keep that derivative constant with stop_gradient(...)";
}
doctest::Approx near(double x) { return doctest::Approx(x).epsilon(1e-12); }

}

namespace fed {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::input<"v", 3> v;
inline constexpr hg::parameter<"w", 3> w{hg::ones};
inline constexpr hg::symbol<"side"> side;
inline constexpr hg::symbol<"s"> s;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"g"> g;
inline constexpr hg::symbol<"g_s"> g_s;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"d"> d;
inline constexpr hg::symbol<"loss"> loss;

template <class Op> inline constexpr hg::graph of_operation{
    s = hg::apply_operation(Op{}, x), y = sum(s), g = grad(y, x), g_s = grad(y, s), z = 2 * s,
};

// What is differentiated has no s any more (autodiff/smooth.hpp); what is written has it.
inline constexpr hg::graph of_squared_root{s = abs(w * x), d = sparse_jacobian(square(s), x), g = jacobian(s * s, x)};

// s lies between y and x; side only stands beside it.
inline constexpr auto between = sum(s * side);
template <int Way> constexpr auto derivative() {
    if constexpr (Way == 0) return grad(between, x);
    if constexpr (Way == 1) return jacobian(s * side, x);
    if constexpr (Way == 2) return jvp(s * side, x, v);
    if constexpr (Way == 3) return vjp(s * side, x, v);
    if constexpr (Way == 4) return hessian(between, x);
    if constexpr (Way == 5) return hessian_vector_product(between, x, v);
    if constexpr (Way == 6) return sparse_jacobian(s * side, x);
    if constexpr (Way == 7) return sparse_hessian(between, x);
    if constexpr (Way == 8) return grad(sum(square(grad(between, x))), x); // of a derivative
    if constexpr (Way == 9) return 1 + square(grad(between, x));           // within a formula
}
template <int Way> inline constexpr hg::graph of_way{
    side = stop_gradient(x) * w, s = tanh(w* x), d = derivative<Way>(), z = sum(d), loss = sum(s) + z,
};

}

TEST_CASE("a fed symbol between y and x leaves no derivative, whatever the operation") {
    using namespace fed;
    const auto check = []<class Op>(Op) {
        CAPTURE(Op::name);
        constexpr auto& model = of_operation<Op>;
        CHECK(said<model, hg::from<s>, hg::to<g>>() == cut("x", "g", "s"));
        CHECK(said<model, hg::from<x, s>, hg::to<z, g>>() == cut("x", "g", "s"));
        CHECK(said<model, hg::from<y>, hg::to<g>>() == cut("x", "g", "y"));
        CHECK(said<model, hg::from<s>, hg::to<g_s, y, z>>() == ""); // with respect to what is fed
        CHECK(said<model, hg::from<x, g>, hg::to<g, y>>() == "");
        CHECK(said<model, hg::from<z>, hg::to<z, g>>() == ""); // beside it
    };
    check(hg::ops::exp{});
    check(hg::ops::sin{});
    check(hg::ops::tanh{});
    check(hg::ops::sqrt{});
    check(hg::ops::square{});
    check(hg::ops::negate{});
    check(hg::ops::softplus{});
    CHECK(said<of_squared_root, hg::from<s>, hg::to<d>>() == cut("x", "d", "s"));
    CHECK(said<of_squared_root, hg::from<s>, hg::to<g>>() == cut("x", "g", "s"));
    CHECK(said<of_squared_root, hg::to<d, g>>() == "");
}

TEST_CASE("nor in any form of derivative, in a derivative of one, and in a loss") {
    using namespace fed;
    const auto check = []<int Way>(std::integral_constant<int, Way>) {
        CAPTURE(Way);
        CHECK(said<of_way<Way>, hg::from<s>, hg::to<z>>() == cut("x", "d", "s"));
        CHECK(said<of_way<Way>, hg::from<s, side>, hg::to<d>>() == cut("x", "d", "s"));
        CHECK(said<of_way<Way>, hg::from<side>, hg::to<d>>() == "");
        CHECK(said<of_way<Way>, hg::from<d, s>, hg::to<z>>() == "");
        CHECK(said<of_way<Way>, hg::from<s>, hg::to<s>>() == "");
    };
    [&]<int... Way>(std::integer_sequence<int, Way...>) { (check(std::integral_constant<int, Way>{}), ...); }
    (std::make_integer_sequence<int, 10>{});
    using penalised = hg::program_spec<of_way<0>, hg::program_kind::gradient, loss, hg::from<s>, hg::wrt<s>>;
    CHECK(std::string(penalised::select().problem.view()) == cut("x", "d", "s"));
}

namespace fed_parts {

inline constexpr hg::argument<"x", 2> x;
inline constexpr hg::symbol<"in"> in;
inline constexpr hg::symbol<"inner"> inner;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::symbol<"s"> s;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"g"> g;
inline constexpr hg::symbol<"other"> other;
inline constexpr hg::graph block{inner = exp(in), out = grad(sum(inner * in), in)};
inline constexpr hg::graph body{next(c) = c + u * u};
inline constexpr hg::graph model{
    other = hg::use<"b">(block, in = x)[out],
    s = sin(x),
    y = hg::scan<"walk">(body, hg::along(u = s), hg::carry(c = 0.0))[hg::last(c)],
    g = grad(y, x),
};

}

TEST_CASE("through blocks and scans, too") {
    using namespace fed_parts;
    CHECK(said<model, hg::from<s>, hg::to<g>>() == cut("x", "g", "s"));
    CHECK(said<model, hg::from<s>, hg::to<y, other>>() == "");
    CHECK(said<model, hg::from<hg::name<"b.inner">>, hg::to<other>>() == cut("x", "b.out", "b.inner"));
    CHECK(said<model, hg::from<hg::name<"b.out">>, hg::to<other>>() == "");
}

TEST_CASE("with respect to what is fed, and with what is fed beside it, derivatives have their values") {
    using namespace fed;
    hg::function<of_operation<hg::ops::exp>, hg::from<s>, hg::to<g_s, y>, hg::element<double>> at_cut;
    const numbers three = {2, 3, 4};
    const auto out = at_cut(s = three);
    CHECK(out[g_s](0, 1) == 1);
    CHECK(out[y](0) == 9);
    hg::parameters<of_way<4>, hg::element<double>> theta;
    hg::function<of_way<4>, hg::from<side>, hg::to<d>, hg::element<double>> second;
    const numbers points = {0.5, -1, 2};
    const auto h = second(theta, x = points, side = three);
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
            const double t = std::tanh(points[static_cast<std::size_t>(i)]);
            CHECK(h[d](0, i, j) == near(i == j ? three[static_cast<std::size_t>(i)] * -2 * t * (1 - t * t) : 0));
        }
}

namespace {

// What an interpreter says when it is asked for a symbol; nothing where it has a value.
template <class Leaf> std::string said_of(const auto& look, const Leaf& symbol) {
    try {
        static_cast<void>(look[symbol]);
        look.value(Leaf::name);
    } catch (const hg::call_error& e) { return e.what(); }
    return "";
}
std::string cut_in_call(const std::string& of, const std::string& equation, const std::string& fed) {
    return "the derivative with respect to '" + of + "' in the equation '" + equation + "' goes through '" + fed +
           "', which the call feeds and so cuts from it: differentiate with respect to '" + fed +
           "', or feed what it is made of";
}

}

TEST_CASE("an interpreter has the same rule, for each symbol that is asked of it") {
    using namespace fed;
    const numbers three = {2, 3, 4};
    hg::interpreter<of_operation<hg::ops::exp>> of_exp;
    hg::interpreter<of_operation<hg::ops::sin>> of_sin;
    const auto check = [&](auto& look) {
        look(s = three, x = three);
        CHECK(said_of(look, g) == cut_in_call("x", "g", "s"));
        CHECK(said_of(look, g_s) == "");
        CHECK(look[g_s](0, 1) == 1);
        CHECK(look[z](0, 1) == 6);
        look(x = three, z = three); // beside it
        CHECK(said_of(look, g) == "");
        look(s = three, g = three);
        CHECK(look[g](0, 2) == 4);
        look(x = three, y = numbers{9});
        CHECK(said_of(look, g) == cut_in_call("x", "g", "y"));
        look(x = three);
        CHECK(said_of(look, g) == "");
    };
    check(of_exp);
    check(of_sin);
    CHECK(of_exp[g](0, 0) == near(std::exp(2)));

    hg::parameters<of_squared_root, hg::element<double>> theta;
    hg::interpreter<of_squared_root> with_weights{theta};
    with_weights(x = three, s = three);
    CHECK(said_of(with_weights, d) == cut_in_call("x", "d", "s"));
    CHECK(said_of(with_weights, s) == "");
}

namespace apart_from {

using namespace fed;
template <class Op> inline constexpr hg::graph twice{
    s = hg::apply_operation(Op{}, x* w),
    d = grad(sum(s* w), x),
    g = grad(sum(square(d)) + sum(s), s),
    loss = sum(s),
};
template <class Op> inline constexpr hg::graph constant{
    s = hg::apply_operation(Op{}, x* w), d = grad(sum(s* w), x),    g = grad(sum(s* stop_gradient(d)), s),
    z = sum(stop_gradient(d)),           loss = sum(square(s)) + z,
};
template <class Op> inline constexpr hg::graph with_side{
    side = tanh(w),
    s = hg::apply_operation(Op{}, x* w),
    d = grad(sum(s* side), x),
    z = grad(sum(square(d)), side),
    loss = sum(square(d)),
};

}

TEST_CASE("a derivative that goes through a symbol is no function of it, whatever the operation") {
    using namespace apart_from;
    const auto check = []<class Op>(Op) {
        CAPTURE(Op::name);
        CHECK(said_of_gradient<with_side<Op>, loss, hg::wrt<s>>() == apart("x", "d", "s"));
        CHECK(said_of_gradient<with_side<Op>, loss, hg::wrt<w, s>>() == apart("x", "d", "s"));
        CHECK(said_of_gradient<with_side<Op>, loss, hg::wrt<side, w, d>>() == "");
        CHECK(said_of_gradient<with_side<Op>, loss, hg::from<d>, hg::wrt<d>>() == "");
        CHECK(said_of_gradient<twice<Op>, loss, hg::wrt<w>>() == apart_in("g"));
        CHECK(said_of_gradient<constant<Op>, loss, hg::wrt<w, s>>() == "");
    };
    check(hg::ops::exp{});
    check(hg::ops::sin{});
    check(hg::ops::negate{});
    check(hg::ops::softplus{});
}
TEST_CASE("nor in any form of derivative, and in a derivative of one") {
    using namespace fed;
    const auto check = []<int Way>(std::integral_constant<int, Way>) {
        CAPTURE(Way);
        CHECK(said_of_gradient<of_way<Way>, loss, hg::wrt<s>>() == apart("x", "d", "s"));
        CHECK(said_of_gradient<of_way<Way>, loss, hg::wrt<x, w, z>>() == "");
    };
    [&]<int... Way>(std::integer_sequence<int, Way...>) { (check(std::integral_constant<int, Way>{}), ...); }
    (std::make_integer_sequence<int, 10>{});
}

// Each of these is looked through where nothing is cut: a multiple of a multiple, the square of a root, and so on.
namespace looked_through {

using namespace fed;
inline constexpr hg::symbol<"scaled"> scaled;
inline constexpr hg::symbol<"root"> root;
inline constexpr hg::symbol<"turned"> turned;
inline constexpr hg::symbol<"power"> power;
inline constexpr hg::symbol<"flat"> flat;
inline constexpr hg::symbol<"two"> two;
inline constexpr hg::graph model{
    scaled = 0.5 * x,
    root = sqrt(exp(x)),
    turned = -x,
    power = exp(x),
    flat = hg::reshape<3, 1>(x),
    two = 2.0 + 1.0,
    d = jacobian(tanh(x), x),
    y = sum(0.5 * scaled + square(root) - turned + log(power) + hg::reshape<3>(flat)) + two * 3,
    loss = y + sum(square(d)),
};
using from_names =
    hg::function<model, hg::from<scaled, root, turned, power, flat, two>, hg::to<y>, hg::element<double>>;
using of_names = hg::gradient<model, loss, hg::wrt<scaled, root, turned, power, flat, two, x>, hg::element<double>>;

}

TEST_CASE("what is fed or differentiated for is read under its name, in a graph that has derivatives") {
    using namespace looked_through;
    from_names cut;
    const numbers three = {2, 3, 4}, one = {7};
    const auto fed = cut(scaled = three, root = three, turned = three, power = three, flat = three, two = one);
    CHECK(fed[y](0) == near(0.5 * 9 + 29 - 9 + std::log(24.) + 9 + 21));
    of_names slopes;
    const numbers at = {0.5, -1, 2};
    const auto out = slopes(x = at);
    for (int i = 0; i < 3; ++i) {
        CHECK(out.gradient(scaled)(0, i) == 0.5);
        CHECK(out.gradient(root)(0, i) == near(2 * std::exp(at[static_cast<std::size_t>(i)] / 2)));
        CHECK(out.gradient(turned)(0, i) == -1);
        CHECK(out.gradient(power)(0, i) == near(std::exp(-at[static_cast<std::size_t>(i)])));
        CHECK(out.gradient(flat)(0, i, 0) == 1);
    }
    CHECK(out.gradient(two) == 3);
}

// Two names for one value: that of a block's symbol, and of a leaf that is met first there.
namespace two_names {

using namespace fed;
inline constexpr hg::symbol<"in"> in;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::symbol<"other"> other;
inline constexpr hg::symbol<"same"> same;
inline constexpr hg::graph block{out = exp(in)};
inline constexpr hg::graph model{
    same = x,
    s = hg::use<"b">(block, in = x)[out],
    other = hg::use<"b">(block, in = x)[out],
    loss = sum(s) + sum(square(other)) + sum(square(same)) + sum(sin(x)),
};

}

TEST_CASE("two names for one value are cut, and differentiated for, each by itself") {
    using namespace two_names;
    hg::gradient<model, loss, hg::wrt<s, other, same, hg::name<"b.out">>, hg::element<double>> slopes;
    const numbers at = {0.5, -1, 2}, three = {2, 3, 4};
    const auto got = slopes(x = at);
    hg::function<model, hg::from<s, same>, hg::to<other, loss>, hg::element<double>> cut;
    const auto of_fed = cut(s = three, same = three, x = at);
    double expected = 0;
    for (int i = 0; i < 3; ++i) {
        const double v = at[static_cast<std::size_t>(i)], e = std::exp(v);
        CHECK(got.gradient(s)(0, i) == 1);
        CHECK(got.gradient(other)(0, i) == near(2 * e));
        CHECK(got.gradient(same)(0, i) == near(2 * v));
        CHECK(got.gradient(hg::name<"b.out">)(0, i) == near(1 + 2 * e));
        CHECK(of_fed[other](0, i) == near(e));
        expected += i + 2 + e * e + (i + 2) * (i + 2) + std::sin(v);
    }
    CHECK(of_fed[loss](0) == near(expected));
}
