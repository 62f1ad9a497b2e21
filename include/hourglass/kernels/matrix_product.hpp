// The matrix product C = A B for operands of any strides: the micro-kernel, and the loops around it that hand
// every finished tile of C to an epilogue, which decides what becomes of it. Nothing here stores C, allocates, starts
// threads or knows extents at compile time, so that one instantiation per number type serves every product of a
// program. Packing is in packing.hpp.
#pragma once

#include <hourglass/kernels/packing.hpp>

HOURGLASS_BEGIN

namespace kernels {

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

namespace detail {

// Asks for one part of `parts` of a panel of B that will be packed soon. Operands come from far away, a panel of a wide
// matrix from as many pages as it has rows, and arrive while the panel before is multiplied.
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

// One tile of C from a packed block and a packed panel, handed to the epilogue: see multiply_packed.
template <class T, class Epilogue> void finish_tile(T* tile, const T* left_block, const T* right_panel, int m, int n,
                                                    int k, int block, int panel, Epilogue&& epilogue) {
    constexpr int columns = blocking<T>::columns, few = row_blocks<T>::few;
    const row_blocks<T> blocks{m};
    const int column_count = std::min(columns, n - panel * columns), row_count = blocks.size(block);
    // The last panel of many common extents (784, 400 in 32s) is half empty.
    constexpr int half = columns / 2 / width<T>, whole = columns / width<T>;
    if (column_count <= columns / 2)
        (row_count <= few ? micro_kernel<T, half, few> : micro_kernel<T, half>)(tile, left_block, right_panel, k);
    else
        (row_count <= few ? micro_kernel<T, whole, few> : micro_kernel<T>)(tile, left_block, right_panel, k);
    epilogue(static_cast<const T*>(tile), blocks.first(block), row_count, panel * columns, column_count);
}

}

// One thread's share of C (m x n) = A B. The tiles, panel after panel, are divided into `threads` equal runs; a
// thread packs the panels that its run touches into panel_scratch (scratch_size(k) numbers of its own, aligned to
// scratch_alignment for speed) and calls, once for every tile and in order,
//     epilogue(const T* tile, int first_row, int row_count, int first_column, int column_count)
// where tile[r * blocking::columns + c] is C(first_row + r, first_column + c) for r < row_count and c <
// column_count, and unspecified elsewhere. Every element is summed over k in ascending order by one thread, so
// results are the same to the bit for any number of threads.
template <class T, class Epilogue> void multiply_packed(const T* packed_left, matrix_operand<T> b, int m, int n, int k,
                                                        T* panel_scratch, int thread, int threads,
                                                        Epilogue&& epilogue) {
    constexpr int rows = blocking<T>::rows, columns = blocking<T>::columns;
    alignas(scratch_alignment) T tile[rows * columns];
    const long long blocks = row_blocks<T>{m}.count();
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
        detail::finish_tile(tile, packed_left + std::ptrdiff_t{block} * rows * k, panel_scratch, m, n, k, block, panel,
                            epilogue);
    }
}

// The same with the right operand packed before, all its panels one behind another (packed_right_size(k, n) numbers),
// and the tiles in the order of C's rows: for an epilogue that reads and writes matrices as large as C, such as an
// optimiser's moments, which then stream through memory instead of being gathered from as many pages as C has rows. A
// thread packs the blocks of A that its run touches into block_scratch (scratch_size(k) numbers of its own).
template <class T, class Epilogue> void multiply_by_rows(matrix_operand<T> a, const T* packed_right, int m, int n,
                                                         int k, T* block_scratch, int thread, int threads,
                                                         Epilogue&& epilogue) {
    constexpr int rows = blocking<T>::rows, columns = blocking<T>::columns;
    alignas(scratch_alignment) T tile[rows * columns];
    const long long blocks = row_blocks<T>{m}.count(), panels = (n + columns - 1) / columns;
    // As many panels at a time as the second-level cache holds beside what the epilogue streams through it.
    constexpr long long cached = 256 * 1024 / sizeof(T);
    const long long together = std::clamp<long long>(
        cached / std::max<long long>(1, static_cast<long long>(panel_size<T>(k))), 1, std::max<long long>(1, panels));
    const long long tiles = blocks * panels, end = tiles * (thread + 1) / threads;
    int packed_block = -1;
    for (long long t = tiles * thread / threads; t < end; ++t) {
        const long long first = t / (blocks * together) * together; // of the panels at hand
        const long long at_hand = std::min(together, panels - first), within = t - first * blocks;
        const int block = static_cast<int>(within / at_hand), panel = static_cast<int>(first + within % at_hand);
        if (block != packed_block) {
            pack_left_block(block_scratch, a, m, k, block);
            packed_block = block;
        }
        detail::finish_tile(tile, block_scratch, packed_right + panel * static_cast<std::ptrdiff_t>(panel_size<T>(k)),
                            m, n, k, block, panel, epilogue);
    }
}
}
HOURGLASS_END
