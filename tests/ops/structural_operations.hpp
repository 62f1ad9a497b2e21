// What generated graphs are made of beside the elementwise operations and leaves of ops/tame_operations.hpp:
// reductions, matrix products, layers, movements, and what is solved or picked.
#pragma once

#include "ops/tame_operations.hpp"

namespace fuzz {

class structural_operations : protected tame_operations {
protected:
    using tame_operations::tame_operations;

    constexpr int repeat() {
        const int x = pick();
        hg::attributes o;
        o.target = type(x).extents;
        for (int i = 0; i < o.target.rank; ++i)
            if (o.target[i] == 1 && o.target.size() * 5 <= options_.largest) o.target[i] = extent();
        if (o.target.rank < 3 && dice_.one_in(3)) {
            for (int i = o.target.rank++; i > 0; --i) o.target[i] = o.target[i - 1];
            o.target[0] = 1 + dice_.below(2);
        }
        o.flags[0] = !type(x).batched && dice_.one_in(3);
        if (o.target.size() > options_.largest) return x;
        return apply<ops::broadcast_to>({x}, range(x), o);
    }

    constexpr int reduction() {
        const int x = pick();
        const int rank = type(x).extents.rank;
        hg::attributes o;
        o.flags[2] = type(x).batched && dice_.one_in(3);
        if (o.flags[2] == 0) {
            const bool last_axes = dice_.one_in(2);
            o.flags[0] = dice_.below(rank + 1);
            o.flags[1] = last_axes ? rank : o.flags[0] + dice_.below(rank + 1 - o.flags[0]);
        }
        const double count = o.flags[2] != 0 ? 40 : static_cast<double>(type(x).extents.size(o.flags[0], o.flags[1]));
        if (options_.products && dice_.one_in(3)) {
            const bool zeros = dice_.one_in(3);
            const int factors = zeros ? apply<ops::relu>({small(x, 1)}, {0, 1}) : small(x, 1);
            const int whole = apply<ops::product_over>({factors}, {-1, 1}, o);
            return zeros ? apply<ops::settled_product>({factors, whole}, {-1, 1}, o) : whole;
        }
        if (dice_.one_in(3)) return apply<ops::max_over>({x}, range(x), o);
        return apply<ops::sum>({x}, {range(x).low * count, range(x).high * count}, o);
    }
    // What broadcasts back: exp(x - log_sum_exp(x)) over the last axis.
    constexpr int softmax() {
        const int x = pick();
        const hg::shape s = type(x).extents;
        if (s.rank == 0) return x;
        hg::attributes last;
        last.flags = {s.rank - 1, s.rank, 0};
        hg::shape kept = s;
        kept[s.rank - 1] = 1;
        const auto kept_back = [&](int n) {
            hg::attributes o;
            o.target = kept;
            return apply<ops::reshape>({n}, range(n), o);
        };
        const int largest = kept_back(apply<ops::max_over>({x}, range(x), last));
        const int held = apply<ops::stop_gradient>({apply<ops::finite>({largest}, range(x))}, range(x));
        const int e = apply<ops::exp>({apply<ops::subtract>({x, held}, {-1, 0})}, {0, 1});
        const int total = kept_back(apply<ops::sum>({e}, {1, 33}, last));
        if (dice_.one_in(2)) return apply<ops::divide>({e, total}, {0, 1});
        return apply<ops::add>({held, apply<ops::log>({total}, {0, 4})}, {range(x).low, range(x).high + 4});
    }

