// Arrays for constant expressions and run time, fixed and growing, and a view. They do as little as possible: every
// step of theirs is a step of the compiler's interpreter.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

/// A view of consecutive elements, indexed by int.
template <class T> struct slice_of {
    const T* data = nullptr;
    int size = 0;
    constexpr const T& operator[](int i) const { return data[i]; }
    constexpr const T* begin() const { return data; }
    constexpr const T* end() const { return data + size; }
    constexpr slice_of when(bool holds) const { return holds ? *this : slice_of(); } ///< or an empty view
};

/// An array of a fixed number of elements, possibly none; constexpr values are made of these. It holds a plain array,
/// since in constant evaluation each call into std::array is a step.
template <class T, int Count> class table {
    T elements_[Count > 0 ? Count : 1]{};

public:
    constexpr table() = default;
    /// Copies these elements to the front. There must be room for them.
    constexpr explicit table(slice_of<T> from) {
        T* const to = elements_;
        for (int i = 0; i < from.size; ++i) to[i] = from.data[i];
    }

    static constexpr int size() { return Count; }
    constexpr T& operator[](int i) { return elements_[i]; }
    constexpr const T& operator[](int i) const { return elements_[i]; }
    constexpr T* data() { return elements_; }
    constexpr const T* data() const { return elements_; }
    constexpr T* begin() { return elements_; }
    constexpr T* end() { return elements_ + Count; }
    constexpr const T* begin() const { return elements_; }
    constexpr const T* end() const { return elements_ + Count; }
    constexpr slice_of<T> view() const { return {elements_, Count}; }
    constexpr slice_of<T> first(int count) const { return {elements_, count}; }
};

/// At most `Most` elements. Their number is determined at compile time.
template <class T, int Most> class short_list {
    int size_ = 0;
    table<T, Most> elements_;

public:
    constexpr void push(const T& value) { elements_[size_++] = value; }
    constexpr int size() const { return size_; }
    constexpr const T& operator[](int i) const { return elements_[i]; }
    constexpr const T* begin() const { return elements_.begin(); }
    constexpr const T* end() const { return elements_.begin() + size_; }
};

/// An array that grows, also in constant expressions.
template <class T> class list {
    T* data_ = nullptr;
    int size_ = 0, capacity_ = 0;

    // Arithmetic elements start uninitialised: in GCC initialising one takes as long as writing it.
    static constexpr T* room_for(int capacity) {
        if constexpr (std::is_arithmetic_v<T>)
            return new T[static_cast<unsigned>(capacity)];
        else
            return new T[static_cast<unsigned>(capacity)]{};
    }

public:
    constexpr list() = default;
    constexpr explicit list(int count) // value-initialised, which costs no step per element
        : data_(count > 0 ? new T[static_cast<unsigned>(count)]{} : nullptr), size_(count), capacity_(count) {}
    constexpr list(int count, const T& value) {
        reserve(count);
        for (int i = 0; i < count; ++i) data_[i] = value;
        size_ = count;
    }
    constexpr list(list&& other) noexcept : data_(other.data_), size_(other.size_), capacity_(other.capacity_) {
        other.data_ = nullptr;
        other.size_ = other.capacity_ = 0;
    }
    constexpr list(const list& other) { append(other.view()); }
    constexpr list& operator=(list other) noexcept {
        T* data = data_;
        data_ = other.data_;
        other.data_ = data;
        size_ = other.size_;
        capacity_ = other.capacity_;
        return *this;
    }
    constexpr ~list() { delete[] data_; }

    constexpr int size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    constexpr T& operator[](int i) { return data_[i]; }
    constexpr const T& operator[](int i) const { return data_[i]; }
    constexpr T& back() { return data_[size_ - 1]; }
    constexpr const T* begin() const { return data_; }
    constexpr const T* end() const { return data_ + size_; }
    constexpr T* begin() { return data_; }
    constexpr T* end() { return data_ + size_; }
    constexpr slice_of<T> view() const { return {data_, size_}; }

    constexpr void reserve(int capacity) {
        if (capacity <= capacity_) return;
        T* grown = room_for(capacity);
        for (int i = 0; i < size_; ++i) grown[i] = data_[i];
        delete[] data_;
        data_ = grown;
        capacity_ = capacity;
    }
    constexpr void push(const T& value) {
        if (size_ == capacity_) {
            const T copy = value; // it may lie in the array that is about to move
            reserve(capacity_ == 0 ? 16 : 2 * capacity_);
            data_[size_++] = copy;
            return;
        }
        data_[size_++] = value;
    }
    constexpr void pop() { --size_; }
    constexpr void clear() { size_ = 0; }
    /// Makes room for `count` more elements, and returns a pointer to the first, for the caller to write.
    constexpr T* extend(int count) {
        if (size_ + count > capacity_) reserve(size_ + count > 2 * capacity_ ? size_ + count : 2 * capacity_);
        size_ += count;
        return data_ + size_ - count;
    }
    constexpr void append(slice_of<T> values) {
        T* to = extend(values.size);
        for (int i = 0; i < values.size; ++i) to[i] = values.data[i];
    }
};

// Open addressing from a 64-bit key to an index. Keys are already hashes.
class hash_index {
    struct slot {
        std::uint64_t key = 0;
        int value = -1;
    };
    list<slot> slots_;
    int used_ = 0;

public:
    constexpr explicit hash_index(int expected = 16) {
        int capacity = 32;
        while (capacity < 2 * expected) capacity *= 2;
        slots_ = list<slot>(capacity);
    }
    // Returns the first value stored under the key for which `same` holds, or -1.
    constexpr int find(std::uint64_t key, auto same) const {
        const slot* const slots = slots_.begin();
        const int mask = slots_.size() - 1;
        for (int i = static_cast<int>(key & static_cast<unsigned>(mask)); slots[i].value >= 0; i = (i + 1) & mask)
            if (slots[i].key == key && same(slots[i].value)) return slots[i].value;
        return -1;
    }
    constexpr int find(std::uint64_t key) const {
        const slot* const slots = slots_.begin();
        const int mask = slots_.size() - 1;
        int i = static_cast<int>(key & static_cast<unsigned>(mask));
        while (slots[i].value >= 0 && slots[i].key != key) i = (i + 1) & mask;
        return slots[i].value;
    }
    constexpr void insert(std::uint64_t key, int value) {
        if (2 * (used_ + 1) > slots_.size()) {
            const list<slot> old = static_cast<list<slot>&&>(slots_);
            slots_ = list<slot>(2 * old.size());
            for (const slot& s : old)
                if (s.value >= 0) place(s.key, s.value);
        }
        place(key, value);
        ++used_;
    }

private:
    constexpr void place(std::uint64_t key, int value) {
        slot* const slots = slots_.begin();
        const int mask = slots_.size() - 1;
        int i = static_cast<int>(key & static_cast<unsigned>(mask));
        while (slots[i].value >= 0) i = (i + 1) & mask;
        slots[i] = {key, value};
    }
};

HOURGLASS_END
