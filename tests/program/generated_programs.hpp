// Generated graphs compiled as programs, without equations above them: a specification that hands a generated graph to
// the compiler's stages, a call that binds values by the names of the schedule, and the comparison with the reference
// interpreter. Which seeds are compiled stands in fuzz_programs_*.cpp, a few in each so that they compile side by side.
#pragma once

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <hourglass/runtime/executor.hpp>

#include "ir/graph_validator.hpp"
#include "ir/graph_values.hpp"
#include "support/shares.hpp"

namespace fuzz {

inline constexpr long most_rows = 33;
inline constexpr generator_options plain{.steps = 10, .largest = 600, .odd_extents = true};
inline constexpr generator_options with_scans{.steps = 8, .largest = 600, .odd_extents = true, .scans = true};
// Small ones: what is compiled of a scan within a scan is several schedules, and Clang counts the steps of each.
inline constexpr generator_options with_nested_scans{
    .steps = 4, .largest = 600, .odd_extents = true, .scans = true, .deepest = 2};
inline constexpr generator_options with_constants{
    .steps = 10, .largest = 600, .odd_extents = true, .products = true, .constants = true};

// What program_spec is for equations: the graph with its results, and the options that the stages ask for.
template <std::uint64_t Seed, const generator_options& Options> struct generated_spec {
    struct options {
        template <class> static constexpr bool has = false;
    };
    static constexpr hg::program_kind kind = hg::program_kind::trainer;
    static constexpr long rows = most_rows;
    static constexpr hg::graph_builder run() { return generate_with_gradients(Seed, Options); }
};

// A compiled graph that claims to be much work, so that the executor shares out even the smallest one.
template <std::uint64_t Seed, const generator_options& Options> struct generated_program {
    using spec = generated_spec<Seed, Options>;
    using compiled = hg::compiled<spec>;
    using final_graph = typename compiled::final_graph;
    static constexpr hg::schedule_sizes sizes = compiled::sizes;
    static constexpr int scans = compiled::scans;
    template <int K> using step = typename compiled::template step<K>;
    static constexpr auto costly(auto s) {
        s.work = 1e12;
        return s;
    }
    static constexpr auto schedule = costly(compiled::schedule);
    static constexpr auto run_time = costly(compiled::run_time);
};

// Whether the passes have left a scan in the body of another one.
template <class Program> constexpr bool has_nested_scans() {
    return []<int... K>(std::integer_sequence<int, K...>) { return ((Program::template step<K>::scans > 0) || ...); }
    (std::make_integer_sequence<int, Program::scans>{});
}

template <class T> using values_of = std::vector<std::vector<T>>;

// Binds all that a schedule reads from outside, and gives the results back: everything about a call that needs no
// template.
template <class T> class binding_by_name {
    hg::graph_view g_;
    hg::schedule_view s_;
    long rows_;
    std::vector<std::vector<T>> outside_;
    // Every element that is read must be given: the vectors are as large as that and no larger.
    long size_of(const hg::value_type& t) const { return t.extents.size() * (t.batched ? rows_ : 1); }

public:
    binding_by_name(hg::graph_view g, hg::schedule_view s, long rows, T** place, double* number)
        : g_(g), s_(s), rows_(rows), outside_(static_cast<std::size_t>(s.values.size)) {
        for (int v = 0; v < s.values.size; ++v) {
            const hg::stored_value& value = s.values[v];
            const bool is_outside = value.storage == hg::storage_kind::fed ||
                                    value.storage == hg::storage_kind::parameter ||
                                    value.storage == hg::storage_kind::state;
            if (!is_outside) continue;
            auto& data = outside_[static_cast<std::size_t>(v)];
            data = leaf_values<T>(g.name(value.name), static_cast<std::size_t>(size_of(value.type)));
            place[v] = data.data();
        }
        for (int n = 0; n < g.nodes.size; ++n)
            if (hg::is<ops::scalar>(g[n])) number[n] = g[n].options.number;
    }
    // In the order of the graph's roots.
    values_of<T> results(T* const* place) const {
        values_of<T> all;
        int result = 0;
        for (const hg::graph_root& r : g_.roots) {
            const T* data = nullptr;
            if (r.kind == hg::root_kind::update) {
                for (int v = 0; v < s_.values.size; ++v)
                    if (s_.values[v].name == r.name && !outside_[static_cast<std::size_t>(v)].empty()) data = place[v];
            } else {
                data = place[s_.results[result++].value];
            }
            REQUIRE(data != nullptr);
            all.emplace_back(data, data + size_of(g_[r.node].type));
        }
        return all;
    }
};

template <class T> struct program_to_check {
    hg::graph_view selected; // before any pass
    values_of<T> (*run)(long rows, int threads);
};
template <class Program, class T> values_of<T> run_program(long rows, int threads) {
    const auto e = std::make_unique<hg::executor<Program, T>>(hg::thread_limit{threads, true});
    const binding_by_name<T> bound(Program::final_graph::view(), Program::schedule.view(), rows, e->place.data(),
                                   e->number.data());
    e->noise.seed = noise_of_tests.seed;
    e->noise.step = noise_of_tests.step;
    e->template run<false>(rows);
    return bound.results(e->place.data());
}

template <class T> std::vector<double> as_doubles(const std::vector<T>& values) {
    return {values.begin(), values.end()};
}

template <class T> bool same_bits(const values_of<T>& a, const values_of<T>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t r = 0; r < a.size(); ++r)
        if (a[r].size() != b[r].size() || std::memcmp(a[r].data(), b[r].data(), a[r].size() * sizeof(T)) != 0)
            return false;
    return true;
}

