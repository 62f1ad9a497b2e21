// What an optimiser does to each trained parameter, as equations: a rule is a graph over the names below. Since
// lowering costs a compiler most, a rule is lowered once for each type of parameter and copied for each parameter of
// that type. The rules themselves are in optim/.
#pragma once

#include <hourglass/lowering/lowered.hpp>

HOURGLASS_BEGIN

// In a rule, `weight` is the parameter, `gradient_of_loss` its gradient, `step_number` the number of the step, from 1.
inline constexpr symbol<"#weight"> weight{};
inline constexpr symbol<"#gradient"> gradient_of_loss{};
inline constexpr scalar<"step_number"> step_number{1};

template <class... Equations> struct update_rule : graph<Equations...> { using graph<Equations...>::graph; };
template <equation_like... E> update_rule(const E&... e) -> update_rule<decltype(as_equation(e))...>;

// Appends the rule for the parameter `name` whose gradient is the given node.
template <class... Equations>
constexpr void apply_rule(graph_builder& g, const graph<Equations...>& rule, int name, int gradient) {
    const text prefix = sentence(g.name(name), ".");
    lowering l(g, prefix.view());
    l.define("#weight", g.names[name].node);
    l.define("#gradient", gradient);
    l.run(rule);
}

// A rule for parameters of one type in a graph of its own: node 0 is the parameter, whose name is empty, and node 1 its
// gradient.
template <class Rule, value_type Type> struct lower_rule {
    static constexpr graph_sizes room() { return {256, 512, 64, 1024, 32, 32}; } // a guess
    static constexpr graph_builder run() {
        graph_builder g;
        const int name = g.intern("");
        g.names[name].node = g.push_leaf(&record<ops::parameter>, name, Type);
        apply_rule(g, Rule::rule, name, g.push_leaf(&record<ops::fed>, -1, Type));
        return g;
    }
};

