// Finds which elements of a linear part of a graph depend on which elements of its seed: the pattern of a sparse
// matrix. Each element of a node has a set of directions. An operation states how it passes the sets on
// (ir/operation.hpp), or that follows from its kind.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/reduction.hpp>

HOURGLASS_BEGIN

// The elements of a matrix that may be non-zero, in compressed rows: the columns of row i are in `column_of`,
// ascending, from `row_starts[i]` to `row_starts[i + 1]`.
struct sparse_pattern {
    int rows = 0, columns = 0;
    list<int> row_starts, column_of;

    constexpr int size() const { return column_of.size(); }
    constexpr int longest_row() const {
        int longest = 0;
        for (int i = 0; i < rows; ++i) {
            const int length = row_starts[i + 1] - row_starts[i];
            longest = length > longest ? length : longest;
        }
        return longest;
    }
    constexpr bool operator==(const sparse_pattern& other) const {
        if (rows != other.rows || columns != other.columns || size() != other.size()) return false;
        const int *a = row_starts.begin(), *b = other.row_starts.begin();
        for (int i = 0; i < rows; ++i)
            if (a[i] != b[i]) return false;
        a = column_of.begin();
        b = other.column_of.begin();
        for (int k = 0, end = size(); k < end; ++k)
            if (a[k] != b[k]) return false;
        return true;
    }
};
constexpr sparse_pattern transposed(const sparse_pattern& p) {
    sparse_pattern t;
    t.rows = p.columns;
    t.columns = p.rows;
    t.row_starts = list<int>(p.columns + 1);
    t.column_of = list<int>(p.size());
    int *const starts = t.row_starts.begin(), *const to = t.column_of.begin();
    const int *const from = p.column_of.begin(), *const row = p.row_starts.begin();
    for (int k = 0, end = p.size(); k < end; ++k) ++starts[from[k]];
    for (int sum = 0, j = 0; j <= p.columns; ++j) { // first the end of each, then its begin
        sum += starts[j];
        starts[j] = sum;
    }
    for (int i = p.rows - 1; i >= 0; --i)
        for (int k = row[i + 1] - 1; k >= row[i]; --k) to[--starts[from[k]]] = i;
    return t;
}

class dependences {
    // A node's elements are all zero, all constant, or have a set each.
    enum class state { zero, constant, sets };
    // Finding zeros among constants pays only in nodes with few elements.
    static constexpr long most_constants = 4096;

    const graph_builder& g_;
    int directions_;
    direction_sets sets_;
    list<state> states_;
    list<list<int>> sets_of_nodes_;
    list<int> same_; // the node whose sets this one has; another if the operation changes none

public:
    bool through_scan = false; // which is not supported

    // Dependences of `result` on the elements of `seed`; everything between them is linear.
    constexpr dependences(const graph_builder& g, int seed, int result)
        : g_(g), directions_(static_cast<int>(g.nodes[seed].type.extents.size())), sets_(directions_),
          states_(result + 1, state::constant), sets_of_nodes_(result + 1), same_(result + 1) {
        list<bool> needed(result + 1);
        needed[result] = true;
        for (int n = result; n > seed; --n)
            for (int i = 0; needed[n] && i < g.nodes[n].operand_count; ++i) needed[g.operand(n, i)] = true;
        for (int n = seed - 1; n >= 0; --n)
            for (int i = 0; needed[n] && i < g.nodes[n].operand_count; ++i) needed[g.operand(n, i)] = true;
        for (int n = 0; n <= result; ++n) {
            same_[n] = n;
            if (n == seed) {
                int* const sets = make_sets(n);
                for (int d = 0; d < directions_; ++d) sets[d] = sets_.single(d);
            } else if (needed[n]) {
                states_[n] = find(n);
            }
        }
    }
    // Has a row for each element of `result` and a column for each element of the seed.
    constexpr sparse_pattern pattern(int result) const {
        sparse_pattern p;
        p.rows = static_cast<int>(g_.nodes[result].type.extents.size());
        p.columns = directions_;
        p.row_starts = list<int>(p.rows + 1);
        const int* const sets = sets_of(result);
        if (sets == nullptr) return p;
        for (int i = 0; i < p.rows; ++i) p.row_starts[i + 1] = p.row_starts[i] + sets_.count(sets[i]);
        p.column_of = list<int>(p.row_starts[p.rows]);
        int* to = p.column_of.begin();
        for (int i = 0; i < p.rows; ++i) to = sets_.copy(sets[i], to);
        return p;
    }

private:
    constexpr const shape& extents(int n) const { return g_.nodes[n].type.extents; }
    constexpr const int* sets_of(int n) const {
        return states_[n] == state::sets ? sets_of_nodes_[same_[n]].begin() : nullptr;
    }
    constexpr int* make_sets(int n) {
        states_[n] = state::sets;
        sets_of_nodes_[n] = list<int>(static_cast<int>(extents(n).size())); // all empty
        return sets_of_nodes_[n].begin();
    }
    static constexpr bool is_zero_with(const operation& op, int i) {
        return i < 32 && (op.zero_operands >> i & 1u) != 0;
    }
    // Whether the operation maps zeros to zero.
    static constexpr bool is_zero_of_zeros(const node& n) {
        if (n.op->zero_operands != 0) return true;
        if (!n.op->foldable) return false;
        const double zeros[8]{};
        return n.operand_count <= 8 && n.op->fold(zeros) == 0;
    }

