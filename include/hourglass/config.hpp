// The build's choices: the SIMD instruction set that the templates are compiled for and the inline namespace that
// encodes it, the version, and the compiler flags that are refused. Nothing else lives here; every header that holds a
// template includes it.
#pragma once

// The version of the library; the builds read theirs from here.
#define HOURGLASS_VERSION_MAJOR 0
#define HOURGLASS_VERSION_MINOR 1
#define HOURGLASS_VERSION_PATCH 0
/// The version as one number to compare: 1.2.3 is 10203.
#define HOURGLASS_VERSION (HOURGLASS_VERSION_MAJOR * 10000 + HOURGLASS_VERSION_MINOR * 100 + HOURGLASS_VERSION_PATCH)

// The compiler stops at a missing file instead of reporting a thousand errors about what it cannot read.
#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 202002L
    #error "hourglass is C++20: compile this with -std=c++20"
    #include <hourglass: compile this with -std=c++20>
#endif

// Accuracy to a few units in the last place, infinities, NaN and the sign of zero need arithmetic exactly as written.
// GCC defines a macro for each of these flags, Clang only for those of the first two branches. With Clang's other flags
// the functions of math/vector.hpp keep their accuracy, and docs/operations.md says what is lost.
#if defined(__FAST_MATH__)
    #error "hourglass: -ffast-math (part of -Ofast) changes results: compile this without it; -O3 is safe"
#elif defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
    #error "hourglass: -ffinite-math-only loses infinities and NaN: compile this without it"
#elif defined(__ASSOCIATIVE_MATH__) // and -funsafe-math-optimizations
    #error "hourglass: -fassociative-math changes results: compile this without it, or with -fno-associative-math"
#elif defined(__RECIPROCAL_MATH__)
    #error "hourglass: -freciprocal-math makes quotients inexact: compile this without it, or with -fno-reciprocal-math"
#elif defined(__NO_SIGNED_ZEROS__)
    #error "hourglass: -fno-signed-zeros loses the sign of zero: compile this without it, or with -fsigned-zeros"
#endif
static_assert(sizeof(1.0) == sizeof(double),
              "hourglass: -fsingle-precision-constant cuts the digits of constants: compile this without it");

// HOURGLASS_SCALAR selects plain float and double instead of SIMD vectors (xsimd has no scalar batch).
#if defined(HOURGLASS_SCALAR)
    #define HOURGLASS_SIMD_NAME scalar
#elif defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__)
    #define HOURGLASS_SIMD_NAME avx512
#elif defined(__AVX2__) && defined(__FMA__)
    #define HOURGLASS_SIMD_NAME avx2
#elif defined(__SSE2__)
    #define HOURGLASS_SIMD_NAME sse
#elif defined(__ARM_NEON)
    #define HOURGLASS_SIMD_NAME neon
#else
    #define HOURGLASS_SCALAR 1
    #define HOURGLASS_SIMD_NAME scalar
#endif

// For code that runs only on the way to an error: compiled for size, and so is whatever leads only to it.
#define HOURGLASS_COLD __attribute__((cold, noinline))
// For code that is large, rarely called for the work it does, or must be the same machine code for every caller.
#define HOURGLASS_NOINLINE __attribute__((noinline))

#define HOURGLASS_JOIN_(a, b) a##_##b
#define HOURGLASS_JOIN(a, b) HOURGLASS_JOIN_(a, b)

// Otherwise the same template compiled with other flags would be one weak symbol, of which the linker keeps any.
// -Wshadow is off in the headers, since a program that includes them may have names of theirs, such as x and rows.
#define HOURGLASS_BEGIN                                                                                                \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"") namespace hourglass {                \
        inline namespace HOURGLASS_JOIN(simd, HOURGLASS_SIMD_NAME) {
#define HOURGLASS_END                                                                                                  \
    }                                                                                                                  \
    }                                                                                                                  \
    _Pragma("GCC diagnostic pop")
