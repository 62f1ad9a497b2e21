// Leaves, the sources of values: literals, inputs, arguments, parameters, state, run-time scalars, the number of rows,
// symbols that are fed in place of their equations, and noise. They have no operands and no derivative rule.
#pragma once

#include <hourglass/ir/operation.hpp>

HOURGLASS_BEGIN

/// The distributions that the generator draws from.
enum class noise_kind { normal, uniform };

namespace ops {

template <class> struct leaf_base {
    static constexpr operation_kind kind = operation_kind::leaf;
    static constexpr int arity = 0;
    static constexpr bool smooth = false;
    static constexpr value_type infer(inference&) { return {}; }
};

struct literal : leaf_base<literal> {
    static constexpr std::string_view name = "literal";
    static constexpr operation_kind kind = operation_kind::literal;
};
struct input : leaf_base<input> {
    static constexpr std::string_view name = "input";
};
struct argument : leaf_base<argument> {
    static constexpr std::string_view name = "argument";
};
struct parameter : leaf_base<parameter> {
    static constexpr std::string_view name = "parameter";
};
struct state : leaf_base<state> {
    static constexpr std::string_view name = "state";
};
// `options.number` is the default
struct scalar : leaf_base<scalar> {
    static constexpr std::string_view name = "scalar";
};
/// The number of rows of the call.
struct rows : leaf_base<rows> {
    static constexpr std::string_view name = "rows";
};
struct fed_symbol {
    bool is_noise = false;
    static constexpr fed_symbol of(const attributes& a) { return {a.flags[0] != 0}; }
    constexpr operator attributes() const { return {0, {}, {is_noise, 0, 0}}; }
};
/// A symbol whose equation is cut away: its value is given in the call.
struct fed : leaf_base<fed> {
    static constexpr std::string_view name = "fed";
};
struct noise_source {
    noise_kind distribution{};
    bool shared_by_rows = false;
    int stream = 0;
    static constexpr noise_source of(const attributes& a) {
        return {static_cast<noise_kind>(a.flags[0]), a.flags[1] != 0, a.flags[2]};
    }
    constexpr operator attributes() const { return {0, {}, {static_cast<int>(distribution), shared_by_rows, stream}}; }
};
/// Numbers drawn by the generator. `stream` distinguishes the leaves of a graph.
struct noise : leaf_base<noise> {
    static constexpr std::string_view name = "noise";
    static constexpr text describe(const attributes& a) {
        const noise_source s = noise_source::of(a);
        return sentence(s.distribution == noise_kind::normal ? "normal" : "uniform",
                        s.shared_by_rows ? ", shared" : "");
    }
    static constexpr operation_kind kind = operation_kind::noise;
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::literal);
HOURGLASS_OPERATION(hourglass::ops::input);
HOURGLASS_OPERATION(hourglass::ops::argument);
HOURGLASS_OPERATION(hourglass::ops::parameter);
HOURGLASS_OPERATION(hourglass::ops::state);
HOURGLASS_OPERATION(hourglass::ops::scalar);
HOURGLASS_OPERATION(hourglass::ops::rows);
HOURGLASS_OPERATION(hourglass::ops::fed);
HOURGLASS_OPERATION(hourglass::ops::noise);
