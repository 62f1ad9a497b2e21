// Generated graphs with constants as programs, held against the reference interpreter; how, is in
// program/generated_programs.hpp. Of these seeds rounding leaves the results comparable, in float too, and most have
// products that are computed once for all calls beside others.
#include "program/generated_programs.hpp"

TEST_CASE("generated programs with constants compute what the reference interpreter does") {
    fuzz::check_programs<fuzz::with_constants, 0, 7, 8, 11, 14, 20>();
}
