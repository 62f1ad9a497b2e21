// Points of many dimensions in a plane, so that scatter.hpp can draw them. Only the linear projection onto the two
// directions of the largest variance is here.
#pragma once

#include "hourglass/io/error.hpp"

#include <span>
#include <vector>

namespace hourglass::io {

// `points` is n x dimensions, row-major; the result is n x 2: coordinates along the first two principal axes (Pearson
// 1901), about the mean. Points with a coordinate that is not finite decide nothing and become NaN, which scatter.hpp
// leaves out. Points of two dimensions are handed back as they are, points of one get a second
// coordinate of 0. The sign of an axis is such that its largest component is positive, so that equal points give equal
// pictures. Throws `error` where the points do not come out whole.
std::vector<float> onto_a_plane(std::span<const float> points, int dimensions);

}
