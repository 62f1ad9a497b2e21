// AutoDiffScalar from Eigen's unsupported modules, if Debian's libeigen3-dev is installed: forward mode, for few
// variables.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_forward.hpp"

    #include <Eigen/Core>
    #include <unsupported/Eigen/AutoDiff>

namespace gradients {

template <int N> using eigen_number = Eigen::AutoDiffScalar<Eigen::Matrix<double, N, 1>>;

peer eigen() {
    return {"Eigen AutoDiff", [](const problem& p) {
                return forward_contestants<eigen_number>(
                    "Eigen AutoDiff", p,
                    [](auto& x, int i, double value) {
                        x = std::decay_t<decltype(x)>(value, static_cast<int>(x.derivatives().size()), i);
                    },
                    [](const auto& y) { return y.value(); }, [](const auto& y, int i) { return y.derivatives()(i); });
            }};
}

}
#else
namespace gradients {
peer eigen() { return {}; }
}
#endif
