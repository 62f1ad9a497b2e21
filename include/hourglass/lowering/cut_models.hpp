// Which derivatives of a model a program or an interpreter cuts. This concerns the model as it was written, so the
// model is lowered once more. The rule itself is in autodiff/cut_derivatives.hpp.
#pragma once

#include <hourglass/autodiff/cut_derivatives.hpp>
#include <hourglass/lowering/lowered.hpp>

HOURGLASS_BEGIN

// What is wrong with a program's cuts, by its specification.
template <class Spec> struct problem_of_cut {
    static constexpr text find() {
        graph_builder g;
        lowering(g).run(Spec::graph);
        if (g.failed()) return {};
        const auto names = Spec::options::collect();
        list<std::uint64_t> fed, asked(1, Spec::loss_hash), targets;
        for (const auto& w : names.fed) fed.push(w.hash);
        for (const auto& w : names.asked) asked.push(w.hash);
        for (const auto& w : names.differentiated) targets.push(w.hash);
        cut_derivatives cut(g.view(), g.derivatives.view(), fed.view(), Spec::in_training);
        const text t = cut.problem_of_fed(asked.view(), Spec::kind == Spec::trains, "hg::from<...> feeds");
        return t.empty() ? cut.problem_of_target(Spec::loss_hash, targets.view()) : t;
    }
    static constexpr text value = find(); // evaluated with a budget of its own
};
// The same for a symbol requested of an interpreter, which learns only in the call what is fed.
template <const auto& Graph> struct cut_values {
    static constexpr graph_builder run() { // as it was written, before simplification
        graph_builder g;
        lowering(g).run(Graph);
        return g;
    }
    static text problem(slice_of<std::uint64_t> fed, std::uint64_t asked, bool training) {
        return cut_derivatives(stage<cut_values>::view(), derivatives.view(), fed, training)
            .problem_of_fed({&asked, 1}, false, "the call feeds");
    }

private:
    static constexpr int count = run().derivatives.size();
    static constexpr table<derivative_record, count> derivatives{run().derivatives.view()};
};

HOURGLASS_END
