// For blocks of docs/data.md: images are there, and all that reads and draws them.
#include <hourglass/data/batches.hpp>
#include <hourglass/data/idx.hpp>
#include <hourglass/data/image_set.hpp>
#include <hourglass/data/sources.hpp>
#include <hourglass/hourglass.hpp>
#include <hourglass/io/atomic_file.hpp>
#include <hourglass/io/image_grid.hpp>
#include <hourglass/io/line_plot.hpp>
#include <hourglass/io/loss_curves.hpp>
#include <hourglass/io/projection.hpp>
#include <hourglass/io/scatter.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace hg = hourglass;

inline void with_images(hg::data::split& images) {
    static_cast<void>(images);
    // BLOCK
}

int main() {
    hg::io::make_folder("out/basic");
    hg::io::write_file("out/basic/metrics.json",
                       hg::io::metrics_json({.model = "basic", .run = "a", .epochs = {{1, {{"loss", 0.5}}, {}, 1}}}));
    hg::data::split images = hg::data::load("shapes", 5000, 100);
    try {
        with_images(images);
    } catch (const hg::data::error&) {
        if (hg::data::fashion_mnist_installed()) throw; // a block that reads it ends where it is not there
    }
    return images.train.count == 0;
}
