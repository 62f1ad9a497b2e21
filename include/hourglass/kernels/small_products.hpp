// Matrix products whose extents are known at compile time and for which the general kernel would mostly pack: a vector
// times a matrix of any size, and matrices of a few rows. Operands are read in place. The order of each sum depends
// only on the extents. Epilogues are as in matrix_product.hpp.
#pragma once

#include <hourglass/kernels/packing.hpp>
#include <hourglass/kernels/partial.hpp>
#include <hourglass/kernels/transpose.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

HOURGLASS_BEGIN

namespace kernels {

// How many dot products run side by side: whole vectors of them.
template <class T> inline constexpr int dots_together = width<T> > 8 ? width<T> : (8 / width<T>)*width<T>;

// Longer sums are built from sums of a thousand or more products: added sequentially, a million products would lose
// four digits of a float.
inline constexpr int longest_sum = 16384;
template <class T> inline constexpr int block_of_sum = width<T> > 4 ? 256 * width<T> : 1024;

namespace detail {

// The sums over the lanes of width<T> vectors, as one vector. Each step reduces two vectors to one, first within
// granules of 128 bits, then across granules; that takes half the shuffles of transposing everything first.
template <class T> [[gnu::always_inline]] inline vector<T> sums_of_lanes(const vector<T>* x) {
#if defined(HOURGLASS_SCALAR)
    return x[0];
#else
    constexpr int lanes = width<T>, granule = 16 / static_cast<int>(sizeof(T)), granules = lanes / granule;
    constexpr auto sequence = std::make_integer_sequence<int, lanes>{};
    constexpr auto even = [](int i) {
        return i / granule * granule + i * 2 % granule + i % granule / (granule / 2) * lanes;
    };
    constexpr auto odd = [](int i) { return decltype(even){}(i) + 1; };
    constexpr auto even_granules = [](int i) { return i / granule * 2 * granule + i % granule; };
    constexpr auto odd_granules = [](int i) { return decltype(even_granules){}(i) + granule; };
    typename plain_vector<T, lanes>::type sums[lanes];
    HOURGLASS_UNROLL
    for (int i = 0; i < lanes; ++i) sums[i] = to_plain<T>(x[i]);
    HOURGLASS_UNROLL
    for (int left = lanes / 2; left >= granules; left /= 2) {
        HOURGLASS_UNROLL
        for (int i = 0; i < left; ++i)
            sums[i] = shuffle(sums[2 * i], sums[2 * i + 1], even, sequence) +
                      shuffle(sums[2 * i], sums[2 * i + 1], odd, sequence);
    }
    HOURGLASS_UNROLL
    for (int left = granules / 2; left > 0; left /= 2) {
        HOURGLASS_UNROLL
        for (int i = 0; i < left; ++i)
            sums[i] = shuffle(sums[2 * i], sums[2 * i + 1], even_granules, sequence) +
                      shuffle(sums[2 * i], sums[2 * i + 1], odd_granules, sequence);
    }
    return from_plain<T>(sums[0]);
#endif
}

// to[j] = x . row j of a matrix, for `together` rows; rows from `count` on do not exist.
template <class T, int k, int together>
[[gnu::always_inline]] inline void dots(T* to, const T* x, const T* matrix, std::ptrdiff_t row_stride, int count) {
    constexpr int lanes = width<T>, rest = k % lanes;
    const T* rows[together];
    for (int j = 0; j < together; ++j) rows[j] = matrix + (j < count ? j : count - 1) * row_stride;
    vector<T> sums[together];
    HOURGLASS_UNROLL
    for (int j = 0; j < together; ++j) sums[j] = broadcast(T(0));
    const auto add = [&](vector<T> * to_sums, int first, int last) __attribute__((always_inline)) {
        for (int i = first; i + lanes <= last; i += lanes) {
            const vector<T> left = load_vector(x + i);
            HOURGLASS_UNROLL
            for (int j = 0; j < together; ++j)
                to_sums[j] = fused_multiply_add(left, load_vector(rows[j] + i), to_sums[j]);
        }
    };
    if constexpr (k <= longest_sum) {
        add(sums, 0, k);
    } else {
        for (int first = 0; first < k; first += block_of_sum<T>) {
            vector<T> part[together];
            for (int j = 0; j < together; ++j) part[j] = broadcast(T(0));
            add(part, first, std::min(k, first + block_of_sum<T>));
            for (int j = 0; j < together; ++j) sums[j] += part[j];
        }
    }
    if constexpr (rest > 0) {
        const vector<T> left = load_partial(x + k - rest, rest);
        HOURGLASS_UNROLL
        for (int j = 0; j < together; ++j)
            sums[j] = fused_multiply_add(left, load_partial(rows[j] + k - rest, rest), sums[j]);
    }
    HOURGLASS_UNROLL
    for (int j = 0; j < together; j += lanes) store_vector(to + j, sums_of_lanes<T>(sums + j));
}

}

// y = x B for a vector x of k and a matrix B of k x n with contiguous columns; computes some blocks of dots_together
// numbers of y.
template <class T, int n, int k, class Epilogue>
void dot_blocks(const T* x, const T* b, std::ptrdiff_t column_stride, int block, int end, Epilogue&& epilogue) {
    constexpr int together = dots_together<T>, most = 8; // blocks that are handed to the epilogue at once
    alignas(scratch_alignment) T y[static_cast<std::size_t>(most * together)];
    while (block < end) {
        const int first = block, last = std::min(end, block + most);
        for (; block < last; ++block)
            detail::dots<T, k, together>(y + (block - first) * together, x,
                                         b + static_cast<std::ptrdiff_t>(block) * together * column_stride,
                                         column_stride, n - block * together);
        const int columns = std::min(n, last * together) - first * together;
        epilogue(finished_part<T>{y, most * together, 0, 1, first * together, columns});
    }
}
// All of y, shared by the threads.
template <class T, int n, int k, class Epilogue> void vector_times_columns(const T* x, const T* b,
                                                                           std::ptrdiff_t column_stride, int thread,
                                                                           int threads, Epilogue&& epilogue) {
    constexpr long blocks = (n + dots_together<T> - 1) / dots_together<T>;
    dot_blocks<T, n, k>(x, b, column_stride, static_cast<int>(blocks * thread / threads),
                        static_cast<int>(blocks * (thread + 1) / threads), epilogue);
}

// How x B is summed if the rows of B are contiguous: short rows in registers, over several sets of rows in turn, so
// that no sum waits for itself; long rows eight at a time, in memory. (All of these divide dots_together.)
template <class T, int n> struct row_sums {
    static constexpr int vectors = (n + width<T> - 1) / width<T>, rest = n % width<T>;
    static constexpr bool in_registers = vectors <= 8;
    static constexpr int registers = sizeof(vector<T>) == 64 ? 16 : 12; // for sums
    static constexpr int sets = vectors <= 1 ? 8 : vectors * 4 <= registers ? 4 : vectors * 2 <= registers ? 2 : 1;
    static constexpr int together = in_registers ? sets : 8; // rows
};

// y += x[i] * row i of B, for rows [first, last), whose number is a multiple of row_sums::together except at B's end.
// In registers, y has row_sums::vectors * together vectors (a set for each of the rows taken together), else n numbers
// in whole vectors. Prefetches `ahead` bytes further unless that is 0, but only if vectors are whole cache lines: for
// shorter ones prefetching was measured to take longer than it saves.
template <class T, int n, int ahead = 0>
void add_rows(T* y, const T* x, const T* b, std::ptrdiff_t row_stride, int first, int last) {
    using plan = row_sums<T, n>;
    constexpr int vectors = plan::vectors, lanes = width<T>, together = plan::together;
    const auto place = [&](int i, int v) __attribute__((always_inline)) {
        const T* const at = b + i * row_stride + v * lanes;
        if constexpr (ahead > 0 && sizeof(vector<T>) == 64) // as an integer: no pointer may point past B
            __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(at) + ahead));
        return at;
    };
    const auto whole = [&](int i, int v) __attribute__((always_inline)) { return load_vector(place(i, v)); };
    const auto row = [&](int i, int v) __attribute__((always_inline)) {
        if constexpr (plan::rest > 0)
            if (v == vectors - 1) return load_partial(place(i, v), plan::rest);
        return whole(i, v);
    };
    int i = first;
    if constexpr (plan::in_registers) {
        vector<T> sums[together][static_cast<std::size_t>(vectors)];
        HOURGLASS_UNROLL
        for (int s = 0; s < together; ++s) {
            HOURGLASS_UNROLL
            for (int v = 0; v < vectors; ++v) sums[s][v] = load_vector(y + (s * vectors + v) * lanes);
        }
        for (; i + together <= last; i += together) {
            HOURGLASS_UNROLL
            for (int s = 0; s < together; ++s) {
                const vector<T> left = broadcast(x[i + s]);
                HOURGLASS_UNROLL
                for (int v = 0; v < vectors; ++v) sums[s][v] = fused_multiply_add(left, row(i + s, v), sums[s][v]);
            }
        }
        for (; i < last; ++i) {
            const vector<T> left = broadcast(x[i]);
            HOURGLASS_UNROLL
            for (int v = 0; v < vectors; ++v) sums[0][v] = fused_multiply_add(left, row(i, v), sums[0][v]);
        }
        HOURGLASS_UNROLL
        for (int s = 0; s < together; ++s) {
            HOURGLASS_UNROLL
            for (int v = 0; v < vectors; ++v) store_vector(y + (s * vectors + v) * lanes, sums[s][v]);
        }
    } else {
        const auto add_all = [&](auto count) __attribute__((always_inline)) {
            vector<T> left[count];
            HOURGLASS_UNROLL
            for (int s = 0; s < count.value; ++s) left[s] = broadcast(x[i + s]);
            const auto add = [&](int v, auto&& load) __attribute__((always_inline)) {
                vector<T> sum = load_vector(y + v * lanes);
                HOURGLASS_UNROLL
                for (int s = 0; s < count.value; ++s) sum = fused_multiply_add(left[s], load(i + s, v), sum);
                store_vector(y + v * lanes, sum);
            };
            for (int v = 0; v < n / lanes; ++v) add(v, whole);
            if constexpr (plan::rest > 0) add(vectors - 1, row);
        };
        for (; i + together <= last; i += together) add_all(std::integral_constant<int, together>{});
        for (; i < last; ++i) add_all(std::integral_constant<int, 1>{});
    }
}
// Numbers in the y of add_rows, which must start with zeros.
template <class T, int n> inline constexpr int row_sums_size = row_sums<T, n>::vectors*
    width<T>*(row_sums<T, n>::in_registers ? row_sums<T, n>::together : 1);

