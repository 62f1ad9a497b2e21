// The names of a model: symbols, inputs, arguments, parameters, run-time scalars and state. Each is a small structural
// value. It can be used in an equation, on the left of one, as a program's option and in the binding of a call. Noise
// is in special/random.hpp.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <hourglass/expr/expression.hpp>
#include <hourglass/expr/initialiser.hpp>

HOURGLASS_BEGIN

/// `left = right` in a graph.
template <class Left, class Right> struct equation { Right right; };

/// `name = value` in a call. In a graph, a number bound this way is a constant equation.
template <class Left, class Value> struct binding {
    using left = Left;
    Value value;
};

/// The kinds of named values.
enum class leaf_kind { symbol, input, argument, parameter, scalar, state, slot };

/// The mistake of calling a symbol like a function.
template <fixed_string Name> struct called {
    static constexpr text problem() {
        return sentence("'", Name.view(),
                        "' is a symbol, an input or a parameter, and is called like a function: where it "
                        "has the name of a function in C++, write hourglass::",
                        Name.view(),
                        "(...) for the function, or "
                        "give it another name there, as in hourglass::symbol<\"",
                        Name.view(), "\"> the_", Name.view());
    }
};

// The common part: the name, and the two meanings of `=`.
template <class Self, fixed_string Name, leaf_kind Kind> struct leaf : expression_base {
    static constexpr auto& name_storage = Name.characters;
    static constexpr std::string_view name = Name.view();
    static constexpr std::uint64_t hash = hash_of(Name.view());
    static constexpr leaf_kind kind = Kind;

    // The two meanings of `operator=`, which each class defines for itself: an inherited one would be hidden by its
    // own.
    template <expression Right> static constexpr equation<Self, Right> equals(const Right& right) { return {right}; }
    template <class Value> static constexpr auto bound(Value&& value) {
        if constexpr (std::is_lvalue_reference_v<Value>)
            return binding<Self, const std::remove_cvref_t<Value>&>{value};
        else
            return binding<Self, std::remove_cvref_t<Value>>{std::forward<Value>(value)};
    }
    // Catches `kl(q, p)` where the user's symbol kl hides the function of that name.
    template <class... Arguments> constexpr mistaken<called<Name>> operator()(const Arguments&...) const { return {}; }
};

#define HOURGLASS_EQUATION_OPERATORS                                                                                   \
    template <expression Right> constexpr auto operator=(const Right& right) const { return this->equals(right); }     \
    template <class Value>                                                                                             \
    requires(!expression<Value>) constexpr auto operator=(Value&& value) const {                                       \
        return this->bound(std::forward<Value>(value));                                                                \
    }

/// The name of an equation of the graph, or of a formal of a block.
template <fixed_string Name> struct symbol : leaf<symbol<Name>, Name, leaf_kind::symbol> {
    HOURGLASS_EQUATION_OPERATORS
};

/// Refers by name to what has no C++ object of its own: `name<"h.weight">`, `name<"z.noise">`.
template <fixed_string Name> inline constexpr symbol<Name> name{};

/// Data, one value of shape [Extents...] for each row of a call. The batch axis is never written.
template <fixed_string Name, int... Extents> struct input : leaf<input<Name, Extents...>, Name, leaf_kind::input> {
    static constexpr shape extents() { return make_shape(Extents...); }
    HOURGLASS_EQUATION_OPERATORS
};

/// Data of shape [Extents...] without a batch axis.
template <fixed_string Name, int... Extents> struct argument
    : leaf<argument<Name, Extents...>, Name, leaf_kind::argument> {
    static constexpr shape extents() { return make_shape(Extents...); }
    HOURGLASS_EQUATION_OPERATORS
};

/// A trained tensor; a matrix is [out, in]. By default tensors of rank 2 or more start from U(-1/sqrt(fan_in),
/// 1/sqrt(fan_in)), and those of lower rank at zero.
template <fixed_string Name, int... Extents> struct parameter
    : leaf<parameter<Name, Extents...>, Name, leaf_kind::parameter> {
    initialiser start = sizeof...(Extents) >= 2 ? fan_in_uniform : zeros; ///< how its first values are drawn
    constexpr parameter() = default;
    constexpr explicit parameter(initialiser i) : start(i) {}
    static constexpr shape extents() { return make_shape(Extents...); }
    HOURGLASS_EQUATION_OPERATORS
};

/// A number that users change between calls.
template <fixed_string Name> struct scalar : leaf<scalar<Name>, Name, leaf_kind::scalar> {
    double initial = 0; ///< its default
    constexpr scalar() = default;
    constexpr explicit scalar(double value) : initial(value) {}
    HOURGLASS_EQUATION_OPERATORS
};

/// A tensor that a trainer writes at the end of a step, by an equation `next(m) = ...`, and that every program reads.
template <fixed_string Name, int... Extents> struct state : leaf<state<Name, Extents...>, Name, leaf_kind::state> {
    double initial = 0; ///< the first value of every element
    constexpr state() = default;
    constexpr explicit state(double value) : initial(value) {}
    static constexpr shape extents() { return make_shape(Extents...); }
    HOURGLASS_EQUATION_OPERATORS
};

/// A tensor that an update rule keeps for each trained parameter: of the same shape, and zero at first.
template <fixed_string Name> struct slot : leaf<slot<Name>, Name, leaf_kind::slot> {};

/// A symbol, input, argument, parameter, scalar, state or slot.
template <class T>
concept named_leaf = expression<T> && requires {
    std::remove_cvref_t<T>::hash;
    std::remove_cvref_t<T>::kind;
};

// On the left of an equation, `next(m) = expression`; on the right, the value that m is about to take.
template <named_leaf Leaf> struct next_of : expression_base {
    Leaf of{};
    constexpr explicit next_of(const Leaf& m) : of(m) {}
    template <expression Right> constexpr equation<next_of, Right> operator=(const Right& right) const {
        return {right, of};
    }
    template <number Value> constexpr auto operator=(Value value) const {
        return equation<next_of, literal>{literal(static_cast<double>(value)), of};
    }
};
// Keeps the leaf: otherwise its first value would be lost if this equation is the first to mention it.
template <class Leaf, class Right> struct equation<next_of<Leaf>, Right> {
    Right right;
    Leaf of;
};

/// The next value of a state: `next(m) = expression` sets it, and elsewhere `next(m)` is the value that m is about to
/// take.
template <named_leaf Leaf> constexpr next_of<Leaf> next(const Leaf& m) { return next_of<Leaf>(m); }

HOURGLASS_END
