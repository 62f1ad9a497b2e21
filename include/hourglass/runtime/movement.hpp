// Movements of elements, without arithmetic: runs of elements at regular distances, and permutations of axes. What a
// movement means in a graph is in runtime/plain_groups.hpp; here are loops over memory, shared by the threads. A
// thread's part may depend on their number, since no element's value does.
#pragma once

#include <algorithm>
#include <cstring>

#include <hourglass/expr/shape.hpp>
#include <hourglass/kernels/transpose.hpp>
#include <hourglass/threads/worker.hpp>

HOURGLASS_BEGIN

// Runs of `length` elements, `step` elements from one start to the next.
template <class T> struct runs {
    T* first;
    long step, count;
};

// Calls move(run, first, count) for each part of a run that belongs to this thread: its elements from `first` on.
template <class Move> void share_runs(long count, long length, worker w, Move&& move) {
    constexpr long grain = 16; // elements of a cache line
    const share mine(count * length, w, grain);
    if (mine.first >= mine.last) return;
    long run = mine.first / length, first = mine.first % length;
    for (long left = mine.last - mine.first; left > 0; first = 0) {
        const long part = std::min(left, length - first);
        move(run++, first, part);
        left -= part;
    }
}

// Above this length the C library copies with one instruction, which is slow if source and target are aligned
// differently within cache lines (measured: 7 bytes per nanosecond on an AMD EPYC). Far longer runs it writes past the
// caches.
inline constexpr long long_run = 2048, very_long_run = 1L << 20; // bytes

template <class T> void copy_long_run(T* to, const T* from, long count) {
    constexpr int width = kernels::width<T>, together = 4;
    long i = 0;
    for (; i + together * width <= count; i += together * width) {
        kernels::vector<T> x[together];
        HOURGLASS_UNROLL
        for (int v = 0; v < together; ++v) x[v] = kernels::load_vector(from + i + v * width);
        HOURGLASS_UNROLL
        for (int v = 0; v < together; ++v) kernels::store_vector(to + i + v * width, x[v]);
    }
    std::memcpy(to + i, from + i, static_cast<std::size_t>(count - i) * sizeof(T));
}
template <class T> void copy_run(T* to, const T* from, long count) {
    const long bytes = count * static_cast<long>(sizeof(T));
    if (count == 1) // a single column: no library call per element
        *to = *from;
    else if (bytes >= long_run && bytes < very_long_run)
        copy_long_run(to, from, count);
    else
        std::memcpy(to, from, static_cast<std::size_t>(bytes));
}

// to = from, run by run. If `from` has fewer runs, they are repeated from the first as often as needed.
template <class T> void copy_runs(runs<T> to, runs<const T> from, long length, worker w) {
    if (from.count == to.count) {
        share_runs(to.count, length, w, [&](long run, long first, long count) {
            copy_run(to.first + run * to.step + first, from.first + run * from.step + first, count);
        });
    } else {
        share_runs(to.count, length, w, [&](long run, long first, long count) {
            copy_run(to.first + run * to.step + first, from.first + run % from.count * from.step + first, count);
        });
    }
}
template <class T> void clear_runs(runs<T> to, long length, worker w) {
    share_runs(to.count, length, w,
               [&](long run, long first, long count) { std::fill_n(to.first + run * to.step + first, count, T(0)); });
}

// Axes whose extents are the same on both sides, each with its steps there.
struct moved_axes {
    struct axis {
        long extent, to, from;
    };
    axis axes[max_rank + 1]{}; // one more for the batch
    int count = 0;

    // Appends an innermost axis. An axis of one element vanishes; one that continues where the previous one steps is
    // joined to it.
    constexpr void append(axis next) {
        if (next.extent == 1) return;
        if (count > 0 && axes[count - 1].to == next.extent * next.to && axes[count - 1].from == next.extent * next.from)
            axes[count - 1] = {axes[count - 1].extent * next.extent, next.to, next.from};
        else
            axes[count++] = next;
    }
    constexpr axis take(int which) {
        const axis taken = axes[which];
        for (int i = which + 1; i < count; ++i) axes[i - 1] = axes[i];
        --count;
        return taken;
    }
    constexpr long size() const {
        long n = 1;
        for (int i = 0; i < count; ++i) n *= axes[i].extent;
        return n;
    }
};

// The offsets of an element on both sides; cheap if elements are visited in order.
class place_in_axes {
    const moved_axes& of_;
    long at_[max_rank + 1]{};
    long element_ = 0;

    void find(long element) {
        to = from = 0;
        for (int i = of_.count - 1; i >= 0; --i) {
            at_[i] = element % of_.axes[i].extent;
            element /= of_.axes[i].extent;
            to += at_[i] * of_.axes[i].to;
            from += at_[i] * of_.axes[i].from;
        }
    }
    void advance() {
        for (int i = of_.count - 1; i >= 0; --i) {
            to += of_.axes[i].to;
            from += of_.axes[i].from;
            if (++at_[i] < of_.axes[i].extent) return;
            to -= at_[i] * of_.axes[i].to;
            from -= at_[i] * of_.axes[i].from;
            at_[i] = 0;
        }
    }

public:
    long to = 0, from = 0;

    explicit place_in_axes(const moved_axes& of) : of_(of) {}
    void go_to(long element) {
        if (element == element_ + 1)
            advance();
        else if (element != element_)
            find(element);
        element_ = element;
    }
};

// Axis i of the target is axis order[i] of the source, for each of `rows` examples.
template <class T> void reorder_axes(T* to, const T* from, const shape& target, const shape& source, const shape& order,
                                     long rows, worker w) {
    moved_axes outer;
    outer.append({rows, target.size(), source.size()});
    for (int i = 0; i < target.rank; ++i)
        outer.append({target[i], target.size(i + 1, target.rank), source.size(order[i] + 1, source.rank)});
    place_in_axes at(outer);
    if (outer.count == 0 || outer.axes[outer.count - 1].from == 1) { // runs of elements that stay together
        const long length = outer.count == 0 ? 1 : outer.take(outer.count - 1).extent;
        share_runs(outer.size(), length, w, [&](long run, long first, long count) {
            at.go_to(run);
            copy_run(to + at.to + first, from + at.from + first, count);
        });
        return;
    }
    // Matrices whose contiguous axes differ between target and source, each in pieces of a few rows.
    const moved_axes::axis columns = outer.take(outer.count - 1);
    int contiguous = 0;
    while (outer.axes[contiguous].from != 1) ++contiguous;
    const moved_axes::axis matrix_rows = outer.take(contiguous);
    constexpr long rows_of_piece = 2 * kernels::width<T>;
    const long pieces = std::max(1L, matrix_rows.extent / rows_of_piece);
    const share mine(outer.size() * pieces, w);
    for (long n = mine.first; n < mine.last; ++n) {
        const long piece = n % pieces, first = piece * rows_of_piece;
        const long last = piece + 1 == pieces ? matrix_rows.extent : first + rows_of_piece;
        at.go_to(n / pieces);
        kernels::copy_matrix<T>(to + at.to + first * matrix_rows.to, matrix_rows.to, 1, from + at.from + first, 1,
                                columns.from, static_cast<int>(last - first), static_cast<int>(columns.extent));
    }
}

HOURGLASS_END
