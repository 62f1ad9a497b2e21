// Which columns of a sparse matrix can be computed together, in one direction, such that each element can still be read
// off. Greedy colourings of patterns only (Gebremedhin, Manne and Pothen 2005, "What color is your Jacobian?"). The
// derivatives that use them are in autodiff/sparse_derivatives.hpp.
#pragma once

#include <bit>
#include <cstdint>

#include <hourglass/autodiff/dependence.hpp>

HOURGLASS_BEGIN

struct colouring {
    list<int> of; // of each column
    int count = 0;
};

// Sets of colours are bits in a few words, so a column's forbidden colours are found row by row, not element by
// element.
class greedy_colouring {
    using bits = std::uint64_t;
    int count_; // of columns
    int row_count_;
    int words_; // in a set of colours
    int used_words_ = 1;
    colouring c_;

    // For each row, or neighbourhood: the colours that occur, and those that occur more than once.
    list<bits> once_, twice_, forbidden_;
    // For each column: the word that its colour is in, and its bit there; no bit until it has a colour.
    list<int> word_;
    list<bits> bit_;

    // Pointers here and in inner loops: each call of a `list` member is a step of constant evaluation.
    const int *starts_, *columns_, *transposed_starts_, *rows_;

    // Gives the column the first colour that is not forbidden.
    constexpr void give(int column) {
        bits* const forbidden = forbidden_.begin();
        int w = 0;
        while (forbidden[w] == ~bits{}) ++w;
        const int colour = 64 * w + std::countr_one(forbidden[w]);
        c_.of[column] = colour;
        word_[column] = w;
        bit_[column] = bits{1} << (colour % 64);
        if (colour == c_.count) used_words_ = ++c_.count / 64 + 1;
        for (w = 0; w < used_words_; ++w) forbidden[w] = 0;
    }
    // Distance-1 colouring: columns of one colour have no row in common.
    constexpr void colour_apart(int column) {
        const int begin = transposed_starts_[column], end = transposed_starts_[column + 1];
        bits *const once = once_.begin(), *const forbidden = forbidden_.begin();
        for (int w = 0; w < used_words_; ++w)
            for (int r = begin; r < end; ++r) forbidden[w] |= once[rows_[r] * words_ + w];
        give(column);
        const int word = word_[column];
        const bits bit = bit_[column];
        for (int r = begin; r < end; ++r) once[rows_[r] * words_ + word] |= bit;
    }
    // Star colouring of a symmetric matrix: each element can be read from its row or from its column if neighbours
    // differ in colour and no path of four columns has only two colours. A path that v would complete ends at v, or
    // passes through v between two neighbours of one colour.
    constexpr void colour_star(int v) {
        const int begin = starts_[v], end = starts_[v + 1];
        bits *const once = once_.begin(), *const twice = twice_.begin(), *const forbidden = forbidden_.begin();
        const bits* const bit = bit_.begin();
        const int* const word = word_.begin();
        for (int i = begin; i < end; ++i) {
            const int w = columns_[i], of = word[w];
            const bits colour = bit[w];
            if (w == v || colour == 0) continue;
            forbidden[of] |= colour;
            if ((twice[v * words_ + of] & colour) != 0)
                for (int k = 0; k < used_words_; ++k) forbidden[k] |= once[w * words_ + k];
            else
                for (int j = starts_[w], last = starts_[w + 1]; j < last; ++j)
                    forbidden[word[columns_[j]]] |=
                        (twice[columns_[j] * words_ + of] & colour) != 0 ? bit[columns_[j]] : 0;
        }
        give(v);
        for (int i = begin; i < end; ++i) {
            if (columns_[i] == v) continue;
            const int at = columns_[i] * words_ + word[v];
            twice[at] |= once[at] & bit[v];
            once[at] |= bit[v];
        }
    }

public:
    constexpr greedy_colouring(const sparse_pattern& p, const sparse_pattern& transposed)
        : count_(p.columns), row_count_(p.rows), words_(most_colours(p, transposed) / 64 + 1),
          starts_(p.row_starts.begin()), columns_(p.column_of.begin()),
          transposed_starts_(transposed.row_starts.begin()), rows_(transposed.column_of.begin()) {}

    constexpr colouring run(bool star, const list<int>& order) {
        c_ = {list<int>(count_), 0};
        used_words_ = 1;
        once_ = list<bits>(words_ * row_count_);
        if (star) twice_ = list<bits>(words_ * row_count_);
        forbidden_ = list<bits>(words_);
        bit_ = list<bits>(count_);
        word_ = list<int>(count_);
        for (int column : order) {
            if (star)
                colour_star(column);
            else
                colour_apart(column);
        }
        return static_cast<colouring&&>(c_);
    }

private:
    // An upper bound: a column's colour must differ from those of the columns it shares a row with.
    static constexpr int most_colours(const sparse_pattern& p, const sparse_pattern& transposed) {
        const long neighbours = static_cast<long>(p.longest_row()) * transposed.longest_row();
        return neighbours < p.columns ? static_cast<int>(neighbours) : p.columns;
    }
};

constexpr list<int> natural_order(int count) {
    list<int> order(count);
    for (int i = 0; i < count; ++i) order[i] = i;
    return order;
}
// Columns with the most elements come first.
constexpr list<int> largest_first(const sparse_pattern& transposed) {
    list<int> order, starts(transposed.columns + 2);
    const auto length = [&](int j) { return transposed.row_starts[j + 1] - transposed.row_starts[j]; };
    for (int j = 0; j < transposed.rows; ++j) ++starts[transposed.columns - length(j) + 1];
    for (int l = 1; l < starts.size(); ++l) starts[l] += starts[l - 1];
    order = list<int>(transposed.rows);
    for (int j = 0; j < transposed.rows; ++j) order[starts[transposed.columns - length(j)]++] = j;
    return order;
}

// Colours the columns of a pattern. `star`: the pattern is symmetric, and either of two mirrored elements can be read.
constexpr colouring colour_columns(const sparse_pattern& p, const sparse_pattern& transposed, bool star = false) {
    const int least = star ? 1 : p.longest_row(); // the columns of a row all differ
    if (least == p.columns) return {natural_order(p.columns), p.columns};
    greedy_colouring greedy(p, transposed);
    colouring best = greedy.run(star, natural_order(p.columns));
    if (best.count <= least) return best;
    colouring other = greedy.run(star, largest_first(transposed));
    return other.count < best.count ? other : best;
}

HOURGLASS_END
