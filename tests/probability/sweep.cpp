// Log densities, entropies and divergences over the whole range of their parameters, ten values of each from 1e-6 to
// 1e8, in float and in double, with their first derivatives: against the textbook formulas in 50 digits at the rounded
// numbers. By the reference interpreter; programs, and what lies at the ends of supports, are in
// probability/limits.cpp.
//
// An error is counted in units of epsilon times a size. Of values the size is the larger of the value and 1: they are
// sums of logarithms. Of derivatives, which may be of any size, it is the derivative and what it changes by when a
// parameter does, relatively: where it crosses zero, it has no digits of its own.
#include "autodiff/gradient_check.hpp"

#include <hourglass/probability/distributions.hpp>

using namespace gradient_check;

namespace {

using point = std::vector<double>;
using reference = precise (*)(const std::vector<precise>&);

precise log_gamma(const precise& x) { return hg::math::log_gamma(x); }
precise digamma(const precise& x) { return hg::math::digamma(x); }
precise log_beta(const precise& a, const precise& b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }
precise pi() { return hg::math::pi_of<precise>(); }
precise log_bessel(const precise& x) { return hg::math::log_bessel_cumulant(0, x, true) + x; }
precise bessel_ratio(const precise& x) { return hg::math::log_bessel_cumulant(1, x, true) + 1; }
using p = const std::vector<precise>&;

struct function {
    const char* name;
    hg::handle (*build)(const std::vector<hg::handle>&);
    reference exact;
    std::vector<point> at;
    double units, slope_units; // in float: a density is a sum of a few logarithms, of which each is below 20
    bool is_divergence = false;
    // In double nothing is computed in a wider type, but for the divergence of beta distributions.
    double units_in_double = 300, slope_units_in_double = 20;
};

const double values[] = {1e-6, 2.5e-5, 6e-4, 0.013, 0.3, 1, 21, 900, 4e5, 1e8};
const double steps[] = {1e-6, -1e-4, 1e-3, 0.03, -0.3};

// Every pair of parameters, and points about the mean: at it, one and three deviations from it, and far from it.
template <class Moments> std::vector<point> spread_about(Moments moments) {
    std::vector<point> result;
    for (const double a : values)
        for (const double b : values) {
            const auto [mean, deviation] = moments(a, b);
            for (const double x :
                 {mean, mean + deviation, mean - deviation, mean + 3 * deviation, mean * 1e-3, mean * 40})
                result.push_back({a, b, x});
        }
    return result;
}
std::vector<point> in_support(std::vector<point> of, double low, double high) {
    std::erase_if(of, [&](const point& x) { return !(x.back() > low && x.back() < high); });
    return of;
}
std::vector<point> every_pair() {
    std::vector<point> result;
    for (const double a : values)
        for (const double b : values) result.push_back({a, b});
    return result;
}
// Two distributions with two positive parameters each: near one another, in one, in both alike and in both apart, and
// far from one another.
std::vector<point> every_two(bool first_is_place) {
    std::vector<point> result;
    for (const double a : values)
        for (const double b : values) {
            for (const double e : steps) {
                result.push_back({a, b, a * (1 + e), b});
                result.push_back({a, b, a, b * (1 + e)});
                result.push_back({a, b, a * (1 + e), b * (1 + e)});
                result.push_back({a, b, a * (1 + e), b * (1 - e / 2)});
            }
            result.push_back({a, b, b, a});
            if (!first_is_place) result.push_back({a, b, 1, 30});
        }
    return result;
}
std::vector<point> about_zero() { // (mu, scale, x)
    return spread_about([](double mu, double scale) { return std::pair(mu, scale); });
}

// All values of each parameter are left.
std::vector<point> thinned(const std::vector<point>& points, std::size_t step) {
    std::vector<point> kept;
    for (std::size_t i = 0; i < points.size(); i += step) kept.push_back(points[i]);
    return kept;
}

using H = const std::vector<hg::handle>&;

void add_normals(std::vector<function>& all) {
    all.push_back({"log_prob(normal)", [](H h) { return hg::handle(log_prob(hg::normal(h[0], h[1]), h[2])); },
                   [](p v) -> precise {
                       const precise t = (v[2] - v[0]) / v[1];
                       return -t * t / 2 - log(v[1]) - log(precise(2 * pi())) / 2;
                   },
                   thinned(about_zero(), 5), 4, 8});
    all.push_back({"kl(normal)", [](H h) { return hg::handle(kl(hg::normal(h[0], h[1]), hg::normal(h[2], h[3]))); },
                   [](p v) -> precise {
                       const precise r = v[1] / v[3], d = (v[0] - v[2]) / v[3];
                       return (r * r - 1 + d * d) / 2 - log(r);
                   },
                   thinned(every_two(true), 17), 4, 8, true});
    all.push_back({"kl(normal), to the standard one",
                   [](H h) {
                       return hg::handle(
                           kl(hg::normal(h[0], hg::applied<hg::ops::exp, hg::handle>({}, h[1])), hg::standard_normal));
                   },
                   [](p v) -> precise { return (exp(precise(2 * v[1])) - 1 + v[0] * v[0]) / 2 - v[1]; },
                   [] {
                       std::vector<point> all_points;
                       for (const double mu : values)
                           for (const double s : {1e-6, -1e-4, 0.02, -0.3, 1.0, -5.0, 12.0, -40.0})
                               all_points.push_back({mu * 1e-6, s});
                       return all_points;
                   }(),
                   8, 8, true});
}
void add_laplaces_and_logistics(std::vector<function>& all) {
    all.push_back({"log_prob(laplace)", [](H h) { return hg::handle(log_prob(hg::laplace(h[0], h[1]), h[2])); },
                   [](p v) -> precise { return -abs(precise(v[2] - v[0])) / v[1] - log(precise(2 * v[1])); },
                   thinned(about_zero(), 5), 4, 8});
    all.push_back({"kl(laplace)", [](H h) { return hg::handle(kl(hg::laplace(h[0], h[1]), hg::laplace(h[2], h[3]))); },
                   [](p v) -> precise {
                       const precise d = abs(precise(v[0] - v[2]));
                       return log(precise(v[3] / v[1])) + (v[1] * exp(precise(-d / v[1])) + d) / v[3] - 1;
                   },
                   thinned(every_two(true), 17), 8, 8, true});
    all.push_back({"log_prob(logistic)", [](H h) { return hg::handle(log_prob(hg::logistic(h[0], h[1]), h[2])); },
                   [](p v) -> precise {
                       const precise t = abs(precise(v[2] - v[0])) / v[1];
                       return -t - 2 * log(precise(1 + exp(precise(-t)))) - log(v[1]);
                   },
                   thinned(about_zero(), 5), 4, 8});
}
void add_students_and_uniforms(std::vector<function>& all) {
    all.push_back({"log_prob(student_t)", [](H h) { return hg::handle(log_prob(hg::student_t(h[0], 0, h[1]), h[2])); },
                   [](p v) -> precise {
                       const precise t = v[2] / v[1], half = (v[0] + 1) / 2;
                       return log_gamma(half) - log_gamma(v[0] / 2) - log(precise(pi() * v[0])) / 2 - log(v[1]) -
                              half * log(precise(1 + t * t / v[0]));
                   },
                   thinned(spread_about([](double, double sigma) { return std::pair(sigma, sigma * 5); }), 5), 4, 8});
    all.push_back({"entropy(student_t)", [](H h) { return hg::handle(entropy(hg::student_t(h[0], 0, h[1]))); },
                   [](p v) -> precise {
                       const precise half = (v[0] + 1) / 2;
                       return half * (digamma(half) - digamma(v[0] / 2)) + log(precise(pi() * v[0])) / 2 +
                              log_gamma(v[0] / 2) - log_gamma(half) + log(v[1]);
                   },
                   every_pair(), 4, 8});
    all.push_back({"kl(uniform)",
                   [](H h) { return hg::handle(kl(hg::uniform(0 - h[0], h[1]), hg::uniform(0 - h[2], h[3]))); },
                   [](p v) -> precise { return log(precise((v[2] + v[3]) / (v[0] + v[1]))); },
                   [] {
                       std::vector<point> inside = every_two(false);
                       std::erase_if(inside, [](const point& x) { return !(x[2] >= x[0] && x[3] >= x[1]); });
                       return inside;
                   }(),
                   4, 8, true});
}
void add_exponentials(std::vector<function>& all) {
    all.push_back({"log_prob(exponential)", [](H h) { return hg::handle(log_prob(hg::exponential(h[0]), h[1])); },
                   [](p v) -> precise { return log(v[0]) - v[0] * v[1]; }, every_pair(), 4, 8});
    all.push_back({"kl(exponential)", [](H h) { return hg::handle(kl(hg::exponential(h[0]), hg::exponential(h[1]))); },
                   [](p v) -> precise { return v[1] / v[0] - 1 - log(precise(v[1] / v[0])); },
                   [] {
                       std::vector<point> pairs = every_pair();
                       for (const double a : values)
                           for (const double e : steps) pairs.push_back({a, a * (1 + e)});
                       return pairs;
                   }(),
                   4, 8, true});
}
void add_gammas(std::vector<function>& all) {
    all.push_back(
        {"log_prob(gamma)", [](H h) { return hg::handle(log_prob(hg::gamma(h[0], h[1]), h[2])); },
         [](p v) -> precise { return v[0] * log(v[1]) + (v[0] - 1) * log(v[2]) - v[1] * v[2] - log_gamma(v[0]); },
         in_support(thinned(spread_about([](double a, double r) { return std::pair(a / r, std::sqrt(a) / r); }), 5), 0,
                    1e30),
         8, 8});
    all.push_back({"entropy(gamma)", [](H h) { return hg::handle(entropy(hg::gamma(h[0], h[1]))); },
                   [](p v) -> precise { return v[0] - log(v[1]) + log_gamma(v[0]) + (1 - v[0]) * digamma(v[0]); },
                   every_pair(), 4, 8});
    all.push_back({"kl(gamma)", [](H h) { return hg::handle(kl(hg::gamma(h[0], h[1]), hg::gamma(h[2], h[3]))); },
                   [](p v) -> precise {
                       return (v[0] - v[2]) * digamma(v[0]) - log_gamma(v[0]) + log_gamma(v[2]) +
                              v[2] * log(precise(v[1] / v[3])) + v[0] * (v[3] / v[1] - 1);
                   },
                   thinned(every_two(false), 17), 4, 8, true});
}
void add_betas(std::vector<function>& all) {
    all.push_back({"log_prob(beta)", [](H h) { return hg::handle(log_prob(hg::beta(h[0], h[1]), h[2])); },
                   [](p v) -> precise {
                       return (v[0] - 1) * log(v[2]) + (v[1] - 1) * log(precise(1 - v[2])) - log_beta(v[0], v[1]);
                   },
                   in_support(thinned(spread_about([](double a, double b) {
                                          const double n = a + b;
                                          return std::pair(a / n, std::sqrt(a * b / (n + 1)) / n);
                                      }),
                                      5),
                              0, 1),
                   14, 8});
    all.push_back({"entropy(beta)", [](H h) { return hg::handle(entropy(hg::beta(h[0], h[1]))); },
                   [](p v) -> precise {
                       return log_beta(v[0], v[1]) - (v[0] - 1) * digamma(v[0]) - (v[1] - 1) * digamma(v[1]) +
                              (v[0] + v[1] - 2) * digamma(v[0] + v[1]);
                   },
                   every_pair(), 4, 8});
    all.push_back({"kl(beta)", [](H h) { return hg::handle(kl(hg::beta(h[0], h[1]), hg::beta(h[2], h[3]))); },
                   [](p v) -> precise {
                       return log_beta(v[2], v[3]) - log_beta(v[0], v[1]) + (v[0] - v[2]) * digamma(v[0]) +
                              (v[1] - v[3]) * digamma(v[1]) + (v[2] - v[0] + v[3] - v[1]) * digamma(v[0] + v[1]);
                   },
                   thinned(every_two(false), 17), 4, 8, true, 1000, 1e5});
}
void add_von_mises(std::vector<function>& all) {
    all.push_back({"log_prob(von_mises)", [](H h) { return hg::handle(log_prob(hg::von_mises(0.5, h[0]), h[1])); },
                   [](p v) -> precise {
                       return v[0] * cos(precise(v[1] - precise(0.5))) - log(precise(2 * pi())) - log_bessel(v[0]);
                   },
                   [] {
                       std::vector<point> angles;
                       for (const double kappa : values)
                           for (const double c : {0.0, 1.0, -3.0, 0.01}) {
                               angles.push_back({kappa, 0.5 + c / std::sqrt(1 + kappa)});
                               angles.push_back({kappa, 0.5 + c / std::sqrt(1 + kappa) + 6.28125});
                           }
                       return angles;
                   }(),
                   4, 8});
    all.push_back({"entropy(von_mises)", [](H h) { return hg::handle(entropy(hg::von_mises(0, h[0]))); },
                   [](p v) -> precise { return log(precise(2 * pi())) + log_bessel(v[0]) - v[0] * bessel_ratio(v[0]); },
                   [] {
                       std::vector<point> of;
                       for (const double kappa : values) of.push_back({kappa});
                       return of;
                   }(),
                   4, 8});
    all.push_back({"kl(von_mises)",
                   [](H h) { return hg::handle(kl(hg::von_mises(h[0], h[1]), hg::von_mises(0.25, h[2]))); },
                   [](p v) -> precise {
                       return bessel_ratio(v[1]) * (v[1] - v[2] * cos(precise(v[0] - precise(0.25)))) +
                              log_bessel(v[2]) - log_bessel(v[1]);
                   },
                   [] {
                       std::vector<point> pairs;
                       for (const double kappa : values)
                           for (const double e : steps) {
                               pairs.push_back({0.25, kappa, kappa * (1 + e)});
                               pairs.push_back({0.25 + e / std::sqrt(kappa + 1), kappa, kappa * (1 - e)});
                               pairs.push_back({0.5, kappa, 3});
                           }
                       return pairs;
                   }(),
                   4, 8, true});
}

std::vector<function> functions() {
    std::vector<function> all;
    add_normals(all);
    add_laplaces_and_logistics(all);
    add_students_and_uniforms(all);
    add_exponentials(all);
    add_gammas(all);
    add_betas(all);
    add_von_mises(all);
    return all;
}

std::vector<precise> precisely(const point& x) { return {x.begin(), x.end()}; }
precise derivative(reference exact, std::vector<precise> x, std::size_t i) {
    const precise at = x[i], h = abs(at) * precise(1e-17);
    x[i] = at + h;
    const precise above = exact(x);
    x[i] = at - h;
    return (above - exact(x)) / (2 * h);
}

struct largest {
    double error = 0, got = 0, wanted = 0;
    point at;
    void add(double e, double g, double w, const point& x) {
        if (std::isnan(e)) e = std::numeric_limits<double>::infinity();
        if (e > error) *this = {e, g, w, x};
    }
    std::string text() const {
        char line[200];
        std::snprintf(line, sizeof line, "%.3g units: %.17g, wanted %.17g at", error, got, wanted);
        std::string result = line;
        for (double x : at) {
            std::snprintf(line, sizeof line, " %.17g", x);
            result += line;
        }
        return result;
    }
};

// A function's graph with its derivatives, and both at all points, whose numbers are rounded to T.
template <class T> struct computed {
    std::vector<point> at;
    std::vector<T> values;
    std::vector<std::vector<T>> slopes; // of each parameter

    explicit computed(const function& f) : at(f.at) {
        hg::graph_builder g;
        std::vector<hg::handle> h;
        std::vector<int> nodes, derived;
        for (std::size_t i = 0; i < at[0].size(); ++i) {
            h.push_back(push_leaf(g, hg::sentence(static_cast<int>(i)), per_row()));
            nodes.push_back(h.back().index);
        }
        const hg::handle y = f.build(h);
        REQUIRE_MESSAGE(g.problem.empty(), std::string(g.problem.view()));
        hg::differentiation d(g, y.index, {nodes.data(), static_cast<int>(nodes.size())}, false);
        for (int n : nodes) derived.push_back(d.gradient(n));

        hg::interpretation<T> run(g.view(), rules<T>(), static_cast<long>(at.size()));
        for (std::size_t i = 0; i < nodes.size(); ++i) run.feed(nodes[i], rounded(i));
        run.run();
        values = run.values[static_cast<std::size_t>(y.index)];
        for (int n : derived) slopes.push_back(run.values[static_cast<std::size_t>(n)]);
    }

private:
    std::vector<T> rounded(std::size_t i) {
        std::vector<T> column;
        for (point& x : at) {
            volatile T rounded = static_cast<T>(x[i]);
            x[i] = static_cast<double>(rounded);
            column.push_back(T(rounded));
        }
        return column;
    }
};

// How far a value is off, in units of epsilon times its size.
template <class T> double error_of_value(const function& f, double got, const precise& exact) {
    const double wanted = static_cast<double>(exact);
    // A divergence near zero has digits of its own.
    const double size = f.is_divergence ? std::abs(wanted) : std::max(std::abs(wanted), 1.0);
    const double epsilon = std::numeric_limits<T>::epsilon();
    return got == wanted ? 0 : std::abs(static_cast<double>(precise(precise(got) - exact))) / (epsilon * size);
}
// The same of the derivative for parameter i, which is `in`.
template <class T> double error_of_slope(const function& f, const std::vector<precise>& x, std::size_t i, double got,
                                         const precise& in, double value) {
    const double wanted = static_cast<double>(in);
    std::vector<precise> moved = x;
    for (std::size_t j = 0; j < x.size(); ++j) moved[j] *= 1 + precise(j % 2 == 0 ? 1e-9 : -1.7e-9);
    const double size =
        std::abs(wanted) + std::abs(static_cast<double>(precise(derivative(f.exact, moved, i) - in))) * 1e9;
    // 50 digits leave so many of a difference.
    const bool lost =
        std::abs(got - wanted) <= 1e-26 * std::max(std::abs(value), 1.0) / std::abs(static_cast<double>(x[i]));
    const double unit = std::numeric_limits<T>::epsilon() * size + std::numeric_limits<T>::min();
    return got == wanted || lost ? 0 : std::abs(got - wanted) / unit;
}

template <class T> void check(const function& f) {
    const computed<T> found(f);
    const double most = std::numeric_limits<T>::max();
    largest value;
    std::vector<largest> slope(found.slopes.size());
    for (std::size_t r = 0; r < found.at.size(); ++r) {
        const point& at = found.at[r];
        const std::vector<precise> x = precisely(at);
        const precise exact = f.exact(x);
        const double wanted = static_cast<double>(exact), got = static_cast<double>(found.values[r]);
        if (!(std::abs(wanted) < most)) continue;
        value.add(error_of_value<T>(f, got, exact), got, wanted, at);
        if (f.is_divergence) CHECK(got >= 0);
        if (r % 7 != 3) continue; // derivatives cost six times as much
        for (std::size_t i = 0; i < slope.size(); ++i) {
            const precise in = derivative(f.exact, x, i);
            if (!(std::abs(static_cast<double>(in)) < most)) continue;
            const double of = static_cast<double>(found.slopes[i][r]);
            slope[i].add(error_of_slope<T>(f, x, i, of, in, wanted), of, static_cast<double>(in), at);
        }
    }
    const bool in_double = std::is_same_v<T, double>;
    const double units = in_double ? f.units_in_double : f.units;
    const double slope_units = in_double ? f.slope_units_in_double : f.slope_units;
    CHECK_MESSAGE(value.error <= units, f.name << ": " << value.text());
    for (std::size_t i = 0; i < slope.size(); ++i)
        CHECK_MESSAGE(slope[i].error <= slope_units, f.name << ", derivative " << i << ": " << slope[i].text());
}

}

TEST_CASE_TEMPLATE("distributions keep their digits over the whole range of their parameters", T, float, double) {
    for (const function& f : functions()) check<T>(f);
}
