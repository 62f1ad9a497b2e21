// Generated graphs with scans as programs, held against the reference interpreter; how, is in
// program/generated_programs.hpp. The seeds are the first ones with scans whose results rounding leaves comparable, in
// float too; of those with scans within scans, the ones with the fewest nodes.
#include "program/generated_programs.hpp"

TEST_CASE("generated programs with scans compute what the reference interpreter does") {
    fuzz::check_programs<fuzz::with_scans, 0, 1, 3, 5, 6, 8, 9, 10>();
}

TEST_CASE("and those with scans within scans") { fuzz::check_programs<fuzz::with_nested_scans, 19, 21, 73>(); }
