// The sparsity pattern of a model's sparse derivative as a constant: `hg::sparsity`. Patterns are found in
// autodiff/dependence.hpp; the non-zeros are computed in autodiff/sparse_derivatives.hpp.
#pragma once

#include <array>

#include <hourglass/autodiff/sparse_derivatives.hpp>
#include <hourglass/compile/check.hpp>

HOURGLASS_BEGIN

/// The pattern of a matrix in compressed sparse rows, and how it is computed. Row i has its non-zeros in columns
/// `columns[row_starts[i]]` to `columns[row_starts[i + 1] - 1]`, in ascending order. Elements count in row-major order.
template <int Rows, int Columns, int NonZeros> struct sparsity_pattern {
    static constexpr int row_count = Rows, column_count = Columns, non_zeros = NonZeros;
    std::array<int, static_cast<std::size_t>(Rows) + 1> row_starts{};
    std::array<int, static_cast<std::size_t>(NonZeros)> columns{};
    derivative_mode mode = derivative_mode::forward;
    int colours = 0; ///< directional derivatives from which all elements are read
};

// The node of a model that holds a sparse derivative, by a symbol whose equation is that derivative.
template <const auto& Graph, auto Symbol> struct sparse_derivative_named {
    static constexpr int node_named() {
        const graph_view g = lowered<Graph>::view();
        const int name = g.find_name(Symbol.hash), n = name < 0 ? -1 : g.names[name].node;
        return n >= 0 && ops::is_sparse_matrix(*g[n].op, g[n].options) ? n : -1;
    }
    static constexpr text value() {
        const graph_view g = lowered<Graph>::view();
        if (!g.problem.empty() || node_named() >= 0) return {}; // the graph reports its own mistakes
        if (const int name = g.find_name(Symbol.hash); name < 0 || g.names[name].node < 0)
            return sentence("hg::sparsity names '", Symbol.name, "', which the graph does not have");
        return sentence("hg::sparsity names '", Symbol.name,
                        "', whose equation is no sparse_jacobian(...) or sparse_hessian(...): give it an equation of "
                        "its own");
    }
    static constexpr auto find() {
        static_assert(check<Graph>);
        static_assert(assert_well_formed<sparse_derivative_named>::value);
        constexpr int n = node_named();
        if constexpr (n < 0) {
            return sparsity_pattern<0, 0, 0>{};
        } else {
            constexpr auto table = ops::index_table::of(lowered<Graph>::view()[n].options);
            sparsity_pattern<table.whole[0], table.whole[1], table.count> p;
            const int* const from = lowered<Graph>::view().indices.data + ops::sparse_matrix::first(table);
            p.colours = from[ops::sparse_matrix::colours];
            p.mode = static_cast<derivative_mode>(from[ops::sparse_matrix::mode]);
            const int* at = from + ops::sparse_matrix::row_starts;
            for (int& start : p.row_starts) start = *at++;
            for (int& column : p.columns) column = *at++;
            return p;
        }
    }
};

/// The pattern of a symbol whose equation is a sparse derivative: `constexpr auto& p = hg::sparsity<model, J>;`.
template <const auto& Graph, auto Symbol>
inline constexpr auto sparsity = sparse_derivative_named<Graph, Symbol>::find();

HOURGLASS_END
