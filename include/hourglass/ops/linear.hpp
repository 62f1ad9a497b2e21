// Matrix products in every transposition, `*` between a matrix and a vector, and the product summed over the batch,
// which is the gradient of a weight. kernels/matrix_product.hpp computes them.
#pragma once

#include <hourglass/ops/reduction.hpp>

HOURGLASS_BEGIN
namespace ops {

// Adds op(A) op(B) to C, for one example.
template <class T>
constexpr void reference_product(const T* a, const shape& sa, bool ta, const T* b, const shape& sb, bool tb, T* c) {
    const long a0 = sa[0], a1 = sa.rank == 2 ? sa[1] : 1, b0 = sb[0], b1 = sb.rank == 2 ? sb[1] : 1;
    const long m = ta ? a1 : a0, k = ta ? a0 : a1, n = tb ? b0 : b1;
    for (long i = 0; i < m; ++i)
        for (long j = 0; j < n; ++j)
            for (long l = 0; l < k; ++l)
                c[i * n + j] += a[ta ? l * a1 + i : i * a1 + l] * b[tb ? j * b1 + l : l * b1 + j];
}

// An element of op(A) op(B) depends on a row and a column, where neither is zero.
constexpr void depend_in_product(dependence& d, const shape& sa, bool ta, const shape& sb, bool tb) {
    const long a0 = sa[0], a1 = sa.rank == 2 ? sa[1] : 1, b0 = sb[0], b1 = sb.rank == 2 ? sb[1] : 1;
    const long m = ta ? a1 : a0, k = ta ? a0 : a1, n = tb ? b0 : b1;
    // If one side is constant, results differ only in the other's rows, or columns.
    const long rows = d.is_constant(0) ? 1 : m, columns = d.is_constant(1) ? 1 : n;
    for (long i = 0; i < rows; ++i)
        for (long j = 0; j < columns; ++j)
            for (long l = 0; l < k; ++l) {
                const long a = ta ? l * a1 + i : i * a1 + l, b = tb ? j * b1 + l : l * b1 + j;
                if (d.is_zero(0, a) || d.is_zero(1, b)) continue;
                if (!d.is_constant(0)) d.add(i * n + j, 0, a);
                if (!d.is_constant(1)) d.add(i * n + j, 1, b);
            }
    for (long i = 0; i < m; ++i)
        for (long j = i < rows ? columns : 0; j < n; ++j)
            d.add_result(i * n + j, (i < rows ? i : 0) * n + (j < columns ? j : 0));
}

// Which operands of a matrix product are transposed.
struct product_transposes {
    bool a = false, b = false;
    static constexpr product_transposes of(const attributes& o) { return {o.flags[0] != 0, o.flags[1] != 0}; }
    constexpr operator attributes() const { return {0, {}, {a, b, 0}}; }
    constexpr text described() const {
        return sentence(a ? "transpose left" : "", a && b ? ", " : "", b ? "transpose right" : "");
    }
};

// How the kernels multiply op(A) op(B), for matrices A and B.
constexpr product_plan plan_of_matrices(const value_type* types, const product_transposes& swap) {
    const value_type &ta = types[0], &tb = types[1];
    const long a0 = ta.extents[0], a1 = ta.extents[1], b0 = tb.extents[0], b1 = tb.extents[1];
    product_plan p;
    p.left = 0;
    p.right = 1;
    p.m = swap.a ? a1 : a0;
    p.k = swap.a ? a0 : a1;
    p.n = swap.b ? b0 : b1;
    p.left_row = swap.a ? 1 : a1;
    p.left_column = swap.a ? a1 : 1;
    p.right_row = swap.b ? 1 : b1;
    p.right_column = swap.b ? b1 : 1;
    p.left_batch = ta.batched ? ta.extents.size() : 0;
    p.right_batch = tb.batched ? tb.extents.size() : 0;
    return p;
}

/// op(A) op(B), where op transposes if requested. A is a matrix, B a matrix or a vector.
struct matmul {
    static constexpr std::string_view name = "matmul";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = 2;
    static constexpr unsigned zero_operands = 3u;
    static constexpr linearity linear = linearity::in_each;
    product_transposes options{};
    static constexpr text describe(const attributes& a) { return product_transposes::of(a).described(); }
    static constexpr value_type infer(inference& in) {
        const shape &a = in[0].extents, &b = in[1].extents;
        value_type result{{}, in.any_batched()};
        if (a.rank != 2 || (b.rank != 1 && b.rank != 2)) {
            in.problem = sentence("it needs a matrix and a matrix or vector, not the shapes ", a, " and ", b);
            return result;
        }
        auto [ta, tb] = product_transposes::of(in.options);
        tb = tb && b.rank == 2;
        const int rows = a[ta ? 1 : 0], inner = a[ta ? 0 : 1], inner_b = b[tb ? 1 : 0];
        if (inner != inner_b) {
            in.problem = sentence("the matrix ", make_shape(rows, inner), " has ", inner,
                                  " columns, but what it multiplies, ", b.rank == 2 && tb ? make_shape(b[1], b[0]) : b,
                                  ", has ", inner_b, b.rank == 2 ? " rows" : " elements");
            return result;
        }
        result.extents = b.rank == 1 ? make_shape(rows) : make_shape(rows, b[tb ? 0 : 1]);
        return result;
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const bool vector = e.types[1].extents.rank == 1;
        for (long r = 0; r < e.rows_of(e.type); ++r) {
            T* c = e.result + r * e.type.extents.size();
            for (long i = 0; i < e.type.extents.size(); ++i) c[i] = T(0);
            const auto [ta, tb] = product_transposes::of(e.options);
            reference_product(e.operand(0, r), e.types[0].extents, ta, e.operand(1, r), e.types[1].extents,
                              tb && !vector, c);
        }
    }
    static constexpr void depend(dependence& d) {
        const bool vector = d.types[1].extents.rank == 1;
        const auto [ta, tb] = product_transposes::of(d.options);
        depend_in_product(d, d.types[0].extents, ta, d.types[1].extents, tb && !vector);
    }
    static constexpr product_plan matrix_product(const value_type* types, const attributes& o) {
        const product_transposes swap = product_transposes::of(o);
        if (types[1].extents.rank == 1) return row_times_matrix(types, swap.a);
        product_plan p = plan_of_matrices(types, swap);
        if (types[0].batched && !types[1].batched && !swap.a)
            p.rows_in_m = true;
        else
            p.per_row = types[0].batched || types[1].batched;
        return p;
    }
    static constexpr handle over_directions(auto& d);
    static constexpr void derivative(auto& d);

private:
    // y = A x as the row vector x times the transpose of A: the rows of a batch then form a matrix.
    static constexpr product_plan row_times_matrix(const value_type* types, bool swap_a) {
        const value_type &ta = types[0], &tb = types[1];
        const long a0 = ta.extents[0], a1 = ta.extents[1];
        product_plan p;
        p.m = 1;
        p.n = swap_a ? a1 : a0;
        p.k = swap_a ? a0 : a1;
        p.left = 1;
        p.right = 0;
        p.left_row = p.k;
        p.left_column = 1;
        p.right_row = swap_a ? a1 : 1;
        p.right_column = swap_a ? 1 : a1;
        if (ta.batched) {
            p.per_row = true;
            p.right_batch = ta.extents.size();
            p.left_batch = tb.batched ? p.k : 0;
        } else {
            p.rows_in_m = tb.batched;
        }
        return p;
    }
};
/// The sum over the batch of op(A) op(B). A vector A is a column, a vector B a row.
struct matmul_batch_sum {
    static constexpr std::string_view name = "matmul_batch_sum";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = 2;
    static constexpr unsigned zero_operands = 3u;
    static constexpr linearity linear = linearity::in_each;
    product_transposes options{};
    static constexpr text describe(const attributes& a) { return product_transposes::of(a).described(); }
    static constexpr value_type infer(inference& in) {
        const shape &a = in[0].extents, &b = in[1].extents;
        const auto [ta, tb] = product_transposes::of(in.options);
        if (a.rank < 1 || a.rank > 2 || b.rank != a.rank || !in[0].batched || !in[1].batched ||
            (a.rank == 2 && a[ta ? 0 : 1] != b[tb ? 1 : 0]))
            in.problem = sentence("a product summed over the batch does not fit the shapes ", a, " and ", b);
        else if (a.rank == 1)
            return {make_shape(a[0], b[0]), false};
        else
            return {make_shape(a[ta ? 1 : 0], b[tb ? 0 : 1]), false};
        return {};
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const bool vectors = e.types[0].extents.rank == 1;
        const shape& b = e.types[1].extents;
        const auto [ta, tb] = product_transposes::of(e.options);
        for (long i = 0; i < e.type.extents.size(); ++i) e.result[i] = T(0);
        for (long r = 0; r < e.rows; ++r)
            reference_product(e.operand(0, r), e.types[0].extents, !vectors && ta, e.operand(1, r),
                              vectors ? make_shape(1, b[0]) : b, !vectors && tb, e.result);
    }
    static constexpr void depend(dependence& d) {
        const bool vectors = d.types[0].extents.rank == 1;
        const shape& b = d.types[1].extents;
        const auto [ta, tb] = product_transposes::of(d.options);
        depend_in_product(d, d.types[0].extents, !vectors && ta, vectors ? make_shape(1, b[0]) : b, !vectors && tb);
    }
    static constexpr product_plan matrix_product(const value_type* types, const attributes& o) {
        if (types[0].extents.rank == 1) return columns_times_rows(types);
        const product_transposes swap = product_transposes::of(o);
        product_plan p = plan_of_matrices(types, swap);
        if (swap.a && !swap.b)
            p.rows_in_k = true; // consecutive examples lie along k
        else
            p.per_row = p.summed = true;
        return p;
    }
    static constexpr handle over_directions(auto& d);
    static constexpr void derivative(auto& d);

private:
    static constexpr product_plan columns_times_rows(const value_type* types) {
        product_plan p;
        p.left = 0;
        p.right = 1;
        p.m = types[0].extents[0];
        p.n = types[1].extents[0];
        p.k = 1;
        p.rows_in_k = true;
        p.left_row = 1;
        p.left_column = p.m;
        p.right_row = p.n;
        p.right_column = 1;
        return p;
    }
};

/// Multiplies with `Product`, `matmul` or `matmul_batch_sum`, transposing a if `ta` and b if `tb`.
template <class Product, class A, class B>
constexpr outcome_of<Product, A, B> product(const A& a, const B& b, bool ta, bool tb) {
    Product p;
    p.options = {ta, tb};
    return apply_operation(p, a, b);
}

// op(A) op(B) for the A of all directions as one product: their rows form one long matrix.
constexpr handle over_all_left(auto& d) {
    const auto [ta, tb] = product_transposes::of(d.options());
    auto a = d.stacked(0);
    if (ta) a = with_next_axis_swapped(a, 1);
    const int rows = a.extents()[1], inner = a.extents()[2];
    const auto b = d.operand(1);
    const auto c =
        product<matmul>(reshaped(a, make_shape(d.count() * rows, inner)), b, false, tb && b.extents().rank == 2);
    return reshaped(c, d.with_directions(d.result().extents));
}
// For the B of all directions, as the transpose of op(B)' op(A)'.
constexpr handle over_all_right(auto& d) {
    const auto [ta, tb] = product_transposes::of(d.options());
    const auto a = d.operand(0);
    if (d.operand(1).extents().rank == 1) {
        if (!d.is_diagonal(1)) return product<matmul>(d.stacked(1), a, false, !ta);
        auto columns = a;
        if (!ta) columns = apply_operation(transpose{}, a);
        return hadamard(reshaped(d.diagonal(1), make_shape(d.count(), 1)), columns);
    }
    auto all = d.stacked(1);
    if (!tb) all = with_next_axis_swapped(all, 1);
    const int columns = all.extents()[1], inner = all.extents()[2];
    const auto c = product<matmul>(reshaped(all, make_shape(d.count() * columns, inner)), a, false, !ta);
    return with_next_axis_swapped(reshaped(c, make_shape(d.count(), columns, c.extents()[1])), 1);
}
constexpr handle matmul::over_directions(auto& d) {
    if (d.moves(0) && d.moves(1)) return {};
    return d.moves(0) ? over_all_left(d) : over_all_right(d);
}
// Of a column and a row. Other sums are done one direction at a time.
constexpr handle matmul_batch_sum::over_directions(auto& d) {
    const int moving = d.moves(0) ? 0 : 1, rows = d.result().extents[0], columns = d.result().extents[1];
    if (d.operand(0).extents().rank != 1 || (d.moves(0) && d.moves(1))) return {};
    auto all = d.stacked(moving);
    all = reshaped(filled(all, {all.extents(), true}), make_shape(d.count() * (moving == 0 ? rows : columns)));
    if (moving == 0)
        return reshaped(product<matmul_batch_sum>(all, d.operand(1), false, false),
                        d.with_directions(d.result().extents));
    const auto c = product<matmul_batch_sum>(d.operand(0), all, false, false);
    return with_next_axis_swapped(reshaped(c, make_shape(rows, d.count(), columns)), 0);
}

constexpr void matmul::derivative(auto& d) {
    auto a = d.operand(0), b = d.operand(1), g = d.adjoint_full();
    const auto [ta, tb] = product_transposes::of(d.options());
    const bool over_batch =
        d.sums_rows() && !a.batched() && g.batched(); // the product includes the sum for a's gradient
    if (b.extents().rank == 1) {
        if (d.wanted(0)) {
            if (over_batch && b.batched()) {
                d.accumulate(0, ta ? product<matmul_batch_sum>(b, g, false, false)
                                   : product<matmul_batch_sum>(g, b, false, false));
            } else {
                auto column = (ta ? b : g), row = (ta ? g : b);
                d.accumulate(0, hadamard(reshaped(column, make_shape(column.extents()[0], 1)),
                                         reshaped(row, make_shape(1, row.extents()[0]))));
            }
        }
        if (d.wanted(1)) d.accumulate(1, product<matmul>(a, g, !ta, false));
        return;
    }
    if (d.wanted(0)) {
        if (over_batch && b.batched()) {
            d.accumulate(0,
                         ta ? product<matmul_batch_sum>(b, g, tb, true) : product<matmul_batch_sum>(g, b, false, !tb));
        } else {
            d.accumulate(0, ta ? product<matmul>(b, g, tb, true) : product<matmul>(g, b, false, !tb));
        }
    }
    if (d.wanted(1)) {
        if (d.sums_rows() && !b.batched() && g.batched() && a.batched())
            d.accumulate(1,
                         tb ? product<matmul_batch_sum>(g, a, true, ta) : product<matmul_batch_sum>(a, g, !ta, false));
        else
            d.accumulate(1, tb ? product<matmul>(g, a, true, ta) : product<matmul>(a, g, !ta, false));
    }
}
constexpr void matmul_batch_sum::derivative(auto& d) {
    auto a = d.operand(0), b = d.operand(1), g = d.adjoint_full();
    const auto [ta, tb] = product_transposes::of(d.options());
    if (a.extents().rank == 1) {
        if (d.wanted(0)) d.accumulate(0, product<matmul>(g, b, false, false));
        if (d.wanted(1)) d.accumulate(1, product<matmul>(g, a, true, false));
        return;
    }
    if (d.wanted(0)) d.accumulate(0, ta ? product<matmul>(b, g, tb, true) : product<matmul>(g, b, false, !tb));
    if (d.wanted(1)) d.accumulate(1, tb ? product<matmul>(g, a, true, ta) : product<matmul>(a, g, !ta, false));
}

/// a * b, chosen by the ranks, which lowering knows.
struct times {
    constexpr auto build(auto a, auto b) const {
        const int rank_a = a.extents().rank, rank_b = b.extents().rank;
        if (rank_a == 2 && rank_b == 1) return product<matmul>(a, b, false, false);
        if (rank_a == 2 && rank_b == 2)
            a.misfit(text("*"), b,
                     sentence("the shapes ", a.extents(), " and ", b.extents(),
                              " could be meant in several ways: write matmul(a, b) for the matrix product, with "
                              "transpose(...) where it is needed, or hadamard(a, b) for the elementwise product"));
        if (rank_a == 1 && rank_b == 2)
            a.misfit(text("*"), b,
                     sentence("a vector ", a.extents(), " times a matrix ", b.extents(),
                              " could be meant in several ways: write transpose(matrix) * vector or matmul(vector, "
                              "matrix) for the matrix product, or hadamard(a, b) for the elementwise product"));
        return hadamard(a, b);
    }
};
struct matmul_call {
    bool transpose_a = false, transpose_b = false;
    constexpr bool operator==(const matmul_call&) const = default;
    constexpr auto build(auto a, auto b) const {
        if (a.extents().rank == 1 && b.extents().rank == 2) return product<matmul>(b, a, !transpose_b, false);
        return product<matmul>(a, b, transpose_a, transpose_b);
    }
};
struct dot_call {
    constexpr auto build(auto a, auto b) const {
        if (a.extents().rank != 1 || !(a.extents() == b.extents()))
            a.misfit(
                text("dot"), b,
                sentence("it needs two vectors of one length, not the shapes ", a.extents(), " and ", b.extents()));
        return hourglass::sum(hadamard(a, b));
    }
};
struct outer_call {
    constexpr auto build(auto a, auto b) const {
        if (a.extents().rank != 1 || b.extents().rank != 1) {
            a.misfit(text("outer"), b,
                     sentence("it needs two vectors, not the shapes ", a.extents(), " and ", b.extents()));
            return a;
        }
        return hadamard(reshaped(a, make_shape(a.extents()[0], 1)), reshaped(b, make_shape(1, b.extents()[0])));
    }
};

}

/// Multiplies: rank 2 times rank 1 is the matrix product, every other pair elementwise. Rank 2 or 1 times rank 2 is an
/// error that offers `matmul`, `hadamard` and `transpose`.
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr outcome_of<std::conditional_t<operand<A> && operand<B>, ops::times, ops::multiply>, A, B>
operator*(const A& a, const B& b) {
    if constexpr (operand<A> && operand<B>)
        return apply_operation(ops::times{}, a, b);
    else
        return apply_operation(ops::multiply{}, a, b);
}
/// Returns the product of a matrix and a matrix or vector, or of a row vector and a matrix.
template <operand A, operand B> constexpr auto matmul(const A& a, const B& b) {
    return apply_operation(ops::matmul_call{}, a, b);
}
/// Returns the inner product of two vectors of one length.
template <operand A, operand B> constexpr auto dot(const A& a, const B& b) {
    return apply_operation(ops::dot_call{}, a, b);
}
/// Returns the outer product of two vectors: [m, n] for [m] and [n].
template <operand A, operand B> constexpr auto outer(const A& a, const B& b) {
    return apply_operation(ops::outer_call{}, a, b);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::matmul);
HOURGLASS_OPERATION(hourglass::ops::matmul_batch_sum);
