// Which columns of a sparse matrix can be computed together, in one direction, so that each of its elements can be read
// off. Greedy colourings on patterns alone (Gebremedhin, Manne and Pothen 2005, "What color is your Jacobian?"); the
// derivatives made with them are in autodiff/sparse_derivatives.hpp.
#pragma once

#include <hourglass/autodiff/dependence.hpp>

HOURGLASS_BEGIN

struct colouring {
    list<int> of; // of each column
    int count = 0;
};

class greedy_colouring {
    int count_;
    colouring c_;
    list<int> forbidden_; // by colour: the last column that may not have it

    // As pointers: each call of a list's is a step of a constant evaluation.
    const int *starts_, *columns_, *transposed_starts_, *rows_;
    int *of_ = nullptr, *forbids_ = nullptr;

    constexpr void give(int column) {
        int colour = 0;
        while (colour < c_.count && forbids_[colour] == column) ++colour;
        of_[column] = colour;
        if (colour == c_.count) ++c_.count;
    }
    // Columns of one colour have no row in common.
    constexpr void forbid_apart(int column) {
        for (int r = transposed_starts_[column], end = transposed_starts_[column + 1]; r < end; ++r)
            for (int k = starts_[rows_[r]], last = starts_[rows_[r] + 1]; k < last; ++k)
                if (const int colour = of_[columns_[k]]; colour >= 0) forbids_[colour] = column;
    }
    // Of a symmetric matrix, each element can be read from its row or from its column: neighbours have different
    // colours, and no path of four columns has two colours alone.
    constexpr void forbid_star(int v) {
        const int begin = starts_[v], end = starts_[v + 1];
        for (int i = begin; i < end; ++i) {
            const int w = columns_[i], colour = of_[w];
            if (w == v || colour < 0) continue;
            forbids_[colour] = v;
            bool twice = false; // among the neighbours of v
            for (int k = begin; k < end && !twice; ++k)
                twice = k != i && columns_[k] != v && of_[columns_[k]] == colour;
            for (int j = starts_[w], last = starts_[w + 1]; j < last; ++j) {
                const int x = columns_[j];
                if (x == v || x == w || of_[x] < 0 || forbids_[of_[x]] == v) continue;
                bool closed = twice;
                for (int k = starts_[x]; k < starts_[x + 1] && !closed; ++k) {
                    const int y = columns_[k];
                    closed = y != w && y != x && of_[y] == colour;
                }
                if (closed) forbids_[of_[x]] = v;
            }
        }
    }

public:
    constexpr greedy_colouring(const sparse_pattern& p, const sparse_pattern& transposed)
        : count_(p.columns), starts_(p.row_starts.begin()), columns_(p.column_of.begin()),
          transposed_starts_(transposed.row_starts.begin()), rows_(transposed.column_of.begin()) {}

    constexpr colouring run(bool star, const list<int>& order) {
        c_ = {list<int>(count_, -1), 0};
        forbidden_ = list<int>(count_, -1);
        of_ = c_.of.begin();
        forbids_ = forbidden_.begin();
        for (int column : order) {
            if (star)
                forbid_star(column);
            else
                forbid_apart(column);
            give(column);
        }
        return static_cast<colouring&&>(c_);
    }
};

constexpr list<int> natural_order(int count) {
    list<int> order(count);
    for (int i = 0; i < count; ++i) order[i] = i;
    return order;
}
// Columns with many elements first.
constexpr list<int> largest_first(const sparse_pattern& transposed) {
    list<int> order, starts(transposed.columns + 2);
    const auto length = [&](int j) { return transposed.row_starts[j + 1] - transposed.row_starts[j]; };
    for (int j = 0; j < transposed.rows; ++j) ++starts[transposed.columns - length(j) + 1];
    for (int l = 1; l < starts.size(); ++l) starts[l] += starts[l - 1];
    order = list<int>(transposed.rows);
    for (int j = 0; j < transposed.rows; ++j) order[starts[transposed.columns - length(j)]++] = j;
    return order;
}

// The columns of a pattern; `star`, of a symmetric one, so that either of two elements can be read.
constexpr colouring colour_columns(const sparse_pattern& p, const sparse_pattern& transposed, bool star = false) {
    const int least = star ? 1 : p.longest_row(); // a row's columns all differ
    if (least == p.columns) return {natural_order(p.columns), p.columns};
    greedy_colouring greedy(p, transposed);
    colouring best = greedy.run(star, natural_order(p.columns));
    if (best.count <= least) return best;
    colouring other = greedy.run(star, largest_first(transposed));
    return other.count < best.count ? other : best;
}

HOURGLASS_END
