// expect: the graph has no symbol .*zz.* to look at
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <vector>

namespace hg = hourglass;

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"zz"> zz;
inline constexpr hg::graph model{z = tanh(x)};

double value(const std::vector<double>& data) {
    hg::interpreter<model> look;
    look(x = data);
#ifndef FIXED
    return look[zz](0, 0);
#else
    return look[z](0, 0);
#endif
}
