// Sparse Jacobians and Hessians in equations: the pattern is found while the equation is lowered, columns that share no
// row are computed together, and the value is the vector of the non-zeros in compressed rows. The patterns, as
// constants, are in inspect/sparsity.hpp; the dense derivatives, and what may be differentiated, in
// autodiff/derivatives.hpp.
#pragma once

#include <utility>

#include <hourglass/autodiff/derivatives.hpp>

HOURGLASS_BEGIN

enum class derivative_mode { forward, reverse };

namespace ops {

// What stands behind the indices of a gather that picks a sparse matrix's elements, and is read of it again.
struct sparse_matrix {
    enum { colours, mode, row_starts };
    static constexpr int first(const index_table& of) { return of.first + of.count; }
};

struct sparse_derivative {
    // An estimate of the indices that one of them needs (lowering/lower.hpp).
    static constexpr int indices = 2048;

    // The non-zeros of y's derivative in x. Where y is the gradient in x of another value, the derivative is symmetric,
    // and mistakes are told of that one, `named`.
    static constexpr auto build_non_zeros(auto named, auto y, auto x) {
        const bool is_hessian = named.index != y.index;
        return derivative_of(y, x, [&](auto of) { return non_zeros(named, of, x, is_hessian); });
    }

private:
    static constexpr auto non_zeros(auto named, auto y, auto x, bool is_hessian) {
        auto& g = *y.graph;
        const bool has_forward = has_forward_mode(y, x);
        const int outputs = static_cast<int>(y.extents().size()), inputs = static_cast<int>(x.extents().size());
        linear_part part;
        if (x.index <= y.index) part = linear_derivative(y, x, has_forward && inputs <= outputs);
        if (y.failed()) return y;
        sparse_pattern pattern, other;
        if (part.result >= 0) {
            const dependences found(g, part.seed, part.result);
            if (found.through_scan) {
                y.fail(text("the pattern of a derivative is not followed through a scan: take jacobian or hessian, or "
                            "a product with a vector, by jvp, vjp or hessian_vector_product"));
                return y;
            }
            pattern = found.pattern(part.result);
            other = transposed(pattern);
            if (!part.forward) std::swap(pattern, other);
        }
        if (pattern.size() == 0) {
            named.misfit(text(is_hessian ? "sparse_hessian" : "sparse_jacobian"), x,
                         text(is_hessian ? "the first is linear in every element of the second, so there are no "
                                           "second derivatives but zeros"
                                         : "no element of the first depends on one of the second, so it is zero "
                                           "everywhere"));
            return y;
        }
        // The fewest directions; of both modes the same number, forward.
        const bool is_symmetric = is_hessian && pattern == other;
        colouring colours{{}, outputs + 1}; // more than reverse mode takes
        if (has_forward) colours = colour_columns(pattern, other);
        if (is_symmetric)
            if (colouring star = colour_columns(pattern, other, true); star.count < colours.count)
                colours = static_cast<colouring&&>(star);
        bool forward = true;
        if (!is_symmetric)
            if (colouring rows = colour_columns(other, pattern); rows.count < colours.count) {
                colours = static_cast<colouring&&>(rows);
                forward = false;
            }
        if (part.forward != forward) part = linear_derivative(y, x, forward);
        if (y.failed()) return y;
        const auto compressed = y.other(vectorised_part(g, part.seed, colours).run(part.seed, part.result));
        if (y.failed()) return y;
        gather entries;
        entries.options = {add_table(g, pattern, colours, forward), pattern.size(), 0, make_shape(outputs, inputs)};
        const auto all = apply_operation(entries, compressed);
        return is_hessian ? recorded(named, x, all, all.index) : all;
    }
    // Where each element is among the compressed ones, [colours, outputs] or [colours, inputs], and the pattern.
    static constexpr int add_table(auto& g, const sparse_pattern& p, const colouring& colours, bool forward) {
        list<int> table(p.size()), in_row(colours.count); // of each colour, how many columns the row has
        int* to = table.begin();
        const bool is_plain = colours.count == (forward ? p.columns : p.rows); // the unit vectors in their order
        const int* const starts = p.row_starts.begin();
        const int* const columns = p.column_of.begin();
        const int* const of = colours.of.begin();
        int* const of_colour = in_row.begin();
        for (int i = 0; i < p.rows; ++i) {
            for (int k = starts[i]; forward && !is_plain && k < starts[i + 1]; ++k) ++of_colour[of[columns[k]]];
            // In a symmetric matrix an element is read where its colour is no other's in the row, or across the
            // diagonal.
            for (int k = starts[i], j; k < starts[i + 1]; ++k)
                j = columns[k], *to++ = !forward                ? (is_plain ? i : of[i]) * p.columns + j
                                        : is_plain              ? j * p.rows + i
                                        : of_colour[of[j]] == 1 ? of[j] * p.rows + i
                                                                : of[i] * p.rows + j;
            for (int k = starts[i]; forward && !is_plain && k < starts[i + 1]; ++k) of_colour[of[columns[k]]] = 0;
        }
        table.push(colours.count);
        table.push(forward ? static_cast<int>(derivative_mode::forward) : static_cast<int>(derivative_mode::reverse));
        table.append(p.row_starts.view());
        table.append(p.column_of.view());
        return g.add_indices(table.view());
    }
};

struct sparse_jacobian_call : sparse_derivative {
    constexpr auto build(auto y, auto x) const {
        return can_differentiate(y, x, "sparse_jacobian") ? build_non_zeros(y, y, x) : y;
    }
};
struct sparse_hessian_call : sparse_derivative {
    constexpr auto build(auto y, auto x) const {
        if (!can_differentiate(y, x, "sparse_hessian")) return y;
        if (y.extents().rank != 0) {
            y.misfit(text("sparse_hessian"), x,
                     sentence("the first has the shape ", y.extents(),
                              ", and only a single number has a Hessian: take sum(...) of it, or write "
                              "sparse_jacobian(...)"));
            return y;
        }
        const auto slope = grad_call{}.build(y, x);
        if (y.failed()) return y;
        const list<bool> part = reached_by_gradient(*y.graph, slope.index);
        const bool depends = x.index <= slope.index && part[x.index];
        if (depends && !can_differentiate(slope, x, "sparse_hessian")) return y;
        return build_non_zeros(y, slope, x);
    }
};

}

// The non-zeros of jacobian(y, x), row by row, as a vector: those that there can be, whatever the numbers are. Elements
// of y are rows and those of x columns, in row-major order; which they are, hg::sparsity says. Columns that have no row
// in common are computed together, by forward mode, or rows by reverse mode where these take fewer directions.
template <operand Y, operand X> constexpr auto sparse_jacobian(const Y& y, const X& x) {
    return apply_operation(ops::sparse_jacobian_call{}, y, x);
}
// The non-zeros of hessian(y, x), both triangles; interactions alone, so that a linear term gives none. Of two that are
// each other's mirror images one may be computed and read twice.
template <operand Y, operand X> constexpr auto sparse_hessian(const Y& y, const X& x) {
    return apply_operation(ops::sparse_hessian_call{}, y, x);
}

HOURGLASS_END
