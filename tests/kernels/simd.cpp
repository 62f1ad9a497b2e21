// The vector type's few operations: partial loads and stores at the edge of memory, sums, maxima with NaN,
// transposition, fused multiply-add and the denormal mode.
#include <hourglass/kernels/partial.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

namespace kernels = hourglass::kernels;
using kernels::vector;

namespace {

// Exactly n numbers are allocated: reading or writing one more is an error under the address sanitizer.
template <class T> void check_partial(int n, const auto& load, const auto& store) {
    constexpr int lanes = kernels::width<T>;
    CAPTURE(n);
    const std::unique_ptr<T[]> source(new T[static_cast<std::size_t>(n)]), target(new T[static_cast<std::size_t>(n)]);
    for (int i = 0; i < n; ++i) source[static_cast<std::size_t>(i)] = static_cast<T>(i + 1);
    const vector<T> x = load(source.get());
    T all[lanes];
    kernels::store_vector<T>(all, x);
    for (int i = 0; i < lanes; ++i) CHECK(all[i] == (i < n ? static_cast<T>(i + 1) : T(0)));
    store(target.get(), x);
    for (int i = 0; i < n; ++i) CHECK(target[static_cast<std::size_t>(i)] == static_cast<T>(i + 1));
    T wide[lanes + 1];
    for (T& value : wide) value = T(-1);
    store(wide, x);
    for (int i = n; i <= lanes; ++i) CHECK(wide[i] == T(-1));
}

}

TEST_CASE_TEMPLATE("partial loads and stores touch exactly their elements", T, float, double) {
    for (int n = 0; n <= kernels::width<T>; ++n)
        check_partial<T>(
            n, [n](const T* from) { return kernels::load_partial<T>(from, n); },
            [n](T* to, const vector<T>& x) { kernels::store_partial<T>(to, x, n); });
}

TEST_CASE_TEMPLATE("so do those of a known number of lanes", T, float, double) {
    [&]<int... N>(std::integer_sequence<int, N...>) {
        (check_partial<T>(
             N, [](const T* from) { return kernels::load_partial(from, std::integral_constant<int, N>{}); },
             [](T* to, const vector<T>& x) { kernels::store_partial(to, x, std::integral_constant<int, N>{}); }),
         ...);
    }
    (std::make_integer_sequence<int, kernels::width<T> + 1>{});
}

TEST_CASE_TEMPLATE("horizontal sums", T, float, double) {
    constexpr int lanes = kernels::width<T>;
    T values[lanes];
    T sum = 0;
    for (int i = 0; i < lanes; ++i) sum += values[i] = static_cast<T>((i * 7) % lanes - lanes);
    CHECK(kernels::horizontal_sum(kernels::load_vector<T>(values)) == sum);
    for (int i = 0; i < lanes; ++i) {
        CAPTURE(i);
        const T kept = values[i];
        values[i] = std::numeric_limits<T>::quiet_NaN();
        CHECK(std::isnan(kernels::horizontal_sum(kernels::load_vector<T>(values))));
        values[i] = kept;
    }
}

TEST_CASE_TEMPLATE("the first lanes are combined without the others", T, float, double) {
    constexpr int lanes = kernels::width<T>;
    T values[lanes];
    const auto check = [&]<int Used>(std::integral_constant<int, Used>) {
        if constexpr (Used <= lanes) {
            CAPTURE(Used);
            for (int i = 0; i < lanes; ++i)
                values[i] = i < Used ? static_cast<T>(i + 1) : std::numeric_limits<T>::quiet_NaN();
            const T sum = kernels::across_lanes<T, Used>(kernels::load_vector<T>(values),
                                                         [](const auto& a, const auto& b) { return a + b; });
            CHECK(sum == static_cast<T>(Used * (Used + 1) / 2));
        }
    };
    check(std::integral_constant<int, 1>{});
    check(std::integral_constant<int, 2>{});
    check(std::integral_constant<int, 4>{});
    check(std::integral_constant<int, 8>{});
    check(std::integral_constant<int, 16>{});
}

TEST_CASE_TEMPLATE("multiplication and addition are fused where the build has the instruction", T, float, double) {
    const T a = T(1) + std::numeric_limits<T>::epsilon();
    const T scalar = kernels::fused_multiply_add(a, a, T(-1) - 2 * std::numeric_limits<T>::epsilon());
    T every_lane[kernels::width<T>];
    kernels::store_vector<T>(every_lane, kernels::fused_multiply_add<vector<T>>(
                                             kernels::broadcast(a), kernels::broadcast(a),
                                             kernels::broadcast(T(-1) - 2 * std::numeric_limits<T>::epsilon())));
    const T fused = std::numeric_limits<T>::epsilon() * std::numeric_limits<T>::epsilon();
#if defined(__FMA__)
    CHECK(scalar == fused);
    for (const T lane : every_lane) CHECK(lane == fused);
#else
    CHECK((scalar == fused || scalar == T(0))); // a compiler may fuse what it folds
    for (const T lane : every_lane) CHECK((lane == fused || lane == T(0)));
#endif
}

TEST_CASE_TEMPLATE("a square of vectors is transposed", T, float, double) {
    constexpr int lanes = kernels::width<T>;
    vector<T> rows[lanes];
    T values[lanes];
    for (int i = 0; i < lanes; ++i) {
        for (int j = 0; j < lanes; ++j) values[j] = static_cast<T>(100 * i + j);
        rows[i] = kernels::load_vector<T>(values);
    }
    kernels::transpose_square<T>(rows);
    for (int i = 0; i < lanes; ++i) {
        kernels::store_vector<T>(values, rows[i]);
        for (int j = 0; j < lanes; ++j) CHECK(values[j] == static_cast<T>(100 * j + i));
    }
}

#if defined(__SSE2__)
TEST_CASE("denormal numbers are flushed in a scope, and the caller's mode comes back") {
    volatile float tiny = std::numeric_limits<float>::min();
    volatile float half = 0.5F;
    CHECK(tiny * half > 0.0F);
    {
        const kernels::flush_denormals outer;
        const float flushed = tiny * half;
        CHECK(flushed == 0.0F);
        { const kernels::flush_denormals inner; }
        const float still = tiny * half;
        CHECK(still == 0.0F);
    }
    CHECK(tiny * half > 0.0F);
}
#endif
