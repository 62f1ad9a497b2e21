// CppAD, if the benchmark is given an installed copy. As its manual recommends, a function is recorded and optimised
// once and then evaluated repeatedly; or it is recorded, unoptimised, in every call.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_any_number.hpp"

    #include <cppad/cppad.hpp>

namespace gradients {

peer cppad() {
    return {"CppAD", [](const problem& p) {
                using number = CppAD::AD<double>;
                if (!knows<number>(p) || operations_of(p) > most_recorded) return std::vector<contestant>();
                const auto active = std::make_shared<std::vector<number>>(p.x.size());
                const auto gradient = std::make_shared<std::vector<double>>();
                const auto told = [gradient] { return *gradient; };
                const auto record = [&p, active] {
                    std::copy(p.x.begin(), p.x.end(), active->begin());
                    CppAD::Independent(*active, 0, false); // no checks of comparisons, since there are none
                    const std::vector<number> y{value_of<number>(p, active->data())};
                    CppAD::ADFun<double> function;
                    function.Dependent(*active, y);
                    function.check_for_nan(false);
                    return function;
                };
                const auto evaluate = [&p, gradient, one = std::vector<double>{1}](CppAD::ADFun<double>& function) {
                    const double value = function.Forward(0, p.x)[0];
                    *gradient = function.Reverse(1, one);
                    return value;
                };
                const auto kept = std::make_shared<CppAD::ADFun<double>>(record());
                kept->optimize();
                std::vector<contestant> both;
                both.push_back(make_contestant(
                    form::peer, "CppAD", [kept, evaluate] { return evaluate(*kept); }, told));
                both.push_back(make_contestant(
                    form::peer_built_inside, "CppAD",
                    [record, evaluate] {
                        CppAD::ADFun<double> function = record();
                        return evaluate(function);
                    },
                    told));
                return both;
            }};
}

}
#else
namespace gradients {
peer cppad() { return {}; }
}
#endif
