// Losses and distributions of choices where logits are large, infinite or nearly equal: exact at both ends, without
// 0 * infinity and without cancellation, in float and in double; means of constants; logarithms of probabilities. The
// wanted numbers are by hand or from mpmath.
#include <hourglass/hourglass.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

// Within a few units in the last place, or equal where infinite.
template <class T> void check_near(double got, double wanted, double units = 8) {
    CAPTURE(got);
    CAPTURE(wanted);
    const double unit = std::numeric_limits<T>::epsilon() * std::abs(wanted);
    const bool is_lost = got == 0 && std::abs(wanted) < std::numeric_limits<T>::min();
    CHECK((got == wanted || is_lost || std::abs(got - wanted) <= units * unit));
}
template <class T> std::vector<T> in(std::initializer_list<double> x) {
    std::vector<T> result;
    for (double e : x) result.push_back(static_cast<T>(e));
    return result;
}

inline constexpr hg::argument<"l", 3> l;
inline constexpr hg::argument<"m", 3> m;
inline constexpr hg::argument<"t", 3> t;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"slope"> slope;
inline constexpr hg::symbol<"curvature"> curvature;
inline constexpr hg::symbol<"mass"> mass;
inline constexpr hg::symbol<"total"> total;
inline constexpr hg::symbol<"shares"> shares;
inline constexpr hg::symbol<"logs"> logs;
inline constexpr hg::symbol<"rows_shares"> other_axis;
inline constexpr hg::symbol<"bits"> bits;
inline constexpr hg::symbol<"bits_slope"> bits_slope;
inline constexpr hg::symbol<"disorder"> disorder;
inline constexpr hg::symbol<"disorder_slope"> disorder_slope;
inline constexpr hg::symbol<"between"> between;
inline constexpr hg::symbol<"between_slope"> between_slope;
inline constexpr hg::symbol<"choices"> choices;
inline constexpr hg::symbol<"choices_slope"> choices_slope;
inline constexpr hg::symbol<"choices_slope_of_first"> choices_slope_of_first;
inline constexpr hg::symbol<"chosen"> chosen;
inline constexpr hg::symbol<"chosen_slope"> chosen_slope;
inline constexpr hg::symbol<"chosen_bend"> chosen_bend;

inline constexpr hg::graph model{
    loss = bernoulli_nll(l, t),
    slope = grad(loss, l),
    curvature = grad(sum(slope), l),
    mass = grad(loss, t),
    total = log_sum_exp(l),
    shares = grad(total, l),
    logs = log_softmax(l),
    other_axis = softmax(reshape<3, 1>(l), hg::axes<0>),
    bits = entropy(bernoulli(l)),
    bits_slope = grad(bits, l),
    disorder = entropy(categorical(l)),
    disorder_slope = grad(disorder, l),
    between = kl(bernoulli(l), bernoulli(m)),
    between_slope = grad(between, m),
    choices = kl(categorical(l), categorical(m)),
    choices_slope = grad(choices, m),
    choices_slope_of_first = grad(choices, l),
    chosen = log_prob(categorical(l), t),
    chosen_slope = grad(chosen, l),
    chosen_bend = hessian(chosen, l),
};

template <class T, auto... Asked> using program = hg::function<model, hg::to<Asked...>, hg::element<T>>;

}

