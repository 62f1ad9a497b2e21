// expect: the graph has nothing to bind to .*y.*: it is no input, scalar or symbol of it
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <vector>

namespace hg = hourglass;

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::input<"y", 3> y;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::graph model{z = tanh(x)};

void evaluate(const std::vector<double>& data) {
    hg::interpreter<model> look;
#ifndef FIXED
    look(y = data);
#else
    look(x = data);
#endif
}
