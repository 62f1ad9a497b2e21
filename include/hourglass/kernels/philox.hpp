// Arrays of noise: the elements that math/philox.hpp defines one by one, many at a time in SIMD. Which noise a leaf
// needs, and what is made of uniform and normal numbers (masks, corruptions, samples), is decided elsewhere.
#pragma once

#include <hourglass/kernels/simd.hpp>
// The only header outside kernels/ that a kernel includes besides config.hpp: the numbers must be defined only once.
#include <hourglass/math/philox.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <type_traits>
#include <utility>

HOURGLASS_BEGIN

namespace kernels {

using random::noise_stream;

namespace detail {

#if !defined(HOURGLASS_SCALAR)

// A tile has as many blocks of four elements as a vector has 32-bit lanes. Words travel in the lower halves of 64-bit
// lanes, where the multiplication needs them; the upper halves hold its leftovers. There are two vectors: `even`
// becomes the even 32-bit lanes of the result, `odd` the odd ones.
inline constexpr int tile_blocks = width<float>;
using wide_words = plain_vector<std::uint64_t, tile_blocks / 2>::type;
using tile_words = plain_vector<std::uint32_t, tile_blocks>::type;
using tile_integers = plain_vector<std::int32_t, tile_blocks>::type;
using tile_floats = plain_vector<float, tile_blocks>::type;

// Which block of the tile lane l computes. Chosen such that four vectors, holding elements 0 to 3 of their lanes'
// blocks, reach memory order by transposing within 128 bits, where shuffles are cheap.
constexpr int block_of_lane(int lane) { return tile_blocks / 4 * (lane % 4) + lane / 4; }

inline wide_words multiply_low_words(wide_words a, std::uint32_t b) {
    #if defined(__AVX512F__)
    return reinterpret_cast<wide_words>(_mm512_mul_epu32(reinterpret_cast<__m512i>(a), _mm512_set1_epi64(b)));
    #elif defined(__AVX2__)
    return reinterpret_cast<wide_words>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), _mm256_set1_epi64x(b)));
    #elif defined(__SSE2__)
    return reinterpret_cast<wide_words>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), _mm_set1_epi64x(b)));
    #else
    return (a & 0xFFFFFFFFULL) * static_cast<std::uint64_t>(b);
    #endif
}

// The key of every round, as wide words.
struct round_keys {
    explicit round_keys(random::philox_key key) {
        std::uint32_t low = key[0], high = key[1];
        for (int round = 0; round < random::philox_rounds; ++round) {
            keys[round][0] = low;
            keys[round][1] = high;
            low += random::philox_key_steps[0];
            high += random::philox_key_steps[1];
        }
    }
    std::uint64_t keys[random::philox_rounds][2];
};

// The counters of a tile's blocks, and how they advance to the next tile. Blocks are numbered through all examples.
struct tile_position {
    tile_position(std::uint64_t first_example, std::uint64_t blocks_per_example)
        : per_example(blocks_per_example), example_step(tile_blocks / blocks_per_example),
          block_step(tile_blocks % blocks_per_example) {
        std::uint64_t block[2][tile_blocks / 2], example[2][tile_blocks / 2];
        for (int lane = 0; lane < tile_blocks; ++lane) {
            const auto number = static_cast<std::uint64_t>(block_of_lane(lane));
            block[lane % 2][lane / 2] = number % blocks_per_example;
            example[lane % 2][lane / 2] = first_example + number / blocks_per_example;
        }
        std::memcpy(&block_even, block[0], sizeof block_even);
        std::memcpy(&block_odd, block[1], sizeof block_odd);
        std::memcpy(&example_even, example[0], sizeof example_even);
        std::memcpy(&example_odd, example[1], sizeof example_odd);
    }
    void advance() {
        advance(block_even, example_even);
        advance(block_odd, example_odd);
    }
    wide_words block_even, block_odd, example_even, example_odd;

private:
    void advance(wide_words& block, wide_words& example) const {
        block += block_step;
        const auto carry = reinterpret_cast<wide_words>(block >= per_example); // all ones where true
        block -= carry & per_example;
        example += example_step - carry;
    }
    std::uint64_t per_example, example_step, block_step;
};

inline void philox_rounds_of(wide_words (&c)[4], const round_keys& keys) {
    HOURGLASS_UNROLL
    for (int round = 0; round < random::philox_rounds; ++round) {
        const wide_words first = multiply_low_words(c[0], random::philox_multipliers[0]);
        const wide_words second = multiply_low_words(c[2], random::philox_multipliers[1]);
        c[0] = (second >> 32) ^ c[1] ^ keys.keys[round][0];
        c[1] = second;
        c[2] = (first >> 32) ^ c[3] ^ keys.keys[round][1];
        c[3] = first;
    }
}

