// Random models with the values, gradients and second derivatives that JAX gives them in double. Made by
// tests/oracle/fixed.py --write. GCC checks one half of them and Clang the other, as tests/support/shares.hpp has it.
// clang-format off
#include "oracle/expect.hpp"

namespace hg = hourglass;

#ifndef __clang__
namespace model_2125 {

inline constexpr hg::parameter<"p0", 3, 3> p0;
inline constexpr hg::argument<"a0", 3> a0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = hg::shared(sample(von_mises(p0, ((sigmoid(a0) * 3) + 0.6)))),
    e1 = mean(tanh((e0 * 0.12))),
    e2 = grad(e1, p0),
    e3 = sum(square(grad(e1, p0))),
    e4 = grad(e3, p0),
};
using program0 = hg::function<model, hg::from<a0, hg::name<"e0.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>>;

}

TEST_CASE("the model of seed 2125 is what JAX makes of it") {
    using namespace model_2125;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", 0.25, 1.75);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_a0 = oracle::numbers(3, "a0", -1, 1);
    const auto of_e0_noise = oracle::numbers(3 * 3, "e0.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, a0 = of_a0, hg::name<"e0.noise"> = of_e0_noise);
    oracle::expect("e0", out[e0], {9, 1.6780850321182477, 9.2568734746474526, 9.6570067908626918});
    oracle::expect("e1", out[e1], {1, 0.12075226238277025, 0.066882345580044189, 0.066882345580044189});
    oracle::expect("e2", out[e2], {9, 0.012806954310856496, 0.10978327752058621, 0.10978327752058621});
    oracle::expect("e3", out[e3], {1, 0.0015213695913407386, 0.00084265722856999379, 0.00084265722856999379});
    oracle::expect("e4", out[e4], {9, -1.5642741769430435e-05, -8.6030865605308041e-05, 9.0112059069645273e-05});
}
#endif

#ifdef __clang__
namespace model_2157 {

inline constexpr hg::parameter<"p0", 4, 3> p0;
inline constexpr hg::parameter<"p1", 3, 3> p1;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = sample(gamma(((sigmoid(p1) * 3) + 0.6), (square((sum(p0) * 0.1)) + 0.3))),
    e1 = jacobian(e0, p1),
    e2 = (sum(square((e0 * 0.12))) + (mean(sin(tanh(e1))) * 1.4)),
    e3 = grad(batch_sum(e2), p1),
    e4 = hessian(batch_sum(e2), p1),
};
using program0 = hg::function<model, hg::from<hg::name<"e0.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<14>>;

}

TEST_CASE("the model of seed 2157 is what JAX makes of it") {
    using namespace model_2157;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    oracle::fill(theta[p1], "p1", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(2)};
    const auto of_e0_noise = oracle::numbers(2 * 3 * 3, "e0.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, hg::name<"e0.noise"> = of_e0_noise);
    oracle::expect("e0", out[e0], {18, 2.56292807176305, 92.682727073578505, 92.682727073578505});
    oracle::expect("e1", out[e1], {162, 1.3059364395973472, 28.115892491865672, 28.115892491865672});
    oracle::expect("e2", out[e2], {2, 4.9412262402239682, 8.9144774133061837, 8.9144774133061837});
    oracle::expect("e3", out[e3], {9, 0.15362576139872025, 5.2459534004555239, 5.2459534004555239});
    oracle::expect("e4", out[e4], {81, 0.16868716371635745, 1.0223709198582747, 1.9228902892524644});
}
#endif

#ifndef __clang__
namespace model_2257 {

inline constexpr hg::input<"x0", 3> x0;
inline constexpr hg::input<"x1", 3> x1;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = straight_through_of(draw(bernoulli(x1)), sigmoid(x1)),
    e1 = entropy(categorical(bessel_ratio((square(x0) + 0.3)))),
    e2 = (mean(square(e0)) + (sin((e1 * 0.05)) * 1.5)),
    e3 = grad(batch_sum(e2), x1),
    e4 = hessian_vector_product(batch_sum(e2), x1, x0),
};
using program0 = hg::function<model, hg::from<x0, x1, hg::name<"e0.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<4>>;

}

