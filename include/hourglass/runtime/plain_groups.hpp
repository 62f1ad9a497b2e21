// Groups that are loops over memory, without a structure worth compiling for: reductions over leading axes and over the
// batch, movements, noise.
#pragma once

#include <hourglass/ir/static_graph.hpp>
#include <hourglass/kernels/partial.hpp>
#include <hourglass/kernels/philox.hpp>
#include <hourglass/runtime/movement.hpp>

HOURGLASS_BEGIN

// A node as these loops see it, without its operation, which would bring functions of the passes into the object file.
struct plain_node {
    attributes options{};
    value_type type{};
    shape order{}; // of axes, if the node permutes them
};
constexpr plain_node plain(const node& n) {
    return {n.options, n.type, n.op->axes_of_result != nullptr ? n.op->axes_of_result(n.options) : shape{}};
}

// Reduces many numbers to one, in double: lane by lane in a few vectors, then across lanes. Halves of many numbers are
// reduced separately, so that no sum has more terms than its digits bear.
template <class Op, class T> double combined_in_double(const T* in, long count) {
    using vector = kernels::vector<double>;
    constexpr int width = kernels::width<double>, vectors = 4, lanes = vectors * width;
    constexpr long most = 16 * lanes;
    if (count > most) {
        const long half = (count / 2 + most - 1) / most * most;
        const double first = combined_in_double<Op>(in, half);
        return Op::template combine<double>(first, combined_in_double<Op>(in + half, count - half));
    }
    alignas(kernels::scratch_alignment) double given[lanes];
    vector total[vectors];
    for (vector& v : total) v = Op::template start<vector>();
    const auto combine = [&] {
        HOURGLASS_UNROLL
        for (int i = 0; i < vectors; ++i)
            total[i] = Op::template combine<vector>(total[i], kernels::load_vector(given + i * width));
    };
    long at = 0;
    for (; at + lanes <= count; at += lanes) {
        for (int i = 0; i < lanes; ++i) given[i] = static_cast<double>(in[at + i]);
        combine();
    }
    if (at < count) {
        std::fill_n(given, lanes, Op::template start<double>());
        std::copy(in + at, in + count, given);
        combine();
    }
    for (int i = 0; i < vectors; ++i) kernels::store_vector(given + i * width, total[i]);
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) given[i] = Op::template combine<double>(given[i], given[i + half]);
    return given[0];
}

// Combines `count` adjacent columns, at most a vector, over `rows` rows that are `stride` numbers apart. Sums of few
// rows are added to a second sum, and sums of many rows pairwise: two million rows added sequentially in float would
// lose four digits.
inline constexpr long rows_of_sum = 16, rows_of_second_sum = rows_of_sum * rows_of_sum;
template <class Op, class T>
[[gnu::always_inline]] inline kernels::vector<T> combine_few_rows(const T* from, long stride, long rows, int count) {
    using vector = kernels::vector<T>;
    vector total = Op::template start<vector>();
    for (long r = 0; r < rows; r += rows_of_sum) {
        vector recent = Op::template start<vector>();
        const long end = std::min(rows, r + rows_of_sum);
        for (long i = r; i < end; ++i)
            recent = Op::template combine<vector>(recent, count == kernels::width<T>
                                                              ? kernels::load_vector(from + i * stride)
                                                              : kernels::load_partial(from + i * stride, count));
        total = Op::template combine<vector>(total, recent);
    }
    return total;
}
template <class Op, class T>
HOURGLASS_NOINLINE kernels::vector<T> combine_rows(const T* from, long stride, long rows, int count) {
    if (rows <= rows_of_second_sum) return combine_few_rows<Op>(from, stride, rows, count);
    const long half = (rows / 2 + rows_of_second_sum - 1) / rows_of_second_sum * rows_of_second_sum;
    const auto first = combine_rows<Op>(from, stride, half, count);
    return Op::template combine<kernels::vector<T>>(first,
                                                    combine_rows<Op>(from + half * stride, stride, rows - half, count));
}

