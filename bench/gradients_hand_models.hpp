// Hand-written gradients of matrix products and of models with them; see bench/gradients_hand.hpp.
#pragma once

#include "gradients_hand.hpp"

#include <vector>

namespace hand {

// Matrices are K by K, row-major.
template <int K> class matrix_product {
    static constexpr int tile_rows = 4, tile_vectors = 3, tile_columns = tile_vectors * width;
    static constexpr int panels = (K + tile_columns - 1) / tile_columns;

    std::vector<double> packed_ = std::vector<double>(static_cast<std::size_t>(panels * tile_columns * K));

    // Packs panels of the right operand, whose element (k, j) is at b[k * row + j * column].
    void pack(const double* b, long row, long column) {
        double* to = packed_.data();
        for (int p = 0; p < panels; ++p)
            for (int k = 0; k < K; ++k)
                for (int j = p * tile_columns; j < (p + 1) * tile_columns; ++j)
                    *to++ = j < K ? b[k * row + j * column] : 0;
    }
    // Passes each tile to `use`; columns beyond K are zero.
    template <int Rows, class Use>
    void tile(const double* a, long row, long column, int first_row, int panel, const Use& use) const {
        vector sums[Rows][tile_vectors];
        HOURGLASS_UNROLL
        for (auto& r : sums) {
            HOURGLASS_UNROLL
            for (vector& s : r) s = all(0);
        }
        const double* b = packed_.data() + static_cast<long>(panel) * tile_columns * K;
        for (int k = 0; k < K; ++k, b += tile_columns) {
            HOURGLASS_UNROLL
            for (int i = 0; i < Rows; ++i) {
                const vector left = all(a[(first_row + i) * row + k * column]);
                HOURGLASS_UNROLL
                for (int v = 0; v < tile_vectors; ++v)
                    sums[i][v] = fused_multiply_add(left, load_vector(b + v * width), sums[i][v]);
            }
        }
        HOURGLASS_UNROLL
        for (int i = 0; i < Rows; ++i) {
            HOURGLASS_UNROLL
            for (int v = 0; v < tile_vectors; ++v) use(first_row + i, panel * tile_columns + v * width, sums[i][v]);
        }
    }
    // The product of a, whose element (i, k) is at a[i * row + k * column], and the packed operand.
    template <class Use> void multiply(const double* a, long row, long column, const Use& use) const {
        for (int p = 0; p < panels; ++p) {
            int i = 0;
            for (; i + tile_rows <= K; i += tile_rows) tile<tile_rows>(a, row, column, i, p, use);
            if constexpr (K % tile_rows != 0) tile<K % tile_rows>(a, row, column, i, p, use);
        }
    }
    static auto store_to(double* c) {
        return [c](int i, int j, vector x) {
            if (j + width <= K)
                store_vector(c + i * K + j, x);
            else if (j < K)
                kernels::store_partial(c + i * K + j, x, K - j);
        };
    }

public:
    // The sum of the elements of a b, computed with all three products; the adjoint of a b is all ones.
    double operator()(const double* a, const double* b, double* ga, double* gb) {
        static constexpr double one = 1;
        vector sum = all(0);
        pack(b, K, 1);
        multiply(a, K, 1, [&](int, int, vector x) { sum += x; });
        pack(b, 1, K);
        multiply(&one, 0, 0, store_to(ga));
        pack(&one, 0, 0);
        multiply(a, 1, K, store_to(gb));
        return total(sum);
    }
};
// The same by algebra: the sums of a's columns times the sums of b's rows.
template <int K> double matrix_product_simplified(const double* a, const double* b, double* ga, double* gb) {
    double columns[K] = {}, y = 0;
    for (int i = 0; i < K; ++i)
        for_all<K>([&](int k) { store_vector(columns + k, load_vector(columns + k) + load_vector(a + i * K + k)); },
                   [&](int k) { columns[k] += a[i * K + k]; });
    double rows[K];
    for (int k = 0; k < K; ++k) {
        const double* row = b + k * K;
        rows[k] = sum_over<K>([&](int j) { return load_vector(row + j); }, [&](int j) { return row[j]; });
        y += rows[k] * columns[k];
    }
    for (int i = 0; i < K; ++i) {
        for_all<K>([&](int k) { store_vector(ga + i * K + k, load_vector(rows + k)); },
                   [&](int k) { ga[i * K + k] = rows[k]; });
        for_all<K>([&](int j) { store_vector(gb + i * K + j, all(columns[i])); },
                   [&](int j) { gb[i * K + j] = columns[i]; });
    }
    return y;
}

// Bayesian regression: x = w, b, s; data is Rows by N, row-major. One pass over the data.
template <int N, int Rows>
double regression(const double* x, const double* data, const double* targets, double* g, double log_width) {
    constexpr int together = 4;
    static_assert(Rows % together == 0);
    const double b = x[N], s = x[N + 1];
    for (int j = 0; j < N; ++j) g[j] = 0;
    double squares = 0, errors = 0;
    for (int r = 0; r < Rows; r += together) {
        const double* d = data + static_cast<long>(r) * N;
        vector sums[together] = {all(0), all(0), all(0), all(0)};
        int j = 0;
        for (; j + width <= N; j += width) {
            const vector w = load_vector(x + j);
            HOURGLASS_UNROLL
            for (int i = 0; i < together; ++i) sums[i] = fused_multiply_add(w, load_vector(d + i * N + j), sums[i]);
        }
        double e[together];
        for (int i = 0; i < together; ++i) e[i] = targets[r + i] - b - total(sums[i]);
        for (; j < N; ++j)
            for (int i = 0; i < together; ++i) e[i] -= x[j] * d[i * N + j];
        for (double error : e) {
            squares += error * error;
            errors += error;
        }
        for (j = 0; j + width <= N; j += width) {
            vector to = load_vector(g + j);
            HOURGLASS_UNROLL
            for (int i = 0; i < together; ++i) to = fused_multiply_add(all(e[i]), load_vector(d + i * N + j), to);
            store_vector(g + j, to);
        }
        for (; j < N; ++j)
            for (int i = 0; i < together; ++i) g[j] += e[i] * d[i * N + j];
    }
    const double precision = 1 / (s * s);
    double weights = 0;
    for (int j = 0; j < N; ++j) {
        weights += x[j] * x[j];
        g[j] = g[j] * precision - x[j];
    }
    g[N] = errors * precision - b;
    g[N + 1] = squares * precision / s - Rows / s;
    return -0.5 * precision * squares - Rows * std::log(s) - 0.5 * (weights + b * b) - log_width;
}

// The squared error of one example in a network In - Hidden - 1 with tanh: x = W [Hidden, In], b, v, c.
template <int In, int Hidden> double network(const double* x, const double* example, double target, double* g) {
    using std::tanh;
    constexpr int together = 4;
    static_assert(Hidden % together == 0 && Hidden % width == 0);
    const double *W = x, *b = W + In * Hidden, *v = b + Hidden;
    alignas(64) double h[Hidden], slopes[Hidden];
    for (int r = 0; r < Hidden; r += together) {
        vector sums[together] = {all(0), all(0), all(0), all(0)};
        int j = 0;
        for (; j + width <= In; j += width) {
            const vector at = load_vector(example + j);
            HOURGLASS_UNROLL
            for (int i = 0; i < together; ++i)
                sums[i] = fused_multiply_add(at, load_vector(W + (r + i) * In + j), sums[i]);
        }
        for (int i = 0; i < together; ++i) h[r + i] = b[r + i] + total(sums[i]);
        for (; j < In; ++j)
            for (int i = 0; i < together; ++i) h[r + i] += example[j] * W[(r + i) * In + j];
    }
    vector sum = all(0);
    for (int r = 0; r < Hidden; r += width) {
        const vector y = tanh(load_vector(h + r));
        store_vector(h + r, y);
        sum = fused_multiply_add(y, load_vector(v + r), sum);
    }
    const double error = total(sum) + v[Hidden] - target, slope = 2 * error;
    double *gb = g + In * Hidden, *gv = gb + Hidden;
    for (int r = 0; r < Hidden; r += width) {
        const vector y = load_vector(h + r);
        const vector down = all(slope) * load_vector(v + r) * (all(1) - y * y);
        store_vector(gb + r, down);
        store_vector(slopes + r, down);
        store_vector(gv + r, all(slope) * y);
    }
    gv[Hidden] = slope;
    for (int r = 0; r < Hidden; ++r) {
        double* const to = g + r * In;
        for_all<In>([&](int j) { store_vector(to + j, all(slopes[r]) * load_vector(example + j)); },
                    [&](int j) { to[j] = slopes[r] * example[j]; });
    }
    return error * error;
}

// Stochastic volatility: x = h_std [N], phi, sigma, mu.
template <int N> double stochastic_volatility(const double* x, const double* observed, double* g) {
    const double phi = x[N], sigma = x[N + 1], mu = x[N + 2];
    const double root = 1 / std::sqrt(1 - phi * phi);
    std::vector<double> u(N), a(N);
    u[0] = x[0] * sigma * root;
    for (int i = 1; i < N; ++i) u[i] = fused_multiply_add(phi, u[i - 1], sigma * x[i]);
    using std::exp;
    vector likelihood = all(0);
    double rest = 0, slopes = 0;
    const auto term = [&](auto h, auto y, auto half, double* to, const auto& store) {
        const auto weight = half * y * y * exp(-h);
        store(to, weight - half);
        return weight + half * h;
    };
    for_all<N>(
        [&](int i) {
            likelihood += term(load_vector(u.data() + i) + all(mu), load_vector(observed + i), all(0.5), a.data() + i,
                               [](double* to, vector v) { store_vector(to, v); });
            likelihood += all(0.5) * load_vector(x + i) * load_vector(x + i);
        },
        [&](int i) {
            rest += term(u[i] + mu, observed[i], 0.5, a.data() + i, [](double* to, double v) { *to = v; });
            rest += 0.5 * x[i] * x[i];
        });
    double after = 0, in_phi = 0, in_sigma = 0;
    for (int i = N - 1; i > 0; --i) {
        slopes += a[i];
        after = fused_multiply_add(phi, after, a[i]);
        in_phi = fused_multiply_add(after, u[i - 1], in_phi);
        in_sigma = fused_multiply_add(after, x[i], in_sigma);
        g[i] = sigma * after - x[i];
    }
    slopes += a[0];
    after = phi * after + a[0];
    g[0] = sigma * root * after - x[0];
    g[N] = in_phi + after * x[0] * sigma * phi * root * root * root;
    const double by_5 = 1 + sigma * sigma / 25, by_10 = 1 + mu * mu / 100;
    g[N + 1] = in_sigma + after * x[0] * root - 2 * sigma / 25 / by_5;
    g[N + 2] = slopes - 2 * mu / 100 / by_10;
    return -total(likelihood) - rest - std::log(5 * by_5) - std::log(10 * by_10) - std::log(2.0);
}

}
