// Times one training step of the five autoencoders, batch 128, Adam, float, one thread, against hand-written loops in
// two forms, after checking that all three learn the same: `./dev bench [--json PATH]`. The models and the loops are in
// testing/.
#include "../testing/autoencoders.hpp"
#include "timing.hpp"

#include <hourglass/data/shapes.hpp>
#include <hourglass/io/atomic_file.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>

namespace {

using namespace autoencoders;
using json = nlohmann::ordered_json;

constexpr int rows = 128, batches = 4, checked_steps = 50;
constexpr std::uint64_t seed = 1;
constexpr double allowed = 1e-3; // relative, between losses in float over the first 50 steps

struct result {
    std::string name;
    bench::spread ours, textbook, ordered;       // microseconds
    double deviation = 0;                        // the largest between ours and either form
    double operations = 0, bytes = 0, limit = 0; // of a step: floating-point; moved by the update; microseconds
};

// One model in its three forms. All get the same images, and the noise that ours draws: drawing it counts only in our
// time.
template <class Case> class race {
    const std::vector<float>& pixels_;
    hg::parameters<Case::graph> theta_{hg::seed = seed};
    std::unique_ptr<naive::naive_model<float>> textbook_ =
        naive_copy<Case, float>(theta_, naive::loop_form::textbook, rows);
    std::unique_ptr<naive::naive_model<float>> ordered_ =
        naive_copy<Case, float>(theta_, naive::loop_form::ordered, rows);
    trainer<Case, float> train_{theta_, hg::seed = seed, hg::threads = 1};

    std::span<const float> batch(std::uint64_t step_number) const {
        constexpr std::size_t size = static_cast<std::size_t>(rows) * Case::features;
        return {pixels_.data() + step_number % batches * size, size};
    }

public:
    explicit race(const std::vector<float>& pixels) : pixels_(pixels) {}

    // The largest difference of the loss or one of its terms, relative to the larger of the term and the loss.
    double check() {
        double largest = 0;
        for (std::uint64_t n = 1; n <= checked_steps; ++n) {
            const auto noise = noise_of_step<Case, float>(seed, n, rows);
            const naive::losses ours = Case::losses(step<Case, float>(train_, batch(n), {}));
            for (auto* form : {textbook_.get(), ordered_.get()}) {
                const naive::losses theirs = naive_step<Case, float>(*form, batch(n), noise, {});
                for (const auto term :
                     {&naive::losses::loss, &naive::losses::reconstruction, &naive::losses::penalty}) {
                    const double difference =
                        std::abs(ours.*term - theirs.*term) / std::max(std::abs(theirs.*term), std::abs(theirs.loss));
                    if (!(difference <= allowed))
                        throw std::runtime_error(std::string(Case::name) + ": in step " + std::to_string(n) +
                                                 " the loss is " + std::to_string(ours.*term) +
                                                 ", of the hand-written loops " + std::to_string(theirs.*term) +
                                                 "; the models differ, so times mean nothing");
                    largest = std::max(largest, difference);
                }
            }
        }
        return largest;
    }

    void time(result& r) {
        const auto noise = noise_of_step<Case, float>(seed, checked_steps + 1, rows);
        std::uint64_t n[3] = {};
        std::vector<bench::contender> contenders{
            {[&] { step<Case, float>(train_, batch(n[0]++), {}); }, 10},
            {[&] { naive_step<Case, float>(*textbook_, batch(n[1]++), noise, {}); }, 1, false},
            {[&] { naive_step<Case, float>(*ordered_, batch(n[2]++), noise, {}); }, 3},
        };
        bench::run_in_turn(contenders, 7, 25, 10);
        r.ours = bench::spread_of(contenders[0].seconds, 1e6);
        r.textbook = bench::spread_of(contenders[1].seconds, 1e6);
        r.ordered = bench::spread_of(contenders[2].seconds, 1e6);
    }

    // The time of a step whose matrix products run at the peak and whose update moves each parameter and its two
    // moments in and out once, if nothing else took time.
    void find_limit(result& r, double peak) const {
        using compiled = typename trainer<Case, float>::compiled_graph;
        for (int g = 0; g < compiled::sizes.groups; ++g) {
            const hg::schedule_group& group = compiled::schedule.groups[g];
            if (!hg::multiplies(group.kind)) continue;
            const hg::product_plan& p = group.product;
            r.operations +=
                2.0 * static_cast<double>(p.m * p.n * p.k) * (p.rows_in_m || p.rows_in_k || p.per_row ? rows : 1);
        }
        std::size_t count = 0;
        theta_.for_each([&](const std::string&, auto view, bool) { count += 3 * view.size(); });
        r.bytes = 2.0 * sizeof(float) * static_cast<double>(count);
        r.limit = 1e6 * (r.operations / peak + r.bytes / bench::update_bandwidth(count));
    }
};

template <class Case> result measure(const char* name, const std::vector<float>& pixels, double peak) {
    result r;
    r.name = std::string("train_step/") + name;
    race<Case> models(pixels);
    r.deviation = models.check();
    models.time(r);
    models.find_limit(r, peak);
    std::printf("%-26s%10.0f%8.0f -%7.0f%12.0f%11.0f%9.1f%9.1f%10.0f%10.1e\n", r.name.c_str(), r.ours.median,
                r.ours.min, r.ours.max, r.textbook.median, r.ordered.median, r.textbook.median / r.ours.median,
                r.ordered.median / r.ours.median, r.limit, r.deviation);
    std::fflush(stdout);
    return r;
}

json as_json(const bench::spread& s) { return {{"median", s.median}, {"min", s.min}, {"max", s.max}}; }

json as_json(const bench::machine& m, double peak, double bandwidth, const std::vector<result>& results) {
    json all, limits = json::array();
    all["machine"] = {{"processor", m.processor},
                      {"cores", m.cores},
                      {"simd", m.simd},
                      {"compiler", m.compiler},
                      {"threads", 1},
                      {"load_before", m.load},
                      {"multiply_add_per_second", peak},
                      {"memory_bytes_per_second", bandwidth}};
    all["results"] = json::array();
    for (const result& r : results) {
        all["results"].push_back({{"name", r.name},
                                  {"unit", "us"},
                                  {"ours", as_json(r.ours)},
                                  {"naive_textbook", as_json(r.textbook)},
                                  {"naive_ordered", as_json(r.ordered)},
                                  {"ratio_textbook", r.textbook.median / r.ours.median},
                                  {"ratio_ordered", r.ordered.median / r.ours.median}});
        limits.push_back({{"name", r.name},
                          {"unit", "us"},
                          {"at_the_machines_limit", r.limit},
                          {"floating_point_operations", r.operations},
                          {"bytes_of_the_update", r.bytes}});
    }
    all["limits"] = limits;
    return all;
}

void run(const char* json_path) {
    // The same floating-point mode for all. Trainers flush denormals themselves, and a program linked with -ffast-math
    // does so from the start; besides, the vectorised square root of -ffast-math turns denormal second moments into NaN
    // on AVX2.
    const hg::kernels::flush_denormals for_all_forms;
    const bench::machine m = bench::this_machine();
    const double peak = bench::multiply_add_peak(), bandwidth = bench::update_bandwidth(std::size_t{1} << 24);
    std::printf("%s, %u cores, load %.1f; %s; SIMD %s; 1 thread\n", m.processor.c_str(), m.cores, m.load,
                m.compiler.c_str(), m.simd.c_str());
    std::printf("one core: %.0f GFLOP/s in multiply-adds, %.1f GB/s in updates of 64 MiB\n", peak / 1e9,
                bandwidth / 1e9);
    std::printf("batch %d, Adam, float; microseconds of processor time per step, medians; deviation of the losses over "
                "%d steps\n\n",
                rows, checked_steps);
    std::printf("%-26s%10s%17s%12s%11s%9s%9s%10s%10s\n", "", "ours", "min - max", "textbook", "ordered", "ratio",
                "ratio", "limit", "deviation");

    hg::data::shapes_options pictures;
    pictures.count = rows * batches;
    const std::vector<float> pixels = hg::data::make_shapes(pictures).images.pixels;
    std::vector<result> results;
    results.push_back(measure<full_basic>("basic", pixels, peak));
    results.push_back(measure<full_undercomplete>("undercomplete", pixels, peak));
    results.push_back(measure<full_sparse>("sparse", pixels, peak));
    results.push_back(measure<full_denoising>("denoising", pixels, peak));
    results.push_back(measure<full_variational>("vae", pixels, peak));
    std::printf("\nratio: hand-written over ours, textbook and ordered; limit: matrix products at the peak, parameters "
                "and moments\n"
                "read and written once at the speed measured for as many bytes\n");
    if (json_path != nullptr) {
        hourglass::io::write_file(json_path, as_json(m, peak, bandwidth, results).dump(2) + "\n");
        std::printf("Written to %s\n", json_path);
    }
}

}

int main(int count, char** words) {
    const bool with_path = count == 3 && std::strcmp(words[1], "--json") == 0;
    if (count != 1 && !with_path) {
        std::fprintf(stderr, "usage: %s [--json PATH]\n", words[0]);
        return 2;
    }
    try {
        run(with_path ? words[2] : nullptr);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
