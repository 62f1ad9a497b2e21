// Random models with the values, gradients and second derivatives that JAX gives them in double. Made by
// tests/oracle/fixed.py --write. GCC checks one half of them and Clang the other, as tests/support/shares.hpp has it.
// clang-format off
#include "oracle/expect.hpp"

namespace hg = hourglass;

#ifndef __clang__
namespace model_1229 {

inline constexpr hg::input<"x0", 4> x0;
inline constexpr hg::input<"x1", 4> x1;
inline constexpr hg::parameter<"p0", 4> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = (x1 * 0.5 + hg::shared(hg::bernoulli_noise_like(x1, 0.4))),
    e1 = sample(exponential((sigmoid(p0) + 0.25))),
    e2 = (mean(square((e0 * 0.8))) + (mean(square((e1 * 0.12))) * 0.5)),
    e3 = grad(batch_sum(e2), x1),
    e4 = hessian_vector_product(batch_sum(e2), x1, x0),
};
using program0 = hg::function<model, hg::from<x0, x1, hg::name<"e0.noise">, hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::training, hg::element<double>, hg::max_rows<13>>;

}

TEST_CASE("the model of seed 1229 is what JAX makes of it") {
    using namespace model_1229;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1, 1);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x0 = oracle::numbers(4 * 4, "x0", -0.5, 1);
    const auto of_x1 = oracle::numbers(4 * 4, "x1", -1.5, 1.5);
    const auto of_e0_noise = oracle::numbers(4, "e0.noise", 0.0625, 0.9375);
    const auto of_e1_noise = oracle::numbers(4 * 4, "e1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, x0 = of_x0, x1 = of_x1, hg::name<"e0.noise"> = of_e0_noise, hg::name<"e1.noise"> = of_e1_noise);
    oracle::expect("e0", out[e0], {16, -0.07317789236549288, 2.6959477876908364, 6.8073273168661865});
    oracle::expect("e1", out[e1], {16, 0.17805288394694879, 10.119128758833748, 10.119128758833748});
    oracle::expect("e2", out[e2], {4, 0.084676583942467271, 1.461215814716323, 1.461215814716323});
    oracle::expect("e3", out[e3], {16, -0.011708462778478862, 0.43135164603053378, 1.0891723706985901});
    oracle::expect("e4", out[e4], {16, 0.020390579756349329, 0.21480600285365611, 0.35993362468783957});
}
#endif

#ifdef __clang__
namespace model_1385 {

inline constexpr hg::input<"x0", 9> x0;
inline constexpr hg::parameter<"p0", 9, 9> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = entropy(von_mises((log_softmax(x0) * 0.85), ((sigmoid(x0) * 3) + 0.6))),
    e1 = (p0 * 0.5 + hg::normal_noise<9, 9>()),
    e2 = (sigmoid((e0 * 0.05)) + (sum(square(e1)) * 1.4)),
    e3 = grad(batch_sum(e2), x0),
    e4 = hessian_vector_product(batch_sum(e2), x0, tanh(e3)),
};
using program0 = hg::function<model, hg::from<x0, hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<36>>;

}

TEST_CASE("the model of seed 1385 is what JAX makes of it") {
    using namespace model_1385;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1, 1);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(3 * 9, "x0", -1, 1);
    const auto of_e1_noise = oracle::numbers(3 * 9 * 9, "e1.noise", -2, 2);
    const auto out = oracle::call(run0, theta, x0 = of_x0, hg::name<"e1.noise"> = of_e1_noise);
    oracle::expect("e0", out[e0], {3, 11.086774834260792, 31.163683647163435, 31.163683647163435});
    oracle::expect("e1", out[e1], {243, -1.1517014552373439, -2.2396458372804062, 228.52800836291584});
    oracle::expect("e2", out[e2], {3, 134.01207416172147, 408.11013215172119, 408.11013215172119});
    oracle::expect("e3", out[e3], {27, -0.0027525659143790189, -0.06520540746048345, 0.06520540746048345});
    oracle::expect("e4", out[e4], {27, -1.8534718193932063e-06, -1.4724838088330196e-05, 4.2891593808699016e-05});
}
#endif

