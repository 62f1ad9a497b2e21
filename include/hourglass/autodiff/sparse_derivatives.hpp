// Sparse Jacobians and Hessians in equations. The pattern is found while the equation is lowered, columns that share no
// row are computed together, and the value is the vector of the non-zeros in compressed rows. The patterns as constants
// are in inspect/sparsity.hpp. The dense derivatives, and what can be differentiated, are in autodiff/derivatives.hpp.
#pragma once

#include <utility>

#include <hourglass/autodiff/derivatives.hpp>

HOURGLASS_BEGIN

enum class derivative_mode { forward, reverse };

namespace ops {

// The layout of what follows the indices of the gather that picks a sparse matrix's elements; the pattern is read from
// it.
struct sparse_matrix {
    enum { colours, mode, row_starts };
    static constexpr int first(const index_table& of) { return of.first + of.count; }
};

struct sparse_derivative {
    // An estimate of the indices that one derivative needs (lowering/lower.hpp).
    static constexpr int indices = 2048;

    // The non-zeros of the derivative of y in x. If y is itself the gradient of `named` in x, the derivative is
    // symmetric; diagnostics speak of `named`.
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
        // Takes the mode with fewer directions; forward mode in a tie.
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
    // Appends each element's index in the compressed matrix, [colours, outputs] or [colours, inputs], and the pattern.
    static constexpr int add_table(auto& g, const sparse_pattern& p, const colouring& colours, bool forward) {
        list<int> table(p.size()), in_row(colours.count); // of each colour: how many columns the row has
        int* to = table.begin();
        const bool is_plain = colours.count == (forward ? p.columns : p.rows); // the unit vectors in their order
        const int* const starts = p.row_starts.begin();
        const int* const columns = p.column_of.begin();
        const int* const of = colours.of.begin();
        int* const of_colour = in_row.begin();
        for (int i = 0; i < p.rows; ++i) {
            for (int k = starts[i]; forward && !is_plain && k < starts[i + 1]; ++k) ++of_colour[of[columns[k]]];
            // In a symmetric matrix an element is read where no other element of the row has its colour, else across
            // the diagonal.
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

/// Returns the non-zeros of `jacobian(y, x)`, row by row, as a vector: all elements that can be non-zero, whatever the
/// values are. Elements of y are rows and those of x columns, in row-major order; `hg::sparsity` tells which they are.
/// Columns that have no row in common are computed together by forward mode, or rows by reverse mode if that takes
/// fewer directions. A compile error if there are no such elements, if a path goes through a scan, or as for `grad`,
/// except that y may have any shape.
template <operand Y, operand X> constexpr auto sparse_jacobian(const Y& y, const X& x) {
    return apply_operation(ops::sparse_jacobian_call{}, y, x);
}
/// Returns the non-zeros of `hessian(y, x)` as `sparse_jacobian` does, both triangles. Only interactions count: a
/// linear term has none. Of two mirrored elements one may be computed and read twice. A compile error if y is not a
/// single number or is linear in x, or as for `sparse_jacobian`.
template <operand Y, operand X> constexpr auto sparse_hessian(const Y& y, const X& x) {
    return apply_operation(ops::sparse_hessian_call{}, y, x);
}

HOURGLASS_END
