// Log densities and divergences where something that they are made of leaves the range of numbers, though they
// themselves do not: products of parameters and values, e^s of a large s, squares. In programs with a batch, which take
// what is below the normal numbers for zero. Wanted numbers by mpmath with 50 digits, at the literals given.
#include "gradient_check.hpp"

using namespace gradient_check;

namespace {

namespace model {

inline constexpr hg::input<"a"> a;
inline constexpr hg::input<"b"> b;
inline constexpr hg::input<"c"> c;
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
template <class T, class Out> void check_rows(const Out& out, double wanted, double units) {
    for (long r = 0; r < 19; ++r) CHECK(out(r) == out(0));
    CHECK(static_cast<double>(out(0)) == doctest::Approx(wanted).epsilon(units * std::numeric_limits<T>::epsilon()).scale(0));
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