// words[e], lane l: word e of the lane's block.
inline void tile_of_words(tile_words (&words)[4], const tile_position& at, noise_stream stream,
                          const round_keys& keys) {
    const wide_words step = wide_words{} + std::uint64_t{stream.step}, leaf = wide_words{} + std::uint64_t{stream.leaf};
    wide_words even[4] = {at.block_even, at.example_even, step, leaf};
    wide_words odd[4] = {at.block_odd, at.example_odd, step, leaf};
    philox_rounds_of(even, keys);
    philox_rounds_of(odd, keys);
    HOURGLASS_UNROLL
    for (int e = 0; e < 4; ++e) words[e] = reinterpret_cast<tile_words>((even[e] & 0xFFFFFFFFULL) | (odd[e] << 32));
}

// Brings elements 0 to 3 of every lane's block into memory order: transposes squares within 128 bits.
inline void transpose_tile(tile_floats (&x)[4]) {
    constexpr int n = tile_blocks;
    constexpr auto lanes = std::make_integer_sequence<int, n>{};
    constexpr auto low = [](int i) { return i / 4 * 4 + i % 4 / 2 + i % 2 * n; };
    constexpr auto high = [](int i) { return i / 4 * 4 + 2 + i % 4 / 2 + i % 2 * n; };
    constexpr auto low_pair = [](int i) { return i / 4 * 4 + i % 2 + i % 4 / 2 * n; };
    constexpr auto high_pair = [](int i) { return i / 4 * 4 + 2 + i % 2 + i % 4 / 2 * n; };
    const tile_floats a = shuffle(x[0], x[1], low, lanes), b = shuffle(x[0], x[1], high, lanes);
    const tile_floats c = shuffle(x[2], x[3], low, lanes), d = shuffle(x[2], x[3], high, lanes);
    x[0] = shuffle(a, c, low_pair, lanes), x[1] = shuffle(a, c, high_pair, lanes);
    x[2] = shuffle(b, d, low_pair, lanes), x[3] = shuffle(b, d, high_pair, lanes);
}

inline tile_floats upper_24_bits_as_floats(tile_words words) {
    return __builtin_convertvector(reinterpret_cast<tile_integers>(words >> 8), tile_floats);
}

// c0 + c1 x + c2 x^2 + ..., every step fused, so that no compiler can choose differently and change the last bit.
template <class... C> vector<float> polynomial(vector<float> x, float c0, C... rest) {
    if constexpr (sizeof...(rest) == 0)
        return broadcast(c0);
    else
        return fused_multiply_add(x, polynomial(x, rest...), broadcast(c0));
}

// -2 log(n / 2^24) for integers 1 <= n <= 2^24. The polynomial is that of Cephes' logf (Moshier, 1989), on [sqrt(1/2) -
// 1, sqrt(2) - 1]; zero exactly at n = 2^24 and accurate to 2 ulp next to it.
inline vector<float> twice_negative_log(tile_floats n) {
    const auto bits = reinterpret_cast<tile_integers>(n);
    const tile_integers exponent = (bits - 0x3F3504F3) >> 23; // 0x3F3504F3 is sqrt(1/2)
    const auto mantissa = reinterpret_cast<tile_floats>(bits - (exponent << 23));
    const vector<float> f = from_plain<float>(mantissa - 1.0F);
    const vector<float> e = from_plain<float>(__builtin_convertvector(exponent - 24, tile_floats));
    const vector<float> square = f * f;
    const vector<float> p =
        polynomial(f, 3.3333331174e-1F, -2.4999993993e-1F, 2.0000714765e-1F, -1.6668057665e-1F, 1.4249322787e-1F,
                   -1.2420140846e-1F, 1.1676998740e-1F, -1.1514610310e-1F, 7.0376836292e-2F);
    // log 2 = 0.693359375 - 2.12194440e-4; the first part is short enough for exact products.
    const vector<float> small =
        fused_multiply_add(e, broadcast(-2.12194440e-4F), fused_multiply_add(f * p, square, square * broadcast(-0.5F)));
    const vector<float> log = fused_multiply_add(e, broadcast(0.693359375F), f + small);
    return log * broadcast(-2.0F);
}

