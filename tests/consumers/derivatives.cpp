// What a consumer with an operation of its own compiles: derivatives checked in 50 digits.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/check_derivatives.hpp>

#include <array>
#include <cstdio>

namespace hg = hourglass;

namespace solving {

inline constexpr hg::argument<"L", 3, 3> L;
inline constexpr hg::argument<"b", 3> b;
HOURGLASS_SYMBOLS(x, y);

inline constexpr hg::graph model{
    x = triangular_solve(L, b),
    y = sum(square(x)),
};

}

int main() {
    using namespace solving;
    const std::array<double, 9> triangle{2, 0, 0, 0.5, 3, 0, -1, 0.25, 1};
    const std::array<double, 3> right{1, -2, 0.5};
    const auto report = hg::check_derivatives<model, y, hg::wrt<L, b>>(L = triangle, b = right);
    std::puts(report.text().c_str());
    return report.passed() ? 0 : 1;
}
