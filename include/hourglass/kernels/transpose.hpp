// Copies strided matrices into another order: the layout changes that a reshape cannot do by itself. Neither
// transposing as a part of a matrix product (a choice of strides there) nor arithmetic lives here.
#pragma once

#include <hourglass/kernels/simd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

HOURGLASS_BEGIN

namespace kernels {

namespace detail {

// target[i * row_stride + j] = source[i + j * column_stride] for i < rows, j < columns, in squares of vectors. A last
// square that would extend past the edge begins earlier and repeats some elements. Anything narrower than a square is
// copied element by element; partial vectors were measured to be no faster.
template <class T> HOURGLASS_NOINLINE void transpose_squares(T* target, std::ptrdiff_t row_stride, const T* source,
                                                             std::ptrdiff_t column_stride, int rows, int columns) {
    constexpr int lanes = width<T>;
    // Several squares along a target row before the next rows, so that a line of the target is completed while in the
    // nearest cache.
    constexpr int band = 4 * lanes;
    const bool whole = rows >= lanes && columns >= lanes;
    for (int first_column = 0; first_column < columns; first_column += band) {
        const int last_column = std::min(columns, first_column + band);
        for (int first_row = 0; first_row < rows; first_row += lanes) {
            for (int column = first_column; column < last_column; column += lanes) {
                const int i = whole ? std::min(first_row, rows - lanes) : first_row;
                const int j = whole ? std::min(column, columns - lanes) : column;
                T* const to = target + i * row_stride + j;
                const T* const from = source + i + j * column_stride;
                if (whole) {
                    vector<T> square[lanes];
                    HOURGLASS_UNROLL
                    for (int c = 0; c < lanes; ++c) square[c] = load_vector(from + c * column_stride);
                    transpose_square<T>(square);
                    HOURGLASS_UNROLL
                    for (int r = 0; r < lanes; ++r) store_vector(to + r * row_stride, square[r]);
                } else {
                    const int height = std::min(lanes, rows - i), breadth = std::min(lanes, columns - j);
                    for (int r = 0; r < height; ++r)
                        for (int c = 0; c < breadth; ++c) to[r * row_stride + c] = from[r + c * column_stride];
                }
            }
        }
    }
}

}

// target[i * target_row_stride + j * target_column_stride] = source[i * source_row_stride + j * source_column_stride]
// for i < rows and j < columns: transposes if the two orders differ, copies if they agree. The two must not overlap.
// Any alignment. rows * columns moves, in vectors if a stride of each side is 1.
template <class T> void copy_matrix(T* target, std::ptrdiff_t target_row_stride, std::ptrdiff_t target_column_stride,
                                    const T* source, std::ptrdiff_t source_row_stride,
                                    std::ptrdiff_t source_column_stride, int rows, int columns) {
    if (rows <= 0 || columns <= 0) return;
    if (target_column_stride != 1 && target_row_stride == 1) { // make the target's contiguous axis the inner one
        std::swap(target_row_stride, target_column_stride);
        std::swap(source_row_stride, source_column_stride);
        std::swap(rows, columns);
    }
    if (target_column_stride == 1 && source_column_stride == 1) {
        for (int i = 0; i < rows; ++i)
            std::memcpy(target + i * target_row_stride, source + i * source_row_stride,
                        static_cast<std::size_t>(columns) * sizeof(T));
    } else if (target_column_stride == 1 && source_row_stride == 1) {
        detail::transpose_squares(target, target_row_stride, source, source_column_stride, rows, columns);
    } else {
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < columns; ++j)
                target[i * target_row_stride + j * target_column_stride] =
                    source[i * source_row_stride + j * source_column_stride];
    }
}

// target (columns x rows, contiguous) = the transpose of source (rows x columns, contiguous).
template <class T> void transpose(T* target, const T* source, int rows, int columns) {
    copy_matrix(target, 1, rows, source, columns, 1, rows, columns);
}
}
HOURGLASS_END
