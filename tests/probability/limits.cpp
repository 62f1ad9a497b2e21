// Log densities in compiled programs: NaN in x or in a parameter, the ends of supports and what lies beyond, and the
// same numbers in every lane of a vector. Over the whole range of parameters, by the interpreter, in
// probability/sweep.cpp.
#include "autodiff/gradient_check.hpp"

#include <hourglass/probability/distributions.hpp>

using namespace gradient_check;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan_ = std::numeric_limits<double>::quiet_NaN();

namespace model {

inline constexpr hg::input<"a"> a;
inline constexpr hg::input<"b"> b;
inline constexpr hg::input<"c"> c;
inline constexpr hg::input<"x"> x;
inline constexpr hg::symbol<"normal"> normal;
inline constexpr hg::symbol<"laplace"> laplace;
inline constexpr hg::symbol<"logistic"> logistic;
inline constexpr hg::symbol<"student_t"> student_t;
inline constexpr hg::symbol<"uniform"> uniform;
inline constexpr hg::symbol<"exponential"> exponential;
inline constexpr hg::symbol<"gamma"> gamma_at;
inline constexpr hg::symbol<"beta"> beta;
inline constexpr hg::symbol<"von_mises"> von_mises;
inline constexpr hg::symbol<"kl_beta"> kl_beta;
inline constexpr hg::symbol<"kl_gamma"> kl_gamma;
inline constexpr hg::symbol<"kl_uniform"> kl_uniform;
inline constexpr hg::graph all{
    normal = log_prob(hg::normal(a, b), x),          laplace = log_prob(hg::laplace(a, b), x),
    logistic = log_prob(hg::logistic(a, b), x),      student_t = log_prob(hg::student_t(a, 0, b), x),
    uniform = log_prob(hg::uniform(a, b), x),        exponential = log_prob(hg::exponential(a), x),
    gamma_at = log_prob(hg::gamma(a, b), x),         beta = log_prob(hg::beta(a, b), x),
    von_mises = log_prob(hg::von_mises(a, b), x),    kl_beta = kl(hg::beta(a, b), hg::beta(x, c)),
    kl_gamma = kl(hg::gamma(a, b), hg::gamma(x, c)), kl_uniform = kl(hg::uniform(a, b), hg::uniform(x, c)),
};

inline constexpr hg::argument<"L", 2, 2> scale;
inline constexpr hg::argument<"M", 2, 2> other_scale;
inline constexpr hg::symbol<"kl_vectors"> kl_vectors;
inline constexpr hg::graph vectors{
    kl_vectors = kl(hg::multivariate_normal(0, scale), hg::multivariate_normal(0, other_scale)),
};

}

// All of them at once, at rows of (a, b, c, x).
template <class T> struct looked_at {
    using program = hg::function<
        model::all, hg::element<T>, hg::max_rows<67>,
        hg::to<model::normal, model::laplace, model::logistic, model::student_t, model::uniform, model::exponential,
               model::gamma_at, model::beta, model::von_mises, model::kl_beta, model::kl_gamma, model::kl_uniform>>;
    std::unique_ptr<program> run = std::make_unique<program>();

    template <class F> void operator()(const std::vector<std::array<double, 4>>& rows, F&& f) {
        std::array<std::vector<T>, 4> columns;
        for (const auto& row : rows)
            for (std::size_t i = 0; i < 4; ++i) columns[i].push_back(static_cast<T>(row[i]));
        using namespace model;
        f((*run)(a = columns[0], b = columns[1], c = columns[2], x = columns[3]));
    }
};
std::vector<std::array<double, 4>> repeated(const std::array<double, 4>& row) { return {67, row}; }

}

