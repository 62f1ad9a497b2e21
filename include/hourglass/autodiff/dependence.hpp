// A pass that finds which elements of a linear part of a graph depend on which elements of its seed: the pattern of a
// sparse matrix. Each node has a set of directions, as bits, for each of its elements; how an operation hands them on
// is its own statement (ir/operation.hpp), or follows from its kind.
#pragma once

#include <bit>

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/reduction.hpp>

HOURGLASS_BEGIN

// Where a matrix may have elements that are not zero, in compressed rows: the columns of row i, in their order, stand
// from row_starts[i] to row_starts[i + 1].
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
    for (int sum = 0, j = 0; j <= p.columns; ++j) { // where each ends, then where it begins
        sum += starts[j];
        starts[j] = sum;
    }
    for (int i = p.rows - 1; i >= 0; --i)
        for (int k = row[i + 1] - 1; k >= row[i]; --k) to[--starts[from[k]]] = i;
    return t;
}

class dependences {
    // All elements of a node alike, zero or constant, or a set for each.
    enum class state { zero, constant, sets };
    // To find the zeros of what is constant is only worth while where there are few elements to look at.
    static constexpr long most_constants = 4096;

    const graph_builder& g_;
    int directions_, words_;
    std::uint64_t constant_bit_;
    list<state> states_;
    list<list<std::uint64_t>> sets_;
    list<int> same_; // whose sets a node's are: another's, where nothing changes

public:
    bool through_scan = false; // which it cannot

    // Of `result`, in the elements of `seed`, in which what lies between them is linear.
    constexpr dependences(const graph_builder& g, int seed, int result)
        : g_(g), directions_(static_cast<int>(g.nodes[seed].type.extents.size())), words_(directions_ / 64 + 1),
          constant_bit_(1ull << (directions_ % 64)), states_(result + 1, state::constant), sets_(result + 1),
          same_(result + 1) {
        list<bool> needed(result + 1);
        needed[result] = true;
        for (int n = result; n > seed; --n)
            for (int i = 0; needed[n] && i < g.nodes[n].operand_count; ++i) needed[g.operand(n, i)] = true;
        for (int n = seed - 1; n >= 0; --n)
            for (int i = 0; needed[n] && i < g.nodes[n].operand_count; ++i) needed[g.operand(n, i)] = true;
        for (int n = 0; n <= result; ++n) {
            same_[n] = n;
            if (n == seed) {
                std::uint64_t* const sets = make_sets(n);
                for (int d = 0; d < directions_; ++d) sets[d * words_ + d / 64] = 1ull << (d % 64);
            } else if (needed[n]) {
                states_[n] = find(n);
            }
        }
    }
    // A row for each element of `result`, a column for each of the seed's.
    constexpr sparse_pattern pattern(int result) const {
        sparse_pattern p;
        p.rows = static_cast<int>(g_.nodes[result].type.extents.size());
        p.columns = directions_;
        p.row_starts.reserve(p.rows + 1);
        p.row_starts.push(0);
        const std::uint64_t* const sets = sets_of(result);
        for (int i = 0; i < p.rows; ++i) {
            for (int w = 0; sets != nullptr && w < words_; ++w) {
                std::uint64_t left = sets[i * words_ + w];
                if (w == words_ - 1) left &= constant_bit_ - 1;
                for (; left != 0; left &= left - 1) p.column_of.push(64 * w + std::countr_zero(left));
            }
            p.row_starts.push(p.column_of.size());
        }
        return p;
    }

private:
    constexpr const shape& extents(int n) const { return g_.nodes[n].type.extents; }
    constexpr const std::uint64_t* sets_of(int n) const {
        return states_[n] == state::sets ? sets_[same_[n]].begin() : nullptr;
    }
    constexpr std::uint64_t* make_sets(int n) {
        states_[n] = state::sets;
        sets_[n] = list<std::uint64_t>(static_cast<int>(extents(n).size()) * words_);
        return sets_[n].begin();
    }
    constexpr bool is_empty(const std::uint64_t* set) const {
        for (int w = 0; w < words_; ++w)
            if (set[w] != 0) return false;
        return true;
    }
    constexpr void add(std::uint64_t* to, const std::uint64_t* set) const {
        for (int w = 0; w < words_; ++w) to[w] |= set[w];
    }
    static constexpr bool is_zero_with(const operation& op, int i) {
        return i < 32 && (op.zero_operands >> i & 1u) != 0;
    }
    // Whether zeros make a zero.
    static constexpr bool is_zero_of_zeros(const node& n) {
        if (n.op->zero_operands != 0) return true;
        if (!n.op->foldable) return false;
        const double zeros[8]{};
        return n.operand_count <= 8 && n.op->fold(zeros) == 0;
    }

