// The matrix product for so few rows that packing the right operand would cost as much as the product: it is read in
// place. Tiles and epilogues are those of matrix_product.hpp.
#pragma once

#include <hourglass/kernels/packing.hpp>
#include <hourglass/kernels/partial.hpp>

HOURGLASS_BEGIN

namespace kernels {

// The most rows of A for `multiply_few_rows`: packing B costs about as much as reading it this often.
template <class T> inline constexpr int few_rows_limit = blocking<T>::rows / 2;

// Whether `multiply_few_rows` is faster.
template <class T> constexpr bool prefers_few_rows(int m, int /*n*/, int /*k*/) { return m <= few_rows_limit<T>; }

namespace detail {

// Up to three rows at a time, so that the sums of several vectors of columns for each row fit in registers.
inline constexpr int rows_together = 3;
template <class T> inline constexpr int tiles_together = std::clamp(blocking<T>::rows / rows_together, 1, 4);

// tile[r][c] for `rows` rows of A and `tiles` consecutive tiles. B is read in place row by row: b[i * stride + c].
template <class T, int rows, int tiles> HOURGLASS_NOINLINE void
rows_by_panels(T* tile, std::ptrdiff_t tile_size, matrix_operand<T> a, const T* b, std::ptrdiff_t stride, int k) {
    constexpr int columns = blocking<T>::columns, lanes = width<T>, per_tile = columns / lanes;
    vector<T> sums[rows][tiles * per_tile];
    HOURGLASS_UNROLL
    for (int r = 0; r < rows; ++r) {
        HOURGLASS_UNROLL
        for (int v = 0; v < tiles * per_tile; ++v) sums[r][v] = broadcast(T(0));
    }
    for (int i = 0; i < k; ++i) {
        vector<T> left[rows];
        HOURGLASS_UNROLL
        for (int r = 0; r < rows; ++r) left[r] = broadcast(a.data[r * a.row_stride + i * a.column_stride]);
        HOURGLASS_UNROLL
        for (int v = 0; v < tiles * per_tile; ++v) {
            const vector<T> right = load_vector(b + i * stride + v * lanes);
            HOURGLASS_UNROLL
            for (int r = 0; r < rows; ++r) sums[r][v] = fused_multiply_add(left[r], right, sums[r][v]);
        }
    }
    HOURGLASS_UNROLL
    for (int v = 0; v < tiles * per_tile; ++v) {
        HOURGLASS_UNROLL
        for (int r = 0; r < rows; ++r)
            store_vector(tile + v / per_tile * tile_size + r * columns + v % per_tile * lanes, sums[r][v]);
    }
}

// tile[r][c] for `rows` rows of A and `count` columns of B, both contiguous over k: dot products.
template <class T, int rows, int count>
HOURGLASS_NOINLINE void rows_by_columns(T* tile, matrix_operand<T> a, const T* b, std::ptrdiff_t column_stride, int k) {
    constexpr int lanes = width<T>;
    vector<T> sums[rows][count];
    HOURGLASS_UNROLL
    for (int r = 0; r < rows; ++r) {
        HOURGLASS_UNROLL
        for (int c = 0; c < count; ++c) sums[r][c] = broadcast(T(0));
    }
    const auto add = [&](auto&& read, int i) {
        vector<T> left[rows];
        HOURGLASS_UNROLL
        for (int r = 0; r < rows; ++r) left[r] = read(a.data + r * a.row_stride + i);
        HOURGLASS_UNROLL
        for (int c = 0; c < count; ++c) {
            const vector<T> right = read(b + c * column_stride + i);
            HOURGLASS_UNROLL
            for (int r = 0; r < rows; ++r) sums[r][c] = fused_multiply_add(left[r], right, sums[r][c]);
        }
    };
    int i = 0;
    for (; i + lanes <= k; i += lanes) add([](const T* from) { return load_vector(from); }, i);
    if (i < k) add([rest = k - i](const T* from) { return load_partial(from, rest); }, i);
    HOURGLASS_UNROLL
    for (int r = 0; r < rows; ++r) {
        HOURGLASS_UNROLL
        for (int c = 0; c < count; ++c) tile[r * blocking<T>::columns + c] = horizontal_sum(sums[r][c]);
    }
}

// All m rows of `tiles` tiles, each of tile_size numbers.
template <class T, int tiles> void all_rows_by_panels(T* tile, std::ptrdiff_t tile_size, matrix_operand<T> a, int m,
                                                      const T* b, std::ptrdiff_t stride, int k) {
    for (int r = 0; r < m; r += rows_together) {
        T* const target = tile + r * blocking<T>::columns;
        const matrix_operand<T> part{a.data + r * a.row_stride, a.row_stride, a.column_stride};
        if (m - r == 1)
            rows_by_panels<T, 1, tiles>(target, tile_size, part, b, stride, k);
        else if (m - r == 2)
            rows_by_panels<T, 2, tiles>(target, tile_size, part, b, stride, k);
        else
            rows_by_panels<T, 3, tiles>(target, tile_size, part, b, stride, k);
    }
}

// All m rows of one tile, `count` columns.
template <class T> void all_rows_by_columns(T* tile, matrix_operand<T> a, int m, const T* b,
                                            std::ptrdiff_t column_stride, int count, int k) {
    for (int r = 0; r < m; r += rows_together) {
        const matrix_operand<T> part{a.data + r * a.row_stride, a.row_stride, 1};
        for (int c = 0; c < count;) {
            T* const target = tile + r * blocking<T>::columns + c;
            const T* const from = b + c * column_stride;
            const bool four = c + 4 <= count;
            if (m - r == 1)
                (four ? rows_by_columns<T, 1, 4> : rows_by_columns<T, 1, 1>)(target, part, from, column_stride, k);
            else if (m - r == 2)
                (four ? rows_by_columns<T, 2, 4> : rows_by_columns<T, 2, 1>)(target, part, from, column_stride, k);
            else
                (four ? rows_by_columns<T, 3, 4> : rows_by_columns<T, 3, 1>)(target, part, from, column_stride, k);
            c += four ? 4 : 1;
        }
    }
}

// Where the right operand of some tiles lies, and how it is read.
template <class T> struct panels_in_place {
    enum class reading { rows, many_rows, columns } read;
    const T* data;
    std::ptrdiff_t row_stride, column_stride;
    int count; // of columns
};

// All m rows of one tile, or of tiles_together tiles. If k exceeds `together`, the two halves are summed separately and
// added.
template <class T> void multiply_panels(T* tile, std::ptrdiff_t tile_size, matrix_operand<T> a, int m,
                                        panels_in_place<T> b, int k, int together) {
    using reading = typename panels_in_place<T>::reading;
    if (k > together) {
        constexpr std::ptrdiff_t numbers = std::ptrdiff_t{tiles_together<T>} * few_rows_limit<T> * blocking<T>::columns;
        alignas(scratch_alignment) T second[numbers];
        const int half = half_of_depth(k, together);
        multiply_panels(tile, tile_size, a, m, b, half, together);
        a.data += half * a.column_stride;
        b.data += half * b.row_stride;
        multiply_panels(second, tile_size, a, m, b, k - half, together);
        for (int t = 0; t < (b.read == reading::many_rows ? tiles_together<T> : 1); ++t)
            for (int r = 0; r < m; ++r) {
                const std::ptrdiff_t row = t * tile_size + r * blocking<T>::columns;
                for (int c = 0; c < b.count; ++c) tile[row + c] += second[row + c];
            }
    } else if (b.read == reading::columns) {
        all_rows_by_columns(tile, a, m, b.data, b.column_stride, b.count, k);
    } else if (b.read == reading::many_rows) {
        all_rows_by_panels<T, tiles_together<T>>(tile, tile_size, a, m, b.data, b.row_stride, k);
    } else {
        all_rows_by_panels<T, 1>(tile, tile_size, a, m, b.data, b.row_stride, k);
    }
}

}

// One thread's share of C = A B for m <= few_rows_limit. B is read in place without packing, except at its edge or if
// it has no stride of 1. Scratch memory, epilogue (with first_row 0 and rows m) and the guarantee about threads are
// those of multiply_packed. Sums may run in another order than there, so the two agree only up to rounding.
template <class T> void multiply_few_rows(matrix_operand<T> a, matrix_operand<T> b, int m, int n, int k,
                                          T* panel_scratch, int thread, int threads,
                                          std::type_identity_t<epilogue_reference<T>> epilogue) {
    constexpr int columns = blocking<T>::columns, together = detail::tiles_together<T>;
    constexpr std::ptrdiff_t tile_size = std::ptrdiff_t{few_rows_limit<T>} * columns;
    alignas(scratch_alignment) T tiles[together * tile_size];
    const long long panels = (n + columns - 1) / columns;
    const int end = static_cast<int>(panels * (thread + 1) / threads);
    const bool dot_products = b.row_stride == 1 && b.column_stride != 1 && width<T> > 1;
    if (dot_products && a.column_stride != 1) { // m is at most columns, so a panel's scratch holds A
        for (int r = 0; r < m; ++r)
            for (int i = 0; i < k; ++i)
                panel_scratch[std::ptrdiff_t{r} * k + i] = a.data[r * a.row_stride + i * a.column_stride];
        a = {panel_scratch, k, 1};
    }
    for (int panel = static_cast<int>(panels * thread / threads); panel < end;) {
        const int first = panel * columns;
        using detail::panels_in_place;
        panels_in_place<T> from{panels_in_place<T>::reading::rows, b.data + first * b.column_stride, b.row_stride,
                                b.column_stride, std::min(columns, n - first)};
        int finished = 1;
        if (dot_products) {
            from.read = panels_in_place<T>::reading::columns;
        } else if (b.column_stride == 1 && panel + together <= end && first + together * columns <= n) {
            from.read = panels_in_place<T>::reading::many_rows;
            finished = together;
        } else if (b.column_stride != 1 || first + columns > n) {
            pack_right_panel(panel_scratch, b, k, n, panel);
            from.data = panel_scratch;
            from.row_stride = columns;
        }
        detail::multiply_panels(tiles, tile_size, a, m, from, k, depth_of_sum(k));
        for (int i = 0; i < finished; ++i, ++panel)
            epilogue(finished_part<T>{tiles + i * tile_size, columns, 0, m, panel * columns,
                                      std::min(columns, n - panel * columns)});
    }
}
}
HOURGLASS_END
