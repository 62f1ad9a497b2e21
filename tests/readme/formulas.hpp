// The formulas of docs/lecture_notes.md in plain loops, in double, and the library's models: what its equations are
// compared with. All of the models, since blocks that include the same are compiled together.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <hourglass/models/basic.hpp>
#include <hourglass/models/denoising.hpp>
#include <hourglass/models/sparse.hpp>
#include <hourglass/models/undercomplete.hpp>
#include <hourglass/models/variational.hpp>
#include <hourglass/program/parameters.hpp>

namespace formulas {

using vector = std::vector<double>;

inline double sigmoid(double t) { return 1 / (1 + std::exp(-t)); }
inline double relu(double t) { return t > 0 ? t : 0; }
inline double linear(double t) { return t; }

// activation(W in + b), of a matrix [out, in] and a vector, or of what `theta` has for hg::dense under this name.
template <class Matrix, class Vector>
vector layer(const Matrix& W, const Vector& b, const vector& in, double activation(double)) {
    vector out(b.size());
    for (std::size_t k = 0; k < out.size(); ++k) {
        double t = static_cast<double>(b(k));
        for (std::size_t i = 0; i < in.size(); ++i) t += static_cast<double>(W(k, i)) * in[i];
        out[k] = activation(t);
    }
    return out;
}

inline double mean_squared_error(const vector& a, const vector& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum / static_cast<double>(a.size());
}

// 784 pixels from 0 to 1.
inline std::vector<float> image() {
    std::vector<float> pixels(784);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i % 7) / 6;
    return pixels;
}

// Gives one model's parameters to another, whose layers have other names and stand in the same order.
template <class From, class To> void copy_in_order(const From& from, To& to) {
    std::vector<hourglass::tensor_view<float>> places;
    to.for_each([&](const std::string&, auto view, bool) { places.push_back(view); });
    std::size_t next = 0;
    from.for_each([&](const std::string&, auto view, bool) { places.at(next++) = view.span(); });
}

inline bool near(double a, double b) { return std::abs(a - b) <= 1e-5 * (1 + std::abs(b)); }

}
