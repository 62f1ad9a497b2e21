// Memory aligned to cache lines, owned by programs, parameters and scans. What it holds is decided elsewhere.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

template <class T> struct aligned_delete {
    void operator()(T* p) const { ::operator delete[](p, std::align_val_t{64}); }
};
template <class T> using aligned_memory = std::unique_ptr<T[], aligned_delete<T>>;
// Allocates zeroed memory, aligned to cache lines.
template <class T> aligned_memory<T> allocate_aligned(std::size_t count) {
    T* p = static_cast<T*>(::operator new[](count * sizeof(T) + 64, std::align_val_t{64}));
    for (std::size_t i = 0; i < count; ++i) p[i] = T(0);
    return aligned_memory<T>(p);
}

HOURGLASS_END
