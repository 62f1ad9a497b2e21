// For the block of docs/language.md that measures the model of the block before it.
#include <hourglass/hourglass.hpp>

#include <cstdio>
#include <vector>

namespace hg = hourglass;

// PREVIOUS

void calls(const std::vector<float>& images) {
    using namespace estimators;
    // BLOCK
    std::printf("%g %g\n", variance, mean);
}
