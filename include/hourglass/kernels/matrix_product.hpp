// The matrix product C = A B for operands of any strides: packing, the micro-kernel, and the loops around it that hand
// every finished tile of C to an epilogue, which decides what becomes of it. Nothing here stores C, allocates, starts
// threads or knows extents at compile time, so that one instantiation per number type serves every product of a program.
#pragma once

#include <hourglass/kernels/simd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

HOURGLASS_BEGIN namespace kernels {

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

// packed[d * strip + s] = source[s * strip_stride + d * depth_stride], zero for count <= s < strip. Left blocks (a strip
// of rows) and right panels (a strip of columns) are the same thing, and each operand may have either stride equal to 1.
template <class T, int strip>
HOURGLASS_NOINLINE void pack_strip(T* packed, const T* source, std::ptrdiff_t strip_stride, std::ptrdiff_t depth_stride,
                                   int count, int depth) {
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
    // The depth lies contiguous: squares of vectors are transposed. Where the strip is no multiple of the vector, whole
    // vectors are stored all the same, and what the last group writes too much is overwritten by the next depth's.
    constexpr bool overlaps = strip % lanes != 0;
    constexpr int together = overlaps ? groups : 1;
    for (int first_group = 0; first_group < groups; first_group += together) {
        for (int d = 0; d < depth; d += lanes) {
            const int present = std::min(lanes, depth - d);
            vector<T> rows[together * lanes];
            for (int i = 0; i < together * lanes; ++i) {
                const int s = first_group * lanes + i;
                const T* const from = source + s * strip_stride + d;
                rows[i] = s >= count ? broadcast(T(0)) : present == lanes ? load_vector(from) : load_partial(from, present);
            }
            for (int g = 0; g < together; ++g) transpose_square<T>(rows + g * lanes);
            for (int i = 0; i < present; ++i) {
                T* const target = packed + std::ptrdiff_t{d + i} * strip + first_group * lanes;
                for (int g = 0; g < together; ++g) {
                    if (overlaps && g == together - 1 && d + i == depth - 1)
                        store_partial(target + g * lanes, rows[g * lanes + i], strip - g * lanes);
                    else
                        store_vector(target + g * lanes, rows[g * lanes + i]);
                }
            }
        }
    }
}

}

// Block number `block` of A (m x k): blocking::rows rows from row block * blocking::rows, column by column, zeros for
// rows past m. `packed` is where this block starts, packed_left + block * blocking::rows * k; any alignment.
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

// Panel number `panel` of B (k x n): blocking::columns columns from column panel * blocking::columns, row by row, zeros
// for columns past n, into panel_size(k) numbers.
template <class T> void pack_right_panel(T* packed, matrix_operand<T> b, int k, int n, int panel) {
    constexpr int columns = blocking<T>::columns;
    const int first = panel * columns;
    detail::pack_strip<T, columns>(packed, b.data + first * b.column_stride, b.column_stride, b.row_stride,
                                   std::min(columns, n - first), k);
}

// tile[rows][columns] = block times panel, summed over k in ascending order. tile is aligned to scratch_alignment.
// 2 * rows * columns * k operations; not inlined, so that it exists once per number type.
template <class T> HOURGLASS_NOINLINE void micro_kernel(T* tile, const T* left_block, const T* right_panel, int k) {
    constexpr int rows = blocking<T>::rows, columns = blocking<T>::columns, lanes = width<T>, vectors = columns / lanes;
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
        left_block += rows;
        right_panel += columns;
    }
    HOURGLASS_UNROLL
    for (int r = 0; r < rows; ++r) {
        HOURGLASS_UNROLL
        for (int v = 0; v < vectors; ++v) store_vector(tile + r * columns + v * lanes, sums[r][v]);
    }
}

// One thread's share of C (m x n) = A B. The tiles, panel after panel, are divided into `threads` equal runs; a thread
// packs the panels that its run touches into panel_scratch (panel_size(k) numbers of its own, aligned to
// scratch_alignment for speed) and calls, once for every tile and in order,
//     epilogue(const T* tile, int first_row, int row_count, int first_column, int column_count)
// where tile[r * blocking::columns + c] is C(first_row + r, first_column + c). Every element is summed over k in
// ascending order by one thread, so results are the same to the bit for any number of threads.
template <class T, class Epilogue>
void multiply_packed(const T* packed_left, matrix_operand<T> b, int m, int n, int k, T* panel_scratch, int thread,
                     int threads, Epilogue&& epilogue) {
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
        micro_kernel(tile, packed_left + std::ptrdiff_t{block} * rows * k, panel_scratch, k);
        epilogue(static_cast<const T*>(tile), block * rows, std::min(rows, m - block * rows), panel * columns,
                 std::min(columns, n - panel * columns));
    }
}

// The most rows of A that multiply_few_rows takes.
inline constexpr int few_rows_limit = 3;

