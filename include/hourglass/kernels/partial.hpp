// Loads and stores of a vector's first lanes, which touch no memory past these. Those of whole vectors are in
// kernels/simd.hpp.
#pragma once

#include <hourglass/kernels/simd.hpp>

HOURGLASS_BEGIN

namespace kernels {

// Loads the first n numbers, 0 <= n <= width<T>; the other lanes are zero. Reads nothing past source[n - 1].
template <class T> vector<T> load_partial(const T* source, int n) {
#if defined(HOURGLASS_SCALAR)
    return n > 0 ? *source : T(0);
#elif defined(__AVX512F__)
    if constexpr (sizeof(vector<T>) == 64) {
        const unsigned lanes = (1U << n) - 1U;
        if constexpr (std::is_same_v<T, float>)
            return vector<T>(_mm512_maskz_loadu_ps(static_cast<__mmask16>(lanes), source));
        else
            return vector<T>(_mm512_maskz_loadu_pd(static_cast<__mmask8>(lanes), source));
    }
#elif defined(__AVX__)
    if constexpr (std::is_same_v<T, float>)
        return vector<T>(_mm256_maskload_ps(source, detail::lane_mask<T>(n)));
    else
        return vector<T>(_mm256_maskload_pd(source, detail::lane_mask<T>(n)));
#endif
#if !defined(HOURGLASS_SCALAR) && (!defined(__AVX__) || defined(__AVX512F__))
    alignas(vector<T>) T lanes[width<T>] = {};
    for (int i = 0; i < n; ++i) lanes[i] = source[i];
    return vector<T>::load_aligned(lanes);
#endif
}

// Stores the first n lanes, 0 <= n <= width<T>, and nothing else.
template <class T> void store_partial(T* target, std::type_identity_t<vector<T>> x, int n) {
#if defined(HOURGLASS_SCALAR)
    if (n > 0) *target = x;
#else
    #if defined(__AVX512F__)
    if constexpr (sizeof(vector<T>) == 64) {
        const unsigned lanes = (1U << n) - 1U;
        if constexpr (std::is_same_v<T, float>)
            _mm512_mask_storeu_ps(target, static_cast<__mmask16>(lanes), x);
        else
            _mm512_mask_storeu_pd(target, static_cast<__mmask8>(lanes), x);
        return;
    }
    #elif defined(__AVX__)
    // In pieces: the masked store of AVX is slow on many processors.
    if (n == width<T>) return x.store_unaligned(target);
    if constexpr (std::is_same_v<T, float>) {
        __m128 part = _mm256_castps256_ps128(x);
        if (n & 4) {
            _mm_storeu_ps(target, part);
            part = _mm256_extractf128_ps(x, 1);
            target += 4;
        }
        if (n & 2) {
            _mm_storel_pi(reinterpret_cast<__m64*>(target), part);
            part = _mm_movehl_ps(part, part);
            target += 2;
        }
        if (n & 1) _mm_store_ss(target, part);
    } else {
        __m128d part = _mm256_castpd256_pd128(x);
        if (n & 2) {
            _mm_storeu_pd(target, part);
            part = _mm256_extractf128_pd(x, 1);
            target += 2;
        }
        if (n & 1) _mm_store_sd(target, part);
    }
    #endif
    #if !defined(__AVX__) || defined(__AVX512F__)
    alignas(vector<T>) T lanes[width<T>];
    x.store_aligned(lanes);
    for (int i = 0; i < n; ++i) target[i] = lanes[i];
    #endif
#endif
}

#if defined(__AVX512F__) && !defined(HOURGLASS_SCALAR)
namespace detail {

// Whether one or two registers of 4, 8, 16 and 32 bytes hold exactly this many bytes.
constexpr bool is_in_pieces(std::size_t bytes) {
    const int registers = __builtin_popcountll(bytes);
    return bytes < 64 && (registers == 1 || registers == 2);
}
template <std::size_t bytes> [[gnu::always_inline]] inline __m128 load_quarter(const float* from) {
    if constexpr (bytes == 16) {
        return _mm_loadu_ps(from);
    } else if constexpr (bytes == 4) {
        return _mm_load_ss(from);
    } else {
        const __m128 two = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
        if constexpr (bytes == 8)
            return two;
        else
            return _mm_movelh_ps(two, _mm_load_ss(from + 2));
    }
}
template <std::size_t bytes> [[gnu::always_inline]] inline __m256 load_half(const float* from) {
    if constexpr (bytes == 32)
        return _mm256_loadu_ps(from);
    else if constexpr (bytes <= 16)
        return _mm256_zextps128_ps256(load_quarter<bytes>(from));
    else
        return _mm256_set_m128(load_quarter<bytes - 16>(from + 4), _mm_loadu_ps(from));
}
template <std::size_t bytes> [[gnu::always_inline]] inline __m512 load_pieces(const float* from) {
    if constexpr (bytes <= 32) {
        return _mm512_zextps256_ps512(load_half<bytes>(from));
    } else {
        const __m512d first = _mm512_castpd256_pd512(_mm256_castps_pd(_mm256_loadu_ps(from)));
        return _mm512_castpd_ps(_mm512_insertf64x4(first, _mm256_castps_pd(load_half<bytes - 32>(from + 8)), 1));
    }
}
template <std::size_t bytes> [[gnu::always_inline]] inline void store_quarter(float* to, __m128 x) {
    if constexpr (bytes == 16)
        _mm_storeu_ps(to, x);
    else if constexpr (bytes == 4)
        _mm_store_ss(to, x);
    else
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_castps_si128(x));
    if constexpr (bytes == 12) _mm_store_ss(to + 2, _mm_movehl_ps(x, x));
}
template <std::size_t bytes> [[gnu::always_inline]] inline void store_half(float* to, __m256 x) {
    if constexpr (bytes == 32) {
        _mm256_storeu_ps(to, x);
    } else {
        constexpr std::size_t low = bytes < 16 ? bytes : 16;
        store_quarter<low>(to, _mm256_castps256_ps128(x));
        if constexpr (bytes > 16) store_quarter<bytes - 16>(to + 4, _mm256_extractf128_ps(x, 1));
    }
}
template <std::size_t bytes> [[gnu::always_inline]] inline void store_pieces(float* to, __m512 x) {
    constexpr std::size_t low = bytes < 32 ? bytes : 32;
    store_half<low>(to, _mm512_castps512_ps256(x));
    if constexpr (bytes > 32)
        store_half<bytes - 32>(to + 8, _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x), 1)));
}

}
#endif

