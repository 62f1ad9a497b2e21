// Parsed once for all tests that are written in equations: see meson.build. Each of them includes what it uses all the
// same.
#include <doctest/doctest.h>
#include <hourglass/hourglass.hpp>
