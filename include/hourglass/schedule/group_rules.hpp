// The kinds of groups, and what fusion, plan, layout and printing must know of each: one specialisation of
// `group_rules` for each kind, and nowhere else. How a group of a kind runs is in runtime/group_runners.hpp.
//
// A new kind takes an enumerator, its rules and its runner; assertions over the enumeration (schedule/group_kinds.hpp)
// report what is missing. No rule falls through to another kind's: shared rules come from a base by name.
#pragma once

#include <string_view>

#include <hourglass/ops/scan.hpp>
#include <hourglass/schedule/dimensions.hpp>
#include <hourglass/schedule/groups.hpp>

HOURGLASS_BEGIN

// The kinds that constant evaluations ask for most come first.
enum class group_kind : int {
    elementwise,      // one pass over a domain, with sums over its last axes
    product,          // a matrix product whose tiles pass through elementwise nodes
    column_reduction, // sums over the batch or over leading axes
    movement,         // copies runs of elements, or permutes axes
    loop,             // without a kernel: runs its operation's own plain loop
    noise,
    scan, // a recurrence, whose body has a schedule of its own
    count // not a kind: the number of kinds
};
inline constexpr int group_kinds = static_cast<int>(group_kind::count);
// The kind that arithmetic opens if no group takes it.
inline constexpr group_kind kind_of_arithmetic = group_kind::elementwise;

// A node that might join a group, as the group's rules see it.
struct group_candidate {
    const node* nodes;
    const int* operands;
    const fused_node* fused;
    const fused_type* types;
    int candidate; // the node
    int type;      // of the domain
    int boundary;  // of a sum: the first axis that it runs over, else -1
    bool kept;     // used by more than sums

    // Whether all operands of a node walk the axes from the boundary on with one stride, so that these are one
    // dimension.
    constexpr bool is_flat(int n, const value_type& domain, int from) const {
        for (int i = 0; i < nodes[n].operand_count; ++i) {
            const shape& t = nodes[operands[nodes[n].first_operand + i]].type.extents;
            int repeated = 0, walked = 0;
            for (int axis = from; axis < domain.extents.rank; ++axis) {
                if (domain.extents[axis] == 1) continue;
                const int in_t = axis - (domain.extents.rank - t.rank);
                if (in_t < 0 || t[in_t] == 1)
                    ++repeated;
                else
                    ++walked;
            }
            if (repeated > 0 && walked > 0) return false;
        }
        return true;
    }
};

// Floating-point operations of a call, roughly.
struct group_work {
    double per_row = 0, per_call = 0;
    constexpr void add(bool by_rows, double work) { (by_rows ? per_row : per_call) += work; }
};

// What a kind states:
//
//   word                 its name in a printed schedule
//   reads_operands       its groups read whole values, the schedule's operands; others load elements
//   keeps_registers      values of its groups stay in registers, and elementwise nodes may join them
//   may_serve_updates    a group may run late if only updates wait for it
//   multiplies           its groups are matrix products
//   moves_elements       its groups copy elements, as the operation's record says
//   has_steps            its groups run steps, which have schedules of their own
//
//   makes(g, n)          whether node n makes such a group; true for exactly one kind if n makes a group
//   open(g, n, d)        what fusion records about the group that n makes
//   takes(d, candidate)  whether a node may join a group of its domain
//   work(nodes, d)       how much a group computes
//   write(plan, d, out)  what it reads and stores, apart from its instructions (schedule/plan.hpp)
//   find_dimensions(out, loads, boundary)
//                        the dimensions of the domain, if it keeps registers (schedule/dimensions.hpp)
//   each_read(s, group, use)
//                        calls use(value) for each value that the group reads
//   add_structure(g, group, add)
//                        what its machine code depends on besides domain, loads, instructions and stores
//   print(group, to)     what a printed schedule says about the node that makes it
template <group_kind> struct group_rules;

namespace group_detail {

constexpr void each_operand(const schedule_view& s, const schedule_group& group, auto& use) {
    const int* const operands = s.operands.data + group.first_load;
    for (int i = 0; i < group.load_count; ++i) use(operands[i]);
}
constexpr void each_load(const schedule_view& s, const schedule_group& group, auto& use) {
    const group_load* const loads = s.loads.data + group.first_load;
    for (int i = 0; i < group.load_count; ++i)
        if (!loads[i].tile) use(loads[i].value);
}
constexpr double work_of_instructions(const fused_group& d) {
    return 4.0 * d.count * static_cast<double>(d.domain.extents.size());
}

// Nodes computed from whole operands in a way of their own; they always have a plain loop.
constexpr bool is_whole(const node& n) {
    const operation_kind kind = n.op->kind;
    return kind == operation_kind::product || kind == operation_kind::movement || kind == operation_kind::marker;
}

// What holds for most kinds whose groups one node makes, whatever they read.
struct one_node {
    static constexpr bool keeps_registers = false, may_serve_updates = true;
    static constexpr bool multiplies = false, moves_elements = false, has_steps = false;
    static constexpr void open(const graph_view&, int, fused_group&) {}
    static constexpr bool takes(const fused_group&, const group_candidate&) { return false; }
    static constexpr group_work work(const node*, const fused_group&) { return {}; }
    static constexpr void find_dimensions(schedule_group&, group_load*, int) {}
    static constexpr void print(const schedule_group&, auto&) {}
};
// In addition reads whole values, with machine code of its own for each operation.
struct one_operation : one_node {
    static constexpr bool reads_operands = true;
    static constexpr void write(auto& plan, const fused_group& d, schedule_group& out) {
        plan.read_operands(d.node, out);
        plan.store_node(d.node);
    }
    static constexpr void each_read(const schedule_view& s, const schedule_group& group, auto& use) {
        each_operand(s, group, use);
    }
    static constexpr void add_structure(const graph_view& g, const schedule_group& group, auto& add) {
        add(static_cast<long>(g[group.node].op->id));
    }
};

}

