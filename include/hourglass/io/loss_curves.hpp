// Curves of a run's loss and its terms by epoch: a picture of metrics.json.
#pragma once

#include "hourglass/io/metrics.hpp"
#include "hourglass/io/png.hpp"

namespace hourglass::io {

/// Draws one panel per term, with its name: the means of each epoch over training, validation and test, as far as
/// recorded. A ring marks the best epoch on the curve that chose it. Two panels in a line, 480 x 300 pixels each, for
/// the first 24 terms; the title counts the rest. Without a complete epoch the picture says so.
picture loss_curves(const run_record& record);

}
