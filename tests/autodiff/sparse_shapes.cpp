// Sparse Jacobians of every shape: blocks, a band with an edge, triangles, parts of a diagonal, dense matrices, reverse
// mode, and a scheme of differences on a ring. Chains and Hessians are in autodiff/sparse_derivatives.cpp.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "autodiff/sparse_matrices.hpp"

namespace {

// Every other shape of a matrix: blocks, a band with an edge, triangles, parts of a diagonal, dense ones, reverse mode.
namespace shapes {

inline constexpr hg::argument<"x", 4, 3> x;
inline constexpr hg::argument<"v", 5> v;
inline constexpr hg::argument<"A", 5, 5> A;
inline constexpr hg::argument<"W", 3, 5> W;
inline constexpr hg::symbol<"blocks"> blocks;
inline constexpr hg::symbol<"rows"> rows;
inline constexpr hg::symbol<"triangle"> triangle;
inline constexpr hg::symbol<"layer"> layer;
inline constexpr hg::symbol<"number"> number;
inline constexpr hg::symbol<"moved"> moved;
inline constexpr hg::symbol<"solved"> solved;
inline constexpr hg::symbol<"largest"> largest;
inline constexpr hg::symbol<"part"> part;
inline constexpr hg::symbol<"J_blocks"> J_blocks;
inline constexpr hg::symbol<"J_rows"> J_rows;
inline constexpr hg::symbol<"J_triangle"> J_triangle;
inline constexpr hg::symbol<"J_layer"> J_layer;
inline constexpr hg::symbol<"J_weight"> J_weight;
inline constexpr hg::symbol<"J_number"> J_number;
inline constexpr hg::symbol<"J_moved"> J_moved;
inline constexpr hg::symbol<"J_solved"> J_solved;
inline constexpr hg::symbol<"J_largest"> J_largest;
inline constexpr hg::symbol<"H_part"> H_part;
inline constexpr hg::symbol<"D_blocks"> D_blocks;
inline constexpr hg::symbol<"D_rows"> D_rows;
inline constexpr hg::symbol<"D_triangle"> D_triangle;
inline constexpr hg::symbol<"D_layer"> D_layer;
inline constexpr hg::symbol<"D_weight"> D_weight;
inline constexpr hg::symbol<"D_number"> D_number;
inline constexpr hg::symbol<"D_moved"> D_moved;
inline constexpr hg::symbol<"D_solved"> D_solved;
inline constexpr hg::symbol<"D_largest"> D_largest;
inline constexpr hg::symbol<"D_part"> D_part;

inline constexpr hg::graph model{
    blocks = softmax(x),
    rows = prod(x, hg::axes<1>),
    triangle = lower_triangle(A) * sin(v),
    layer = tanh(W * v),
    number = sum(square(v)) * log(sum(v)),
    moved = concatenate<1>(transpose(x), hg::reshape<3, 2>(hg::slice<0, 2>(x)) * 2.0),
    solved = triangular_solve(A, v),
    largest = max(x, hg::axes<0>) * hg::reshape<3>(hg::slice<1, 2>(x)),
    part = sum(pow(hg::slice<1, 4>(v), 3)) + sum(v * v * 0) + dot(v, hg::broadcast_to<5>(2)),
    J_blocks = hg::sparse_jacobian(blocks, x),
    J_rows = hg::sparse_jacobian(rows, x),
    J_triangle = hg::sparse_jacobian(triangle, v),
    J_layer = hg::sparse_jacobian(layer, v),
    J_weight = hg::sparse_jacobian(layer, W),
    J_number = hg::sparse_jacobian(number, v),
    J_moved = hg::sparse_jacobian(moved, x),
    J_solved = hg::sparse_jacobian(solved, v),
    J_largest = hg::sparse_jacobian(largest, x),
    H_part = hg::sparse_hessian(part, v),
    D_blocks = jacobian(blocks, x),
    D_rows = jacobian(rows, x),
    D_triangle = jacobian(triangle, v),
    D_layer = jacobian(layer, v),
    D_weight = jacobian(layer, W),
    D_number = jacobian(number, v),
    D_moved = jacobian(moved, x),
    D_solved = jacobian(solved, v),
    D_largest = jacobian(largest, x),
    D_part = hessian(part, v),
};
template <auto Symbol> constexpr bool is(int non_zeros, int colours, hg::derivative_mode mode) {
    constexpr auto& p = hg::sparsity<model, Symbol>;
    return p.non_zeros == non_zeros && p.colours == colours && p.mode == mode;
}
constexpr auto forward = hg::derivative_mode::forward, reverse = hg::derivative_mode::reverse;
static_assert(is<J_blocks>(36, 3, forward));
static_assert(is<J_rows>(12, 1, reverse));
static_assert(is<J_triangle>(15, 5, forward));
static_assert(is<J_layer>(15, 3, reverse));
static_assert(is<J_weight>(15, 1, reverse));
static_assert(is<J_number>(5, 1, reverse));
static_assert(is<J_moved>(18, 1, forward));
static_assert(is<J_solved>(25, 5, forward));
static_assert(is<H_part>(5, 1, forward)); // a user's zero is no zero of the pattern: it may meet an infinity
static_assert(has(hg::sparsity<model, J_triangle>, 3, 3) && !has(hg::sparsity<model, J_triangle>, 3, 4));
static_assert(has(hg::sparsity<model, H_part>, 1, 1) && !has(hg::sparsity<model, H_part>, 0, 1));

}

// One step of the third-order upwind scheme of u u_x with a ring of 100 cells.
namespace advection {

constexpr int n = 100;
inline constexpr hg::argument<"u", n> u;
inline constexpr hg::symbol<"f"> f;
inline constexpr hg::symbol<"after"> after;
inline constexpr hg::symbol<"J"> J;

// Cell i + by, for cell i.
template <int By, class X> constexpr auto shifted(const X& x) {
    constexpr int cut = (By + n) % n;
    return concatenate(hg::slice<cut, n>(x), hg::slice<0, cut>(x));
}
inline constexpr hg::graph model{
    f = square(u) / 2,
    after = u - 0.1 * (2 * shifted<1>(f) + 3 * f - 6 * shifted<-1>(f) + shifted<-2>(f)) / 6,
    J = hg::sparse_jacobian(after, u),
};
constexpr auto& p = hg::sparsity<model, J>;
static_assert(p.non_zeros == 4 * n && p.colours == 4 && p.mode == hg::derivative_mode::forward);
static_assert(p.row_starts[n] == 4 * n && p.columns[0] == 0 && p.columns[3] == n - 1);

}

// Each of four hundred sums the squares of fourteen neighbours: about as much as compilers find unasked.
namespace windows {

constexpr int rows = 400, width = 14;
inline constexpr hg::argument<"u", rows + width - 1> u;
inline constexpr hg::symbol<"squares"> squares;
inline constexpr hg::symbol<"J"> J;

template <int Last> constexpr auto sum_to() {
    if constexpr (Last == 0)
        return hg::slice<0, rows>(squares);
    else
        return sum_to<Last - 1>() + hg::slice<Last, Last + rows>(squares);
}
inline constexpr hg::graph model{squares = square(u), J = hg::sparse_jacobian(sum_to<width - 1>(), u)};
constexpr auto& p = hg::sparsity<model, J>;
static_assert(p.row_count == rows && p.non_zeros == rows * width && p.colours == width);

}

}