    // One after the other: compilers order the arguments of a call as they like, and a seed must mean one graph.
    constexpr hg::shape some_matrix() {
        const int rows = extent();
        return hg::make_shape(rows, extent());
    }
    // A matrix with the given number of rows or columns, new or from the pool.
    constexpr int matrix(int rows, int columns) {
        const int n = pick_where([&](const hg::value_type& t) {
            return t.extents.rank == 2 && (rows < 0 || t.extents[0] == rows) &&
                   (columns < 0 || t.extents[1] == columns);
        });
        if (n >= 0 && dice_.one_in(2)) return n;
        const hg::shape some = some_matrix(),
                        s = hg::make_shape(rows < 0 ? some[0] : rows, columns < 0 ? some[1] : columns);
        return dice_.one_in(3) ? leaf(s) : parameter(s);
    }
    constexpr int product() {
        int b = pick_where([](const hg::value_type& t) { return t.extents.rank == 1 || t.extents.rank == 2; });
        if (b < 0) b = leaf(some_matrix());
        const bool vector = type(b).extents.rank == 1;
        hg::attributes o;
        o.flags = {dice_.one_in(2), !vector && dice_.one_in(2), 0};
        const int inner = type(b).extents[o.flags[1]];
        const int a = o.flags[0] != 0 ? matrix(inner, -1) : matrix(-1, inner);
        const int rows = type(a).extents[o.flags[0] != 0 ? 1 : 0];
        const int columns = vector ? 1 : type(b).extents[1 - o.flags[1]];
        if (rows * columns > options_.largest) return a;
        const double m = inner * range(a).magnitude() * range(b).magnitude();
        return apply<ops::matmul>({a, b}, {-m, m}, o);
    }
    constexpr int batch_product() {
        int a = pick_where(
            [](const hg::value_type& t) { return t.batched && (t.extents.rank == 1 || t.extents.rank == 2); });
        if (a < 0) a = input(some_matrix());
        const bool vectors = type(a).extents.rank == 1;
        hg::attributes o;
        if (!vectors) o.flags = {dice_.one_in(2), dice_.one_in(2), 0};
        const int inner = vectors ? 1 : type(a).extents[1 - o.flags[0]];
        int b = pick_where([&](const hg::value_type& t) {
            return t.batched && t.extents.rank == type(a).extents.rank && (vectors || t.extents[o.flags[1]] == inner);
        });
        if (b < 0)
            b = input(vectors           ? hg::make_shape(extent())
                      : o.flags[1] != 0 ? hg::make_shape(extent(), inner)
                                        : hg::make_shape(inner, extent()));
        const int rows = type(a).extents[o.flags[0]],
                  columns = vectors ? type(b).extents[0] : type(b).extents[1 - o.flags[1]];
        if (rows * columns > options_.largest) return a;
        const double m = 40.0 * inner * range(a).magnitude() * range(b).magnitude();
        return apply<ops::matmul_batch_sum>({a, b}, {-m, m}, o);
    }
    // activation(W x + b)
    constexpr int layer() {
        int x = pick_where([](const hg::value_type& t) { return t.extents.rank == 1; });
        if (x < 0) x = input(hg::make_shape(extent()));
        const int in = type(x).extents[0], out = extent();
        const double m = in * range(x).magnitude();
        const int y = apply<ops::matmul>({parameter(hg::make_shape(out, in)), x}, {-m, m});
        const int z = apply<ops::add>({y, parameter(hg::make_shape(out))}, {-m - 1, m + 1});
        switch (dice_.below(4)) {
        case 0:
            return unary(&hg::record<ops::relu>, z);
        case 1:
            return unary(&hg::record<ops::tanh>, z);
        case 2:
            return unary(&hg::record<ops::sigmoid>, z);
        default:
            return z;
        }
    }

