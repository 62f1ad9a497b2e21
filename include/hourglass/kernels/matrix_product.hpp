// The matrix product C = A B for operands of any strides: the micro-kernel, and the loops around it that hand every
// finished tile of C to an epilogue, which decides what becomes of it. Nothing here stores C, allocates, starts threads
// or knows extents at compile time, so one instantiation per number type serves every product of a program. Packing is
// in packing.hpp.
#pragma once

#include <hourglass/kernels/packing.hpp>

HOURGLASS_BEGIN

namespace kernels {

// tile[r * stride + c] = block times panel, summed over k in ascending order, for the first `vectors` vectors of
// columns and the first `rows` rows (by default all; nothing is written to the others). `tile` is aligned to
// scratch_alignment. Takes 2 * rows * vectors * width * k operations. Not inlined, so that it exists once per number
// type.
template <class T, int vectors = blocking<T>::columns / width<T>, int rows = blocking<T>::rows>
HOURGLASS_NOINLINE void micro_kernel(T* tile, std::ptrdiff_t stride, const T* left_block, const T* right_panel, int k) {
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
        for (int v = 0; v < vectors; ++v) store_vector(tile + r * stride + v * lanes, sums[r][v]);
    }
}

namespace detail {

// Prefetches one part of `parts` of a panel of B that will be packed soon. A panel of a wide matrix comes from as many
// pages as it has rows; it arrives while the previous panel is multiplied.
template <class T> void prefetch_panel(matrix_operand<T> b, int k, int n, int panel, int part, int parts) {
    constexpr int columns = blocking<T>::columns, line = static_cast<int>(64 / sizeof(T));
    const int first = static_cast<int>(static_cast<long long>(k) * part / parts);
    const int last = static_cast<int>(static_cast<long long>(k) * (part + 1) / parts);
    const int count = std::min(columns, n - panel * columns);
    const T* const from = b.data + std::ptrdiff_t{panel} * columns * b.column_stride;
    if (b.column_stride == 1) {
        for (int d = first; d < last; ++d)
            for (int c = 0; c < count; c += line) __builtin_prefetch(from + d * b.row_stride + c, 0, 2);
    } else if (b.row_stride == 1) {
        for (int c = 0; c < count; ++c)
            for (int d = first; d < last; d += line) __builtin_prefetch(from + c * b.column_stride + d, 0, 2);
    }
}

// A tile of C from a packed block and a packed panel, summed over k in ascending order: row_count by column_count
// elements, and more if that costs nothing.
template <class T> void compute_shallow_tile(T* tile, std::ptrdiff_t stride, const T* left_block, const T* right_panel,
                                             int k, int row_count, int column_count) {
    constexpr int columns = blocking<T>::columns, few = row_blocks<T>::few;
    // The last panel of many common extents (784, 400 in 32s) is half empty.
    constexpr int half = columns / 2 / width<T>, whole = columns / width<T>;
    if (column_count <= columns / 2)
        (row_count <= few ? micro_kernel<T, half, few> : micro_kernel<T, half>)(tile, stride, left_block, right_panel,
                                                                                k);
    else
        (row_count <= few ? micro_kernel<T, whole, few> : micro_kernel<T>)(tile, stride, left_block, right_panel, k);
}
// If k exceeds `together`, sums the two halves separately and adds them.
template <class T> HOURGLASS_NOINLINE void compute_deep_tile(T* tile, std::ptrdiff_t stride, const T* left_block,
                                                             const T* right_panel, int k, int row_count,
                                                             int column_count, int together) {
    constexpr int rows = blocking<T>::rows, columns = blocking<T>::columns;
    if (k <= together) return compute_shallow_tile(tile, stride, left_block, right_panel, k, row_count, column_count);
    const int half = half_of_depth(k, together);
    alignas(scratch_alignment) T second[rows * columns];
    compute_deep_tile(tile, stride, left_block, right_panel, half, row_count, column_count, together);
    compute_deep_tile(second, columns, left_block + std::ptrdiff_t{half} * rows,
                      right_panel + std::ptrdiff_t{half} * columns, k - half, row_count, column_count, together);
    for (int r = 0; r < row_count; ++r)
        for (int c = 0; c < column_count; c += width<T>) // past the columns, whole vectors were written too
            store_vector(tile + r * stride + c,
                         load_vector(tile + r * stride + c) + load_vector(second + r * columns + c));
}
template <class T> void compute_tile(T* tile, std::ptrdiff_t stride, const T* left_block, const T* right_panel, int k,
                                     int row_count, int column_count) {
    if (const int together = depth_of_sum(k); k <= together)
        compute_shallow_tile(tile, stride, left_block, right_panel, k, row_count, column_count);
    else
        compute_deep_tile(tile, stride, left_block, right_panel, k, row_count, column_count, together);
}

}

