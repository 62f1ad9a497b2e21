// The layout of a schedule: before which groups the threads must wait for each other, where values lie in the arena,
// and which groups one kernel can serve. Edits a schedule whose order is final (schedule/plan.hpp).
#pragma once

#include <bit>

#include <hourglass/passes/common_subexpressions.hpp>
#include <hourglass/schedule/group_kinds.hpp>

HOURGLASS_BEGIN

// A schedule's arrays, for writing.
struct schedule_edit {
    schedule_group* groups = nullptr;
    stored_value* values = nullptr;
    long* arena = nullptr;
    long* arena_without_reuse = nullptr;
    schedule_view all; // the same arrays, and those that do not change
};
constexpr schedule_edit edit(schedule_builder& b) {
    return {b.groups.begin(), b.values.begin(), &b.arena, &b.arena_without_reuse, b.view()};
}
template <schedule_sizes Sizes> constexpr schedule_edit edit(frozen_schedule<Sizes>& f) {
    return {f.groups.data(), f.values.data(), &f.arena, &f.arena_without_reuse, f.view()};
}

// Calls use(value, written) for each value that a group touches.
constexpr void each_value(const schedule_view& s, const schedule_group& group, auto use) {
    each_read(s, group, [&](int v) { use(v, false); });
    const group_store* const stores = s.stores.data + group.first_store;
    for (int i = 0; i < group.store_count; ++i) use(stores[i].value, true);
}

// Whether the next product may rely on what this one packed. Products per row, and those computed once for all calls,
// are not part of that order.
constexpr bool packs_in_order(const schedule_group& group) {
    return multiplies(group.kind) && !group.product.per_row && !group.once;
}
constexpr bool same_left(const product_plan& a, const product_plan& b) {
    return a.left == b.left && a.left_row == b.left_row && a.left_column == b.left_column && a.m == b.m && a.k == b.k &&
           a.rows_in_m == b.rows_in_m && a.rows_in_k == b.rows_in_k;
}
// If consecutive products have the same left operand (such as the heads for mu and logvar), it is packed once. Not for
// parameters, which may be written in between, nor for weight gradients, whose right operand is the packed one.
constexpr void find_packed(const schedule_edit& e) {
    int before = -1;
    for (int g = 0; g < e.all.groups.size; ++g) {
        schedule_group& group = e.groups[g];
        if (!packs_in_order(group)) continue;
        product_plan& p = group.product;
        const storage_kind storage = e.values[p.left].storage;
        p.left_is_packed = before >= 0 && !p.rows_in_k &&
                           (storage == storage_kind::arena || storage == storage_kind::fed) &&
                           same_left(p, e.groups[before].product);
        before = g;
    }
}

// A group waits for the other threads if a value that it needs or overwrites was touched since the last wait.
constexpr void find_waits(const schedule_edit& e) {
    list<int> written(e.all.values.size, -1), read(e.all.values.size, -1);
    int last_wait = 0;
    for (int p = 0; p < e.all.groups.size; ++p) {
        if (e.groups[p].once) continue;
        bool wait = false;
        each_value(e.all, e.groups[p], [&](int v, bool writes) {
            if (written[v] >= last_wait || (writes && read[v] >= last_wait)) wait = true;
        });
        if (wait) last_wait = p;
        e.groups[p].wait_before = wait;
        each_value(e.all, e.groups[p], [&](int v, bool writes) { (writes ? written : read)[v] = p; });
    }
}

class arena_layout {
    struct hole {
        long offset = 0, size = 0;
    };
    schedule_edit e_;
    long max_rows_;
    list<hole> holes_;

public:
    constexpr arena_layout(const schedule_edit& e, long max_rows) : e_(e), max_rows_(max_rows) {}