template <> struct group_rules<group_kind::elementwise> {
    static constexpr std::string_view word = "elementwise";
    static constexpr bool reads_operands = false, keeps_registers = true, may_serve_updates = true;
    static constexpr bool multiplies = false, moves_elements = false, has_steps = false;
    static constexpr bool makes(const graph_view& g, int n) { return is_arithmetic(g, n); }
    static constexpr void open(const graph_view&, int, fused_group&) {}

    // Takes everything, but the sums of a group begin at one axis, from which on each of its nodes has one dimension.
    static constexpr bool takes(const fused_group& d, const group_candidate& c) {
        if (c.boundary >= 0 && d.boundary >= 0 && c.boundary != d.boundary) return false;
        const int common = c.boundary >= 0 ? c.boundary : d.boundary;
        if (common < 0) return true;
        if (!c.is_flat(c.candidate, d.domain, common)) return false;
        if (d.boundary < 0)
            for (int m = d.first; m >= 0; m = c.fused[m].next_instruction)
                if (!c.is_flat(m, d.domain, common)) return false;
        return true;
    }
    static constexpr group_work work(const node*, const fused_group& d) {
        group_work w;
        w.add(d.domain.batched, group_detail::work_of_instructions(d));
        return w;
    }
    static constexpr void write(auto&, const fused_group&, schedule_group&) {}
    static constexpr void find_dimensions(schedule_group& out, group_load* loads, int boundary) {
        find_joined_dimensions(out, loads, boundary);
    }
    static constexpr void each_read(const schedule_view& s, const schedule_group& group, auto& use) {
        group_detail::each_load(s, group, use);
    }
    static constexpr void add_structure(const graph_view&, const schedule_group&, auto&) {}
    static constexpr void print(const schedule_group&, auto&) {}
};

template <> struct group_rules<group_kind::product> {
    static constexpr std::string_view word = "product";
    static constexpr bool reads_operands = false, keeps_registers = true, may_serve_updates = true;
    static constexpr bool multiplies = true, moves_elements = false, has_steps = false;
    static constexpr bool makes(const graph_view& g, int n) {
        return g[n].op->kind == operation_kind::product && is_matrix_product(g[n]);
    }
    // How a kernel multiplies the operands, with their nodes in place of their numbers.
    static constexpr void open(const graph_view& g, int n, fused_group& d) {
        const value_type types[] = {g[g.operand(n, 0)].type, g[g.operand(n, g[n].operand_count - 1)].type};
        product_plan p = g[n].op->matrix_product(types, g[n].options);
        p.left = g.operand(n, p.left);
        p.right = g.operand(n, p.right);
        d.product = p;
    }

    // Takes no sums, and no node that only sums use. The epilogue sees a matrix: an operand must be a whole matrix, a
    // row, a column or a single number.
    static constexpr bool takes(const fused_group& d, const group_candidate& c) {
        if (c.boundary >= 0 || !c.kept || d.product.summed) return false;
        const node& at = c.nodes[c.candidate];
        for (int i = 0; i < at.operand_count; ++i) {
            const int t = c.fused[c.operands[at.first_operand + i]].type;
            if (t != c.type && !is_part_of_matrix(c.types[t], c.types[c.type])) return false;
        }
        return true;
    }
    static constexpr bool is_part_of_matrix(const fused_type& operand, const fused_type& domain) {
        const value_type &t = operand.type, &whole = domain.type;
        const int rank = whole.extents.rank;
        const long columns = whole.extents.extents[rank - 1];
        // A number per example stands for one row of the matrix only if an example is one row.
        if (operand.elements == 1) return !t.batched || domain.elements == columns;
        const bool row = !t.batched && operand.elements == columns && t.extents[t.extents.rank - 1] == columns;
        const bool column = t.batched == whole.batched && t.extents.rank == rank && t.extents[rank - 1] == 1 &&
                            operand.elements * columns == domain.elements;
        return row || column;
    }
    static constexpr group_work work(const node* nodes, const fused_group& d) {
        const product_plan& p = d.product;
        group_work w;
        w.add(nodes[p.left].type.batched || nodes[p.right].type.batched, 2.0 * static_cast<double>(p.m * p.n * p.k));
        w.add(d.domain.batched, group_detail::work_of_instructions(d));
        return w;
    }
    static constexpr void write(auto& plan, const fused_group& d, schedule_group& out) {
        out.product = d.product;
        out.product.left = plan.value_of(d.product.left);
        out.product.right = plan.value_of(d.product.right);
        plan.load_tile();
        if (plan.is_stored(d.node)) plan.store_node(d.node);
    }
    static constexpr void find_dimensions(schedule_group& out, group_load* loads, int) {
        find_matrix_dimensions(out, loads);
    }
    static constexpr void each_read(const schedule_view& s, const schedule_group& group, auto& use) {
        use(group.product.left);
        use(group.product.right);
        group_detail::each_load(s, group, use);
    }
    static constexpr void add_structure(const graph_view&, const schedule_group& group, auto& add) {
        const product_plan& p = group.product;
        for (long part :
             {p.m, p.n, p.k, p.left_row, p.left_column, p.left_batch, p.right_row, p.right_column, p.right_batch})
            add(part);
        add(p.rows_in_m + 2 * p.rows_in_k + 4 * p.per_row + 8 * p.summed);
    }
    // Prints the product as the kernel sees it; the plan may have swapped the sides.
    static constexpr void print(const schedule_group& group, auto& to) {
        const product_plan& p = group.product;
        const auto extent = [&](long n, bool rows) {
            to.add(rows && n == 1 ? "rows" : rows ? "rows*" : "");
            if (!rows || n != 1) to.add(n);
        };
        to.add(" as ");
        to.add_value(p.left);
        to.add(" (");
        extent(p.m, p.rows_in_m);
        to.add(" x ");
        extent(p.k, p.rows_in_k);
        to.add(") times ");
        to.add_value(p.right);
        to.add(" (");
        extent(p.k, p.rows_in_k);
        to.add(" x ");
        extent(p.n, false);
        to.add(")");
        if (p.left_is_packed) to.add(", left operand packed before");
        if (p.per_row) to.add(p.summed ? ", summed over rows" : ", for each row");
    }
};