// Adds the sets of y, in their order, into the first.
template <class T, int n> void finish_rows(T* y) {
    using plan = row_sums<T, n>;
    if constexpr (plan::in_registers)
        for (int v = 0; v < plan::vectors; ++v) {
            vector<T> sum = load_vector(y + v * width<T>);
            for (int s = 1; s < plan::together; ++s) sum += load_vector(y + (s * plan::vectors + v) * width<T>);
            store_vector(y + v * width<T>, sum);
        }
}

// y = x B for a vector x of k and a matrix B of k x n with contiguous rows, by one thread.
template <class T, int n, int k, class Epilogue>
void vector_times_rows(const T* x, const T* b, std::ptrdiff_t row_stride, Epilogue&& epilogue) {
    alignas(scratch_alignment) T y[static_cast<std::size_t>(row_sums_size<T, n>)] = {};
    if constexpr (k <= longest_sum) {
        add_rows<T, n>(y, x, b, row_stride, 0, k);
    } else {
        for (int first = 0; first < k; first += block_of_sum<T>) {
            alignas(scratch_alignment) T part[static_cast<std::size_t>(row_sums_size<T, n>)] = {};
            add_rows<T, n>(part, x, b, row_stride, first, std::min(k, first + block_of_sum<T>));
            for (int i = 0; i < row_sums_size<T, n>; ++i) y[i] += part[i];
        }
    }
    finish_rows<T, n>(y);
    epilogue(finished_part<T>{y, row_sums_size<T, n>, 0, 1, 0, n});
}

