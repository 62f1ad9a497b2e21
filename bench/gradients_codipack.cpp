// CoDiPack, if the benchmark is given a copy. Its Jacobian tape is recorded in every call; its primal value tape can be
// recorded once and evaluated at other numbers.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_any_number.hpp"

    #include <codi.hpp>

namespace gradients {
namespace {

// The variables and the value of a function that is being recorded, and its tape; each thread has one tape per number
// type.
template <class Number> struct recording {
    std::vector<Number> x;
    Number y = 0;

    explicit recording(const problem& p) : x(p.x.size()) {}
    ~recording() { Number::getTape().resetHard(); }
    void record(const problem& p) {
        auto& tape = Number::getTape();
        tape.reset();
        tape.setActive();
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = p.x[i];
            tape.registerInput(x[i]);
        }
        y = value_of<Number>(p, x.data());
        tape.registerOutput(y);
        tape.setPassive();
    }
    void reverse() {
        y.setGradient(1.0);
        Number::getTape().evaluate();
    }
    std::vector<double> gradient() const {
        std::vector<double> g;
        for (const Number& each : x) g.push_back(each.getGradient());
        return g;
    }
};

std::vector<contestant> contestants_for(const problem& p) {
    if (operations_of(p) > most_recorded) return {};
    std::vector<contestant> both;
    using kept_number = codi::RealReversePrimal;
    const auto kept = std::make_shared<recording<kept_number>>(p);
    kept->record(p);
    both.push_back(make_contestant(
        form::peer, "CoDiPack",
        [&p, kept] {
            auto& tape = kept_number::getTape();
            tape.clearAdjoints();
            for (std::size_t i = 0; i < p.x.size(); ++i) tape.setPrimal(kept->x[i].getIdentifier(), p.x[i]);
            tape.evaluatePrimal();
            kept->reverse();
            return tape.getPrimal(kept->y.getIdentifier());
        },
        [kept] { return kept->gradient(); }));
    using number = codi::RealReverse;
    const auto made = std::make_shared<recording<number>>(p);
    both.push_back(make_contestant(
        form::peer_built_inside, "CoDiPack",
        [&p, made] {
            made->record(p);
            made->reverse();
            return made->y.getValue();
        },
        [made] { return made->gradient(); }));
    return both;
}

}

peer codipack() { return {"CoDiPack", contestants_for}; }

}
#else
namespace gradients {
peer codipack() { return {}; }
}
#endif