    // The factors of the extents in another grouping.
    constexpr int regrouped(int x) {
        const hg::shape s = type(x).extents;
        hg::attributes o;
        o.target.rank = 1;
        o.target[0] = 1;
        for (int i = 0; i < s.rank; ++i) {
            if (o.target.rank < 4 && dice_.one_in(2)) o.target[o.target.rank++] = 1;
            o.target[o.target.rank - 1] *= s[i];
        }
        if (s.size() == 1 && dice_.one_in(2)) o.target = {};
        return apply<ops::reshape>({x}, range(x), o);
    }
    constexpr int transposed(int x) {
        hg::attributes o;
        o.target.rank = type(x).extents.rank;
        for (int i = 0; i < o.target.rank; ++i) o.target[i] = i;
        for (int i = o.target.rank - 1; i > 0; --i) {
            const int j = dice_.below(i + 1), t = o.target[i];
            o.target[i] = o.target[j];
            o.target[j] = t;
        }
        if (dice_.one_in(3)) o.target = {};
        return apply<ops::transpose>({x}, range(x), o);
    }
    constexpr int sliced(int x, int axis) {
        const hg::shape s = type(x).extents;
        hg::attributes o;
        const int first = dice_.below(s[axis]);
        o.flags = {dice_.one_in(2) ? axis : axis - s.rank, first, first + 1 + dice_.below(s[axis] - first)};
        return apply<ops::slice>({x}, range(x), o);
    }
    // With zeros.
    constexpr int padded(int x, int axis) {
        const hg::shape s = type(x).extents;
        const interval r{range(x).low < 0 ? range(x).low : 0, range(x).high > 0 ? range(x).high : 0};
        hg::attributes o;
        const int before = dice_.below(3);
        o.flags = {axis, before, before + s[axis] + dice_.below(3)};
        if (s.size() / s[axis] * o.flags[2] > options_.largest) return x;
        return apply<ops::pad>({x}, r, o);
    }
    // With up to ten others; with itself where none fits.
    constexpr int concatenated(int x, int axis) {
        const hg::shape s = type(x).extents;
        hg::list<int> parts(1, x);
        long size = s.size();
        interval all{range(x).low < 0 ? range(x).low : 0, range(x).high > 0 ? range(x).high : 0};
        const int most = dice_.one_in(8) ? 10 : 3;
        for (int i = 0; i < most; ++i) {
            int y = pick_where([&](const hg::value_type& t) {
                hg::shape rest = t.extents;
                if (rest.rank != s.rank) return false;
                rest[axis] = s[axis];
                return rest == s;
            });
            if (y < 0) y = x;
            size += type(y).extents.size();
            if (size > options_.largest) break;
            parts.push(y);
            all.low = all.low < range(y).low ? all.low : range(y).low;
            all.high = all.high > range(y).high ? all.high : range(y).high;
        }
        hg::attributes o;
        o.flags[0] = dice_.one_in(2) ? axis : axis - s.rank;
        return push(&hg::record<ops::concatenate>, o, parts, all);
    }
    constexpr int movement() {
        const int x = pick(), kind = dice_.below(5), rank = type(x).extents.rank;
        if (kind == 0) return regrouped(x);
        if (rank == 0) return x;
        if (kind == 1) return transposed(x);
        const int axis = dice_.below(rank);
        return kind == 2 ? sliced(x, axis) : kind == 3 ? padded(x, axis) : concatenated(x, axis);
    }
    // A part of a matrix about its diagonal.
    constexpr int band() {
        const int x = pick_where([](const hg::value_type& t) { return t.extents.rank == 2; });
        if (x < 0) return options_.products ? gather() : pick();
        hg::attributes o;
        o.flags = {-dice_.below(2), dice_.below(4), 0};
        const interval r = range(x);
        return apply<ops::band>({x}, {r.low < 0 ? r.low : 0, r.high > 0 ? r.high : 0}, o);
    }
    // Some elements in any order, some of them more than once, and perhaps back to their places.
    constexpr int gather() {
        const int x = pick();
        hg::attributes o;
        const hg::shape s = type(x).extents;
        o.flags[2] = s.rank < 2 ? 0 : dice_.below(s.rank);
        hg::list<int> indices;
        for (int i = 1 + dice_.below(5); i > 0; --i)
            indices.push(dice_.below(static_cast<int>(s.size(o.flags[2], s.rank))));
        o.flags[0] = g_.add_indices(indices.view());
        o.flags[1] = indices.size();
        if (s.size(0, o.flags[2]) * indices.size() > options_.largest) return x;
        const int picked = apply<ops::gather>({x}, range(x), o);
        if (dice_.one_in(2)) return picked;
        for (int i = o.flags[2]; i < s.rank; ++i) o.target[o.target.rank++] = s[i];
        const double m = range(x).magnitude() * indices.size();
        return apply<ops::scatter>({picked}, {-m, m}, o);
    }
    // Of literals only.
    constexpr int constant() {
        const double number = dice_.number();
        const int repeated = known(filled(h(literal(number)), {some_matrix(), false}).index, {number, number});
        hg::attributes o;
        o.flags = {-dice_.below(3), dice_.below(3), 0};
        const int part = apply<ops::band>({repeated}, {0, number}, o);
        const int made = dice_.one_in(2) ? apply<ops::sin>({part}, {0, 1}) : part;
        const hg::shape s = type(made).extents;
        if (s[0] * s[0] > options_.largest || dice_.one_in(2)) return made;
        hg::attributes transposed;
        transposed.flags = {0, 1, 0};
        return apply<ops::matmul>({made, part}, {0, 2.0 * static_cast<double>(s[1])}, transposed);
    }
    // Solves with a triangular matrix near the identity.
    constexpr int triangular_solve() {
        int b = pick_where([](const hg::value_type& t) { return t.extents.rank == 1 || t.extents.rank == 2; });
        if (b < 0) b = parameter(hg::make_shape(3));
        const hg::shape square = hg::make_shape(type(b).extents[0], type(b).extents[0]);
        if (square.size() > options_.largest) return b;
        const int ones = known(filled(h(literal(1)), {square, false}).index, {1, 1});
        const int identity = apply<ops::band>({ones}, {0, 1});
        const int l = dice_.one_in(3) ? input(square) : parameter(square);
        const int off = apply<ops::multiply>({l, literal(0.0625)}, {-0.0625, 0.0625});
        hg::attributes o;
        o.flags[0] = dice_.one_in(2);
        const double m = 10 * range(b).magnitude();
        return apply<ops::triangular_solve>({apply<ops::add>({identity, off}, {-0.1, 1.1}), b}, {-m, m}, o);
    }
};

}