TEST_CASE("four hundred rows of fourteen elements") {
    using namespace windows;
    hg::function<model, hg::to<J>, in_double> program;
    const numbers at = spread(rows + width - 1, 0.2, 2);
    const auto out = program(u = at);
    const numbers elements(out[J].begin(), out[J].end());
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t k = 0; k < width; ++k) {
            REQUIRE(p.columns[i * width + k] == static_cast<int>(i + k));
            CHECK(elements[i * width + k] == doctest::Approx(2 * at[i + k]).epsilon(1e-12));
        }
}

TEST_CASE("blocks, triangles, parts of a diagonal, dense matrices, and reverse mode") {
    using namespace shapes;
    hg::interpreter<model> look;
    numbers matrix = spread(25, 0.5, 2);
    look(x = spread(12, 0.2, 2), v = spread(5, 0.2, 2), A = matrix, W = spread(15, -1, 1));
    const auto check = [&]<class Sparse, class Dense>(Sparse, Dense) {
        INFO(Sparse::name);
        check_against_dense(hg::sparsity<model, Sparse{}>, look[Sparse{}], look[Dense{}]);
    };
    check(J_blocks, D_blocks);
    check(J_rows, D_rows);
    check(J_triangle, D_triangle);
    check(J_layer, D_layer);
    check(J_weight, D_weight);
    check(J_number, D_number);
    check(J_moved, D_moved);
    check(J_solved, D_solved);
    check(J_largest, D_largest);
    check(H_part, D_part);
    hg::function<model, hg::to<J_blocks, J_triangle, J_weight>, in_double> program;
    const auto out = program(x = spread(12, 0.2, 2), v = spread(5, 0.2, 2), A = matrix, W = spread(15, -1, 1));
    check_against_dense(hg::sparsity<model, J_blocks>, out[J_blocks], look[D_blocks]);
    check_against_dense(hg::sparsity<model, J_triangle>, out[J_triangle], look[D_triangle]);
    check_against_dense(hg::sparsity<model, J_weight>, out[J_weight], look[D_weight]);
}

TEST_CASE("a ring of a hundred cells takes four directions") {
    using namespace advection;
    hg::function<model, hg::to<J>, in_double> program;
    const numbers at = spread(n, 0.2, 2);
    const auto out = program(u = at);
    const numbers elements(out[J].begin(), out[J].end());
    for (int i = 0; i < n; ++i)
        for (int k = p.row_starts[static_cast<std::size_t>(i)]; k < p.row_starts[static_cast<std::size_t>(i) + 1];
             ++k) {
            const int j = p.columns[static_cast<std::size_t>(k)], by = (j - i + n) % n;
            const double weight = by == 1 ? 2 : by == 0 ? 3 : by == n - 1 ? -6 : 1;
            const double wanted = (by == 0 ? 1 : 0) - 0.1 * weight * at[static_cast<std::size_t>(j)] / 6;
            CHECK(elements[static_cast<std::size_t>(k)] == doctest::Approx(wanted).epsilon(1e-12));
        }
}
