// Log densities and divergences where something that they are made of leaves the range of numbers, though they
// themselves do not: products of parameters and values, e^s of a large s, squares. In programs with a batch, which take
// what is below the normal numbers for zero. Wanted numbers by mpmath with 50 digits, at the literals given.
#include "autodiff/gradient_check.hpp"

#include <hourglass/probability/distributions.hpp>

using namespace gradient_check;

namespace {

namespace model {

inline constexpr hg::input<"a"> a;
inline constexpr hg::input<"b"> b;
inline constexpr hg::input<"x"> x;
inline constexpr hg::symbol<"gamma"> gamma_at;
inline constexpr hg::symbol<"beta"> beta_at;
inline constexpr hg::symbol<"kl_normal"> kl_normal;
inline constexpr hg::symbol<"kl_exponential"> kl_exponential;
inline constexpr hg::symbol<"entropy_beta"> entropy_beta;
inline constexpr hg::symbol<"gamma_in_a"> gamma_in_a;
inline constexpr hg::symbol<"beta_in_a"> beta_in_a;
inline constexpr hg::graph products{
    gamma_at = log_prob(hg::gamma(a, b), x),
    beta_at = log_prob(hg::beta(a, b), x),
    kl_normal = kl(hg::normal(0, a), hg::normal(0, b)),
    kl_exponential = kl(hg::exponential(a), hg::exponential(b)),
    entropy_beta = entropy(hg::beta(a, b)),
    gamma_in_a = grad(gamma_at, a),
    beta_in_a = grad(beta_at, a),
};

inline constexpr hg::symbol<"g"> g;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"of_g"> of_g;
inline constexpr hg::symbol<"of_h"> of_h;
inline constexpr auto q_gamma = hg::gamma(a, 0.5);
inline constexpr auto q_beta = hg::beta(a, a);
inline constexpr hg::graph draws{
    g = sample(q_gamma),
    h = sample(q_beta),
    of_g = log_prob(q_gamma, g),
    of_h = log_prob(q_beta, h),
};

}

// What a program says of a symbol in each of 19 equal rows, which fill vectors and leave some over.
template <class T, const auto& Graph, auto... To> struct asked_of {
    using program = hg::function<Graph, hg::element<T>, hg::max_rows<19>, hg::to<To...>>;
    std::unique_ptr<program> run = std::make_unique<program>();
};
template <class T> std::vector<T> rows(double value) { return std::vector<T>(19, static_cast<T>(value)); }
// Within some units in the last place.
template <class T> void check_near(double got, double wanted, double units) {
    CAPTURE(got);
    CAPTURE(wanted);
    CHECK((got == wanted || std::abs(got - wanted) <= units * std::numeric_limits<T>::epsilon() * std::abs(wanted)));
}
template <class T, class Out> void check_rows(const Out& out, double wanted, double units) {
    for (long r = 0; r < 19; ++r) CHECK(out(r) == out(0));
    check_near<T>(static_cast<double>(out(0)), wanted, units);
}

}

TEST_CASE_TEMPLATE("log densities of what is so small that products with it are no numbers", T, float, double) {
    using namespace model;
    asked_of<T, products, gamma_at, beta_at, kl_normal, kl_exponential, entropy_beta, gamma_in_a, beta_in_a> q;
    const auto look = [&](double of_a, double of_b, double of_x) {
        return (*q.run)(a = rows<T>(of_a), b = rows<T>(of_b), x = rows<T>(of_x));
    };
    struct row {
        double a, b, x, density, slope;
    };
    std::vector<row> of_gamma{{1, 0x1p-20, 0x1p-110, -13.862943611198906, -89.531917807891357},
                              {0x1p-10, 0x1p-10, 0x1p-123, 78.23616640116624, 932.3870354148679},
                              {1, 0x1p-100, 0x1p-100, -69.314718055994531, -138.05222044708753}};
    std::vector<row> of_beta{{0x1p-10, 0x1p-10, 0x1p-123, 77.549226899357265, 426.74449973998082},
                             {1, 0x1p-100, 0x1p-126, -69.314718055994531, -87.336544750553109}};
    if (std::is_same_v<T, double>) {
        of_gamma.push_back({1, 0x1p-600, 0x1p-600, -415.88830833596719, -831.19940100703284});
        of_gamma.push_back({0x1p-10, 0x1p-10, 0x1p-1020, 699.38200667890371, 310.63401445259695});
        of_beta.push_back({0x1p-10, 0x1p-10, 0x1p-1020, 698.69506717709474, -195.00852122229012});
    }
    for (const row& r : of_gamma) {
        CAPTURE(r.x);
        const auto out = look(r.a, r.b, r.x);
        check_rows<T>(out[gamma_at], r.density, 8);
        check_rows<T>(out[gamma_in_a], r.slope, 64);
    }
    for (const row& r : of_beta) {
        CAPTURE(r.x);
        const auto out = look(r.a, r.b, r.x);
        check_rows<T>(out[beta_at], r.density, 8);
        check_rows<T>(out[beta_in_a], r.slope, 64);
    }
    const bool is_float = std::is_same_v<T, float>;
    const double small = is_float ? 0x1p-70 : 0x1p-560, large = 1 / small; // the ratio's logarithm is 140 or 1120 log 2
    const double logarithm = (is_float ? 140 : 1120) * std::log(2.0);
    check_rows<T>(look(small, large, 0.5)[kl_normal], logarithm - 0.5, 8);
    check_rows<T>(look(large, small, 0.5)[kl_exponential], logarithm - 1, 8);
    const double most = is_float ? 0x1p127 : 0x1p1023; // (most - 1) / most - log(most)
    check_rows<T>(look(1, most, 0.5)[entropy_beta], 1 - std::log(most), 8);
}

