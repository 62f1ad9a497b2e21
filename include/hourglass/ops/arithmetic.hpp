// Arithmetic, comparison and choice: the elementwise operations spelled as operators, and min, max, clamp and where.
// Functions of one variable are in ops/functions.hpp.
#pragma once

#include <array>

#include <hourglass/ir/operation.hpp>
#include <hourglass/ir/trace.hpp>
#include <hourglass/math/elementary.hpp>

HOURGLASS_BEGIN
namespace ops {

/// a + b
struct add : elementwise<2> {
    static constexpr std::string_view name = "add";
    static constexpr bool cheap = true;
    static constexpr bool commutative = true, foldable = true;
    template <class V> static constexpr V forward(const V& a, const V& b) { return a + b; }
    template <class H> static constexpr auto derivative(H, H, H, H g) { return std::array{g, g}; }
};
/// a - b
struct subtract : elementwise<2> {
    static constexpr std::string_view name = "subtract";
    static constexpr bool cheap = true;
    static constexpr bool foldable = true;
    template <class V> static constexpr V forward(const V& a, const V& b) { return a - b; }
    template <class H> static constexpr auto derivative(H, H, H, H g) { return std::array{g, -g}; }
};
/// The elementwise product of a and b.
struct multiply : elementwise<2> {
    static constexpr std::string_view name = "multiply";
    static constexpr bool cheap = true;
    static constexpr bool commutative = true, foldable = true;
    static constexpr unsigned zero_operands = 3u;
    template <class V> static constexpr V forward(const V& a, const V& b) { return a * b; }
    template <class H> static constexpr auto derivative(H a, H b, H, H g) {
        return std::array{hadamard(g, b), hadamard(g, a)};
    }
};
/// a / b
struct divide : elementwise<2> {
    static constexpr std::string_view name = "divide";
    static constexpr bool cheap = true;
    static constexpr bool foldable = true;
    static constexpr unsigned zero_operands = 1u;
    template <class V> static constexpr V forward(const V& a, const V& b) { return a / b; }
    template <class H> static constexpr auto derivative(H, H b, H y, H g) {
        auto share = g / b;
        return std::array{share, -hadamard(share, y)};
    }
};
/// -a
struct negate : elementwise<1> {
    static constexpr std::string_view name = "negate";
    static constexpr bool cheap = true;
    static constexpr bool foldable = true;
    static constexpr unsigned zero_operands = 1u;
    template <class V> static constexpr V forward(const V& a) { return -a; }
    template <class H> static constexpr H derivative(H, H, H g) { return -g; }
};

// Comparisons are 1 where they hold and 0 elsewhere. They have no derivative.
#define HOURGLASS_COMPARISON(struct_name, symbol_)                                                                     \
    struct struct_name : elementwise<2> {                                                                              \
        static constexpr std::string_view name = #struct_name;                                                         \
        static constexpr bool cheap = true;                                                                            \
        static constexpr bool smooth = false;                                                                          \
        template <class V> static constexpr V forward(const V& a, const V& b) {                                        \
            return math::select(a symbol_ b, math::as<V>(1), math::as<V>(0));                                          \
        }                                                                                                              \
    }
HOURGLASS_COMPARISON(less, <);
HOURGLASS_COMPARISON(less_equal, <=);
HOURGLASS_COMPARISON(greater, >);
HOURGLASS_COMPARISON(greater_equal, >=);
HOURGLASS_COMPARISON(equal, ==);
#undef HOURGLASS_COMPARISON
/// 1 where a != b, also if either is NaN, else 0. Made from ==, because xsimd's != is false for NaN on AVX.
struct not_equal : elementwise<2> {
    static constexpr std::string_view name = "not_equal";
    static constexpr bool cheap = true;
    static constexpr bool smooth = false;
    template <class V> static constexpr V forward(const V& a, const V& b) {
        return math::select(a == b, math::as<V>(0), math::as<V>(1));
    }
};

/// The second operand where the first is not zero, else the third. A NaN condition is not zero.
struct where : elementwise<3> {
    static constexpr std::string_view name = "where";
    static constexpr bool cheap = true;
    static constexpr unsigned flat_operands = 1u << 0;
    template <class V> static constexpr V forward(const V& c, const V& a, const V& b) {
        return math::select(c == math::as<V>(0), b, a);
    }
    template <class H> static constexpr auto derivative(H c, H, H, H, H g) {
        return std::array{hadamard(g, 0), where_(c, g, 0), where_(c, 0, g)};
    }
    // Named apart because inside the struct `where` is the struct.
    template <class... A> static constexpr outcome_of<where, A...> where_(const A&... a) {
        return apply_operation(where{}, a...);
    }
};

/// The larger of two; NaN in either is passed on. At a tie each operand gets half of the gradient.
struct maximum : elementwise<2> {
    static constexpr std::string_view name = "max";
    static constexpr bool cheap = true;
    template <class V> static constexpr V forward(const V& a, const V& b) {
        return math::select(a > b, a, math::select(a == a, b, a));
    }
    template <class H> static constexpr auto derivative(H a, H b, H, H g) {
        auto half = hadamard(a == b, 0.5);
        return std::array{hadamard(g, (a > b) + half), hadamard(g, (b > a) + half)};
    }
};
/// The smaller of two; NaN in either is passed on. At a tie each operand gets half of the gradient.
struct minimum : elementwise<2> {
    static constexpr std::string_view name = "min";
    static constexpr bool cheap = true;
    template <class V> static constexpr V forward(const V& a, const V& b) {
        return math::select(a < b, a, math::select(a == a, b, a));
    }
    template <class H> static constexpr auto derivative(H a, H b, H, H g) {
        auto half = hadamard(a == b, 0.5);
        return std::array{hadamard(g, (a < b) + half), hadamard(g, (b < a) + half)};
    }
};
/// x clamped to [low, high]; NaN in any of them is passed on. At a bound x gets the whole gradient, beyond it the
/// bound.
struct clamp : elementwise<3> {
    static constexpr std::string_view name = "clamp";
    static constexpr bool cheap = true;
    template <class V> static constexpr V forward(const V& x, const V& low, const V& high) {
        const V limited = math::select(x < low, low, math::select(x > high, high, x));
        return math::select(low == low, math::select(high == high, limited, high), low);
    }
    template <class H> static constexpr auto derivative(H x, H low, H high, H, H g) {
        // Separate statements: compilers differ in the order in which they evaluate arguments, and graphs must not.
        auto not_below = x >= low;
        auto not_above = x <= high;
        auto in_x = hadamard(g, hadamard(not_below, not_above));
        auto in_low = hadamard(g, x < low);
        auto in_high = hadamard(g, hadamard(not_below, x > high));
        return std::array{in_x, in_low, in_high};
    }
};

}

