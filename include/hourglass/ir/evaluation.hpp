// The arguments and results of an operation's rules: types and options, whole values to compute with, places of
// elements, sets of directions. The record that holds the rules is in ir/operation.hpp.
#pragma once

#include <array>
#include <cstdint>

#include <hourglass/expr/expression.hpp>
#include <hourglass/ir/direction_sets.hpp>
#include <hourglass/ir/tracing.hpp>

HOURGLASS_BEGIN

/// The options of a node, in the form that every graph stores. Each operation states their meaning once, as a struct of
/// named options that converts to attributes and is read back by its `of`.
struct attributes {
    double number = 0;          ///< one number, as of a literal
    shape target{};             ///< one shape
    std::array<int, 3> flags{}; ///< whatever else the operation stores
    constexpr bool operator==(const attributes& other) const {
        return number == other.number && target == other.target && flags[0] == other.flags[0] &&
               flags[1] == other.flags[1] && flags[2] == other.flags[2];
    }
    // Equal for equal attributes. Hashes the numbers that distinguish most of them.
    constexpr std::uint64_t hash() const { return static_cast<unsigned>(flags[0] + 31 * flags[1]); }
};

/// The kinds of operations. All but leaves, elementwise operations and markers state a plain loop, `reference`. The
/// interpreter computes with it, and so does a program that has no kernel for the operation. Kernels exist for matrix
/// products, for the movements of ops/shape.hpp and ops/axes.hpp, and for every reduction. A reduction states its start
/// value and how two results combine; elements are combined in any order, and the start any number of times.
enum class operation_kind {
    leaf,        ///< a value from outside: input, parameter, scalar, ...
    literal,     ///< `attributes::number`
    elementwise, ///< element i of the result depends on element i of each operand, broadcast
    reduction,   ///< over axes of an example, or over the rows (`reduction_axes`)
    product,     ///< of matrices; also anything else that computes elements from whole operands
    noise,       ///< filled by the generator
    movement,    ///< the same elements in other places
    marker,      ///< removed before a program is made: stop_gradient, in_training
    scan         ///< a recurrence and its results (ops/scan.hpp)
};

/// The arguments of a shape rule, `infer`. It may rewrite the options into their canonical form, and reports operands
/// that do not fit in `problem`.
struct inference {
    const value_type* operands = nullptr; ///< their types
    int count = 0;                        ///< of operands
    attributes options{};                 ///< in and out
    text problem{};                       ///< empty if the operands fit

    constexpr const value_type& operator[](int i) const { return operands[i]; }
    /// Returns whether any operand has a batch axis.
    constexpr bool any_batched() const {
        for (int i = 0; i < count; ++i)
            if (operands[i].batched) return true;
        return false;
    }
};

/// The arguments of the plain loop `reference`: whole values, with the rows of each consecutive in memory.
template <class T> struct evaluation {
    const T* const* operands = nullptr; ///< their elements
    const value_type* types = nullptr;  ///< of the operands
    int count = 0;                      ///< of operands
    attributes options{};
    value_type type{};            ///< of the result
    long rows = 1;                ///< of the call
    T* result = nullptr;          ///< to be written
    const int* indices = nullptr; ///< of the graph, for operations that read some (ops/gather.hpp)

    // Inlined: an evaluation whose address escapes must lie in memory, and small programs wait for the loads.
    [[gnu::always_inline]] constexpr long rows_of(const value_type& t) const { return t.batched ? rows : 1; }
    /// Returns the first element of operand i in a row of the result.
    [[gnu::always_inline]] constexpr const T* operand(int i, long row) const {
        return operands[i] + (types[i].batched ? row * types[i].extents.size() : 0);
    }
};

// The place of an element: its operand, and its position there. A movement's plain loop runs on these places to find
// out which element comes from where. Zeros come from nowhere; a computed element may come from anywhere.
struct moved_element {
    static constexpr int nowhere = -1, anywhere = -2;
    int operand = nowhere, element = 0;