    // Assigns values their places in the arena. Time is counted in waits: between two waits everything may run at once.
    // Values computed once exist from time 0, before all calls; those that calls read are never overwritten.
    constexpr void run() {
        const int values = e_.all.values.size;
        bool any_once = false;
        for (int g = 0; g < e_.all.groups.size; ++g) {
            if (!e_.groups[g].once) continue;
            any_once = true;
            each_value(e_.all, e_.groups[g], [&](int v, bool) { e_.values[v].first_use = e_.values[v].last_use = 0; });
        }
        int time = any_once;
        for (int g = 0; g < e_.all.groups.size; ++g) {
            if (e_.groups[g].once) continue;
            if (e_.groups[g].wait_before) ++time;
            each_value(e_.all, e_.groups[g], [&](int v, bool) {
                if (e_.values[v].first_use < 0) e_.values[v].first_use = time;
                e_.values[v].last_use = time;
            });
        }
        for (const schedule_result& r : e_.all.results) e_.values[r.value].last_use = time + 1;
        for (int v = 0; any_once && v < values; ++v)
            if (e_.values[v].first_use == 0 && e_.values[v].last_use > 0) e_.values[v].last_use = time + 1;
        for (int u : e_.all.uniforms) {
            e_.values[u].first_use = 0;
            e_.values[u].last_use = time + 1;
        }
        // The values that start and end at each time, as linked lists.
        list<int> starting(time + 2, -1), ending(time + 2, -1), next_start(values, -1), next_end(values, -1);
        for (int v = values - 1; v >= 0; --v) {
            const stored_value& value = e_.values[v];
            if (value.storage != storage_kind::arena && value.storage != storage_kind::uniform) continue;
            if (value.first_use < 0) continue;
            next_start[v] = starting[value.first_use];
            starting[value.first_use] = v;
            next_end[v] = ending[value.last_use];
            ending[value.last_use] = v;
        }
        *e_.arena = *e_.arena_without_reuse = 0;
        for (int t = 0; t <= time; ++t) {
            if (t > 0)
                for (int v = ending[t - 1]; v >= 0; v = next_end[v]) give_back({e_.values[v].offset, size_of(v)});
            for (int v = starting[t]; v >= 0; v = next_start[v]) {
                e_.values[v].offset = take(size_of(v));
                *e_.arena_without_reuse += size_of(v);
            }
        }
    }

private:
    // Rounds up to whole cache lines of floats, so that rows of different values never share one.
    constexpr long size_of(int v) const {
        const long elements = e_.values[v].type.extents.size() * (e_.values[v].type.batched ? max_rows_ : 1);
        return (elements + 15) / 16 * 16;
    }
    constexpr long take(long size) {
        int best = -1;
        for (int i = 0; i < holes_.size(); ++i)
            if (holes_[i].size >= size && (best < 0 || holes_[i].size < holes_[best].size)) best = i;
        if (best < 0) {
            const long offset = *e_.arena;
            *e_.arena += size;
            return offset;
        }
        const long offset = holes_[best].offset;
        holes_[best].offset += size;
        holes_[best].size -= size;
        if (holes_[best].size == 0) {
            holes_[best] = holes_.back();
            holes_.pop();
        }
        return offset;
    }
    constexpr void give_back(hole freed) {
        for (int i = 0; i < holes_.size();) {
            const bool before = holes_[i].offset + holes_[i].size == freed.offset;
            const bool after = freed.offset + freed.size == holes_[i].offset;
            if (!before && !after) {
                ++i;
                continue;
            }
            if (before) freed.offset = holes_[i].offset;
            freed.size += holes_[i].size;
            holes_[i] = holes_.back();
            holes_.pop();
            i = 0;
        }
        holes_.push(freed);
    }
};

// A hash that is equal for groups that one kernel can serve: operations, operands, strides and extents, but not the
// data's place. Numbers are spread over the hash in place, since a call for each would be most of the work.
constexpr std::uint64_t structure_of(const schedule_view& s, const graph_view& g, const schedule_group& group) {
    constexpr std::uint64_t prime = 0xff51afd7ed558ccdull;
    std::uint64_t hash = mix(static_cast<std::uint64_t>(group.kind), group.domain.batched);
    const auto add = [&](long value) { hash = mix(hash, static_cast<std::uint64_t>(value)); };
    add(group.dimensions);
    for (int i = 0; i < group.dimensions; ++i) add(group.extents[i]);
    add(group.reduces);
    with_rules_of(group.kind, [&](auto rules) { rules.add_structure(g, group, add); });
    add(group.load_count);
    const bool has_loads = keeps_registers(group.kind);
    const group_load* const loads = s.loads.data + (has_loads ? group.first_load : 0);
    for (int i = 0; has_loads && i < group.load_count; ++i) {
        hash = (hash ^ (loads[i].tile ? 2u : 1u)) * prime, hash ^= hash >> 32;
        for (int d = 0; d < group.dimensions; ++d)
            hash = (hash ^ static_cast<std::uint64_t>(loads[i].strides[d])) * prime, hash ^= hash >> 32;
    }
    const instruction* const instructions = s.instructions.data + group.first_instruction;
    for (int i = 0; i < group.instruction_count; ++i) {
        hash = (hash ^ instructions[i].op->id) * prime, hash ^= hash >> 32;
        for (int o = 0; o < instructions[i].operand_count; ++o) {
            const instruction_input& w = s.instruction_inputs.data[instructions[i].first_input + o];
            hash = (hash ^ static_cast<std::uint64_t>(4 * w.index + static_cast<int>(w.from))) * prime;
            hash ^= hash >> 32;
            if (w.from != instruction_input::source::constant) continue;
            hash = (hash ^ std::bit_cast<std::uint64_t>(w.number)) * prime, hash ^= hash >> 32;
        }
    }
    add(group.store_count);
    for (int i = 0; i < group.store_count; ++i) add(s.stores[group.first_store + i].instruction);
    return hash ^ hash >> 32;
}

constexpr void find_representatives(const schedule_edit& e, const graph_view& g) {
    hash_index known(e.all.groups.size);
    for (int p = 0; p < e.all.groups.size; ++p) {
        schedule_group& group = e.groups[p];
        group.structure = structure_of(e.all, g, group);
        const int found = known.find(group.structure);
        group.representative = found >= 0 ? found : p;
        if (found < 0) known.insert(group.structure, p);
    }
}

constexpr void lay_out(const schedule_edit& e, long max_rows) {
    find_packed(e);
    find_waits(e);
    arena_layout(e, max_rows).run();
}

HOURGLASS_END
