// Markers, which a pass removes: stop_gradient and in_training; and `after`, by which one value waits for another.
#pragma once

#include <hourglass/ops/shape.hpp>

HOURGLASS_BEGIN
namespace ops {

/// The value of x, with no gradient.
struct stop_gradient {
    static constexpr std::string_view name = "stop_gradient";
    static constexpr operation_kind kind = operation_kind::marker;
    static constexpr int arity = 1;
    static constexpr bool smooth = false;
    static constexpr int chosen(bool) { return 0; }
    static constexpr value_type infer(inference& in) { return in[0]; }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        for (long i = 0; i < e.rows_of(e.type) * e.type.extents.size(); ++i) e.result[i] = e.operands[0][i];
    }
};
/// The first operand, read from memory only after the second is computed. Passes insert it for hg::recompute.
struct after : movement {
    static constexpr std::string_view name = "after";
    static constexpr int arity = 2;
    static constexpr bool is_view = true;
    static constexpr int awaited_operand = 1;
    static constexpr unsigned flat_operands = 1u << 1;
    static constexpr value_type infer(inference& in) { return in[0]; }
    static constexpr void derivative(auto& d) { d.accumulate(0, d.adjoint_full()); }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        for (long i = 0; i < e.rows_of(e.type) * e.type.extents.size(); ++i) e.result[i] = e.operands[0][i];
    }
};
/// in_training(a, b): a in trainers; b in functions, unless they ask for training.
struct in_training {
    static constexpr std::string_view name = "in_training";
    static constexpr operation_kind kind = operation_kind::marker;
    static constexpr int arity = 2;
    static constexpr linearity linear = linearity::in_all;
    static constexpr int chosen(bool in_training) { return in_training ? 0 : 1; }
    static constexpr value_type infer(inference& in) {
        if (!(in[0].extents == in[1].extents))
            in.problem = sentence("the shapes ", in[0].extents, " and ", in[1].extents, " must be equal");
        return {in[0].extents, in.any_batched()};
    }
    // Programs choose before they differentiate. Derivatives in equations are taken before the choice.
    static constexpr void derivative(auto& d) {
        auto g = d.adjoint_full();
        auto zero = filled(g.convert(0.0), g.type());
        d.accumulate(0, apply_operation(in_training{}, g, zero));
        d.accumulate(1, apply_operation(in_training{}, zero, g));
    }
};

}

/// Returns x, through which no gradient flows.
template <operand X> constexpr auto stop_gradient(const X& x) { return apply_operation(ops::stop_gradient{}, x); }
/// Returns a in trainers, and b in functions unless they ask for training. The shapes must be equal.
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr auto in_training(const A& a, const B& b) { return apply_operation(ops::in_training{}, a, b); }

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::stop_gradient);
HOURGLASS_OPERATION(hourglass::ops::after);
HOURGLASS_OPERATION(hourglass::ops::in_training);
