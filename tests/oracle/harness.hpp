// What generated models call: numbers that both languages make from a name and an index, and results as lines of text.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include <hourglass/hourglass.hpp>
#include <hourglass/probability/distributions.hpp>

namespace oracle {

// SplitMix64 of FNV-1a, as in reference.py; of its bits 32, so that what follows is exact.
inline double number(std::string_view name, std::uint64_t index, double low, double high) {
    std::uint64_t z = 14695981039346656037u;
    for (const char c : name) z = (z ^ static_cast<unsigned char>(c)) * 1099511628211u;
    z += (index + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return low + (high - low) * (static_cast<double>(z >> 32) / 4294967296.0);
}
inline std::vector<double> numbers(int count, std::string_view name, double low, double high) {
    std::vector<double> all;
    for (int i = 0; i < count; ++i) all.push_back(number(name, static_cast<std::uint64_t>(i), low, high));
    return all;
}
inline void fill(auto&& tensor, std::string_view name, double low, double high) {
    std::uint64_t i = 0;
    for (double& x : tensor) x = number(name, i++, low, high);
}

// Whether a program reads what a leaf is bound to: what simplifies away it does not take.
template <class Program> constexpr bool reads(std::uint64_t hash) {
    using compiled = typename Program::compiled_graph;
    for (int v = 0; v < compiled::sizes.values; ++v) {
        const auto& value = compiled::schedule.values[v];
        if (value.storage == hourglass::storage_kind::fed && value.name >= 0 &&
            compiled::final_graph::value.names[value.name].hash == hash)
            return true;
    }
    return false;
}
template <class Program, class Argument> auto kept(Argument& argument) {
    if constexpr (requires { Argument::left::kind; }) {
        constexpr bool is_number = Argument::left::kind == hourglass::leaf_kind::scalar ||
                                   Argument::left::hash == std::remove_cvref_t<decltype(hourglass::rows)>::hash;
        if constexpr (is_number || reads<Program>(Argument::left::hash))
            return std::tuple<Argument>(argument);
        else
            return std::tuple<>();
    } else {
        return std::tuple<Argument&>(argument);
    }
}
template <class Program, class... Arguments> auto call(Program& run, Arguments&&... arguments) {
    return std::apply([&](auto&&... each) { return run(each...); }, std::tuple_cat(kept<Program>(arguments)...));
}

// What is printed before goes out, so that a crash is the last model's that has begun.
inline void begin(int seed) {
    std::printf("model %d\n", seed);
    std::fflush(stdout);
}
struct printer {
    bool quiet = false;
    void operator()(const char* what, const auto& value) const {
        if (quiet) return;
        std::printf("%s", what);
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>)
            std::printf(" %.17g", static_cast<double>(value));
        else
            for (const double x : value) std::printf(" %.17g", x);
        std::printf("\n");
    }
};

}
