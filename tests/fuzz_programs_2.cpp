// Ten generated graphs as programs, held against the reference interpreter; how, is in generated_programs.hpp. The
// seeds are the first ones whose results rounding leaves comparable, in float too; but 74 stands for 14, whose loss in
// float comes within a tenth of the tolerance at some widths.
#include "generated_programs.hpp"

TEST_CASE("generated programs compute what the reference interpreter does") {
    fuzz::check_programs<12, 13, 15, 16, 18, 20, 21, 22, 23, 74>();
}
