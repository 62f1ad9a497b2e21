// A graph that is written by hand, as the plan leaves it: what its groups load, compute and store, as tests look at it.
#pragma once

#include <doctest/doctest.h>

#include <vector>

#include <hourglass/schedule/plan.hpp>

#include "ir/written_graph.hpp"

namespace written {

using numbers = std::vector<long>;
using handles = std::vector<hg::handle>;

struct planned : fused {
    hg::ordering order;
    hg::schedule_builder s;

    explicit planned(const graph& of) : fused(of), order(stored()), s(hg::draft_plan(view(), order.view())) {
        REQUIRE(of.g.problem.view() == "");
        CHECK(hg::guess_of_plan(view()).hold(s.view().sizes()));
    }
    // The value of a node; -1: it has none.
    int value(hg::handle x) const {
        for (int v = 0; v < s.values.size(); ++v)
            if (s.values[v].node == x.index) return v;
        return -1;
    }
    hg::storage_kind storage(hg::handle x) const {
        REQUIRE(value(x) >= 0);
        return s.values[value(x)].storage;
    }
    // The group in which a node is computed.
    const hg::schedule_group& of(hg::handle x) const {
        for (int place = 0; place < order.view().groups.size; ++place)
            if (order.view().groups[place] == group(x)) return s.groups[place];
        FAIL("it is in no group");
        return s.groups[0];
    }
    const hg::instruction& instruction_at(const hg::schedule_group& g, int i) const {
        return s.instructions[g.first_instruction + i];
    }
    const hg::instruction_input& instruction_input(const hg::schedule_group& g, int of_member, int i) const {
        return s.instruction_inputs[instruction_at(g, of_member).first_input + i];
    }
    const hg::group_load& load(const hg::schedule_group& g, int i) const { return s.loads[g.first_load + i]; }
    numbers members_of(const hg::schedule_group& g) const {
        numbers all;
        for (int i = 0; i < g.instruction_count; ++i) all.push_back(instruction_at(g, i).node);
        return all;
    }
    numbers loaded_by(const hg::schedule_group& g) const {
        numbers all;
        for (int i = 0; i < g.load_count; ++i) all.push_back(load(g, i).tile ? -1 : load(g, i).value);
        return all;
    }
    numbers read_whole_by(const hg::schedule_group& g) const {
        numbers all;
        for (int i = 0; i < g.load_count; ++i) all.push_back(s.operands[g.first_load + i]);
        return all;
    }
    // By turns an instruction, or -1, and the value that it is stored in.
    numbers stored_by(const hg::schedule_group& g) const {
        numbers all;
        for (int i = 0; i < g.store_count; ++i) {
            all.push_back(s.stores[g.first_store + i].instruction);
            all.push_back(s.stores[g.first_store + i].value);
        }
        return all;
    }
    numbers values(const handles& of) const {
        numbers all;
        for (const hg::handle& x : of) all.push_back(value(x));
        return all;
    }
    numbers strides(const hg::schedule_group& g, int i) const {
        return {load(g, i).strides, load(g, i).strides + g.dimensions};
    }

private:
    hg::fusion_view stored() {
        hg::find_stored(view(), decided.nodes());
        return view();
    }
};
inline numbers nodes(const handles& of) {
    numbers all;
    for (const hg::handle& x : of) all.push_back(x.index);
    return all;
}
inline numbers extents_of(const hg::schedule_group& g) { return {g.extents, g.extents + g.dimensions}; }

}
