// Triangular matrices: solving with one, and keeping the elements of a matrix near its diagonal.
#pragma once

#include <hourglass/ops/linear.hpp>

HOURGLASS_BEGIN
namespace ops {

struct kept_diagonals {
    int lowest = 0, highest = 0;
    static constexpr kept_diagonals of(const attributes& a) { return {a.flags[0], a.flags[1]}; }
    constexpr operator attributes() const { return {0, {}, {lowest, highest, 0}}; }
};
/// The elements (i, j) of a matrix with lowest <= i - j <= highest; zeros elsewhere.
struct band : movement {
    static constexpr std::string_view name = "band";
    kept_diagonals options{};
    static constexpr text describe(const attributes& a) {
        const auto [lowest, highest] = kept_diagonals::of(a);
        return sentence("diagonals ", lowest, " to ", highest);
    }
    static constexpr value_type infer(inference& in) {
        if (in[0].extents.rank != 2) in.problem = sentence("it needs a matrix, not the shape ", in[0].extents);
        return in[0];
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const long rows = e.type.extents[0], columns = e.type.extents[1];
        const auto [lowest, highest] = kept_diagonals::of(e.options);
        for (long r = 0; r < e.rows_of(e.type); ++r)
            for (long i = 0; i < rows; ++i)
                for (long j = 0; j < columns; ++j) {
                    const bool kept = i - j >= lowest && i - j <= highest;
                    e.result[(r * rows + i) * columns + j] = kept ? e.operand(0, r)[i * columns + j] : T(0);
                }
    }
    static constexpr void derivative(auto& d) {
        band same;
        same.options = kept_diagonals::of(d.options());
        d.accumulate(0, apply_operation(same, d.adjoint_full()));
    }
};
struct solved_matrix {
    bool transposed = false;
    static constexpr solved_matrix of(const attributes& a) { return {a.flags[0] != 0}; }
    constexpr operator attributes() const { return {0, {}, {transposed, 0, 0}}; }
};
/// x in L x = b, or in transpose(L) x = b if requested. L is lower triangular, and only its lower triangle is read; b
/// is a vector or a matrix.
struct triangular_solve {
    static constexpr std::string_view name = "triangular_solve";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = 2;
    solved_matrix options{};
    static constexpr text describe(const attributes& a) {
        return text(solved_matrix::of(a).transposed ? "transposed" : "");
    }
    static constexpr double cost(const operation_cost& c) {
        return 2.0 * c.operands[0].extents[0] * c.elements_of_result();
    }
    static constexpr value_type infer(inference& in) {
        const shape &l = in[0].extents, &b = in[1].extents;
        if (l.rank != 2 || l[0] != l[1])
            in.problem = sentence("it needs a square matrix to solve with, not the shape ", l);
        else if (b.rank < 1 || b.rank > 2 || b[0] != l[0])
            in.problem = sentence("the matrix ", l, " has ", l[0], " rows, but the right side has the shape ", b);
        return {b, in.any_batched()};
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const long n = e.types[0].extents[0], columns = e.type.extents.size() / n;
        const bool transposed = solved_matrix::of(e.options).transposed;
        for (long r = 0; r < e.rows_of(e.type); ++r) {
            const T *l = e.operand(0, r), *b = e.operand(1, r);
            T* x = e.result + r * n * columns;
            for (long c = 0; c < columns; ++c)
                for (long step = 0; step < n; ++step) {
                    const long i = transposed ? n - 1 - step : step;
                    T rest = b[i * columns + c];
                    for (long known = 0; known < step; ++known) {
                        const long j = transposed ? i + 1 + known : known;
                        rest = rest - l[transposed ? j * n + i : i * n + j] * x[j * columns + c];
                    }
                    x[i * columns + c] = rest / l[i * n + i];
                }
        }
    }
    // With c = transpose(L)^-1 g, the gradient in b is c, and in L it is the lower triangle of -c transpose(x) (Giles
    // 2008, "Collected matrix derivative results", 2.3.1).
    static constexpr void derivative(auto& d) {
        const bool transposed = solved_matrix::of(d.options()).transposed;
        triangular_solve other;
        other.options.transposed = !transposed;
        auto l = d.operand(0);
        auto x = d.result();
        auto c = apply_operation(other, l, d.adjoint_full());
        d.accumulate(1, c);
        if (!d.wanted(0)) return;
        auto left = transposed ? x : c;
        auto right = transposed ? c : x;
        const bool over_batch = d.sums_rows() && !l.batched() && left.batched() && right.batched();
        const int n = l.extents()[0];
        auto share = left;
        if (x.extents().rank == 2) {
            share = over_batch ? product<matmul_batch_sum>(left, right, false, true)
                               : product<matmul>(left, right, false, true);
        } else if (over_batch) {
            share = product<matmul_batch_sum>(left, right, false, false);
        } else {
            auto column = reshaped(left, make_shape(n, 1));
            share = hadamard(column, reshaped(right, make_shape(1, n)));
        }
        band lower;
        lower.options = {0, n};
        d.accumulate(0, -apply_operation(lower, share));
    }
};

// The diagonal of a square matrix.
struct diagonal_call {
    constexpr auto build(auto x) const {
        if (x.extents().rank != 2 || x.extents()[0] != x.extents()[1]) {
            x.misfit(text("diagonal"), sentence("it needs a square matrix, not the shape ", x.extents()));
            return x;
        }
        auto on_it = apply_operation(band{}, x);
        return reduce<sum>(on_it, 2u, false);
    }
};
struct lower_triangle_call {
    constexpr auto build(auto x) const {
        band lower;
        lower.options = {0, x.extents().rank == 2 ? x.extents()[0] : 0};
        return apply_operation(lower, x);
    }
};

}

/// Solves L x = b for x. L is [n, n], and only its lower triangle is read; b is [n] or [n, m].
template <operand L, operand B> constexpr auto triangular_solve(const L& l, const B& b) {
    return apply_operation(ops::triangular_solve{}, l, b);
}
/// Returns a matrix with zeros above its diagonal.
template <operand X> constexpr auto lower_triangle(const X& x) {
    return apply_operation(ops::lower_triangle_call{}, x);
}
/// Returns the diagonal of a square matrix, as a vector.
template <operand X> constexpr auto diagonal(const X& x) { return apply_operation(ops::diagonal_call{}, x); }

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::band);
HOURGLASS_OPERATION(hourglass::ops::triangular_solve);