// out[o][i] = combined over r of in[o][r][i]. Threads share the columns (o, i); each is combined in one order. Inlined
// into its caller, which may know the extents, and so Rest, how many numbers the last vector of a row holds, or 0.
template <class Op, int Rest = 0, class T>
[[gnu::always_inline]] inline void reduce_columns(T* out, const T* in, long outer, long reduced, long inner, worker w) {
    constexpr int width = kernels::width<T>;
    if (inner == 1 && outer == 1) {
        if (w.thread == 0) out[0] = static_cast<T>(combined_in_double<Op>(in, reduced));
        return;
    }
    const long vectors = (inner + width - 1) / width;
    const share mine(outer * vectors, w);
    for (long v = mine.first; v < mine.last; ++v) {
        const long o = v / vectors, at = v % vectors * width;
        const int count = static_cast<int>(std::min<long>(width, inner - at));
        const T* from = in + o * reduced * inner + at;
        const kernels::vector<T> total = reduced <= rows_of_second_sum
                                             ? combine_few_rows<Op>(from, inner, reduced, count)
                                             : combine_rows<Op>(from, inner, reduced, count);
        if (count == width)
            kernels::store_vector(out + o * inner + at, total);
        else if constexpr (Rest > 0)
            kernels::store_partial(out + o * inner + at, total, std::integral_constant<int, Rest>{});
        else
            kernels::store_partial(out + o * inner + at, total, count);
    }
}

// Permutes axes, for each of `rows` examples.
template <class T>
void move_axes(const plain_node& n, const value_type* types, const T* const* from, T* to, long rows, worker w) {
    reorder_axes(to, from[0], n.type.extents, types[0].extents, n.order, rows, w);
}
// Copies runs of whole slices along one axis, and zeros where no operand is written. An operand without a batch axis
// has its runs only once.
template <class T> void move_runs(const plain_node& n, const runs_of_movement* parts, const value_type* types,
                                  const T* const* from, int count, T* to, long rows, worker w) {
    const shape& target = n.type.extents;
    const int axis = parts[0].axis;
    const long outer = target.size(0, axis), inner = target.size(axis + 1, target.rank);
    const auto runs_of_result = [&](long first) {
        return runs<T>{to + first * inner, target[axis] * inner, outer * rows};
    };
    long written = 0;
    const auto clear_up_to = [&](long first) {
        if (first > written) clear_runs(runs_of_result(written), (first - written) * inner, w);
    };
    for (int i = 0; i < count; ++i) {
        const runs_of_movement& part = parts[i];
        clear_up_to(part.first_written);
        copy_runs(runs_of_result(part.first_written),
                  runs<const T>{from[i] + part.first_read * inner, types[i].extents[axis] * inner,
                                outer * (types[i].batched ? rows : 1)},
                  part.length * inner, w);
        written = part.first_written + part.length;
    }
    clear_up_to(target[axis]);
}

// Runs the plain loop of an operation without a kernel. Threads share the rows if the result has rows and none needs
// another; else one thread computes everything.
template <class Op, class T> void run_reference(const plain_node& n, const value_type* types, const T** from, int count,
                                                T* to, const int* indices, long rows, worker w) {
    const bool by_rows = n.type.batched && !record<Op>.mixes_rows(n.options);
    const share mine(by_rows ? rows : 1, w);
    if (mine.first >= mine.last) return;
    evaluation<T> e;
    e.operands = from;
    e.types = types;
    e.count = count;
    e.options = n.options;
    e.type = n.type;
    e.rows = by_rows ? mine.last - mine.first : rows;
    e.result = to + mine.first * n.type.extents.size();
    e.indices = indices;
    for (int i = 0; by_rows && i < count; ++i)
        if (types[i].batched) from[i] += mine.first * types[i].extents.size();
    Op::template reference<T>(e);
}

template <noise_kind Distribution, class T> void make_noise(const plain_node& n, T* out, kernels::noise_stream stream,
                                                            std::uint64_t first_example, long rows, worker w) {
    const int elements = static_cast<int>(n.type.extents.size());
    const ops::noise_source source = ops::noise_source::of(n.options);
    stream.leaf = static_cast<std::uint32_t>(source.stream);
    const share mine(source.shared_by_rows ? 1 : rows, w);
    if (mine.first >= mine.last) return;
    T* to = out + mine.first * elements;
    const std::uint64_t first = source.shared_by_rows ? 0 : first_example + static_cast<std::uint64_t>(mine.first);
    const int count = static_cast<int>(mine.last - mine.first);
    if constexpr (Distribution == noise_kind::normal)
        kernels::fill_normal(to, stream, first, count, elements);
    else
        kernels::fill_uniform(to, stream, first, count, elements);
}

HOURGLASS_END
