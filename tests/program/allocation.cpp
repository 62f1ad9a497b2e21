// No call allocates: neither a training step, the first included, nor a gradient, nor a function in chunks. Counted
// where memory comes from: operator new everywhere, and malloc itself where the C library lets a program stand in for
// it.
#include "../../testing/autoencoders.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#include <doctest/doctest.h>

namespace {
std::atomic<long> allocations{0};
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    #define SANITIZED 1
#elif defined(__has_feature)
    #if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
        #define SANITIZED 1
    #endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)
// operator new and OpenMP end here too.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept { return ++allocations, __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) noexcept { return ++allocations, __libc_calloc(count, size); }
void* realloc(void* old, std::size_t size) noexcept { return ++allocations, __libc_realloc(old, size); }
void* memalign(std::size_t alignment, std::size_t size) noexcept {
    return ++allocations, __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return ++allocations, __libc_memalign(alignment, size);
}
int posix_memalign(void** to, std::size_t alignment, std::size_t size) noexcept {
    ++allocations;
    *to = __libc_memalign(alignment, size);
    return *to == nullptr ? ENOMEM : 0;
}
}
#else
void* operator new(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size)) return p;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto a = static_cast<std::size_t>(alignment);
    if (void* p = std::aligned_alloc(a, (size + a - 1) / a * a)) return p;
    throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
#endif

namespace {

using namespace autoencoders;

long counted(auto&& call) {
    const long before = allocations;
    call();
    return allocations - before;
}

template <class Case> void check_training(int threads) {
    CAPTURE(Case::name);
    CAPTURE(threads);
    hg::parameters<Case::graph> theta{hg::seed = 1};
    const std::vector<float> pixels = images<float>(1, 128, Case::features);
    const std::span<const float> all(pixels), few(pixels.data(), 5 * Case::features);
    trainer<Case, float> train{theta, hg::seed = 1, hg::threads = hg::pinned(threads)};
    CHECK(counted([&] { step<Case, float>(train, all, {}); }) == 0);
    CHECK(counted([&] { step<Case, float>(train, few, {}); }) == 0);
    CHECK(counted([&] {
              for (int n = 0; n < 3; ++n) step<Case, float>(train, all, {});
          }) == 0);
}

}

TEST_CASE("the count sees allocations") {
    int* p = nullptr;
    CHECK(counted([&] { p = new int(3); }) == 1);
    delete p;
    std::vector<double> grown;
    CHECK(counted([&] { grown.resize(100); }) == 1);
    CHECK(counted([&] { hg::allocate_aligned<float>(100); }) == 1);
}

TEST_CASE("a training step allocates nothing") {
    for (const int threads : {1, 2}) {
#ifdef __clang__
        check_training<full_undercomplete>(threads);
        check_training<full_denoising>(threads);
#else
        check_training<full_basic>(threads);
        check_training<full_sparse>(threads);
        check_training<full_variational>(threads);
#endif
    }
}

TEST_CASE("neither does a gradient, nor a function, in chunks or not") {
    using Case = full_variational;
    const hg::parameters<Case::graph> theta{hg::seed = 1};
    const int rows = 300;
    const std::vector<float> pixels = images<float>(1, rows, Case::features);
    const std::span<const float> first(pixels.data(), 128 * Case::features);
    std::vector<float> restored(pixels.size());
    for (const int threads : {1, 2}) {
        CAPTURE(threads);
        hg::gradient<Case::graph, hg::name<"loss">> gradient{hg::threads = hg::pinned(threads)};
        hg::function<Case::graph, hg::to<hg::name<"xhat">>> reconstruct{hg::threads = hg::pinned(threads)};
        CHECK(counted([&] { gradient(theta, hg::name<"x"> = first); }) == 0);
        CHECK(counted([&] { reconstruct(theta, hg::name<"x"> = first); }) == 0);
        CHECK(counted([&] { reconstruct(theta, hg::name<"x"> = pixels, hg::into(hg::name<"xhat">, restored)); }) == 0);
    }
}

