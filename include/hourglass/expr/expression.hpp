// Expression templates: trees of operations over operands. A tree never grows past one equation, because other
// equations are referred to by name. An operand is an expression, a number, or a traced handle (ir/trace.hpp). Only
// `apply_operation` tells them apart, so a function such as `tanh` is written once for all three.
#pragma once

#include <concepts>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include <boost/hana/basic_tuple.hpp>

#include <hourglass/expr/fixed_string.hpp>
#include <hourglass/expr/shape.hpp>
#include <hourglass/expr/text.hpp>

HOURGLASS_BEGIN

struct expression_base {
    // Catches `if (x > 0)`, `x > 0 && y > 0` and `!x`: while the model is being written there is no number to decide
    // on.
    template <class Bool>
    requires std::same_as<Bool, bool>
    constexpr explicit operator Bool() const {
        static_assert(!std::same_as<Bool, bool>,
                      "an expression of a model is neither true nor false while the model is written: for a "
                      "choice between values write where(condition, a, b), for `and` of two conditions "
                      "min(a, b), for `or` max(a, b), for `not` 1 - a");
        return false;
    }
    template <class Index>
    requires std::is_arithmetic_v<Index>
    constexpr auto operator[](Index) const;
};

/// A piece of an equation: a symbol, a leaf, a literal or an operation applied to operands.
template <class T>
concept expression = std::derived_from<std::remove_cvref_t<T>, expression_base>;
/// A handle on a node of a graph under construction. Derivative rules compute with these.
template <class T>
concept traced = requires {
    typename std::remove_cvref_t<T>::traced_handle;
};
/// An arithmetic type of C++. In an equation a number becomes a `literal`.
template <class T>
concept number = std::is_arithmetic_v<std::remove_cvref_t<T>>;
/// An expression or a traced handle, but not a bare number.
template <class T>
concept operand = expression<T> || traced<T>;
/// Anything that an operation can be applied to.
template <class T>
concept operand_or_number = operand<T> || number<T>;
/// At least one operand among operands and numbers: the constraint of overloaded operators and functions.
template <class... T>
concept some_operand = (operand<T> || ...) && (operand_or_number<T> && ...);

/// A number in an equation.
struct literal : expression_base {
    double value = 0;
    constexpr literal() = default;
    constexpr explicit literal(double v) : value(v) {}
};

// An expression that is certainly a mistake. Lowering reports `Mistake::problem()` for the equation that contains it.
template <class Mistake> struct mistaken : expression_base {};
template <fixed_string Sentence> struct answered_by {
    static constexpr text problem() { return text(Sentence.view()); }
};
// For `x[0]`, `reshape(x, 3, 4)`, `sum(x, 0)`: a function argument where a compile-time number is needed.
using subscripted = answered_by<
    "x[0] is not a part of a tensor: write slice<0, 1>(x) for elements 0 to 1 (not included) of the first axis, "
    "or slice<0, 1, 2>(x) for those of axis 2">;

// The size of an expression. Its type names every operation, so compile time grows with the square of their number; an
// expression that is used twice in another counts twice. Compilers recurse into operands of operands, and bound that
// depth.
struct expression_size {
    int operations = 0, depth = 0;
};
template <class T> inline constexpr expression_size size_of_expression{};
template <class... Operands> constexpr expression_size size_of_applied() {
    expression_size all{1, 1};
    for (const expression_size& operand : {size_of_expression<Operands>..., expression_size{}}) {
        all.operations += operand.operations;
        if (all.depth <= operand.depth) all.depth = operand.depth + 1;
    }
    return all;
}
template <class... Operands> inline constexpr bool
    is_too_large = size_of_applied<Operands...>().operations > 500 || size_of_applied<Operands...>().depth > 100;
using too_large =
    answered_by<"its expression has more than 500 operations, or more than 100 inside one another, as a sum of so many "
                "terms has: give parts of it names, as equations of their own, which are computed once. (A function "
                "that uses its argument twice doubles its expression each time it is applied to itself.)">;
template <> inline constexpr expression_size size_of_expression<mistaken<too_large>>{501, 0};

/// An operation applied to operands. The members of `operation` are its options.
template <class Operation, class... Operands> struct applied : expression_base {
    Operation operation;
    boost::hana::basic_tuple<Operands...> operands;
    constexpr applied(Operation o, Operands... a) : operation(o), operands(a...) {}
};

template <class Operation, class... Operands>
inline constexpr expression_size size_of_expression<applied<Operation, Operands...>> = size_of_applied<Operands...>();

template <class T> constexpr auto lift(const T& x) {
    if constexpr (number<T>)
        return literal(static_cast<double>(x));
    else
        return x;
}

// The type that applying an operation yields: a handle if any operand is one, else an expression. Operators, and all
// else that derivative rules call, spell it as their return type: deducing it would instantiate those rules, which call
// the operators again.
template <class... Operands> struct handle_among;
template <class First, class... Rest> struct handle_among<First, Rest...> : handle_among<Rest...> {};
template <traced First, class... Rest> struct handle_among<First, Rest...> {
    using type = typename First::traced_handle;
};
template <class Operation, class... Operands> struct outcome {
    using type = applied<Operation, decltype(lift(std::declval<const Operands&>()))...>;
};
template <class Operation, class... Operands>
requires(!(traced<Operands> || ...) && is_too_large<Operands...>) struct outcome<Operation, Operands...> {
    using type = mistaken<too_large>;
};
template <class Operation, class... Operands>
requires(traced<Operands> || ...) struct outcome<Operation, Operands...> : handle_among<Operands...> {
};
template <class Operation, class... Operands> using outcome_of = typename outcome<Operation, Operands...>::type;

template <class Operation, class First, class... Rest>
constexpr auto& first_traced(const First& first, const Rest&... rest) {
    if constexpr (traced<First>)
        return first;
    else
        return first_traced<Operation>(rest...);
}

/// Applies an operation to operands: appends to the graph if any operand is a traced handle, else returns an `applied`
/// expression. An expression of more than 500 operations, or nested more than 100 deep, becomes a mistake that lowering
/// reports.
template <class Operation, operand_or_number... Operands>
constexpr outcome_of<Operation, Operands...> apply_operation(Operation operation, const Operands&... operands) {
    if constexpr ((traced<Operands> || ...))
        return first_traced<Operation>(operands...).trace(operation, operands...);
    else if constexpr (is_too_large<Operands...>)
        return {};
    else
        return {operation, lift(operands)...};
}

template <class Index>
requires std::is_arithmetic_v<Index>
constexpr auto expression_base::operator[](Index) const { return mistaken<subscripted>{}; }

HOURGLASS_END
