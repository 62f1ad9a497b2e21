// The benchmark's functions for forward-mode libraries that keep all derivatives with each number: for few variables,
// whose count is compiled in, as these libraries recommend.
#pragma once

#include "gradients_any_number.hpp"

#include <array>

namespace gradients {

// Number<N> is the library's type; seed(x, i, value) makes x the variable i; tell(y, i) returns its derivative.
template <template <int> class Number, class Seed, class Value, class Tell> std::vector<contestant>
forward_contestants(const std::string& name, const problem& p, Seed seed, Value value, Tell tell) {
    std::vector<contestant> one;
    const auto of_size = [&]<int N>(std::integral_constant<int, N>) {
        using number = Number<N>;
        if (p.x.size() != N || !knows<number>(p)) return;
        const auto gradient = std::make_shared<std::vector<double>>(N);
        one.push_back(make_contestant(
            form::peer_built_inside, name,
            [&p, gradient, seed, value, tell] {
                std::array<number, N> x;
                for (std::size_t i = 0; i < N; ++i) seed(x[i], static_cast<int>(i), p.x[i]);
                const number y = value_of<number>(p, x.data());
                for (std::size_t i = 0; i < N; ++i) (*gradient)[i] = tell(y, static_cast<int>(i));
                return static_cast<double>(value(y));
            },
            [gradient] { return *gradient; }));
    };
    [&]<int... N>(std::integer_sequence<int, N...>) { (of_size(std::integral_constant<int, N>()), ...); }
    (std::integer_sequence<int, 1, 2, 3, 4, 5, 7, 8, 11, 16>{});
    return one;
}

}
