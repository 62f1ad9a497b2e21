// Derivatives that stand in equations, of y with respect to x: gradient, Jacobian, Hessian and their products with
// vectors. Each is a part of the graph like any other: it can be returned, penalised and differentiated again. x is a
// symbol or leaf that y depends on, or a named expression that is part of y. If y has a value for each example, so has
// the derivative, even with respect to a parameter; a y without a batch axis, such as `batch_sum(...)`, has one
// derivative for all examples. Programs that differentiate a loss with respect to parameters are in program/.
#pragma once

#include <hourglass/autodiff/cut_derivatives.hpp>
#include <hourglass/autodiff/forward.hpp>
#include <hourglass/autodiff/rows_between.hpp>
#include <hourglass/autodiff/smooth.hpp>
#include <hourglass/autodiff/vectorised.hpp>

HOURGLASS_BEGIN
namespace ops {

// The shape of y followed by that of x.
constexpr shape joined_shape(auto y, auto x, std::string_view what) {
    const shape a = y.extents(), b = x.extents();
    if (a.rank + b.rank > max_rank) {
        y.misfit(text(what), x,
                 sentence("its shape would be ", a, " followed by ", b, ", more than ", max_rank, " axes"));
        return a;
    }
    shape result = a;
    for (int i = 0; i < b.rank; ++i) result[result.rank++] = b[i];
    return result;
}

// The checks of the derivatives below. y must depend on x and must not use a derivative that goes through x. If each
// example has its own derivative, no example's x may affect another's y.
enum class rows_of_derivative { may_mix, must_be_apart };
constexpr bool can_differentiate(auto y, auto x, std::string_view what,
                                 rows_of_derivative rows = rows_of_derivative::must_be_apart) {
    if (y.failed()) return false;
    auto& g = *y.graph;
    const list<bool> part = reached_by_gradient(g, y.index);
    if (x.index > y.index || !part[x.index]) {
        y.misfit(text(what), x,
                 text("the first does not depend on the second, or by no way that has a derivative, so it is zero "
                      "everywhere"));
        return false;
    }
    if (x.at().operand_count > 0 && !g.derivatives.empty())
        if (const text t =
                cut_derivatives(g.view(), g.derivatives.view(), {}, true).problem_of_equation(y.index, x.index);
            !t.empty()) {
            y.misfit(text(what), x, t);
            return false;
        }
    if (rows == rows_of_derivative::may_mix || !y.batched()) return true;
    if (!rows_between(g, y.index, x.index).are_mixed()) return true;
    y.misfit(text(what), x,
             text("the first has a value for each example, on which the second acts through other examples too: "
                  "differentiate batch_sum(...) of it, or keep what is taken over the batch constant with "
                  "stop_gradient(...)"));
    return false;
}

// Records `result` as the derivative of y, as y was written (autodiff/cut_derivatives.hpp). A result that is an older
// node gets a node of its own, since feeding or requesting the older node must not concern the derivative.
constexpr auto recorded(auto y, auto x, auto result, int known) {
    if (y.failed()) return result;
    auto& g = *y.graph;
    if (result.index < known) {
        broadcast_to same;
        same.options = {result.extents()};
        result = result.trace(same, result);
    }
    g.derivatives.push({y.index, x.index, result.index});
    return result;
}
// Makes the derivative by `make`, from y without the roots that y squares (autodiff/smooth.hpp).
template <class Make> constexpr auto derivative_of(auto y, auto x, const Make& make) {
    auto& g = *y.graph;
    const int targets[] = {x.index}, known = g.nodes.size();
    const auto result = make(y.other(without_squared_roots(g, y.index, {targets, 1})));
    return recorded(y, x, result, known);
}

struct vjp_call {
    static constexpr std::string_view name_of_call = "vjp";
    constexpr auto build(auto y, auto x, auto u) const {
        if (!can_differentiate(y, x, name_of_call)) return y;
        if (!(u.extents() == y.extents())) {
            y.misfit(text(name_of_call), u,
                     sentence("the vector has the shape ", u.extents(), ", but needs that of what is differentiated, ",
                              y.extents()));
            return y;
        }
        return derivative_of(y, x, [&](auto of) {
            const int targets[] = {x.index}, adjoint = filled(u, {of.extents(), of.batched() || u.batched()}).index;
            differentiation d(*of.graph, of.index, adjoint, {targets, 1}, !of.batched());
            return of.other(d.gradient(x.index));
        });
    }
};
struct grad_call {
    constexpr auto build(auto y, auto x) const {
        if (!can_differentiate(y, x, "grad")) return y;
        if (y.extents().rank != 0) {
            y.misfit(
                text("grad"), x,
                sentence("the first has the shape ", y.extents(),
                         ", and only a single number has a gradient: take sum(...) of it, or write jacobian(...)"));
            return y;
        }
        return derivative_of(y, x, [&](auto of) {
            const int targets[] = {x.index};
            differentiation d(*of.graph, of.index, {targets, 1}, !of.batched());
            return of.other(d.gradient(x.index));
        });
    }
};
struct jvp_call {
    constexpr auto build(auto y, auto x, auto v) const {
        if (!can_differentiate(y, x, "jvp", rows_of_derivative::may_mix)) return y;
        if (!(v.extents() == x.extents())) {
            x.misfit(text("jvp"), v,
                     sentence("the direction has the shape ", v.extents(), ", but needs that of what it moves, ",
                              x.extents()));
            return y;
        }
        return derivative_of(y, x, [&](auto of) {
            forward_differentiation d(*of.graph, of.index, x.index, v.index);
            const int t = of.failed() ? 0 : d.tangent(of.index);
            const deriving_scope scope(*of.graph); // for the zero if no tangent arrived
            return filled(of.other(t < 0 ? of.graph->push_literal(0) : t), of.type());
        });
    }
};

// The nodes of the derivative of y in x, which are linear in a seed. In forward mode the seed is shaped like x and the
// result like y; in reverse mode vice versa. There is no result if the derivative is zero everywhere.
struct linear_part {
    bool forward = false;
    int seed = -1, result = -1;
};
// Forward mode applies one direction to all rows, so it cannot differentiate a sum over rows for each row.
constexpr bool has_forward_mode(auto y, auto x) { return y.batched() || !x.batched(); }
constexpr linear_part linear_derivative(auto y, auto x, bool forward) {
    auto& g = *y.graph;
    const deriving_scope scope(g);
    linear_part part{forward};
    if (forward) {
        part.seed = filled(y.other(g.push_literal(0)), {x.extents(), false}).index;
        forward_differentiation d(g, y.index, x.index, part.seed);
        if (!y.failed()) part.result = d.tangent(y.index);
        return part;
    }
    part.seed = filled(y.other(g.push_literal(0)), y.type()).index;
    const int targets[] = {x.index};
    differentiation d(g, y.index, part.seed, {targets, 1}, !y.batched());
    if (!y.failed() && d.reaches()) part.result = d.gradient(x.index);
    return part;
}

struct jacobian_call {
    constexpr auto build(auto y, auto x) const {
        if (!can_differentiate(y, x, "jacobian")) return y;
        const shape result = joined_shape(y, x, "jacobian");
        if (y.failed()) return y;
        return derivative_of(y, x, [&](auto of) { return whole(of, x, result); });
    }

private:
    static constexpr auto whole(auto y, auto x, const shape& result) {
        const int outputs = static_cast<int>(y.extents().size()), inputs = static_cast<int>(x.extents().size());
        const linear_part part = linear_derivative(y, x, inputs < outputs && has_forward_mode(y, x));
        if (y.failed()) return y;
        if (part.result < 0) return zero(y, result);
        const auto all = y.other(vectorised_part(*y.graph, part.seed).run(part.seed, part.result));
        if (y.failed() || !part.forward) return y.failed() ? y : reshaped(all, result);
        return reshaped(apply_operation(transpose{}, reshaped(all, make_shape(inputs, outputs))), result);
    }
    static constexpr auto zero(auto y, const shape& s) {
        const deriving_scope scope(*y.graph);
        return filled(y.other(y.graph->push_literal(0)), {s, y.batched()});
    }
};
struct hessian_call {
    constexpr auto build(auto y, auto x) const {
        const auto g = grad_call{}.build(y, x);
        if (y.failed()) return y;
        const auto h = jacobian_call{}.build(g, x);
        return recorded(y, x, h, h.index);
    }
};
struct hessian_vector_call {
    constexpr auto build(auto y, auto x, auto v) const {
        const auto g = grad_call{}.build(y, x);
        if (y.failed()) return y;
        const auto product = jvp_call{}.build(g, x, v);
        return recorded(y, x, product, product.index);
    }
};

}

