// What tests of generated models hold of a result: its first number, and weighted sums over all of them and
// over their absolute values.
#pragma once

#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "harness.hpp"

namespace oracle {

struct expectation {
    int count;
    double first, weighted, absolute;
};
inline void expect(const std::string& name, const auto& value, const expectation& wanted) {
    CAPTURE(name);
    int count = 0;
    double first = 0, weighted = 0, absolute = 0;
    const auto take = [&](double x) {
        if (count == 0) first = x;
        const double weight = number("weight", static_cast<std::uint64_t>(count++), 0.5, 1.5);
        weighted += weight * x;
        absolute += weight * std::abs(x);
    };
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>)
        take(value);
    else
        for (const double x : value) take(x);
    CHECK(count == wanted.count);
    CHECK(std::abs(first - wanted.first) <= 1e-10 * (std::abs(wanted.first) + wanted.absolute / wanted.count) + 1e-14);
    CHECK(std::abs(weighted - wanted.weighted) <= 1e-10 * wanted.absolute + 1e-14);
    CHECK(std::abs(absolute - wanted.absolute) <= 1e-10 * wanted.absolute + 1e-14);
}

}
