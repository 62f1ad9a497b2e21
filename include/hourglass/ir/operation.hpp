// An operation: the record that a node of the graph points to, made from the operation's struct, and the bases of such
// structs. ir/evaluation.hpp has the arguments of its rules. The operations themselves are in ops/ and special/, and
// leaves in ir/leaves.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <hourglass/ir/evaluation.hpp>

HOURGLASS_BEGIN

// A function that an operation may state. A flag says whether it does, because GCC's undefined-behaviour sanitizer does
// not accept the comparison of a function's address as a constant.
template <class> class optional_function;
template <class Result, class... Arguments> class optional_function<Result(Arguments...)> {
    using function = Result (*)(Arguments...);
    function function_ = nullptr;
    bool is_stated_ = false;

public:
    constexpr optional_function() = default;
    template <class F>
    requires std::is_convertible_v<F, function>
    constexpr optional_function(F f) : function_(f), is_stated_(true) {}
    constexpr bool operator==(std::nullptr_t) const { return !is_stated_; }
    constexpr Result operator()(Arguments... arguments) const {
        return function_(static_cast<Arguments&&>(arguments)...);
    }
};

/// The base of what an operation says to kernels of its own. The operation holds an object of a derived struct as its
/// constexpr member `kernels`, and the rules of a kind of group ask for it by the type of that struct. That type names
/// what can be computed, not the operation, so a user's own operation may state it too.
struct for_kernels {};

template <class T> inline constexpr std::uint64_t id_of = hash_of_type<T>();

/// The record of an operation: its rules, and all that its struct states. There is one for each struct, `record<Op>`.
struct operation {
    std::string_view name; ///< as it prints
    /// Hash of the type. Passes compare it, never addresses, nor names, which two operations may share.
    std::uint64_t id = 0;
    operation_kind kind{};
    int arity = 0;            ///< -1: any number
    bool commutative = false; ///< passes may exchange its two operands
    bool foldable = false;    ///< has `fold`; a flag, for the reason given at `optional_function`
    bool smooth = true; ///< has `derivative`; if false, the derivative is zero wherever it exists (comparisons, sign)
    /// Bit i: the derivative is zero in operand i (of the first 32), as in the condition of where.
    unsigned flat_operands = 0;
    unsigned zero_operands = 0; ///< bit i: a zero of operand i (of the first 32) makes the result zero
    /// Returns whether, with these options, a row of the result depends on other rows of the operands. Asked only if
    /// the result has a batch axis: an operation that drops that axis always combines rows (scan/row_mixing.hpp).
    bool (*mixes_rows)(const attributes&) = [](const attributes&) { return false; };
    value_type (*infer)(inference&) = nullptr; ///< the shape rule
    void (*derivative)(derivation&) = nullptr; ///< the derivative rule
    double (*fold)(const double*) = nullptr;   ///< the value for constant operands, where exact enough to compute early
    /// How to find the elements of the operands that an element of the result depends on: by the plain loop of a
    /// movement, run on places instead of numbers, or by a stated rule. For elementwise operations and reductions it
    /// follows from the kind. In any other case each element depends on all.
    enum class dependence_rule { none, moved, stated } dependences = dependence_rule::none;
    void (*moved)(const evaluation<moved_element>&) = nullptr;
    void (*depend)(dependence&) = nullptr;

