// Programs with scans give what the interpreter gives, values and gradients, in double and in float; stochastic
// volatility what a loop written by hand gives. How they are called is in scan/calls.cpp. GCC compiles half of the
// models, Clang the other.
#include "scan/scans.hpp"
#include <hourglass/inspect/inspect.hpp>

using namespace scans;
using namespace gradient_check;

// Of second derivatives, whose scans read one another's results: some are wanted by nothing but a sequence that no step
// reads any more, and where few states are kept a scan may do the steps of one other again, and of no third one.
namespace second_derivatives {

inline constexpr hg::input<"x"> x;
inline constexpr hg::parameter<"spread", 3, 3> spread{hg::uniform_between(1)};
inline constexpr hg::parameter<"w", 3, 3> w{hg::uniform_between(1)};
inline constexpr hg::symbol<"second"> second;
inline constexpr auto weight = hg::name<"steps.w">;
inline constexpr hg::graph adding{fresh = sigmoid(w * u), next(h) = 0.5 * h + 0.1 * mean(fresh)};
inline constexpr hg::graph curved{fresh = sigmoid(w * u), next(h) = 0.5 * h + 0.1 * mean(fresh) * exp(h)};
inline constexpr auto all = hg::scan<"steps">(adding, hg::along(u = tanh(spread * x)), hg::carry(h = x));
inline constexpr auto few =
    hg::scan<"steps">(curved, hg::along(u = tanh(spread * x)), hg::carry(h = x), hg::keep_every<2>);
inline constexpr hg::graph unread{
    loss = mean(square(all[fresh])) + sum(tanh(all[h])),
    second = hessian(batch_sum(loss), weight),
};
inline constexpr hg::graph of_few{
    loss = square(few[last(h)]),
    code = grad(batch_sum(loss), weight),
    second = hessian_vector_product(batch_sum(loss), weight, tanh(code)),
};
// The steps are linear, so the gradient reads no state, though few of them are kept.
inline constexpr hg::argument<"at", 3, 3> at;
inline constexpr hg::symbol<"size"> size;
inline constexpr hg::symbol<"other"> other;
inline constexpr hg::symbol<"shared"> shared;
inline constexpr hg::graph linear{
    next(h) = 0.5 * h + 0.17 * (u + 0.87 * (u + shared)),
    next(other) = 0.5 * other + 0.3,
};
inline constexpr auto two_states = hg::scan<"steps">(
    linear, hg::along(u = at), hg::carry(h = 0.1 * hg::broadcast_to<3>(size), other = 0.1 * hg::broadcast_to<2>(size)),
    shared = 0.2 * size, hg::keep_every<2>);
inline constexpr hg::graph without_states{size = l1_norm(at), code = two_states[h], loss = mean(square(code)),
                                          second = grad(loss, at)};

// A scan of the second derivatives reads states of two others, so all of them are kept, but not all are read.
inline constexpr hg::graph coupled{
    fresh = silu(w * other) + mean(u),
    next(h) = 0.5 * h + 0.1 * mean(fresh),
    next(other) = 0.5 * other + 0.1 * fresh,
};
inline constexpr auto of_two = hg::scan<"steps">(coupled, hg::along(u = tanh(spread * x)),
                                                 hg::carry(h = x, other = hg::broadcast_to<3>(x)), hg::keep_every<2>);
inline constexpr hg::graph all_kept{loss = sin(of_two[last(h)]), second = hessian(batch_sum(loss), weight)};

template <const auto& Model> void check() {
    using program = hg::function<Model, hg::to<second>, hg::element<double>, hg::max_rows<8>>;
    const hg::parameters<Model, hg::element<double>> theta{hg::seed = 1};
    const numbers at = data<double>(5);
    program run{hg::threads = 1};
    hg::program_interpreter<program> look{theta};
    look(x = at);
    const auto out = run(theta, x = at);
    const auto got = out[second];
    const auto wanted = look.result(second);
    check_all("second", numbers(got.begin(), got.end()), numbers(wanted.begin(), wanted.end()), 1e-11);
}

}

