// Common subexpression elimination: of nodes that compute the same from the same operands, one stays. Leaves with a
// name are never merged, noise in particular.
#pragma once

#include <bit>

#include <hourglass/passes/rewrite.hpp>

HOURGLASS_BEGIN

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash ^= value + 0x9e3779b97f4a7c15ull + (hash << 6) + (hash >> 2);
    return hash * 0xff51afd7ed558ccdull;
}

// Covers all nodes, or those that are `needed`.
constexpr graph_builder eliminate_common_subexpressions(const graph_view& g, slice_of<bool> needed = {}) {
    rewriter r(g);
    hash_index known(g.nodes.size);
    int* const map = r.map.begin();
    for (int n = 0; n < g.nodes.size; ++n) {
        if (needed.size > 0 && !needed.data[n]) continue;
        const node& old = g.nodes.data[n];
        if (old.name >= 0) {
            map[n] = r.copy(n);
            continue;
        }
        const int count = old.operand_count;
        const int* const operands = g.operands.data + old.first_operand;
        const bool swapped = old.op->commutative && map[operands[0]] > map[operands[1]];
        const std::uint64_t flags = old.options.hash();
        std::uint64_t hash = (old.op->id + flags) ^ std::bit_cast<std::uint64_t>(old.options.number);
        for (int i = 0; i < count; ++i)
            hash = mix(hash, static_cast<std::uint64_t>(map[operands[swapped ? 1 - i : i]]));
        hash ^= hash >> 29;
        const auto same = [&](int candidate) {
            const node& c = r.to.nodes[candidate];
            if (c.op->id != old.op->id || c.operand_count != count || !(c.options == old.options) ||
                !(c.type == old.type))
                return false;
            // 0 and -0 compare equal but are not the same.
            if (std::bit_cast<std::uint64_t>(c.options.number) != std::bit_cast<std::uint64_t>(old.options.number))
                return false;
            const int* const others = r.to.operands.begin() + c.first_operand;
            for (int i = 0; i < count; ++i)
                if (others[i] != map[operands[swapped ? 1 - i : i]]) return false;
            return true;
        };
        const int found = known.find(hash, same);
        if (found >= 0) {
            map[n] = found;
            continue;
        }
        map[n] = r.copy(n);
        if (swapped) {
            int* const first = r.to.operands.end() - 2;
            const int keep = first[0];
            first[0] = first[1];
            first[1] = keep;
        }
        known.insert(hash, map[n]);
    }
    r.finish();
    return static_cast<graph_builder&&>(r.to);
}

HOURGLASS_END
