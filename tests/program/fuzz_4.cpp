// Ten generated graphs as programs, held against the reference interpreter; how, is in program/generated_programs.hpp.
// The seeds are the first ones whose results rounding leaves comparable, in float too.
#include "program/generated_programs.hpp"

TEST_CASE("generated programs compute what the reference interpreter does") {
    fuzz::check_programs<fuzz::plain, 38, 39, 40, 41, 42, 43, 44, 45, 47, 48>();
}
