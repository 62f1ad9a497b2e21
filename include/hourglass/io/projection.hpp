// Projects points of many dimensions onto a plane, for scatter.hpp: linearly, onto the two directions of the largest
// variance.
#pragma once

#include "hourglass/io/error.hpp"

#include <span>
#include <vector>

namespace hourglass::io {

/// Returns coordinates along the first two principal axes, about the mean (Pearson 1901). `points` is n x dimensions,
/// row-major; the result is n x 2. Points with a non-finite coordinate are ignored and become NaN, which scatter.hpp
/// omits. Two-dimensional points are returned unchanged; one-dimensional points get a second coordinate of 0. The
/// largest component of each axis is positive, so that equal points give equal pictures. Throws `error` for incomplete
/// points.
std::vector<float> onto_a_plane(std::span<const float> points, int dimensions);

}