template <> struct group_rules<group_kind::column_reduction> : group_detail::one_operation {
    static constexpr std::string_view word = "reduction";
    static constexpr bool makes(const graph_view& g, int n) {
        return g[n].op->kind == operation_kind::reduction && !is_row_reduction(g, n);
    }
};

template <> struct group_rules<group_kind::movement> : group_detail::one_operation {
    static constexpr std::string_view word = "movement";
    static constexpr bool moves_elements = true;
    static constexpr bool makes(const graph_view& g, int n) {
        return group_detail::is_whole(g[n]) && !group_rules<group_kind::product>::makes(g, n) &&
               (g[n].op->runs != nullptr || g[n].op->axes_of_result != nullptr);
    }
};

template <> struct group_rules<group_kind::loop> : group_detail::one_operation {
    static constexpr std::string_view word = "loop";
    static constexpr bool makes(const graph_view& g, int n) {
        return group_detail::is_whole(g[n]) && !group_rules<group_kind::product>::makes(g, n) &&
               !group_rules<group_kind::movement>::makes(g, n);
    }
};

template <> struct group_rules<group_kind::noise> : group_detail::one_node {
    static constexpr std::string_view word = "noise";
    static constexpr bool reads_operands = false;
    static constexpr bool makes(const graph_view& g, int n) { return g[n].op->kind == operation_kind::noise; }
    static constexpr void write(auto& plan, const fused_group& d, schedule_group&) { plan.store_node(d.node); }
    static constexpr void each_read(const schedule_view&, const schedule_group&, auto&) {}
    // A model that draws from one distribution does not contain the code of others.
    static constexpr void add_structure(const graph_view& g, const schedule_group& group, auto& add) {
        add(static_cast<long>(ops::noise_source::of(g[group.node].options).distribution));
    }
};

// The results of a scan are nodes without operands that name the node calling it: they belong to its group.
constexpr bool is_scan_call(const node& n) { return n.op->kind == operation_kind::scan && n.operand_count > 0; }
constexpr bool is_scan_output(const node& n) { return n.op->kind == operation_kind::scan && n.operand_count == 0; }

template <> struct group_rules<group_kind::scan> : group_detail::one_node {
    static constexpr std::string_view word = "scan";
    static constexpr bool reads_operands = true, may_serve_updates = false, has_steps = true;
    static constexpr bool makes(const graph_view& g, int n) { return is_scan_call(g[n]); }
    static constexpr void write(auto& plan, const fused_group& d, schedule_group& out) {
        plan.read_operands(d.node, out);
        plan.store_instructions(d);
    }
    static constexpr void each_read(const schedule_view& s, const schedule_group& group, auto& use) {
        group_detail::each_operand(s, group, use);
    }
    // Each scan has a step of its own.
    static constexpr void add_structure(const graph_view& g, const schedule_group& group, auto& add) {
        add(ops::called_scan::of(g[group.node].options).scan);
    }
};

HOURGLASS_END
