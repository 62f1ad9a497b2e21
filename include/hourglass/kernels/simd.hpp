// The vector type of the build and the few operations that every kernel uses: loads and stores of whole vectors, fused
// multiply-add, horizontal sums and maxima, transposition in registers, and the mode that flushes denormals.
// Mathematical functions do not live here (they are operations), nor do loops over memory.
#pragma once

#include <hourglass/config.hpp>

// GCC 12 mistakes the deliberately undefined operand of many AVX-512 intrinsics for an error (its bug 105593) and
// reports it, from its own header, at every use. So only this header may include xsimd.
#if defined(__GNUC__) && !defined(__clang__)
    #pragma GCC diagnostic push
    #pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
    #pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#if defined(__SSE2__)
    #include <immintrin.h>
#endif
#if !defined(HOURGLASS_SCALAR)
    #include <xsimd/xsimd.hpp>
#endif
#if defined(__GNUC__) && !defined(__clang__)
    #pragma GCC diagnostic pop
#endif

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

// Loops over accumulators must be unrolled completely, or the accumulators live in memory. Loops over addresses stay,
// since every group has some. Compilers spell that differently.
#if defined(__clang__)
    #define HOURGLASS_UNROLL _Pragma("clang loop unroll(full)")
    #define HOURGLASS_KEEP_LOOP _Pragma("clang loop unroll(disable)")
#else
    #define HOURGLASS_UNROLL _Pragma("GCC unroll 64")
    #define HOURGLASS_KEEP_LOOP _Pragma("GCC unroll 1")
#endif

HOURGLASS_BEGIN

