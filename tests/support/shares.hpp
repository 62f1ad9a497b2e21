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

// Whether tools/builds.py asks for little work: in a build that is quick, and in one that is slow.
inline bool few() { return std::getenv("HOURGLASS_FEW") != nullptr; }

// Of the seeds of generated graphs: from `half` on, with steps of this size. Few are an eighth of them.
inline int seed_step() { return few() ? 16 : 2; }

}
