// The fully connected layer. A layer is a function that returns an expression. Its parameters are declared when it is
// lowered, since only then is the shape of its input known.
#pragma once

#include <hourglass/ops/linear.hpp>

HOURGLASS_BEGIN

namespace ops {

/// The operation of `dense` and `linear`.
template <int Units, fixed_string Name, bool Bias> struct dense {
    static constexpr int unnamed_layers = Name.view().empty() ? 1 : 0;
    initialiser weight_start = fan_in_uniform;
    initialiser bias_start = fan_in_uniform;
    constexpr bool operator==(const dense&) const = default;

    constexpr auto build(auto x) const {
        if (Units < 1) {
            x.misfit(sentence("dense<", Units, ">"), sentence("it needs at least one unit"));
            return x;
        }
        const int rank = x.extents().rank;
        if (rank != 1) {
            x.misfit(sentence("dense<", Units, ">"),
                     sentence("it needs a vector, not the shape ", x.extents(), ": take reshape<", x.extents().size(),
                              ">(...) of it first; the number of rows of a batch is no part of a shape"));
            return x;
        }
        const int in = x.extents()[0];
        const text owner = x.layer_place(Name.view());
        auto weight = x.new_parameter(owner, "weight", make_shape(Units, in), weight_start);
        auto product_ = product<matmul>(weight, x, false, false);
        if constexpr (!Bias) return product_;
        initialiser start = bias_start;
        start.fan_in = in;
        return product_ + x.new_parameter(owner, "bias", make_shape(Units), start);
    }
};

}

/// The fully connected layer, weight * x + bias: x is [in], the result [Units]. The parameters are weight [Units, in]
/// and bias [Units], named `<equation>.weight` and `<equation>.bias`, or after `Name` if given. Both start from
/// U(-1/sqrt(in), 1/sqrt(in)) by default. A compile error if x is not a vector.
template <int Units, fixed_string Name = "", operand X> constexpr auto dense(const X& x) {
    return apply_operation(ops::dense<Units, Name, true>{}, x);
}
/// The same with given initialisers.
template <int Units, fixed_string Name = "", operand X>
constexpr auto dense(const X& x, initialiser weight, initialiser bias = zeros) {
    return apply_operation(ops::dense<Units, Name, true>{weight, bias}, x);
}
/// The same without a bias.
template <int Units, fixed_string Name = "", operand X>
constexpr auto linear(const X& x, initialiser weight = fan_in_uniform) {
    return apply_operation(ops::dense<Units, Name, false>{weight, zeros}, x);
}

// dense(x, 3), dense(x): the units are missing
using units_missing = answered_by<"the units of a layer are known while compiling: write dense<3>(x) for dense(x, 3)">;
template <expression X, number... Units> constexpr mistaken<units_missing> dense(const X&, Units...) { return {}; }
template <expression X, number... Units> constexpr mistaken<units_missing> linear(const X&, Units...) { return {}; }

HOURGLASS_END
