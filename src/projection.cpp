// Principal axes by Jacobi rotations of the covariance: slow for hundreds of dimensions, but exact and short for the
// tens of dimensions of a code.
#include "hourglass/io/projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

// A symmetric matrix being diagonalised, and the rotations so far.
struct eigen_problem {
    int n;
    std::vector<double> matrix, vectors;

    double& a(int i, int j) { return matrix[static_cast<std::size_t>(i * n + j)]; }
    double& v(int i, int j) { return vectors[static_cast<std::size_t>(i * n + j)]; }

    // Zeroes a(p, q) (Golub and Van Loan, Matrix Computations, section 8.5.2).
    void rotate(int p, int q) {
        if (a(p, q) == 0) return;
        const double theta = (a(q, q) - a(p, p)) / (2 * a(p, q));
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1);
        const double s = t * c;
        const auto turn = [&](double& x, double& y) {
            const double before = x;
            x = c * before - s * y;
            y = s * before + c * y;
        };
        for (int k = 0; k < n; ++k) turn(a(k, p), a(k, q));
        for (int k = 0; k < n; ++k) turn(a(p, k), a(q, k));
        for (int k = 0; k < n; ++k) turn(v(k, p), v(k, q));
    }

    void solve() {
        for (int sweep = 0; sweep < 50; ++sweep) {
            double off = 0, on = 0;
            for (int i = 0; i < n; ++i)
                for (int j = 0; j < n; ++j) (i == j ? on : off) += a(i, j) * a(i, j);
            if (off <= 1e-24 * on) return;
            for (int p = 0; p < n; ++p)
                for (int q = p + 1; q < n; ++q) rotate(p, q);
        }
    }
};

// The points with only finite coordinates.
std::vector<std::span<const float>> finite_points(std::span<const float> points, std::size_t d) {
    std::vector<std::span<const float>> finite;
    for (std::size_t at = 0; at < points.size(); at += d)
        if (const auto point = points.subspan(at, d);
            std::ranges::all_of(point, [](float x) { return std::isfinite(x); }))
            finite.push_back(point);
    return finite;
}

std::vector<double> mean_of(const std::vector<std::span<const float>>& points, std::size_t d) {
    std::vector<double> mean(d);
    if (points.empty()) return mean;
    for (const auto& point : points)
        for (std::size_t i = 0; i < d; ++i) mean[i] += static_cast<double>(point[i]);
    for (double& m : mean) m /= static_cast<double>(points.size());
    return mean;
}

}

std::vector<float> onto_a_plane(std::span<const float> points, int dimensions) {
    const auto d = static_cast<std::size_t>(std::max(dimensions, 0));
    if (d == 0 || points.size() % d != 0)
        throw error(fmt::format("projection: expected points of {} numbers each, found {} numbers; give n x dimensions",
                                dimensions, points.size()));
    const std::size_t count = points.size() / d;
    if (d == 2) return {points.begin(), points.end()};
    std::vector<float> plane(2 * count);
    if (d == 1) {
        for (std::size_t i = 0; i < count; ++i) plane[2 * i] = points[i];
        return plane;
    }

    const auto finite = finite_points(points, d);
    const std::vector<double> mean = mean_of(finite, d);
    eigen_problem problem{dimensions, std::vector<double>(d * d), std::vector<double>(d * d)};
    std::vector<double> centred(d);
    for (const auto& point : finite) {
        for (std::size_t i = 0; i < d; ++i) centred[i] = static_cast<double>(point[i]) - mean[i];
        for (std::size_t i = 0; i < d; ++i)
            for (std::size_t j = 0; j < d; ++j) problem.matrix[i * d + j] += centred[i] * centred[j];
    }
    for (int i = 0; i < dimensions; ++i) problem.v(i, i) = 1;
    problem.solve();

    std::vector<int> order(d);
    for (int i = 0; i < dimensions; ++i) order[static_cast<std::size_t>(i)] = i;
    std::sort(order.begin(), order.end(), [&](int i, int j) {
        return std::pair(-problem.a(i, i), i) < std::pair(-problem.a(j, j), j); // the first of equals comes first
    });
    for (std::size_t axis = 0; axis < 2; ++axis) {
        std::vector<double> direction(d);
        for (int i = 0; i < dimensions; ++i) direction[static_cast<std::size_t>(i)] = problem.v(i, order[axis]);
        const auto largest = std::max_element(direction.begin(), direction.end(),
                                              [](double a, double b) { return std::abs(a) < std::abs(b); });
        const double sign = *largest < 0 ? -1 : 1;
        for (std::size_t k = 0; k < count; ++k) {
            double along = 0;
            for (std::size_t i = 0; i < d; ++i)
                along += sign * direction[i] * (static_cast<double>(points[k * d + i]) - mean[i]);
            constexpr double most = std::numeric_limits<float>::max();
            plane[2 * k + axis] = std::isfinite(along) ? static_cast<float>(std::clamp(along, -most, most))
                                                       : std::numeric_limits<float>::quiet_NaN();
        }
    }
    return plane;
}

}
