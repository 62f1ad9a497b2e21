// All distributions, with `sample`, `log_prob`, `entropy` and `kl`. hourglass.hpp includes only the common ones, which
// need no rare mathematics.
#pragma once

#include <hourglass/probability/discrete.hpp>
#include <hourglass/probability/location_scale.hpp>
#include <hourglass/probability/multivariate.hpp>
#include <hourglass/probability/normal.hpp>
#include <hourglass/probability/positive.hpp>
#include <hourglass/probability/student_t.hpp>
#include <hourglass/probability/von_mises.hpp>