namespace kernels {

#if defined(HOURGLASS_SCALAR)
template <class T> using vector = T;
template <class T> inline constexpr int width = 1;
#else
template <class T> using vector = xsimd::batch<T>;
template <class T> inline constexpr int width = static_cast<int>(xsimd::batch<T>::size);
#endif

// The alignment in bytes of kernels' scratch memory: a cache line, and the widest vector.
inline constexpr std::size_t scratch_alignment = 64;

namespace detail {

template <class V> struct element { using type = typename V::value_type; };
template <> struct element<float> { using type = float; };
template <> struct element<double> { using type = double; };

#if !defined(HOURGLASS_SCALAR)
// The compiler's own vector type of the same size, for shuffles that it chooses better than a portable library can.
template <class T, int lanes> struct plain_vector {
    typedef T type __attribute__((vector_size(static_cast<std::size_t>(lanes) * sizeof(T))));
};

template <class T> auto to_plain(vector<T> x) {
    typename plain_vector<T, width<T>>::type result;
    static_assert(sizeof result == sizeof x);
    std::memcpy(&result, &x, sizeof result);
    return result;
}

template <class T> vector<T> from_plain(typename plain_vector<T, width<T>>::type x) {
    vector<T> result;
    std::memcpy(&result, &x, sizeof result);
    return result;
}

// Lane i of the result is lane choose(i) of the concatenation of a and b.
template <class P, class Choose, int... i> P shuffle(P a, P b, Choose, std::integer_sequence<int, i...>) {
    return __builtin_shufflevector(a, b, Choose{}(i)...);
}
    #if defined(__AVX__) && !defined(HOURGLASS_SCALAR)
// From lane_masks + 8 - n on, n lanes of 32 bits are set and the next ones are not.
alignas(64) inline constexpr int lane_masks[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
template <class T> __m256i lane_mask(int n) {
    const int* const from = lane_masks + 8 - n * static_cast<int>(sizeof(T) / sizeof(int));
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
    #endif
// Lane i of the result is lane i ^ distance of x.
template <int distance, class P, int... i> P exchange_lanes(P x, std::integer_sequence<int, i...>) {
    return __builtin_shufflevector(x, x, (i ^ distance)...);
}
#endif

}

// The number type of a vector: float for vector<float>, and float for float.
template <class V> using element_of = typename detail::element<V>::type;

// A vector with all lanes x.
template <class T> vector<T> broadcast(T x) { return vector<T>(x); }

// Loads or stores width<T> numbers at any address. (Not named load and store: with a vector as argument, name lookup
// would find xsimd's own, which need aligned addresses.)
template <class T> vector<T> load_vector(const T* source) {
#if defined(HOURGLASS_SCALAR)
    return *source;
#else
    return vector<T>::load_unaligned(source);
#endif
}
template <class T> void store_vector(T* target, std::type_identity_t<vector<T>> x) {
#if defined(HOURGLASS_SCALAR)
    *target = x;
#else
    x.store_unaligned(target);
#endif
}

// The first n lanes of x, 0 <= n <= width<T>, followed by those of y.
template <class T> vector<T> keep_lanes(std::type_identity_t<vector<T>> x, int n, std::type_identity_t<vector<T>> y) {
#if defined(HOURGLASS_SCALAR)
    return n > 0 ? x : y;
#elif defined(__AVX512F__)
    const unsigned lanes = (1U << n) - 1U;
    if constexpr (std::is_same_v<T, float>)
        return vector<T>(_mm512_mask_blend_ps(static_cast<__mmask16>(lanes), y, x));
    else
        return vector<T>(_mm512_mask_blend_pd(static_cast<__mmask8>(lanes), y, x));
#elif defined(__AVX__)
    if constexpr (std::is_same_v<T, float>)
        return vector<T>(_mm256_blendv_ps(y, x, _mm256_castsi256_ps(detail::lane_mask<T>(n))));
    else
        return vector<T>(_mm256_blendv_pd(y, x, _mm256_castsi256_pd(detail::lane_mask<T>(n))));
#else
    alignas(vector<T>) T lanes[width<T>], others[width<T>];
    x.store_aligned(lanes);
    y.store_aligned(others);
    for (int i = n; i < width<T>; ++i) lanes[i] = others[i];
    return vector<T>::load_aligned(lanes);
#endif
}

// a * b + c, rounded once if the build's instruction set can. (xsimd's own fma on AVX-512 is a product and a sum, which
// only some compilers fuse; a library call without hardware support would be far too slow.)
template <class V> V fused_multiply_add(V a, V b, V c) {
    if constexpr (std::is_floating_point_v<V>) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
        if constexpr (std::is_same_v<V, float>)
            return __builtin_fmaf(a, b, c);
        else
            return __builtin_fma(a, b, c);
#else
        return a * b + c;
#endif
    } else {
#if !defined(HOURGLASS_SCALAR)
    #if defined(__AVX512F__)
        if constexpr (sizeof(V) == 64 && std::is_same_v<element_of<V>, float>) return V(_mm512_fmadd_ps(a, b, c));
        if constexpr (sizeof(V) == 64 && std::is_same_v<element_of<V>, double>) return V(_mm512_fmadd_pd(a, b, c));
    #endif
        return xsimd::fma(a, b, c);
#endif
    }
}

// Combines all lanes pairwise by a function of two vectors; or the first `used` of them, a power of two.
template <class T, int used = width<T>, class Combine> T across_lanes(vector<T> x, Combine&& combine) {
#if defined(HOURGLASS_SCALAR)
    static_cast<void>(combine);
    return x;
#else
    constexpr auto lanes = std::make_integer_sequence<int, width<T>>{};
    const auto fold = [&]<int distance>(std::integral_constant<int, distance>) {
        if constexpr (used > distance)
            x = combine(x, detail::from_plain<T>(detail::exchange_lanes<distance>(detail::to_plain<T>(x), lanes)));
    };
    fold(std::integral_constant<int, 8>{});
    fold(std::integral_constant<int, 4>{});
    fold(std::integral_constant<int, 2>{});
    fold(std::integral_constant<int, 1>{});
    return detail::to_plain<T>(x)[0];
#endif
}

// The sum of all lanes, added pairwise.
template <class V> element_of<V> horizontal_sum(V x) {
    if constexpr (std::is_floating_point_v<V>) {
        return x;
    } else {
#if !defined(HOURGLASS_SCALAR)
        using T = element_of<V>;
        constexpr auto lanes = std::make_integer_sequence<int, width<T>>{};
        auto p = detail::to_plain<T>(x);
        if constexpr (width<T> >= 16) p += detail::exchange_lanes<8>(p, lanes);
        if constexpr (width<T> >= 8) p += detail::exchange_lanes<4>(p, lanes);
        if constexpr (width<T> >= 4) p += detail::exchange_lanes<2>(p, lanes);
        p += detail::exchange_lanes<1>(p, lanes);
        return p[0];
#endif
    }
}

// Transposes a square of width<T> vectors: exchanges lane j of rows[i] with lane i of rows[j].
template <class T> [[gnu::always_inline]] inline void transpose_square(vector<T>* rows) {
#if defined(HOURGLASS_SCALAR)
    static_cast<void>(rows);
#else
    // Uses only shuffles that instruction sets have with constant operands: first the squares within granules of 128
    // bits, then the granules as if they were elements. (A network of full-width shuffles is half as long to write, but
    // spills its index vectors on AVX-512.)
    constexpr int lanes = width<T>, granule = 16 / static_cast<int>(sizeof(T)), granules = lanes / granule;
    constexpr auto sequence = std::make_integer_sequence<int, lanes>{};
    using plain = typename detail::plain_vector<T, lanes>::type;
    constexpr auto interleave_low = [](int i) { return i / granule * granule + i % granule / 2 + i % 2 * lanes; };
    constexpr auto interleave_high = [](int i) {
        return i / granule * granule + granule / 2 + i % granule / 2 + i % 2 * lanes;
    };
    constexpr auto low_pairs = [](int i) { return i / 4 * 4 + i % 2 + i % 4 / 2 * lanes; };
    constexpr auto high_pairs = [](int i) { return i / 4 * 4 + 2 + i % 2 + i % 4 / 2 * lanes; };
    constexpr auto even_granules = [](int i) { return i / granule * 2 * granule + i % granule; };
    constexpr auto odd_granules = [](int i) { return i / granule * 2 * granule + granule + i % granule; };
    plain x[lanes];
    HOURGLASS_UNROLL
    for (int i = 0; i < lanes; ++i) x[i] = detail::to_plain<T>(rows[i]);
    HOURGLASS_UNROLL
    for (int i = 0; i < lanes; i += granule) {
        const plain a = detail::shuffle(x[i], x[i + 1], interleave_low, sequence);
        const plain b = detail::shuffle(x[i], x[i + 1], interleave_high, sequence);
        if constexpr (granule == 4) {
            const plain c = detail::shuffle(x[i + 2], x[i + 3], interleave_low, sequence);
            const plain d = detail::shuffle(x[i + 2], x[i + 3], interleave_high, sequence);
            x[i] = detail::shuffle(a, c, low_pairs, sequence);
            x[i + 1] = detail::shuffle(a, c, high_pairs, sequence);
            x[i + 2] = detail::shuffle(b, d, low_pairs, sequence);
            x[i + 3] = detail::shuffle(b, d, high_pairs, sequence);
        } else {
            x[i] = a;
            x[i + 1] = b;
        }
    }
    // Granule q of x[g * granule + j] now has what belongs into granule g of row q * granule + j.
    HOURGLASS_UNROLL
    for (int j = 0; j < granule; ++j) {
        if constexpr (granules == 2) {
            const plain a = x[j], b = x[j + granule];
            x[j] = detail::shuffle(a, b, even_granules, sequence);
            x[j + granule] = detail::shuffle(a, b, odd_granules, sequence);
        } else if constexpr (granules == 4) {
            const plain a = detail::shuffle(x[j], x[j + granule], even_granules, sequence);
            const plain b = detail::shuffle(x[j], x[j + granule], odd_granules, sequence);
            const plain c = detail::shuffle(x[j + 2 * granule], x[j + 3 * granule], even_granules, sequence);
            const plain d = detail::shuffle(x[j + 2 * granule], x[j + 3 * granule], odd_granules, sequence);
            x[j] = detail::shuffle(a, c, even_granules, sequence);
            x[j + 2 * granule] = detail::shuffle(a, c, odd_granules, sequence);
            x[j + granule] = detail::shuffle(b, d, even_granules, sequence);
            x[j + 3 * granule] = detail::shuffle(b, d, odd_granules, sequence);
        }
    }
    HOURGLASS_UNROLL
    for (int i = 0; i < lanes; ++i) rows[i] = detail::from_plain<T>(x[i]);
#endif
}

// While an object lives, its thread treats denormal numbers as zero and produces none; its destructor restores the
// caller's mode. (Changing the mode costs about 10 ns: for whole steps, not for small functions.) Does nothing except
// on x86.
class flush_denormals {
public:
#if defined(__SSE2__)
    flush_denormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | flush_to_zero | denormals_are_zero); }
    ~flush_denormals() { _mm_setcsr((_mm_getcsr() & ~mode_bits) | (saved_ & mode_bits)); }
#else
    flush_denormals() {}
    ~flush_denormals() {}
#endif
    flush_denormals(const flush_denormals&) = delete;
    flush_denormals& operator=(const flush_denormals&) = delete;

#if defined(__SSE2__)
private:
    static constexpr unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
    // Exceptions raised meanwhile stay raised: only the two modes are restored.
    static constexpr unsigned mode_bits = flush_to_zero | denormals_are_zero;
    unsigned saved_;
#endif
};
}
HOURGLASS_END
