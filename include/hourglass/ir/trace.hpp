// Defines `handle` and `derivation`, which ir/tracing.hpp declares and explains: a handle's operations append nodes to
// a graph under construction, and a derivation reads the node that a derivative rule is applied to.
#pragma once

#include <hourglass/ir/static_graph.hpp>

HOURGLASS_BEGIN

constexpr value_type handle::type() const { return graph->nodes[index].type; }
constexpr shape handle::extents() const { return graph->nodes[index].type.extents; }
constexpr bool handle::batched() const { return graph->nodes[index].type.batched; }
constexpr const node& handle::at() const { return graph->nodes[index]; }
constexpr handle handle::other(int index_of_node) const { return {graph, place, index_of_node}; }
constexpr void handle::fail(const text& problem) const { graph->fail(problem); }
constexpr void handle::misfit(const text& operation_name, const text& problem) const {
    graph->fail(sentence("'", operation_name, "'", named_operands(*graph, {&index, 1}), ": ", problem));
}
constexpr void handle::misfit(const text& operation_name, const handle& second, const text& problem) const {
    const int both[] = {index, second.index};
    graph->fail(sentence("'", operation_name, "'", named_operands(*graph, {both, 2}), ": ", problem));
}
constexpr handle handle::convert_number(double x) const { return other(graph->push_literal(x)); }

constexpr bool handle::failed() const { return graph->failed(); }
constexpr handle handle::append(const operation* op, const attributes& options, const int* operands, int count) const {
    return other(graph->push(op, options, {operands, count}));
}

constexpr handle handle::rows() const {
    const int name = graph->intern("rows of the call");
    if (graph->names[name].node < 0) graph->names[name].node = graph->push_leaf(&record<ops::rows>, name, {});
    return other(graph->names[name].node);
}

constexpr text handle::layer_place(std::string_view given) const {
    if (!given.empty()) return sentence(place->prefix, given);
    text t = sentence(place->prefix, place->equation);
    if (place->layers > 1) t.add(".").add(place->next_layer);
    ++place->next_layer;
    return t;
}
constexpr handle handle::new_leaf(const operation* op, const text& owner, std::string_view what, const shape& extents_,
                                  initialiser start) const {
    text full = owner;
    full.add(".").add(what);
    const int known = graph->names.size();
    const int name = graph->intern(full.view());
    if (name < known) {
        fail(sentence("the name '", full.view(), "' is declared twice: give one of the layers another name"));
        return *this;
    }
    if (const text problem = misshapen(extents_); !problem.empty()) {
        fail(sentence("the ", op->name, " '", full, "' ", problem));
        return *this;
    }
    const int n = graph->push_leaf(op, name, {extents_, false});
    graph->names[name].node = n;
    graph->starts.push({name, start});
    return other(n);
}
constexpr handle handle::new_parameter(const text& owner, std::string_view what, const shape& extents_,
                                       initialiser start) const {
    return new_leaf(&record<ops::parameter>, owner, what, extents_, start);
}
constexpr handle handle::new_state(const text& owner, std::string_view what, const shape& extents_,
                                   double start) const {
    return new_leaf(&record<ops::state>, owner, what, extents_, constant(start));
}

// A leaf's identity derives from its name, so pruning parts of a graph changes no random value.
constexpr handle handle::noise(noise_kind kind, bool shared_by_examples, const shape& extents_) const {
    if (place->in_scan)
        fail(text("noise is drawn in the body of a scan, where it would be the same in all steps: draw it outside, for "
                  "all steps at once, as in eps = normal_noise<T, n>(), and pass it along(...)"));
    text full = sentence(place->prefix, place->equation);
    if (place->noises > 1) full.add(".").add(place->next_noise);
    ++place->next_noise;
    full.add(".noise");
    const int known = graph->names.size();
    const int name = graph->intern(full.view());
    if (name < known) {
        fail(sentence("the noise '", full.view(), "' is declared twice"));
        return *this;
    }
    if (const text problem = misshapen(extents_); !problem.empty()) {
        fail(sentence("the noise '", full, "' ", problem));
        return *this;
    }
    const std::uint64_t hash = graph->names[name].hash;
    const ops::noise_source source{kind, shared_by_examples, static_cast<int>((hash ^ hash >> 32) & 0x7fffffffu)};
    for (const auto& n : graph->nodes)
        if (is<ops::noise>(n) && ops::noise_source::of(n.options).stream == source.stream)
            fail(sentence("the noise leaves '", full.view(), "' and '", graph->name(n.name),
                          "' have the same identity: rename one of their equations"));
    const int n = graph->push_leaf(&record<ops::noise>, name, {extents_, !shared_by_examples}, source);
    graph->names[name].node = n;
    return other(n);
}

constexpr handle derivation::operand(int i) const { return {&graph_, &place_, graph_.operand(node_, i)}; }
constexpr int derivation::operand_count() const { return graph_.nodes[node_].operand_count; }
constexpr handle derivation::result() const { return operand(0).other(node_); }
constexpr handle derivation::adjoint() const { return operand(0).other(adjoint_); }
constexpr attributes derivation::options() const { return graph_.nodes[node_].options; }
constexpr const operation* derivation::applied() const { return graph_.nodes[node_].op; }
constexpr void derivation::apply(int node_of_rule, int its_adjoint) {
    node_ = node_of_rule;
    adjoint_ = its_adjoint;
    applied()->derivative(*this);
}

HOURGLASS_END
