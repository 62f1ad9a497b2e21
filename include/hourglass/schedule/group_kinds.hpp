// What the stages ask of a kind of group, without knowing the kinds: the rules of schedule/group_rules.hpp, chosen by a
// group's kind.
#pragma once

#include <utility>

#include <hourglass/schedule/group_rules.hpp>

HOURGLASS_BEGIN

namespace group_detail {

struct any_use {
    constexpr void operator()(auto...) const;
};
struct any_plan {};

}

// Whether the rules of a kind state everything a kind must state.
template <class Rules>
concept states_group_rules = requires(const graph_view& g, const node* nodes, const schedule_view& s, fused_group& d,
                                      schedule_group& group, group_load* loads, const group_candidate& candidate,
                                      group_detail::any_use& use, group_detail::any_plan& plan) {
    std::string_view(Rules::word);
    bool(Rules::reads_operands);
    bool(Rules::keeps_registers);
    bool(Rules::may_serve_updates);
    bool(Rules::multiplies);
    bool(Rules::moves_elements);
    bool(Rules::has_steps);
    bool(Rules::makes(g, 0));
    Rules::open(g, 0, d);
    bool(Rules::takes(d, candidate));
    group_work(Rules::work(nodes, d));
    Rules::write(plan, d, group);
    Rules::find_dimensions(group, loads, 0);
    Rules::each_read(s, group, use);
    Rules::add_structure(g, group, use);
    Rules::print(group, use);
};

namespace group_detail {

using all_kinds = std::make_integer_sequence<int, group_kinds>;
template <int Kind> using rules_of = group_rules<static_cast<group_kind>(Kind)>;

template <class Rules> constexpr bool check_rules() {
    static_assert(states_group_rules<Rules>,
                  "each kind of group has its group_rules, which state all that schedule/group_rules.hpp lists");
    return true;
}
template <int... K> constexpr bool check_all_rules(std::integer_sequence<int, K...>) {
    return (check_rules<rules_of<K>>() && ...);
}
static_assert(check_all_rules(all_kinds{}));

// Calls use(specialisation{}) with the specialisation of `Of` for a kind.
template <template <group_kind> class Of, class Use, int... K>
constexpr void choose_by_kind(group_kind kind, Use& use, std::integer_sequence<int, K...>) {
    (void)((kind == static_cast<group_kind>(K) && (use(Of<static_cast<group_kind>(K)>{}), true)) || ...);
}
template <int... K> constexpr group_kind kind_made_by(const graph_view& g, int n, std::integer_sequence<int, K...>) {
    group_kind made = group_kind{group_kinds};
    (void)((rules_of<K>::makes(g, n) && (made = static_cast<group_kind>(K), true)) || ...);
    return made;
}

// The facts of a kind that are a word or a bit, as a lookup table.
struct kind_facts {
    std::string_view word;
    bool reads_operands, keeps_registers, may_serve_updates, multiplies, moves_elements, has_steps;
};
template <class Rules> inline constexpr kind_facts facts_in{
    Rules::word,       Rules::reads_operands, Rules::keeps_registers, Rules::may_serve_updates,
    Rules::multiplies, Rules::moves_elements, Rules::has_steps};
struct fact_table {
    kind_facts of[group_kinds];
};
template <int... K> constexpr fact_table find_facts(std::integer_sequence<int, K...>) {
    return {{facts_in<rules_of<K>>...}};
}
inline constexpr fact_table facts = find_facts(all_kinds{});
constexpr const kind_facts& facts_of(group_kind kind) { return facts.of[static_cast<int>(kind)]; }

}

constexpr std::string_view kind_text(group_kind kind) { return group_detail::facts_of(kind).word; }
constexpr bool reads_operands(group_kind kind) { return group_detail::facts_of(kind).reads_operands; }
constexpr bool keeps_registers(group_kind kind) { return group_detail::facts_of(kind).keeps_registers; }
constexpr bool may_serve_updates(group_kind kind) { return group_detail::facts_of(kind).may_serve_updates; }
constexpr bool multiplies(group_kind kind) { return group_detail::facts_of(kind).multiplies; }
constexpr bool moves_elements(group_kind kind) { return group_detail::facts_of(kind).moves_elements; }
constexpr bool has_steps(group_kind kind) { return group_detail::facts_of(kind).has_steps; }

// Calls use(rules) with the rules of a kind.
template <class Use> constexpr void with_rules_of(group_kind kind, Use&& use) {
    group_detail::choose_by_kind<group_rules>(kind, use, group_detail::all_kinds{});
}
// The kind of group that a node makes.
constexpr group_kind kind_made_by(const graph_view& g, int n) {
    return group_detail::kind_made_by(g, n, group_detail::all_kinds{});
}
// Calls use(value) for each value that a group reads.
template <class Use> constexpr void each_read(const schedule_view& s, const schedule_group& group, Use&& use) {
    with_rules_of(group.kind, [&](auto rules) { rules.each_read(s, group, use); });
}

HOURGLASS_END