// How far the interpreter is off in float, as a part of a result's largest magnitude: the most of all results, since a
// single number may be right by luck.
template <class T> double own_error(const values_of<T>& in_float, const values_of<double>& expected) {
    double most = 0;
    for (std::size_t r = 0; r < expected.size(); ++r)
        if (const double magnitude = magnitude_of(expected[r]); magnitude > 0)
            most = std::max(most, difference(as_doubles(in_float[r]), expected[r]) / magnitude);
    return most;
}

// double: 1e-11 of a result's largest magnitude; float: ten times the interpreter's own error in float, and 1e-6 of it.
template <class T> void check_program(const program_to_check<T>& program) {
    REQUIRE(find_fault(program.selected) == "");
    for (const long rows : {1L, 2L, 7L, most_rows}) {
        CAPTURE(rows);
        const auto expected = results_of<double>(program.selected, rows);
        // The seeds are chosen so that comparing them tells something.
        REQUIRE(is_well_conditioned(program.selected, rows, expected, std::is_same_v<T, float> ? 1e-7 : 1e-15));
        const values_of<T> found = program.run(rows, 1);
        const auto in_float = std::is_same_v<T, float> ? results_of<float>(program.selected, rows) : expected;
        REQUIRE(found.size() == expected.size());
        for (std::size_t r = 0; r < expected.size(); ++r) {
            CAPTURE(program.selected.name(program.selected.roots[static_cast<int>(r)].name));
            const double magnitude = magnitude_of(expected[r]);
            const double allowed =
                std::is_same_v<T, float> ? (10 * own_error(in_float, expected) + 1e-6) * magnitude : 1e-11 * magnitude;
            CHECK(difference(as_doubles(found[r]), expected[r]) <= allowed);
        }
        for (const int threads : {2, 3}) {
            CAPTURE(threads);
            CHECK(same_bits(found, program.run(rows, threads)));
        }
    }
}

// Of the seeds each compiler has every other one, of these one in float and the next in double: a program takes seconds
// to compile, and kernels for both number types most of them.
template <const generator_options& Options, std::uint64_t... Seeds> void check_programs() {
    const auto check_one = []<std::uint64_t Seed, std::size_t I>(std::integral_constant<std::uint64_t, Seed>,
                                                                 std::integral_constant<std::size_t, I>) {
        if constexpr (I % 2 == hourglass_test::half) {
            CAPTURE(Seed);
            using program = generated_program<Seed, Options>;
            using number = std::conditional_t<I % 4 < 2, float, double>;
            static_assert(Options.deepest < 2 || has_nested_scans<program>(), "choose another seed");
            check_program<number>({program::compiled::specified::view(), &run_program<program, number>});
        }
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (check_one(std::integral_constant<std::uint64_t, Seeds>{}, std::integral_constant<std::size_t, I>{}), ...);
    }
    (std::make_index_sequence<sizeof...(Seeds)>{});
}

}