TEST_CASE_TEMPLATE("the Bernoulli loss of logits is exact at both ends, with its derivatives", T, float, double) {
    program<T, loss, slope, curvature, mass> f;
    struct row { // of one element: the two others are sure and right
        double logit, target, loss, slope;
    };
    const double small = 2.0611536203143807e-9; // log(1 + e^-20)
    const row rows[] = {{20, 1, small, -2.0611536181902036e-9},
                        {-20, 0, small, 2.0611536181902036e-9},
                        {20, 0, 20 + small, 1 - 2.0611536181902036e-9},
                        {-20, 1, 20 + small, -1 + 2.0611536181902036e-9},
                        {0, 0.25, 0.69314718055994531, 0.25},
                        {3, 0.75, 0.79858735157374206, 0.20257412682243322},
                        {80, 1, 1.8048513878454153e-35, -1.8048513878454153e-35},
                        {inf, 1, 0, 0},
                        {-inf, 0, 0, 0},
                        {inf, 0, inf, 1},
                        {-inf, 1, inf, -1},
                        {inf, 0.5, inf, 0.5}};
    for (const row& r : rows) {
        CAPTURE(r.logit);
        CAPTURE(r.target);
        const auto x = in<T>({r.logit, 0, 0}), y = in<T>({r.target, 0, 0});
        const auto out = f(l = x, t = y);
        check_near<T>(out[slope](0), r.slope);
        check_near<T>(out[mass](0), -r.logit);
        const double e = std::exp(-std::abs(r.logit));
        check_near<T>(out[curvature](0), e / (1 + e) / (1 + e), 16);
        // The two other terms vanish at large logits.
        const auto sure = in<T>({r.logit, 800, -800}), agreed = in<T>({r.target, 1, 0});
        check_near<T>(f(l = sure, t = agreed)[loss], r.loss);
    }
    const auto bad = in<T>({std::nan(""), 0, 0}), some = in<T>({0, 0, 0});
    CHECK(std::isnan(f(l = bad, t = some)[loss]));
    CHECK(std::isnan(f(l = some, t = bad)[loss]));
    CHECK(std::isnan(f(l = bad, t = some)[slope](0)));
}

TEST_CASE_TEMPLATE("softmax and log_sum_exp subtract the largest first, and have limits", T, float, double) {
    program<T, total, shares, logs, other_axis> f;
    const auto check = [&](std::initializer_list<double> x, std::initializer_list<double> wanted, double sum) {
        const auto at = in<T>(x);
        CAPTURE(at[0]);
        CAPTURE(at[1]);
        const auto out = f(l = at);
        int i = 0;
        for (double w : wanted) {
            check_near<T>(out[shares](i), w);
            check_near<T>(out[other_axis](i, 0), w);
            if (std::isfinite(std::log(w)) || x.begin()[i] == -inf)
                if (std::isfinite(sum)) check_near<T>(out[logs](i), std::log(w), 16);
            ++i;
        }
        check_near<T>(out[total], sum);
    };
    const double third = 1 / 3.0, log3 = std::log(3.0);
    const double p0 = 0.66524095577482187, p1 = 0.24472847105479765, p2 = 0.090030573170380458;
    check({1e8, 1e8, 1e8}, {third, third, third}, 1e8 + log3);
    check({1e16, 1e16, 1e16}, {third, third, third}, 1e16 + log3);
    check({1e6, 1e6 - 1, 1e6 - 2}, {p0, p1, p2}, 1e6 + 0.40760596444438);
    check({-1e6, -1e6 - 1, -1e6 - 2}, {p0, p1, p2}, -1e6 + 0.40760596444438);
    check({-inf, -inf, -inf}, {0, 0, 0}, -inf);
    check({inf, 1, -inf}, {1, 0, 0}, inf);
    check({0, -inf, 0}, {0.5, 0, 0.5}, std::log(2.0));
    check({inf, 1, inf}, {0.5, 0, 0.5}, inf);
    const auto nothing = in<T>({-inf, -inf, -inf}); // no limit: it depends on the way there
    for (int i = 0; i < 3; ++i) CHECK(std::isnan(f(l = nothing)[logs](i)));
    const auto sure = in<T>({20, 0, -inf});
    check_near<T>(f(l = sure)[logs](0), -2.0611536203143807e-9);
    const auto bad = in<T>({0, std::nan(""), 0});
    for (int i = 0; i < 3; ++i) CHECK(std::isnan(f(l = bad)[shares](i)));
    CHECK(std::isnan(f(l = bad)[total]));
}

