// Ceres' Jet, if Debian's libceres-dev is installed: forward mode, for few variables.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_forward.hpp"

    #include <ceres/jet.h>

namespace gradients {

template <int N> using ceres_number = ::ceres::Jet<double, N>;

peer ceres() {
    return {"Ceres Jet", [](const problem& p) {
                return forward_contestants<ceres_number>(
                    "Ceres Jet", p, [](auto& x, int i, double value) { x = std::decay_t<decltype(x)>(value, i); },
                    [](const auto& y) { return y.a; }, [](const auto& y, int i) { return y.v[i]; });
            }};
}

}
#else
namespace gradients {
peer ceres() { return {}; }
}
#endif
