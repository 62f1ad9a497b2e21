// Random models with the values, gradients and second derivatives that JAX gives them in double. Made by
// tests/oracle/fixed.py --write. GCC checks one half of them and Clang the other, as tests/support/shares.hpp has it.
// clang-format off
#include "oracle/expect.hpp"

namespace hg = hourglass;

#ifndef __clang__
namespace model_2963 {

inline constexpr hg::parameter<"p1", 2> p1;
inline constexpr hg::state<"m0"> m0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::graph model{
    e0 = sample(student_t(((sigmoid(m0) * 3) + 0.6), sum(p1), (softplus(m0) + 0.25))),
    e1 = square((e0 * 0.12)),
    e2 = grad(batch_sum(e1), p1),
    e3 = hessian(batch_sum(e1), p1),
};
using program0 = hg::function<model, hg::from<hg::name<"e0.0.noise">, hg::name<"e0.1.noise">>, hg::to<e0, e1, e2, e3>, hg::element<double>, hg::max_rows<26>>;

}

TEST_CASE("the model of seed 2963 is what JAX makes of it") {
    using namespace model_2963;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p1], "p1", 0.25, 1.75);
    oracle::fill(theta[m0], "m0", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_e0_0_noise = oracle::numbers(7, "e0.0.noise", -2, 2);
    const auto of_e0_1_noise = oracle::numbers(7, "e0.1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, hg::name<"e0.0.noise"> = of_e0_0_noise, hg::name<"e0.1.noise"> = of_e0_1_noise);
    oracle::expect("e0", out[e0], {7, 2.5153796576109739, 9.6005069633685043, 9.6005069633685043});
    oracle::expect("e1", out[e1], {7, 0.091110741435692658, 0.21609421195080181, 0.21609421195080181});
    oracle::expect("e2", out[e2], {2, 0.31325955323288285, 0.44829689599311773, 0.44829689599311773});
    oracle::expect("e3", out[e3], {4, 0.20159999999999997, 0.85166873958036293, 0.85166873958036293});
}
#endif

#ifdef __clang__
namespace model_3297 {

inline constexpr hg::input<"x0", 4> x0;
inline constexpr hg::argument<"a0", 4, 4> a0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = l2_norm(pow(a0, -0.5), hg::axes<-1>),
    e1 = sample(categorical(x0), hg::straight_through),
    e2 = (sum(square(e0)) + (sum(square(e1)) * 1.8)),
    e3 = grad(batch_sum(e2), x0),
    e4 = hessian(batch_sum(e2), x0),
};
using program0 = hg::function<model, hg::from<x0, a0, hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<2>>;

}

