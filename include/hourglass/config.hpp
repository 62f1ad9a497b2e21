// The build's choices: which SIMD instruction set and which threading the templates are compiled for, and the inline
// namespace that encodes both. Nothing else lives here; every header that holds a template includes it.
#pragma once

// HOURGLASS_SCALAR asks for plain float and double in place of SIMD vectors (xsimd has no scalar batch).
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

#if defined(_OPENMP)
    #define HOURGLASS_THREADING_NAME omp
#else
    #define HOURGLASS_THREADING_NAME serial
#endif

// What runs on the way to an error alone: compiled for size, and so is whatever comes to nothing else.
#define HOURGLASS_COLD __attribute__((cold, noinline))

#define HOURGLASS_JOIN_(a, b) a##_##b
#define HOURGLASS_JOIN(a, b) HOURGLASS_JOIN_(a, b)

// The same template compiled with other flags would otherwise be one weak symbol for the linker to choose from.
#define HOURGLASS_ABI HOURGLASS_JOIN(HOURGLASS_SIMD_NAME, HOURGLASS_THREADING_NAME)

#define HOURGLASS_BEGIN                                                                                                \
    namespace hourglass {                                                                                              \
    inline namespace HOURGLASS_ABI {
#define HOURGLASS_END                                                                                                  \
    }                                                                                                                  \
    }
