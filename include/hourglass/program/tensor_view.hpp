// A strided view of a tensor in somebody else's memory: what parameters and results are looked at through. Owns
// nothing.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <hourglass/expr/shape.hpp>
#include <hourglass/ir/list.hpp>

HOURGLASS_BEGIN

template <class Range>
concept sized_range_of_numbers = requires(const Range& values) {
    std::size(values);
    { *std::begin(values) } -> std::convertible_to<double>;
};

template <class T> class tensor_view {
    T* data_ = nullptr;
    int rank_ = 0;
    table<std::ptrdiff_t, max_rank + 1> extents_, strides_;

public:
    using value_type = T;
    constexpr tensor_view() = default;
    // Row-major and contiguous: `rows` of `extents` where batched, else one.
    constexpr tensor_view(T* data, const hourglass::value_type& type, long rows) : data_(data) {
        if (type.batched) extents_[rank_++] = rows;
        for (int i = 0; i < type.extents.rank; ++i) extents_[rank_++] = type.extents[i];
        std::ptrdiff_t stride = 1;
        for (int i = rank_ - 1; i >= 0; --i) {
            strides_[i] = stride;
            stride *= extents_[i];
        }
    }
    constexpr tensor_view(const tensor_view&) = default;
    // A named view looks at something else from then on.
    constexpr tensor_view& operator=(const tensor_view&) & = default;
    // theta[W] = values: copies as many numbers as there are elements, row-major, from a range or another view. Throws
    // std::invalid_argument where there are more or fewer; then nothing is changed.
    template <sized_range_of_numbers Range> constexpr const tensor_view& operator=(const Range& values) const
        requires(!std::is_const_v<T>) {
        if (static_cast<std::size_t>(std::size(values)) != size()) refuse(std::size(values));
        std::ranges::transform(values, begin(), [](const auto& x) { return static_cast<T>(x); });
        return *this;
    }
    // theta[w] = {1, 2, 3}
    constexpr const tensor_view& operator=(std::initializer_list<T> values) const requires(!std::is_const_v<T>) {
        return operator=<std::initializer_list<T>>(values);
    }
    constexpr const tensor_view& operator=(const tensor_view& values) && requires(!std::is_const_v<T>) {
        return operator=<tensor_view>(values);
    }
    constexpr int rank() const { return rank_; }
    constexpr std::ptrdiff_t extent(int axis) const { return extents_[axis]; }
    // All of them, outermost first; valid as long as the view.
    constexpr std::span<const std::ptrdiff_t> extents() const {
        return {extents_.data(), static_cast<std::size_t>(rank_)};
    }
    constexpr std::ptrdiff_t stride(int axis) const { return strides_[axis]; }
    constexpr std::size_t size() const {
        std::size_t n = 1;
        for (int i = 0; i < rank_; ++i) n *= static_cast<std::size_t>(extent(i));
        return n;
    }
    // One element by its indices, as many as the rank; not checked.
    template <class... Index> constexpr T& operator()(Index... index) const {
        std::ptrdiff_t offset = 0;
        int axis = 0;
        ((offset += static_cast<std::ptrdiff_t>(index) * strides_[axis++]), ...);
        return data_[offset];
    }
    // Along the first axis: an element of rank less by one.
    constexpr tensor_view row(std::ptrdiff_t i) const {
        tensor_view r;
        r.data_ = data_ + i * strides_[0];
        r.rank_ = rank_ - 1;
        for (int a = 0; a < r.rank_; ++a) {
            r.extents_[a] = extents_[a + 1];
            r.strides_[a] = strides_[a + 1];
        }
        return r;
    }
    // The elements in row-major order; only of a contiguous view.
    constexpr std::span<T> span() const { return {data_, size()}; }
    constexpr T* data() const { return data_; }
    constexpr T* begin() const { return data_; }
    constexpr T* end() const { return data_ + size(); }

private:
    [[noreturn]] HOURGLASS_COLD void refuse(std::size_t found) const {
        std::string shape;
        for (int i = 0; i < rank_; ++i) shape += (i ? ", " : "") + std::to_string(extent(i));
        throw std::invalid_argument("a tensor of the shape [" + shape + "] takes " + std::to_string(size()) +
                                    " numbers, and was assigned " + std::to_string(found));
    }
};

// The same of a type that is known at run time only: one function for all tensors.
template <class T> HOURGLASS_NOINLINE tensor_view<T> view_at(T* data, const value_type& type) {
    return {data, type, 0};
}

// The view of a single number, which it converts to, and which is assigned as a number is.
template <class T> struct scalar_view : tensor_view<T> {
    constexpr scalar_view(const tensor_view<T>& one) : tensor_view<T>(one) {}
    constexpr scalar_view(const scalar_view&) = default;
    constexpr scalar_view& operator=(const scalar_view&) & = default;
    constexpr const scalar_view& operator=(const scalar_view& x) && requires(!std::is_const_v<T>) {
        return *this = *x.data();
    }
    using tensor_view<T>::operator=;
    constexpr operator std::remove_const_t<T>() const { return *this->data(); }
    template <class Number> constexpr const scalar_view& operator=(Number x) const
        requires(std::is_arithmetic_v<Number> && !std::is_const_v<T>) {
        *this->data() = static_cast<T>(x);
        return *this;
    }
};

HOURGLASS_END