// The same for a number of lanes known at compile time, for a load that may soon follow a store: a masked load must
// wait until preceding stores have reached the cache, and so must any load of what a masked store wrote. So both use
// whole registers if they fit. (If nothing was just stored, one masked load is faster.)
template <int n, class T>
[[gnu::always_inline]] inline vector<T> load_partial(const T* source, std::integral_constant<int, n>) {
#if defined(__AVX512F__) && !defined(HOURGLASS_SCALAR)
    constexpr std::size_t bytes = n * sizeof(T);
    if constexpr (sizeof(vector<T>) == 64 && detail::is_in_pieces(bytes)) {
        if constexpr (std::is_same_v<T, float>)
            return vector<T>(detail::load_pieces<bytes>(source));
        else
            return vector<T>(_mm512_castps_pd(detail::load_pieces<bytes>(reinterpret_cast<const float*>(source))));
    }
#endif
    return load_partial(source, n);
}
template <int n, class T> [[gnu::always_inline]] inline void store_partial(T* target, std::type_identity_t<vector<T>> x,
                                                                           std::integral_constant<int, n>) {
#if defined(__AVX512F__) && !defined(HOURGLASS_SCALAR)
    constexpr std::size_t bytes = n * sizeof(T);
    if constexpr (sizeof(vector<T>) == 64 && detail::is_in_pieces(bytes)) {
        if constexpr (std::is_same_v<T, float>)
            return detail::store_pieces<bytes>(target, x);
        else
            return detail::store_pieces<bytes>(reinterpret_cast<float*>(target), _mm512_castpd_ps(x));
    }
#endif
    store_partial(target, x, n);
}

}
HOURGLASS_END
