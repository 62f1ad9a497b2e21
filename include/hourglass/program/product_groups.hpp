// Products as a program runs them: which kernel multiplies, what is packed for it and by which thread, and the epilogue
// that finishes its tiles. The kernels are in kernels/.
#pragma once

#include <hourglass/program/group_kernel.hpp>
#include <hourglass/program/memory.hpp>

HOURGLASS_BEGIN

// The addresses of a group's loads and stores.
template <class T, int Loads, int Stores> struct addresses {
    const T* from[Loads + 1];
    T* to[Stores + 1];
    template <class Executor> addresses(const Executor& e, const schedule_group& g) {
        for (int i = 0; i < Loads; ++i) {
            const int v = Executor::schedule.loads[static_cast<std::size_t>(g.first_load + i)].value;
            from[i] = v < 0 ? nullptr : e.place[static_cast<std::size_t>(v)];
        }
        for (int i = 0; i < Stores; ++i)
            to[i] = e.place[static_cast<std::size_t>(
                Executor::schedule.stores[static_cast<std::size_t>(g.first_store + i)].value)];
    }
};

template <class Executor, class Compiled, class T> class product_groups {
    using scratch = scratch_plan<Compiled, T>;
    static constexpr const schedule_group& group_at(int g) {
        return Compiled::schedule.groups[static_cast<std::size_t>(g)];
    }

public:
    template <int G> static void run(Executor& e, const schedule_group& g, long rows, worker w, int& products) {
        constexpr product_plan shape_of = group_at(G).product;
        const addresses<T, group_at(G).load_count, group_at(G).store_count> a(e, g);
        const T* left = e.place[static_cast<std::size_t>(g.product.left)];
        const T* right = e.place[static_cast<std::size_t>(g.product.right)];
        const int m = static_cast<int>(shape_of.m * (shape_of.rows_in_m ? rows : 1));
        const int k = static_cast<int>(shape_of.k * (shape_of.rows_in_k ? rows : 1));
        constexpr int n = static_cast<int>(shape_of.n);
        T* const panel = e.own_panel(w.thread);
        const kernels::matrix_operand<T> a_left{left, shape_of.left_row, shape_of.left_column};
        const kernels::matrix_operand<T> b_right{right, shape_of.right_row, shape_of.right_column};
        if constexpr (!shape_of.per_row) {
            const auto epilogue = [&](const kernels::finished_part<T>& part) {
                group_kernel<Compiled, G, T>::run_part(part, a.from, a.to, 0);
            };
            if constexpr (scratch::is_vector_product(shape_of) && shape_of.right_row == 1) {
                kernels::vector_times_columns<T, n, static_cast<int>(shape_of.k)>(left, right, shape_of.right_column,
                                                                                  w.thread, w.threads, epilogue);
                return;
            } else if constexpr (scratch::is_vector_product(shape_of)) {
                if (w.thread == 0)
                    kernels::vector_times_rows<T, n, static_cast<int>(shape_of.k)>(left, right, shape_of.right_row,
                                                                                   epilogue);
                return;
            } else if constexpr (scratch::is_small(shape_of)) {
                if (w.thread == 0)
                    kernels::multiply_small<T, static_cast<int>(shape_of.m), n, static_cast<int>(shape_of.k)>(
                        a_left, b_right, epilogue);
                return;
            }
            if (kernels::prefers_few_rows<T>(m, n, k)) {
                kernels::multiply_few_rows(a_left, b_right, m, n, k, panel, w.thread, w.threads, epilogue);
                return;
            }
            if constexpr (scratch::goes_by_rows(shape_of)) {
                T* const packed = e.shared_operand(++products);
                constexpr int columns = kernels::blocking<T>::columns;
                const share panels((n + columns - 1) / columns, w);
                for (long p = panels.first; p < panels.last; ++p)
                    kernels::pack_right_panel(packed + p * columns * k, b_right, k, n, static_cast<int>(p));
                wait_for_all(w);
                kernels::multiply_by_rows(a_left, packed, m, n, k, panel, w.thread, w.threads, epilogue);
            } else {
                if (!g.product.left_is_packed) {
                    T* const packed = e.shared_operand(++products);
                    constexpr int block_rows = kernels::blocking<T>::rows;
                    const share blocks((m + block_rows - 1) / block_rows, w);
                    for (long b = blocks.first; b < blocks.last; ++b)
                        kernels::pack_left_block(packed + b * block_rows * k, a_left, m, k, static_cast<int>(b));
                    wait_for_all(w);
                }
                const T* const packed = e.shared_operand(products);
                kernels::multiply_packed(packed, b_right, m, n, k, panel, w.thread, w.threads, epilogue);
            }
        } else if constexpr (!shape_of.summed) {
            // Each row of the call is a product of its own, done by one thread.
            const share mine(rows, w);
            for (long r = mine.first; r < mine.last; ++r) {
                const kernels::matrix_operand<T> a_row{left + r * shape_of.left_batch, shape_of.left_row,
                                                       shape_of.left_column};
                const kernels::matrix_operand<T> b_row{right + r * shape_of.right_batch, shape_of.right_row,
                                                       shape_of.right_column};
                kernels::pack_left(e.own_left(w.thread), a_row, m, k);
                kernels::multiply_packed(e.own_left(w.thread), b_row, m, n, k, panel, 0, 1,
                                         [&](const kernels::finished_part<T>& part) {
                                             group_kernel<Compiled, G, T>::run_part(part, a.from, a.to, r * shape_of.m);
                                         });
            }
        } else {
            // The rows' products are added up, each thread its own tiles, in the order of the rows.
            for (long r = 0; r < rows; ++r) {
                const kernels::matrix_operand<T> a_row{left + r * shape_of.left_batch, shape_of.left_row,
                                                       shape_of.left_column};
                const kernels::matrix_operand<T> b_row{right + r * shape_of.right_batch, shape_of.right_row,
                                                       shape_of.right_column};
                kernels::pack_left(e.own_left(w.thread), a_row, m, k);
                kernels::multiply_packed(
                    e.own_left(w.thread), b_row, m, n, k, panel, w.thread, w.threads,
                    [&](const kernels::finished_part<T>& part) { add_part(a.to[0], r == 0, part, n); });
            }
        }
    }

private:
    static void add_part(T* out, bool first, const kernels::finished_part<T>& part, int n) {
        constexpr int width = kernels::width<T>;
        for (int i = 0; i < part.rows; ++i) {
            T* const to = out + static_cast<std::ptrdiff_t>(part.first_row + i) * n + part.first_column;
            const T* const from = part.data + i * part.stride;
            for (int j = 0; j < part.columns; j += width) {
                const int count = std::min(width, part.columns - j);
                kernels::vector<T> value = kernels::load_vector(from + j);
                if (count == width) {
                    if (!first) value = kernels::load_vector(to + j) + value;
                    kernels::store_vector(to + j, value);
                } else {
                    if (!first) value = kernels::load_partial(to + j, count) + value;
                    kernels::store_partial(to + j, value, count);
                }
            }
        }
    }
};

HOURGLASS_END
