// What must hold of every schedule, whatever the graph: everything is written before it is read, nothing lies where
// something else is still needed, threads wait between what depends on each other, updates come after the last reader
// of the old value, and what is computed once is the same in every call. Found out anew from the arrays, not by the
// planner's own helpers.
#pragma once

#include <string>
#include <vector>

#include <hourglass/schedule/group_rules.hpp>

namespace fuzz {

namespace hg = hourglass;

class schedule_checks {
    struct touch {
        int value;
        bool writes;
        bool in_place; // a read of exactly the element that is written
    };
    const hg::graph_view g_;
    const hg::schedule_view s_;
    const long rows_;
    std::vector<std::vector<touch>> touches_; // by position
    std::string fault_;

    void fail(const char* what, int i, const std::string& fault) {
        if (fault_.empty()) fault_ = what + (" " + std::to_string(i)) + ": " + fault;
    }
    static std::size_t at(int i) { return static_cast<std::size_t>(i); }
    const hg::stored_value& value(int v) const { return s_.values[v]; }
    bool is_value(int v) const { return v >= 0 && v < s_.values.size; }
    long size_of(int v) const { return value(v).type.extents.size() * (value(v).type.batched ? rows_ : 1); }
    bool is_target(int v) const {
        return value(v).storage == hg::storage_kind::parameter || value(v).storage == hg::storage_kind::state;
    }
    bool has_arithmetic(const hg::schedule_group& group) const {
        return group.kind == hg::group_kind::elementwise || group.kind == hg::group_kind::product;
    }
    long extent(const hg::schedule_group& group, int d) const {
        return group.extents[at(d)] * (d == 0 && group.domain.batched ? rows_ : 1);
    }
    bool is_sum(const hg::schedule_group& group, const hg::group_store& store) const {
        return store.instruction >= 0 &&
               s_.instructions[group.first_instruction + store.instruction].op->kind == hg::operation_kind::reduction;
    }

    void look_at(int p) {
        const hg::schedule_group& group = s_.groups[p];
        auto& list = touches_.emplace_back();
        const auto add = [&](int v, bool writes, bool in_place) {
            if (!is_value(v))
                fail("group", p, writes ? "stores to nothing" : "reads nothing");
            else
                list.push_back({v, writes, in_place});
        };
        if (group.kind == hg::group_kind::product) {
            add(group.product.left, false, false);
            add(group.product.right, false, false);
        }
        for (int i = 0; i < group.load_count; ++i) {
            if (!has_arithmetic(group)) {
                add(s_.operands[group.first_load + i], false, false);
                continue;
            }
            const hg::group_load& load = s_.loads[group.first_load + i];
            if (load.tile) continue;
            long furthest = 0, dense = 1;
            bool in_place = true;
            for (int d = group.dimensions - 1; d >= 0; --d) {
                furthest += (extent(group, d) - 1) * load.strides[at(d)];
                in_place = in_place && (extent(group, d) == 1 || load.strides[at(d)] == dense);
                dense *= extent(group, d);
            }
            add(load.value, false, in_place);
            if (is_value(load.value) && furthest >= size_of(load.value))
                fail("group", p, "reads after the end of a value");
        }
        for (int i = 0; i < group.store_count; ++i) {
            const hg::group_store& store = s_.stores[group.first_store + i];
            add(store.value, true, false);
            if (!has_arithmetic(group) || !is_value(store.value)) continue;
            if (store.instruction < (group.kind == hg::group_kind::product ? -1 : 0) ||
                store.instruction >= group.instruction_count)
                return fail("group", p, "stores what none of its instructions is");
            long elements = 1;
            for (int d = 0; d < group.dimensions - (is_sum(group, store) ? 1 : 0); ++d) elements *= extent(group, d);
            if (elements != size_of(store.value)) fail("group", p, "stores more or less than a value holds");
        }
    }
    void look_at_members(int p) {
        const hg::schedule_group& group = s_.groups[p];
        for (int m = 0; m < group.instruction_count; ++m) {
            const hg::instruction& instruction = s_.instructions[group.first_instruction + m];
            for (int o = 0; o < instruction.operand_count; ++o) {
                const hg::instruction_input& w = s_.operand(instruction, o);
                if (w.from == hg::instruction_input::source::instruction && (w.index < 0 || w.index >= m))
                    fail("group", p, "an instruction is used before it is computed");
                if (w.from == hg::instruction_input::source::load && (w.index < 0 || w.index >= group.load_count))
                    fail("group", p, "a load that is not there");
            }
        }
    }

