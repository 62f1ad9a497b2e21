// Hash tables by operation: facts about some operations, found by an operation's id in a few steps however long the
// table is. Built at compile time and read in constant evaluations.
#pragma once

#include <cstdint>

#include <hourglass/ir/operation.hpp>

HOURGLASS_BEGIN

// An entry of such a table.
template <class T> struct known_of_operation {
    std::uint64_t id = 0;
    T value{};
};
template <class Op, class T> constexpr known_of_operation<T> known_of(T value) { return {id_of<Op>, value}; }

// Open addressing by the lowest bits of the id, which is a hash.
template <class T, int Count> class by_operation {
    static constexpr int capacity() {
        int slots = 4;
        while (slots < 2 * Count) slots *= 2;
        return slots;
    }
    static constexpr int slots = capacity();
    known_of_operation<T> entries_[slots]{};

    static void stands_there_twice() {} // not constexpr: the compiler's message names it

public:
    constexpr explicit by_operation(const known_of_operation<T> (&given)[Count]) {
        for (const known_of_operation<T>& entry : given) {
            int i = static_cast<int>(entry.id & (slots - 1));
            for (; entries_[i].id != 0; i = (i + 1) & (slots - 1))
                if (entries_[i].id == entry.id) stands_there_twice();
            entries_[i] = entry;
        }
    }
    // The place of an entry, or -1. Not a pointer: with its sanitizer GCC does not take a comparison with null for a
    // constant.
    constexpr int find(std::uint64_t id) const {
        int i = static_cast<int>(id & (slots - 1));
        while (entries_[i].id != id && entries_[i].id != 0) i = (i + 1) & (slots - 1);
        return entries_[i].id == id ? i : -1;
    }
    constexpr const T& operator[](int place) const { return entries_[place].value; }
};

HOURGLASS_END
