// autodiff (autodiff/autodiff), if the benchmark is given a copy: its reverse mode, with an expression that is built
// once and updated in every call, or built in every call; for few variables its forward mode.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_any_number.hpp"

    #include <autodiff/forward/real.hpp>
    #include <autodiff/forward/real/eigen.hpp>
    #include <autodiff/reverse/var.hpp>
    #include <autodiff/reverse/var/eigen.hpp>

namespace gradients {
namespace {

// Its sweeps follow every path from the value to the variables; a recurrence has as many as its steps squared. Each
// step of a path is a nested call.
bool reverse_is_bearable(const problem& p) {
    return operations_of(p) <= most_recorded && (p.id != function_id::stochastic_volatility || p.size <= 128);
}

std::vector<contestant> reverse(const problem& p) {
    using autodiff::var;
    if (!knows<var>(p) || !reverse_is_bearable(p)) return {};
    const long n = static_cast<long>(p.x.size());
    const auto numbers = [&p, n] {
        autodiff::VectorXvar x(n);
        for (long i = 0; i < n; ++i) x[i] = p.x[static_cast<std::size_t>(i)];
        return x;
    };
    const auto gradient = std::make_shared<Eigen::VectorXd>(n);
    const auto told = [gradient] { return std::vector<double>(gradient->begin(), gradient->end()); };
    std::vector<contestant> both;
    autodiff::VectorXvar x = numbers();
    var y = value_of<var>(p, x.data());
    both.push_back(make_contestant(
        form::peer, "autodiff",
        [&p, n, gradient, x, y]() mutable {
            for (long i = 0; i < n; ++i) x[i].update(p.x[static_cast<std::size_t>(i)]);
            y.update();
            *gradient = autodiff::gradient(y, x);
            return static_cast<double>(y);
        },
        told));
    both.push_back(make_contestant(
        form::peer_built_inside, "autodiff",
        [&p, numbers, gradient] {
            autodiff::VectorXvar made = numbers();
            const var value = value_of<var>(p, made.data());
            *gradient = autodiff::gradient(value, made);
            return static_cast<double>(value);
        },
        told));
    return both;
}

std::vector<contestant> forward(const problem& p) {
    using autodiff::real;
    if (!knows<real>(p) || p.x.size() > most_forward) return {};
    const auto gradient = std::make_shared<Eigen::VectorXd>();
    autodiff::VectorXreal x(static_cast<long>(p.x.size()));
    std::copy(p.x.begin(), p.x.end(), x.begin());
    std::vector<contestant> one;
    one.push_back(make_contestant(
        form::peer_built_inside, "autodiff, forward",
        [&p, gradient, x]() mutable {
            real y;
            const auto function = [&p](const autodiff::VectorXreal& at) { return value_of<real>(p, at.data()); };
            autodiff::detail::gradient(function, autodiff::detail::wrt(x), autodiff::detail::at(x), y, *gradient);
            return y.val();
        },
        [gradient] { return std::vector<double>(gradient->begin(), gradient->end()); }));
    return one;
}

}

peer autodiff() {
    return {"autodiff", [](const problem& p) {
                std::vector<contestant> all = reverse(p);
                for (contestant& c : forward(p)) all.push_back(std::move(c));
                return all;
            }};
}

}
#else
namespace gradients {
peer autodiff() { return {}; }
}
#endif
