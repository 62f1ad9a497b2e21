// Random models with the values, gradients and second derivatives that JAX gives them in double. Made by
// tests/oracle/fixed.py --write. GCC checks one half of them and Clang the other, as tests/support/shares.hpp has it.
// clang-format off
#include "oracle/expect.hpp"

namespace hg = hourglass;

#ifndef __clang__
namespace model_86 {

inline constexpr hg::input<"x0", 9> x0;
inline constexpr hg::parameter<"p0", 9> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = sample(categorical(x0), hg::relaxed(0.7)),
    e1 = log_prob(gamma(((sigmoid(sin((gaussian_nll(x0, e0, p0) * 0.05))) * 3) + 0.6), (softplus(mean(log_softmax(p0))) + 0.25)), (square(max(p0, hg::axes<0>)) + 0.3)),
    e2 = (mean(square(e0)) + (sin((e1 * 0.05)) * 1.2)),
    e3 = grad(batch_sum(e2), x0),
    e4 = hessian_vector_product(batch_sum(e2), x0, tanh(e3)),
};
using program0 = hg::function<model, hg::from<x0, hg::name<"e0.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<21>>;

}

TEST_CASE("the model of seed 86 is what JAX makes of it") {
    using namespace model_86;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(1 * 9, "x0", -1, 1);
    const auto of_e0_noise = oracle::numbers(1 * 9, "e0.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, x0 = of_x0, hg::name<"e0.noise"> = of_e0_noise);
    oracle::expect("e0", out[e0], {9, 0.018921963028625758, 1.0067772982095116, 1.0067772982095116});
    oracle::expect("e1", out[e1], {1, -3.0604746676273917, -1.6951377996577637, 1.6951377996577637});
    oracle::expect("e2", out[e2], {1, -0.13337867536026501, -0.073875871825707776, 0.073875871825707776});
    oracle::expect("e3", out[e3], {9, -0.0025368795522174915, 0.013786225156307685, 0.079615269457907326});
    oracle::expect("e4", out[e4], {9, -1.69212041388375e-05, 0.00026655986238385994, 0.0011677132335862987});
}
#endif

#ifdef __clang__
namespace model_233 {

inline constexpr hg::argument<"a0", 8> a0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::graph model{
    e0 = log_prob(logistic((l2(s0) * 0.03), (softplus(s0) + 0.25)), sigmoid((bernoulli_nll(a0, ((sigmoid(a0) * 0.8) + 0.1)) * 0.05))),
    e1 = sin(sin((e0 * 0.05))),
    e2 = grad(e1, s0),
    e3 = hessian(e1, s0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3>, hg::element<double>>;

}

TEST_CASE("the model of seed 233 is what JAX makes of it") {
    using namespace model_233;
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_a0 = oracle::numbers(8, "a0", -1.5, 1.5);
    const auto of_s0 = oracle::numbers(1, "s0", -0.5, 1);
    const auto out = oracle::call(run0, a0 = of_a0, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {1, -1.2190944377673334, -0.67523286001056793, 0.67523286001056793});
    oracle::expect("e1", out[e1], {1, -0.060879313977157429, -0.03371987601515318, 0.03371987601515318});
    oracle::expect("e2", out[e2], {1, -0.019604041130858542, -0.01085829969399039, 0.01085829969399039});
    oracle::expect("e3", out[e3], {1, -0.0060126913857451846, -0.0033303136122851203, 0.0033303136122851203});
}
#endif

#ifndef __clang__
namespace model_319 {

inline constexpr hg::input<"x0", 5> x0;
inline constexpr hg::parameter<"p0", 5> p0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = kl(bernoulli(x0), bernoulli(s0)),
    e1 = entropy(beta(((sigmoid(hg::broadcast_to<3, 5>(p0)) * 3) + 0.6), ((sigmoid((sum(sigmoid(p0)) * 0.54)) * 3) + 0.6))),
    e2 = (tanh(sigmoid((e0 * 0.05))) + (square(cos((e1 * 0.05))) * 0.2)),
    e3 = grad(batch_sum(e2), p0),
    e4 = hessian(batch_sum(e2), p0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::training, hg::element<double>, hg::max_rows<13>>;

}

TEST_CASE("the model of seed 319 is what JAX makes of it") {
    using namespace model_319;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_x0 = oracle::numbers(13 * 5, "x0", 0.25, 1.75);
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto out = oracle::call(run0, theta, x0 = of_x0, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {13, 2.0768456443573755, 24.002763123545414, 24.002763123545414});
    oracle::expect("e1", out[e1], {1, -3.910117175339872, -2.1657383722597872, 2.1657383722597872});
    oracle::expect("e2", out[e2], {13, 0.67472179201924787, 7.692780427396011, 7.692780427396011});
    oracle::expect("e3", out[e3], {5, -0.0067727111731208239, -0.033565627149229789, 0.033565627149229789});
    oracle::expect("e4", out[e4], {25, -0.00012412729803925465, -0.0024130570108318421, 0.02223947854374575});
}
#endif

#ifdef __clang__
namespace model_340 {

inline constexpr hg::parameter<"p0", 4, 4> p0;
inline constexpr hg::parameter<"p1", 4> p1;
inline constexpr hg::state<"m0", 4> m0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::symbol<"e6"> e6;
inline constexpr hg::graph model{
    e0 = where((p1 > m0), p0, log((softplus(p0) + 0.25))),
    e1 = sin((hg::slice<0, 3, 0>(m0) + (hg::slice<1, 4, 0>(m0) * 0.7))),
    e2 = sparse_jacobian(e1, m0),
    e3 = ((sum(square(e0)) + (sum(square(e1)) * 1.4)) + (sum(square(tanh(e2))) * 1.2)),
    e4 = grad(e3, m0),
    e5 = sum(square(grad(e3, m0))),
    e6 = grad(e5, m0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4, e5, e6>, hg::element<double>>;

}

TEST_CASE("the model of seed 340 is what JAX makes of it") {
    using namespace model_340;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1, 1);
    oracle::fill(theta[p1], "p1", 0.25, 1.75);
    oracle::fill(theta[m0], "m0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto out = oracle::call(run0, theta);
    oracle::expect("e0", out[e0], {16, 0.84569552494212985, 3.6050065698933187, 7.7167728879668935});
    oracle::expect("e1", out[e1], {3, 0.2085988728683727, 1.5644884103881156, 1.5644884103881156});
    oracle::expect("e2", out[e2], {6, 0.97800128335194147, 3.6680871647625031, 3.6680871647625031});
    oracle::expect("e3", out[e3], {1, 10.469823289536462, 5.7990328760307239, 5.7990328760307239});
    oracle::expect("e4", out[e4], {4, 0.27301231460835579, 1.2790495680563154, 1.2790495680563154});
    oracle::expect("e5", out[e5], {1, 0.36395531440863832, 0.20158781817942564, 0.20158781817942564});
    oracle::expect("e6", out[e6], {4, 0.80387900703460247, -0.025155150377370213, 1.0266079955866825});
}
#endif

#ifndef __clang__
namespace model_856 {

inline constexpr hg::input<"x0"> x0;
inline constexpr hg::parameter<"p0", 1> p0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = entropy(normal(x0, (square(x0) + 0.3))),
    e1 = entropy(logistic((exp(s0) * 0.62), (softplus(mean(outer(p0, p0))) + 0.25))),
    e2 = (tanh((e0 * 0.05)) + (square(cos((e1 * 0.05))) * 1.3)),
    e3 = grad(batch_sum(e2), x0),
    e4 = hessian_vector_product(batch_sum(e2), x0, sigmoid((e1 * 0.05))),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<15>>;

}

TEST_CASE("the model of seed 856 is what JAX makes of it") {
    using namespace model_856;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x0 = oracle::numbers(13, "x0", -1, 1);
    const auto of_s0 = oracle::numbers(1, "s0", 0.25, 1.75);
    const auto out = oracle::call(run0, theta, x0 = of_x0, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {13, 0.21510697126103384, 7.3487511562245551, 7.3487511562245551});
    oracle::expect("e1", out[e1], {1, 2.3426475443184218, 1.2975472222183639, 1.2975472222183639});
    oracle::expect("e2", out[e2], {13, 1.2930003627621478, 14.980746206046005, 14.980746206046005});
    oracle::expect("e3", out[e3], {13, 0.0021693301244211666, -0.097149394319674218, 0.70878511012163115});
    oracle::expect("e4", out[e4], {13, 0.17632136232737039, 0.784060675400713, 0.87416638399525126});
}
#endif

#ifdef __clang__
namespace model_960 {

inline constexpr hg::input<"x0"> x0;
inline constexpr hg::input<"x1", 4, 4> x1;
inline constexpr hg::parameter<"p0", 4> p0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = where((x0 < mean(p0)), log_prob(uniform((p0 * 0.59), ((sigmoid(s0) + 0.25) + 1.2)), ((sigmoid(mean(x1)) * 0.2) + 1)), polygamma(2, (softplus(x0) + 0.25))),
    e1 = entropy(bernoulli(mean(p0, hg::axes<-1>, hg::keep_axes))),
    e2 = (cos((e0 * 0.05)) + (tanh(cos((e1 * 0.05))) * 0.1)),
    e3 = grad(batch_sum(e2), s0),
    e4 = hessian(batch_sum(e2), s0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<4>>;

}

TEST_CASE("the model of seed 960 is what JAX makes of it") {
    using namespace model_960;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(4, "x0", -1, 1);
    const auto of_x1 = oracle::numbers(4 * 4 * 4, "x1", -1, 1);
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto out = oracle::call(run0, theta, x0 = of_x0, x1 = of_x1, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {4, -0.49787644398548647, -2.103302596804923, 2.103302596804923});
    oracle::expect("e1", out[e1], {1, 0.58757943827662973, 0.32544890067544774, 0.32544890067544774});
    oracle::expect("e2", out[e2], {4, 1.0758314512547653, 4.5449008734675536, 4.5449008734675536});
    oracle::expect("e3", out[e3], {1, -0.0035807963691836418, -0.0019833339391716457, 0.0019833339391716457});
    oracle::expect("e4", out[e4], {1, -0.0061056797536624954, -0.003381818073031831, 0.003381818073031831});
}
#endif

#ifndef __clang__
namespace model_1076 {

inline constexpr hg::input<"x0", 2> x0;
inline constexpr hg::parameter<"p0", 2, 2> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = hg::shared(sample(beta(((sigmoid(x0) * 3) + 0.6), ((sigmoid((sum(p0) * 0.38)) * 3) + 0.6)))),
    e1 = kl(gamma(((sigmoid(stop_gradient(x0)) * 3) + 0.6), (softplus(x0) + 0.25)), gamma(((sigmoid((e0 * 0.09)) * 3) + 0.6), (sigmoid((e0 * 0.12)) + 0.25))),
    e2 = (sum(tanh((e0 * 0.12))) + (tanh(sin((e1 * 0.05))) * 1.5)),
    e3 = grad(batch_sum(e2), x0),
    e4 = hessian_vector_product(batch_sum(e2), x0, tanh(e3)),
};
using program0 = hg::function<model, hg::from<x0, hg::name<"e0.0.noise">, hg::name<"e0.1.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<1>>;

}

TEST_CASE("the model of seed 1076 is what JAX makes of it") {
    using namespace model_1076;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", 0.25, 1.75);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x0 = oracle::numbers(1 * 2, "x0", -0.5, 1);
    const auto of_e0_0_noise = oracle::numbers(2, "e0.0.noise", 0.0625, 0.9375);
    const auto of_e0_1_noise = oracle::numbers(2, "e0.1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, x0 = of_x0, hg::name<"e0.0.noise"> = of_e0_0_noise, hg::name<"e0.1.noise"> = of_e0_1_noise);
    oracle::expect("e0", out[e0], {2, 0.59500013402688379, 0.72409323192762109, 0.72409323192762109});
    oracle::expect("e1", out[e1], {1, 0.22205512398294702, 0.12299204376783705, 0.12299204376783705});
    oracle::expect("e2", out[e2], {1, 0.14185208277246494, 0.078569128511754988, 0.078569128511754988});
    oracle::expect("e3", out[e3], {2, 0.026641963277541102, 0.04264328390188972, 0.04264328390188972});
    oracle::expect("e4", out[e4], {2, 0.00075957325662840227, 0.00092363857807969843, 0.00092363857807969843});
}
#endif

#ifdef __clang__
namespace model_1104 {

inline constexpr hg::input<"x0", 3, 3> x0;
inline constexpr hg::parameter<"p0", 3> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::graph model{
    e0 = sample(multivariate_normal(p0, x0)),
    e1 = sum(square((e0 * 0.06))),
    e2 = grad(batch_sum(e1), x0),
    e3 = hessian(batch_sum(e1), x0),
};
using program0 = hg::function<model, hg::from<x0, hg::name<"e0.noise">>, hg::to<e0, e1, e2, e3>, hg::training, hg::element<double>, hg::max_rows<23>>;

}

TEST_CASE("the model of seed 1104 is what JAX makes of it") {
    using namespace model_1104;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", 0.25, 1.75);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(4 * 3 * 3, "x0", 0.25, 1.75);
    const auto of_e0_noise = oracle::numbers(4 * 3, "e0.noise", -2, 2);
    const auto out = oracle::call(run0, theta, x0 = of_x0, hg::name<"e0.noise"> = of_e0_noise);
    oracle::expect("e0", out[e0], {12, 1.7583732149356308, 7.6903711736106155, 14.771963379883886});
    oracle::expect("e1", out[e1], {4, 0.028016377744539592, 0.11907333088639509, 0.11907333088639509});
    oracle::expect("e2", out[e2], {36, 0.0015635279974165694, 0.15241047802519164, 0.23574837479363084});
    oracle::expect("e3", out[e3], {324, 0.00010981374664936594, 0.28948202061351186, 0.48520193975660048});
}
#endif