    constexpr state find(int n) {
        const node& at = g_.nodes[n];
        // Times an infinity, a zero that a user wrote is no number: only those that differentiation made vanish.
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
            if (at.op->dependences == operation::dependence_rule::moved) return movement(n, at);
            break;
        case operation_kind::reduction:
            if (with_sets > 0) return reduction(n, at);
            return constant == 0 && at.op->linear == linearity::in_all ? state::zero : state::constant;
        default:
            if (with_sets == 0) return state::constant;
        }
        return at.op->dependences == operation::dependence_rule::stated ? by_rule(n, at) : all_of_all(n, at);
    }
    constexpr state elementwise(int n, const node& at, bool others_constant) {
        const int count = at.operand_count;
        const shape& out = at.type.extents;
        for (int i = 0; others_constant && i < count; ++i) { // a factor, say: nothing changes
            const int o = g_.operand(n, i);
            if (states_[o] != state::sets || !(extents(o) == out) || !is_zero_with(*at.op, i)) continue;
            same_[n] = same_[o];
            return state::sets;
        }
        const bool zero_of_zeros = at.op->kind == operation_kind::marker || is_zero_of_zeros(at);
        std::uint64_t* const result = make_sets(n);
        for (long e = 0; e < out.size(); ++e) {
            std::uint64_t* const to = result + e * words_;
            bool is_constant = false, vanishes = false;
            for (int i = 0; i < count; ++i) {
                const int o = g_.operand(n, i);
                is_constant = is_constant || states_[o] == state::constant;
                if (states_[o] != state::sets) continue;
                const shape& from = extents(o);
                const std::uint64_t* const set =
                    sets_of(o) + (from == out ? e : broadcast_element(from, out, e)) * words_;
                vanishes = vanishes || (is_zero_with(*at.op, i) && is_empty(set));
                add(to, set);
            }
            if (vanishes)
                for (int w = 0; w < words_; ++w) to[w] = 0;
            else if (is_constant || (!zero_of_zeros && is_empty(to)))
                to[words_ - 1] |= constant_bit_;
        }
        return state::sets;
    }
    constexpr state movement(int n, const node& at) {
        const int count = at.operand_count;
        list<list<moved_element>> places(count);
        list<const moved_element*> operands(count);
        list<value_type> types(count);
        for (int i = 0; i < count; ++i) {
            const int o = g_.operand(n, i), size = static_cast<int>(extents(o).size());
            types[i] = {extents(o), false};
            places[i] = list<moved_element>(size); // from nowhere, as what is zero comes
            moved_element* const to = places[i].begin();
            for (int e = 0; e < size && states_[o] != state::zero; ++e) {
                to[e].operand = i;
                to[e].element = e;
            }
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
        bool all_constant = true;
        for (int k = 0; k < size; ++k) {
            const moved_element& from = moved.begin()[k];
            if (from.operand == moved_element::anywhere) return all_of_all(n, at);
            all_constant = all_constant && from.operand >= 0 && states_[g_.operand(n, from.operand)] == state::constant;
        }
        if (all_constant) return state::constant;
        std::uint64_t* const result = make_sets(n);
        for (int k = 0; k < size; ++k) {
            const moved_element& from = moved.begin()[k];
            if (from.operand < 0) continue;
            const std::uint64_t* const sets = sets_of(g_.operand(n, from.operand));
            if (sets == nullptr)
                result[k * words_ + words_ - 1] |= constant_bit_;
            else
                add(result + k * words_, sets + from.element * words_);
        }
        return state::sets;
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
        std::uint64_t* const result = make_sets(n);
        const std::uint64_t* from = sets_of(o);
        for (long a = 0; a < outer; ++a)
            for (long r = 0; r < reduced; ++r)
                for (long i = 0; i < inner; ++i, from += words_) add(result + (a * inner + i) * words_, from);
        for (long e = 0; !is_sum && e < outer * inner; ++e) result[e * words_ + words_ - 1] |= constant_bit_;
        return state::sets;
    }
    constexpr state by_rule(int n, const node& at) {
        list<const std::uint64_t*> operands(at.operand_count);
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
        d.words = words_;
        d.constant_bit = constant_bit_;
        at.op->depend(d);
        return state::sets;
    }
    // Where nothing is said of an operation.
    constexpr state all_of_all(int n, const node& at) {
        std::uint64_t* const result = make_sets(n);
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = g_.operand(n, i);
            const std::uint64_t* const from = sets_of(o);
            for (long e = 0; from != nullptr && e < extents(o).size(); ++e) add(result, from + e * words_);
        }
        result[words_ - 1] |= constant_bit_;
        for (long e = 1; e < at.type.extents.size(); ++e) add(result + e * words_, result);
        return state::sets;
    }
};

HOURGLASS_END
