// Sets of directions that an element depends on. Each distinct set is stored once and has a number, so elements with
// equal dependences share it, and passing a set on copies a number.
#pragma once

#include <bit>
#include <cstdint>

#include <hourglass/ir/list.hpp>

HOURGLASS_BEGIN

// Sets are made for thousands of elements, and in constant evaluation each call is a step. So the arrays are written
// through pointers, and the search for an equal set is written inline.
class direction_sets {
    // The bits as words: those from `begin` to `end` are stored, at `first`; the others are zero.
    struct content {
        std::uint64_t key = 0; // equal for equal sets
        int begin = 0, end = 0, first = 0;
        bool has_constant = false;
    };
    list<content> sets_;
    list<std::uint64_t> words_;
    list<int> slots_; // open addressing: the number of a set, or `none`
    int set_count_ = 2, word_count_ = 0;

public:
    static constexpr int none = 0;
    /// The set of an element that is constant and not known to be zero. Other sets may have a constant part besides
    /// directions.
    static constexpr int constant = 1;
    static constexpr int single(int direction) { return direction + 2; }

    constexpr explicit direction_sets(int directions)
        : sets_(4 * directions + 64), words_(8 * directions + 64), slots_(1024) {
        sets_[constant].has_constant = true;
        for (int d = 0; d < directions; ++d) {
            words_[d] = 1ull << (d % 64);
            find_or_add(d / 64, d / 64 + 1, false);
        }
    }

    constexpr int unite(int a, int b) {
        if (a == b || b == none) return a;
        if (a == none) return b;
        const content* const sets = sets_.begin();
        const content x = sets[a], y = sets[b];
        if (a == constant) return with_constant(b);
        if (b == constant) return with_constant(a);
        const int begin = x.begin < y.begin ? x.begin : y.begin, end = x.end > y.end ? x.end : y.end;
        if (word_count_ + end - begin > words_.size()) more_words(end - begin);
        std::uint64_t* const all = words_.begin();
        for (int w = begin, to = word_count_; w < end; ++w, ++to)
            all[to] = (w >= x.begin && w < x.end ? all[x.first + w - x.begin] : 0) |
                      (w >= y.begin && w < y.end ? all[y.first + w - y.begin] : 0);
        return find_or_add(begin, end, x.has_constant || y.has_constant);
    }
    /// Returns how many directions a set has.
    constexpr int count(int set) const {
        const content x = sets_[set];
        int all = 0;
        for (int w = x.begin; w < x.end; ++w) all += std::popcount(words_[x.first + w - x.begin]);
        return all;
    }
    /// Writes the directions in increasing order; returns the end of what was written.
    constexpr int* copy(int set, int* to) const {
        const content x = sets_[set];
        for (int w = x.begin; w < x.end; ++w)
            for (std::uint64_t left = words_[x.first + w - x.begin]; left != 0; left &= left - 1)
                *to++ = 64 * w + std::countr_zero(left);
        return to;
    }

private:
    constexpr int with_constant(int set) {
        const content x = sets_[set];
        if (x.has_constant) return set;
        if (word_count_ + x.end - x.begin > words_.size()) more_words(x.end - x.begin);
        for (int w = 0; w < x.end - x.begin; ++w) words_[word_count_ + w] = words_[x.first + w];
        return find_or_add(x.begin, x.end, true);
    }
    // Returns the number of the set whose words were just written after those of all sets.
    constexpr int find_or_add(int begin, int end, bool has_constant) {
        if (2 * set_count_ > slots_.size()) more_slots();
        const content* const sets = sets_.begin();
        const std::uint64_t* const words = words_.begin() + word_count_;
        int *const slots = slots_.begin(), mask = slots_.size() - 1;
        std::uint64_t key = static_cast<unsigned>(2 * begin + has_constant);
        for (int w = 0; w < end - begin; ++w) key = (key ^ words[w]) * 0xff51afd7ed558ccdull, key ^= key >> 32;
        key = key * 0xc4ceb9fe1a85ec53ull, key ^= key >> 32;
        int at = static_cast<int>(key) & mask;
        for (; slots[at] != none; at = (at + 1) & mask) {
            const content& other = sets[slots[at]];
            if (other.key != key || other.begin != begin || other.end != end || other.has_constant != has_constant)
                continue;
            int w = end - begin - 1;
            while (w >= 0 && words_.begin()[other.first + w] == words[w]) --w;
            if (w < 0) return slots[at];
        }
        slots[at] = set_count_;
        if (set_count_ == sets_.size()) more_sets();
        sets_.begin()[set_count_] = {key, begin, end, word_count_, has_constant};
        word_count_ += end - begin;
        return set_count_++;
    }
    constexpr void more_words(int count) { words_.extend(words_.size() + count); }
    constexpr void more_sets() { sets_.extend(sets_.size()); }
    constexpr void more_slots() {
        const int mask = 4 * slots_.size() - 1;
        slots_ = list<int>(mask + 1);
        for (int s = 2; s < set_count_; ++s) {
            int at = static_cast<int>(sets_[s].key) & mask;
            while (slots_[at] != none) at = (at + 1) & mask;
            slots_[at] = s;
        }
    }
};

HOURGLASS_END