// In one pass over B: y = x B for contiguous columns, as in vector_times_columns, and z = v B', where B' is the
// transpose of B and the epilogue makes v from y, element by element. finish_rows completes z.
template <class T, int n, int k, class Epilogue>
void sweep(const T* x, const T* b, std::ptrdiff_t column_stride, const T* v, T* z, Epilogue&& epilogue) {
    constexpr int together = dots_together<T>, blocks = (n + together - 1) / together;
    constexpr int bytes = 16384; // stay in the nearest cache; if that cannot hold all, as many are prefetched
    constexpr int piece = std::max(1, bytes / static_cast<int>(sizeof(T)) / k / together);
    constexpr bool is_large = std::int64_t{n} * k * static_cast<int>(sizeof(T)) > 2 * bytes;
    for (int block = 0; block < blocks; block += piece) {
        const int last = std::min(blocks, block + piece);
        dot_blocks<T, n, k>(x, b, column_stride, block, last, epilogue);
        add_rows<T, k, is_large ? bytes : 0>(z, v, b, column_stride, block * together, std::min(n, last * together));
    }
}

// Whether multiply_small computes C = A B of m x n.
constexpr bool is_small_product(long m, long n, long k) { return m <= 24 && n <= 24 && k <= 24; }

namespace detail {

// tile[r][v] for `rows` rows of A. The last vector of a row of B has `rest` numbers, or is whole if that is 0.
template <class T, int rows, int vectors, int k, int rest> [[gnu::always_inline]] inline void
small_tile(T* tile, std::ptrdiff_t stride, matrix_operand<T> a, const T* b, std::ptrdiff_t b_stride) {
    vector<T> sums[rows][vectors];
    HOURGLASS_UNROLL
    for (int r = 0; r < rows; ++r) {
        HOURGLASS_UNROLL
        for (int v = 0; v < vectors; ++v) sums[r][v] = broadcast(T(0));
    }
    for (int i = 0; i < k; ++i) {
        vector<T> right[vectors];
        HOURGLASS_UNROLL
        for (int v = 0; v < vectors; ++v) {
            const T* const from = b + i * b_stride + v * width<T>;
            right[v] = rest > 0 && v == vectors - 1 ? load_partial(from, rest) : load_vector(from);
        }
        HOURGLASS_UNROLL
        for (int r = 0; r < rows; ++r) {
            const vector<T> left = broadcast(a.data[r * a.row_stride + i * a.column_stride]);
            HOURGLASS_UNROLL
            for (int v = 0; v < vectors; ++v) sums[r][v] = fused_multiply_add(left, right[v], sums[r][v]);
        }
    }
    HOURGLASS_UNROLL
    for (int r = 0; r < rows; ++r) {
        HOURGLASS_UNROLL
        for (int v = 0; v < vectors; ++v) store_vector(tile + r * stride + v * width<T>, sums[r][v]);
    }
}

template <class T, int m, int vectors, int k, int rest>
void small_columns(T* tile, std::ptrdiff_t stride, const matrix_operand<T>& a, const T* b, std::ptrdiff_t b_stride) {
    constexpr int together = vectors > 2 ? 3 : 4; // with right[] and left, in 16 registers
    int r = 0;
    for (; r + together <= m; r += together)
        small_tile<T, together, vectors, k, rest>(
            tile + r * stride, stride, {a.data + r * a.row_stride, a.row_stride, a.column_stride}, b, b_stride);
    if constexpr (m % together != 0)
        small_tile<T, m % together, vectors, k, rest>(
            tile + r * stride, stride, {a.data + r * a.row_stride, a.row_stride, a.column_stride}, b, b_stride);
}

}

