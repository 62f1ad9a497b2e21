// Random models with the values, gradients and second derivatives that JAX gives them in double. Made by
// tests/oracle/fixed.py --write. GCC checks one half of them and Clang the other, as tests/support/shares.hpp has it.
// clang-format off
#include "oracle/expect.hpp"

namespace hg = hourglass;

#ifndef __clang__
namespace model_4633 {

inline constexpr hg::input<"x0", 2> x0;
inline constexpr hg::parameter<"p0", 4> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"r0_0"> r0_0;
inline constexpr hg::symbol<"r0_1"> r0_1;
inline constexpr hg::symbol<"r0_2"> r0_2;
inline constexpr hg::symbol<"u0_0"> u0_0;
inline constexpr hg::symbol<"u0_1"> u0_1;
inline constexpr hg::symbol<"s0_0"> s0_0;
inline constexpr hg::symbol<"s0_1"> s0_1;
inline constexpr hg::graph body0{
    r0_0 = dot(hg::broadcast_to<4>(u0_1), hg::broadcast_to<4>(u0_1)),
    r0_1 = hadamard((u0_1 >= (elu(s0_0, 0.7) + s0_1)), (r0_0 * 0.29)),
    r0_2 = hadamard(silu((hg::dense<2>(hg::broadcast_to<5>(u0_0)) * 0.36)), r0_1),
    next(s0_0) = ((s0_0 * 0.5) + (hadamard((s0_1 * 0.45), (r0_2 * 0.28)) * 0.25)),
    next(s0_1) = ((s0_1 * 0.5) + ((sigmoid((squared_error(s0_0, (r0_0 * 0.14)) * 0.05)) + (r0_2 * 0.28)) * 0.18)),
};
inline constexpr auto read_c0 = hg::scan<"c0">(body0, hg::along(u0_0 = x0, u0_1 = x0), hg::carry(s0_0 = (hg::broadcast_to<2, 2>(x0) * 0.51), s0_1 = (hg::broadcast_to<2, 2>(x0) * 0.51)), hg::keep_every<3>);
inline constexpr hg::graph model{
    e0 = read_c0[last(s0_0)],
    e1 = (transpose(p0) < p0),
    e2 = (mean(square(e0)) + (mean(square(e1)) * 1.2)),
    e3 = grad(batch_sum(e2), hg::name<"c0.r0_2.weight">),
    e4 = hessian_vector_product(batch_sum(e2), hg::name<"c0.r0_2.weight">, tanh(e3)),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::training, hg::element<double>, hg::max_rows<3>>;

}

TEST_CASE("the model of seed 4633 is what JAX makes of it") {
    using namespace model_4633;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1, 1);
    oracle::fill(theta[hg::name<"c0.r0_2.weight">], "c0.r0_2.weight", -1, 1);
    oracle::fill(theta[hg::name<"c0.r0_2.bias">], "c0.r0_2.bias", -1, 1);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_x0 = oracle::numbers(3 * 2, "x0", 0.25, 1.75);
    const auto out = oracle::call(run0, theta, x0 = of_x0);
    oracle::expect("e0", out[e0], {12, 0.13061452363085171, 1.4073544002368854, 1.4073544002368854});
    oracle::expect("e1", out[e1], {4, 0, 0, 0});
    oracle::expect("e2", out[e2], {3, 0.028453504838841293, 0.053057520760096705, 0.053057520760096705});
    oracle::expect("e3", out[e3], {10, 0.0017079905558415273, 0.028968970855816716, 0.028968970855816716});
    oracle::expect("e4", out[e4], {10, 7.4239918351364991e-06, 0.00025436837804900658, 0.00025436837804900658});
}
#endif