TEST_CASE_TEMPLATE("log densities of draws are finite", T, float, double) {
    using namespace model;
    using program = hg::function<draws, hg::element<T>, hg::max_rows<1000>, hg::to<of_g, of_h>>;
    const auto run = std::make_unique<program>(hg::seed = 5);
    const auto out = (*run)(a = std::vector<T>(1000, T(0.01)));
    for (long r = 0; r < 1000; ++r) {
        CHECK(std::isfinite(out[of_g](r)));
        CHECK(std::isfinite(out[of_h](r)));
    }
}

namespace scales {

inline constexpr hg::argument<"mu"> mu;
inline constexpr hg::argument<"s"> s;
inline constexpr hg::argument<"x"> x;
inline constexpr hg::symbol<"nll"> nll;
inline constexpr hg::symbol<"nll_in_s"> nll_in_s;
inline constexpr hg::symbol<"normal"> normal;
inline constexpr hg::symbol<"normal_in_s"> normal_in_s;
inline constexpr hg::symbol<"laplace"> laplace;
inline constexpr hg::symbol<"laplace_in_s"> laplace_in_s;
inline constexpr hg::symbol<"logistic"> logistic;
inline constexpr hg::symbol<"logistic_in_s"> logistic_in_s;
inline constexpr hg::symbol<"student"> student;
inline constexpr hg::symbol<"student_in_s"> student_in_s;
inline constexpr hg::symbol<"exponential"> exponential;
inline constexpr hg::symbol<"exponential_in_s"> exponential_in_s;
inline constexpr hg::symbol<"kl_normal"> kl_normal;
inline constexpr hg::symbol<"kl_normal_in_s"> kl_normal_in_s;
inline constexpr hg::symbol<"kl_laplace"> kl_laplace;
inline constexpr hg::symbol<"kl_laplace_in_s"> kl_laplace_in_s;
inline constexpr hg::graph equations{
    nll = gaussian_nll(x, mu, s),
    normal = log_prob(hg::normal(mu, exp(s)), x),
    laplace = log_prob(hg::laplace(mu, exp(s)), x),
    logistic = log_prob(hg::logistic(mu, exp(s)), x),
    student = log_prob(hg::student_t(3, mu, exp(s)), x),
    exponential = log_prob(hg::exponential(exp(s)), x - mu),
    kl_normal = kl(hg::normal(mu, exp(s)), hg::normal(x, exp(s))),
    kl_laplace = kl(hg::laplace(mu, exp(s)), hg::laplace(x, exp(s))),
    nll_in_s = grad(nll, s),
    normal_in_s = grad(normal, s),
    laplace_in_s = grad(laplace, s),
    logistic_in_s = grad(logistic, s),
    student_in_s = grad(student, s),
    exponential_in_s = grad(exponential, s),
    kl_normal_in_s = grad(kl_normal, s),
    kl_laplace_in_s = grad(kl_laplace, s),
};

}