    bool cheap = false;                 ///< a few instructions per element
    bool repeats = false;               ///< its elements are those of its operand, repeated
    bool is_view = false;               ///< its value is that of its first operand, in the same place
    int awaited_operand = -1;           ///< an operand that it does not read but must run after
    linearity linear = linearity::none; ///< in which operands
    /// For a marker: returns the operand that replaces it in the graph of a program.
    optional_function<int(bool in_training)> chosen;
    /// Prints the options, without brackets. If it is not stated, nothing is printed.
    optional_function<text(const attributes&)> describe;
    /// The floating-point operations of a node.
    optional_function<double(const operation_cost&)> cost;
    /// The matrix product that the kernels compute for it.
    optional_function<product_plan(const value_type* operands, const attributes&)> matrix_product;
    /// For a movement of runs: how it takes an operand.
    optional_function<runs_of_movement(const value_type& result, const value_type* operands, int count,
                                       const attributes&, int operand)>
        runs;
    /// For a movement that permutes axes: returns, for each axis of the result, its axis in the operand.
    optional_function<shape(const attributes&)> axes_of_result;
    /// How to apply the operation to operands with one more axis before all others, and so to many directions at once:
    /// by the same operation with other options, or by a rule of its own, which may leave some cases to be done one
    /// direction at a time.
    optional_function<attributes(const attributes&, int extent)> with_leading_axis;
    optional_function<handle(direction_operands&)> over_directions;

    /// Whether the operation states kernels of this type.
    template <class Kernels> constexpr bool states() const { return kernels_id == id_of<Kernels>; }
    /// Returns them; only if it states them.
    template <class Kernels> constexpr const Kernels& stated() const { return static_cast<const Kernels&>(*kernels); }
    std::uint64_t kernels_id = 0;
    const for_kernels* kernels = nullptr;
};

/// Base of elementwise operations, which share one shape rule: operands broadcast, and the result is batched if any
/// operand is.
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

/// An operation that becomes one node.
template <class Op>
concept primitive = requires {
    Op::name;
    Op::kind;
    Op::arity;
};
/// An operation written in terms of others. Lowering, where shapes are known, builds these in its place; it leaves no
/// node.
template <class Op>
concept composite = !primitive<Op>;

