// A strided view of a tensor in memory that it does not own. Parameters and results are accessed through it.
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

/// A strided view of a tensor of elements `T`; `const T` if it only reads. Owns nothing.
template <class T> class tensor_view {
    T* data_ = nullptr;
    int rank_ = 0;
    table<std::ptrdiff_t, max_rank + 1> extents_, strides_;

public:
    /// The type of the elements.
    using value_type = T;
    /// An empty view.
    constexpr tensor_view() = default;
    /// A row-major, contiguous view at `data`: `rows` times the extents if the type is batched, else the extents.
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
    /// Rebinds a named view to other data.
    constexpr tensor_view& operator=(const tensor_view&) & = default;
    /// Copies values into the tensor, `theta[W] = values`: as many as it has elements, row-major, from a range or
    /// another view. Throws `std::invalid_argument` if there are more or fewer; nothing is changed then.
    template <sized_range_of_numbers Range> constexpr const tensor_view& operator=(const Range& values) const
        requires(!std::is_const_v<T>) {
        if (static_cast<std::size_t>(std::size(values)) != size()) refuse(std::size(values));
        std::ranges::transform(values, begin(), [](const auto& x) { return static_cast<T>(x); });
        return *this;
    }
    /// The same for a list: `theta[w] = {1, 2, 3}`.
    constexpr const tensor_view& operator=(std::initializer_list<T> values) const requires(!std::is_const_v<T>) {
        return operator=<std::initializer_list<T>>(values);
    }
    /// The same for another view, assigned to a temporary such as `theta[W]`.
    constexpr const tensor_view& operator=(const tensor_view& values) && requires(!std::is_const_v<T>) {
        return operator=<tensor_view>(values);
    }
    /// Returns the number of axes.
    constexpr int rank() const { return rank_; }
    /// Returns the extent of an axis.
    constexpr std::ptrdiff_t extent(int axis) const { return extents_[axis]; }
    /// Returns all extents, outermost first; valid while the view lives.
    constexpr std::span<const std::ptrdiff_t> extents() const {
        return {extents_.data(), static_cast<std::size_t>(rank_)};
    }
    /// Returns the distance between neighbours along an axis, in elements.
    constexpr std::ptrdiff_t stride(int axis) const { return strides_[axis]; }
    /// Returns the number of elements.
    constexpr std::size_t size() const {
        std::size_t n = 1;
        for (int i = 0; i < rank_; ++i) n *= static_cast<std::size_t>(extent(i));
        return n;
    }
    /// Returns one element; takes as many indices as the tensor has axes. Not checked.
    template <class... Index> constexpr T& operator()(Index... index) const {
        std::ptrdiff_t offset = 0;
        int axis = 0;
        ((offset += static_cast<std::ptrdiff_t>(index) * strides_[axis++]), ...);
        return data_[offset];
    }
    /// Returns slice `i` along the first axis, a view with one axis less.
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
    /// Returns the elements in row-major order. The view must be contiguous.
    constexpr std::span<T> span() const { return {data_, size()}; }
    /// Returns the address of the first element.
    constexpr T* data() const { return data_; }
    /// Begins a contiguous view's elements in row-major order.
    constexpr T* begin() const { return data_; }
    /// Ends them.
    constexpr T* end() const { return data_ + size(); }

private:
    [[noreturn]] HOURGLASS_COLD void refuse(std::size_t found) const {
        std::string shape;
        for (int i = 0; i < rank_; ++i) shape += (i ? ", " : "") + std::to_string(extent(i));
        throw std::invalid_argument("a tensor of the shape [" + shape + "] takes " + std::to_string(size()) +
                                    " numbers, and was assigned " + std::to_string(found));
    }
};

// The view of a type that is only known at run time: one function for all tensors.
template <class T> HOURGLASS_NOINLINE tensor_view<T> view_at(T* data, const value_type& type) {
    return {data, type, 0};
}

/// A view of a single number: converts to the number and is assigned like one.
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
