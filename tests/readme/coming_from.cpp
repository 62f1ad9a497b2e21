// For programs of docs/coming_from.md: what each of them includes.
#include <array>
#include <cstdio>
#include <numbers>
#include <vector>

#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

// BLOCK