TEST_CASE("a gated cell over the rows of a batch") {
#ifdef __clang__
    check_gradient<of_rows::model, float>(2e-4, of_rows::x = data<float>(5 * 8));
#else
    check_gradient<of_rows::model, double>(1e-11, of_rows::x = data<double>(5 * 8));
    check_gradient<of_rows::model, double>(1e-11, of_rows::x = data<double>(8));
#endif
}
#ifdef __clang__
TEST_CASE("a scan from the last step to the first, without a batch axis") {
    check_gradient<scans::backwards::model, double>(1e-11, scans::backwards::x = data<double>(8));
}
TEST_CASE("two states against each other, without a sequence") {
    check_gradient<two_states::model, double>(1e-11, two_states::x = data<double>(7));
}
TEST_CASE("training on a Jacobian and a Hessian through a scan") {
    check_gradient<contracted::model, double>(1e-10, contracted::x = data<double>(5 * 8));
}
#else
TEST_CASE("states that are handed on, and what does not depend on the step") {
    check_gradient<handed_on::model, double>(1e-11, handed_on::x = data<double>(5));
}
TEST_CASE("a body without states") {
    check_gradient<without_states::model, double>(1e-11, without_states::x = data<double>(5 * 8));
}
TEST_CASE("a body that mixes the rows, which the threads run together") {
    check_gradient<mixing::model, double>(1e-11, mixing::x = data<double>(5 * 6));
}
TEST_CASE("training on derivatives through a scan") {
    check_gradient<penalised::model, double>(1e-10, penalised::x = data<double>(5 * 8));
}
#endif

TEST_CASE("second derivatives through scans that leave results of others unread, and that keep few states") {
#ifdef __clang__
    second_derivatives::check<second_derivatives::of_few>();
#else
    second_derivatives::check<second_derivatives::unread>();
    second_derivatives::check<second_derivatives::all_kept>();
#endif
}

TEST_CASE("of a scan that keeps few states, and whose gradient reads none, all results are there") {
    namespace m = second_derivatives;
    hg::gradient<m::without_states, loss, hg::to<code, m::second>, hg::wrt<m::at>, hg::element<double>> run;
    const numbers x = {.1, .2, .3, .4, .5, .6, .7, .8, .9};
    const auto out = run(m::at = x);
    const double size = 4.5;
    double state[3] = {0.1 * size, 0.1 * size, 0.1 * size};
    for (int t = 0; t < 3; ++t)
        for (int i = 0; i < 3; ++i) {
            CHECK(out[code](t, i) == doctest::Approx(state[i]).epsilon(1e-14));
            const double u = x[static_cast<std::size_t>(3 * t + i)];
            state[i] = 0.5 * state[i] + 0.17 * (u + 0.87 * (u + 0.2 * size));
        }
    for (int t = 0; t < 3; ++t)
        for (int i = 0; i < 3; ++i)
            CHECK(out.gradient(m::at)(t, i) == doctest::Approx(out[m::second](t, i)).epsilon(1e-14));
}

TEST_CASE("stochastic volatility, against a loop") {
    namespace m = volatility;
    constexpr int n = 200;
    hg::parameters<m::model<n>, hg::element<double>> theta{hg::seed = 5};
    const numbers y = spread(n, -1, 1, 0.3);
    hg::gradient<m::model<n>, loss, hg::element<double>> slope;
    const auto out = slope(theta, m::y<n> = y);

    const double phi = 0.5, sigma = 0.3, mu = -1;
    const auto h_std = theta[m::h_std<n>];
    numbers h(n), g(n), of_h_std(n);
    double value = std::log(1 + sigma * sigma / 25) + std::log(1 + mu * mu / 100);
    const double root = std::sqrt(1 - phi * phi);
    for (std::size_t i = 0; i < n; ++i) {
        const double z = h_std(static_cast<long>(i));
        h[i] = i == 0 ? sigma * z / root + mu : sigma * z + mu + phi * (h[i - 1] - mu);
        value += 0.5 * (y[i] * y[i] * std::exp(-h[i]) + h[i] + z * z);
        g[i] = 0.5 - 0.5 * y[i] * y[i] * std::exp(-h[i]);
    }
    double of_phi = 0, of_mu = 2 * mu / 100 / (1 + mu * mu / 100), of_sigma = 2 * sigma / 25 / (1 + sigma * sigma / 25);
    for (std::size_t i = n; i-- > 0;) {
        const double z = h_std(static_cast<long>(i));
        of_h_std[i] = z + g[i] * sigma / (i == 0 ? root : 1);
        of_sigma += g[i] * z / (i == 0 ? root : 1);
        if (i == 0) {
            of_phi += g[i] * sigma * z * phi / (root * root * root);
            of_mu += g[i];
        } else {
            of_phi += g[i] * (h[i - 1] - mu);
            of_mu += g[i] * (1 - phi);
            g[i - 1] += phi * g[i];
        }
    }
    CHECK(out[loss] == doctest::Approx(value).epsilon(1e-12));
    CHECK(out.gradient(m::phi) == doctest::Approx(of_phi).epsilon(1e-11));
    CHECK(out.gradient(m::mu) == doctest::Approx(of_mu).epsilon(1e-11));
    CHECK(out.gradient(m::sigma) == doctest::Approx(of_sigma).epsilon(1e-11));
    const auto got = out.gradient(m::h_std<n>);
    check_all("h_std", numbers(got.begin(), got.end()), of_h_std, 1e-11);
}