    void check_order() {
        std::vector<int> written(at(s_.values.size), -1), last_read(at(s_.values.size), -1);
        for (int p = 0; p < s_.groups.size; ++p)
            for (const touch& t : touches_[at(p)]) {
                const hg::storage_kind storage = value(t.value).storage;
                if (t.writes) {
                    if (storage != hg::storage_kind::arena && !is_target(t.value))
                        fail("group", p, "writes what is not the program's");
                    if (written[at(t.value)] >= 0) fail("group", p, "writes what is written already");
                    written[at(t.value)] = p;
                } else {
                    if (storage == hg::storage_kind::arena && written[at(t.value)] < 0)
                        fail("group", p, "reads what is not written yet");
                    last_read[at(t.value)] = p;
                }
            }
        for (int v = 0; v < s_.values.size; ++v) {
            if (!is_target(v) || written[at(v)] < 0) continue;
            if (last_read[at(v)] > written[at(v)]) fail("value", v, "is read after its update");
            for (const touch& t : touches_[at(written[at(v)])])
                if (t.value == v && !t.writes && !t.in_place)
                    fail("value", v, "is updated by a group that still reads it elsewhere");
        }
        for (const hg::graph_root& r : g_.roots) {
            if (r.kind != hg::root_kind::update) continue;
            bool found = false;
            for (int v = 0; v < s_.values.size; ++v)
                found = found || (is_target(v) && value(v).name == r.name && written[at(v)] >= 0);
            if (!found) fail("update of name", r.name, "is not written");
        }
        for (int i = 0; i < s_.results.size; ++i) {
            const int v = s_.results[i].value;
            if (!is_value(v)) return fail("result", i, "lies nowhere");
            if (value(v).storage == hg::storage_kind::arena && written[at(v)] < 0) fail("result", i, "is not written");
        }
        int results = 0;
        for (const hg::graph_root& r : g_.roots) results += r.kind != hg::root_kind::update;
        if (results != s_.results.size) fail("schedule of", s_.groups.size, "groups: the wrong number of results");
    }

    // What runs once reads nothing that a call brings, or that differs from one to the next.
    void check_once() {
        std::vector<bool> once(at(s_.values.size), false);
        for (int p = 0; p < s_.groups.size; ++p) {
            if (!s_.groups[p].once) continue;
            if (s_.groups[p].kind == hg::group_kind::noise || s_.groups[p].kind == hg::group_kind::scan ||
                s_.groups[p].domain.batched)
                fail("group", p, "runs once, but is not the same in every call");
            for (const touch& t : touches_[at(p)]) {
                if (t.writes && is_target(t.value)) fail("group", p, "runs once, but updates what is kept");
                if (t.writes) once[at(t.value)] = true;
                const bool number =
                    value(t.value).storage == hg::storage_kind::uniform && is_known(value(t.value).node);
                if (!once[at(t.value)] && !number) fail("group", p, "runs once, but reads what a call makes");
            }
        }
    }
    bool is_known(int n) const {
        if (g_[n].op->kind == hg::operation_kind::leaf) return false;
        for (int i = 0; i < g_[n].operand_count; ++i)
            if (!is_known(g_.operand(n, i))) return false;
        return true;
    }

    // Between two groups of which one writes what the other touches, all threads meet.
    void check_waits() {
        for (int q = 0; q < s_.groups.size; ++q) {
            if (s_.groups[q].once) continue;
            int after = -1; // the latest group that this one depends on
            for (int p = q - 1; p >= 0 && after < 0; --p)
                for (const touch& a : touches_[at(p)])
                    for (const touch& b : touches_[at(q)])
                        if (a.value == b.value && (a.writes || b.writes) && !s_.groups[p].once) after = p;
            bool waits = after < 0;
            for (int p = after + 1; p <= q; ++p) waits = waits || s_.groups[p].wait_before;
            if (!waits) fail("group", q, "does not wait for group " + std::to_string(after));
        }
    }

