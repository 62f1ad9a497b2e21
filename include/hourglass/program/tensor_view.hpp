// A strided view of a tensor in somebody else's memory: what parameters and results are looked at through. Owns
// nothing.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <hourglass/expr/shape.hpp>

HOURGLASS_BEGIN

template <class T> class tensor_view {
    T* data_ = nullptr;
    int rank_ = 0;
    std::array<std::ptrdiff_t, max_rank + 1> extents_{}, strides_{};

public:
    using value_type = T;
    constexpr tensor_view() = default;
    // Row-major and contiguous: `rows` of `extents` where batched, else one.
    constexpr tensor_view(T* data, const hourglass::value_type& type, long rows) : data_(data) {
        if (type.batched) extents_[static_cast<std::size_t>(rank_++)] = rows;
        for (int i = 0; i < type.extents.rank; ++i) extents_[static_cast<std::size_t>(rank_++)] = type.extents[i];
        std::ptrdiff_t stride = 1;
        for (int i = rank_ - 1; i >= 0; --i) {
            strides_[static_cast<std::size_t>(i)] = stride;
            stride *= extents_[static_cast<std::size_t>(i)];
        }
    }
    constexpr int rank() const { return rank_; }
    constexpr std::ptrdiff_t extent(int axis) const { return extents_[static_cast<std::size_t>(axis)]; }
    constexpr std::ptrdiff_t stride(int axis) const { return strides_[static_cast<std::size_t>(axis)]; }
    constexpr std::size_t size() const {
        std::size_t n = 1;
        for (int i = 0; i < rank_; ++i) n *= static_cast<std::size_t>(extent(i));
        return n;
    }
    // One element by its indices, as many as the rank; not checked.
    template <class... Index> constexpr T& operator()(Index... index) const {
        std::ptrdiff_t offset = 0;
        int axis = 0;
        ((offset += static_cast<std::ptrdiff_t>(index) * strides_[static_cast<std::size_t>(axis++)]), ...);
        return data_[offset];
    }
    // Along the first axis: an element of rank less by one.
    constexpr tensor_view row(std::ptrdiff_t i) const {
        tensor_view r;
        r.data_ = data_ + i * strides_[0];
        r.rank_ = rank_ - 1;
        for (int a = 0; a < r.rank_; ++a) {
            r.extents_[static_cast<std::size_t>(a)] = extents_[static_cast<std::size_t>(a + 1)];
            r.strides_[static_cast<std::size_t>(a)] = strides_[static_cast<std::size_t>(a + 1)];
        }
        return r;
    }
    // The elements in row-major order; only of a contiguous view.
    constexpr std::span<T> span() const { return {data_, size()}; }
    constexpr T* data() const { return data_; }
    constexpr T* begin() const { return data_; }
    constexpr T* end() const { return data_ + size(); }
};

HOURGLASS_END