TEST_CASE("the model of seed 2257 is what JAX makes of it") {
    using namespace model_2257;
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_x0 = oracle::numbers(4 * 3, "x0", -1, 1);
    const auto of_x1 = oracle::numbers(4 * 3, "x1", -1, 1);
    const auto of_e0_noise = oracle::numbers(4 * 3, "e0.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, x0 = of_x0, x1 = of_x1, hg::name<"e0.noise"> = of_e0_noise);
    oracle::expect("e0", out[e0], {12, 0, 6.0440007499419153, 6.0440007499419153});
    oracle::expect("e1", out[e1], {4, 1.0942555340362148, 4.6333326458751412, 4.6333326458751412});
    oracle::expect("e2", out[e2], {4, 0.74869489233821129, 1.744406507499257, 1.744406507499257});
    oracle::expect("e3", out[e3], {12, 0, 0.87053740306714689, 0.87053740306714689});
    oracle::expect("e4", out[e4], {12, 0.00026994843516620559, -0.020960431040931461, 0.16381089234341645});
}
#endif

#ifdef __clang__
namespace model_2413 {

inline constexpr hg::parameter<"p0", 2> p0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::graph model{
    e0 = entropy(uniform(cos((entropy(multivariate_normal(hg::broadcast_to<3>(s0), exp(hg::broadcast_to<3, 3>(s0)))) * 0.05)), ((square(l1_norm(p0)) + 0.3) + 1.2))),
    e1 = square(tanh((e0 * 0.05))),
    e2 = grad(e1, p0),
    e3 = hessian_vector_product(e1, p0, p0),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3>, hg::element<double>>;

}

TEST_CASE("the model of seed 2413 is what JAX makes of it") {
    using namespace model_2413;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1, 1);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_s0 = oracle::numbers(1, "s0", -1, 1);
    const auto out = oracle::call(run0, theta, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {1, 0.91551434666789155, 0.50708571176275752, 0.50708571176275752});
    oracle::expect("e1", out[e1], {1, 0.0020924925896972607, 0.0011589912250603344, 0.0011589912250603344});
    oracle::expect("e2", out[e2], {2, 0.0051629337839643203, 0.007388528667946306, 0.007388528667946306});
    oracle::expect("e3", out[e3], {2, 0.0058738882091268338, 0.0084059554589370495, 0.0084059554589370495});
}
#endif

#ifndef __clang__
namespace model_2418 {

inline constexpr hg::parameter<"p1", 4, 4> p1;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::graph model{
    e0 = elu(s0),
    e1 = draw(bernoulli(p1)),
    e2 = score_function(sum(square((e1 + p1))), log_prob(bernoulli(p1), e1), 0.25),
    e3 = ((square(e0) + (sum(square(e1)) * 0.1)) + (square((e2 * 0.03)) * 2)),
    e4 = grad(batch_sum(e3), s0),
    e5 = hessian(batch_sum(e3), s0),
};
using program0 = hg::function<model, hg::from<hg::name<"e1.noise">>, hg::to<e0, e1, e2, e3, e4, e5>, hg::element<double>, hg::max_rows<28>>;

}

TEST_CASE("the model of seed 2418 is what JAX makes of it") {
    using namespace model_2418;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p1], "p1", -0.5, 1);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_s0 = oracle::numbers(1, "s0", 0.25, 1.75);
    const auto of_e1_noise = oracle::numbers(4 * 4 * 4, "e1.noise", 0.0625, 0.9375);
    const auto out = oracle::call(run0, theta, s0 = of_s0[0], hg::name<"e1.noise"> = of_e1_noise);
    oracle::expect("e0", out[e0], {1, 0.27969054749701172, 0.15491519151724029, 0.15491519151724029});
    oracle::expect("e1", out[e1], {64, 1, 34.463768242392689, 34.463768242392689});
    oracle::expect("e2", out[e2], {4, 22.153347851623387, 84.301262147468705, 84.301262147468705});
    oracle::expect("e3", out[e3], {4, 2.0616142802222259, 6.7818937797134655, 6.7818937797134655});
    oracle::expect("e4", out[e4], {1, 2.2375243799760938, 1.2393215321379223, 1.2393215321379223});
    oracle::expect("e5", out[e5], {1, 8, 4.4310454651713371, 4.4310454651713371});
}
#endif

#ifdef __clang__
namespace model_2487 {

inline constexpr hg::input<"x1", 5> x1;
inline constexpr hg::parameter<"p0"> p0;
inline constexpr hg::argument<"a0", 5, 3> a0;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::graph model{
    e0 = hg::shared(sample(normal(x1, s0))),
    e1 = sin((p0 == a0)),
    e2 = (sum(square((e0 * 0.12))) + (mean(square(e1)) * 2)),
    e3 = grad(batch_sum(e2), s0),
    e4 = hessian(batch_sum(e2), s0),
};
using program0 = hg::function<model, hg::from<x1, a0, hg::name<"e0.noise">>, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<28>>;

}