// Box and Muller's pair, as in random::normals_from_words, to a few units in the last place.
inline void normals_from_words(tile_floats& first, tile_floats& second, tile_words radius_word, tile_words angle_word) {
    const vector<float> radius = xsimd::sqrt(twice_negative_log(upper_24_bits_as_floats(radius_word) + 1.0F));
    const auto turn = reinterpret_cast<tile_integers>(angle_word >> 8);
    const tile_integers quarter = (turn + (1 << 21)) >> 22;
    const vector<float> angle = from_plain<float>(__builtin_convertvector(turn - (quarter << 22), tile_floats)) *
                                broadcast(static_cast<float>(2.0 * std::numbers::pi * 0x1p-24));
    // Cephes' sinf and cosf on [-pi/4, pi/4].
    const vector<float> square = angle * angle;
    const vector<float> sine = fused_multiply_add(
        square * angle, polynomial(square, -1.6666654611e-1F, 8.3321608736e-3F, -1.9515295891e-4F), angle);
    const vector<float> cosine =
        polynomial(square, 1.0F, -0.5F, 4.166664568298827e-2F, -1.388731625493765e-3F, 2.443315711809948e-5F);
    const auto s = reinterpret_cast<tile_words>(to_plain<float>(sine * radius));
    const auto c = reinterpret_cast<tile_words>(to_plain<float>(cosine * radius));
    // Odd quarters exchange sine and cosine; the signs rotate with the quarter.
    const auto q = reinterpret_cast<tile_words>(quarter);
    const tile_words exchange = (s ^ c) & (0U - (q & 1U));
    first = reinterpret_cast<tile_floats>(c ^ exchange ^ (((q + 1U) & 2U) << 30));
    second = reinterpret_cast<tile_floats>(s ^ exchange ^ ((q & 2U) << 30));
}

struct uniform_tile {
    static constexpr bool has_fine_elements = true;
    void operator()(tile_floats (&x)[4], const tile_words (&words)[4]) const {
        HOURGLASS_UNROLL
        for (int e = 0; e < 4; ++e) x[e] = upper_24_bits_as_floats(words[e]) * 0x1p-24F;
    }
};

struct normal_tile {
    static constexpr bool has_fine_elements = false;
    void operator()(tile_floats (&x)[4], const tile_words (&words)[4]) const {
        normals_from_words(x[0], x[1], words[0], words[1]);
        normals_from_words(x[2], x[3], words[2], words[3]);
    }
};

// Whether an element of the tile needs further words: rare, once in 2^16 elements.
inline bool has_fine_element(const tile_floats (&x)[4]) {
    const vector<float> first = xsimd::min(from_plain<float>(x[0]), from_plain<float>(x[1]));
    const vector<float> second = xsimd::min(from_plain<float>(x[2]), from_plain<float>(x[3]));
    return xsimd::any(xsimd::min(first, second) < broadcast(static_cast<float>(random::largest_fine_uniform)));
}
// Recomputes such elements of a tile one by one; the tile is in `out`.
template <class T> HOURGLASS_NOINLINE void make_fine_elements(T* out, noise_stream stream, std::uint64_t first_example,
                                                              std::int64_t first_block, std::int64_t blocks,
                                                              std::int64_t blocks_per_example, int elements) {
    const std::int64_t end = std::min(blocks, first_block + tile_blocks);
    for (std::int64_t block = first_block; block < end; ++block) {
        const std::int64_t example = block / blocks_per_example;
        const int start = static_cast<int>(4 * (block % blocks_per_example));
        for (int e = start; e < std::min(elements, start + 4); ++e)
            if (T& x = out[example * elements + e]; x < static_cast<T>(random::largest_fine_uniform))
                x = random::uniform<T>(stream, first_example + static_cast<std::uint64_t>(example), e);
    }
}

