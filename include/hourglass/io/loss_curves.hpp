// The loss of a run and its terms, epoch by epoch, as curves: what metrics.json holds, to look at.
#pragma once

#include "hourglass/io/metrics.hpp"
#include "hourglass/io/png.hpp"

namespace hourglass::io {

// A panel for each term, with its name: the means over an epoch of training, of validation and of the test set, as far
// as the record has them. A ring marks the best epoch, on the curve that chose it. Two panels in a line, 480 x 300
// pixels each, of the first 24 terms; the title counts the others. Without a whole epoch the page says so.
picture loss_curves(const run_record& record);

}
