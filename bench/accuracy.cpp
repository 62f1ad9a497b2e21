// The accuracy of the vectorised elementary functions in this build, in float and double: the worst error in units in
// the last place, over the whole range and at the hardest points of each function, against the C library's long double
// functions. `./dev bench --accuracy [--json PATH]` runs it for each vector width.
//
// An error counts if the exact result is a normal number. Smaller results may be flushed to zero; infinities, NaN and
// signs must be right everywhere.
#include "machine.hpp"

#include <hourglass/hourglass.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <limits>
#include <random>
#include <stdexcept>

namespace {

namespace ops = hourglass::ops;
namespace kernels = hourglass::kernels;
using json = nlohmann::ordered_json;
using wide = long double;
static_assert(std::numeric_limits<wide>::digits >= 64, "what measures must have more digits than a double");

constexpr double alpha = 0.75;
constexpr double quarter_turn = 1.57079632679489661923;

template <class T> class samples {
    using limits = std::numeric_limits<T>;
    std::mt19937_64 random_{1};
    std::vector<T> all_;

    double uniform() { return static_cast<double>(random_()) * 0x1p-64; }
    // x, its neighbours, and the negatives of all.
    void around(wide x, int neighbours = 1) {
        for (const T at : {static_cast<T>(x), static_cast<T>(-x)}) {
            T up = at, down = at;
            all_.push_back(at);
            for (int i = 0; i < neighbours; ++i) {
                all_.push_back(up = std::nextafter(up, limits::infinity()));
                all_.push_back(down = std::nextafter(down, -limits::infinity()));
            }
        }
    }
    void add_spread() {
        constexpr int of_each_exponent = std::is_same_v<T, float> ? 4096 : 512;
        for (int e = limits::min_exponent - 2; e < limits::max_exponent; ++e)
            for (int i = 0; i < of_each_exponent; ++i)
                for (const int sign : {1, -1}) all_.push_back(static_cast<T>(sign * std::ldexp(1 + uniform(), e)));
        for (const double range : {0.5, 1.0, 2.0, 5.0, 20.0, 100.0, 750.0, 3000.0, 50000.0})
            for (int i = 0; i < 100000; ++i) all_.push_back(static_cast<T>(range * (2 * uniform() - 1)));
    }
    void add_hard() {
        // Every multiple of pi/2 that is reduced in vectors, and the numbers closest to a multiple.
        for (int n = 1; n < 27000; ++n) around(n * (quarter_turn + 6.123233995736766036e-17L));
        for (const double x : {45.553093477052002, 16367173 * 0x1p72, 6381956970095103.0 * 0x1p797}) around(x);
        for (const double x : {3000.0, 40000.0, 1e6, 1e22}) around(x, 200);
        // The boundaries of n in x = n ln 2 + r.
        for (int n = 1; n < 1100; ++n) around((n - 0.5L) * std::log(wide(2)), 2);
        const wide high = std::log(wide(limits::max())), low = std::log(wide(limits::min()));
        for (const wide x : {high, low, high + 0.5L, low - 0.5L}) around(x, 1000);
        for (const double x : {1.0, 0.5, 0.70710678118654752, 1.41421356237309505, 0.34657359027997264,
                               5.6568542494923802, 13.05, 14.5, 37.5, 40.0})
            around(x, 1000);
        for (const T x : {T(0), limits::min(), limits::max(), limits::infinity()}) around(x, 100);
        all_.push_back(limits::quiet_NaN());
    }

public:
    samples() {
        add_spread();
        add_hard();
        while (all_.size() % static_cast<std::size_t>(kernels::width<T>) != 0) all_.push_back(T(1));
    }
    const std::vector<T>& all() const { return all_; }
};

// The standard normal distribution function. 1 / sqrt 2 is split in two parts: erfc's derivative restores what its
// argument loses in rounding.
wide normal_cdf(wide x) {
    if (std::isinf(x)) return x > 0;
    const wide high = 0.7071067811865475244L, low = std::fma(-high, high, 0.5L) / (2 * high);
    const wide t = -x * high, rest = std::fma(-x, high, -t) - x * low;
    return (std::erfc(t) - rest * 1.128379167095512573896L * std::exp(-t * t)) / 2;
}

struct finding {
    std::string function, element;
    double units = 0, at = 0, value = 0;
    long wrong = 0; // how many results are completely wrong
    double wrong_at = 0;
};

template <class T> void judge(finding& f, T x, T got, wide exact) {
    using limits = std::numeric_limits<T>;
    const T rounded = static_cast<T>(exact);
    const auto wrong_if = [&](bool wrong) {
        if (!wrong) return;
        ++f.wrong;
        f.wrong_at = static_cast<double>(x);
    };
    if (std::isnan(exact)) return wrong_if(!std::isnan(got));
    if (std::isinf(exact)) return wrong_if(got != rounded);
    const wide size = std::abs(exact), error = std::abs(static_cast<wide>(got) - exact);
    if (size < limits::min()) return wrong_if(got != 0 && !(error <= 4 * wide(limits::denorm_min())));
    if (std::isnan(got) || std::signbit(got) != std::signbit(exact)) return wrong_if(true);
    if (std::isinf(rounded)) return wrong_if(std::abs(got) < limits::max());
    if (std::isinf(got)) return wrong_if(true);
    const double units = static_cast<double>(std::ldexp(error, limits::digits - 1 - std::ilogb(exact)));
    if (units > f.units)
        f = {f.function, f.element, units, static_cast<double>(x), static_cast<double>(got), f.wrong, f.wrong_at};
}

template <class T> constexpr const char* element = std::is_same_v<T, float> ? "float" : "double";

// Both functions take one vector, or one wide number.
template <class T, class Function, class Exact>
finding measured(const char* name, const std::vector<T>& points, Function function, Exact exact) {
    constexpr int lanes = kernels::width<T>;
    finding f{name, element<T>};
    for (std::size_t i = 0; i < points.size(); i += static_cast<std::size_t>(lanes)) {
        T got[lanes];
        kernels::store_vector<T>(got, function(kernels::load_vector(points.data() + i)));
        for (int lane = 0; lane < lanes; ++lane) {
            const T x = points[i + static_cast<std::size_t>(lane)];
            judge(f, x, got[lane], exact(static_cast<wide>(x)));
        }
    }
    return f;
}

template <class T> void measure(std::vector<finding>& all) {
    using V = kernels::vector<T>;
    const samples<T> drawn;
    const auto add = [&]<class Op>(Op, auto exact) {
        all.push_back(measured(
            std::string(Op::name).c_str(), drawn.all(), [](const V& x) { return Op::template forward<V>(x); }, exact));
    };
    add(ops::sqrt{}, [](wide x) { return std::sqrt(x); });
    add(ops::exp{}, [](wide x) { return std::exp(x); });
    add(ops::expm1{}, [](wide x) { return std::expm1(x); });
    add(ops::log{}, [](wide x) { return std::log(x); });
    add(ops::log1p{}, [](wide x) { return std::log1p(x); });
    add(ops::sin{}, [](wide x) { return std::sin(x); });
    add(ops::cos{}, [](wide x) { return std::cos(x); });
    add(ops::tanh{}, [](wide x) { return std::tanh(x); });
    add(ops::sigmoid{}, [](wide x) {
        const wide decay = std::exp(-std::abs(x));
        return (x < 0 ? decay : 1) / (1 + decay);
    });
    add(ops::softplus{}, [](wide x) { return (x < 0 ? 0 : x) + std::log1p(std::exp(-std::abs(x))); });
    add(ops::normal_cdf{}, normal_cdf);
    all.push_back(measured(
        "elu", drawn.all(), [](const V& x) { return ops::elu::forward<V>(x, V(static_cast<T>(alpha))); },
        [](wide x) { return x > 0 ? x : alpha * std::expm1(x); }));
    for (const double power : {-2.5, 0.3, 3.0, 17.7})
        all.push_back(measured(
            "pow", drawn.all(), [&](const V& x) { return ops::pow::forward<V>(x, V(static_cast<T>(power))); },
            [&](wide x) { return std::pow(x, static_cast<wide>(static_cast<T>(power))); }));
}

void run(const char* json_path) {
    const bench::machine m = bench::this_machine();
    std::vector<finding> all;
    measure<float>(all);
    measure<double>(all);
    json results = json::array();
    std::printf("%-12s%-8s%-8s%10s\n", "", "", "", "units");
    for (const finding& f : all) {
        std::printf("%-12s%-8s%-8s%10.2f at %.17g: %.17g", f.function.c_str(), f.element.c_str(), m.simd.c_str(),
                    f.units, f.at, f.value);
        if (f.wrong > 0) std::printf("; %ld WRONG, as at %.17g", f.wrong, f.wrong_at);
        std::printf("\n");
        results.push_back({{"function", f.function},
                           {"element", f.element},
                           {"simd", m.simd},
                           {"units", f.units},
                           {"at", f.at},
                           {"value", f.value},
                           {"wrong", f.wrong}});
    }
    if (json_path == nullptr) return;
    const json whole = {{"machine", {{"processor", m.processor}, {"simd", m.simd}, {"compiler", m.compiler}}},
                        {"results", results}};
    std::ofstream file(json_path);
    file << whole.dump(2) << "\n";
    file.close();
    if (!file) throw std::runtime_error(std::string("cannot write ") + json_path);
}

}

int main(int count, char** words) {
    if (count != 1 && (count != 3 || std::strcmp(words[1], "--json") != 0)) {
        std::fprintf(stderr, "usage: %s [--json PATH]\n", words[0]);
        return 2;
    }
    try {
        run(count == 3 ? words[2] : nullptr);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
