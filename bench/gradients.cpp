// Times a value with its whole gradient, in double on one thread, for small functions and for FastAD's own benchmark
// (JamesYang007/ADBenchmark), against hand-written code and other libraries, after checking that all agree:
// `./dev bench --gradients [--only TEXT] [--json PATH]`. All contestants of a row take turns in one run.
#include "gradients_peers.hpp"
#include "timing.hpp"

#include <hourglass/io/atomic_file.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <set>
#include <stdexcept>

namespace {

using namespace gradients;
using json = nlohmann::ordered_json;

constexpr double allowed = 1e-9;            // relative to the largest element of the gradient, or to the value
constexpr double least_of_a_sample = 60e-6; // seconds
constexpr int most_rounds = 15;
constexpr double slow = 5e-3;    // seconds: anything slower is timed in three rounds
constexpr double hopeless = 0.5; // seconds: anything slower than this, in one

struct timed {
    form kind{};
    std::string library;
    bench::spread ns;
    double deviation = 0;
    std::vector<double> rounds;
};
struct row {
    std::string name;
    long size = 0;
    std::vector<timed> all;
    bench::spread ratio; // ours divided by the hand-written form, per round

    const timed* find(form kind, const std::string& library = "") const {
        for (const timed& t : all)
            if (t.kind == kind && t.library == library) return &t;
        return nullptr;
    }
    // The fastest form of other libraries, or of one; with `inside` only forms that are built in the loop.
    const timed* best_peer(bool inside = false, const std::string& library = "") const {
        const timed* best = nullptr;
        for (const timed& t : all)
            if ((t.kind == form::peer_built_inside || (t.kind == form::peer && !inside)) &&
                (library.empty() || t.library == library) && (best == nullptr || t.ns.median < best->ns.median))
                best = &t;
        return best;
    }
    // Its time divided by ours in the same form; 0 if there is none.
    double of_ours(const timed* other, bool inside = false) const {
        const timed* ours = find(inside ? form::ours_built_inside : form::ours);
        return ours == nullptr || other == nullptr ? 0 : other->ns.median / ours->ns.median;
    }
};

double once(const contestant& c, long times) {
    const double start = bench::processor_time();
    c.run(times);
    return bench::processor_time() - start;
}

// The minimum of a few runs: the very first touches new pages, and any run may be interrupted. If such a run were taken
// for a contestant's time, its samples would be so short that they time the clock instead.
double quickest(const contestant& c, long times) {
    double least = once(c, times);
    for (int again = 0; again < 4 && least < slow; ++again) least = std::min(least, once(c, times));
    return least;
}

class benchmark final : public suite {
    std::vector<peer> peers_;
    std::string only_;
    double seconds_;

public:
    std::vector<row> rows;

    benchmark(std::vector<peer> peers, std::string only, double seconds)
        : peers_(std::move(peers)), only_(std::move(only)), seconds_(seconds) {}

    bool wants(const problem& p) const override {
        return only_.empty() || (p.name + " " + std::to_string(p.size)).find(only_) != std::string::npos;
    }
    void race(const problem& p, std::vector<contestant> contestants) override {
        for (const peer& other : peers_)
            for (contestant& c : other.contestants(p)) contestants.push_back(std::move(c));
        row r{p.name, p.size, {}, {}};
        check(p, contestants, r);
        time(contestants, r);
        tell(r);
        rows.push_back(std::move(r));
    }

private:
    // Compares with the hand-written gradient, or with the first one.
    static void check(const problem& p, const std::vector<contestant>& contestants, row& r) {
        const contestant* reference = nullptr;
        for (const contestant& c : contestants)
            if (reference == nullptr || c.kind == form::hand) reference = &c;
        if (reference == nullptr) return;
        const double value = reference->run(1);
        const std::vector<double> gradient = reference->gradient();
        double size = 0;
        for (double g : gradient) size = std::max(size, std::abs(g));
        for (const contestant& c : contestants) {
            timed t{c.kind, c.library, {}, 0, {}};
            t.deviation = std::abs(c.run(1) - value) / std::max(1.0, std::abs(value));
            const std::vector<double> theirs = c.gradient();
            if (theirs.size() != gradient.size())
                throw std::runtime_error(p.name + ": gradients of " + std::to_string(theirs.size()) + " and " +
                                         std::to_string(gradient.size()) + " numbers");
            for (std::size_t i = 0; i < theirs.size() && size > 0; ++i) {
                const double difference = std::abs(theirs[i] - gradient[i]) / size;
                if (!(difference <= t.deviation)) t.deviation = difference; // also for NaN
            }
            if (!(t.deviation <= allowed))
                throw std::runtime_error(p.name + ", N = " + std::to_string(p.size) + ": " +
                                         (c.library.empty() ? "ours" : c.library) +
                                         " and the hand-written gradient differ by " + std::to_string(t.deviation));
            r.all.push_back(std::move(t));
        }
    }