    constexpr moved_element() = default;
    constexpr explicit moved_element(double) {}
    constexpr moved_element(int operand_, int element_) : operand(operand_), element(element_) {}
    friend constexpr moved_element operator+(const moved_element& a, const moved_element& b) {
        return a.operand == nowhere ? b : b.operand == nowhere ? a : moved_element(anywhere, 0);
    }
    friend constexpr moved_element operator-(const moved_element& a, const moved_element& b) { return a + b; }
    friend constexpr moved_element operator*(const moved_element&, const moved_element&) { return {anywhere, 0}; }
    friend constexpr moved_element operator/(const moved_element&, const moved_element&) { return {anywhere, 0}; }
    constexpr moved_element operator-() const { return *this; }
    constexpr moved_element& operator+=(const moved_element& other) { return *this = *this + other; }
};

/// The arguments of the rule `depend`: for each element of the operands, the set of directions that it depends on. An
/// element with the empty set is zero. The rule adds to the sets of the result's elements, which all start empty.
struct dependence {
    const value_type* types = nullptr; ///< of the operands
    /// Null for an operand whose elements are all constant and not known to be zero.
    const int* const* operands = nullptr;
    int count = 0; ///< of operands
    attributes options{};
    value_type type{};              ///< of the result
    const int* indices = nullptr;   ///< of the graph, for operations that read some
    int* result = nullptr;          ///< the set of each element of the result
    direction_sets* sets = nullptr; ///< which the numbers of sets belong to

    /// Returns whether an operand's elements are all constant, and not known to be zero.
    constexpr bool is_constant(int operand) const { return operands[operand] == nullptr; }
    /// Returns whether an element of an operand is known to be zero.
    constexpr bool is_zero(int operand, long element) const {
        return operands[operand] != nullptr && operands[operand][element] == direction_sets::none;
    }
    /// States that an element of the result depends on an element of an operand.
    constexpr void add(long element, int operand, long from) {
        result[element] = sets->unite(result[element], operands[operand] == nullptr ? direction_sets::constant
                                                                                    : operands[operand][from]);
    }
    /// States that an element of the result depends on all that another of its elements depends on.
    constexpr void add_result(long element, long from) { result[element] = sets->unite(result[element], result[from]); }
    /// States that an element is not zero, whatever it depends on.
    constexpr void add_constant(long element) {
        result[element] = sets->unite(result[element], direction_sets::constant);
    }
};

/// A matrix product as the kernels see it: C (m x n) = A (m x k) B (k x n), with the strides of A and B in memory. An
/// operation that states `matrix_product` is computed by these kernels, with elementwise operations on its result as
/// their epilogue.
struct product_plan {
    long m = 0, n = 0, k = 0;                  ///< without the rows of the call
    bool rows_in_m = false, rows_in_k = false; ///< m, or k, is multiplied by the rows of the call
    bool per_row = false;                      ///< one product for each row of the call
    bool summed = false;                       ///< sum these products
    bool left_is_packed = false;               ///< by the previous product, which has the same left operand
    int left = -1, right = -1;                 ///< operands; in a schedule, values
    // Strides: of a row, of a column and from example to example.
    long left_row = 0, left_column = 0, left_batch = 0;
    long right_row = 0, right_column = 0, right_batch = 0;
};

/// A movement that copies runs along an axis, with all inner axes: `length` elements of an operand's axis, read from
/// `first_read` on and written from `first_written` on. Elements that no operand is written to are zero. An operation
/// that states `runs` is computed by copying runs.
struct runs_of_movement {
    int axis = 0;
    int first_read = 0, first_written = 0, length = 0;
};

/// The arguments of the rule `cost`, which returns the floating-point operations of a node.
struct operation_cost {
    const value_type* operands = nullptr; ///< their types
    value_type result{};                  ///< its type
    attributes options{};
    double rows = 1; ///< of the call

    /// Returns the number of elements in all rows.
    constexpr double elements(const value_type& of) const {
        return static_cast<double>(of.extents.size()) * (of.batched ? rows : 1.0);
    }
    constexpr double elements_of_result() const { return elements(result); }
};

/// Whether an operation is linear: in all operands together, like a sum, or in each while the others are fixed, like a
/// product. The derivative of a linear operation is the operation itself.
enum class linearity { none, in_all, in_each };

HOURGLASS_END
