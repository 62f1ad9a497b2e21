// Which kernel multiplies a product of a schedule, and what that kernel packs. The kernels are in kernels/; how they
// are called is in runtime/product_groups.hpp.
#pragma once

#include <algorithm>

#include <hourglass/kernels/few_rows.hpp>
#include <hourglass/kernels/matrix_product.hpp>
#include <hourglass/kernels/small_products.hpp>
#include <hourglass/schedule/layout.hpp>

HOURGLASS_BEGIN

// Scratch memory that a group needs, in numbers.
struct scratch_sizes {
    long shared = 0;   // by all threads; there are two, used in turn, so that one wait suffices
    long panel = 0;    // of a thread
    long own_left = 0; // of a thread
    long sums = 0;     // shared; two of them

    constexpr void grow_to(const scratch_sizes& other) {
        shared = std::max(shared, other.shared);
        panel = std::max(panel, other.panel);
        own_left = std::max(own_left, other.own_left);
        sums = std::max(sums, other.sums);
    }
};

template <class Compiled, class T> class product_choice {
    static constexpr const auto& schedule = Compiled::run_time;
    static constexpr long max_rows = Compiled::spec::rows;

public:
    static constexpr long rows_of_sum = 16; // are added sequentially

    // Products with known extents have kernels that pack nothing: a vector times a matrix, and products small in all
    // extents.
    static constexpr bool is_vector_product(const product_plan& p) {
        const bool tiny = p.n <= 8 && p.k <= 8; // the kernel of small products is faster
        return !p.rows_in_m && !p.rows_in_k && !p.per_row && p.m == 1 && p.left_column == 1 && !tiny;
    }
    static constexpr bool is_small(const product_plan& p) { return small_products && fits_small(p); }
    // A weight's gradient: its epilogue, the optimiser, reads and writes more than the operands hold.
    static constexpr bool goes_by_rows(const product_plan& p) { return p.rows_in_k; }

    static constexpr scratch_sizes scratch(const product_plan& p) {
        scratch_sizes needed;
        if (is_vector_product(p) || is_small(p)) return needed;
        const int m = static_cast<int>(p.m * (p.rows_in_m ? max_rows : 1)), n = static_cast<int>(p.n),
                  k = static_cast<int>(p.k * (p.rows_in_k ? max_rows : 1));
        // A packed panel or block, and the packed left operand if a thread does a product by itself.
        needed.panel = rounded(kernels::scratch_size<T>(k));
        if (p.per_row)
            needed.own_left = rounded(kernels::packed_left_size<T>(static_cast<int>(p.m), static_cast<int>(p.k)));
        else
            needed.shared =
                rounded(goes_by_rows(p) ? kernels::packed_right_size<T>(k, n) : kernels::packed_left_size<T>(m, k));
        // If products of many rows are summed: the sum of a few rows, and what adding these sums loses.
        if (p.summed && max_rows > rows_of_sum) needed.sums = rounded(static_cast<std::size_t>(p.m * p.n));
        return needed;
    }

private:
    static constexpr long rounded(std::size_t n) { return static_cast<long>((n + 15) / 16 * 16); }
    static constexpr bool fits_small(const product_plan& p) {
        return !p.rows_in_m && !p.rows_in_k && !p.per_row && kernels::is_small_product(p.m, p.n, p.k);
    }
    // The kernel of small products packs nothing, so no other product may rely on its packing.
    static constexpr bool find_small_products() {
        bool small = false;
        for (int g = 0; g < Compiled::sizes.groups; ++g) {
            const schedule_group& group = schedule.groups[g];
            if (!packs_in_order(group)) continue;
            if (group.product.left_is_packed && small && !fits_small(group.product)) return false;
            small = fits_small(group.product);
        }
        return true;
    }
    static constexpr bool small_products = find_small_products();
};

HOURGLASS_END
