// Well-formed graphs from a seed, in constant expressions and at run time alike: what the passes, the plan and compiled
// programs are fuzzed with. Elementwise operations and leaves are in ops/tame_operations.hpp, all others in
// ops/structural_operations.hpp; feeding and comparing graphs is in ir/graph_values.hpp.
#pragma once

#include <hourglass/autodiff/differentiate.hpp>
#include <hourglass/ops/scan.hpp>

#include "ops/structural_operations.hpp"

namespace fuzz {

struct generated_graph {
    hg::graph_builder graph; // its results are values and updates
    int loss = -1;
    hg::list<int> targets; // leaves to differentiate for
};

class generator : structural_operations {
    // Something that broadcasts with a value of this type: from the pool, or a leaf that is whole, a row, a column or a
    // number.
    constexpr int beside(const hg::shape& s) {
        if (!dice_.one_in(3)) {
            const int n = pick_where([&](const hg::value_type& t) {
                hg::shape joined;
                return hg::broadcast(s, t.extents, joined) && joined.size() <= options_.largest;
            });
            if (n >= 0) return n;
        }
        hg::shape t = s;
        switch (dice_.below(6)) {
        case 0:
        case 1:
            return number_leaf();
        case 2:
            for (int i = 0; i < t.rank; ++i)
                if (dice_.one_in(2)) t[i] = 1;
            break;
        case 3: // the last axes
            t = {};
            for (int i = s.rank == 0 ? 0 : dice_.below(s.rank); i < s.rank; ++i) t[t.rank++] = s[i];
            break;
        default:
            break;
        }
        return leaf(t);
    }
    constexpr int elementwise() {
        const hg::operation* op =
            elementwise_table[static_cast<std::size_t>(dice_.below(static_cast<int>(elementwise_table.size())))];
        if (is_op<ops::broadcast_to>(op)) return repeat();
        const int x = pick();
        if (op->arity == 1) return unary(op, x);
        const int y = beside(type(x).extents);
        if (op->arity == 2) return dice_.one_in(2) ? binary(op, x, y) : binary(op, y, x);
        hg::shape joined;
        hg::broadcast(type(x).extents, type(y).extents, joined);
        const int z = beside(joined);
        if (options_.products && dice_.one_in(4)) {
            const double m = range(y).magnitude();
            return apply<ops::divide>({y, positive(x)}, {-5 * m, 5 * m});
        }
        return dice_.one_in(2) ? ternary(op, x, y, z) : ternary(op, z, y, x);
    }
    // The same again: what merging is for.
    constexpr int again() {
        const int n = pick();
        const hg::node copy = g_.nodes[n];
        if (copy.operand_count == 0) return n;
        hg::list<int> of;
        for (int i = 0; i < copy.operand_count; ++i) of.push(g_.operand(n, i));
        if (copy.op->commutative && dice_.one_in(2)) {
            const int first = of[0];
            of[0] = of[1];
            of[1] = first;
        }
        return push(copy.op, copy.options, of, range(n));
    }

    int depth_ = 0; // of the body of a scan
    // scan/scan_generator.hpp
    struct scan_parts;
    constexpr int scan();
    constexpr scan_parts begin_scan();
    constexpr void add_leaf(scan_parts& s, ops::step_kind kind, int which, const hg::value_type& t, interval r);
    constexpr void fill_body(scan_parts& s);
    constexpr int results_of(const scan_parts& s, int made, const hg::list<int>& outside);

    constexpr int step() {
        if (options_.scans && depth_ < options_.deepest && dice_.one_in(6)) return scan();
        if (options_.constants && dice_.one_in(4)) return constant();
        switch (dice_.below(24)) {
        case 0:
        case 1:
            return reduction();
        case 2:
            return softmax();
        case 3:
        case 4:
            return product();
        case 5:
            return batch_product();
        case 6:
        case 7:
            return layer();
        case 8:
        case 9:
        case 10:
            return movement();
        case 11:
            return again();
        case 12:
            switch (dice_.below(5)) {
            case 0:
                return band();
            case 1:
                return triangular_solve();
            case 2:
                return leaf(extents());
            case 3:
                return apply<ops::after>({pick(), pick()}, {-20, 20});
            default:
                return apply<ops::stop_gradient>({pick()}, {-20, 20});
            }
        default:
            return elementwise();
        }
    }