TEST_CASE("the model of seed 3297 is what JAX makes of it") {
    using namespace model_3297;
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x0 = oracle::numbers(2 * 4, "x0", -1.5, 1.5);
    const auto of_a0 = oracle::numbers(4 * 4, "a0", 0.25, 1.75);
    const auto of_e1_noise = oracle::numbers(2 * 4, "e1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, x0 = of_x0, a0 = of_a0, hg::name<"e1.noise"> = of_e1_noise);
    oracle::expect("e0", out[e0], {4, 2.4111446004645698, 8.2272126066551898, 8.2272126066551898});
    oracle::expect("e1", out[e1], {8, 1, 1.3169769486412406, 1.3169769486412406});
    oracle::expect("e2", out[e2], {2, 18.480352094382095, 26.44670975002132, 26.44670975002132});
    oracle::expect("e3", out[e3], {8, 0.58466974522313653, -0.22608087173155456, 2.2430853267644171});
    oracle::expect("e4", out[e4], {32, 0.49028218663862444, -0.70633344676785104, 3.6013813914774109});
}
#endif

#ifndef __clang__
namespace model_3369 {

inline constexpr hg::argument<"x0", 9, 9> x0;
inline constexpr hg::parameter<"p0", 9> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::graph model{
    e0 = (log_sum_exp(p0, hg::axes<-1>) != min(p0, mean(x0))),
    e1 = diagonal(hg::broadcast_to<4, 4>(mean(p0))),
    e2 = (sum(square(e0)) + (mean(tanh(e1)) * 1.1)),
    e3 = grad(e2, p0),
    e4 = sum(square(grad(e2, p0))),
    e5 = grad(e4, p0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4, e5>, hg::element<double>>;

}

TEST_CASE("the model of seed 3369 is what JAX makes of it") {
    using namespace model_3369;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_x0 = oracle::numbers(9 * 9, "x0", -1, 1);
    const auto out = oracle::call(run0, theta, x0 = of_x0);
    oracle::expect("e0", out[e0], {9, 1, 8.4515765691176057, 8.4515765691176057});
    oracle::expect("e1", out[e1], {4, 0.40243218264852959, 1.7000937984268236, 1.7000937984268236});
    oracle::expect("e2", out[e2], {1, 9.4202309172777525, 5.2176839358588012, 5.2176839358588012});
    oracle::expect("e3", out[e3], {9, 0.10438444203675737, 0.8822131044982735, 0.8822131044982735});
    oracle::expect("e4", out[e4], {1, 0.098065005653926438, 0.054316312324354035, 0.054316312324354035});
    oracle::expect("e5", out[e5], {9, -0.016650483749009119, -0.14072283831759894, 0.14072283831759894});
}
#endif

#ifdef __clang__
namespace model_3577 {

inline constexpr hg::input<"x0", 3, 2> x0;
inline constexpr hg::parameter<"p0", 3> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::graph model{
    e0 = kl(uniform(elu(x0), (exp((dot(p0, p0) * 0.2)) + 1.2)), uniform(elu(x0) - 0.5, (exp((dot(p0, p0) * 0.2)) + 1.2) + 0.25)),
    e1 = batch_mean(x0),
    e2 = (square(cos((e0 * 0.05))) + (mean(square(e1)) * 0.3)),
    e3 = grad(batch_sum(e2), p0),
    e4 = sum(square(grad(batch_sum(e2), p0))),
    e5 = grad(e4, p0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4, e5>, hg::element<double>, hg::max_rows<41>>;

}

TEST_CASE("the model of seed 3577 is what JAX makes of it") {
    using namespace model_3577;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(1 * 3 * 2, "x0", -1, 1);
    const auto out = oracle::call(run0, theta, x0 = of_x0);
    oracle::expect("e0", out[e0], {1, 1.1944084731059716, 0.66155978103980462, 0.66155978103980462});
    oracle::expect("e1", out[e1], {6, 0.0065096626058220863, -0.54856873851465804, 2.547745899227984});
    oracle::expect("e2", out[e2], {1, 1.0667686046155083, 0.59086252348358792, 0.59086252348358792});
    oracle::expect("e3", out[e3], {3, 0.0022481077570492402, 0.0057669347014766064, 0.0057669347014766064});
    oracle::expect("e4", out[e4], {1, 1.3121124662500021e-05, 7.2675374917148137e-06, 7.2675374917148137e-06});
    oracle::expect("e5", out[e5], {3, -3.8380848969091713e-06, -9.8456067818790111e-06, 9.8456067818790111e-06});
}
#endif

#ifndef __clang__
namespace model_3937 {

inline constexpr hg::input<"x0", 4, 4> x0;
inline constexpr hg::parameter<"p0", 2> p0;
inline constexpr hg::parameter<"p1", 2, 4> p1;
inline constexpr hg::argument<"a0", 2, 2> a0;
inline constexpr hg::state<"m0", 2> m0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::graph model{
    e0 = (expm1(p1) >= (kl(normal(m0, exp(p0)), multivariate_normal(m0, exp(a0))) * 0.03)),
    e1 = (sum(square(e0)) + sum(sin(x0))),
    e2 = grad(batch_sum(e1), x0),
    e3 = hessian_vector_product(batch_sum(e1), x0, tanh(e2)),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3>, hg::element<double>, hg::max_rows<3>>;

}

TEST_CASE("the model of seed 3937 is what JAX makes of it") {
    using namespace model_3937;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    oracle::fill(theta[p1], "p1", 0.25, 1.75);
    oracle::fill(theta[m0], "m0", -1, 1);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_x0 = oracle::numbers(1 * 4 * 4, "x0", -0.5, 1);
    const auto of_a0 = oracle::numbers(2 * 2, "a0", -1.5, 1.5);
    const auto out = oracle::call(run0, theta, x0 = of_x0, a0 = of_a0);
    oracle::expect("e0", out[e0], {8, 0, 5.3166429952252656, 5.3166429952252656});
    oracle::expect("e1", out[e1], {1, 9.5772687909995398, 5.3046641806356858, 5.3046641806356858});
    oracle::expect("e2", out[e2], {16, 0.96769299164491762, 12.551276643881966, 12.551276643881966});
    oracle::expect("e3", out[e3], {16, -0.18851585445777044, -1.5387770721953511, 2.8947832453157956});
}
#endif

#ifdef __clang__
namespace model_4186 {

inline constexpr hg::input<"x0", 4> x0;
inline constexpr hg::input<"x1", 4> x1;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::symbol<"k0_0"> k0_0;
inline constexpr hg::symbol<"k0_1"> k0_1;
inline constexpr hg::symbol<"k0_2"> k0_2;
inline constexpr hg::symbol<"f0_0"> f0_0;
inline constexpr hg::symbol<"f0_1"> f0_1;
inline constexpr hg::graph block0{
    k0_0 = sigmoid(kl(laplace(f0_1, (softplus(s0) + 0.25)), laplace(s0, exp(s0)))),
    k0_1 = hadamard(sigmoid((hg::linear<5>(f0_0) * 0.71)), k0_0),
    k0_2 = (normal_cdf(sin((log_prob(beta(((sigmoid(f0_1) * 3) + 0.6), ((sigmoid(k0_0) * 3) + 0.6)), ((sigmoid(f0_0) * 0.8) + 0.1)) * 0.05))) + k0_1),
};
inline constexpr hg::graph model{
    e0 = hg::use<"b0a">(block0, f0_0 = x1, f0_1 = s0)[k0_2],
    e1 = sample(bernoulli(x0), hg::relaxed(0.7)),
    e2 = (sum(square(e0)) + (sum(sin(e1)) * 1.6)),
    e3 = grad(batch_sum(e2), s0),
    e4 = square(grad(batch_sum(e2), s0)),
    e5 = grad(e4, s0),
};
using program0 = hg::function<model, hg::from<x0, x1, hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4, e5>, hg::element<double>, hg::max_rows<18>>;

}

TEST_CASE("the model of seed 4186 is what JAX makes of it") {
    using namespace model_4186;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[hg::name<"b0a.k0_1.weight">], "b0a.k0_1.weight", -1, 1);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(2 * 4, "x0", -0.5, 1);
    const auto of_x1 = oracle::numbers(2 * 4, "x1", -1, 1);
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto of_e1_noise = oracle::numbers(2 * 4, "e1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, x0 = of_x0, x1 = of_x1, s0 = of_s0[0], hg::name<"e1.noise"> = of_e1_noise);
    oracle::expect("e0", out[e0], {10, 0.88762377696069872, 7.0209316163772977, 7.0209316163772977});
    oracle::expect("e1", out[e1], {8, 0.1138066538860299, 3.7654152119167947, 3.7654152119167947});
    oracle::expect("e2", out[e2], {2, 6.3527962949042074, 8.7824373964354638, 8.7824373964354638});
    oracle::expect("e3", out[e3], {1, -0.072205527038127659, -0.039993246642825241, 0.039993246642825241});
    oracle::expect("e4", out[e4], {1, 0.0052136381348537849, 0.0028877334518110265, 0.0028877334518110265});
    oracle::expect("e5", out[e5], {1, -0.11404135873371454, -0.063165305682375439, 0.063165305682375439});
}
#endif

#ifndef __clang__
namespace model_4349 {

inline constexpr hg::input<"x0", 1> x0;
inline constexpr hg::parameter<"p0", 2> p0;
inline constexpr hg::parameter<"p1", 2> p1;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = sample(laplace(p1, (sigmoid(x0) + 0.25))),
    e1 = (p0 * 0.5 + hg::uniform_noise<2>()),
    e2 = (sum(sin((e0 * 0.12))) + (sum(square((e1 * 0.75))) * 0.9)),
    e3 = grad(batch_sum(e2), p1),
    e4 = hessian_vector_product(batch_sum(e2), p1, tanh(e3)),
};
using program0 = hg::function<model, hg::from<x0, hg::name<"e0.noise">, hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<29>>;

}

TEST_CASE("the model of seed 4349 is what JAX makes of it") {
    using namespace model_4349;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", 0.25, 1.75);
    oracle::fill(theta[p1], "p1", -1, 1);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_x0 = oracle::numbers(1 * 1, "x0", -1, 1);
    const auto of_e0_noise = oracle::numbers(1 * 2, "e0.noise", 0.0625, 0.9375);
    const auto of_e1_noise = oracle::numbers(1 * 2, "e1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, x0 = of_x0, hg::name<"e0.noise"> = of_e0_noise, hg::name<"e1.noise"> = of_e1_noise);
    oracle::expect("e0", out[e0], {2, -0.91595043398052256, -0.3067855360214759, 0.70786896818130218});
    oracle::expect("e1", out[e1], {2, 0.97270318047958426, 1.655559515256021, 1.655559515256021});
    oracle::expect("e2", out[e2], {1, 1.2173164422084974, 0.67424806261580861, 0.67424806261580861});
    oracle::expect("e3", out[e3], {2, 0.11927586354028326, 0.17128791467967466, 0.17128791467967466});
    oracle::expect("e4", out[e4], {2, 0.00018751704392548676, 6.2496813934866913e-05, 0.0001452273228472237});
}
#endif

#ifdef __clang__
namespace model_4620 {

inline constexpr hg::state<"m0"> m0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"k0_0"> k0_0;
inline constexpr hg::symbol<"k0_1"> k0_1;
inline constexpr hg::symbol<"k0_2"> k0_2;
inline constexpr hg::symbol<"f0_0"> f0_0;
inline constexpr hg::graph block0{
    k0_0 = leaky_relu((l1(f0_0) * 0.17), 0.2),
    k0_1 = ((max(outer(hg::broadcast_to<4>(f0_0), (hg::broadcast_to<2>(k0_0) * 0.21)), (f0_0 - k0_0)) * 0.19) + (k0_0 * 0.21)),
    k0_2 = hadamard((hg::concatenate<0>(matmul(hg::broadcast_to<2>(f0_0), (hg::reshape<2, 2>(hg::broadcast_to<4>(k0_0)) * 0.21)), -matmul(hg::broadcast_to<2>(f0_0), (hg::reshape<2, 2>(hg::broadcast_to<4>(k0_0)) * 0.21))) * 0.28), mean((k0_1 * 0.5))),
};
inline constexpr hg::graph model{
    e0 = hg::use<"b0a">(block0, f0_0 = m0)[k0_2],
    e1 = mean(square((e0 * 0.28))),
    e2 = grad(e1, m0),
    e3 = hessian_vector_product(e1, m0, (e1 * 0.14)),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3>, hg::element<double>>;

}

TEST_CASE("the model of seed 4620 is what JAX makes of it") {
    using namespace model_4620;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[m0], "m0", 0.25, 1.75);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto out = oracle::call(run0, theta);
    oracle::expect("e0", out[e0], {4, 3.5602521373080785e-05, -4.850501133712116e-05, 0.00015040453622864409});
    oracle::expect("e1", out[e1], {1, 9.9375099004660857e-11, 5.5041947724444397e-11, 5.5041947724444397e-11});
    oracle::expect("e2", out[e2], {1, 2.2578555053078994e-09, 1.2505825497258382e-09, 1.2505825497258382e-09});
    oracle::expect("e3", out[e3], {1, 5.947563396657389e-19, 3.2942404771972196e-19, 3.2942404771972196e-19});
}
#endif