// C = A B for matrices of a few rows and columns, by one thread. Inlined into its caller, which knows the strides.
template <class T, int m, int n, int k, class Epilogue>
[[gnu::always_inline]] inline void multiply_small(matrix_operand<T> a, matrix_operand<T> b, Epilogue&& epilogue) {
    constexpr int lanes = width<T>, vectors = (n + lanes - 1) / lanes, together = 3;
    constexpr std::ptrdiff_t stride = vectors * lanes;
    if constexpr (2 * m * n <= lanes) { // too few for vectors, which would be read from what was just written in parts
        alignas(scratch_alignment) T tile[static_cast<std::size_t>(m * stride)] = {};
        HOURGLASS_UNROLL
        for (int e = 0; e < m * n; ++e) {
            T& sum = tile[e / n * stride + e % n];
            for (int i = 0; i < k; ++i)
                sum = fused_multiply_add(a.data[e / n * a.row_stride + i * a.column_stride],
                                         b.data[i * b.row_stride + e % n * b.column_stride], sum);
        }
        return epilogue(finished_part<T>{tile, stride, 0, m, 0, n});
    }
    alignas(scratch_alignment) T tile[static_cast<std::size_t>(m * stride)];
    alignas(scratch_alignment) T copied[static_cast<std::size_t>(k * stride)];
    if (b.column_stride != 1 && n > 1) {
        copy_matrix<T>(copied, stride, 1, b.data, b.row_stride, b.column_stride, k, n);
        b = {copied, stride, 1};
    }
    constexpr int first = (vectors - 1) / together * together; // of the last columns
    for (int v = 0; v < first; v += together)
        detail::small_columns<T, m, together, k, 0>(tile + v * lanes, stride, a, b.data + v * lanes, b.row_stride);
    detail::small_columns<T, m, vectors - first, k, n % lanes>(tile + first * lanes, stride, a, b.data + first * lanes,
                                                               b.row_stride);
    epilogue(finished_part<T>{tile, stride, 0, m, 0, n});
}

}

HOURGLASS_END
