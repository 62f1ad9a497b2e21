// flag: -ffinite-math-only
// expect: hourglass: -ffinite-math-only loses infinities and NaN
// max-lines: 6
#include <hourglass/config.hpp>

#ifdef FIXED
int main() {}
#endif