// out[example][element] for examples that share one key; T may be wider than the float that the tile computes in.
template <class T, class Tile> HOURGLASS_NOINLINE void
fill_tiles(T* out, noise_stream stream, std::uint64_t first_example, int examples, int elements, Tile tile) {
    constexpr int tile_elements = 4 * tile_blocks;
    const std::int64_t per_example = (std::int64_t{elements} + 3) / 4;
    const std::int64_t blocks = per_example * examples;
    const bool contiguous = elements % 4 == 0 && std::is_same_v<T, float>;
    const round_keys keys(random::noise_key(stream, first_example));
    tile_position position(first_example, static_cast<std::uint64_t>(per_example));
    std::int64_t block_in_example = 0;
    T* to = out;
    // Tiles with fine elements are recorded as bits and handled after 64 tiles: a call inside the loop would cost it
    // its registers.
    constexpr int noted = 64;
    for (std::int64_t part = 0; part < blocks; part += noted * tile_blocks) {
        std::uint64_t fine = 0;
        const std::int64_t end = std::min<std::int64_t>(blocks, part + noted * tile_blocks);
        std::uint64_t bit = 1;
        for (std::int64_t first = part; first < end; first += tile_blocks, position.advance(), bit <<= 1) {
            tile_words words[4];
            tile_of_words(words, position, stream, keys);
            tile_floats x[4];
            tile(x, words);
            if constexpr (Tile::has_fine_elements) fine |= has_fine_element(x) ? bit : 0;
            transpose_tile(x);
            if (contiguous && first + tile_blocks <= blocks) {
                std::memcpy(to, x, sizeof x);
                to += tile_elements;
                continue;
            }
            // Examples that end inside a block, the end of the array, and other number types: block by block.
            alignas(scratch_alignment) float values[tile_elements];
            std::memcpy(values, x, sizeof x);
            const int present = static_cast<int>(std::min<std::int64_t>(tile_blocks, blocks - first));
            for (int b = 0; b < present; ++b) {
                const int count =
                    contiguous ? 4 : static_cast<int>(std::min<std::int64_t>(4, elements - 4 * block_in_example));
                for (int e = 0; e < count; ++e) *to++ = static_cast<T>(values[4 * b + e]);
                if (++block_in_example == per_example) block_in_example = 0;
            }
        }
        for (; fine != 0; fine &= fine - 1)
            make_fine_elements(out, stream, first_example, part + std::countr_zero(fine) * tile_blocks, blocks,
                               per_example, elements);
    }
}
// The same for any examples: the key changes where their numbers pass a multiple of 2^32.
template <class T, class Tile>
void fill_stretches(T* out, noise_stream stream, std::uint64_t first_example, int examples, int elements, Tile tile) {
    constexpr std::uint64_t one_key = std::uint64_t{1} << 32;
    while (examples > 0 && elements > 0) {
        const std::uint64_t left = one_key - first_example % one_key;
        const int count = left < static_cast<std::uint64_t>(examples) ? static_cast<int>(left) : examples;
        fill_tiles(out, stream, first_example, count, elements, tile);
        out += std::ptrdiff_t{count} * elements;
        first_example += static_cast<std::uint64_t>(count);
        examples -= count;
    }
}

#endif

// out[example][element] from a function of (example, block) that returns four elements.
template <class T, class Block>
void fill_blocks(T* out, std::uint64_t first_example, int examples, int elements, Block block) {
    for (int example = 0; example < examples; ++example)
        for (int element = 0; element < elements; element += 4) {
            const auto values =
                block(first_example + static_cast<std::uint64_t>(example), static_cast<std::uint32_t>(element / 4));
            const int count = std::min(4, elements - element);
            for (int e = 0; e < count; ++e) *out++ = static_cast<T>(values[static_cast<std::size_t>(e)]);
        }
}

}

// out[i][e] = random::uniform<T>(stream, first_example + i, e), to the bit, for i < examples and e < elements; rows are
// contiguous, with any alignment. Values do not depend on how examples are divided among calls and threads.
template <class T>
void fill_uniform(T* out, noise_stream stream, std::uint64_t first_example, int examples, int elements) {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
#if defined(HOURGLASS_SCALAR)
    detail::fill_blocks(out, first_example, examples, elements, [stream](std::uint64_t example, std::uint32_t block) {
        const random::philox_counter words = random::noise_words(stream, example, block);
        std::array<double, 4> values{};
        for (std::uint32_t e = 0; e < 4; ++e)
            values[e] = random::uniform_of_element(words[e], stream, example, 4 * block + e);
        return values;
    });
#else
    detail::fill_stretches(out, stream, first_example, examples, elements, detail::uniform_tile{});
#endif
}

// out[i][e] = random::normal<T>(stream, first_example + i, e): for float in SIMD to a few units in the last place, for
// double to the bit; otherwise as fill_uniform. Always finite.
template <class T>
void fill_normal(T* out, noise_stream stream, std::uint64_t first_example, int examples, int elements) {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
#if !defined(HOURGLASS_SCALAR)
    if constexpr (std::is_same_v<T, float>) {
        detail::fill_stretches(out, stream, first_example, examples, elements, detail::normal_tile{});
        return;
    }
#endif
    detail::fill_blocks(out, first_example, examples, elements, [stream](std::uint64_t example, std::uint32_t block) {
        return random::normal_block(stream, example, block);
    });
}
}
HOURGLASS_END