TEST_CASE("the model of seed 2487 is what JAX makes of it") {
    using namespace model_2487;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_x1 = oracle::numbers(4 * 5, "x1", -1, 1);
    const auto of_a0 = oracle::numbers(5 * 3, "a0", -1, 1);
    const auto of_s0 = oracle::numbers(1, "s0", 0.25, 1.75);
    const auto of_e0_noise = oracle::numbers(5, "e0.noise", -2, 2);
    const auto out = oracle::call(run0, theta, x1 = of_x1, a0 = of_a0, s0 = of_s0[0], hg::name<"e0.noise"> = of_e0_noise);
    oracle::expect("e0", out[e0], {20, -0.063029126380897721, -0.72994702983419901, 10.443916966973532});
    oracle::expect("e1", out[e1], {15, 0, 0, 0});
    oracle::expect("e2", out[e2], {4, 0.060369055638760938, 0.12485906914573784, 0.12485906914573784});
    oracle::expect("e3", out[e3], {1, 0.23178641757006785, 0.12838201930776988, 0.12838201930776988});
    oracle::expect("e4", out[e4], {1, 0.46710742478763756, 0.25872177954414033, 0.25872177954414033});
}
#endif

#ifndef __clang__
namespace model_2514 {

inline constexpr hg::input<"x1", 3> x1;
inline constexpr hg::scalar<"s0"> s0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"r0_0"> r0_0;
inline constexpr hg::symbol<"r0_1"> r0_1;
inline constexpr hg::symbol<"r0_2"> r0_2;
inline constexpr hg::symbol<"s0_0"> s0_0;
inline constexpr hg::symbol<"c0_0"> c0_0;
inline constexpr hg::graph body0{
    r0_0 = (entropy(exponential((softplus(s0_0) + 0.25))) + matmul(hg::reshape<3, 1>(s0_0), transpose(hg::reshape<3, 1>(s0_0)))),
    r0_1 = ((pow(exp(c0_0), von_mises_quantile(((sigmoid(s0) * 3) + 0.6), ((sigmoid(c0_0) * 0.8) + 0.1))) * 0.15) + tanh((r0_0 * 0.05))),
    r0_2 = hadamard(silu((hg::dense<3>(s0_0) * 0.51)), (r0_1 * 0.8)),
    next(s0_0) = ((s0_0 * 0.5) + ((sin((log_prob(von_mises(c0_0, ((sigmoid(s0) * 3) + 0.6)), c0_0) * 0.05)) + (mean(r0_2) * 0.28)) * 0.17)),
};
inline constexpr auto read_c0 = hg::scan<"c0">(body0, hg::steps<2>, hg::carry(s0_0 = (x1 * 0.59)), c0_0 = s0, hg::backwards);
inline constexpr hg::graph model{
    e0 = read_c0[last(s0_0)],
    e1 = read_c0[last(s0_0)],
    e2 = (sum(square(e0)) + (mean(tanh(e1)) * 0.6)),
    e3 = grad(batch_sum(e2), x1),
    e4 = hessian(batch_sum(e2), x1),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4>, hg::element<double>, hg::max_rows<28>>;

}

TEST_CASE("the model of seed 2514 is what JAX makes of it") {
    using namespace model_2514;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[hg::name<"c0.r0_2.weight">], "c0.r0_2.weight", -1, 1);
    oracle::fill(theta[hg::name<"c0.r0_2.bias">], "c0.r0_2.bias", -1, 1);
    static program0 run0{hg::threads = hg::pinned(1)};
    const auto of_x1 = oracle::numbers(8 * 3, "x1", -1.5, 1.5);
    const auto of_s0 = oracle::numbers(1, "s0", -0.5, 1);
    const auto out = oracle::call(run0, theta, x1 = of_x1, s0 = of_s0[0]);
    oracle::expect("e0", out[e0], {24, -0.03059259780777069, -0.80571765038863496, 2.6737119451103313});
    oracle::expect("e1", out[e1], {24, -0.03059259780777069, -0.80571765038863496, 2.6737119451103313});
    oracle::expect("e2", out[e2], {8, 0.049651323198683373, 0.32765941172009033, 0.34123157247868385});
    oracle::expect("e3", out[e3], {24, 0.02025601327720495, 0.38683332003142268, 0.77614080375337657});
    oracle::expect("e4", out[e4], {72, 0.043697346927527081, 1.0795584564849698, 1.0882958558349172});
}
#endif

