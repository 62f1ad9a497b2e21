// Products as a program runs them: which kernel multiplies, where its operands lie, and the epilogue that finishes its
// tiles. What does not depend on the program is in runtime/products/whole.hpp; the kernels are in kernels/.
#pragma once

#include <hourglass/kernels/partial.hpp>
#include <hourglass/runtime/group_kernel.hpp>
#include <hourglass/runtime/group_tables.hpp>
#include <hourglass/runtime/products/choice.hpp>
#include <hourglass/runtime/products/whole.hpp>

HOURGLASS_BEGIN

template <class Executor, class Compiled, class T> class product_groups {
    using choice = product_choice<Compiled, T>;
    static constexpr const schedule_group& group_at(int g) { return Compiled::schedule.groups[g]; }

public:
    template <int G> static void run(Executor& e, const schedule_group& g, long rows, worker w, int& products) {
        constexpr product_plan shape_of = group_at(G).product;
        constexpr int n = static_cast<int>(shape_of.n);
        const load_addresses<T, group_at(G).load_count, group_at(G).store_count> a(e, g);
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
            const T* const left = e.place[g.product.left];
            const T* const right = e.place[g.product.right];
            if constexpr (choice::is_vector_product(shape_of) && shape_of.right_row == 1) {
                kernels::vector_times_columns<T, n, static_cast<int>(shape_of.k)>(left, right, shape_of.right_column,
                                                                                  w.thread, w.threads, epilogue);
            } else if constexpr (choice::is_vector_product(shape_of)) {
                if (w.thread == 0)
                    kernels::vector_times_rows<T, n, static_cast<int>(shape_of.k)>(left, right, shape_of.right_row,
                                                                                   epilogue);
            } else if constexpr (choice::is_small(shape_of)) {
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
    static whole_product<T> operands_of(const Executor& e, const product_plan& p, long rows) {
        return {{e.place[p.left], p.left_row, p.left_column},
                {e.place[p.right], p.right_row, p.right_column},
                static_cast<int>(p.m * (p.rows_in_m ? rows : 1)),
                static_cast<int>(p.n),
                static_cast<int>(p.k * (p.rows_in_k ? rows : 1)),
                choice::goes_by_rows(p),
                p.left_is_packed};
    }

    HOURGLASS_NOINLINE static void multiply(Executor& e, const product_plan& plan, long rows, worker w, int& products,
                                            kernels::epilogue_reference<T> epilogue) {
        multiply_together<T>(operands_of(e, plan, rows),
                             {{e.shared_operand(0), e.shared_operand(1)}, e.own_panel(w.thread)}, w, products,
                             epilogue);
    }
    // Each row of the call is a product of its own, done by one thread; first_row is where its results belong.
    HOURGLASS_NOINLINE static void multiply_each(Executor& e, const product_plan& plan, long rows, worker w,
                                                 long& first_row, kernels::epilogue_reference<T> epilogue) {
        const share mine(rows, w);
        for (long r = mine.first; r < mine.last; ++r) {
            first_row = r * plan.m;
            multiply_row(e, plan, r, w.thread, {0, 1}, epilogue);
        }
    }
    // Adds up the products of the rows in order, each thread its own tiles. Sums of a few rows are added to the total,
    // and what each addition loses goes into the next (Kahan 1965, Comm. ACM 8, 40), so that many rows lose no digits.
    HOURGLASS_NOINLINE static void multiply_and_add(Executor& e, const product_plan& plan, T* to, long rows, worker w) {
        sum_of_rows s{to, to, nullptr};
        const bool many = rows > choice::rows_of_sum;
        if (many) s.recent = e.sums_of_rows(0), s.lost = e.sums_of_rows(1);
        for (long r = 0; r < rows; ++r) {
            const auto epilogue = [&](const kernels::finished_part<T>& part) {
                add_part(s, part, static_cast<int>(plan.n));
            };
            s.first = many ? r % choice::rows_of_sum == 0 : r == 0;
            s.last = many && (r % choice::rows_of_sum == choice::rows_of_sum - 1 || r == rows - 1);
            s.first_sum = r < choice::rows_of_sum;
            multiply_row(e, plan, r, w.thread, w, epilogue);
        }
    }
    // The product of one row of the call in one thread's memory, shared by the workers.
    static void multiply_row(Executor& e, const product_plan& plan, long r, int thread, worker w,
                             kernels::epilogue_reference<T> epilogue) {
        whole_product<T> p = operands_of(e, plan, 1);
        p.left.data += r * plan.left_batch;
        p.right.data += r * plan.right_batch;
        kernels::pack_left(e.own_left(thread), p.left, p.m, p.k);
        kernels::multiply_packed<T>(e.own_left(thread), p.right, p.m, p.n, p.k, e.own_panel(thread), w.thread,
                                    w.threads, epilogue);
    }
    struct sum_of_rows {
        T *total, *recent, *lost;
        bool first = true, last = false, first_sum = true;
    };
    static void add_part(const sum_of_rows& s, const kernels::finished_part<T>& part, int n) {
        using vector = kernels::vector<T>;
        constexpr int width = kernels::width<T>;
        for (int i = 0; i < part.rows; ++i) {
            const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(part.first_row + i) * n + part.first_column;
            for (int j = 0; j < part.columns; j += width) {
                const int count = std::min(width, part.columns - j);
                const auto load = [&](const T* from) {
                    return count == width ? kernels::load_vector(from + row + j)
                                          : kernels::load_partial(from + row + j, count);
                };
                const auto store = [&](T* to, const vector& x) {
                    if (count == width)
                        kernels::store_vector(to + row + j, x);
                    else
                        kernels::store_partial(to + row + j, x, count);
                };
                vector value = kernels::load_vector(part.data + i * part.stride + j);
                if (!s.first) value = load(s.recent) + value;
                if (!s.last) {
                    store(s.recent, value);
                } else if (s.first_sum) {
                    store(s.total, value);
                    store(s.lost, kernels::broadcast(T(0)));
                } else {
                    const vector total = load(s.total), term = value - load(s.lost);
                    const vector sum = math::opaque(vector(total + term));
                    store(s.total, sum);
                    store(s.lost, math::opaque(vector(sum - total)) - term);
                }
            }
        }
    }
};

HOURGLASS_END