#ifndef __clang__
namespace model_1462 {

inline constexpr hg::parameter<"p0", 1, 1> p0;
inline constexpr hg::parameter<"p1", 4, 1> p1;
inline constexpr hg::argument<"a0", 4> a0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::state<"m0", 4> m0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"r0_0"> r0_0;
inline constexpr hg::symbol<"r0_1"> r0_1;
inline constexpr hg::symbol<"u0_0"> u0_0;
inline constexpr hg::symbol<"u0_1"> u0_1;
inline constexpr hg::symbol<"s0_0"> s0_0;
inline constexpr hg::graph body0{
    r0_0 = softplus((hg::linear<4>(hg::broadcast_to<4>(u0_1)) * 0.71)),
    r0_1 = ((log_gamma_quantile(((sigmoid(cos((kl(beta(((sigmoid(u0_0) * 3) + 0.6), ((sigmoid(u0_1) * 3) + 0.6)), beta(((sigmoid(s0_0) * 3) + 0.6), ((sigmoid(u0_1) * 3) + 0.6))) * 0.05))) * 3) + 0.6), ((sigmoid((log_sum_exp(r0_0, hg::axes<0>) * 0.54)) * 0.8) + 0.1)) * 0.08) + r0_0),
    next(s0_0) = ((s0_0 * 0.5) + ((u0_1 + mean(r0_1)) * 0.16)),
};
inline constexpr auto read_c0 = hg::scan<"c0">(body0, hg::along(u0_0 = p1, u0_1 = m0), hg::carry(s0_0 = s0), hg::keep_every<2>);
inline constexpr hg::graph model{
    e0 = sample(logistic(p0, (sigmoid(s0) + 0.25))),
    e1 = read_c0[last(s0_0)],
    e2 = (sum(square((e0 * 0.12))) + (e1 * 1.8)),
    e3 = grad(batch_sum(e2), p0),
    e4 = hessian_vector_product(batch_sum(e2), p0, hg::broadcast_to<1, 1>(mean(a0))),
};
using program0 = hg::function<model, hg::from<a0, hg::name<"e0.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<1>>;

}

