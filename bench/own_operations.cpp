// A user's own operations of each kind against their built-in twins, in turn: gradients of a batch, and vectorised
// Jacobians. testing/own_operations.hpp defines the operations.
#include "../testing/own_operations.hpp"
#include "timing.hpp"

#include <hourglass/io/atomic_file.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>

namespace {

namespace hg = hourglass;
using json = nlohmann::ordered_json;

constexpr int rows = 64;

HOURGLASS_LOCAL_SYMBOLS(y, loss);

// Elementwise: fused with its surroundings.
inline constexpr hg::input<"x", 32, 32> x;
inline constexpr hg::parameter<"w", 32, 32> w{hg::constant(0.75)};
template <bool Own> constexpr auto relu_of(const auto& of) {
    if constexpr (Own)
        return twins::positive(of);
    else
        return relu(of);
}
template <bool Own> inline constexpr hg::graph elementwise_model{
    y = hadamard(relu_of<Own>(hadamard(w, x) - 0.25), x) + relu_of<Own>(x),
    loss = sum(square(y)),
};
// Reductions: over the last axis, which joins the group before it, and over the first.
template <bool Own, int Axis> constexpr auto sum_of(const auto& of) {
    if constexpr (Own)
        return twins::total_of(of, hg::axes<Axis>);
    else
        return sum(of, hg::axes<Axis>);
}
template <bool Own> inline constexpr hg::graph reduction_model{
    y = exp(-square(sum_of<Own, 1>(hadamard(w, x)))) + sum_of<Own, 0>(hadamard(w, square(x))),
    loss = sum(square(y)),
};
// A movement of contiguous runs.
template <bool Own, int First, int Last> constexpr auto slice_of(const auto& of) {
    if constexpr (Own)
        return twins::part_of<First, Last, 1>(of);
    else
        return hg::slice<First, Last, 1>(of);
}
template <bool Own> inline constexpr hg::graph movement_model{
    y = hadamard(slice_of<Own, 4, 20>(hadamard(w, x)), slice_of<Own, 16, 32>(x)),
    loss = sum(square(y)),
};
// A product of matrices with an epilogue.
inline constexpr hg::parameter<"v", 48, 32> v{hg::constant(0.125)};
template <bool Own> constexpr auto times_transposed(const auto& a, const auto& b) {
    if constexpr (Own)
        return twins::by_rows(a, b);
    else
        return twins::matmul_by_rows(a, b);
}
template <bool Own> inline constexpr hg::graph product_model{
    y = tanh(times_transposed<Own>(x, v) - 0.5),
    loss = sum(square(y)),
};
// A Jacobian through all of these: directions are one more axis.
inline constexpr hg::argument<"a", 8, 16> a;
inline constexpr hg::argument<"b", 12, 16> b;
template <bool Own> constexpr auto through_all(const auto& of) {
    return sum_of<Own, 1>(slice_of<Own, 2, 10>(relu_of<Own>(times_transposed<Own>(of, b))));
}
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"jacobian"> slopes;
template <bool Own> inline constexpr hg::graph jacobian_model{h = through_all<Own>(a), slopes = jacobian(h, a)};

struct result {
    std::string name;
    bench::spread own, built_in;
    double ratio = 0, least = 0, most = 0; // own to built-in: the median of the rounds' ratios, and their quartiles
};

std::vector<float> numbers(std::size_t count) {
    std::vector<float> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = static_cast<float>(std::sin(0.7 * static_cast<double>(i) + 0.2));
    return all;
}

void check_equal(const std::string& name, const auto& own, const auto& built_in) {
    for (std::size_t i = 0; i < built_in.size(); ++i) {
        const double wanted = static_cast<double>(built_in[i]), got = static_cast<double>(own[i]);
        if (!(std::abs(got - wanted) <= 1e-5 * (1 + std::abs(wanted))))
            throw std::runtime_error(name + ": element " + std::to_string(i) + " is " + std::to_string(got) +
                                     ", of the built-in operation " + std::to_string(wanted) +
                                     "; they differ, so times mean nothing");
    }
}

result timed(const std::string& name, std::function<void()> own, std::function<void()> built_in) {
    std::vector<bench::contender> contenders{{std::move(own), 10}, {std::move(built_in), 10}};
    bench::run_in_turn(contenders, 40, 400, 4);
    result r{name, bench::spread_of(contenders[0].seconds, 1e6), bench::spread_of(contenders[1].seconds, 1e6)};
    std::vector<double> ratios;
    for (std::size_t i = 0; i < contenders[0].seconds.size(); ++i)
        ratios.push_back(contenders[0].seconds[i] / contenders[1].seconds[i]);
    std::sort(ratios.begin(), ratios.end());
    r.ratio = ratios[ratios.size() / 2];
    r.least = ratios[ratios.size() / 4];
    r.most = ratios[3 * ratios.size() / 4];
    std::printf("%-14s%10.2f%10.2f%9.3f%9.3f -%6.3f\n", name.c_str(), r.own.median, r.built_in.median, r.ratio, r.least,
                r.most);
    std::fflush(stdout);
    return r;
}

template <const auto& Own, const auto& BuiltIn> result gradients(const char* name) {
    const auto given = numbers(static_cast<std::size_t>(rows) * 32 * 32);
    hg::parameters<Own> own_theta;
    hg::parameters<BuiltIn> theta;
    hg::gradient<Own, loss> own{hg::threads = 1};
    hg::gradient<BuiltIn, loss> built_in{hg::threads = 1};
    {
        const auto first = own(own_theta, x = given);
        const auto second = built_in(theta, x = given);
        check_equal(name, std::vector<float>{first[loss]}, std::vector<float>{second[loss]});
    }
    return timed(
        name, [&] { own(own_theta, x = given); }, [&] { built_in(theta, x = given); });
}

result jacobians() {
    const auto left = numbers(8 * 16), right = numbers(12 * 16);
    hg::function<jacobian_model<true>, hg::to<slopes>> own;
    hg::function<jacobian_model<false>, hg::to<slopes>> built_in;
    const auto first = own(a = left, b = right);
    const auto second = built_in(a = left, b = right);
    const auto copy = [](const auto& of) { return std::vector<float>(of.begin(), of.end()); };
    check_equal("jacobian", copy(first[slopes]), copy(second[slopes]));
    return timed(
        "jacobian", [&] { own(a = left, b = right); }, [&] { built_in(a = left, b = right); });
}

void run(const char* path) {
    const bench::machine m = bench::this_machine();
    std::printf("%s, load %.1f; %s; SIMD %s; 1 thread, %d rows; microseconds of processor time, medians\n\n",
                m.processor.c_str(), m.load, m.compiler.c_str(), m.simd.c_str(), rows);
    std::printf("%-14s%10s%10s%9s%17s\n", "", "own", "built-in", "ratio", "quartiles");
    const std::vector<result> results{gradients<elementwise_model<true>, elementwise_model<false>>("elementwise"),
                                      gradients<reduction_model<true>, reduction_model<false>>("reduction"),
                                      gradients<movement_model<true>, movement_model<false>>("movement"),
                                      gradients<product_model<true>, product_model<false>>("product"), jacobians()};
    if (path == nullptr) return;
    json all;
    all["machine"] = {{"processor", m.processor}, {"simd", m.simd}, {"compiler", m.compiler}, {"load", m.load}};
    for (const result& r : results)
        all["results"].push_back({{"name", r.name},
                                  {"own_microseconds", r.own.median},
                                  {"built_in_microseconds", r.built_in.median},
                                  {"ratio", r.ratio},
                                  {"ratio_quartiles", {r.least, r.most}}});
    hourglass::io::write_file(path, all.dump(2) + "\n");
    std::printf("\nWritten to %s\n", path);
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