#ifdef __clang__
namespace model_2684 {

inline constexpr hg::parameter<"p0", 2, 2> p0;
inline constexpr hg::parameter<"p1"> p1;
inline constexpr hg::argument<"a0", 7> a0;
inline constexpr hg::symbol<"e0"> e0;
inline constexpr hg::symbol<"e1"> e1;
inline constexpr hg::symbol<"e2"> e2;
inline constexpr hg::symbol<"e3"> e3;
inline constexpr hg::symbol<"e4"> e4;
inline constexpr hg::symbol<"e5"> e5;
inline constexpr hg::symbol<"e6"> e6;
inline constexpr hg::symbol<"k0_0"> k0_0;
inline constexpr hg::symbol<"k0_1"> k0_1;
inline constexpr hg::symbol<"k0_2"> k0_2;
inline constexpr hg::symbol<"f0_0"> f0_0;
inline constexpr hg::symbol<"f0_1"> f0_1;
inline constexpr hg::symbol<"r1_0"> r1_0;
inline constexpr hg::symbol<"r1_1"> r1_1;
inline constexpr hg::symbol<"r1_2"> r1_2;
inline constexpr hg::symbol<"u1_0"> u1_0;
inline constexpr hg::symbol<"s1_0"> s1_0;
inline constexpr hg::symbol<"c1_0"> c1_0;
inline constexpr hg::graph block0{
    k0_0 = hg::transpose<0, 1>(f0_0),
    k0_1 = (tanh((log_prob(exponential(exp(f0_1)), (softplus(min(f0_1, hg::axes<-1>)) + 0.25)) * 0.05)) + k0_0),
    k0_2 = hadamard((gamma_quantile(((sigmoid(tanh((kl(multivariate_normal((hg::broadcast_to<2>(mean(k0_1)) * 0.71), (square(f0_0) + 0.3)), normal((hg::broadcast_to<2>(mean(k0_1)) * 0.35), exp(hg::broadcast_to<2>(mean(f0_0))))) * 0.05))) * 3) + 0.6), ((sigmoid((pow(k0_0, 3) * 0.8)) * 0.8) + 0.1)) * 0.17), k0_1),
};
inline constexpr hg::graph body1{
    r1_0 = lower_triangle(hg::broadcast_to<3, 3>(c1_0)),
    r1_1 = hadamard((prod(((matmul(r1_0, transpose(r1_0)) * 0.53) * 0.35)) * 0.47), r1_0),
    r1_2 = hadamard((hadamard(transpose(log1p((softplus(s1_0) + 0.25))), (r1_1 * 0.67)) * 0.82), mean(u1_0)),
    next(s1_0) = ((s1_0 * 0.5) + (hadamard((c1_0 * 0.59), (mean(r1_2) * 0.67)) * 0.25)),
};
inline constexpr auto read_c1 = hg::scan<"c1">(body1, hg::along(u1_0 = p0), hg::carry(s1_0 = (hg::broadcast_to<3>(mean(a0)) * 0.59)), c1_0 = p1, hg::backwards);
inline constexpr hg::graph model{
    e0 = hg::use<"b0a">(block0, f0_0 = p0, f0_1 = p0)[k0_2],
    e1 = read_c1[s1_0],
    e2 = read_c1[next(s1_0)],
    e3 = ((mean(tanh((e0 * 0.42))) + (mean(tanh(e1)) * 0.1)) + (sum(tanh(e2)) * 1.9)),
    e4 = grad(e3, p1),
    e5 = square(grad(e3, p1)),
    e6 = grad(e5, p1),
};
using program0 = hg::function<model, hg::to<e0, e1, e2, e3, e4, e5, e6>, hg::element<double>>;

}

TEST_CASE("the model of seed 2684 is what JAX makes of it") {
    using namespace model_2684;
    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};
    oracle::fill(theta[p0], "p0", -1.5, 1.5);
    oracle::fill(theta[p1], "p1", -1.5, 1.5);
    static program0 run0{hg::threads = hg::pinned(3)};
    const auto of_a0 = oracle::numbers(7, "a0", -1.5, 1.5);
    const auto out = oracle::call(run0, theta, a0 = of_a0);
    oracle::expect("e0", out[e0], {4, 0.38410531327389402, 0.8881481903481081, 0.9864913107493789});
    oracle::expect("e1", out[e1], {6, 0.023960247740420545, 0.23247464900678136, 0.23247464900678136});
    oracle::expect("e2", out[e2], {6, 0.012085801333666022, 0.11683952226588545, 0.11683952226588545});
    oracle::expect("e3", out[e3], {1, 0.30651588938004642, 0.16977323020505175, 0.16977323020505175});
    oracle::expect("e4", out[e4], {1, -0.019051280989268018, -0.01055213652915012, 0.01055213652915012});
    oracle::expect("e5", out[e5], {1, 0.00036295130733204499, 0.00020103171805395829, 0.00020103171805395829});
    oracle::expect("e6", out[e6], {1, -0.0096011541617280795, -0.0053178938260920149, 0.0053178938260920149});
}
#endif
