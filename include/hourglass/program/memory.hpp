// The memory that a program works in beside what it is given: how much scratch memory its products need, and where that
// and the arena lie.
#pragma once

#include <hourglass/graph/compile.hpp>
#include <hourglass/kernels/few_rows.hpp>
#include <hourglass/kernels/matrix_product.hpp>
#include <hourglass/kernels/small_products.hpp>
#include <hourglass/program/aligned_memory.hpp>

HOURGLASS_BEGIN

// What the products of a schedule pack, in numbers.
template <class Compiled, class T> class scratch_plan {
    static constexpr const auto& schedule = Compiled::run_time;
    static constexpr int groups = Compiled::sizes.groups;
    static constexpr long max_rows = Compiled::spec::rows;
    static constexpr const schedule_group& group_at(int g) { return schedule.groups[static_cast<std::size_t>(g)]; }

public:
    // Products whose extents are all known have kernels that pack nothing: a vector times a matrix, and little of all.
    static constexpr bool is_vector_product(const product_plan& p) {
        const bool tiny = p.n <= 8 && p.k <= 8; // better off with the kernel of small products
        return !p.rows_in_m && !p.rows_in_k && !p.per_row && p.m == 1 && p.left_column == 1 && !tiny;
    }
    static constexpr bool is_small(const product_plan& p) { return small_products && fits_small(p); }
    // A weight's gradient: its epilogue, the optimiser, reads and writes more than the operands hold.
    static constexpr bool goes_by_rows(const product_plan& p) { return p.rows_in_k; }

private:
    static constexpr bool fits_small(const product_plan& p) {
        return !p.rows_in_m && !p.rows_in_k && !p.per_row && kernels::is_small_product(p.m, p.n, p.k);
    }
    // The kernel of small products packs nothing that another product counts on.
    static constexpr bool find_small_products() {
        bool small = false;
        for (int g = 0; g < groups; ++g) {
            if (!group_at(g).packs_in_order()) continue;
            if (group_at(g).product.left_is_packed && small && !fits_small(group_at(g).product)) return false;
            small = fits_small(group_at(g).product);
        }
        return true;
    }
    static constexpr bool small_products = find_small_products();
    static constexpr bool packs(const schedule_group& g) {
        return g.kind == group_kind::product && !is_vector_product(g.product) && !is_small(g.product);
    }
    static constexpr long product_rows(const product_plan& p) { return p.m * (p.rows_in_m ? max_rows : 1); }
    static constexpr long product_depth(const product_plan& p) { return p.k * (p.rows_in_k ? max_rows : 1); }
    static constexpr long rounded(std::size_t n) { return static_cast<long>((n + 15) / 16 * 16); }
    // The packed operand of a product, shared by all threads; two of them, used in turn, so that one wait suffices.
    static constexpr long find_shared_scratch() {
        long most = 0;
        for (int g = 0; g < groups; ++g) {
            if (!packs(group_at(g)) || group_at(g).product.per_row) continue;
            const auto& p = group_at(g).product;
            const int m = static_cast<int>(product_rows(p)), k = static_cast<int>(product_depth(p));
            most = std::max(most, rounded(goes_by_rows(p) ? kernels::packed_right_size<T>(k, static_cast<int>(p.n))
                                                          : kernels::packed_left_size<T>(m, k)));
        }
        return most;
    }
    // A thread's own: a packed panel or block, and the packed left operand where it does a product alone.
    static constexpr long find_panel_scratch() {
        long most = 0;
        for (int g = 0; g < groups; ++g)
            if (packs(group_at(g)))
                most = std::max(
                    most, rounded(kernels::scratch_size<T>(static_cast<int>(product_depth(group_at(g).product)))));
        return most;
    }
    static constexpr long find_own_left_scratch() {
        long most = 0;
        for (int g = 0; g < groups; ++g) {
            const auto& p = group_at(g).product;
            if (group_at(g).kind == group_kind::product && p.per_row)
                most =
                    std::max(most, rounded(kernels::packed_left_size<T>(static_cast<int>(p.m), static_cast<int>(p.k))));
        }
        return most;
    }
    // Where products of many rows are summed over the rows: the sum of a few, and what adding these loses.
    static constexpr long find_sum_scratch() {
        long most = 0;
        for (int g = 0; g < groups; ++g) {
            const auto& p = group_at(g).product;
            if (group_at(g).kind == group_kind::product && p.summed && max_rows > rows_of_sum)
                most = std::max(most, rounded(static_cast<std::size_t>(p.m * p.n)));
        }
        return most;
    }

public:
    static constexpr long rows_of_sum = 16; // are added one after another
    static constexpr long sums = find_sum_scratch();
    static constexpr long shared = find_shared_scratch();
    static constexpr long panel = find_panel_scratch();
    static constexpr long of_thread = panel + find_own_left_scratch();

    // The arena and all scratch memory.
    static constexpr long with_arena(int thread_count) {
        return schedule.arena + 2 * shared + 2 * sums + thread_count * of_thread;
    }
};

// A program's arena and scratch memory: somewhere else and zeroed, or, with a size that is known, in the program itself
// and as it comes. Nothing is read there before it is written.
template <class T, std::size_t Size> class program_memory {
    alignas(64) T numbers_[Size];

public:
    explicit program_memory(long) {}
    T* get() const { return const_cast<T*>(numbers_); } // results are looked at through a program that is const
};
template <class T> class program_memory<T, 0> {
    aligned_memory<T> numbers_;

public:
    explicit program_memory(long size) : numbers_(allocate_aligned<T>(static_cast<std::size_t>(size))) {}
    T* get() const { return numbers_.get(); }
};

HOURGLASS_END