    constexpr state find(int n) {
        const node& at = g_.nodes[n];
        // A user's zero times an infinity is NaN, so only zeros that differentiation made count as zeros.
        if (at.op->kind == operation_kind::literal)
            return at.options.number == 0 && at.derived ? state::zero : state::constant;
        if (at.operand_count == 0) return state::constant;
        int with_sets = 0, constant = 0;
        bool vanishes = false;
        for (int i = 0; i < at.operand_count; ++i) {
            const state s = states_[g_.operand(n, i)];
            with_sets += s == state::sets;
            constant += s == state::constant;
            vanishes = vanishes || (s == state::zero && is_zero_with(*at.op, i));
        }
        if (vanishes) return state::zero;
        switch (at.op->kind) {
        case operation_kind::scan:
            through_scan = through_scan || with_sets > 0;
            return state::constant;
        case operation_kind::elementwise:
        case operation_kind::marker:
            if (with_sets > 0) return elementwise(n, at, constant == at.operand_count - 1);
            return constant == 0 && (at.op->kind == operation_kind::marker || is_zero_of_zeros(at)) ? state::zero
                                                                                                    : state::constant;
        case operation_kind::movement:
            if (constant == 0 && with_sets == 0) return state::zero;
            if (with_sets == 0 && at.type.extents.size() > most_constants) return state::constant;
            if (at.op->dependences == operation::dependence_rule::moved)
                return at.op->runs != nullptr ? runs(n, at, with_sets == 0) : movement(n, at);
            break;
        case operation_kind::reduction:
            if (with_sets > 0) return reduction(n, at);
            return constant == 0 && at.op->linear == linearity::in_all ? state::zero : state::constant;
        default:
            if (with_sets == 0) return state::constant;
        }
        return at.op->dependences == operation::dependence_rule::stated ? by_rule(n, at) : all_of_all(n, at);
    }
    struct elementwise_operand {
        const int* sets = nullptr;
        shape extents{};
        bool same_shape = false, vanishes_with = false;
    };
    constexpr state elementwise(int n, const node& at, bool others_constant) {
        const int count = at.operand_count;
        const shape& out = at.type.extents;
        for (int i = 0; others_constant && i < count; ++i) { // e.g. a factor: the sets stay
            const int o = g_.operand(n, i);
            if (states_[o] != state::sets || !(extents(o) == out) || !is_zero_with(*at.op, i)) continue;
            same_[n] = same_[o];
            return state::sets;
        }
        list<elementwise_operand> of;
        int begins_with = direction_sets::none;
        for (int i = 0; i < count; ++i) {
            const int o = g_.operand(n, i);
            if (states_[o] == state::constant) begins_with = direction_sets::constant;
            if (states_[o] != state::sets) continue;
            of.push({sets_of(o), extents(o), extents(o) == out, is_zero_with(*at.op, i)});
        }
        const bool zero_of_zeros = at.op->kind == operation_kind::marker || is_zero_of_zeros(at);
        int* const result = make_sets(n);
        for (long e = 0, size = out.size(); e < size; ++e) {
            int set = begins_with;
            bool vanishes = false;
            for (const elementwise_operand& o : of) {
                const int other = o.sets[o.same_shape ? e : broadcast_element(o.extents, out, e)];
                vanishes = vanishes || (other == direction_sets::none && o.vanishes_with);
                set = sets_.unite(set, other);
            }
            if (set == direction_sets::none && !zero_of_zeros) set = direction_sets::constant;
            result[e] = vanishes ? direction_sets::none : set;
        }
        return state::sets;
    }
    constexpr state runs(int n, const node& at, bool of_constants) {
        const shape& out = at.type.extents;
        int* const result = make_sets(n); // stays empty where no run writes
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = g_.operand(n, i);
            if (states_[o] == state::zero) continue;
            const runs_of_movement run = runs_of_operand(g_.view(), n, i);
            const long outer = out.size(0, run.axis), inner = out.size(run.axis + 1, out.rank);
            const long length = run.length * inner;
            const int* const sets = sets_of(o);
            for (long a = 0; a < outer; ++a) {
                int* const to = result + (a * out[run.axis] + run.first_written) * inner;
                const long first = (a * extents(o)[run.axis] + run.first_read) * inner;
                for (long k = 0; k < length; ++k) to[k] = sets == nullptr ? direction_sets::constant : sets[first + k];
            }
        }
        bool all_constant = of_constants;
        for (long e = 0; all_constant && e < out.size(); ++e) all_constant = result[e] == direction_sets::constant;
        return all_constant ? state::constant : state::sets;
    }
    constexpr state movement(int n, const node& at) {
        const int count = at.operand_count;
        list<list<moved_element>> places(count);
        list<const moved_element*> operands(count);
        list<value_type> types(count);
        for (int i = 0; i < count; ++i) {
            const int o = g_.operand(n, i), size = static_cast<int>(extents(o).size());
            types[i] = {extents(o), false};
            places[i] = list<moved_element>(size); // from nowhere, as zeros are
            moved_element* const to = places[i].begin();
            for (int e = 0; states_[o] != state::zero && e < size; ++e) to[e] = {i, e};
            operands[i] = places[i].begin();
        }
        const int size = static_cast<int>(at.type.extents.size());
        list<moved_element> moved(size);
        evaluation<moved_element> e;
        e.operands = operands.begin();
        e.types = types.begin();
        e.count = count;
        e.options = at.options;
        e.type = {at.type.extents, false};
        e.result = moved.begin();
        e.indices = g_.view().indices.data;
        at.op->moved(e);
        list<const int*> sets(count);
        for (int i = 0; i < count; ++i) sets[i] = sets_of(g_.operand(n, i));
        bool all_constant = true;
        int* const result = make_sets(n);
        const int* const* const of = sets.begin();
        for (const moved_element* from = moved.begin(); from != moved.end(); ++from) {
            if (from->operand == moved_element::anywhere) return all_of_all(n, at);
            int& to = result[from - moved.begin()];
            if (from->operand >= 0)
                to = of[from->operand] == nullptr ? direction_sets::constant : of[from->operand][from->element];
            all_constant = all_constant && to == direction_sets::constant;
        }
        return all_constant ? state::constant : state::sets;
    }
    constexpr state reduction(int n, const node& at) {
        const int o = g_.operand(n, 0);
        const bool is_sum = at.op->linear == linearity::in_all;
        const ops::reduction_axes axes = ops::reduction_axes::of(at.options);
        if (axes.over_rows && is_sum) {
            same_[n] = same_[o];
            return state::sets;
        }
        const shape& in = extents(o);
        const int first = axes.over_rows ? in.rank : axes.first, last = axes.over_rows ? in.rank : axes.last;
        const long outer = in.size(0, first), reduced = in.size(first, last), inner = in.size(last, in.rank);
        int* const result = make_sets(n);
        const int* from = sets_of(o);
        for (long a = 0; a < outer; ++a)
            for (long r = 0; r < reduced; ++r)
                for (long i = 0; i < inner; ++i) result[a * inner + i] = sets_.unite(result[a * inner + i], *from++);
        for (long e = 0; !is_sum && e < outer * inner; ++e)
            result[e] = sets_.unite(result[e], direction_sets::constant);
        return state::sets;
    }
    constexpr state by_rule(int n, const node& at) {
        list<const int*> operands(at.operand_count);
        list<value_type> types(at.operand_count);
        for (int i = 0; i < at.operand_count; ++i) {
            operands[i] = sets_of(g_.operand(n, i));
            types[i] = g_.nodes[g_.operand(n, i)].type;
        }
        dependence d;
        d.types = types.begin();
        d.operands = operands.begin();
        d.count = at.operand_count;
        d.options = at.options;
        d.type = at.type;
        d.indices = g_.view().indices.data;
        d.result = make_sets(n);
        d.sets = &sets_;
        at.op->depend(d);
        return state::sets;
    }
    // The default for operations that state nothing: every element depends on all.
    constexpr state all_of_all(int n, const node& at) {
        int all = direction_sets::constant;
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = g_.operand(n, i);
            const int* const sets = sets_of(o);
            for (long e = 0; sets != nullptr && e < extents(o).size(); ++e) all = sets_.unite(all, sets[e]);
        }
        int* const result = make_sets(n);
        for (long e = 0; e < at.type.extents.size(); ++e) result[e] = all;
        return state::sets;
    }
};

HOURGLASS_END
