// The loss of a run and its terms, epoch by epoch, as curves: what metrics.json holds, to look at.
#pragma once

#include "hourglass/io/metrics.hpp"
#include "hourglass/io/png.hpp"

namespace hourglass::io {

// A panel for each term, with its name: the means over an epoch of training, of validation and of the test set, as far
// as the record has them; a ring marks the best epoch of the loss. Two panels in a line, 480 x 300 pixels each. Of a
// record without epochs it is a page that says so. Throws `error` where the picture would be too large, which takes
// some two hundred terms.
picture loss_curves(const run_record& record);

}
