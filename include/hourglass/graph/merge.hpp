// Common subexpressions: of nodes that compute the same from the same, one stays. Leaves with a name are never merged,
// noise above all.
#pragma once

#include <bit>

#include <hourglass/graph/rewrite.hpp>

HOURGLASS_BEGIN

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash ^= value + 0x9e3779b97f4a7c15ull + (hash << 6) + (hash >> 2);
    return hash * 0xff51afd7ed558ccdull;
}

constexpr graph_builder merge(graph_view g) {
    rewriter r(g);
    hash_index known(g.nodes.size);
    for (int n = 0; n < g.nodes.size; ++n) {
        const node& old = g[n];
        if (old.name >= 0) {
            r.map[n] = r.copy(n);
            continue;
        }
        std::uint64_t hash = mix(old.op->id, std::bit_cast<std::uint64_t>(old.options.number));
        for (int f : old.options.flags) hash = mix(hash, static_cast<std::uint64_t>(f));
        hash = mix(hash, static_cast<std::uint64_t>(old.type.extents.size()));
        const bool swapped = old.op->commutative && r.map[g.operand(n, 0)] > r.map[g.operand(n, 1)];
        for (int i = 0; i < old.operand_count; ++i)
            hash = mix(hash, static_cast<std::uint64_t>(r.map[g.operand(n, swapped ? 1 - i : i)]));
        hash ^= hash >> 29;
        const auto same = [&](int candidate) {
            const node& c = r.to.nodes[candidate];
            if (c.op->id != old.op->id || c.operand_count != old.operand_count || !(c.options == old.options) ||
                !(c.type == old.type) || c.region != old.region)
                return false;
            // 0 and -0 compare equal and are not the same.
            if (std::bit_cast<std::uint64_t>(c.options.number) != std::bit_cast<std::uint64_t>(old.options.number))
                return false;
            for (int i = 0; i < c.operand_count; ++i)
                if (r.to.operand(candidate, i) != r.map[g.operand(n, swapped ? 1 - i : i)]) return false;
            return true;
        };
        const int found = known.find(hash, same);
        if (found >= 0) {
            r.map[n] = found;
            continue;
        }
        r.map[n] = r.copy(n);
        if (swapped) {
            const int first = r.to.nodes[r.map[n]].first_operand;
            const int keep = r.to.operands[first];
            r.to.operands[first] = r.to.operands[first + 1];
            r.to.operands[first + 1] = keep;
        }
        known.insert(hash, r.map[n]);
    }
    r.finish();
    return static_cast<graph_builder&&>(r.to);
}

HOURGLASS_END
