// The types that derivative rules and layers compute with: the handle on a node of a graph under construction, and the
// derivation that a derivative rule is given. They are only declared here; ir/trace.hpp defines their members.
#pragma once

#include <string_view>

#include <hourglass/expr/expression.hpp>
#include <hourglass/expr/initialiser.hpp>
#include <hourglass/expr/text.hpp>

HOURGLASS_BEGIN

class graph_builder;
enum class noise_kind;
struct operation;
struct attributes;
struct node;

// Where an equation is, so that the parameters, states and noise of its layers can be named.
struct naming {
    std::string_view prefix{}; // of the block, with its dot
    std::string_view equation{};
    int layers = 0, next_layer = 0;
    int noises = 0, next_noise = 0;
    bool in_scan = false; // in the body of a scan
};

/// A node of a graph under construction. Applying operators and functions to handles appends nodes.
struct handle {
    using traced_handle = handle;
    // The graph under construction, the place that its layers are named after, and the index of the node.
    graph_builder* graph = nullptr;
    naming* place = nullptr;
    int index = -1;

    // These return by value: nodes move when the graph grows, and another argument of the same call may make it grow.
    constexpr value_type type() const;               ///< of the node's value
    constexpr shape extents() const;                 ///< of one example's value
    constexpr bool batched() const;                  ///< whether the value has a batch axis
    constexpr const node& at() const;                ///< the node; valid until the graph grows
    constexpr handle other(int index_of_node) const; ///< a handle on another node of the same graph
    /// Reports why a model is not well formed.
    constexpr void fail(const text& problem) const;
    /// Reports that an operation does not fit this operand: "'transpose' of 'a': ...".
    constexpr void misfit(const text& operation_name, const text& problem) const;
    /// Reports that an operation does not fit these two operands: "'dot' of 'a' and 'b': ...".
    constexpr void misfit(const text& operation_name, const handle& second, const text& problem) const;

    /// Returns x as a handle; a number becomes a literal.
    template <number X> constexpr handle convert(const X& x) const { return convert_number(static_cast<double>(x)); }
    /// Returns x.
    constexpr handle convert(const handle& x) const { return x; }
    constexpr handle convert_number(double x) const; ///< appends a literal

    /// Applies an operation. A primitive one becomes one node; a composite one becomes whatever it builds. Defined in
    /// ir/operation.hpp, before the first derivative rule is instantiated: Clang does not return to a template that had
    /// no body then.
    template <class Op, class... Operands> constexpr handle trace(const Op& op, const Operands&... operands) const;
    constexpr bool failed() const; ///< whether a mistake was found
    /// Appends a node that applies `op` to these operands, without checking their number.
    constexpr handle append(const operation* op, const attributes& options, const int* operands, int count) const;

    constexpr handle rows() const; ///< the number of rows of the call, as a scalar

    /// The place of a layer, under which it declares its leaves: the equation's name, or `equation.1` if the equation
    /// has several layers, or the given name. A layer asks for it once.
    constexpr text layer_place(std::string_view given = {}) const;
    /// Declares a parameter `owner.what`. A name declared twice is reported.
    constexpr handle new_parameter(const text& owner, std::string_view what, const shape& extents,
                                   initialiser start) const;
    /// Declares a state `owner.what` with the same first value for all elements. A name declared twice is reported.
    constexpr handle new_state(const text& owner, std::string_view what, const shape& extents, double start) const;
    /// Declares noise, named after the equation. Reported in the body of a scan, where all steps would draw the same.
    constexpr handle noise(noise_kind kind, bool shared_by_examples, const shape& extents) const;

private:
    constexpr handle new_leaf(const operation* op, const text& owner, std::string_view what, const shape& extents,
                              initialiser start) const;
};

/// The argument of a rule `over_directions`: an application of the operation in which some operands have one value for
/// each of many directions. The vectorising pass implements it (autodiff/vectorised.hpp).
class direction_operands {
public:
    constexpr virtual int count() const = 0;           ///< number of directions
    constexpr virtual int operand_count() const = 0;   ///< of the operation
    constexpr virtual bool moves(int i) const = 0;     ///< whether operand i differs between directions
    constexpr virtual handle operand(int i) const = 0; ///< an operand that does not move
    constexpr virtual handle stacked(int i) = 0;       ///< any operand, as [directions, extents...]
    /// Whether, in direction d, all but element d of operand i is zero.
    constexpr virtual bool is_diagonal(int i) const = 0;
    constexpr virtual handle diagonal(int i) = 0;    ///< these elements, in the shape of the operand, if it is diagonal
    constexpr virtual value_type result() const = 0; ///< the type of the result for one direction
    constexpr virtual shape with_directions(const shape&) const = 0; ///< as the first axis
    constexpr virtual attributes options() const = 0;                ///< of the operation
    constexpr virtual const operation* applied() const = 0;          ///< the operation itself

protected:
    constexpr ~direction_operands() = default;
};

/// The argument of a derivative rule: a node, the adjoint of its result, and a way to add to the adjoints of its
/// operands. Each mode of differentiation decides what happens to these shares (autodiff/adjoints.hpp,
/// autodiff/forward.hpp).
class derivation {
    graph_builder& graph_;
    mutable naming place_;
    bool sums_rows_;
    int node_ = -1, adjoint_ = -1;

public:
    constexpr handle operand(int i) const;             ///< operand i of the node
    constexpr int operand_count() const;               ///< number of operands
    constexpr handle result() const;                   ///< the node itself: its value
    constexpr handle adjoint() const;                  ///< may have a smaller shape that broadcasts to the result's
    constexpr virtual handle adjoint_full() const = 0; ///< has the result's type
    constexpr attributes options() const;              ///< of the node
    constexpr const operation* applied() const;        ///< the operation itself
    constexpr virtual bool wanted(int i) const = 0;    ///< whether a share for operand i is used at all
    /// Returns whether operands without a batch axis get the sum over the rows; otherwise they get a share for each
    /// row.
    constexpr bool sums_rows() const { return sums_rows_; }
    /// Adds to the adjoint of operand i, summed over the axes along which the operand was broadcast.
    constexpr virtual void accumulate(int i, handle share) = 0;

protected:
    constexpr derivation(graph_builder& g, bool sums_rows) : graph_(g), sums_rows_(sums_rows) {}
    constexpr ~derivation() = default;
    // Applies the rule of a node to the adjoint of its result.
    constexpr void apply(int node_of_rule, int its_adjoint);
    constexpr graph_builder& graph() const { return graph_; }
    constexpr int derived_node() const { return node_; }
};

HOURGLASS_END
