// For blocks that train or call the last model shown: they stand in a function, where its names are known.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/graphviz.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <cstdio>
#include <vector>

namespace hg = hourglass;

// PREVIOUS

void in_a_function(const std::vector<float>& images, const std::vector<float>& codes) {
    using namespace vae_model;
    static_cast<void>(images.size() + codes.size());
    // BLOCK
}
