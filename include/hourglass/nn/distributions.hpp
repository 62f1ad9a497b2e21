// Distributions as values that hold expressions, with sample, log_prob, entropy and kl.
#pragma once

#include <hourglass/nn/distributions/discrete.hpp>
#include <hourglass/nn/distributions/location_scale.hpp>
#include <hourglass/nn/distributions/multivariate.hpp>
#include <hourglass/nn/distributions/positive.hpp>