TEST_CASE_TEMPLATE("what is no number makes every log density one", T, float, double) {
    looked_at<T> look;
    using namespace model;
    for (const double at : {0.5, -1.0, 2.0, inf})
        look({{nan_, 0.6, 1, at}, {0.2, nan_, 1, at}, {0.2, 0.6, 1, nan_}}, [&](const auto& out) {
            CAPTURE(at);
            for (long r = 0; r < 3; ++r) {
                CAPTURE(r);
                CHECK(std::isnan(out[normal](r)));
                CHECK(std::isnan(out[laplace](r)));
                CHECK(std::isnan(out[logistic](r)));
                CHECK(std::isnan(out[student_t](r)));
                CHECK(std::isnan(out[uniform](r)));
                CHECK((r == 1 || std::isnan(out[exponential](r)))); // it has one parameter
                CHECK(std::isnan(out[gamma_at](r)));
                CHECK(std::isnan(out[beta](r)));
                CHECK(std::isnan(out[von_mises](r)));
                if (at != inf) {
                    CHECK(std::isnan(out[kl_beta](r)));
                    CHECK(std::isnan(out[kl_gamma](r)));
                    CHECK(std::isnan(out[kl_uniform](r)));
                }
            }
        });
}

TEST_CASE_TEMPLATE("log densities at the ends of their supports and beyond", T, float, double) {
    looked_at<T> look;
    using namespace model;
    look({{1, 2.5, 1, 0},
          {0.5, 2.5, 1, 0},
          {1.5, 2.5, 1, 0},
          {2.5, 1, 1, 1},
          {2.5, 0.5, 1, 1},
          {2.5, 1.5, 1, 1},
          {2, 3, 1, -0.1},
          {2, 3, 1, inf},
          {2, 3, 1, -inf},
          {1, 1, 1, 0},
          {1, 1, 1, 1},
          {1, 1, 1, 0.3}},
         [&](const auto& out) {
             CHECK(static_cast<double>(out[gamma_at](0)) == doctest::Approx(std::log(2.5)).epsilon(1e-6));
             CHECK(static_cast<double>(out[beta](0)) == doctest::Approx(std::log(2.5)).epsilon(1e-6));
             CHECK(out[gamma_at](1) == inf);
             CHECK(out[beta](1) == inf);
             CHECK(out[gamma_at](2) == -inf);
             CHECK(out[beta](2) == -inf);
             CHECK(static_cast<double>(out[beta](3)) == doctest::Approx(std::log(2.5)).epsilon(1e-6));
             CHECK(out[beta](4) == inf);
             CHECK(out[beta](5) == -inf);
             for (const long r : {6L, 8L}) { // below zero
                 CAPTURE(r);
                 CHECK(out[gamma_at](r) == -inf);
                 CHECK(out[beta](r) == -inf);
                 CHECK(out[exponential](r) == -inf);
                 CHECK(out[uniform](r) == -inf);
             }
             for (const long r : {7L, 8L}) { // infinite
                 CAPTURE(r);
                 CHECK(out[normal](r) == -inf);
                 CHECK(out[laplace](r) == -inf);
                 CHECK(out[logistic](r) == -inf);
                 CHECK(out[student_t](r) == -inf);
                 CHECK(out[gamma_at](r) == -inf);
                 CHECK(out[beta](r) == -inf);
                 CHECK(out[exponential](r) == -inf);
                 CHECK(out[uniform](r) == -inf);
             }
             CHECK(std::abs(out[beta](9)) < 1e-6); // the uniform distribution
             CHECK(std::abs(out[beta](10)) < 1e-6);
             CHECK(std::abs(out[beta](11)) < 1e-6);
             CHECK(static_cast<double>(out[exponential](0)) == 0);
         });
}

