// Noise: the generator's published answers, the SIMD fills against the definition element by element, their
// independence of how the work is divided, and the distributions.
#include <hourglass/kernels/philox.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace {

namespace kernels = hourglass::kernels;
namespace noise = hourglass::random;

// The known-answer vectors published with Random123.
static_assert(noise::philox4x32_10({0, 0, 0, 0}, {0, 0}) ==
              noise::philox_counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(noise::philox4x32_10({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
              noise::philox_counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(noise::philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
              noise::philox_counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

// How the counter is filled: a run of today gives the numbers of a run of yesterday.
static_assert(noise::noise_words({0x0123456789abcdef, 7, 11}, 0xffffffff, 5) ==
              noise::philox4x32_10({5, 0xffffffff, 7, 11}, {0x89abcdef, 0x01234567}));

// A uniform number is a word and what follows it, read as a binary fraction: 24 bits, from the first one on where the
// first 16 are zero; rounded down, and no smaller than the smallest normal float.
static_assert(noise::uniform_from_word(0x00010000) == 0x1p-16);
static_assert(noise::fine_uniform(0x0000ffff, {0xffffffff, 0, 0, 0}) == 0x1p-16 - 0x1p-40);
static_assert(noise::fine_uniform(0x0000ffff, {0, 0, 0, 0}) == 0x1p-16 - 0x1p-32);
static_assert(noise::fine_uniform(1, {0x80000000, 0xffffffff, 0, 0}) == 0x1.8p-32);
static_assert(noise::fine_uniform(0, {0x80000001, 0xffffffff, 0, 0}) == 0x1p-33);
static_assert(noise::fine_uniform(0, {0x00000001, 0xfffffe00, 0, 0}) == 0x1.fffffep-64);
static_assert(noise::fine_uniform(0, {0, 0x00000001, 0x80000000, 0}) == 0x1.8p-96);
static_assert(noise::fine_uniform(0, {0, 0, 0x00000004, 0}) == 0x1p-126);
static_assert(noise::fine_uniform(0, {0, 0, 0x00000003, 0xffffffff}) == 0x1p-126);
static_assert(noise::fine_uniform(0, {0, 0, 0, 0}) == 0x1p-126);

constexpr kernels::noise_stream stream{0x299f31d0a4093822, 0x13198a2e, 0x03707344};

template <class T> std::vector<T> uniform(kernels::noise_stream from, std::uint64_t first, int examples, int elements) {
    std::vector<T> out(static_cast<std::size_t>(examples) * static_cast<std::size_t>(elements));
    out.shrink_to_fit();
    kernels::fill_uniform(out.data(), from, first, examples, elements);
    return out;
}
template <class T> std::vector<T> normal(kernels::noise_stream from, std::uint64_t first, int examples, int elements) {
    std::vector<T> out(static_cast<std::size_t>(examples) * static_cast<std::size_t>(elements));
    out.shrink_to_fit();
    kernels::fill_normal(out.data(), from, first, examples, elements);
    return out;
}

double worst_bin_excess(std::vector<double> sorted_probabilities) {
    std::sort(sorted_probabilities.begin(), sorted_probabilities.end());
    const double n = static_cast<double>(sorted_probabilities.size());
    double worst = 0;
    for (std::size_t i = 0; i < sorted_probabilities.size(); ++i) {
        worst = std::max(worst, std::fabs(sorted_probabilities[i] - static_cast<double>(i) / n));
        worst = std::max(worst, std::fabs(sorted_probabilities[i] - static_cast<double>(i + 1) / n));
    }
    return worst * std::sqrt(n);
}

}

TEST_CASE_TEMPLATE("every element is what its definition says, for any extents", T, float, double) {
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{0xfffffffe}, std::uint64_t{0x1234fffffffd}})
        for (const int examples : {1, 2, 3, 7, 64})
            for (const int elements : {1, 2, 3, 4, 5, 8, 20, 21, 63, 64, 65, 131}) {
                CAPTURE(examples);
                CAPTURE(elements);
                const std::vector<T> u = uniform<T>(stream, first, examples, elements);
                const std::vector<T> z = normal<T>(stream, first, examples, elements);
                bool exact = true;
                double worst = 0;
                for (int i = 0; i < examples; ++i)
                    for (int e = 0; e < elements; ++e) {
                        const auto at = static_cast<std::size_t>(i * elements + e);
                        const std::uint64_t example = first + static_cast<std::uint64_t>(i);
                        exact =
                            exact && u[at] == noise::uniform<T>(stream, example, e) && u[at] >= T(0) && u[at] < T(1);
                        const double expected = noise::normal<double>(stream, example, e);
                        const double error = std::fabs(static_cast<double>(z[at]) - expected);
                        const double unit =
                            std::fabs(expected) * static_cast<double>(std::numeric_limits<T>::epsilon());
                        worst = error <= worst * unit ? worst : error / unit;
                    }
                CHECK(exact);
                CHECK(worst < 4);
            }
}

#if !defined(HOURGLASS_SCALAR)
TEST_CASE("the normal transformation is accurate over the whole range of its words") {
    namespace detail = kernels::detail;
    double worst = 0;
    const auto check = [&worst](std::uint32_t radius, std::uint32_t angle) {
        detail::tile_floats first, second;
        detail::normals_from_words(first, second, detail::tile_words{} + radius, detail::tile_words{} + angle);
        const auto expected = noise::normals_from_words(radius, angle);
        const double found[2] = {static_cast<double>(first[0]), static_cast<double>(second[0])};
        for (std::size_t i = 0; i < 2; ++i) {
            const double error = std::fabs(found[i] - expected[i]) / 0x1p-23;
            const double size = std::fabs(expected[i]);
            worst = error <= worst * size ? worst : error / size;
        }
    };
    for (const std::uint32_t angle : {0x00000000U, 0x00000100U, 0x40000000U, 0x3fffff00U, 0x80000100U, 0xffffffffU,
                                      0x20000000U, 0x1fffff00U, 0xdfffffffU})
        for (const std::uint32_t radius :
             {0x00000000U, 0x00000100U, 0xffffffffU, 0xfffffe00U, 0xffff0000U, 0x80000000U, 0xb504f300U, 0xb504f400U})
            check(radius, angle);
    for (std::uint32_t i = 0; i < 100000; ++i) check(i * 42949U, i * 2654435761U);
    CHECK(worst < 4);
}
#endif

TEST_CASE_TEMPLATE("small uniform numbers have digits of their own, wherever they lie", T, float, double) {
    int fine = 0;
    for (const int elements : {1, 3, 20, 784, 1021}) {
        const int examples = 400000 / elements;
        const std::vector<T> u = uniform<T>(stream, 0xfffffff0, examples, elements);
        for (int i = 0; i < examples; ++i)
            for (int e = 0; e < elements; ++e) {
                const T value = u[static_cast<std::size_t>(i * elements + e)];
                if (value >= static_cast<T>(0x1p-16)) continue;
                ++fine;
                const std::uint64_t example = 0xfffffff0 + static_cast<std::uint64_t>(i);
                const auto at = static_cast<std::uint32_t>(e);
                const std::uint32_t word = noise::noise_words(stream, example, at / 4)[at % 4];
                CHECK(value == noise::uniform<T>(stream, example, e));
                CHECK(word < 0x10000);
                // The word's own digits are the first ones.
                CHECK(static_cast<double>(value) >= word * 0x1p-32);
                CHECK(static_cast<double>(value) < (word + 1) * 0x1p-32);
                CHECK(static_cast<double>(value) != word * 0x1p-32);
            }
    }
    CHECK(fine > 5);
}

TEST_CASE_TEMPLATE("values do not depend on how examples are divided", T, float, double) {
    for (const int elements : {1, 6, 20, 64, 784}) {
        const int examples = 37;
        const std::vector<T> whole = normal<T>(stream, 5, examples, elements);
        std::vector<T> parts;
        for (int first = 0, size = 1; first < examples; first += size, size = size % 5 + 1) {
            const int count = std::min(size, examples - first);
            const std::vector<T> part = normal<T>(stream, 5 + static_cast<std::uint64_t>(first), count, elements);
            parts.insert(parts.end(), part.begin(), part.end());
        }
        CHECK(parts == whole);
        // More elements per example extend an example's noise and leave what there was.
        const std::vector<T> wider = normal<T>(stream, 5, 1, elements + 3);
        CHECK(std::equal(whole.begin(), whole.begin() + elements, wider.begin()));
    }
}

TEST_CASE("nothing is written for no examples or no elements, and nothing past the end") {
    float guard[3] = {1, 2, 3};
    kernels::fill_normal(guard + 1, stream, 0, 0, 5);
    kernels::fill_uniform(guard + 1, stream, 0, 5, 0);
    CHECK(guard[1] == 2);
    kernels::fill_normal(guard + 1, stream, 0, 1, 1);
    CHECK(guard[0] == 1);
    CHECK(guard[2] == 3);
}

TEST_CASE("another seed, step, leaf or example gives unrelated noise") {
    const std::vector<double> base = normal<double>(stream, 0, 1, 10000);
    const auto correlation = [&](const std::vector<double>& other) {
        double sum = 0;
        for (std::size_t i = 0; i < base.size(); ++i) sum += base[i] * other[i];
        return std::fabs(sum) / std::sqrt(static_cast<double>(base.size()));
    };
    for (const auto& other : {kernels::noise_stream{stream.seed + 1, stream.step, stream.leaf},
                              kernels::noise_stream{stream.seed ^ (std::uint64_t{1} << 63), stream.step, stream.leaf},
                              kernels::noise_stream{stream.seed, stream.step + 1, stream.leaf},
                              kernels::noise_stream{stream.seed, stream.step + (std::uint64_t{1} << 32), stream.leaf},
                              kernels::noise_stream{stream.seed, stream.step, stream.leaf + 1}})
        CHECK(correlation(normal<double>(other, 0, 1, 10000)) < 4);
    for (const std::uint64_t example : {1ULL, 1ULL << 32, 1ULL << 33, 1ULL << 63})
        CHECK(correlation(normal<double>(stream, example, 1, 10000)) < 4);
    CHECK(correlation(base) > 90);
}

TEST_CASE_TEMPLATE("uniform and normal numbers have their distributions", T, float, double) {
    const int examples = 1000, elements = 200;
    const double n = examples * elements;
    const std::vector<T> u = uniform<T>(stream, 0, examples, elements), z = normal<T>(stream, 0, examples, elements);
    double sum = 0, square = 0;
    for (const T value : u) sum += static_cast<double>(value), square += static_cast<double>(value * value);
    CHECK(std::fabs(sum / n - 0.5) < 4 * std::sqrt(1.0 / 12 / n));
    CHECK(std::fabs(square / n - 1.0 / 3) < 4 * std::sqrt(4.0 / 45 / n));
    double moments[5] = {};
    for (const T value : z)
        for (int power = 1; power <= 4; ++power) moments[power] += std::pow(static_cast<double>(value), power) / n;
    CHECK(std::fabs(moments[1]) < 4 * std::sqrt(1 / n));
    CHECK(std::fabs(moments[2] - 1) < 4 * std::sqrt(2 / n));
    CHECK(std::fabs(moments[3]) < 4 * std::sqrt(15 / n));
    CHECK(std::fabs(moments[4] - 3) < 4 * std::sqrt(96 / n));
    // Kolmogorov and Smirnov: above 1.95 with probability 0.001.
    std::vector<double> probabilities(u.begin(), u.end());
    CHECK(worst_bin_excess(probabilities) < 1.95);
    std::transform(z.begin(), z.end(), probabilities.begin(),
                   [](T value) { return 0.5 * std::erfc(-static_cast<double>(value) / std::sqrt(2.0)); });
    CHECK(worst_bin_excess(probabilities) < 1.95);
}