// Whether multiply_few_rows is the faster: packing a panel costs as much as multiplying about this many rows by it.
constexpr bool prefers_few_rows(int m, int /*n*/, int /*k*/) { return m <= few_rows_limit; }

namespace detail {

// tile[r][c] for `rows` rows and `tiles` consecutive tiles, B read in place row by row: b[i * stride + c].
template <class T, int rows, int tiles>
HOURGLASS_NOINLINE void rows_by_panels(T* tile, matrix_operand<T> a, const T* b, std::ptrdiff_t stride, int k) {
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
            store_vector(tile + (v / per_tile * rows + r) * columns + v % per_tile * lanes, sums[r][v]);
    }
}

// tile[r][c] for `rows` rows and `count` columns, A's rows and B's columns contiguous over k: dot products.
template <class T, int rows, int count>
HOURGLASS_NOINLINE void rows_by_columns(T* tile, const T* a, std::ptrdiff_t row_stride, const T* b,
                                        std::ptrdiff_t column_stride, int k) {
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
        for (int r = 0; r < rows; ++r) left[r] = read(a + r * row_stride + i);
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

template <int rows, class T, class Epilogue>
void multiply_rows(matrix_operand<T> a, matrix_operand<T> b, int n, int k, T* panel_scratch, int thread, int threads,
                   Epilogue& epilogue) {
    constexpr int columns = blocking<T>::columns, lanes = width<T>;
    // As many tiles at once as the registers hold, so that enough independent sums hide the latency of the addition.
    constexpr int together = std::clamp(blocking<T>::rows / rows, 1, 4);
    alignas(scratch_alignment) T tile[together * rows * columns];
    const long long panels = (n + columns - 1) / columns;
    const int end = static_cast<int>(panels * (thread + 1) / threads);
    int panel = static_cast<int>(panels * thread / threads);
    const auto hand_over = [&](const T* finished) {
        epilogue(finished, 0, rows, panel * columns, std::min(columns, n - panel * columns));
    };

    if (b.row_stride == 1 && b.column_stride != 1 && lanes > 1) {
        if (a.column_stride != 1) { // at most columns rows, so the panel's scratch holds them
            for (int r = 0; r < rows; ++r)
                for (int i = 0; i < k; ++i) panel_scratch[std::ptrdiff_t{r} * k + i] = a.data[r * a.row_stride + i * a.column_stride];
            a = {panel_scratch, k, 1};
        }
        for (; panel < end; ++panel) {
            const int first = panel * columns, count = std::min(columns, n - first);
            int c = 0;
            for (; c + 4 <= count; c += 4)
                rows_by_columns<T, rows, 4>(tile + c, a.data, a.row_stride, b.data + (first + c) * b.column_stride,
                                            b.column_stride, k);
            for (; c < count; ++c)
                rows_by_columns<T, rows, 1>(tile + c, a.data, a.row_stride, b.data + (first + c) * b.column_stride,
                                            b.column_stride, k);
            hand_over(tile);
        }
        return;
    }
    while (panel < end) {
        const bool in_place = b.column_stride == 1;
        if (in_place && panel + together <= end && (panel + together) * columns <= n) {
            rows_by_panels<T, rows, together>(tile, a, b.data + std::ptrdiff_t{panel} * columns, b.row_stride, k);
            for (int i = 0; i < together; ++i, ++panel) hand_over(tile + i * rows * columns);
        } else if (in_place && (panel + 1) * columns <= n) {
            rows_by_panels<T, rows, 1>(tile, a, b.data + std::ptrdiff_t{panel} * columns, b.row_stride, k);
            hand_over(tile), ++panel;
        } else {
            pack_right_panel(panel_scratch, b, k, n, panel);
            rows_by_panels<T, rows, 1>(tile, a, panel_scratch, columns, k);
            hand_over(tile), ++panel;
        }
    }
}

}

// One thread's share of C = A B for m <= few_rows_limit: B is read in place, once, without packing (except what lies at
// its edge, or has no stride of 1). Scratch memory, epilogue and the promise about threads are those of multiply_packed;
// sums run in another order than there, so the two agree to rounding only.
template <class T, class Epilogue>
void multiply_few_rows(matrix_operand<T> a, matrix_operand<T> b, int m, int n, int k, T* panel_scratch, int thread,
                       int threads, Epilogue&& epilogue) {
    static_assert(few_rows_limit == 3);
    if (m == 1) detail::multiply_rows<1>(a, b, n, k, panel_scratch, thread, threads, epilogue);
    if (m == 2) detail::multiply_rows<2>(a, b, n, k, panel_scratch, thread, threads, epilogue);
    if (m == 3) detail::multiply_rows<3>(a, b, n, k, panel_scratch, thread, threads, epilogue);
}

} HOURGLASS_END
