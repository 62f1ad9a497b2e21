// Which values of fused groups stay in registers, and which must be stored in memory.
#pragma once

#include <hourglass/schedule/group_kinds.hpp>

HOURGLASS_BEGIN

// Whether an instruction of n's group holds operand o in a register: o is elementwise, or the own node of a group with
// instructions, such as a product's tile.
constexpr bool in_register(const fusion_view& f, int n, int o, int group) {
    const fused_node& from = f.nodes.data[o];
    if (from.source != o || group < 0 || from.group != group || !f.nodes.data[n].arithmetic) return false;
    const fused_group& in = f.groups.data[group];
    return from.type == in.type && (is_elementwise(f.g.nodes.data[o]) || (o == in.node && keeps_registers(in.kind)));
}

// Marks the values that must be stored: requested ones, and those used outside the registers of their group.
constexpr void find_stored(const fusion_view& f, fused_node* nodes) {
    const graph_view& g = f.g;
    for (const graph_root& r : g.roots)
        if (r.kind != root_kind::update) nodes[nodes[r.node].source].stored = true;
    for (int n = 0; n < g.nodes.size; ++n) {
        const node& at = g.nodes.data[n];
        if (at.op->awaited_operand >= 0) { // a kernel's own result has a place, even if it is only awaited
            fused_node& awaited = nodes[nodes[g.operand(n, at.op->awaited_operand)].source];
            if (awaited.group >= 0 && !keeps_registers(f.groups.data[awaited.group].kind)) awaited.stored = true;
        }
        if (at.operand_count == 0 || moves_nothing(at) || (nodes[n].uniform && nodes[n].source == n)) continue;
        const int* const operands = g.operands.data + at.first_operand;
        const int group = nodes[n].group;
        for (int i = 0; i < at.operand_count; ++i) {
            const int s = nodes[operands[i]].source;
            if (nodes[s].group == group && in_register(f, n, operands[i], group)) continue;
            // A constant needs memory only if a node other than arithmetic reads it.
            if (!nodes[n].arithmetic || !is_literal(g.nodes.data[s])) nodes[s].stored = true;
        }
    }
}

HOURGLASS_END
