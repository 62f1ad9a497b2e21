// What an operation is: the record that a node of the graph points to, made from the operation's struct, and the bases
// that such structs derive from. The operations themselves stand in the other headers of this folder.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include <hourglass/expr/expression.hpp>
#include <hourglass/ops/tracing.hpp>

HOURGLASS_BEGIN

// Options of a node that are numbers; each operation says which of them it uses, for what.
struct attributes {
    double number = 0;
    shape target{};
    std::array<int, 3> flags{};
    constexpr bool operator==(const attributes& other) const {
        return number == other.number && target == other.target && flags[0] == other.flags[0] &&
               flags[1] == other.flags[1] && flags[2] == other.flags[2];
    }
};

// What is neither leaf, elementwise nor marker states a plain loop, `reference`. By it the interpreter computes, and a
// program too where it has no kernel for the operation: it has those of matrix products and of the movements in
// ops/shape.hpp, and one for every reduction. A reduction states what it starts from and how two results combine:
// elements are combined in any order, the start any number of times.
enum class operation_kind {
    leaf,        // a value that comes from outside: input, parameter, scalar, ...
    literal,     // attributes::number
    elementwise, // result (i) depends on operands at (i), broadcast
    reduction,   // over the axes [flags[0], flags[1]), or over the batch axis where flags[2]
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

struct operation {
    std::string_view name;
    std::uint64_t id = 0; // hash of the type, whose name two operations may share: passes compare this, never addresses
    operation_kind kind{};
    int arity = 0; // -1: any number
    bool commutative = false;
    bool foldable = false; // has `fold`: asked here, since GCC under its undefined-behaviour sanitizer takes no
                           // comparison of a function's address for a constant
    bool smooth = true;    // has `derivative`; false: the derivative is zero wherever there is one (comparisons, sign)
    unsigned flat_operands = 0; // as bits, of the first 32: those in which alone it is so (the condition of where)
    value_type (*infer)(inference&) = nullptr;
    void (*derivative)(derivation&) = nullptr;
    double (*fold)(const double*) = nullptr; // value for constant operands, where that is exact enough to take early
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

    constexpr long rows_of(const value_type& t) const { return t.batched ? rows : 1; }
    // The first element of operand i in a row of the result.
    constexpr const T* operand(int i, long row) const {
        return operands[i] + (types[i].batched ? row * types[i].extents.size() : 0);
    }
};

// Elementwise operations: one shape rule for all.
template <int Arity> struct elementwise {
    static constexpr operation_kind kind = operation_kind::elementwise;
    static constexpr int arity = Arity;
    static constexpr value_type infer(inference& in) {
        value_type result{{}, in.any_batched()};
        for (int i = 0; i < in.count; ++i) {
            shape joined;
            if (!broadcast(result.extents, in[i].extents, joined)) {
                in.problem = sentence("the shapes ", result.extents, " and ", in[i].extents,
                                      " do not broadcast: axes are matched from the last, and must be equal or 1");
                return result;
            }
            result.extents = joined;
        }
        return result;
    }
};

template <class Op>
concept primitive = requires {
    Op::name;
    Op::kind;
    Op::arity;
};
// An operation that is written in others: it is built when it is lowered, where shapes are known, and leaves no node.
template <class Op>
concept composite = !primitive<Op>;

template <class Op> constexpr attributes options_of(const Op& op) {
    if constexpr (requires { op.pack(); })
        return op.pack();
    else
        return {};
}

template <class Op> constexpr void derive(derivation& d) {
    if constexpr (Op::kind == operation_kind::elementwise) {
        [&]<int... I>(std::integer_sequence<int, I...>) {
            auto result = Op::derivative(d.operand(I)..., d.result(), d.adjoint());
            if constexpr (sizeof...(I) == 1)
                d.accumulate(0, result);
            else
                (d.accumulate(I, result[I]), ...);
        }
        (std::make_integer_sequence<int, Op::arity>{});
    } else {
        Op::derivative(d);
    }
}
template <class Op> constexpr double fold_erased(const double* x) {
    return [&]<int... I>(std::integer_sequence<int, I...>) { return static_cast<double>(Op::forward(x[I]...)); }
    (std::make_integer_sequence<int, Op::arity>{});
}

// What an operation must state, asked where its record is made, so that a kernel need not complain.
template <class Op> constexpr void check_statement() {
    constexpr operation_kind kind = Op::kind;
    static_assert(kind != operation_kind::elementwise || Op::arity > 0,
                  "an elementwise operation states how many operands it takes: at least one");
    if constexpr (requires { Op::commutative; })
        static_assert(!Op::commutative || Op::arity == 2, "only an operation of two operands can be commutative");
    if constexpr (kind == operation_kind::reduction)
        static_assert(
            Op::arity == 1 &&
                requires(double x) {
                    Op::template start<double>();
                    Op::template combine<double>(x, x);
                },
            "a reduction takes one operand and states start() and combine(a, b)");
    if constexpr (kind == operation_kind::reduction || kind == operation_kind::product ||
                  kind == operation_kind::movement)
        static_assert(
            requires { &Op::template reference<double>; },
            "a reduction, product or movement states reference(evaluation), the plain loop that computes it");
}

template <class Op> constexpr operation make_record() {
    check_statement<Op>();
    operation r;
    r.name = Op::name;
    r.id = hash_of_type<Op>();
    r.kind = Op::kind;
    r.arity = Op::arity;
    r.infer = &Op::infer;
    if constexpr (requires { Op::commutative; }) r.commutative = Op::commutative;
    if constexpr (requires { Op::smooth; })
        r.smooth = Op::smooth;
    else
        r.derivative = &derive<Op>;
    if constexpr (requires { Op::flat_operands; }) r.flat_operands = Op::flat_operands;
    if constexpr (requires { Op::foldable; }) {
        r.foldable = true;
        r.fold = &fold_erased<Op>;
    }
    return r;
}
template <class Op> inline constexpr operation record = make_record<Op>();

template <class Op, class... Operands> constexpr handle handle::trace(const Op& op, const Operands&... operands) const {
    if (failed()) return *this;
    if constexpr (primitive<Op>) {
        constexpr int count = static_cast<int>(sizeof...(operands));
        if constexpr (Op::arity >= 0 && Op::arity != count) {
            fail(sentence("'", Op::name, "' is given ", count, " operands, but takes ", Op::arity));
            return *this;
        }
        const int indices[] = {convert(operands).index...};
        return append(&record<Op>, options_of(op), indices, count);
    } else {
        // Compilers differ in the order of arguments, and numbers become nodes here: graphs must not differ.
        const handle in_order[] = {convert(operands)...};
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return op.build(in_order[I]...); }
        (std::make_index_sequence<sizeof...(operands)>{});
    }
}

// From a record back to the struct that it was made of; specialised by HOURGLASS_OPERATION, once per operation.
template <const operation* Record> struct implementation;

HOURGLASS_END

// Registers an operation: stands once, at global scope, behind the operation's struct.
#define HOURGLASS_OPERATION(...)                                                                                       \
    template <> struct hourglass::implementation<&hourglass::record<__VA_ARGS__>> { using type = __VA_ARGS__; }