/// Returns the gradient of y, a single number, with respect to x; shaped like x. Uses reverse mode. A compile error if
/// y is not a single number, does not depend on x by a path that has a derivative, or if an example's y depends on
/// another example's x.
template <operand Y, operand X> constexpr auto grad(const Y& y, const X& x) {
    return apply_operation(ops::grad_call{}, y, x);
}
/// Returns the product transpose(J) u with the Jacobian J of y; u is shaped like y, the result like x. Uses reverse
/// mode and costs about one gradient. A compile error if the shape of u does not fit, or as for `grad`.
template <operand Y, operand X, operand_or_number U> constexpr auto vjp(const Y& y, const X& x, const U& u) {
    return apply_operation(ops::vjp_call{}, y, x, u);
}
/// Returns the product J v with the Jacobian J of y; v is shaped like x, the result like y. Uses forward mode and costs
/// about one evaluation of y. A compile error if the shape of v does not fit or y does not depend on x; examples may
/// affect one another.
template <operand Y, operand X, operand_or_number V> constexpr auto jvp(const Y& y, const X& x, const V& v) {
    return apply_operation(ops::jvp_call{}, y, x, v);
}
/// Returns the Jacobian of y, of the shape of y followed by that of x. Uses forward mode if x has fewer elements than
/// y, else reverse mode, for all directions at once. An elementwise function costs no more than one gradient, a dense
/// layer no product. A compile error if the result would have more than 6 axes, or as for `grad`.
template <operand Y, operand X> constexpr auto jacobian(const Y& y, const X& x) {
    return apply_operation(ops::jacobian_call{}, y, x);
}
/// Returns the second derivatives of y, a single number; of the shape of x followed by that of x. Costs one gradient
/// for each element of x. Compile errors are those of `grad` and `jacobian`.
template <operand Y, operand X> constexpr auto hessian(const Y& y, const X& x) {
    return apply_operation(ops::hessian_call{}, y, x);
}
/// Returns the product H v with the Hessian H of y, a single number; v and the result are shaped like x. Uses forward
/// over reverse mode without computing H, and costs a few gradients. Compile errors are those of `grad` and `jvp`.
template <operand Y, operand X, operand_or_number V>
constexpr auto hessian_vector_product(const Y& y, const X& x, const V& v) {
    return apply_operation(ops::hessian_vector_call{}, y, x, v);
}

HOURGLASS_END