// Copies a rule made by `lower_rule` into a program's graph, for one parameter at a time. Nodes that depend on no
// parameter (scalars of the call, such as corrections of moments) are copied once.
class rule_insertion {
    graph_view rule_;
    list<bool> own_;                    // by node: whether each parameter has its own
    list<int> map_, names_;             // node and name -> node and name of the program's graph
    list<int> next_nodes_, next_names_; // what to copy for the next parameter
    list<std::uint64_t> hashes_;        // of names, for this parameter
    bool copies_ = false, first_ = true;

public:
    constexpr rule_insertion() = default;
    constexpr explicit rule_insertion(const graph_view& rule)
        : rule_(rule), own_(rule.nodes.size), map_(rule.nodes.size), names_(rule.names.size), hashes_(rule.names.size) {
        // A rule with a mistake, or whose meaning depends on the program's graph, is lowered in that graph instead.
        copies_ = rule.problem.empty() && rule.indices.size == 0;
        for (int n = 0; copies_ && n < rule.nodes.size; ++n) {
            const node& at = rule[n];
            own_[n] = n < 2 || is<ops::state>(at);
            for (int i = 0; i < at.operand_count; ++i) own_[n] = own_[n] || own_[rule.operand(n, i)];
            const bool known = is<ops::state>(at) || is<ops::scalar>(at) || is<ops::rows>(at);
            copies_ = n < 2 || known || !(at.op->kind == operation_kind::leaf || at.op->kind == operation_kind::noise);
            if (n >= 2) next_nodes_.push(n);
        }
        for (const leaf_start& s : rule.starts) copies_ = copies_ && s.is_slot;
        for (int i = 1; i < rule.names.size; ++i) {
            copies_ = copies_ && rule.names[i].node >= 0;
            next_names_.push(i);
        }
    }
    // Copies the rule for the parameter `name` whose gradient is the given node. Returns false and does nothing if the
    // rule cannot be copied; lowering it then reports the mistake, if it is one.
    constexpr bool insert(graph_builder& to, int name, int gradient) {
        if (!copies_ || !is_free(to, name) || (first_ && !numbers_agree(to))) return false;
        int *const map = map_.begin(), *const names = names_.begin();
        map[0] = to.names[name].node;
        map[1] = gradient;
        names[0] = name;
        for (int i : next_names_)
            names[i] = is_own_name(i) ? to.intern_behind(name, rule_.name(i), hashes_[i])
                                      : to.intern(rule_.name(i), rule_.names[i].hash);
        for (int n : next_nodes_) {
            const int own_name = rule_.nodes.data[n].name;
            if (own_name >= 0 && !own_[n] && to.names[names[own_name]].node >= 0) { // the model has this scalar too
                map[n] = to.names[names[own_name]].node;
                continue;
            }
            map[n] = to.push_copy(rule_, n, map);
            if (own_name >= 0) to.nodes.back().name = names[own_name];
        }
        for (int i : next_names_) to.names[names[i]].node = map[rule_.names.data[i].node];
        for (const graph_root& r : rule_.roots) to.roots.push({r.kind, names[r.name], map[r.node]});
        for (const leaf_start& s : rule_.starts) to.starts.push({names[s.name], s.start, s.is_slot});
        if (first_) leave_shared();
        return true;
    }

private:
    // Whether a name follows the parameter's.
    constexpr bool is_own_name(int i) const {
        return rule_.characters.data[rule_.names.data[i].first_character] == '.';
    }
    // Whether the names for the parameter's own tensors are free.
    constexpr bool is_free(const graph_builder& to, int name) {
        const std::uint64_t before = to.names[name].hash;
        for (int i : next_names_) {
            if (!is_own_name(i)) continue;
            hashes_[i] = hash_of(rule_.name(i), before);
            if (to.by_name.find(hashes_[i]) >= 0) return false;
        }
        return true;
    }
    // Whether scalars that the rule shares with the model are the same.
    constexpr bool numbers_agree(const graph_builder& to) const {
        for (int n = 2; n < rule_.nodes.size; ++n) {
            const node& at = rule_[n];
            if (own_[n] || at.name < 0) continue;
            const int known = to.by_name.find(rule_.names[at.name].hash);
            if (known < 0 || to.names[known].node < 0) continue;
            const node& there = to.nodes[to.names[known].node];
            if (there.op->id != at.op->id || !(there.options == at.options) || there.name != known) return false;
        }
        return true;
    }
    constexpr void leave_shared() {
        list<int> nodes, names;
        for (int n : next_nodes_)
            if (own_[n]) nodes.push(n);
        for (int i : next_names_)
            if (own_[rule_.names[i].node]) names.push(i);
        next_nodes_ = static_cast<list<int>&&>(nodes);
        next_names_ = static_cast<list<int>&&>(names);
        first_ = false;
    }
};

// The distinct types of the values that a stage's gradients belong to, and the index into them for each gradient.
template <class Stage> struct gradient_types {
    static constexpr int find_count() {
        int count = 0;
        for (const graph_root& r : Stage::view().roots) count += r.kind == root_kind::gradient;
        return count;
    }
    static constexpr int count = find_count();
    table<value_type, count> types;
    table<int, count> type_of;
    int distinct = 0;

    constexpr gradient_types() {
        const graph_view g = Stage::view();
        hash_index known(count);
        int at = 0;
        for (const graph_root& r : g.roots) {
            if (r.kind != root_kind::gradient) continue;
            const value_type& type = g[g.names[r.name].node].type;
            std::uint64_t hash = static_cast<unsigned>(type.extents.rank);
            for (int i = 0; i < type.extents.rank; ++i)
                hash = (hash ^ static_cast<unsigned>(type.extents[i])) * 1099511628211ull;
            hash ^= hash >> 32;
            int found = known.find(hash, [&](int t) { return types[t] == type; });
            if (found < 0) {
                known.insert(hash, found = distinct);
                types[distinct++] = type;
            }
            type_of[at++] = found;
        }
    }
};

HOURGLASS_END
