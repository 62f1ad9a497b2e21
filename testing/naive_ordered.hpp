// The ordered form: what one who knows the cache writes by hand and leaves to the compiler to vectorise. Every inner
// loop runs with unit stride along the longer side of its weight, what belongs to one row is done while the row is in
// the first-level cache, exponentials are shared, and Adam is one pass. No intrinsics, and no blocking for registers or
// caches. Here are the loops and the layers that the models of naive_ordered.cpp, the only file that includes this, are
// made of: none of them has a name outside of it, where the same loops are compiled with other flags.
#pragma once

#include "naive_loops.hpp"

#include <cmath>
#include <string>
#include <vector>

// The arrays of one call never overlap; both compilers know the word, though it is not C++.
#define NAIVE_RESTRICT __restrict

namespace naive {

namespace {

enum class activation { none, relu, sigmoid };

template <class T> void activate(activation f, T* NAIVE_RESTRICT y, int size) {
    if (f == activation::relu)
        for (int k = 0; k < size; ++k) y[k] = y[k] > T(0) ? y[k] : T(0);
    else if (f == activation::sigmoid)
        for (int k = 0; k < size; ++k) y[k] = T(1) / (T(1) + std::exp(-y[k]));
}

// Multiplies delta by the activation's derivative, found from its value y.
template <class T> void through(activation f, const T* NAIVE_RESTRICT y, T* NAIVE_RESTRICT delta, int size) {
    if (f == activation::relu)
        for (int k = 0; k < size; ++k) delta[k] = y[k] > T(0) ? delta[k] : T(0);
    else if (f == activation::sigmoid)
        for (int k = 0; k < size; ++k) delta[k] *= y[k] * (T(1) - y[k]);
}

// y_j += sum_i M_ji x_i, M lying as [outer][inner]: a dot product for each j.
template <class T>
void add_dots(const T* NAIVE_RESTRICT M, const T* NAIVE_RESTRICT x, int outer, int inner, T* NAIVE_RESTRICT y) {
    for (int j = 0; j < outer; ++j) {
        const T* row = M + j * inner;
        T sum = T(0);
        for (int i = 0; i < inner; ++i) sum += row[i] * x[i];
        y[j] += sum;
    }
}

// y_i += sum_j M_ji x_j, M lying as [outer][inner]: a multiple of a row of M for each j.
template <class T>
void add_multiples(const T* NAIVE_RESTRICT M, const T* NAIVE_RESTRICT x, int outer, int inner, T* NAIVE_RESTRICT y) {
    for (int j = 0; j < outer; ++j) {
        const T* row = M + j * inner;
        const T factor = x[j];
        for (int i = 0; i < inner; ++i) y[i] += factor * row[i];
    }
}

// M_ji = sum_n a_nj b_ni. One row of M is finished before the next, so that it stays in the first-level cache.
template <class T> void outer_products(const T* NAIVE_RESTRICT a, const T* NAIVE_RESTRICT b, int rows, int outer,
                                       int inner, T* NAIVE_RESTRICT M) {
    for (int j = 0; j < outer; ++j) {
        T* row = M + j * inner;
        for (int i = 0; i < inner; ++i) row[i] = T(0);
        for (int n = 0; n < rows; ++n) {
            const T factor = a[n * outer + j];
            const T* b_row = b + n * inner;
            for (int i = 0; i < inner; ++i) row[i] += factor * b_row[i];
        }
    }
}

template <class T> class ordered_model : public naive_model<T> {
protected:
    using naive_model<T>::naive_model;

    // The weight lies with its longer side innermost: [in][out] where there are more outputs than inputs.
    struct layer {
        int weight, bias, in, out;
        activation f;
        bool by_input;
    };

    layer dense(const std::string& name, int in, int out, activation f = activation::none) {
        return dense(name + ".weight", name + ".bias", in, out, f);
    }
    layer dense(const std::string& weight, const std::string& bias, int in, int out, activation f) {
        const bool by_input = out > in;
        const int w = this->add(weight, out, in, by_input);
        return {w, this->add(bias, out, 1), in, out, f, by_input};
    }

    // y = f(W x + b)
    void forward(const layer& l, const T* x, int rows, T* NAIVE_RESTRICT y) {
        const T* W = this->at(l.weight).value.data();
        const T* NAIVE_RESTRICT b = this->at(l.bias).value.data();
        for (int n = 0; n < rows; ++n) {
            T* NAIVE_RESTRICT y_row = y + n * l.out;
            for (int j = 0; j < l.out; ++j) y_row[j] = b[j];
            if (l.by_input)
                add_multiples(W, x + n * l.in, l.in, l.out, y_row);
            else
                add_dots(W, x + n * l.in, l.out, l.in, y_row);
            activate(l.f, y_row, l.out);
        }
    }

    // delta is that of W x + b.
    void parameter_gradients(const layer& l, const T* x, const T* NAIVE_RESTRICT delta, int rows) {
        T* dW = this->at(l.weight).gradient.data();
        if (l.by_input)
            outer_products(x, delta, rows, l.in, l.out, dW);
        else
            outer_products(delta, x, rows, l.out, l.in, dW);
        T* NAIVE_RESTRICT db = this->at(l.bias).gradient.data();
        for (int j = 0; j < l.out; ++j) db[j] = T(0);
        for (int n = 0; n < rows; ++n)
            for (int j = 0; j < l.out; ++j) db[j] += delta[n * l.out + j];
    }

    // One row of dx += transpose(W) delta.
    void add_input_gradient(const layer& l, const T* delta_row, T* dx_row) {
        const T* W = this->at(l.weight).value.data();
        if (l.by_input)
            add_dots(W, delta_row, l.in, l.out, dx_row);
        else
            add_multiples(W, delta_row, l.out, l.in, dx_row);
    }

    // The delta of the layer below, whose output and activation are x and f. Every unit's delta starts at `start`.
    void input_gradient(const layer& l, const T* delta, int rows, const T* x, activation f, T* NAIVE_RESTRICT dx,
                        T start = T(0)) {
        for (int n = 0; n < rows; ++n) {
            T* NAIVE_RESTRICT dx_row = dx + n * l.in;
            for (int i = 0; i < l.in; ++i) dx_row[i] = start;
            add_input_gradient(l, delta + n * l.out, dx_row);
            through(f, x + n * l.in, dx_row, l.in);
        }
    }

    // The mean over examples of the mean over features of (y - x)^2, and the delta under the sigmoid whose value y is.
    double mean_squared_error(const T* NAIVE_RESTRICT y, const T* NAIVE_RESTRICT x, int rows, int features,
                              T* NAIVE_RESTRICT delta) {
        const T scale = T(2) / (T(features) * T(rows));
        double total = 0;
        for (int n = 0; n < rows; ++n) {
            T sum = T(0);
            for (int k = n * features; k < (n + 1) * features; ++k) {
                const T error = y[k] - x[k];
                sum += error * error;
                delta[k] = scale * error * y[k] * (T(1) - y[k]);
            }
            total += static_cast<double>(sum);
        }
        return total / features / rows;
    }

    // The mean over examples of the sum over features of softplus(l) - l x, and delta_l. One exponential serves both:
    // softplus(l) = max(l, 0) + log1p(exp(-|l|)) and sigmoid(l) = (1 or exp(-|l|)) / (1 + exp(-|l|)).
    double bernoulli_nll(const T* NAIVE_RESTRICT l, const T* NAIVE_RESTRICT x, int rows, int features,
                         T* NAIVE_RESTRICT delta) {
        const T scale = T(1) / T(rows);
        double total = 0;
        for (int n = 0; n < rows; ++n) {
            T sum = T(0);
            for (int k = n * features; k < (n + 1) * features; ++k) {
                const T e = std::exp(-std::abs(l[k]));
                sum += (l[k] > T(0) ? l[k] : T(0)) + std::log1p(e) - l[k] * x[k];
                delta[k] = scale * ((l[k] > T(0) ? T(1) : e) / (T(1) + e) - x[k]);
            }
            total += static_cast<double>(sum);
        }
        return total / rows;
    }

private:
    void adam(parameter<T>& p, int t, T learning_rate) override {
        const T beta1 = T(0.9), beta2 = T(0.999), epsilon = T(1e-8);
        const T rest1 = T(1 - 0.9), rest2 = T(1 - 0.999); // in float 1 - beta2 would be off by 5e-5 of itself
        const int size = static_cast<int>(p.value.size());
        T* NAIVE_RESTRICT theta = p.value.data();
        T* NAIVE_RESTRICT m = p.first_moment.data();
        T* NAIVE_RESTRICT v = p.second_moment.data();
        const T* NAIVE_RESTRICT g = p.gradient.data();
        const T rate = learning_rate / T(1 - std::pow(0.9, t));
        const T inverse_correction2 = T(1 / (1 - std::pow(0.999, t)));
        for (int k = 0; k < size; ++k) {
            m[k] = beta1 * m[k] + rest1 * g[k];
            v[k] = beta2 * v[k] + rest2 * g[k] * g[k];
            theta[k] -= rate * m[k] / (std::sqrt(v[k] * inverse_correction2) + epsilon);
        }
    }
};

}

}
