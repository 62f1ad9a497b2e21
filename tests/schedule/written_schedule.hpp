// Schedules that are written by hand, group by group: what tests of their layout begin with.
#pragma once

#include <vector>

#include <hourglass/schedule/layout.hpp>

namespace written {

namespace hg = hourglass;

struct schedule {
    hg::schedule_builder s;

    int value(hg::storage_kind storage, int elements, bool batched = false) {
        hg::stored_value v;
        v.storage = storage;
        v.type = {hg::make_shape(elements), batched};
        s.values.push(v);
        return s.values.size() - 1;
    }
    int in_arena(int elements, bool batched = false) { return value(hg::storage_kind::arena, elements, batched); }

    // One that reads whole values.
    int group(const std::vector<int>& read, const std::vector<int>& written) {
        hg::schedule_group& g = begin(hg::group_kind::loop, written);
        g.first_load = s.operands.size();
        g.load_count = static_cast<int>(read.size());
        for (const int v : read) s.operands.push(v);
        return s.groups.size() - 1;
    }
    // One that loads elements.
    int pass(const std::vector<int>& loaded, const std::vector<int>& written) {
        load(begin(hg::group_kind::elementwise, written), loaded, false);
        return s.groups.size() - 1;
    }
    // A product of m x k by k x n, and what its epilogue loads.
    int product(int left, int right, const std::vector<int>& loaded, const std::vector<int>& written) {
        hg::schedule_group& g = begin(hg::group_kind::product, written);
        g.product.left = left;
        g.product.right = right;
        g.product.m = 4;
        g.product.n = g.product.k = 3;
        load(g, loaded, true);
        return s.groups.size() - 1;
    }
    void result(int v) { s.results.push({hg::root_kind::value, -1, v}); }

private:
    hg::schedule_group& begin(hg::group_kind kind, const std::vector<int>& written) {
        hg::schedule_group& g = *s.groups.extend(1);
        g.kind = kind;
        g.first_store = s.stores.size();
        g.store_count = static_cast<int>(written.size());
        for (const int v : written) s.stores.push({-1, v});
        return g;
    }
    void load(hg::schedule_group& g, const std::vector<int>& loaded, bool tile) {
        g.first_load = s.loads.size();
        if (tile) s.loads.extend(1)->tile = true;
        for (const int v : loaded) s.loads.extend(1)->value = v;
        g.load_count = s.loads.size() - g.first_load;
    }
};

}