TEST_CASE_TEMPLATE("densities whose scale is written e^s at an s of any size", T, float, double) {
    using namespace scales;
    using program = hg::function<
        equations, hg::element<T>,
        hg::to<nll, normal, laplace, logistic, student, exponential, kl_normal, kl_laplace, nll_in_s, normal_in_s,
               laplace_in_s, logistic_in_s, student_in_s, exponential_in_s, kl_normal_in_s, kl_laplace_in_s>>;
    const auto run = std::make_unique<program>();
    const double half_log = hg::math::log_two_pi / 2;
    for (const double at : {200.0, -200.0, 1600.0, -1600.0}) {
        CAPTURE(at);
        const auto out = (*run)(mu = T(0), s = static_cast<T>(at), x = T(0));
        // A value is `start` plus a multiple of s, which is the slope.
        const auto check = [&](const auto& value, const auto& slope, double start, double multiple) {
            CAPTURE(start);
            CAPTURE(multiple);
            check_near<T>(static_cast<double>(out[value]), start + multiple * at, 8);
            CHECK(static_cast<double>(out[slope]) == multiple);
        };
        check(nll, nll_in_s, half_log, 0.5);
        check(normal, normal_in_s, -half_log, -1);
        check(laplace, laplace_in_s, -std::log(2.0), -1);
        check(logistic, logistic_in_s, -std::log(4.0), -1);
        check(student, student_in_s, std::log(2 / (std::sqrt(3.0) * 3.14159265358979324)), -1);
        check(exponential, exponential_in_s, 0, 1);
        check(kl_normal, kl_normal_in_s, 0, 0);
        check(kl_laplace, kl_laplace_in_s, 0, 0);
    }
}

namespace slopes {

inline constexpr hg::input<"a"> a;
inline constexpr hg::input<"b"> b;
inline constexpr hg::input<"x"> x;
inline constexpr hg::symbol<"gamma"> gamma_draw;
inline constexpr hg::symbol<"von_mises"> angle;
inline constexpr hg::symbol<"student"> student;
inline constexpr hg::symbol<"gamma_density"> gamma_density;
inline constexpr hg::symbol<"beta_density"> beta_density;
inline constexpr hg::symbol<"divergence"> divergence;
inline constexpr hg::symbol<"gamma_in_x"> gamma_in_x;
inline constexpr hg::symbol<"gamma_draw_in_x"> gamma_draw_in_x;
inline constexpr hg::symbol<"angle_in_x"> angle_in_x;
inline constexpr hg::symbol<"student_in_nu"> student_in_nu;
inline constexpr hg::symbol<"student_in_x"> student_in_x;
inline constexpr hg::symbol<"student_in_sigma"> student_in_sigma;
inline constexpr hg::symbol<"gamma_twice"> gamma_twice;
inline constexpr hg::symbol<"gamma_in_rate"> gamma_in_rate;
inline constexpr hg::symbol<"beta_twice"> beta_twice;
inline constexpr hg::symbol<"divergence_twice"> divergence_twice;
inline constexpr hg::symbol<"divergence_mixed"> divergence_mixed;
inline constexpr hg::symbol<"divergence_thrice"> divergence_thrice;
inline constexpr hg::graph equations{
    gamma_draw = log_gamma_quantile(a, x),
    angle = von_mises_quantile(a, x),
    student = log_prob(hg::student_t(a, 0, b), x),
    gamma_density = log_prob(hg::gamma(a, b), x),
    beta_density = log_prob(hg::beta(a, b), x),
    divergence = kl(hg::laplace(x, a), hg::laplace(0, b)),
    gamma_draw_in_x = grad(gamma_draw, x),
    angle_in_x = grad(angle, x),
    student_in_nu = grad(student, a),
    student_in_x = grad(student, x),
    student_in_sigma = grad(student, b),
    gamma_in_x = grad(gamma_density, x),
    gamma_twice = grad(gamma_in_x, x),
    gamma_in_rate = grad(gamma_in_x, b),
    beta_twice = grad(grad(beta_density, x), x),
    divergence_twice = grad(grad(divergence, x), x),
    divergence_mixed = grad(divergence_twice, a),
    divergence_thrice = grad(divergence_twice, x),
};

template <class T, auto... To> struct looked_at {
    asked_of<T, equations, To...> q;
    template <auto Symbol> void check(double of_a, double of_b, double of_x, double wanted, double units = 16) {
        CAPTURE(of_a);
        CAPTURE(of_b);
        CAPTURE(of_x);
        const auto out = (*q.run)(a = rows<T>(of_a), b = rows<T>(of_b), x = rows<T>(of_x));
        check_rows<T>(out[Symbol], wanted, units);
    }
};

}

namespace temperatures {

inline constexpr hg::argument<"l", 3> l;
inline constexpr hg::argument<"t"> t;
inline constexpr hg::symbol<"choice"> choice;
inline constexpr hg::symbol<"bit"> bit;
inline constexpr hg::symbol<"in_t"> in_t;
inline constexpr hg::graph equations{
    choice = gumbel_softmax(l, t),
    bit = sample(hg::bernoulli(l), hg::relaxed(t)),
    in_t = grad(sum(square(choice) + square(bit)), t),
};

}

