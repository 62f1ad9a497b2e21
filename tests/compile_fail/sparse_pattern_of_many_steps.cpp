// The limit is lowered, so that a small pattern exceeds it as one of thousands of elements exceeds the compiler's own.
// flag-clang: -fconstexpr-steps=20000
// flag-gcc: -fconstexpr-ops-limit=400000
// expect: \{"to find the pattern of its sparse derivatives takes more steps than the compiler grants: compile with
// expect: -fconstexpr-steps=100000000 \(Clang\), -fconstexpr-ops-limit=1000000000 \(GCC\)"\}
// max-lines: 30
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

namespace model {

inline constexpr hg::argument<"x", 60> x;
inline constexpr hg::symbol<"J"> J;
inline constexpr hg::graph net{J = sparse_jacobian(square(hg::slice<1, 60>(x)) - hg::slice<0, 59>(x), x)};

}

void use() { hg::function<model::net, hg::to<model::J>> f; }