    // A number per example, or of the call, made of all of x.
    constexpr int total(int x) {
        x = small(x, 4);
        hg::attributes o;
        o.flags = {0, type(x).extents.rank, 0};
        return apply<ops::sum>(
            {x},
            {-4.0 * static_cast<double>(type(x).extents.size()), 4.0 * static_cast<double>(type(x).extents.size())}, o);
    }
    constexpr int batch_mean(int x) {
        const int rows = h(x).rows().index;
        if (rows >= range_.size()) known(rows, {1, 40});
        hg::attributes o;
        o.flags[2] = 1;
        const int share = apply<ops::multiply>({x, apply<ops::divide>({literal(1), rows}, {0, 1})}, range(x));
        return apply<ops::sum>({share}, range(x), o);
    }
    // A copy of the type: it may lie in the graph, whose nodes move as it grows.
    constexpr int as_type(int x, const hg::value_type wanted) {
        if (type(x).batched && !wanted.batched) x = batch_mean(x);
        hg::shape joined;
        if (!hg::broadcast(type(x).extents, wanted.extents, joined) || !(joined == wanted.extents))
            x = type(x).extents.size() == wanted.extents.size() ? known(reshaped(h(x), wanted.extents).index, range(x))
                                                                : total(x);
        return known(filled(h(x), wanted).index, range(x));
    }
    constexpr void ask(hg::root_kind kind, int name, int n) {
        ++uses_[n];
        g_.roots.push({kind, name, n});
    }
    constexpr void ask_for_value(std::string_view name, int n) {
        const int index = g_.intern(name);
        g_.names[index].node = n;
        ask(hg::root_kind::value, index, n);
    }

public:
    using structural_operations::structural_operations;
    constexpr generated_graph run() {
        keep(input(extents()));
        keep(leaf(extents()));
        for (int i = 0; i < options_.steps; ++i) {
            const int n = step();
            keep(small(n, 30));
        }
        // Everything that nothing uses becomes a part of the loss, a few of them results.
        int sums[2] = {-1, -1}, results = 0;
        const int last = pool_.size();
        for (int i = last - 1; i >= 0; --i) {
            const int n = pool_[i];
            if (uses_[n] > 0 || g_.nodes[n].op->kind == hg::operation_kind::leaf) continue;
            if (results < 3 && !dice_.one_in(3)) {
                ask_for_value(hg::sentence("result", results).view(), n);
                ++results;
            }
            const int t = total(n);
            int& sum = sums[type(t).batched ? 1 : 0];
            sum = sum < 0 ? t : apply<ops::add>({sum, t}, {-20, 20});
        }
        if (sums[1] >= 0) {
            const int mean = batch_mean(sums[1]);
            sums[0] = sums[0] < 0 ? mean : apply<ops::add>({sums[0], mean}, {-20, 20});
        }
        generated_graph made;
        made.loss = sums[0] >= 0 ? sums[0] : as_type(total(pool_[0]), {});
        ask_for_value("loss", made.loss);
        for (int n : states_) {
            int next = dice_.one_in(6)   ? number_leaf()
                       : dice_.one_in(4) ? states_[dice_.below(states_.size())]
                                         : pick();
            next = as_type(next, type(n));
            if (dice_.one_in(2))
                next = apply<ops::add>({n, apply<ops::multiply>({literal(0.125), next}, range(next))}, {-9, 9});
            ask(hg::root_kind::update, g_.nodes[n].name, next);
        }
        for (int n : parameters_) made.targets.push(n);
        for (int n : inputs_)
            if (dice_.one_in(3)) made.targets.push(n);
        if (made.targets.empty()) made.targets.push(pool_[0]);
        made.graph = static_cast<hg::graph_builder&&>(g_);
        return made;
    }
};

}

#include "scan/scan_generator.hpp"

namespace fuzz {

constexpr generated_graph generate(std::uint64_t seed, const generator_options& options) {
    return generator(seed, options).run();
}

// With results for the gradient of the loss. One target in three that is a parameter is trained: w - g / 8, as an
// update.
constexpr hg::graph_builder with_gradients(const generated_graph& made, std::uint64_t seed) {
    hg::graph_builder g = made.graph;
    dice d(seed ^ 0x5eed);
    hg::differentiation derived(g, made.loss, made.targets.view());
    for (int n : made.targets) {
        const hg::handle gradient{&g, nullptr, derived.gradient(n)};
        if (hg::is<ops::parameter>(g.nodes[n]) && d.one_in(3)) {
            const hg::handle w{&g, nullptr, n};
            g.roots.push({hg::root_kind::update, g.nodes[n].name, (w - hadamard(gradient, 0.125)).index});
        } else {
            g.roots.push({hg::root_kind::gradient, g.nodes[n].name, gradient.index});
        }
    }
    return g;
}

constexpr hg::graph_builder generate_with_gradients(std::uint64_t seed, const generator_options& options) {
    return with_gradients(generate(seed, options), seed);
}

}