TEST_CASE_TEMPLATE("slopes in the temperature where a logit is infinite", T, float, double) {
    using namespace temperatures;
    const auto run = std::make_unique<hg::function<equations, hg::element<T>, hg::to<in_t>>>(hg::seed = 3);
    for (const double end : {1.0, -1.0}) {
        const T far = static_cast<T>(end) * std::numeric_limits<T>::infinity();
        const auto out = (*run)(hg::rows = 1, l = std::vector<T>{0, far, 1}, t = T(0.5));
        CHECK(std::isfinite(out[in_t](0)));
    }
}

TEST_CASE_TEMPLATE("slopes of quantiles of narrow distributions", T, float, double) {
    using namespace slopes;
    looked_at<T, gamma_draw_in_x, angle_in_x, gamma_draw, angle, student> look;
    // A quantile's logarithm is rounded, and the median is a third of one over the shape beside it.
    look.template check<gamma_draw_in_x>(0x1p13, 1, 0.5, 0.027695060966677202, 64);
    look.template check<gamma_draw_in_x>(0x1p20, 1, 0.5, 0.0024478794986776344, 4096);
    look.template check<gamma_draw_in_x>(0x1p27, 1, 0.5, 0.00021636399569575883, 4096);
    look.template check<angle_in_x>(0x1p10, 1, 0.5, 0.078341700868174016);
    look.template check<angle_in_x>(0x1p27, 1, 0.5, 0.00021636399567336942);
}

TEST_CASE_TEMPLATE("Student's t distribution where the square of a distance is no number", T, float, double) {
    using namespace slopes;
    const double inf = std::numeric_limits<double>::infinity();
    looked_at<T, student, student_in_nu, student_in_x, student_in_sigma> look;
    struct row {
        double nu, sigma, x, value, in_nu, in_x, in_sigma;
    };
    for (const row& r :
         {row{1, 1, 0x1p65, -91.25386335864229, -43.8614195558365, -5.4210108624275222e-20, 1},
          row{1, 0x1p-20, 0x1p47, -80.163508469683165, -45.24771391695639, -1.4210854715202004e-14, 0x1p20},
          row{3, 1, 0x1p-30, -1.0008888496235097, 0.026480513893278643, -1.241763432820638e-9, -1}}) {
        look.template check<student>(r.nu, r.sigma, r.x, r.value);
        look.template check<student_in_nu>(r.nu, r.sigma, r.x, r.in_nu);
        look.template check<student_in_x>(r.nu, r.sigma, r.x, r.in_x);
        look.template check<student_in_sigma>(r.nu, r.sigma, r.x, r.in_sigma);
    }
    for (const double x_ : {inf, -inf}) look.template check<student_in_x>(3, 2, x_, 0);
    look.template check<student>(inf, 1, 1, -1.4189385332046727);
    // A quotient that overflows: log 2 - log(3^(1/2) pi) + log 3 + 3 log sigma - 4 log x, nu = 3.
    const double most = std::is_same_v<T, float> ? 0x1p100 : 0x1p1000;
    look.template check<student>(1, 1 / most, most, -std::log(3.14159265358979324) - 3 * std::log(most));
}

TEST_CASE_TEMPLATE("second derivatives of densities at the ends of their supports", T, float, double) {
    using namespace slopes;
    looked_at<T, gamma_in_x, gamma_twice, gamma_in_rate, beta_twice> look;
    const double inf = std::numeric_limits<double>::infinity();
    look.template check<gamma_in_x>(1, 2, 0, -2);
    look.template check<gamma_twice>(1, 2, 0, 0);
    look.template check<gamma_in_rate>(1, 2, 0, -1);
    look.template check<gamma_in_rate>(3, 2, 0, -1);
    look.template check<gamma_in_x>(3, 2, inf, -2);
    look.template check<beta_twice>(1, 1, 0, 0);
    look.template check<beta_twice>(1, 3, 0, -2);
    look.template check<beta_twice>(1, 1, 1, 0);
    look.template check<beta_twice>(3, 1, 1, -2);
}

TEST_CASE_TEMPLATE("the divergence of Laplace distributions is smooth at equal means", T, float, double) {
    using namespace slopes;
    looked_at<T, divergence, divergence_twice, divergence_mixed, divergence_thrice> look;
    // With d = x, b = a: e^(-|d| / a) / (a b), and its derivatives in a and in x, the last of which has a kink at zero.
    look.template check<divergence_twice>(0.5, 4, 0, 0.5);
    look.template check<divergence_mixed>(0.5, 4, 0, -1);
    look.template check<divergence_thrice>(0.5, 4, 0, 0);
    look.template check<divergence_twice>(0.5, 4, -1, 0.5 * std::exp(-2.0));
    look.template check<divergence_mixed>(0.5, 4, -1, std::exp(-2.0));
    look.template check<divergence_thrice>(0.5, 4, -1, std::exp(-2.0));
}