    void time(const std::vector<contestant>& contestants, row& r) const {
        std::vector<long> times;
        std::vector<int> rounds;
        double of_a_round = 0;
        for (const contestant& c : contestants) {
            long n = 1;
            double seconds = quickest(c, n);
            while (seconds < least_of_a_sample / 4) seconds = quickest(c, n *= 4);
            const double each = seconds / static_cast<double>(n);
            times.push_back(std::max(1L, static_cast<long>(least_of_a_sample / each)));
            rounds.push_back(each > hopeless ? 1 : each > slow ? 3 : most_rounds);
            of_a_round += std::max(each, least_of_a_sample);
        }
        const double least = seconds_ / static_cast<double>(most_rounds);
        const long repeats = std::max(1L, static_cast<long>(least / std::max(of_a_round, 1e-6)));
        for (int round = 0; round < most_rounds; ++round)
            for (std::size_t i = 0; i < contestants.size(); ++i) {
                if (round >= rounds[i]) continue;
                const long n = rounds[i] == most_rounds ? times[i] * repeats : times[i];
                if (rounds[i] == most_rounds) contestants[i].run(std::max(1L, n / 8)); // warms caches and predictors
                r.all[i].rounds.push_back(once(contestants[i], n) / static_cast<double>(n));
            }
        for (timed& t : r.all) t.ns = bench::spread_of(t.rounds, 1e9);
        const timed *ours = r.find(form::ours), *hand = r.find(form::hand);
        if (ours == nullptr || hand == nullptr) return;
        std::vector<double> ratios;
        for (std::size_t i = 0; i < std::min(ours->rounds.size(), hand->rounds.size()); ++i)
            ratios.push_back(ours->rounds[i] / hand->rounds[i]);
        r.ratio = bench::spread_of(ratios, 1);
    }