    // Between two waits everything may run at once, so that time is counted in waits. What runs once runs before, and
    // what the calls read of it is needed to the end.
    void check_places() {
        std::vector<int> first(at(s_.values.size), -1), last(at(s_.values.size), -1);
        for (int p = 0; p < s_.groups.size; ++p)
            for (const touch& t : touches_[at(p)])
                if (s_.groups[p].once) first[at(t.value)] = last[at(t.value)] = 0;
        int time = 1;
        for (int p = 0; p < s_.groups.size; ++p) {
            if (s_.groups[p].once) continue;
            time += s_.groups[p].wait_before;
            for (const touch& t : touches_[at(p)]) {
                if (first[at(t.value)] < 0) first[at(t.value)] = time;
                last[at(t.value)] = time;
            }
        }
        for (const hg::schedule_result& r : s_.results) {
            last[at(r.value)] = time + 1;
            if (first[at(r.value)] < 0) first[at(r.value)] = 0;
        }
        for (int u : s_.uniforms) first[at(u)] = 0; // written before the first group
        for (int v = 0; v < s_.values.size; ++v)
            if (first[at(v)] == 0 && last[at(v)] > 0) last[at(v)] = time + 1;
        for (int v = 0; v < s_.values.size; ++v) {
            const bool in_arena =
                value(v).storage == hg::storage_kind::arena || value(v).storage == hg::storage_kind::uniform;
            if (!in_arena || last[at(v)] < 0) continue;
            if (value(v).offset < 0 || value(v).offset + size_of(v) > s_.arena)
                fail("value", v, "does not lie in the arena");
            for (int w = 0; w < v; ++w) {
                const bool other =
                    value(w).storage == hg::storage_kind::arena || value(w).storage == hg::storage_kind::uniform;
                if (!other || last[at(w)] < 0 || last[at(w)] < first[at(v)] || last[at(v)] < first[at(w)]) continue;
                if (value(v).offset < value(w).offset + size_of(w) && value(w).offset < value(v).offset + size_of(v))
                    fail("value", v, "lies where value " + std::to_string(w) + " is still needed");
            }
        }
    }

    // A kernel serves another group too: then nothing that it is compiled from may differ.
    void check_representative(int p) {
        const hg::schedule_group& a = s_.groups[p];
        if (a.representative < 0 || a.representative > p) return fail("group", p, "no group to be served like");
        const hg::schedule_group& b = s_.groups[a.representative];
        bool same = a.kind == b.kind && a.domain.batched == b.domain.batched && a.dimensions == b.dimensions &&
                    a.reduces == b.reduces && a.instruction_count == b.instruction_count &&
                    a.load_count == b.load_count && a.store_count == b.store_count &&
                    b.representative == a.representative;
        for (int d = 0; same && d < a.dimensions; ++d) same = a.extents[at(d)] == b.extents[at(d)];
        for (int i = 0; same && has_arithmetic(a) && i < a.load_count; ++i) {
            const hg::group_load &x = s_.loads[a.first_load + i], &y = s_.loads[b.first_load + i];
            same = x.tile == y.tile;
            for (int d = 0; same && d < a.dimensions; ++d) same = x.strides[at(d)] == y.strides[at(d)];
        }
        for (int i = 0; same && i < a.instruction_count; ++i) {
            const hg::instruction &x = s_.instructions[a.first_instruction + i],
                                  &y = s_.instructions[b.first_instruction + i];
            same = x.op->id == y.op->id && x.operand_count == y.operand_count;
            for (int o = 0; same && o < x.operand_count; ++o) {
                const hg::instruction_input &u = s_.operand(x, o), &v = s_.operand(y, o);
                same = u.from == v.from && u.index == v.index && u.number == v.number;
            }
        }
        for (int i = 0; same && i < a.store_count; ++i)
            same = s_.stores[a.first_store + i].instruction == s_.stores[b.first_store + i].instruction;
        if (same && a.kind == hg::group_kind::product) {
            const hg::product_plan &x = a.product, &y = b.product;
            same = x.m == y.m && x.n == y.n && x.k == y.k && x.rows_in_m == y.rows_in_m && x.rows_in_k == y.rows_in_k &&
                   x.per_row == y.per_row && x.summed == y.summed && x.left_row == y.left_row &&
                   x.left_column == y.left_column && x.left_batch == y.left_batch && x.right_row == y.right_row &&
                   x.right_column == y.right_column && x.right_batch == y.right_batch;
        }
        if (same && (a.kind == hg::group_kind::column_reduction || a.kind == hg::group_kind::movement ||
                     a.kind == hg::group_kind::loop))
            same = g_[a.node].op->id == g_[b.node].op->id;
        if (!same) fail("group", p, "is not like the group whose kernel it uses");
    }

public:
    schedule_checks(hg::graph_view g, hg::schedule_view s, long rows) : g_(g), s_(s), rows_(rows) {}

    // The first thing that is wrong with the schedule of a graph, or nothing.
    std::string run() {
        for (int p = 0; p < s_.groups.size; ++p) {
            look_at(p);
            look_at_members(p);
            check_representative(p);
        }
        if (!fault_.empty()) return fault_;
        check_order();
        check_once();
        check_waits();
        check_places();
        return fault_;
    }
};

}
