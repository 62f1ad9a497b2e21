// What the rules of an operation are given and what they answer: types and options, whole values to compute with,
// places of elements, sets of directions. The record of an operation, in which its rules stand, is in
// ir/operation.hpp.
#pragma once

#include <array>
#include <cstdint>

#include <hourglass/expr/expression.hpp>
#include <hourglass/ir/direction_sets.hpp>
#include <hourglass/ir/tracing.hpp>

HOURGLASS_BEGIN

// Options of a node, as every graph stores them. What they mean an operation states once: by a struct of options with
// names, which becomes these attributes and is made of them again by its `of`.
struct attributes {
    double number = 0;
    shape target{};
    std::array<int, 3> flags{};
    constexpr bool operator==(const attributes& other) const {
        return number == other.number && target == other.target && flags[0] == other.flags[0] &&
               flags[1] == other.flags[1] && flags[2] == other.flags[2];
    }
    // Equal for equal ones; the numbers that tell most apart.
    constexpr std::uint64_t hash() const { return static_cast<unsigned>(flags[0] + 31 * flags[1]); }
};

// What is neither leaf, elementwise nor marker states a plain loop, `reference`. By it the interpreter computes, and a
// program too where it has no kernel for the operation: it has those of matrix products and of the movements in
// ops/shape.hpp and ops/axes.hpp, and one for every reduction. A reduction states what it starts from and how two
// results combine: elements are combined in any order, the start any number of times.
enum class operation_kind {
    leaf,        // a value that comes from outside: input, parameter, scalar, ...
    literal,     // attributes::number
    elementwise, // result (i) depends on operands at (i), broadcast
    reduction,   // over axes of an example, or over the rows (reduction_axes)
    product,     // of matrices; what else computes elements from whole operands
    noise,       // filled by the generator
    movement,    // same elements, elsewhere
    marker,      // gone before a program is made: stop_gradient, in_training
    scan         // a recurrence and its results (ops/scan.hpp)
};

// What a shape rule is given. It may rewrite the options into their canonical form, and says in words what does not
// fit.
struct inference {
    const value_type* operands = nullptr;
    int count = 0;
    attributes options{};
    text problem{};

    constexpr const value_type& operator[](int i) const { return operands[i]; }
    constexpr bool any_batched() const {
        for (int i = 0; i < count; ++i)
            if (operands[i].batched) return true;
        return false;
    }
};

// What a forward rule that is not elementwise is given by the reference interpreter: whole values, rows behind one
// another.
template <class T> struct evaluation {
    const T* const* operands = nullptr;
    const value_type* types = nullptr;
    int count = 0;
    attributes options{};
    value_type type{}; // of the result
    long rows = 1;     // of the call
    T* result = nullptr;
    const int* indices = nullptr; // of the graph, for operations that read some (ops/gather.hpp)

    // Parts of the caller: an evaluation whose address is given away lies in memory, which small programs wait for.
    [[gnu::always_inline]] constexpr long rows_of(const value_type& t) const { return t.batched ? rows : 1; }
    // The first element of operand i in a row of the result.
    [[gnu::always_inline]] constexpr const T* operand(int i, long row) const {
        return operands[i] + (types[i].batched ? row * types[i].extents.size() : 0);
    }
};

// The place of an element, in which operand and where there: what a movement's plain loop is run on to find out what
// comes from where. Zeros come from nowhere, and of what is computed it says that it may come from anywhere.
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

// A rule `depend` is given, for each element of the operands, the set of directions on which it depends. An element of
// the empty set is zero. The rule adds to the result's elements, which are all empty at first.
struct dependence {
    const value_type* types = nullptr;
    const int* const* operands = nullptr; // none where every element is constant, and not known to be zero
    int count = 0;                        // of operands
    attributes options{};
    value_type type{}; // of the result
    const int* indices = nullptr;
    int* result = nullptr;
    direction_sets* sets = nullptr;

    constexpr bool is_constant(int operand) const { return operands[operand] == nullptr; }
    constexpr bool is_zero(int operand, long element) const {
        return operands[operand] != nullptr && operands[operand][element] == direction_sets::none;
    }
    // The result's element depends on an element of an operand, or on what another of its own depends on.
    constexpr void add(long element, int operand, long from) {
        result[element] = sets->unite(result[element], operands[operand] == nullptr ? direction_sets::constant
                                                                                    : operands[operand][from]);
    }
    constexpr void add_result(long element, long from) { result[element] = sets->unite(result[element], result[from]); }
    // It is no zero, whatever it depends on.
    constexpr void add_constant(long element) {
        result[element] = sets->unite(result[element], direction_sets::constant);
    }
};

// A matrix product as the kernels see it: C (m x n) = A (m x k) B (k x n), of elements that lie in steps of so many in
// memory. An operation that states this of itself is computed by them, together with elementwise operations on its
// result.
struct product_plan {
    long m = 0, n = 0, k = 0;
    bool rows_in_m = false, rows_in_k = false; // multiplied by the rows of the call
    bool per_row = false;                      // one product for each row of the call
    bool summed = false;                       // and their sum is the result
    bool left_is_packed = false;               // by the product before, which has the same left operand
    int left = -1, right = -1;                 // operands; in a schedule its values
    long left_row = 0, left_column = 0, left_batch = 0;
    long right_row = 0, right_column = 0, right_batch = 0;
};

// A movement that takes whole runs along an axis, everything behind it included: of an operand `length` elements of the
// axis, read from one on and written from one on. What no operand is written to is zero. An operation that states this
// of itself is copied by runs.
struct runs_of_movement {
    int axis = 0;
    int first_read = 0, first_written = 0, length = 0;
};

// What a rule `cost` is given, which says how many floating-point operations a node takes.
struct operation_cost {
    const value_type* operands = nullptr;
    value_type result{};
    attributes options{};
    double rows = 1; // of the call

    constexpr double elements(const value_type& of) const {
        return static_cast<double>(of.extents.size()) * (of.batched ? rows : 1.0);
    }
    constexpr double elements_of_result() const { return elements(result); }
};

// Whether an operation is linear: in all operands taken together, as a sum is, or in each while the others stay, as a
// product is. Derivatives of such an operation are the operation itself.
enum class linearity { none, in_all, in_each };

HOURGLASS_END