TEST_CASE("the model of seed 1462 is what JAX makes of it") {
    using namespace model_1462;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    oracle::fill(theta[p1], "p1", -1.5, 1.5);
    oracle::fill(theta[m0], "m0", -1, 1);
    oracle::fill(theta[hg::name<"c0.r0_0.weight">], "c0.r0_0.weight", -1, 1);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_a0 = oracle::numbers(4, "a0", -1, 1);
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto of_e0_noise = oracle::numbers(1 * 1 * 1, "e0.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, a0 = of_a0, s0 = of_s0[0], hg::name<"e0.noise"> = of_e0_noise);
    oracle::expect("e0", out[e0], {1, 1.3255249925617199, 0.73418268840773493, 0.73418268840773493});
    oracle::expect("e1", out[e1], {1, 0.24981313872629796, 0.1383666719366726, 0.1383666719366726});
    oracle::expect("e2", out[e2], {1, 0.47496468739237913, 0.26307376552331541, 0.26307376552331541});
    oracle::expect("e3", out[e3], {1, 0.038175119785777534, 0.021144461426142767, 0.021144461426142767});
    oracle::expect("e4", out[e4], {1, -0.0035926574058830736, -0.0019899035382815516, 0.0019899035382815516});
}
#endif

#ifdef __clang__
namespace model_1578 {

inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::state<"m0"> m0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"k0_0"> k0_0;
inline constexpr hg::symbol<"k0_1"> k0_1;
inline constexpr hg::symbol<"k0_2"> k0_2;
inline constexpr hg::symbol<"f0_0"> f0_0;
inline constexpr hg::graph block0{
    k0_0 = dot(hg::broadcast_to<4>(f0_0), hg::broadcast_to<4>(f0_0)),
    k0_1 = (silu(hg::linear<4>(hg::broadcast_to<2>(s0))) + (k0_0 * 0.29)),
    k0_2 = hadamard(sigmoid((entropy(laplace(f0_0, (square(s0) + 0.3))) * 0.05)), (k0_1 * 0.54)),
};
inline constexpr hg::graph model{
    e0 = hg::use<"b0a">(block0, f0_0 = m0)[k0_2],
    e1 = vjp(e0, m0, (e0 * 0.5)),
    e2 = (mean(sin(e0)) + (tanh(tanh(e1)) * 0.7)),
    e3 = grad(e2, m0),
    e4 = hessian_vector_product(e2, m0, e2),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>>;

}

TEST_CASE("the model of seed 1578 is what JAX makes of it") {
    using namespace model_1578;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[m0], "m0", 0.25, 1.75);
    oracle::fill(theta[hg::name<"b0a.k0_1.weight">], "b0a.k0_1.weight", -1, 1);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto out = oracle::call(run0, theta, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {4, -0.054604388227932801, 0.28900813688445237, 0.49779026384158065});
    oracle::expect("e1", out[e1], {1, 0.020824086253950998, 0.011534059120238293, 0.011534059120238293});
    oracle::expect("e2", out[e2], {1, 0.074199872353614887, 0.041097875988597161, 0.041097875988597161});
    oracle::expect("e3", out[e3], {1, 0.26888141824421974, 0.14892822362248595, 0.14892822362248595});
    oracle::expect("e4", out[e4], {1, 0.083429625710298549, 0.046210058083070049, 0.046210058083070049});
}
#endif

#ifndef __clang__
namespace model_1642 {

inline constexpr hg::input<"x0", 4> x0;
inline constexpr hg::input<"x1", 4> x1;
inline constexpr hg::parameter<"p0"> p0;
inline constexpr hg::state<"m0", 4> m0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::graph model{
    e0 = log_prob(laplace(m0, (softplus(cos((kl(multivariate_normal(x1, (softplus(hg::broadcast_to<4, 4>(m0)) + 0.25)), normal(x0, exp(x1))) * 0.05))) + 0.25)), x1),
    e1 = (p0 * 0.5 + hg::uniform_noise_like(p0)),
    e2 = (cos((e0 * 0.05)) + (square(e1) * 0.6)),
    e3 = grad(batch_sum(e2), x0),
    e4 = sum(square(grad(batch_sum(e2), x0))),
    e5 = grad(batch_sum(e4), x0),
};
using program0 = hg::function<model, hg::from<x0, x1, hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4, e5>, hg::element<double>, hg::max_rows<31>>;

}

TEST_CASE("the model of seed 1642 is what JAX makes of it") {
    using namespace model_1642;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1, 1);
    oracle::fill(theta[m0], "m0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x0 = oracle::numbers(7 * 4, "x0", -0.5, 1);
    const auto of_x1 = oracle::numbers(7 * 4, "x1", -1, 1);
    const auto of_e1_noise = oracle::numbers(7, "e1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, x0 = of_x0, x1 = of_x1, hg::name<"e1.noise"> = of_e1_noise);
    oracle::expect("e0", out[e0], {7, -5.4247225581492291, -42.119486652359484, 42.119486652359484});
    oracle::expect("e1", out[e1], {7, 0.57841512109735049, 5.8231242058761872, 5.8231242058761872});
    oracle::expect("e2", out[e2], {7, 1.1641788773388557, 9.6690563391523927, 9.6690563391523927});
    oracle::expect("e3", out[e3], {28, 0.00025758711622173941, -0.0014395129779978047, 0.026804479463679892});
    oracle::expect("e4", out[e4], {7, 2.1796429789089706e-05, 7.8331059087289768e-05, 7.8331059087289768e-05});
    oracle::expect("e5", out[e5], {28, 1.4547956496906907e-07, 0.00042047407464221163, 0.00042289812127262389});
}
#endif

#ifdef __clang__
namespace model_1845 {

inline constexpr hg::input<"x0", 3> x0;
inline constexpr hg::parameter<"p0", 3> p0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::graph model{
    e0 = mask_and_rescale(p0, 0.3),
    e1 = entropy(gamma(((sigmoid((log_gamma_quantile(((sigmoid(s0) * 3) + 0.6), ((sigmoid(x0) * 0.8) + 0.1)) * 0.06)) * 3) + 0.6), (sigmoid(x0) + 0.25))),
    e2 = (sum(sin(e0)) + (cos((e1 * 0.05)) * 1.6)),
    e3 = grad(batch_sum(e2), s0),
    e4 = square(grad(batch_sum(e2), s0)),
    e5 = grad(e4, s0),
};
using program0 = hg::function<model, hg::from<x0, hg::name<"e0.noise">>, hg::to<e0, e1, e2, e3, e4, e5>, hg::element<double>, hg::max_rows<7>>;

}

TEST_CASE("the model of seed 1845 is what JAX makes of it") {
    using namespace model_1845;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(5 * 3, "x0", -1.5, 1.5);
    const auto of_s0 = oracle::numbers(1, "s0", 0.25, 1.75);
    const auto of_e0_noise = oracle::numbers(5 * 3, "e0.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, x0 = of_x0, s0 = of_s0[0], hg::name<"e0.noise"> = of_e0_noise);
    oracle::expect("e0", out[e0], {15, 1.2632452052951391, 11.590506638311263, 11.590506638311263});
    oracle::expect("e1", out[e1], {5, 5.8404893047746711, 32.351869260203294, 32.351869260203294});
    oracle::expect("e2", out[e2], {5, 4.2777135991178747, 19.463954808745218, 19.463954808745218});
    oracle::expect("e3", out[e3], {1, -0.0019469788895589606, -0.0010783939974205697, 0.0010783939974205697});
    oracle::expect("e4", out[e4], {1, 3.7907267963882433e-06, 2.0996103476049494e-06, 2.0996103476049494e-06});
    oracle::expect("e5", out[e5], {1, -3.9346664838959418e-06, -2.1793357600535953e-06, 2.1793357600535953e-06});
}
#endif

#ifndef __clang__
namespace model_1936 {

inline constexpr hg::input<"x0", 1, 1> x0;
inline constexpr hg::input<"x1", 3, 3> x1;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"k0_0"> k0_0;
inline constexpr hg::symbol<"k0_1"> k0_1;
inline constexpr hg::symbol<"k0_2"> k0_2;
inline constexpr hg::symbol<"f0_0"> f0_0;
inline constexpr hg::symbol<"f0_1"> f0_1;
inline constexpr hg::graph block0{
    k0_0 = tanh((hg::linear<3>(hg::reshape<9>(f0_0)) * 0.21)),
    k0_1 = hadamard(pow((sigmoid(sin((log_prob(normal(f0_1, f0_0), f0_0) * 0.05))) + 0.25), clamp(f0_0, (((sum(f0_1) * 0.05) * 0.3) + -0.7), (sigmoid(s0) + 0.1))), k0_0),
    k0_2 = hadamard(sqrt(hg::slice<2, 3, 0>(f0_1)), k0_1),
};
inline constexpr hg::graph model{
    e0 = kl(normal((x0 / s0), (sigmoid(x0) + 0.25)), hg::standard_normal),
    e1 = hg::use<"b0a">(block0, f0_0 = x1, f0_1 = x1)[k0_2],
    e2 = (sin((e0 * 0.05)) + (mean(sin(e1)) * 1)),
    e3 = grad(batch_sum(e2), x1),
    e4 = hessian_vector_product(batch_sum(e2), x1, tanh(e3)),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<4>>;

}

TEST_CASE("the model of seed 1936 is what JAX makes of it") {
    using namespace model_1936;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[hg::name<"b0a.k0_0.weight">], "b0a.k0_0.weight", -1, 1);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(4 * 1 * 1, "x0", -1, 1);
    const auto of_x1 = oracle::numbers(4 * 3 * 3, "x1", 0.25, 1.75);
    const auto of_s0 = oracle::numbers(1, "s0", 0.25, 1.75);
    const auto out = oracle::call(run0, theta, x0 = of_x0, x1 = of_x1, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {4, 0.068257276615985407, 6.8624692069535262, 6.8624692069535262});
    oracle::expect("e1", out[e1], {36, 0.043174050335995251, -1.3520612347313787, 7.434939945497816});
    oracle::expect("e2", out[e2], {4, -0.065434524196232607, 0.20579799872448537, 0.29869464190050327});
    oracle::expect("e3", out[e3], {36, 0.042433378503928053, -0.19004929620898744, 1.5676262942442467});
    oracle::expect("e4", out[e4], {36, 0.00064370000669926254, -0.045637113888787009, 0.10678034267694475});
}
#endif

#ifdef __clang__
namespace model_2118 {

inline constexpr hg::input<"x1", 8> x1;
inline constexpr hg::parameter<"p0", 2, 8> p0;
inline constexpr hg::parameter<"p1", 2, 8> p1;
inline constexpr hg::state<"m0", 8> m0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = softmax(relu(p0)),
    e1 = kl(von_mises(in_training(p0, p1), ((sigmoid(m0) * 3) + 0.6)), von_mises(x1, ((sigmoid(e0) * 3) + 0.6))),
    e2 = (sum(tanh(e0)) + (tanh(tanh((e1 * 0.05))) * 1.9)),
    e3 = grad(batch_sum(e2), m0),
    e4 = hessian_vector_product(batch_sum(e2), m0, m0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<29>>;

}

TEST_CASE("the model of seed 2118 is what JAX makes of it") {
    using namespace model_2118;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -0.5, 1);
    oracle::fill(theta[p1], "p1", -1, 1);
    oracle::fill(theta[m0], "m0", -1, 1);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x1 = oracle::numbers(9 * 8, "x1", -1.5, 1.5);
    const auto out = oracle::call(run0, theta, x1 = of_x1);
    oracle::expect("e0", out[e0], {16, 0.18009964190932573, 1.7996388719247334, 1.7996388719247334});
    oracle::expect("e1", out[e1], {9, 12.498066264342429, 100.07837721881531, 100.07837721881531});
    oracle::expect("e2", out[e2], {9, 2.9437478557759262, 24.429470189724707, 24.429470189724707});
    oracle::expect("e3", out[e3], {8, 0.043177518647292468, 0.65583549394275154, 0.65583549394275154});
    oracle::expect("e4", out[e4], {8, -0.085957652077917807, -0.13095239883779999, 0.13095239883779999});
}
#endif
