// How the operands of a matrix product are laid out for the micro-kernel: the size of a register tile, blocks of rows
// of the left operand, panels of columns of the right one, and the copying that makes them from operands of any
// strides. Their use is in matrix_product.hpp.
#pragma once

#include <hourglass/kernels/simd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

HOURGLASS_BEGIN

namespace kernels {

// The tile of C that stays in registers: all its accumulators, a row of B and a broadcast element of A must fit.
template <class T> struct blocking {
#if defined(HOURGLASS_SCALAR)
    static constexpr int rows = 4, columns = 4;
#elif defined(__AVX512F__) || defined(__ARM_NEON)
    static constexpr int rows = 12, columns = 2 * width<T>;
#else
    static constexpr int rows = 6, columns = 2 * width<T>;
#endif
};

// An element of C is a sum of k products. Up to this many are added sequentially; longer sums are split into halves,
// which are summed separately, recursively: sequentially, two million products would lose four digits of a float.
// Depths as large as a call's rows are split finer, which costs a few percent of the product's time.
constexpr int depth_of_sum(int k) { return k > 2048 ? 64 : 512; }
constexpr int half_of_depth(int k, int together) { return (k / 2 + together - 1) / together * together; }

// Element (i, j) is data[i * row_stride + j * column_stride]; transposing exchanges the strides.
template <class T> struct matrix_operand {
    const T* data;
    std::ptrdiff_t row_stride, column_stride;
};

// A finished part of C in scratch memory: C(first_row + r, first_column + c) is data[r * stride + c] for r < rows and c
// < columns. Whole vectors may be read from every row; what lies past the columns is unspecified.
template <class T> struct finished_part {
    const T* data;
    std::ptrdiff_t stride;
    int first_row, rows, first_column, columns;
};

// What to do with finished parts: refers to a function object that takes one, and must not outlive it. An indirect call
// for each part costs nothing compared with its multiplications, and the loops around it exist once per number type,
// not once per product of a program.
template <class T> class epilogue_reference {
    const void* function_;
    void (*call_)(const void*, const finished_part<T>&);

public:
    template <class Function> epilogue_reference(const Function& f)
        : function_(&f), call_([](const void* function, const finished_part<T>& part) {
              (*static_cast<const Function*>(function))(part);
          }) {}
    void operator()(const finished_part<T>& part) const { call_(function_, part); }
};

// How m rows of C are cut into blocks of at most blocking::rows. If little is left over, the last two blocks share it:
// 128 rows in sixes end in four and four, not in six and two, which take as long as six and four.
template <class T> struct row_blocks {
    static constexpr int rows = blocking<T>::rows, few = rows * 2 / 3;
    int m;
    constexpr int count() const { return (m + rows - 1) / rows; }
    constexpr int first(int block) const {
        return block * rows - (block > 0 && block == count() - 1 ? handed_on() : 0);
    }
    constexpr int size(int block) const { return (block + 1 < count() ? first(block + 1) : m) - first(block); }

private:
    constexpr int handed_on() const { return m > rows && m % rows != 0 && m % rows <= 2 * few - rows ? rows - few : 0; }
};

// Numbers in a packed left operand of m x k: all its blocks, each of blocking::rows * k.
template <class T> constexpr std::size_t packed_left_size(int m, int k) {
    constexpr int rows = blocking<T>::rows;
    return static_cast<std::size_t>((m + rows - 1) / rows * rows) * static_cast<std::size_t>(k);
}

// Numbers in one packed panel of a right operand with k rows.
template <class T> constexpr std::size_t panel_size(int k) {
    return static_cast<std::size_t>(blocking<T>::columns) * static_cast<std::size_t>(k);
}

// Numbers in each thread's scratch memory: a panel, or a block of a left operand.
template <class T> constexpr std::size_t scratch_size(int k) {
    return static_cast<std::size_t>(std::max(blocking<T>::columns, blocking<T>::rows)) * static_cast<std::size_t>(k);
}

// Numbers in a packed right operand of k x n: all its panels.
template <class T> constexpr std::size_t packed_right_size(int k, int n) {
    constexpr int columns = blocking<T>::columns;
    return static_cast<std::size_t>((n + columns - 1) / columns) * panel_size<T>(k);
}

namespace detail {

// packed[d * strip + s] = source[s * strip_stride + d * depth_stride], zero for count <= s < strip. Serves left blocks
// (a strip of rows) and right panels (a strip of columns) alike; either stride of an operand may be 1.
template <class T, int strip> HOURGLASS_NOINLINE void
pack_strip(T* packed, const T* source, std::ptrdiff_t strip_stride, std::ptrdiff_t depth_stride, int count, int depth) {
    constexpr int lanes = width<T>;
    constexpr int groups = (strip + lanes - 1) / lanes;
    if (strip_stride == 1) { // the strip is contiguous: copied row by row
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
        for (int d = 0; d < depth; ++d) HOURGLASS_KEEP_LOOP
        for (int s = 0; s < strip; ++s)
            packed[std::ptrdiff_t{d} * strip + s] = s < count ? source[s * strip_stride + d * depth_stride] : T(0);
        return;
    }
    // The depth is contiguous: transposes squares of vectors. If the strip is no multiple of the vector, whole vectors
    // are still stored; the next depth overwrites the excess of the last group.
    constexpr bool overlaps = strip % lanes != 0;
    constexpr int together = overlaps ? groups : 1;
    for (int first = 0; first < strip; first += together * lanes) {
        const T* const from = source + first * strip_stride;
        T* const to = packed + first;
        int d = 0;
        const auto squares = [&](auto is_there) {
            for (; d + lanes + (overlaps ? 1 : 0) <= depth; d += lanes) {
                vector<T> rows[together * lanes];
                HOURGLASS_UNROLL
                for (int i = 0; i < together * lanes; ++i)
                    rows[i] = is_there(i) ? load_vector(from + i * strip_stride + d) : broadcast(T(0));
                HOURGLASS_UNROLL
                for (int g = 0; g < together; ++g) transpose_square<T>(rows + g * lanes);
                HOURGLASS_UNROLL
                for (int i = 0; i < lanes; ++i) {
                    HOURGLASS_UNROLL
                    for (int g = 0; g < together; ++g)
                        store_vector(to + std::ptrdiff_t{d + i} * strip + g * lanes, rows[g * lanes + i]);
                }
            }
        };
        if (count >= std::min(strip, first + together * lanes))
            squares([](int i) { return i < strip; });
        else
            squares([there = count - first](int i) { return i < there; });
        for (; d < depth; ++d) // the rest of the depth
            for (int s = first; s < std::min(strip, first + together * lanes); ++s)
                packed[std::ptrdiff_t{d} * strip + s] = s < count ? source[s * strip_stride + d] : T(0);
    }
}

}

// Block number `block` of A (m x k), as row_blocks cuts it: blocking::rows rows, column by column, with zeros for
// missing rows. `packed` is where this block starts, packed_left + block * blocking::rows * k; any alignment.
template <class T> void pack_left_block(T* packed, matrix_operand<T> a, int m, int k, int block) {
    const row_blocks<T> blocks{m};
    detail::pack_strip<T, blocking<T>::rows>(packed, a.data + blocks.first(block) * a.row_stride, a.row_stride,
                                             a.column_stride, blocks.size(block), k);
}

// All blocks of A, into packed_left_size(m, k) numbers.
template <class T> void pack_left(T* packed, matrix_operand<T> a, int m, int k) {
    for (int block = 0; block < row_blocks<T>{m}.count(); ++block)
        pack_left_block(packed + std::ptrdiff_t{block} * blocking<T>::rows * k, a, m, k, block);
}

// Panel number `panel` of B (k x n): blocking::columns columns from column panel * blocking::columns, row by row, with
// zeros for columns past n, into panel_size(k) numbers.
template <class T> void pack_right_panel(T* packed, matrix_operand<T> b, int k, int n, int panel) {
    constexpr int columns = blocking<T>::columns;
    const int first = panel * columns;
    detail::pack_strip<T, columns>(packed, b.data + first * b.column_stride, b.column_stride, b.row_stride,
                                   std::min(columns, n - first), k);
}
}
HOURGLASS_END
