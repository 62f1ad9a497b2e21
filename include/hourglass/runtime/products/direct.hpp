// Products of a program that calls its groups by name (runtime/direct.hpp), with everything known to the compiler.
// Others are in runtime/product_groups.hpp.
#pragma once

#include <algorithm>
#include <type_traits>

#include <hourglass/runtime/products/choice.hpp>

HOURGLASS_BEGIN

template <class Direct> class direct_products {
    using T = typename Direct::element_type;
    using choice = product_choice<typename Direct::compiled_graph, T>;
    static constexpr const schedule_group& group_at(int g) { return Direct::group_at(g); }

    // Two products with one matrix, which is read once: the second multiplies its transpose by the result of the first.
    struct pair_of_products {
        int first = -1, second = -1;
    };
    static constexpr bool stores(const schedule_group& group, int v) {
        for (int s = 0; s < group.store_count; ++s)
            if (Direct::target_of(group, s) == v) return true;
        return false;
    }
    static constexpr bool are_one_sweep(const schedule_group& a, const schedule_group& b) {
        if (!multiplies(a.kind) || a.once || !multiplies(b.kind)) return false;
        const product_plan &p = a.product, &q = b.product;
        return choice::is_vector_product(p) && choice::is_vector_product(q) && p.right == q.right && p.right_row == 1 &&
               q.right_column == 1 && p.right_column == q.right_row && q.right_row != 1 && p.n == q.k && p.k == q.n &&
               stores(a, q.left);
    }
    static constexpr pair_of_products find_pair() {
        for (int first = 0; first < Direct::groups; ++first)
            for (int second = first + 1; second < Direct::groups; ++second)
                if (are_one_sweep(group_at(first), group_at(second))) return {first, second};
        return {};
    }
    static constexpr pair_of_products together = find_pair();
    // The sums of the second product, until its place in the order.
    template <int Columns> struct sums_of_second {
        static constexpr int size = kernels::row_sums_size<T, Columns>;
        alignas(kernels::scratch_alignment) T sums[static_cast<std::size_t>(size)] = {};
    };
    struct nothing_waits {};

public:
    using waiting = std::conditional_t<
        together.second >= 0,
        sums_of_second<static_cast<int>(together.second >= 0 ? group_at(std::max(0, together.second)).product.n : 1)>,
        nothing_waits>;

    template <int G, class Executor> [[gnu::always_inline]] static void run(Executor& e, [[maybe_unused]] waiting& w) {
        constexpr product_plan p = group_at(G).product;
        if constexpr (G == together.first) {
            kernels::sweep<T, static_cast<int>(p.n), static_cast<int>(p.k)>(
                Direct::template place<p.left>(e), Direct::template place<p.right>(e), p.right_column,
                Direct::template place<group_at(together.second).product.left>(e), w.sums,
                [&](const kernels::finished_part<T>& part) { finish<G>(e, part); });
        } else if constexpr (G == together.second) {
            kernels::finish_rows<T, static_cast<int>(p.n)>(w.sums);
            finish<G>(e, {w.sums, waiting::size, 0, 1, 0, static_cast<int>(p.n)});
        } else if constexpr (choice::is_small(p) && !choice::is_vector_product(p)) {
            kernels::multiply_small<T, static_cast<int>(p.m), static_cast<int>(p.n), static_cast<int>(p.k)>(
                {Direct::template place<p.left>(e), p.left_row, p.left_column},
                {Direct::template place<p.right>(e), p.right_row, p.right_column},
                [&](const kernels::finished_part<T>& part) { finish<G>(e, part); });
        } else {
            e.template run_group<G>();
        }
    }

private:
    // Runs the epilogue.
    template <int G, class Executor> static void finish(Executor& e, const kernels::finished_part<T>& part) {
        Direct::template with_places<G>(
            e, [&](const T* const* from, T* const* to) { Direct::template kernel_of<G>::run_part(part, from, to, 0); });
    }
};

HOURGLASS_END
