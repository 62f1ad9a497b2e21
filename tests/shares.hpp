// What each build checks where much is alike. What differs between such programs or graphs is worked out by the passes,
// which are the same code under both compilers, so GCC has one half and Clang the other.
#pragma once

#include <cstdlib>

namespace hourglass_test {

#ifdef __clang__
inline constexpr int half = 1;
#else
inline constexpr int half = 0;
#endif

// Of the seeds of generated graphs: from `half` on, with steps of this size. Where tools/builds.py asks for few, they
// are an eighth of those: in a build that is quick, and in one that is slow.
inline int seed_step() { return std::getenv("HOURGLASS_FEW") != nullptr ? 16 : 2; }

}