template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr outcome_of<ops::add, A, B> operator+(const A& a, const B& b) { return apply_operation(ops::add{}, a, b); }
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr outcome_of<ops::subtract, A, B> operator-(const A& a, const B& b) {
    return apply_operation(ops::subtract{}, a, b);
}
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr outcome_of<ops::divide, A, B> operator/(const A& a, const B& b) {
    return apply_operation(ops::divide{}, a, b);
}
template <operand A> constexpr outcome_of<ops::negate, A> operator-(const A& a) {
    return apply_operation(ops::negate{}, a);
}
template <operand A> constexpr A operator+(const A& a) { return a; }

/// Returns the elementwise product. `a * b`, the matrix product of a matrix and a vector, is in ops/linear.hpp.
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr outcome_of<ops::multiply, A, B> hadamard(const A& a, const B& b) {
    return apply_operation(ops::multiply{}, a, b);
}

#define HOURGLASS_COMPARISON_OPERATOR(symbol_, operation_)                                                             \
    template <operand_or_number A, operand_or_number B>                                                                \
    requires some_operand<A, B>                                                                                        \
    constexpr outcome_of<ops::operation_, A, B> operator symbol_(const A& a, const B& b) {                             \
        return apply_operation(ops::operation_{}, a, b);                                                               \
    }
HOURGLASS_COMPARISON_OPERATOR(<, less)
HOURGLASS_COMPARISON_OPERATOR(<=, less_equal)
HOURGLASS_COMPARISON_OPERATOR(>, greater)
HOURGLASS_COMPARISON_OPERATOR(>=, greater_equal)
HOURGLASS_COMPARISON_OPERATOR(==, equal)
HOURGLASS_COMPARISON_OPERATOR(!=, not_equal)
#undef HOURGLASS_COMPARISON_OPERATOR

/// Returns a where the condition is not zero, else b. Computes and differentiates both: where the branch not taken has
/// an infinite slope, the gradient is NaN. `where(x > 0, log(where(x > 0, x, 1)), 0)` keeps it finite at 0.
template <operand_or_number C, operand_or_number A, operand_or_number B>
requires some_operand<C, A, B>
constexpr outcome_of<ops::where, C, A, B> where(const C& condition, const A& a, const B& b) {
    return apply_operation(ops::where{}, condition, a, b);
}
/// Returns the larger of two values, elementwise. At a tie each gets half of the gradient.
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr outcome_of<ops::maximum, A, B> max(const A& a, const B& b) { return apply_operation(ops::maximum{}, a, b); }
/// Returns the smaller of two values, elementwise. At a tie each gets half of the gradient.
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr outcome_of<ops::minimum, A, B> min(const A& a, const B& b) { return apply_operation(ops::minimum{}, a, b); }
/// Returns x clamped to [low, high], elementwise. At a bound x gets the whole gradient.
template <operand_or_number X, operand_or_number L, operand_or_number H>
requires some_operand<X, L, H>
constexpr auto clamp(const X& x, const L& low, const H& high) { return apply_operation(ops::clamp{}, x, low, high); }

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::add);
HOURGLASS_OPERATION(hourglass::ops::subtract);
HOURGLASS_OPERATION(hourglass::ops::multiply);
HOURGLASS_OPERATION(hourglass::ops::divide);
HOURGLASS_OPERATION(hourglass::ops::negate);
HOURGLASS_OPERATION(hourglass::ops::less);
HOURGLASS_OPERATION(hourglass::ops::less_equal);
HOURGLASS_OPERATION(hourglass::ops::greater);
HOURGLASS_OPERATION(hourglass::ops::greater_equal);
HOURGLASS_OPERATION(hourglass::ops::equal);
HOURGLASS_OPERATION(hourglass::ops::not_equal);
HOURGLASS_OPERATION(hourglass::ops::where);
HOURGLASS_OPERATION(hourglass::ops::maximum);
HOURGLASS_OPERATION(hourglass::ops::minimum);
HOURGLASS_OPERATION(hourglass::ops::clamp);
