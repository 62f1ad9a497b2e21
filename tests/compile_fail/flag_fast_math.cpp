// A flag under which results would differ is refused before anything else.
// flag: -ffast-math
// expect: hourglass: -ffast-math .* changes results: compile this without it
// max-lines: 6
#include <hourglass/config.hpp>

#ifdef FIXED
int main() {}
#endif
