// From a whole model to one program: cuts the graph at the symbols that are fed, decides `in_training`, and makes the
// requested values results. What a program may request is in compile/specify.hpp.
#pragma once

#include <hourglass/passes/rewrite.hpp>
#include <hourglass/scan/body.hpp>
#include <hourglass/special/log_normal_cdf.hpp>

HOURGLASS_BEGIN

// A name in a program's options.
struct wanted_name {
    std::string_view name{};
    std::uint64_t hash = 0;
};

class selection {
public:
    rewriter r;
    scan_bodies bodies; // of the model's nodes

    // `passes_names` allows a symbol that is not fed to lose its readers.
    constexpr selection(const graph_view& g, slice_of<wanted_name> fed, bool training, bool writes_state,
                        bool passes_names)
        : r(g, true), bodies(g) {
        list<int> cut(g.nodes.size, -1);
        for (const wanted_name& f : fed) {
            const int node_ = find(f, "hg::from<...>");
            if (r.to.failed()) return;
            cut[node_] = r.to.by_name.find(f.hash);
        }
        for (int n = 0; n < g.nodes.size; ++n) {
            const node& old = g[n];
            if (cut[n] >= 0 && !(is<ops::input>(old) || is<ops::argument>(old))) {
                const ops::fed_symbol symbol{is<ops::noise>(old)};
                r.map[n] = r.to.push_leaf(&record<ops::fed>, cut[n], old.type, symbol);
            } else if (depends_on_training(old)) {
                const int chosen = r.map[g.operand(n, old.op->chosen(training))];
                r.map[n] = filled(handle{&r.to, nullptr, chosen}, old.type).index;
            } else {
                r.map[n] = passes_names ? exact_copy(n) : r.copy(n);
            }
        }
        if (!writes_state) return; // only a trainer does
        for (const graph_root& root : g.roots)
            if (root.kind == root_kind::update) r.to.roots.push({root_kind::update, root.name, r.map[root.node]});
    }
    // Copies a node. A logarithm takes its exact form, if it has one: what is fed is known by now, so the form may
    // reach through names, and the exact form is what is differentiated.
    constexpr int exact_copy(int n) {
        const node& old = r.from[n];
        if (ops::is_logarithm(*old.op)) {
            const auto all = [](const handle&) { return true; };
            ops::exact_logarithm exact(handle{&r.to, nullptr, r.map[r.from.operand(n, 0)]}, all);
            const handle found = exact.of(*old.op);
            if (exact.found()) return found.index;
        }
        return r.copy(n);
    }
    // The old graph's node of a name. `where` is for the error if there is no such name.
    constexpr int find(const wanted_name& w, std::string_view where) {
        const int name = r.to.by_name.find(w.hash); // names keep their indices, new ones come after them
        if (name >= 0 && name < r.from.names.size && r.from.names[name].node >= 0) {
            const int n = r.from.names[name].node;
            if (lies_in_body(bodies, n))
                r.to.fail(sentence(where, " names '", w.name,
                                   "', which lies in the body of a scan, where it has a value "
                                   "for each step: give what is taken of the scan, scan<...>(...)[symbol], a name"));
            return n;
        }
        r.to.fail(sentence(where, " names '", w.name,
                           "', which the graph does not have: it is no symbol, input, parameter or noise of it"));
        return 0;
    }
    constexpr int find_new(const wanted_name& w, std::string_view where) {
        const int n = find(w, where);
        return r.to.failed() ? 0 : r.map[n];
    }
    constexpr int intern(const wanted_name& w) { return r.to.intern(w.name, w.hash); }
    constexpr void ask(const wanted_name& w) {
        const int n = find_new(w, "hg::to<...>");
        if (!r.to.failed()) r.to.roots.push({root_kind::value, intern(w), n});
    }
    // Finishes the names that are still looked up; the caller makes the results.
    constexpr graph_builder take() {
        for (int i = 0; i < r.from.names.size; ++i) {
            const int old = r.from.names[i].node;
            if (old >= 0 && !r.map.empty()) r.to.names[i].node = r.map[old];
        }
        for (const leaf_start& s : r.from.starts) {
            const int n = r.to.names[s.name].node;
            if (n >= 0 && !is<ops::fed>(r.to.nodes[n])) r.to.starts.push(s); // fed values are not read from parameters
        }
        return static_cast<graph_builder&&>(r.to);
    }
};

HOURGLASS_END
