// Runs a schedule in plain loops, in double: what a program computes if its kernels are right. So the plan of any
// graph, made at run time too, can be held against the reference interpreter, which knows nothing of groups, strides
// and arenas.
#pragma once

#include <limits>
#include <map>
#include <string>
#include <vector>

#include <hourglass/inspect/interpret.hpp>
#include <hourglass/schedule/group_rules.hpp>

#include "ir/graph_values.hpp"

namespace fuzz {

class schedule_interpreter {
    const hg::graph_view g_;
    const hg::schedule_view s_;
    const long rows_;
    std::vector<double> arena_;
    std::vector<double> numbers_;              // by node
    std::vector<std::vector<double>> outside_; // by value: what is fed, parameters, states

    static std::size_t at(long i) { return static_cast<std::size_t>(i); }
    double* place(int v) {
        const hg::stored_value& value = s_.values[v];
        return value.offset >= 0 ? arena_.data() + value.offset : outside_[at(v)].data();
    }
    double combine(const hg::operation& op, const double* operands) const {
        double result = 0;
        rules<double>()[op].one(operands, result);
        return result;
    }

    void compute_numbers() {
        for (int n : s_.numbers) {
            const hg::node& node = g_[n];
            std::vector<double> operands;
            for (int i = 0; i < node.operand_count; ++i) operands.push_back(numbers_[at(g_.operand(n, i))]);
            numbers_[at(n)] = hg::is<ops::rows>(node)   ? static_cast<double>(rows_)
                              : node.operand_count == 0 ? node.options.number
                                                        : combine(*node.op, operands.data());
        }
        for (int v : s_.uniforms) *place(v) = numbers_[at(s_.values[v].node)];
    }

    // All instructions of a group at one element; `loads` are the numbers loaded.
    std::vector<double> compute_members(const hg::schedule_group& group, const std::vector<double>& loads) const {
        std::vector<double> values;
        for (int m = 0; m < group.instruction_count; ++m) {
            const hg::instruction& instruction = s_.instructions[group.first_instruction + m];
            std::vector<double> operands;
            for (int o = 0; o < instruction.operand_count; ++o) {
                const hg::instruction_input& w = s_.operand(instruction, o);
                operands.push_back(w.from == hg::instruction_input::source::constant ? w.number
                                   : w.from == hg::instruction_input::source::load   ? loads[at(w.index)]
                                                                                     : values[at(w.index)]);
            }
            values.push_back(instruction.op->kind == hg::operation_kind::reduction
                                 ? operands[0]
                                 : combine(*instruction.op, operands.data()));
        }
        return values;
    }
    void run_elementwise(const hg::schedule_group& group) {
        std::vector<long> extents;
        long elements = 1;
        for (int d = 0; d < group.dimensions; ++d) {
            extents.push_back(group.extents[at(d)] * (d == 0 && group.domain.batched ? rows_ : 1));
            elements *= extents.back();
        }
        for (long e = 0; e < elements; ++e) {
            std::vector<double> loads;
            for (int l = 0; l < group.load_count; ++l) {
                const hg::group_load& load = s_.loads[group.first_load + l];
                long rest = e, from = 0;
                for (int d = group.dimensions - 1; d >= 0; --d) {
                    from += rest % extents[at(d)] * load.strides[at(d)];
                    rest /= extents[at(d)];
                }
                loads.push_back(place(load.value)[from]);
            }
            const std::vector<double> values = compute_members(group, loads);
            for (int i = 0; i < group.store_count; ++i) {
                const hg::group_store& store = s_.stores[group.first_store + i];
                const hg::operation& op = *s_.instructions[group.first_instruction + store.instruction].op;
                const double x = values[at(store.instruction)];
                if (op.kind != hg::operation_kind::reduction) {
                    place(store.value)[e] = x;
                    continue;
                }
                double& total = place(store.value)[e / extents.back()];
                if (e % extents.back() == 0)
                    total = x;
                else if (op.id == hg::record<ops::sum>.id)
                    total += x;
                else if (op.id == hg::record<ops::product_over>.id)
                    total *= x;
                else
                    total = ops::max_over::combine<double>(total, x);
            }
        }
    }
    void run_product(const hg::schedule_group& group) {
        const hg::product_plan& p = group.product;
        const double *left = place(p.left), *right = place(p.right);
        const long m = p.m * (p.rows_in_m ? rows_ : 1), k = p.k * (p.rows_in_k ? rows_ : 1),
                   products = p.per_row ? rows_ : 1;
        std::vector<double> sums(at(m * p.n), 0);
        for (long r = 0; r < products; ++r)
            for (long i = 0; i < m; ++i)
                for (long j = 0; j < p.n; ++j) {
                    double tile = 0;
                    for (long l = 0; l < k; ++l)
                        tile += left[r * p.left_batch + i * p.left_row + l * p.left_column] *
                                right[r * p.right_batch + l * p.right_row + j * p.right_column];
                    if (p.summed)
                        sums[at(i * p.n + j)] += tile;
                    else
                        finish(group, p.per_row ? r * m + i : i, j, tile);
                }
        for (long e = 0; p.summed && e < m * p.n; ++e) finish(group, e / p.n, e % p.n, sums[at(e)]);
    }
    void finish(const hg::schedule_group& group, long row, long column, double tile) {
        std::vector<double> loads;
        for (int l = 0; l < group.load_count; ++l) {
            const hg::group_load& load = s_.loads[group.first_load + l];
            loads.push_back(load.tile ? tile : place(load.value)[row * load.strides[0] + column * load.strides[1]]);
        }
        const std::vector<double> values = compute_members(group, loads);
        for (int i = 0; i < group.store_count; ++i) {
            const hg::group_store& store = s_.stores[group.first_store + i];
            place(store.value)[row * group.extents[1] + column] =
                store.instruction < 0 ? tile : values[at(store.instruction)];
        }
    }
    void run_whole(const hg::schedule_group& group) {
        const hg::node& node = g_[group.node];
        std::vector<const double*> operands;
        std::vector<hg::value_type> types;
        for (int i = 0; i < group.load_count; ++i) {
            operands.push_back(place(s_.operands[group.first_load + i]));
            types.push_back(g_[g_.operand(group.node, i)].type);
        }
        hg::evaluation<double> e;
        e.operands = operands.data();
        e.types = types.data();
        e.count = group.load_count;
        e.options = node.options;
        e.type = node.type;
        e.rows = rows_;
        e.result = place(s_.stores[group.first_store].value);
        e.indices = g_.indices.data;
        rules<double>()[*node.op].whole(e);
    }
    void draw(const hg::schedule_group& group) {
        // As the interpreter draws it: a graph of this leaf only.
        hg::graph_builder alone;
        const int name = alone.intern("noise");
        alone.names[name].node = alone.push_leaf(g_[group.node].op, name, g_[group.node].type, g_[group.node].options);
        hg::interpretation<double> run(alone.view(), rules<double>(), rows_);
        run.noise = noise_of_tests;
        run.run();
        std::copy(run.values[0].begin(), run.values[0].end(), place(s_.stores[group.first_store].value));
    }

