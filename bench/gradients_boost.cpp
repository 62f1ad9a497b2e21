// Boost.Math's forward mode, if Debian's libboost-dev is installed: a number carries one derivative, so each variable
// takes a pass.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_any_number.hpp"

    #include <boost/math/differentiation/autodiff.hpp>

namespace gradients {

peer boost_math() {
    return {"Boost.Math", [](const problem& p) {
                using number = boost::math::differentiation::autodiff_fvar<double, 1>;
                if (!knows<number>(p) || p.x.size() > most_forward) return std::vector<contestant>();
                const auto active = std::make_shared<std::vector<number>>(p.x.begin(), p.x.end());
                const auto gradient = std::make_shared<std::vector<double>>(p.x.size());
                std::vector<contestant> one;
                one.push_back(make_contestant(
                    form::peer_built_inside, "Boost.Math",
                    [&p, active, gradient] {
                        double value = 0;
                        for (std::size_t i = 0; i < p.x.size(); ++i) {
                            (*active)[i] = boost::math::differentiation::make_fvar<double, 1>(p.x[i]);
                            const number y = value_of<number>(p, active->data());
                            (*active)[i] = p.x[i];
                            value = y.derivative(0);
                            (*gradient)[i] = y.derivative(1);
                        }
                        return value;
                    },
                    [gradient] { return *gradient; }));
                return one;
            }};
}

}
#else
namespace gradients {
peer boost_math() { return {}; }
}
#endif