    static void print(const timed* t) {
        if (t == nullptr)
            std::printf("%11s", "-");
        else
            std::printf("%11.*f", t->ns.median < 100 ? 1 : 0, t->ns.median);
    }
    static void tell(const row& r) {
        std::printf("%-26s%7ld", r.name.c_str(), r.size);
        const timed *mine = r.find(form::ours), *hand = r.find(form::hand);
        print(mine);
        print(r.find(form::ours_built_inside));
        print(hand);
        if (mine != nullptr && hand != nullptr)
            std::printf("%7.2f%6.2f -%5.2f", r.ratio.median, r.ratio.min, r.ratio.max);
        else
            std::printf("%20s", "-");
        const timed *first = r.find(form::peer, "FastAD"), *second = r.find(form::peer_built_inside, "FastAD");
        print(first);
        print(second);
        if (first != nullptr && mine != nullptr)
            std::printf("%7.2f", first->ns.median / mine->ns.median);
        else
            std::printf("%7s", "-");
        if (const timed* best = r.best_peer()) {
            const double ratio = r.of_ours(best);
            print(best);
            std::printf("%9.2f  %-18s%s", ratio, best->library.c_str(), ratio < 1 ? best->library.c_str() : "ours");
        }
        std::printf("\n");
        std::fflush(stdout);
    }
};

// --- summaries of all rows

constexpr const char* nine[] = {"sum",
                                "sum iterated",
                                "product",
                                "product iterated",
                                "log-sum-exp",
                                "matrix product",
                                "normal log-density",
                                "regression",
                                "stochastic volatility"};

bool close_to_hand(const row& r, double most, double most_ns) {
    const timed *ours = r.find(form::ours), *hand = r.find(form::hand);
    if (ours == nullptr || hand == nullptr) return true;
    return hand->ns.median >= 20 ? r.ratio.median <= most : ours->ns.median - hand->ns.median <= most_ns;
}

// Names the libraries that are faster, or almost as fast as ours.
void name_rivals(const std::vector<row>& rows, const char* what, bool inside, double least, double most) {
    std::printf("%s:", what);
    int found = 0;
    for (const row& r : rows) {
        const timed* best = r.best_peer(inside);
        const double ratio = r.of_ours(best, inside);
        if (ratio > least && ratio <= most)
            std::printf("%s %s %ld (%s, %.2f)", found++ ? "," : "", r.name.c_str(), r.size, best->library.c_str(),
                        ratio);
    }
    std::printf("%s\n", found ? "" : " none");
}
void compare_with_libraries(const std::vector<row>& rows) {
    std::set<std::string> libraries;
    for (const row& r : rows)
        for (const timed& t : r.all)
            if (!t.library.empty()) libraries.insert(t.library);
    if (libraries.empty()) return;
    std::printf("\nThe time of each library, in its fastest form, over ours; and where both are built in the loop:\n"
                "%-20s%6s%10s%10s  %-32s%10s%10s\n",
                "", "rows", "mean", "least", "at", "mean", "least");
    for (const std::string& library : libraries) {
        double sums[2] = {}, least[2] = {HUGE_VAL, HUGE_VAL};
        int counts[2] = {};
        std::string where;
        for (const row& r : rows)
            for (const bool inside : {false, true}) {
                const double ratio = r.of_ours(r.best_peer(inside, library), inside);
                if (ratio == 0) continue;
                sums[inside] += std::log(ratio);
                ++counts[inside];
                if (ratio >= least[inside]) continue;
                least[inside] = ratio;
                if (!inside) where = r.name + " " + std::to_string(r.size);
            }
        std::printf("%-20s%6d%10.2f%10.2f  %-32s", library.c_str(), counts[0], std::exp(sums[0] / counts[0]), least[0],
                    where.c_str());
        if (counts[1] > 0) std::printf("%10.2f%10.2f", std::exp(sums[1] / counts[1]), least[1]);
        std::printf("\n");
    }
    name_rivals(rows, "Slower than another library", false, 0, 1);
    name_rivals(rows, "Faster, but not 1.2 times as fast", false, 1, 1.2);
    name_rivals(rows, "Built in the loop, slower than another library there", true, 0, 1);
}

void sum_up(const std::vector<row>& rows) {
    std::printf("\nOver 1.5 times the hand-written gradient (10 ns more, where that takes less than 20 ns):");
    int over = 0;
    for (const row& r : rows)
        if (!close_to_hand(r, 1.5, 10)) std::printf("%s %s %ld", over++ ? "," : "", r.name.c_str(), r.size);
    std::printf("%s\n", over ? "" : " none");

    std::map<std::string, std::pair<double, int>> means; // of FastAD's times divided by ours, in logarithms
    std::printf(
        "From N = 64 up, neither three times as fast as FastAD nor within 1.2 times the hand-written gradient:");
    int slower = 0;
    for (const row& r : rows) {
        const timed *ours = r.find(form::ours), *fastad = r.find(form::peer, "FastAD"), *hand = r.find(form::hand);
        if (ours == nullptr || fastad == nullptr) continue;
        const double ratio = fastad->ns.median / ours->ns.median;
        for (const char* name : nine)
            if (r.name == name && r.size >= 64) {
                means[r.name].first += std::log(ratio);
                ++means[r.name].second;
                const bool hand_is = hand != nullptr && fastad->ns.median / hand->ns.median >= 3;
                if (ratio < 3 && (hand_is || hand == nullptr || r.ratio.median > 1.2))
                    std::printf("%s %s %ld (%.2f)", slower++ ? "," : "", r.name.c_str(), r.size, ratio);
            }
    }
    std::printf("%s\n", means.empty() ? " no FastAD" : slower ? "" : " none");
    if (!means.empty()) {
        double all = 0;
        std::printf("FastAD's time over ours, in the geometric mean:");
        for (const auto& [name, sum] : means) {
            std::printf(" %s %.2f,", name.c_str(), std::exp(sum.first / sum.second));
            all += sum.first / sum.second;
        }
        std::printf(" over these %zu: %.2f\n", means.size(), std::exp(all / static_cast<double>(means.size())));
    }
    compare_with_libraries(rows);
}

json as_json(const bench::machine& m, const std::vector<row>& rows) {
    json all;
    all["machine"] = {{"processor", m.processor}, {"cores", m.cores}, {"simd", m.simd},
                      {"compiler", m.compiler},   {"threads", 1},     {"load_before", m.load}};
    all["results"] = json::array();
    for (const row& r : rows) {
        json one = {{"name", r.name}, {"size", r.size}, {"unit", "ns"}};
        if (r.ratio.median > 0)
            one["ratio_to_hand"] = {{"median", r.ratio.median}, {"min", r.ratio.min}, {"max", r.ratio.max}};
        one["times"] = json::array();
        for (const timed& t : r.all) {
            const bool inside = t.kind == form::ours_built_inside || t.kind == form::peer_built_inside;
            const char* who = t.kind == form::hand ? "by hand" : t.library.empty() ? "hourglass" : t.library.c_str();
            one["times"].push_back({{"library", who},
                                    {"built_in_the_loop", inside},
                                    {"median", t.ns.median},
                                    {"min", t.ns.min},
                                    {"max", t.ns.max},
                                    {"deviation", t.deviation}});
        }
        all["results"].push_back(one);
    }
    return all;
}

void run(const char* json_path, const std::string& only, double seconds) {
    const bench::machine m = bench::this_machine();
    std::printf("%s, %u cores, load %.1f; %s; SIMD %s; 1 thread\n", m.processor.c_str(), m.cores, m.load,
                m.compiler.c_str(), m.simd.c_str());
    std::vector<peer> peers;
    std::string absent;
    for (const auto& [name, made] : {std::pair{"Adept (--peer adept=PATH)", adept()},
                                     {"ADOL-C", adolc()},
                                     {"autodiff (--peer autodiff=PATH)", autodiff()},
                                     {"Boost.Math", boost_math()},
                                     {"Ceres", ceres()},
                                     {"CoDiPack (--peer codipack=PATH)", codipack()},
                                     {"CppAD (--peer cppad=PATH)", cppad()},
                                     {"ddx (--ddx PATH)", ddx()},
                                     {"Eigen", eigen()},
                                     {"FastAD (--fastad PATH)", fastad()},
                                     {"Sacado", sacado()},
                                     {"Stan Math (--peer stan=PATH)", stan()},
                                     {"XAD (--peer xad=PATH)", xad()}})
        if (made.contestants)
            peers.push_back(made);
        else
            absent += std::string(absent.empty() ? "" : ", ") + name;
    if (!absent.empty())
        std::printf("not here, so not timed: %s; with a PATH: a copy, which is no package of Debian's\n",
                    absent.c_str());
    std::printf(
        "value and whole gradient in double; nanoseconds of processor time, medians; built: the program, or the "
        "expression, is made in the loop too\n"
        "ratio: ours over by hand, the median and the range over the rounds; FastAD, and the best of all other "
        "libraries, over ours; then who is the fastest of the libraries\n\n");
    std::printf("%-26s%7s%11s%11s%11s%7s%13s%11s%11s%7s%11s%9s\n", "", "N", "ours", "built", "by hand", "ratio",
                "min - max", "FastAD", "built", "ratio", "best other", "ratio");
    benchmark b(peers, only, seconds);
    race_reductions(b);
    race_products(b);
    race_models(b);
    race_recurrences(b);
    race_scalars(b);
    sum_up(b.rows);
    if (json_path != nullptr) {
        hourglass::io::write_file(json_path, as_json(m, b.rows).dump(2) + "\n");
        std::printf("Written to %s\n", json_path);
    }
}

}

int main(int count, char** words) {
    const char* json_path = nullptr;
    std::string only;
    double seconds = 0.05;
    for (int i = 1; i < count; i += 2) {
        if (i + 1 < count && std::strcmp(words[i], "--json") == 0)
            json_path = words[i + 1];
        else if (i + 1 < count && std::strcmp(words[i], "--only") == 0)
            only = words[i + 1];
        else {
            std::fprintf(stderr, "usage: %s [--only TEXT] [--json PATH]\n", words[0]);
            return 2;
        }
    }
    try {
        run(json_path, only, seconds);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