// One thread's share of C (m x n) = A B. The tiles, panel after panel, are divided into `threads` equal runs. A thread
// packs the panels of its run into panel_scratch (scratch_size(k) numbers of its own, aligned to scratch_alignment for
// speed) and calls epilogue(finished_part<T>) once for every tile, in order. One thread sums every element over k in
// one order, so results are identical to the bit for any number of threads.
template <class T> void multiply_packed(const T* packed_left, matrix_operand<T> b, int m, int n, int k,
                                        T* panel_scratch, int thread, int threads,
                                        std::type_identity_t<epilogue_reference<T>> epilogue) {
    constexpr int rows = blocking<T>::rows, columns = blocking<T>::columns;
    alignas(scratch_alignment) T tile[rows * columns];
    const row_blocks<T> cut{m};
    const long long blocks = cut.count();
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
        if (t - block + blocks < end) // the next panel is this thread's too
            detail::prefetch_panel(b, k, n, panel + 1, block, static_cast<int>(blocks));
        const int column_count = std::min(columns, n - panel * columns);
        detail::compute_tile<T>(tile, columns, packed_left + std::ptrdiff_t{block} * rows * k, panel_scratch, k,
                                cut.size(block), column_count);
        epilogue(finished_part<T>{tile, columns, cut.first(block), cut.size(block), panel * columns, column_count});
    }
}

// The same with the right operand already packed, all its panels consecutive (packed_right_size(k, n) numbers). Tiles
// come in the order of C's rows, as parts up to strip_columns wide, for an epilogue that reads and writes matrices as
// large as C, such as an optimiser's moments: these then stream through memory row by row. (Tile by tile, as many short
// pieces would be in flight as a tile has rows, and with 1024 columns all of them would map to the same set of the
// first-level cache; measured to take three times as long.) A thread packs the blocks of A of its run into
// block_scratch (scratch_size(k) numbers of its own).
template <class T> void multiply_by_rows(matrix_operand<T> a, const T* packed_right, int m, int n, int k,
                                         T* block_scratch, int thread, int threads,
                                         std::type_identity_t<epilogue_reference<T>> epilogue) {
    constexpr int rows = blocking<T>::rows, columns = blocking<T>::columns;
    constexpr int strip_columns = std::max(columns, 4096 / static_cast<int>(sizeof(T)));
    constexpr std::ptrdiff_t stride = strip_columns + columns; // no power of two: rows must not share a cache set
    alignas(scratch_alignment) T strip[static_cast<std::size_t>(rows * stride)];
    const row_blocks<T> cut{m};
    const long long blocks = cut.count(), panels = (n + columns - 1) / columns;
    const long long together = std::min<long long>(panels, strip_columns / columns);
    const long long tiles = blocks * panels, end = tiles * (thread + 1) / threads;
    int packed_block = -1;
    for (long long t = tiles * thread / threads; t < end;) {
        const long long first = t / (blocks * together) * together; // of the current panels
        const long long at_hand = std::min(together, panels - first), within = t - first * blocks;
        const int block = static_cast<int>(within / at_hand);
        if (block != packed_block) {
            pack_left_block(block_scratch, a, m, k, block);
            packed_block = block;
        }
        const int first_panel = static_cast<int>(first + within % at_hand);
        const int last_panel = static_cast<int>(std::min(first + at_hand, first_panel + (end - t)));
        for (int panel = first_panel; panel < last_panel; ++panel)
            detail::compute_tile<T>(strip + (panel - first_panel) * columns, stride, block_scratch,
                                    packed_right + panel * static_cast<std::ptrdiff_t>(panel_size<T>(k)), k,
                                    cut.size(block), std::min(columns, n - panel * columns));
        epilogue(finished_part<T>{strip, stride, cut.first(block), cut.size(block), first_panel * columns,
                                  std::min(last_panel * columns, n) - first_panel * columns});
        t += last_panel - first_panel;
    }
}
}
HOURGLASS_END
