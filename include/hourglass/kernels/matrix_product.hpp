// The matrix product C = A B for operands of any strides: packing, the micro-kernel, and the loops around it that hand
// every finished tile of C to an epilogue, which decides what becomes of it. Nothing here stores C, allocates, starts
// threads or knows extents at compile time, so that one instantiation per number type serves every product of a
// program.
#pragma once

#include <hourglass/kernels/simd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

HOURGLASS_BEGIN

namespace kernels {

// The tile of C that stays in registers: all its accumulators, a row of B and a broadcast element of A have to fit.
template <class T> struct blocking {
#if defined(HOURGLASS_SCALAR)
    static constexpr int rows = 4, columns = 4;
#elif defined(__AVX512F__) || defined(__ARM_NEON)
    static constexpr int rows = 12, columns = 2 * width<T>;
#else
    static constexpr int rows = 6, columns = 2 * width<T>;
#endif
};

// Element (i, j) is data[i * row_stride + j * column_stride]: a transposition is an exchange of strides.
template <class T> struct matrix_operand {
    const T* data;
    std::ptrdiff_t row_stride, column_stride;
};

// Numbers in a packed left operand of m x k: all its blocks, each blocking::rows * k.
template <class T> constexpr std::size_t packed_left_size(int m, int k) {
    constexpr int rows = blocking<T>::rows;
    return static_cast<std::size_t>((m + rows - 1) / rows * rows) * static_cast<std::size_t>(k);
}

// Numbers in one packed panel of a right operand with k rows: the scratch memory that each thread brings.
template <class T> constexpr std::size_t panel_size(int k) {
    return static_cast<std::size_t>(blocking<T>::columns) * static_cast<std::size_t>(k);
}

namespace detail {

// packed[d * strip + s] = source[s * strip_stride + d * depth_stride], zero for count <= s < strip. Left blocks (a
// strip of rows) and right panels (a strip of columns) are the same thing, and each operand may have either stride
// equal to 1.
template <class T, int strip> HOURGLASS_NOINLINE void
pack_strip(T* packed, const T* source, std::ptrdiff_t strip_stride, std::ptrdiff_t depth_stride, int count, int depth) {
    constexpr int lanes = width<T>;
    constexpr int groups = (strip + lanes - 1) / lanes;
    if (strip_stride == 1) { // the strip lies contiguous: copied row by row
        if (count == strip) {
            for (int d = 0; d < depth; ++d)
                std::memcpy(packed + std::ptrdiff_t{d} * strip, source + d * depth_stride, strip * sizeof(T));
        } else {
            for (int d = 0; d < depth; ++d) {
                T* const target = packed + std::ptrdiff_t{d} * strip;
                const T* const from = source + d * depth_stride;
                for (int s = 0; s < strip; ++s) target[s] = s < count ? from[s] : T(0);
            }
        }
        return;
    }
    if (depth_stride != 1 || lanes == 1) {
        for (int d = 0; d < depth; ++d)
            for (int s = 0; s < strip; ++s)
                packed[std::ptrdiff_t{d} * strip + s] = s < count ? source[s * strip_stride + d * depth_stride] : T(0);
        return;
    }
    // The depth lies contiguous: squares of vectors are transposed. Where the strip is no multiple of the vector,
    // whole vectors are stored all the same, and what the last group writes too much is overwritten by the next
    // depth's.
    constexpr bool overlaps = strip % lanes != 0;
    constexpr int together = overlaps ? groups : 1;
    for (int first = 0; first < strip; first += together * lanes) {
        const T* const from = source + first * strip_stride;
        T* const to = packed + first;
        int d = 0;
        if (count >= std::min(strip, first + together * lanes)) {
            for (; d + lanes + (overlaps ? 1 : 0) <= depth; d += lanes) {
                vector<T> rows[together * lanes];
                HOURGLASS_UNROLL
                for (int i = 0; i < together * lanes; ++i)
                    rows[i] = i < strip ? load_vector(from + i * strip_stride + d) : broadcast(T(0));
                HOURGLASS_UNROLL
                for (int g = 0; g < together; ++g) transpose_square<T>(rows + g * lanes);
                HOURGLASS_UNROLL
                for (int i = 0; i < lanes; ++i) {
                    HOURGLASS_UNROLL
                    for (int g = 0; g < together; ++g)
                        store_vector(to + std::ptrdiff_t{d + i} * strip + g * lanes, rows[g * lanes + i]);
                }
            }
        }
        for (; d < depth; ++d) // what is left of the depth, or of the strip
            for (int s = first; s < std::min(strip, first + together * lanes); ++s)
                packed[std::ptrdiff_t{d} * strip + s] = s < count ? source[s * strip_stride + d] : T(0);
    }
}

}

// Block number `block` of A (m x k): blocking::rows rows from row block * blocking::rows, column by column, zeros
// for rows past m. `packed` is where this block starts, packed_left + block * blocking::rows * k; any alignment.
template <class T> void pack_left_block(T* packed, matrix_operand<T> a, int m, int k, int block) {
    constexpr int rows = blocking<T>::rows;
    const int first = block * rows;
    detail::pack_strip<T, rows>(packed, a.data + first * a.row_stride, a.row_stride, a.column_stride,
                                std::min(rows, m - first), k);
}

// All blocks of A, into packed_left_size(m, k) numbers.
template <class T> void pack_left(T* packed, matrix_operand<T> a, int m, int k) {
    constexpr int rows = blocking<T>::rows;
    for (int block = 0; block * rows < m; ++block)
        pack_left_block(packed + std::ptrdiff_t{block} * rows * k, a, m, k, block);
}

// Panel number `panel` of B (k x n): blocking::columns columns from column panel * blocking::columns, row by row,
// zeros for columns past n, into panel_size(k) numbers.
template <class T> void pack_right_panel(T* packed, matrix_operand<T> b, int k, int n, int panel) {
    constexpr int columns = blocking<T>::columns;
    const int first = panel * columns;
    detail::pack_strip<T, columns>(packed, b.data + first * b.column_stride, b.column_stride, b.row_stride,
                                   std::min(columns, n - first), k);
}

// tile[rows][columns] = block times panel, summed over k in ascending order, for the first `vectors` vectors of the
// columns and the first `rows` rows (by default all; nothing is written to the others). tile is aligned to
// scratch_alignment. 2 * rows * vectors * width * k operations; not inlined, so that it exists once per number type.
template <class T, int vectors = blocking<T>::columns / width<T>, int rows = blocking<T>::rows>
HOURGLASS_NOINLINE void micro_kernel(T* tile, const T* left_block, const T* right_panel, int k) {
    constexpr int columns = blocking<T>::columns, lanes = width<T>;
    vector<T> sums[rows][vectors];
    HOURGLASS_UNROLL
    for (int r = 0; r < rows; ++r) {
        HOURGLASS_UNROLL
        for (int v = 0; v < vectors; ++v) sums[r][v] = broadcast(T(0));
    }
    for (int i = 0; i < k; ++i) {
        vector<T> right[vectors];
        HOURGLASS_UNROLL
        for (int v = 0; v < vectors; ++v) right[v] = load_vector(right_panel + v * lanes);
        HOURGLASS_UNROLL
        for (int r = 0; r < rows; ++r) {
            const vector<T> left = broadcast(left_block[r]);
            HOURGLASS_UNROLL
            for (int v = 0; v < vectors; ++v) sums[r][v] = fused_multiply_add(left, right[v], sums[r][v]);
        }
        left_block += blocking<T>::rows;
        right_panel += columns;
    }
    HOURGLASS_UNROLL
    for (int r = 0; r < rows; ++r) {
        HOURGLASS_UNROLL
        for (int v = 0; v < vectors; ++v) store_vector(tile + r * columns + v * lanes, sums[r][v]);
    }
}

// One thread's share of C (m x n) = A B. The tiles, panel after panel, are divided into `threads` equal runs; a
// thread packs the panels that its run touches into panel_scratch (panel_size(k) numbers of its own, aligned to
// scratch_alignment for speed) and calls, once for every tile and in order,
//     epilogue(const T* tile, int first_row, int row_count, int first_column, int column_count)
// where tile[r * blocking::columns + c] is C(first_row + r, first_column + c) for r < row_count and c <
// column_count, and unspecified elsewhere. Every element is summed over k in ascending order by one thread, so
// results are the same to the bit for any number of threads. An epilogue that also has
//     prefetch(first_row, row_count, first_column, column_count)
// is told of each tile before it is computed: what it will read beside the tile can then arrive meanwhile.
template <class T, class Epilogue> void multiply_packed(const T* packed_left, matrix_operand<T> b, int m, int n, int k,
                                                        T* panel_scratch, int thread, int threads,
                                                        Epilogue&& epilogue) {
    constexpr int rows = blocking<T>::rows, columns = blocking<T>::columns;
    alignas(scratch_alignment) T tile[rows * columns];
    const long long blocks = (m + rows - 1) / rows;
    const long long tiles = blocks * ((n + columns - 1) / columns);
    const long long end = tiles * (thread + 1) / threads;
    int packed_panel = -1;
    for (long long t = tiles * thread / threads; t < end; ++t) {
        const int panel = static_cast<int>(t / blocks);
        const int block = static_cast<int>(t % blocks);
        if (panel != packed_panel) {
            pack_right_panel(panel_scratch, b, k, n, panel);
            packed_panel = panel;
        }
        const T* const left = packed_left + std::ptrdiff_t{block} * rows * k;
        const int column_count = std::min(columns, n - panel * columns);
        const int row_count = std::min(rows, m - block * rows);
        if constexpr (requires { epilogue.prefetch(0, 0, 0, 0); })
            epilogue.prefetch(block * rows, row_count, panel * columns, column_count);
        // The last panel of many common extents (784, 400) is half empty, and so is the last block of 128 rows.
        constexpr int half = columns / 2 / width<T>, whole = columns / width<T>, few = rows * 2 / 3;
        if (column_count <= columns / 2)
            (row_count <= few ? micro_kernel<T, half, few> : micro_kernel<T, half>)(tile, left, panel_scratch, k);
        else
            (row_count <= few ? micro_kernel<T, whole, few> : micro_kernel<T>)(tile, left, panel_scratch, k);
        epilogue(static_cast<const T*>(tile), block * rows, row_count, panel * columns, column_count);
    }
}

// The most rows of A that multiply_few_rows takes: packing B costs about as much as reading it this often.
template <class T> inline constexpr int few_rows_limit = blocking<T>::rows / 2;

// Whether multiply_few_rows is the faster.
template <class T> constexpr bool prefers_few_rows(int m, int /*n*/, int /*k*/) { return m <= few_rows_limit<T>; }

namespace detail {

// Up to three rows at a time, so that the sums of several vectors of columns for each fit the registers.
inline constexpr int rows_together = 3;
template <class T> inline constexpr int tiles_together = std::clamp(blocking<T>::rows / rows_together, 1, 4);

// tile[r][c] for `rows` rows of A and `tiles` consecutive tiles, B read in place row by row: b[i * stride + c].
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

}

// One thread's share of C = A B for m <= few_rows_limit: B is read in place without packing, except what lies at
// its edge or has no stride of 1. Scratch memory, epilogue (with first_row 0 and row_count m) and the promise about
// threads are those of multiply_packed; sums may run in another order than there, so the two agree to rounding
// only.
template <class T, class Epilogue> void multiply_few_rows(matrix_operand<T> a, matrix_operand<T> b, int m, int n, int k,
                                                          T* panel_scratch, int thread, int threads,
                                                          Epilogue&& epilogue) {
    constexpr int columns = blocking<T>::columns, together = detail::tiles_together<T>;
    constexpr std::ptrdiff_t tile_size = std::ptrdiff_t{few_rows_limit<T>} * columns;
    alignas(scratch_alignment) T tiles[together * tile_size];
    const long long panels = (n + columns - 1) / columns;
    const int end = static_cast<int>(panels * (thread + 1) / threads);
    const bool dot_products = b.row_stride == 1 && b.column_stride != 1 && width<T> > 1;
    if (dot_products && a.column_stride != 1) { // m is at most columns, so that a panel's scratch holds A
        for (int r = 0; r < m; ++r)
            for (int i = 0; i < k; ++i)
                panel_scratch[std::ptrdiff_t{r} * k + i] = a.data[r * a.row_stride + i * a.column_stride];
        a = {panel_scratch, k, 1};
    }
    for (int panel = static_cast<int>(panels * thread / threads); panel < end;) {
        const int first = panel * columns;
        const T* const from = b.data + first * b.column_stride;
        int finished = 1;
        if (dot_products) {
            detail::all_rows_by_columns(tiles, a, m, from, b.column_stride, std::min(columns, n - first), k);
        } else if (b.column_stride == 1 && panel + together <= end && first + together * columns <= n) {
            detail::all_rows_by_panels<T, together>(tiles, tile_size, a, m, from, b.row_stride, k);
            finished = together;
        } else if (b.column_stride == 1 && first + columns <= n) {
            detail::all_rows_by_panels<T, 1>(tiles, tile_size, a, m, from, b.row_stride, k);
        } else {
            pack_right_panel(panel_scratch, b, k, n, panel);
            detail::all_rows_by_panels<T, 1>(tiles, tile_size, a, m, panel_scratch, columns, k);
        }
        for (int i = 0; i < finished; ++i, ++panel)
            epilogue(static_cast<const T*>(tiles + i * tile_size), 0, m, panel * columns,
                     std::min(columns, n - panel * columns));
    }
}
}
HOURGLASS_END
