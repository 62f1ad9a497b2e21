// Distributions as values that hold expressions, with sample, log_prob, entropy and kl.
#pragma once

#include <hourglass/probability/discrete.hpp>
#include <hourglass/probability/location_scale.hpp>
#include <hourglass/probability/multivariate.hpp>
#include <hourglass/probability/positive.hpp>
