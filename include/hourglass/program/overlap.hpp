// Overlapping memory in a call: a destination of `hg::into` that overlaps data that the call reads, or another
// destination. The call either computes what it would compute from copies, or throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <hourglass/program/result.hpp>

HOURGLASS_BEGIN

// Memory that a call reads or writes. `row_bytes` is 0 if there is no batch axis.
struct bound_memory {
    std::string_view name{};
    const void* first = nullptr;
    std::size_t bytes = 0, row_bytes = 0;

    bool overlaps(const bound_memory& other) const {
        const auto a = reinterpret_cast<std::uintptr_t>(first), b = reinterpret_cast<std::uintptr_t>(other.first);
        return a < b + other.bytes && b < a + bytes;
    }
    // Each row lies exactly where the same row of the other does.
    bool lies_on(const bound_memory& other) const {
        return first == other.first && row_bytes != 0 && row_bytes == other.row_bytes;
    }
};

[[noreturn]] HOURGLASS_COLD inline void refuse_destinations(std::string_view name, std::string_view other) {
    throw call_error{"the destination of '", name, "' overlaps that of '", other, "'"};
}
[[noreturn]] HOURGLASS_COLD inline void refuse_sources(std::string_view name, std::string_view source) {
    const std::string_view quote = source.empty() ? "" : "'";
    throw call_error{"the destination of '",
                     name,
                     "' overlaps ",
                     source.empty() ? "the parameters" : "what is bound to ",
                     quote,
                     source,
                     quote,
                     ", which later chunks of the call read: give it memory of its own"};
}
// Each chunk writes the destinations when it ends, so only calls with several chunks can overwrite data still to be
// read.
inline void check_overlaps(const bound_memory* to, std::size_t destinations, const bound_memory* from,
                           std::size_t sources, bool several_chunks) {
    for (std::size_t i = 0; i < destinations; ++i) {
        for (std::size_t j = 0; j < i; ++j)
            if (to[i].overlaps(to[j])) refuse_destinations(to[i].name, to[j].name);
        for (std::size_t j = 0; several_chunks && j < sources; ++j)
            if (to[i].overlaps(from[j]) && !to[i].lies_on(from[j])) refuse_sources(to[i].name, from[j].name);
    }
}

// All memory that a call with destinations reads and writes; Most bounds the number of arguments and parameters.
template <class Compiled, class Result, class T, std::size_t Most> class call_memory {
    bound_memory to_[Most + 1], from_[Most + 1];
    std::size_t destinations_ = 0, sources_ = 0;

    static bound_memory piece(std::string_view name, const void* first, const value_type& type, long rows) {
        const auto each = static_cast<std::size_t>(type.extents.size()) * sizeof(T);
        return {name, first, type.batched ? each * static_cast<std::size_t>(rows) : each, type.batched ? each : 0};
    }

public:
    template <class Check, class Argument> void add(const Argument& a, long rows) {
        if constexpr (is_destination<Argument>) {
            using Left = typename Argument::left;
            constexpr value_type type = Result::template type_of<Left>();
            to_[destinations_++] = piece(Left::name, std::data(a.range), type, rows);
        } else if constexpr (is_binding<Argument>) {
            using Left = typename Argument::left;
            constexpr int v = Check::value_named(Left::hash);
            if constexpr (v >= 0 && number_range<std::remove_cvref_t<decltype(a.value)>>) {
                static constexpr value_type type = Compiled::run_time.values[v].type;
                from_[sources_++] = piece(Left::name, std::data(a.value), type, rows);
            }
        }
    }
    void add_attached(const T* data, long size) {
        from_[sources_++] = {{}, data, static_cast<std::size_t>(size) * sizeof(T), 0};
    }
    void check(bool several_chunks) const { check_overlaps(to_, destinations_, from_, sources_, several_chunks); }
};

HOURGLASS_END
