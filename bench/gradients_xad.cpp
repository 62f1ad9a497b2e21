// XAD (auto-differentiation/xad), if the benchmark is given an installed copy: every call records its tape into memory
// that it keeps.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_any_number.hpp"

    #include <XAD/XAD.hpp>

namespace gradients {

peer xad() {
    return {"XAD", [](const problem& p) {
                using mode = ::xad::adj<double>;
                using number = mode::active_type;
                if (operations_of(p) > most_recorded) return std::vector<contestant>();
                const auto tape = std::make_shared<mode::tape_type>(false);
                const auto active = std::make_shared<std::vector<number>>(p.x.size());
                std::vector<contestant> one;
                one.push_back(make_contestant(
                    form::peer_built_inside, "XAD",
                    [&p, tape, active] {
                        tape->activate();
                        std::copy(p.x.begin(), p.x.end(), active->begin());
                        tape->registerInputs(*active);
                        tape->newRecording();
                        number y = value_of<number>(p, active->data());
                        tape->registerOutput(y);
                        derivative(y) = 1.0;
                        tape->computeAdjoints();
                        const double value = ::xad::value(y);
                        tape->deactivate();
                        return value;
                    },
                    [tape, active] {
                        tape->activate();
                        std::vector<double> g;
                        for (const number& x : *active) g.push_back(derivative(x));
                        tape->deactivate();
                        return g;
                    }));
                return one;
            }};
}

}
#else
namespace gradients {
peer xad() { return {}; }
}
#endif
