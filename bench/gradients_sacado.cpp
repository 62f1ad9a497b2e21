// Sacado's reverse mode, if Debian's libtrilinos-sacado-dev is installed. It has no tape that outlives a call.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_any_number.hpp"

    #include <Sacado_trad.hpp>

namespace gradients {

peer sacado() {
    return {"Sacado", [](const problem& p) {
                using number = Sacado::Rad::ADvar<double>;
                if (!knows<number>(p)) return std::vector<contestant>();
                const auto active = std::make_shared<std::vector<number>>(p.x.size());
                std::vector<contestant> one;
                one.push_back(make_contestant(
                    form::peer_built_inside, "Sacado",
                    [&p, active] {
                        for (std::size_t i = 0; i < p.x.size(); ++i) (*active)[i] = p.x[i];
                        const number y = value_of<number>(p, active->data());
                        number::Gradcomp();
                        return y.val();
                    },
                    [active] {
                        std::vector<double> g;
                        for (const number& x : *active) g.push_back(x.adj());
                        return g;
                    }));
                return one;
            }};
}

}
#else
namespace gradients {
peer sacado() { return {}; }
}
#endif
