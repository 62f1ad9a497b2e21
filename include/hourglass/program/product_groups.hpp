// Products as a program runs them: which kernel multiplies, what is packed for it and by which thread, and the epilogue
// that finishes its tiles. The kernels are in kernels/.
#pragma once

#include <hourglass/kernels/partial.hpp>
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
        constexpr int n = static_cast<int>(shape_of.n);
        const addresses<T, group_at(G).load_count, group_at(G).store_count> a(e, g);
        if constexpr (shape_of.summed) {
            multiply_and_add(e, g.product, a.to[0], rows, w);
        } else if constexpr (shape_of.per_row) {
            long first_row = 0;
            const auto epilogue = [&](const kernels::finished_part<T>& part) {
                group_kernel<Compiled, G, T>::run_part(part, a.from, a.to, first_row);
            };
            multiply_each(e, g.product, rows, w, first_row, epilogue);
        } else {
            const auto epilogue = [&](const kernels::finished_part<T>& part) {
                group_kernel<Compiled, G, T>::run_part(part, a.from, a.to, 0);
            };
            const T* const left = e.place[static_cast<std::size_t>(g.product.left)];
            const T* const right = e.place[static_cast<std::size_t>(g.product.right)];
            if constexpr (scratch::is_vector_product(shape_of) && shape_of.right_row == 1) {
                kernels::vector_times_columns<T, n, static_cast<int>(shape_of.k)>(left, right, shape_of.right_column,
                                                                                  w.thread, w.threads, epilogue);
            } else if constexpr (scratch::is_vector_product(shape_of)) {
                if (w.thread == 0)
                    kernels::vector_times_rows<T, n, static_cast<int>(shape_of.k)>(left, right, shape_of.right_row,
                                                                                   epilogue);
            } else if constexpr (scratch::is_small(shape_of)) {
                if (w.thread == 0)
                    kernels::multiply_small<T, static_cast<int>(shape_of.m), n, static_cast<int>(shape_of.k)>(
                        {left, shape_of.left_row, shape_of.left_column},
                        {right, shape_of.right_row, shape_of.right_column}, epilogue);
            } else {
                multiply(e, g.product, rows, w, products, epilogue);
            }
        }
    }

private:
    struct whole_product {
        kernels::matrix_operand<T> left, right;
        int m, n, k;
    };
    static whole_product operands_of(const Executor& e, const product_plan& p, long rows) {
        return {{e.place[static_cast<std::size_t>(p.left)], p.left_row, p.left_column},
                {e.place[static_cast<std::size_t>(p.right)], p.right_row, p.right_column},
                static_cast<int>(p.m * (p.rows_in_m ? rows : 1)),
                static_cast<int>(p.n),
                static_cast<int>(p.k * (p.rows_in_k ? rows : 1))};
    }

    // One product, of all rows: the threads share it.
    HOURGLASS_NOINLINE static void multiply(Executor& e, const product_plan& plan, long rows, worker w, int& products,
                                            kernels::epilogue_reference<T> epilogue) {
        const auto [left, right, m, n, k] = operands_of(e, plan, rows);
        T* const panel = e.own_panel(w.thread);
        if (kernels::prefers_few_rows<T>(m, n, k)) {
            kernels::multiply_few_rows(left, right, m, n, k, panel, w.thread, w.threads, epilogue);
        } else if (scratch::goes_by_rows(plan)) {
            T* const packed = e.shared_operand(++products);
            constexpr int columns = kernels::blocking<T>::columns;
            const share panels((n + columns - 1) / columns, w);
            for (long p = panels.first; p < panels.last; ++p)
                kernels::pack_right_panel(packed + p * columns * k, right, k, n, static_cast<int>(p));
            wait_for_all(w);
            kernels::multiply_by_rows<T>(left, packed, m, n, k, panel, w.thread, w.threads, epilogue);
        } else {
            if (!plan.left_is_packed) {
                T* const packed = e.shared_operand(++products);
                constexpr int block_rows = kernels::blocking<T>::rows;
                const share blocks((m + block_rows - 1) / block_rows, w);
                for (long b = blocks.first; b < blocks.last; ++b)
                    kernels::pack_left_block(packed + b * block_rows * k, left, m, k, static_cast<int>(b));
                wait_for_all(w);
            }
            kernels::multiply_packed<T>(e.shared_operand(products), right, m, n, k, panel, w.thread, w.threads,
                                        epilogue);
        }
    }
    // Each row of the call is a product of its own, done by one thread; first_row says where its results belong.
    HOURGLASS_NOINLINE static void multiply_each(Executor& e, const product_plan& plan, long rows, worker w,
                                                 long& first_row, kernels::epilogue_reference<T> epilogue) {
        const share mine(rows, w);
        for (long r = mine.first; r < mine.last; ++r) {
            first_row = r * plan.m;
            multiply_row(e, plan, r, w.thread, {0, 1}, epilogue);
        }
    }
    // The rows' products are added up, each thread its own tiles, in the order of the rows.
    HOURGLASS_NOINLINE static void multiply_and_add(Executor& e, const product_plan& plan, T* to, long rows, worker w) {
        for (long r = 0; r < rows; ++r) {
            const auto epilogue = [&](const kernels::finished_part<T>& part) {
                add_part(to, r == 0, part, static_cast<int>(plan.n));
            };
            multiply_row(e, plan, r, w.thread, w, epilogue);
        }
    }
    // The product of one row of the call, in the memory of a thread, shared by the workers.
    static void multiply_row(Executor& e, const product_plan& plan, long r, int thread, worker w,
                             kernels::epilogue_reference<T> epilogue) {
        auto [left, right, m, n, k] = operands_of(e, plan, 1);
        left.data += r * plan.left_batch;
        right.data += r * plan.right_batch;
        kernels::pack_left(e.own_left(thread), left, m, k);
        kernels::multiply_packed<T>(e.own_left(thread), right, m, n, k, e.own_panel(thread), w.thread, w.threads,
                                    epilogue);
    }
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
