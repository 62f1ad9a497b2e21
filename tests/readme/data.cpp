// For blocks of docs/data.md: images are there, and all that reads and draws them.
#include <hourglass/data/batches.hpp>
#include <hourglass/data/image_set.hpp>
#include <hourglass/data/sources.hpp>
#include <hourglass/hourglass.hpp>
#include <hourglass/io/image_grid.hpp>
#include <hourglass/io/line_plot.hpp>
#include <hourglass/io/loss_curves.hpp>
#include <hourglass/io/projection.hpp>
#include <hourglass/io/scatter.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace hg = hourglass;

void with_images(hg::data::split& images) {
    static_cast<void>(images);
    // BLOCK
}