TEST_CASE_TEMPLATE("the categorical loss of logits is exact at both ends, with its derivatives", T, float, double) {
    program<T, chosen, chosen_slope, chosen_bend> f;
    for (const int hot : {0, 1, 2})
        for (const std::array<double, 3>& x : {std::array<double, 3>{20, 0, -1},
                                               {20, 0, -inf},
                                               {-30, 40, 0.5},
                                               {3, 3, -20},
                                               {3, 3, 3},
                                               {0, 17, 17.5},
                                               {-60, -80, -120}}) {
            const auto at = in<T>({x[0], x[1], x[2]}),
                       target = in<T>({hot == 0 ? 1.0 : 0.0, hot == 1 ? 1.0 : 0.0, hot == 2 ? 1.0 : 0.0});
            const auto out = f(l = at, t = target);
            for (int i = 0; i < 3; ++i) {
                CAPTURE(hot);
                CAPTURE(i);
                CAPTURE(x[0]);
                // Of each element its probability, and that of all others.
                const auto share = [&](int k, bool of_others) {
                    long double own = 0, all = 0;
                    for (int j = 0; j < 3; ++j) {
                        const long double e = std::exp(static_cast<long double>(x[static_cast<std::size_t>(j)] - x[0]));
                        all += e;
                        own += (j == k) != of_others ? e : 0;
                    }
                    return static_cast<double>(own / all);
                };
                check_near<T>(out[chosen_slope](i), i == hot ? share(hot, true) : -share(i, false), 16);
                for (int k = 0; k < 3; ++k)
                    check_near<T>(out[chosen_bend](i, k),
                                  share(i, false) * (i == k ? -share(i, true) : share(k, false)), 64);
                if (std::isfinite(x[static_cast<std::size_t>(hot)]) && i == hot) {
                    const double others = share(hot, true);
                    check_near<T>(out[chosen], others < 0.5 ? std::log1p(-others) : std::log(share(hot, false)), 16);
                }
            }
        }
}

TEST_CASE_TEMPLATE("what has no probability adds nothing to entropies and divergences", T, float, double) {
    program<T, bits, bits_slope, disorder, disorder_slope, between, choices, choices_slope, chosen> f;
    const auto none = in<T>({0, 0, -inf}), equal = in<T>({0, 0, 0}), one = in<T>({0, 1, 0});
    const auto out = f(l = none, m = equal, t = one);
    check_near<T>(out[disorder], std::log(2.0));
    check_near<T>(out[choices], std::log(1.5));
    check_near<T>(out[chosen], -std::log(2.0));
    for (int i = 0; i < 3; ++i) CHECK(std::abs(out[disorder_slope](i)) < 1e-6);
    for (int i = 0; i < 3; ++i)
        CHECK(out[choices_slope](i) == doctest::Approx(i < 2 ? -1 / 6.0 : 1 / 3.0).epsilon(1e-5));
    check_near<T>(f(l = none, m = none, t = one)[choices], 0);
    CHECK(f(l = equal, m = none, t = one)[choices] == inf);
    const auto hot = in<T>({-inf, 0, -inf});
    const auto sure = f(l = hot, m = equal, t = one);
    check_near<T>(sure[disorder], 0);
    check_near<T>(sure[choices], std::log(3.0));
    check_near<T>(sure[chosen], 0);

    // Bernoulli: p and 1 - p of 0 and 1, and what rules out what.
    const auto ends = in<T>({inf, -inf, 0});
    const auto at_ends = f(l = ends, m = equal, t = one);
    check_near<T>(at_ends[bits], std::log(2.0));
    for (int i = 0; i < 3; ++i) CHECK(at_ends[bits_slope](i) == 0);
    check_near<T>(at_ends[between], 2 * std::log(2.0));
    check_near<T>(f(l = ends, m = ends, t = one)[between], 0);
    CHECK(f(l = equal, m = ends, t = one)[between] == inf);
    const auto bad = in<T>({std::nan(""), 0, 0});
    const auto nans = f(l = bad, m = equal, t = one);
    for (double x : {double(nans[bits]), double(nans[disorder]), double(nans[between]), double(nans[choices]),
                     double(nans[chosen])})
        CHECK(std::isnan(x));
}