namespace on_the_stack {
inline constexpr hg::argument<"x", 64> x;
inline constexpr hg::argument<"a", 5, 64> a;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::graph f{y = log(sum(exp(a * x))) + prod(x)};
}

TEST_CASE("with the arena inside, not even making a program allocates") {
    using namespace on_the_stack;
    std::array<double, 64> at{};
    std::array<double, 5 * 64> matrix{};
    for (std::size_t i = 0; i < at.size(); ++i) at[i] = 1 + 0.01 * static_cast<double>(i);
    for (std::size_t i = 0; i < matrix.size(); ++i) matrix[i] = 0.001 * static_cast<double>(i);
    hg::gradient<f, y, hg::wrt<x>, hg::element<double>> elsewhere;
    const auto wanted = elsewhere(x = at, a = matrix);
    double value = 0;
    std::array<double, 64> slope{};
    CHECK(counted([&] {
              hg::gradient<f, y, hg::wrt<x>, hg::element<double>, hg::arena_inside> inside;
              const auto out = inside(x = at, a = matrix);
              value = out[y];
              std::ranges::copy(out.gradient(x), slope.begin());
          }) == 0);
    CHECK(value == wanted[y]);
    CHECK(std::ranges::equal(slope, wanted.gradient(x)));
    using program = hg::gradient<f, y, hg::wrt<x>, hg::element<double>, hg::arena_inside>;
    CHECK_THROWS_WITH_AS(program{hg::threads = 2},
                         "hg::threads is 2, but a program with hg::arena_inside runs on 1 thread", hg::call_error);
}

namespace with_scans {
inline constexpr hg::input<"x", 6, 3> x;
inline constexpr hg::argument<"shocks", 50> shocks;
inline constexpr hg::argument<"share"> share;
inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::graph cell{next(h) = h + 0.5 * tanh(hg::dense<8>(concatenate(u, h)))};
inline constexpr hg::graph walk{next(h) = share * h + u};
template <class... Options> constexpr auto run_with(const Options&... options) {
    return hg::scan<"cell">(cell, hg::along(u = x), hg::carry(h = hg::broadcast_to<8>(0)), options...);
}
inline constexpr hg::graph rows{y = sum(square(run_with()[last(h)]))};
inline constexpr hg::graph sparing{y = sum(square(run_with(hg::keep_every<2>)[last(h)]))};
inline constexpr hg::graph single{
    y = sum(square(hg::scan<"walk">(walk, hg::along(u = shocks), hg::carry(h = 0.0))[next(h)])),
};
}

TEST_CASE("nor does a call with a recurrence") {
    using namespace with_scans;
    const std::vector<float> data(40 * 6 * 3, 0.25f);
    const hg::parameters<rows> theta{hg::seed = 1};
    const hg::parameters<sparing> same{hg::seed = 1};
    hg::parameters<rows> trained{hg::seed = 1};
    for (const int threads : {1, 2}) {
        CAPTURE(threads);
        hg::gradient<rows, y> all{hg::threads = hg::pinned(threads)};
        hg::gradient<sparing, y> few{hg::threads = hg::pinned(threads)};
        hg::trainer<rows, y, hg::adam> train{trained, hg::threads = hg::pinned(threads)};
        CHECK(counted([&] { all(theta, x = data); }) == 0);
        CHECK(counted([&] { few(same, x = data); }) == 0);
        CHECK(counted([&] { train(x = data); }) == 0);
    }
    const std::vector<double> moves(50, 0.5);
    const auto slope = [&](auto& program) { return program(shocks = moves, share = 0.9).gradient(share); };
    hg::gradient<single, y, hg::wrt<share, shocks>, hg::element<double>> elsewhere;
    const double wanted = slope(elsewhere);
    double inside = 0;
    CHECK(counted([&] { slope(elsewhere); }) == 0);
    CHECK(counted([&] {
              hg::gradient<single, y, hg::wrt<share, shocks>, hg::element<double>, hg::arena_inside> made;
              inside = slope(made);
          }) == 0);
    CHECK(inside == wanted);
}
