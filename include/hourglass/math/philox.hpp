// The counter-based generator of all noise leaves (Philox 4x32-10, Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", 2011), and the definition of each noise element's value, as plain functions of one element. The reference
// interpreter evaluates these. Programs fill whole arrays with kernels/philox.hpp, which agrees with them.
#pragma once

#include <hourglass/config.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

HOURGLASS_BEGIN

namespace random {

using philox_counter = std::array<std::uint32_t, 4>;
using philox_key = std::array<std::uint32_t, 2>;

inline constexpr std::uint32_t philox_multipliers[2] = {0xD2511F53, 0xCD9E8D57};
inline constexpr std::uint32_t philox_key_steps[2] = {0x9E3779B9, 0xBB67AE85};
inline constexpr int philox_rounds = 10;

/// Returns four words, each uniform over 32 bits and independent for every counter and key.
constexpr philox_counter philox4x32_10(philox_counter counter, philox_key key) {
    for (int round = 0; round < philox_rounds; ++round) {
        const std::uint64_t first = std::uint64_t{philox_multipliers[0]} * counter[0];
        const std::uint64_t second = std::uint64_t{philox_multipliers[1]} * counter[2];
        counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(second),
                   static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(first)};
        key = {key[0] + philox_key_steps[0], key[1] + philox_key_steps[1]};
    }
    return counter;
}

/// Identifies noise: the run's seed, the training step, and the leaf.
struct noise_stream {
    std::uint64_t seed = 0;
    std::uint64_t step = 0;
    std::uint32_t leaf = 0; ///< 31 bits
};

/// Returns the key for an example's noise: the seed. The counter has one word for the example and one for the step. If
/// either needs a second word, the two upper words select another key, drawn from the generator itself at a counter
/// that no leaf's noise uses. So examples and steps count with all of their 64 bits.
constexpr philox_key noise_key(noise_stream stream, std::uint64_t example) {
    const philox_key seed{static_cast<std::uint32_t>(stream.seed), static_cast<std::uint32_t>(stream.seed >> 32)};
    const auto upper_example = static_cast<std::uint32_t>(example >> 32);
    const auto upper_step = static_cast<std::uint32_t>(stream.step >> 32);
    if (upper_example == 0 && upper_step == 0) return seed;
    const philox_counter drawn = philox4x32_10({0, upper_example, upper_step, 0x80000000U}, seed);
    return {drawn[0], drawn[1]};
}

/// Returns the four words that yield elements 4 * block to 4 * block + 3 of an example.
constexpr philox_counter noise_words(noise_stream stream, std::uint64_t example, std::uint32_t block) {
    return philox4x32_10(
        {block, static_cast<std::uint32_t>(example), static_cast<std::uint32_t>(stream.step), stream.leaf},
        noise_key(stream, example));
}

// Uniform on (0, 1). A word is read as a binary fraction of 24 bits. If its first 16 bits are zero, the value is
// instead the first 24 bits starting at the first one, and further words provide these. So comparing with a probability
// p is right to one part in 256 for any p down to the smallest normal float, 2^-126; anything smaller becomes 2^-126.
// All values are floats, so they are the same for every number type: a float program and its double oracle see the very
// same noise.
inline constexpr std::uint32_t first_plain_word = 1U << 16;
inline constexpr double largest_fine_uniform = 0x1p-16, smallest_uniform = 0x1p-126;
constexpr double uniform_from_word(std::uint32_t word) { return static_cast<double>(word >> 8) * 0x1p-24; }

/// Returns the fraction word : more[0] : more[1] : ..., cut to the 24 bits from its first one on.
constexpr double fine_uniform(std::uint32_t word, const philox_counter& more) {
    std::uint64_t bits = word; // the latest 64 bits of the fraction; `read` bits were read so far
    int read = 32;
    for (const std::uint32_t next : more) {
        if (bits >> 24 != 0) break;
        bits = bits << 32 | next;
        read += 32;
    }
    while (bits >> 24 != 0) {
        bits >>= 1;
        --read;
    }
    double value = static_cast<double>(bits);
    for (; read > 0; --read) value *= 0.5;
    return value < smallest_uniform ? smallest_uniform : value;
}
/// Returns element `element` >= 0 of an example's uniform noise, from its word. Further words come from a counter that
/// no other noise uses: the upper bit of the leaf is set, and the block is replaced by the element with its upper bit
/// set, which also distinguishes it from the counters that keys are drawn from.
constexpr double uniform_of_element(std::uint32_t word, noise_stream stream, std::uint64_t example,
                                    std::uint32_t element) {
    if (word >= first_plain_word) return uniform_from_word(word);
    noise_stream further = stream;
    further.leaf |= 0x80000000U;
    return fine_uniform(word, noise_words(further, example, element | 0x80000000U));
}

/// Returns two standard normal numbers from two words (Box and Muller, 1958): sqrt(-2 log u) times the cosine and the
/// sine of 2 pi v, with u in (0, 1] and v in [0, 1), both of 24 bits. The largest magnitude is sqrt(48 log 2) = 5.77.
inline std::array<double, 2> normals_from_words(std::uint32_t radius_word, std::uint32_t angle_word) {
    const double radius = std::sqrt(-2.0 * std::log(static_cast<double>((radius_word >> 8) + 1) * 0x1p-24));
    // Reduced exactly to the nearest quarter turn, so that small results are accurate too.
    const std::uint32_t turn = angle_word >> 8;
    const std::uint32_t quarter = (turn + (1U << 21)) >> 22;
    const std::int32_t rest = static_cast<std::int32_t>(turn) - static_cast<std::int32_t>(quarter << 22);
    const double angle = static_cast<double>(rest) * (2.0 * std::numbers::pi * 0x1p-24);
    const double cosine = std::cos(angle), sine = std::sin(angle);
    switch (quarter % 4) {
    case 0:
        return {radius * cosine, radius * sine};
    case 1:
        return {radius * -sine, radius * cosine};
    case 2:
        return {radius * -cosine, radius * -sine};
    default:
        return {radius * sine, radius * -cosine};
    }
}

/// Returns elements 4 * block to 4 * block + 3 of an example's standard normal noise.
inline std::array<double, 4> normal_block(noise_stream stream, std::uint64_t example, std::uint32_t block) {
    const philox_counter words = noise_words(stream, example, block);
    const auto first = normals_from_words(words[0], words[1]), second = normals_from_words(words[2], words[3]);
    return {first[0], first[1], second[0], second[1]};
}

/// Returns element `element` >= 0 of an example's uniform noise on (0, 1), exact in every T of at least 24 bits.
template <class T> constexpr T uniform(noise_stream stream, std::uint64_t example, int element) {
    const auto index = static_cast<std::uint32_t>(element);
    return static_cast<T>(
        uniform_of_element(noise_words(stream, example, index / 4)[index % 4], stream, example, index));
}

/// Returns element `element` >= 0 of an example's standard normal noise, computed in double and rounded to T.
template <class T> T normal(noise_stream stream, std::uint64_t example, int element) {
    const auto index = static_cast<std::uint32_t>(element);
    return static_cast<T>(normal_block(stream, example, index / 4)[index % 4]);
}
}
HOURGLASS_END
