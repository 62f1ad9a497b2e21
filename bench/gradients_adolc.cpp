// ADOL-C, if Debian's libadolc-dev is installed: a tape is recorded once and differentiated in every call, or both
// happen in every call.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_any_number.hpp"

    #include <adolc/adolc.h>

namespace gradients {

peer adolc() {
    return {"ADOL-C", [](const problem& p) {
                if (!knows<adouble>(p) || operations_of(p) > most_recorded) return std::vector<contestant>();
                constexpr short tag = 1; // of one row's tape at a time
                // As it recommends, recordings stay in memory rather than in files.
                const auto buffer = static_cast<unsigned>(std::max(1L << 19, 8 * operations_of(p)));
                const auto active = std::make_shared<std::vector<adouble>>(p.x.size());
                const auto gradient = std::make_shared<std::vector<double>>(p.x.size());
                const auto record = [&p, active, buffer] {
                    double value = 0;
                    trace_on(tag, 1, buffer, buffer, buffer, buffer); // 1: keeps what the reverse sweep needs
                    for (std::size_t i = 0; i < p.x.size(); ++i) (*active)[i] <<= p.x[i];
                    adouble y = value_of<adouble>(p, active->data());
                    y >>= value;
                    trace_off();
                    return value;
                };
                const auto told = [gradient] { return *gradient; };
                record();
                std::vector<contestant> both;
                both.push_back(make_contestant(
                    form::peer, "ADOL-C",
                    [&p, gradient, n = static_cast<int>(p.x.size())] {
                        double value = 0, one = 1;
                        double* at = const_cast<double*>(p.x.data());
                        ::zos_forward(tag, 1, n, 1, at, &value);
                        ::fos_reverse(tag, 1, n, &one, gradient->data());
                        return value;
                    },
                    told));
                both.push_back(make_contestant(
                    form::peer_built_inside, "ADOL-C",
                    [record, gradient, n = static_cast<int>(p.x.size())] {
                        const double value = record();
                        double one = 1;
                        ::fos_reverse(tag, 1, n, &one, gradient->data());
                        return value;
                    },
                    told));
                return both;
            }};
}

}
#else
namespace gradients {
peer adolc() { return {}; }
}
#endif