TEST_CASE_TEMPLATE("both ends of a uniform distribution belong to it, and far tails have their powers", T, float,
                   double) {
    looked_at<T> look;
    using namespace model;
    look({{0.25, 0.75, 1, 0.25}, {0.25, 0.75, 1, 0.75}, {0.25, 0.75, 1, 0.2499}, {0.25, 0.75, 0.7, 0.2}},
         [&](const auto& out) {
             CHECK(static_cast<double>(out[uniform](0)) == doctest::Approx(std::log(2.0)).epsilon(1e-6));
             CHECK(static_cast<double>(out[uniform](1)) == doctest::Approx(std::log(2.0)).epsilon(1e-6));
             CHECK(out[uniform](2) == -inf);
             CHECK(static_cast<double>(out[kl_uniform](2)) == doctest::Approx(std::log(0.7501 / 0.5)).epsilon(1e-5));
             CHECK(out[kl_uniform](3) == inf);
         });
    // Squares that overflow: the tail is the Cauchy distribution's.
    look({{1, 1, 1, 1e25}, {1, 1e-8, 1, 1e25}}, [&](const auto& out) {
        const double far = -std::log(3.14159265358979) - 2 * std::log(1e25);
        CHECK(static_cast<double>(out[student_t](0)) == doctest::Approx(far).epsilon(1e-6));
        CHECK(static_cast<double>(out[student_t](1)) == doctest::Approx(far + std::log(1e-8)).epsilon(1e-6));
    });
}

TEST_CASE_TEMPLATE("log densities whose large terms cancel have their digits in every lane", T, float, double) {
    looked_at<T> look;
    using namespace model;
    const double relative = 20 * std::numeric_limits<T>::epsilon();
    const auto each = [&](const std::array<double, 4>& row, const auto& symbol, double wanted) {
        look(repeated(row), [&](const auto& out) {
            for (long r = 0; r < 67; ++r) CHECK(out[symbol](r) == out[symbol](0));
            CHECK(static_cast<double>(out[symbol](0)) == doctest::Approx(wanted).epsilon(relative));
        });
    };
    const bool is_float = std::is_same_v<T, float>; // whose 0.05 and 1e-4 are others
    each({1e5, 1, 1, 1}, student_t, -1.4189435331963394);
    each({1e8, 1, 1, 1}, student_t, -1.4189385382046727);
    each({200, 4000, 1, 0.05}, beta, is_float ? 4.4979447679842758 : 4.4979449389555166);
    each({1e6, 1e6, 1, 0.5}, beta, 7.0285373916173823);
    each({0, 1e8, 1, 1e-4}, von_mises, is_float ? 7.7914018632003011 : 7.7914018379381766);
    each({1e6, 1e6, 1, 1}, gamma_at, 5.988816662444131);
    each({1e4, 1e4, 1e4, 10010}, kl_beta, 0.0024989380902658589);
}

TEST_CASE_TEMPLATE("the divergence of nearly equal multivariate normal distributions has its digits", T, float,
                   double) {
    using namespace model;
    const auto look = std::make_unique<hg::function<vectors, hg::element<T>, hg::to<kl_vectors>>>();
    for (const double e : {1e-6, -1e-4, 1e-3, 0.3})
        for (const double sign : {1.0, -1.0}) { // of a column: the covariance is the same
            CAPTURE(e);
            const T l[] = {T(1.7), 0, T(-0.6), T(0.9)};
            const T m[] = {T(sign * 1.7 * (1 + e)), 0, T(sign * -0.6 * (1 + e)), T(0.9 * (1 - e / 2))};
            const auto out = (*look)(scale = std::vector<T>(l, l + 4), other_scale = std::vector<T>(m, m + 4));
            const precise p = sign * precise(m[0]), q = sign * precise(m[2]), r = m[3]; // the solution of M N = L
            const precise n11 = precise(l[0]) / p, n21 = (precise(l[2]) - q * n11) / r, n22 = precise(l[3]) / r;
            const precise wanted = (n11 * n11 + n21 * n21 + n22 * n22 - 2) / 2 - log(precise(n11 * n22));
            CHECK(
                static_cast<double>(out[kl_vectors]) ==
                doctest::Approx(static_cast<double>(wanted)).epsilon(20 * std::numeric_limits<T>::epsilon()).scale(0));
        }
}
