// Runs this project's programs in the gradient benchmark: created once and called in the loop, or created in the loop.
#pragma once

#include "gradients.hpp"

#include <hourglass/hourglass.hpp>

namespace gradients {

namespace hg = hourglass;

// The value of every function.
HOURGLASS_SYMBOLS(y);

// Programs of small functions hold their memory inside, so that creating one needs no allocation.
template <auto... Wrt> inline constexpr bool is_small = ((decltype(Wrt)::extents().size() <= 4096) && ...);
template <const auto& Graph, auto... Wrt> using gradient_of =
    std::conditional_t<is_small<Wrt...>, hg::gradient<Graph, y, hg::wrt<Wrt...>, hg::element<double>, hg::arena_inside>,
                       hg::gradient<Graph, y, hg::wrt<Wrt...>, hg::element<double>>>;

inline void append(std::vector<double>& to, double x) { to.push_back(x); }
inline void append(std::vector<double>& to, const auto& view) {
    for (double x : view) to.push_back(x);
}

// Both forms of a program. `call` runs a given program and returns its result; the gradient is reported in the order of
// `symbols`.
template <class Program, class Call, class... Symbols>
std::vector<contestant> ours(Call call, const Symbols&... symbols) {
    const auto pieces = [symbols...](const auto& out) {
        std::vector<double> all;
        (append(all, out.gradient(symbols)), ...);
        return all;
    };
    const auto kept = std::make_shared<Program>(hg::threads = 1);
    const auto inside = [call](auto use) {
        Program made{hg::threads = 1};
        return use(call(made));
    };
    std::vector<contestant> both;
    both.push_back(make_contestant(
        form::ours, "", [kept, call] { return static_cast<double>(call(*kept)[y]); },
        [kept, call, pieces] { return pieces(call(*kept)); }));
    both.push_back(make_contestant(
        form::ours_built_inside, "",
        [inside] {
            return inside([](const auto& out) {
                const double value = out[y];
                keep(value); // and with it all memory, so the gradient too
                return value;
            });
        },
        [inside, pieces] { return inside(pieces); }));
    return both;
}

}