#ifdef __clang__
namespace model_4735 {

inline constexpr hg::parameter<"p0"> p0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = abs((sign(s0) + p0)),
    e1 = jvp(e0, p0, s0),
    e2 = (square(e0) + (square(tanh(e1)) * 1.3)),
    e3 = grad(e2, s0),
    e4 = hessian(e2, s0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>>;

}

TEST_CASE("the model of seed 4735 is what JAX makes of it") {
    using namespace model_4735;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_s0 = oracle::numbers(1, "s0", -1.5, 1.5);
    const auto out = oracle::call(run0, theta, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {1, 0.26854328741319478, 0.14874093948680497, 0.14874093948680497});
    oracle::expect("e1", out[e1], {1, -1.4406189050059766, -0.79793098325835377, 0.79793098325835377});
    oracle::expect("e2", out[e2], {1, 1.1107091682830468, 0.61520035290560271, 0.61520035290560271});
    oracle::expect("e3", out[e3], {1, -0.46730158440141034, -0.25882932080365628, 0.25882932080365628});
    oracle::expect("e4", out[e4], {1, -0.73024099816263477, -0.40446638292384168, 0.40446638292384168});
}
#endif

#ifndef __clang__
namespace model_4829 {

inline constexpr hg::input<"x0", 8> x0;
inline constexpr hg::parameter<"p0", 8, 4> p0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::graph model{
    e0 = entropy(student_t(((sigmoid(max_norm(x0, hg::axes<0>, hg::keep_axes)) * 3) + 0.6), (sum(clamp(p0, -0.29, 0.413)) * 0.27), mean(x0))),
    e1 = sum(sin(((hg::slice<0, 7, 0>((x0 * 0.77)) + (hg::slice<1, 8, 0>((x0 * 0.77)) * 0.7)) * 0.78))),
    e2 = sparse_hessian(e1, x0),
    e3 = ((tanh((e0 * 0.05)) + (square((e1 * 0.51)) * 0.5)) + (sum(square(tanh(e2))) * 1.7)),
    e4 = grad(batch_sum(e3), x0),
    e5 = hessian(batch_sum(e3), x0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4, e5>, hg::training, hg::element<double>, hg::max_rows<25>>;

}

TEST_CASE("the model of seed 4829 is what JAX makes of it") {
    using namespace model_4829;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1, 1);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x0 = oracle::numbers(13 * 8, "x0", 0.25, 1.75);
    const auto out = oracle::call(run0, theta, x0 = of_x0);
    oracle::expect("e0", out[e0], {13, 1.7741610022374079, 19.827451425756792, 19.827451425756792});
    oracle::expect("e1", out[e1], {13, 5.8878603701187737, 63.995052892274771, 63.995052892274771});
    oracle::expect("e2", out[e2], {286, -0.33991145040983084, -75.731259158849412, 75.731259158849412});
    oracle::expect("e3", out[e3], {13, 7.6650995937798498, 81.002894845073115, 81.002894845073115});
    oracle::expect("e4", out[e4], {104, 0.50580467114447447, 107.56275232589418, 108.23085899887943});
    oracle::expect("e5", out[e5], {832, -0.80903028185973447, -109.95436124418511, 174.26420405687804});
}
#endif

#ifndef __clang__
namespace model_4990 {

inline constexpr hg::input<"x1", 9, 9> x1;
inline constexpr hg::parameter<"p0", 3> p0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"r0_0"> r0_0;
inline constexpr hg::symbol<"r0_1"> r0_1;
inline constexpr hg::symbol<"r0_2"> r0_2;
inline constexpr hg::symbol<"u0_0"> u0_0;
inline constexpr hg::symbol<"u0_1"> u0_1;
inline constexpr hg::symbol<"s0_0"> s0_0;
inline constexpr hg::symbol<"c0_0"> c0_0;
inline constexpr hg::symbol<"r1_0"> r1_0;
inline constexpr hg::symbol<"s1_0"> s1_0;
inline constexpr hg::symbol<"c1_0"> c1_0;
inline constexpr hg::graph body0{
    r0_0 = kl(categorical(outer(s0_0, s0_0)), categorical(hg::broadcast_to<2, 2>(c0_0))),
    r0_1 = ((where((u0_0 > u0_1), s0_0, u0_0) + u0_0) + sigmoid((r0_0 * 0.05))),
    r0_2 = hadamard(where((c0_0 < u0_1), leaky_relu(u0_0), gelu(c0_0)), r0_1),
    next(s0_0) = ((s0_0 * 0.5) + (((r0_1 * 0.22) + r0_2) * 0.16)),
};
inline constexpr hg::graph body1{
    r1_0 = max_norm((where((sum(c1_0) > s0), s1_0, s0) + s0), hg::axes<-1>),
    next(s1_0) = ((s1_0 * 0.5) + (((r1_0 * 0.29) + r1_0) * 0.2)),
};
inline constexpr auto read_c0 = hg::scan<"c0">(body0, hg::along(u0_0 = p0, u0_1 = p0), hg::carry(s0_0 = hg::broadcast_to<2>(mean(p0))), c0_0 = s0, hg::keep_every<2>);
inline constexpr auto read_c1 = hg::scan<"c1">(body1, hg::steps<5>, hg::carry(s1_0 = p0), c1_0 = x1);
inline constexpr hg::graph model{
    e0 = read_c0[last(s0_0)],
    e1 = read_c1[r1_0],
    e2 = (sum(tanh(e0)) + (mean(sin(e1)) * 0.2)),
    e3 = grad(batch_sum(e2), s0),
    e4 = hessian_vector_product(batch_sum(e2), s0, mean(e0)),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<16>>;

}

TEST_CASE("the model of seed 4990 is what JAX makes of it") {
    using namespace model_4990;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x1 = oracle::numbers(16 * 9 * 9, "x1", -1, 1);
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto out = oracle::call(run0, theta, x1 = of_x1, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {2, 0.77007658577591109, 1.1020348446442232, 1.1020348446442232});
    oracle::expect("e1", out[e1], {80, 0.28516610502265394, 92.272202481567803, 92.272202481567803});
    oracle::expect("e2", out[e2], {16, 1.3962588623648091, 19.576270743065269, 19.576270743065269});
    oracle::expect("e3", out[e3], {1, -0.19856698902626724, -0.10998241953219601, 0.10998241953219601});
    oracle::expect("e4", out[e4], {1, -4.4257820390042015, -2.4513551792207902, 2.4513551792207902});
}
#endif

#ifndef __clang__
namespace model_5265 {

inline constexpr hg::input<"x0"> x0;
inline constexpr hg::input<"x1", 4, 2> x1;
inline constexpr hg::parameter<"p0", 4> p0;
inline constexpr hg::argument<"a0", 2> a0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = kl(normal(sigmoid((kl(multivariate_normal(a0, (square(hg::reshape<2, 2>(p0)) + 0.3)), multivariate_normal((a0 * 0.51), (softplus(hg::reshape<2, 2>(p0)) + 0.25))) * 0.05)), (softplus(x0) + 0.25)), normal(mean(a0), (softplus(mean(x1)) + 0.25))),
    e1 = hg::shared(sample(uniform(sigmoid((e0 * 0.05)), ((softplus(x0) + 0.25) + 1.2)))),
    e2 = (square(sigmoid((e0 * 0.05))) + (square((e1 * 0.12)) * 0.1)),
    e3 = grad(batch_sum(e2), x1),
    e4 = hessian_vector_product(batch_sum(e2), x1, x1),
};
using program0 = hg::function<model, hg::from<x0, x1, a0, hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::training, hg::element<double>, hg::max_rows<35>>;

}

TEST_CASE("the model of seed 5265 is what JAX makes of it") {
    using namespace model_5265;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x0 = oracle::numbers(3, "x0", -1, 1);
    const auto of_x1 = oracle::numbers(3 * 4 * 2, "x1", -1.5, 1.5);
    const auto of_a0 = oracle::numbers(2, "a0", 0.25, 1.75);
    const auto of_e1_noise = oracle::numbers(1, "e1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, x0 = of_x0, x1 = of_x1, a0 = of_a0, hg::name<"e1.noise"> = of_e1_noise[0]);
    oracle::expect("e0", out[e0], {3, 0.3021457720824231, 1.3978956593619947, 1.3978956593619947});
    oracle::expect("e1", out[e1], {3, 0.75931644750469651, 2.0931461244345799, 2.0931461244345799});
    oracle::expect("e2", out[e2], {3, 0.25462126267672042, 0.70992495121016297, 0.70992495121016297});
    oracle::expect("e3", out[e3], {24, -0.00026662783388340327, -0.016163768979858086, 0.016163768979858086});
    oracle::expect("e4", out[e4], {24, 0.00031634554120704846, -0.0013896507225654787, 0.0060303769459410447});
}
#endif

#ifdef __clang__
namespace model_5439 {

inline constexpr hg::parameter<"p0", 1> p0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = (s0 * 0.5 + hg::shared(hg::normal_noise_like(s0))),
    e1 = hg::shared(dropout(p0, 0.3)),
    e2 = (sin(e0) + (mean(square(e1)) * 0.3)),
    e3 = grad(e2, s0),
    e4 = hessian(e2, s0),
};
using program0 = hg::function<model, hg::from<hg::name<"e0.noise">, hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>>;

}

TEST_CASE("the model of seed 5439 is what JAX makes of it") {
    using namespace model_5439;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1, 1);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto of_e0_noise = oracle::numbers(1, "e0.noise", -2, 2);
    const auto of_e1_noise = oracle::numbers(1, "e1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, s0 = of_s0[0], hg::name<"e0.noise"> = of_e0_noise[0], hg::name<"e1.noise"> = of_e1_noise);
    oracle::expect("e0", out[e0], {1, -0.35670768120326102, -0.19757349414843658, 0.19757349414843658});
    oracle::expect("e1", out[e1], {1, 0.84569552494212985, 0.46841441508881476, 0.46841441508881476});
    oracle::expect("e2", out[e2], {1, -0.13463078265261144, -0.074569389868165234, 0.074569389868165234});
    oracle::expect("e3", out[e3], {1, 0.46852577420217995, 0.25950737588680739, 0.25950737588680739});
    oracle::expect("e4", out[e4], {1, 0.087297764731188707, 0.048352545566466003, 0.048352545566466003});
}
#endif

#ifndef __clang__
namespace model_5463 {

inline constexpr hg::input<"x0", 3, 1> x0;
inline constexpr hg::parameter<"p1", 1> p1;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"r0_0"> r0_0;
inline constexpr hg::symbol<"r0_1"> r0_1;
inline constexpr hg::symbol<"r0_2"> r0_2;
inline constexpr hg::symbol<"u0_0"> u0_0;
inline constexpr hg::symbol<"u0_1"> u0_1;
inline constexpr hg::symbol<"s0_0"> s0_0;
inline constexpr hg::graph body0{
    r0_0 = (u0_0 <= log_gamma((softplus(u0_0) + 0.25))),
    r0_1 = hadamard((mse(cos((kl(exponential(exp(u0_1)), exponential((softplus(sum(u0_1)) + 0.25))) * 0.05)), (sum(digamma((sigmoid(u0_1) + 0.25))) * 0.35)) * 0.03), r0_0),
    r0_2 = hadamard((triangular_solve((square(hg::broadcast_to<4, 4>(u0_0)) + 0.3), hg::broadcast_to<4, 3>(mean(s0_0))) * 0.03), r0_1),
    next(s0_0) = ((s0_0 * 0.5) + ((u0_0 + r0_1) * 0.2)),
};
inline constexpr auto read_c0 = hg::scan<"c0">(body0, hg::along(u0_0 = x0, u0_1 = x0), hg::carry(s0_0 = (hg::broadcast_to<2, 2>(s0) * 0.51)));
inline constexpr hg::graph model{
    e0 = read_c0[s0_0],
    e1 = min(p1, hg::axes<-1>, hg::keep_axes),
    e2 = (sum(tanh(e0)) + (sum(tanh(e1)) * 1.6)),
    e3 = grad(batch_sum(e2), p1),
    e4 = hessian_vector_product(batch_sum(e2), p1, tanh(e3)),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<29>>;

}

TEST_CASE("the model of seed 5463 is what JAX makes of it") {
    using namespace model_5463;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p1], "p1", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_x0 = oracle::numbers(16 * 3 * 1, "x0", -1, 1);
    const auto of_s0 = oracle::numbers(1, "s0", 0.25, 1.75);
    const auto out = oracle::call(run0, theta, x0 = of_x0, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {192, 0.14264217922347597, 13.832099255558166, 21.62397875058284});
    oracle::expect("e1", out[e1], {1, -1.4365494875237346, -0.79567701152328152, 0.79567701152328152});
    oracle::expect("e2", out[e2], {16, 0.155988133692053, -8.4112654461959249, 10.474247099395598});
    oracle::expect("e3", out[e3], {1, 5.1852608776234064, 2.872015837190443, 2.872015837190443});
    oracle::expect("e4", out[e4], {1, 9.2603055628498758, 5.1291043712958562, 5.1291043712958562});
}
#endif

#ifdef __clang__
namespace model_5931 {

inline constexpr hg::parameter<"p0", 5, 3> p0;
inline constexpr hg::parameter<"p1", 5> p1;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::symbol<"r0_0"> r0_0;
inline constexpr hg::symbol<"r0_1"> r0_1;
inline constexpr hg::symbol<"u0_0"> u0_0;
inline constexpr hg::symbol<"u0_1"> u0_1;
inline constexpr hg::symbol<"s0_0"> s0_0;
inline constexpr hg::symbol<"s0_1"> s0_1;
inline constexpr hg::graph body0{
    r0_0 = log_prob(student_t(((sigmoid(where((s0_0 > s0_0), u0_1, u0_0)) * 3) + 0.6), u0_0, exp((polygamma(1, (softplus(u0_0) + 0.25)) * 0.11))), l1_norm(s0_1, hg::axes<0>, hg::keep_axes)),
    r0_1 = (log_bessel_i0((square(sin((log_prob(multivariate_normal(hg::broadcast_to<2>(s0_0), (sigmoid(s0_1) + 0.25)), hg::broadcast_to<2>(s0_0)) * 0.05))) + 0.3)) + cos((r0_0 * 0.05))),
    next(s0_0) = ((s0_0 * 0.5) + (hadamard((u0_0 * 0.33), r0_1) * 0.39)),
    next(s0_1) = ((s0_1 * 0.5) + (((s0_0 * 0.45) + r0_1) * 0.25)),
};
inline constexpr auto read_c0 = hg::scan<"c0">(body0, hg::along(u0_0 = (e0 * 0.24), u0_1 = (e0 * 0.24)), hg::carry(s0_0 = s0, s0_1 = (hg::broadcast_to<2, 2>(mean(p1)) * 0.59)));
inline constexpr hg::graph model{
    e0 = (transpose(p0) * p1),
    e1 = read_c0[last(s0_1)],
    e2 = read_c0[last(s0_0)],
    e3 = ((mean(square((e0 * 0.32))) + (sum(square(e1)) * 1)) + (tanh(e2) * 1.5)),
    e4 = grad(e3, s0),
    e5 = hessian_vector_product(e3, s0, e2),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4, e5>, hg::element<double>>;

}

TEST_CASE("the model of seed 5931 is what JAX makes of it") {
    using namespace model_5931;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    oracle::fill(theta[p1], "p1", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto out = oracle::call(run0, theta, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {3, -2.293806516122602, -4.664500102893502, 4.664500102893502});
    oracle::expect("e1", out[e1], {4, 0.3108923921201836, 1.3133796217367102, 1.3133796217367102});
    oracle::expect("e2", out[e2], {1, -0.20841197135139264, -0.11543536506800087, 0.11543536506800087});
    oracle::expect("e3", out[e3], {1, 0.43606584460760517, 0.24152844790807973, 0.24152844790807973});
    oracle::expect("e4", out[e4], {1, 0.38872993394078509, 0.21531000137058365, 0.21531000137058365});
    oracle::expect("e5", out[e5], {1, -0.013605261829738461, -0.0075356917166414118, 0.0075356917166414118});
}
#endif