// The options of an operation: its member `options`, if it has one.
template <class Op> constexpr attributes options_of(const Op& op) {
    if constexpr (requires { op.options; })
        return op.options;
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

// Whether a movement's plain loop can run in a constant expression: tries it on no rows.
template <class Op> constexpr bool try_to_move() {
    const moved_element none[1]{};
    const moved_element* operands[8]{none, none, none, none, none, none, none, none};
    const value_type types[8]{};
    moved_element result[1]{};
    evaluation<moved_element> e;
    e.operands = operands;
    e.types = types;
    e.count = 1;
    e.type.batched = true;
    e.rows = 0;
    e.result = result;
    Op::template reference<moved_element>(e);
    return true;
}
template <bool> struct tried {};
template <class Op>
concept moves_in_constants = requires {
    typename tried<try_to_move<Op>()>;
};

// Checks what an operation must state, both where it is registered and where its record is made, so that the error does
// not come from inside a kernel.
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

// The default cost in floating-point operations: one for each computed element or, in a reduction, for each element
// read; two for each multiplication of a matrix product.
template <class Op> constexpr double usual_cost(const operation_cost& c) {
    if constexpr (requires { Op::repeats; }) return 0;
    if constexpr (Op::kind == operation_kind::reduction) return c.elements(c.operands[0]);
    if constexpr (requires { Op::matrix_product(c.operands, c.options); }) {
        const product_plan p = Op::matrix_product(c.operands, c.options);
        const double one = 2.0 * static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
        return one * (p.rows_in_m || p.rows_in_k || p.per_row ? c.rows : 1.0);
    }
    const bool computes = Op::kind == operation_kind::elementwise || Op::kind == operation_kind::product;
    return computes ? c.elements_of_result() : 0;
}
// Copies what an operation states for the passes, and what follows from its kind.
template <class Op> constexpr void add_statements(operation& r) {
    if constexpr (requires { Op::cheap; }) r.cheap = Op::cheap;
    if constexpr (requires { Op::repeats; }) r.repeats = Op::repeats;
    if constexpr (requires { Op::is_view; }) r.is_view = Op::is_view;
    if constexpr (requires { Op::awaited_operand; }) r.awaited_operand = Op::awaited_operand;
    if constexpr (requires { Op::linear; })
        r.linear = Op::linear;
    else if constexpr (Op::kind == operation_kind::movement)
        r.linear = linearity::in_all;
    if constexpr (requires { Op::chosen(true); }) r.chosen = &Op::chosen;
    if constexpr (requires(const attributes& a) { Op::describe(a); }) r.describe = &Op::describe;
    if constexpr (requires(const operation_cost& c) { Op::cost(c); })
        r.cost = &Op::cost;
    else
        r.cost = &usual_cost<Op>;
    if constexpr (requires(const value_type* t, const attributes& a) { Op::matrix_product(t, a); })
        r.matrix_product = &Op::matrix_product;
    if constexpr (requires { &Op::runs; }) r.runs = &Op::runs;
    if constexpr (requires { &Op::axes_of_result; }) r.axes_of_result = &Op::axes_of_result;
    if constexpr (requires(const attributes& a) { Op::with_leading_axis(a, 1); })
        r.with_leading_axis = &Op::with_leading_axis;
    if constexpr (requires(direction_operands & d) { Op::over_directions(d); })
        r.over_directions = [](direction_operands& d) { return handle(Op::over_directions(d)); };
    if constexpr (requires { Op::kernels; }) {
        r.kernels_id = id_of<std::remove_const_t<decltype(Op::kernels)>>;
        r.kernels = &Op::kernels;
    }
}

template <class Op> constexpr operation make_record() {
    check_statement<Op>();
    operation r;
    r.name = Op::name;
    r.id = id_of<Op>;
    r.kind = Op::kind;
    r.arity = Op::arity;
    r.infer = &Op::infer;
    if constexpr (requires { Op::commutative; }) r.commutative = Op::commutative;
    if constexpr (requires { Op::smooth; })
        r.smooth = Op::smooth;
    else
        r.derivative = &derive<Op>;
    if constexpr (requires { Op::flat_operands; }) r.flat_operands = Op::flat_operands;
    if constexpr (requires { Op::zero_operands; }) r.zero_operands = Op::zero_operands;
    if constexpr (requires { Op::mixes_rows(attributes{}); }) r.mixes_rows = &Op::mixes_rows;
    if constexpr (requires(dependence & d) { Op::depend(d); }) {
        r.dependences = operation::dependence_rule::stated;
        r.depend = [](dependence& d) { Op::depend(d); };
    } else if constexpr (Op::kind == operation_kind::movement) {
        if constexpr (moves_in_constants<Op>) {
            r.dependences = operation::dependence_rule::moved;
            r.moved = &Op::template reference<moved_element>;
        }
    }
    if constexpr (requires { Op::foldable; }) {
        r.foldable = true;
        r.fold = &fold_erased<Op>;
    }
    add_statements<Op>(r);
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
        // Compilers differ in the order in which they evaluate arguments. Numbers become nodes here, and graphs must
        // not differ.
        const handle in_order[] = {convert(operands)...};
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return op.build(in_order[I]...); }
        (std::make_index_sequence<sizeof...(operands)>{});
    }
}

// Stands in for an operation that was not registered. Reports that where its kernel is compiled.
struct unregistered_operation {
    template <class V> static constexpr V forward(const V& v, const auto&...) {
        static_assert(!std::is_same_v<V, V>, "an operation of this program has no HOURGLASS_OPERATION(...): write one "
                                             "after its struct, outside of any namespace");
        return v;
    }
};
// Maps the id of an operation to its struct. `HOURGLASS_OPERATION` specialises it, once per operation.
template <std::uint64_t Id> struct implementation { using type = unregistered_operation; };

HOURGLASS_END

/// Registers an operation. Write it once, at global scope, after the operation's struct.
#define HOURGLASS_OPERATION(...)                                                                                       \
    template <> struct hourglass::implementation<hourglass::id_of<__VA_ARGS__>> {                                      \
        using type = __VA_ARGS__;                                                                                      \
        static_assert((hourglass::check_statement<type>(), true));                                                     \
    }
