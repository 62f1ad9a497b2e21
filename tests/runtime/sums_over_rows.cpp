// What a program sums over half a million rows of one call, in float: numbers, vectors, and products of each kind,
// which lose no digits and are the same for any number of threads. Equal numbers are the hardest: all roundings go one
// way.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

namespace hg = hourglass;

namespace {

constexpr int rows = 500'000;

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::input<"a", 3, 2> a;
inline constexpr hg::input<"b", 2, 2> b;
inline constexpr hg::argument<"v", 4, 3> v;
inline constexpr hg::argument<"w", 2, 3> w;
inline constexpr hg::symbol<"number"> number;
inline constexpr hg::symbol<"vector"> vector;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"in_v"> in_v;
inline constexpr hg::symbol<"in_w"> in_w;

inline constexpr hg::graph sums{
    number = batch_sum(sum(x)), vector = batch_sum(x), loss = batch_sum(sum(v * x) + sum(hadamard(matmul(w, a), b))),
    in_v = grad(loss, v), // the sum of x; by columns
    in_w = grad(loss, w), // the sum of b transposed(a), which is a product of each row
};
using program = hg::function<sums, hg::from<x, a, b>, hg::to<number, vector, in_v, in_w>, hg::max_rows<rows>>;

constexpr bool sums_each_row() {
    for (const hg::schedule_group& group : program::compiled_graph::schedule.view().groups)
        if (group.kind == hg::group_kind::product && group.product.summed) return true;
    return false;
}

std::vector<float> numbers(int each, float variation) {
    std::vector<float> made;
    for (int i = 0; i < rows * each; ++i)
        made.push_back(0.1F + variation * static_cast<float>(std::fmod(0.7548776662466927 * i, 1.0)));
    return made;
}

}

TEST_CASE("sums over many rows lose no digits") {
    static_assert(sums_each_row());
    for (const float variation : {0.0F, 0.3F}) {
        CAPTURE(variation);
        const std::vector<float> given_x = numbers(3, variation), given_a = numbers(6, variation),
                                 given_b = numbers(4, variation / 2);
        std::vector<double> sum_of_x(3), sum_of_products(6);
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t i = 0; i < 3; ++i) sum_of_x[i] += static_cast<double>(given_x[3 * r + i]);
            for (std::size_t i = 0; i < 2; ++i)
                for (std::size_t j = 0; j < 3; ++j)
                    for (std::size_t k = 0; k < 2; ++k)
                        sum_of_products[3 * i + j] += static_cast<double>(given_b[4 * r + 2 * i + k]) *
                                                      static_cast<double>(given_a[6 * r + 2 * j + k]);
        }
        std::vector<float> before;
        for (const int threads : {1, 2, 3}) {
            CAPTURE(threads);
            program p{hg::threads = hg::pinned(threads)};
            const auto out = p(x = given_x, a = given_a, b = given_b);
            std::vector<float> all{out[number]};
            const auto check = [&](float got, double exact) {
                CHECK(std::abs(static_cast<double>(got) / exact - 1) <= 6 * 1.2e-7);
                all.push_back(got);
            };
            check(out[number], sum_of_x[0] + sum_of_x[1] + sum_of_x[2]);
            for (int i = 0; i < 3; ++i) check(out[vector](i), sum_of_x[static_cast<std::size_t>(i)]);
            for (int i = 0; i < 4; ++i)
                for (int j = 0; j < 3; ++j) check(out[in_v](i, j), sum_of_x[static_cast<std::size_t>(j)]);
            for (int i = 0; i < 2; ++i)
                for (int j = 0; j < 3; ++j)
                    check(out[in_w](i, j), sum_of_products[static_cast<std::size_t>(3 * i + j)]);
            if (!before.empty()) CHECK(all == before);
            before = all;
        }
    }
}