TEST_CASE_TEMPLATE("divergences keep their digits near zero and are never negative", T, float, double) {
    program<T, between, between_slope, choices> f;
    const auto divergence = [&](double a, double b) {
        const auto x = in<T>({a, 0, 0}), y = in<T>({b, 0, 0}), some = in<T>({0, 0, 0});
        return static_cast<double>(f(l = x, m = y)[between]);
    };
    // With quarters and powers of two, which are floats.
    check_near<T>(divergence(1, 1 + 0x1p-10), 9.3737771199339204e-8, 16);
    check_near<T>(divergence(-20, -20.5), 2.1957605438602262e-10, 16);
    check_near<T>(divergence(20, 20.5), 2.1957605438602262e-10, 16);
    check_near<T>(divergence(30, 28), 4.1071132162859791e-13, 16);
    for (double a : {-80.0, -30.0, -5.0, -0.5, 0.0, 1.0, 7.0, 25.0, 60.0})
        for (double d = 0x1p-22; d < 100; d *= 2)
            for (double b : {a + d, a - d}) CHECK(divergence(a, b) >= 0);

    const double base[] = {0.5, -1.25, 2};
    for (double d = 0x1p-14; d < 64; d *= 2) {
        const auto x = in<T>({base[0], base[1], base[2]}), y = in<T>({base[0] + d, base[1] - 2 * d, base[2]});
        long double q[3], sum = 0, mean = 0, remainder = 0;
        for (int i = 0; i < 3; ++i) sum += q[i] = std::exp(static_cast<long double>(x[static_cast<std::size_t>(i)]));
        const long double by[] = {d, -2 * d, 0};
        for (int i = 0; i < 3; ++i) mean += q[i] / sum * by[i];
        for (int i = 0; i < 3; ++i) remainder += q[i] / sum * (std::expm1(by[i] - mean) - (by[i] - mean));
        CAPTURE(d);
        check_near<T>(f(l = x, m = y)[choices], static_cast<double>(std::log1p(remainder)), 64);
    }
}

TEST_CASE_TEMPLATE("a logarithm that is no number shows, though it has no weight", T, float, double) {
    const T none = std::numeric_limits<T>::quiet_NaN(), nothing = -std::numeric_limits<T>::infinity(), zero = 0;
    for (const T rare : {nothing, T(-2000)}) { // whose exponential is zero
        CHECK(std::isnan(hg::ops::exp_times_difference::forward(rare, none, zero)));
        CHECK(std::isnan(hg::ops::exp_difference::forward(rare, none, zero)));
        CHECK(std::isnan(hg::ops::divergence_term::forward(rare, none, zero)));
        CHECK(hg::ops::exp_times_difference::forward(rare, rare, zero) == 0);
        CHECK(hg::ops::divergence_term::forward(rare, rare, none) == 0);
    }
    CHECK(std::isnan(hg::ops::weighted::forward(zero, none)));
    CHECK(hg::ops::weighted::forward(zero, nothing) == 0);
}

// Wanted numbers by mpmath with 50 digits.
TEST_CASE_TEMPLATE("the divergence of categorical distributions does not see what their logits have in common", T,
                   float, double) {
    program<T, choices, choices_slope, choices_slope_of_first, chosen> f;
    const std::vector<T> one = in<T>({1, 0, 0});
    struct row {
        double common, first, value, in_m, in_l;
    };
    std::vector<row> all{{1e8, 1, 0.11949909193060806, 0.24278355143249578, -0.22222222222222222},
                         {1e6, 0.25, 0.0071243091104760071, 0.057657981826098593, -0.055555555555555556},
                         {100, 0x1p-8, 1.6961561472079799e-6, 0.00086861995883414181, -0.00086805555555555556}};
    if (std::is_same_v<T, double>)
        all.push_back({1e16, 1, 0.11949909193060806, 0.24278355143249578, -0.2222222222222222});
    for (const row& r : all) {
        CAPTURE(r.common);
        const auto out = f(l = in<T>({r.common, r.common, r.common}), m = in<T>({r.first, 0, 0}), t = one);
        check_near<T>(out[choices], r.value);
        check_near<T>(out[choices_slope](0), r.in_m);
        check_near<T>(out[choices_slope_of_first](0), r.in_l);
    }
    // Logits that are near to one another are subtracted before the largest is.
    const auto out = f(l = in<T>({3.25, 0.125, -2}), m = in<T>({3.25 + 0x1p-18, 0.125, -2}), t = one);
    check_near<T>(out[choices], 3.2509763109673078e-13);
    check_near<T>(out[choices_slope](1), -1.5225984354438465e-7);
    check_near<T>(out[choices_slope_of_first](1), 1.5226010672881595e-7);
}
