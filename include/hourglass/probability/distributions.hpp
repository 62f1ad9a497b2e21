// Distributions as values that hold expressions, with sample, log_prob, entropy and kl: all of them. hourglass.hpp has
// the usual ones, which bring no rare mathematics along.
#pragma once

#include <hourglass/probability/discrete.hpp>
#include <hourglass/probability/location_scale.hpp>
#include <hourglass/probability/multivariate.hpp>
#include <hourglass/probability/normal.hpp>
#include <hourglass/probability/positive.hpp>
#include <hourglass/probability/student_t.hpp>
#include <hourglass/probability/von_mises.hpp>
