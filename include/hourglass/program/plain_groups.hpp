// Groups that are loops over memory with no structure of their own to compile for: reductions over leading axes and
// over the batch, movements, noise.
#pragma once

#include <hourglass/graph/differentiate.hpp>
#include <hourglass/kernels/philox.hpp>
#include <hourglass/program/group_kernel.hpp>

HOURGLASS_BEGIN

// out[o][i] = combined over r of in[o][r][i]. Threads share the columns (o, i); each column is combined in one order.
template <class Op, class T> void reduce_columns(T* out, const T* in, long outer, long reduced, long inner, worker w) {
    using vector = kernels::vector<T>;
    constexpr int width = kernels::width<T>;
    constexpr long block = 16; // sums of this many rows are added to a second sum
    if (inner == 1 && outer == 1) {
        if (w.thread != 0) return;
        double total = Op::template start<double>();
        for (long r = 0; r < reduced; ++r) total = Op::template combine<double>(total, static_cast<double>(in[r]));
        out[0] = static_cast<T>(total);
        return;
    }
    const long vectors = (inner + width - 1) / width;
    const share mine(outer * vectors, w);
    for (long v = mine.first; v < mine.last; ++v) {
        const long o = v / vectors, at = v % vectors * width;
        const int count = static_cast<int>(std::min<long>(width, inner - at));
        const T* from = in + o * reduced * inner + at;
        vector total = Op::template start<vector>();
        for (long r = 0; r < reduced; r += block) {
            vector recent = Op::template start<vector>();
            const long end = std::min(reduced, r + block);
            for (long i = r; i < end; ++i)
                recent = Op::template combine<vector>(recent, count == width
                                                                  ? kernels::load_vector(from + i * inner)
                                                                  : kernels::load_partial(from + i * inner, count));
            total = Op::template combine<vector>(total, recent);
        }
        if (count == width)
            kernels::store_vector(out + o * inner + at, total);
        else
            kernels::store_partial(out + o * inner + at, total, count);
    }
}

template <class Op> inline constexpr bool has_movement_kernel =
    std::is_same_v<Op, ops::transpose> || std::is_same_v<Op, ops::slice> || std::is_same_v<Op, ops::pad> ||
    std::is_same_v<Op, ops::concatenate>;

// transpose, slice, pad, concatenate of one example, for `rows` of them.
template <class T> void move_elements(const node& n, const value_type* types, const T* const* from, int count, T* to,
                                      long rows, worker w) {
    const shape& target = n.type.extents;
    const long elements = target.size();
    const share mine(rows, w);
    for (long row = mine.first; row < mine.last; ++row) {
        T* out = to + row * elements;
        const auto start = [&](int i) { return from[i] + (types[i].batched ? row * types[i].extents.size() : 0); };
        if (is<ops::transpose>(n)) {
            const shape& source = types[0].extents;
            std::array<long, max_rank> strides{}, moved{};
            long stride = 1;
            for (int axis = source.rank - 1; axis >= 0; --axis) {
                strides[static_cast<std::size_t>(axis)] = stride;
                stride *= source[axis];
            }
            for (int axis = 0; axis < target.rank; ++axis)
                moved[static_cast<std::size_t>(axis)] = strides[static_cast<std::size_t>(n.options.target[axis])];
            std::array<int, max_rank> at{};
            const T* in = start(0);
            long offset = 0;
            for (long e = 0; e < elements; ++e) {
                out[e] = in[offset];
                for (int axis = target.rank - 1; axis >= 0; --axis) {
                    const auto a = static_cast<std::size_t>(axis);
                    offset += moved[a];
                    if (++at[a] < target[axis]) break;
                    offset -= moved[a] * target[axis];
                    at[a] = 0;
                }
            }
            continue;
        }
        // The others move whole pieces: everything behind one axis.
        const int axis = n.options.flags[0];
        const long outer = target.size(0, axis), inner = target.size(axis + 1, target.rank);
        if (is<ops::slice>(n)) {
            const long extent = types[0].extents[axis], first = n.options.flags[1], length = target[axis];
            for (long o = 0; o < outer; ++o)
                std::copy_n(start(0) + (o * extent + first) * inner, length * inner, out + o * length * inner);
        } else if (is<ops::pad>(n)) {
            const long before = n.options.flags[1], length = types[0].extents[axis], total = target[axis];
            for (long o = 0; o < outer; ++o) {
                T* piece = out + o * total * inner;
                std::fill_n(piece, before * inner, T(0));
                std::copy_n(start(0) + o * length * inner, length * inner, piece + before * inner);
                std::fill_n(piece + (before + length) * inner, (total - before - length) * inner, T(0));
            }
        } else {
            long first = 0;
            for (int i = 0; i < count; ++i) {
                const long length = types[i].extents[axis];
                for (long o = 0; o < outer; ++o)
                    std::copy_n(start(i) + o * length * inner, length * inner,
                                out + (o * target[axis] + first) * inner);
                first += length;
            }
        }
    }
}

// What has no kernel, by its own plain loop: a part of the rows where the result has them, which no row of it needs
// another for; else all of it, by one thread.
template <class Op, class T>
void run_reference(const node& n, const value_type* types, const T** from, int count, T* to, long rows, worker w) {
    const share mine(n.type.batched ? rows : 1, w);
    if (mine.first >= mine.last) return;
    evaluation<T> e;
    e.operands = from;
    e.types = types;
    e.count = count;
    e.options = n.options;
    e.type = n.type;
    e.rows = n.type.batched ? mine.last - mine.first : rows;
    e.result = to + mine.first * n.type.extents.size();
    for (int i = 0; i < count; ++i)
        if (types[i].batched) from[i] += mine.first * types[i].extents.size();
    Op::template reference<T>(e);
}

template <class T>
void make_noise(const node& n, T* out, kernels::noise_stream stream, std::uint64_t first_example, long rows, worker w) {
    const int elements = static_cast<int>(n.type.extents.size());
    stream.leaf = static_cast<std::uint32_t>(n.options.flags[2]);
    const bool shared_by_examples = n.options.flags[1] != 0;
    const share mine(shared_by_examples ? 1 : rows, w);
    if (mine.first >= mine.last) return;
    T* to = out + mine.first * elements;
    const std::uint64_t first = shared_by_examples ? 0 : first_example + static_cast<std::uint64_t>(mine.first);
    const int count = static_cast<int>(mine.last - mine.first);
    if (static_cast<noise_kind>(n.options.flags[0]) == noise_kind::normal)
        kernels::fill_normal(to, stream, first, count, elements);
    else
        kernels::fill_uniform(to, stream, first, count, elements);
}

HOURGLASS_END