    void run_group(const hg::schedule_group& group) {
        switch (group.kind) {
        case hg::group_kind::elementwise:
            return run_elementwise(group);
        case hg::group_kind::product:
            return run_product(group);
        case hg::group_kind::noise:
            return draw(group);
        default:
            return run_whole(group);
        }
    }

public:
    schedule_interpreter(hg::graph_view g, hg::schedule_view s, long rows)
        : g_(g), s_(s), rows_(rows), arena_(at(s.arena), std::numeric_limits<double>::quiet_NaN()),
          numbers_(at(g.nodes.size)), outside_(at(s.values.size)) {}

    // The values of the graph's results, in the order of its roots.
    std::vector<std::vector<double>> run() {
        std::map<int, int> value_named;
        for (int v = 0; v < s_.values.size; ++v) {
            const hg::stored_value& value = s_.values[v];
            if (value.name < 0 || value.storage == hg::storage_kind::arena ||
                value.storage == hg::storage_kind::uniform)
                continue;
            outside_[at(v)] = leaf_values<double>(g_.name(value.name),
                                                  at(value.type.extents.size() * (value.type.batched ? rows_ : 1)));
            value_named[value.name] = v;
        }
        for (int n = 0; n < g_.nodes.size; ++n)
            if (hg::is<ops::scalar>(g_[n])) numbers_[at(n)] = g_[n].options.number;
        compute_numbers();
        for (const bool once : {true, false})
            for (const hg::schedule_group& group : s_.groups)
                if (group.once == once) run_group(group);
        std::vector<std::vector<double>> results;
        int result = 0;
        for (const hg::graph_root& r : g_.roots) {
            const int v = r.kind == hg::root_kind::update ? value_named.at(r.name) : s_.results[result++].value;
            const hg::value_type& type = g_[r.node].type;
            results.emplace_back(place(v), place(v) + type.extents.size() * (type.batched ? rows_ : 1));
        }
        return results;
    }
};

}
