// A pass that computes a linear part of a graph for a whole axis of directions at once: every node between a seed and a
// result is appended again with the directions as its first axis, where the seed runs through all unit vectors. With
// forward or reverse mode in front of it that is a Jacobian. While the value for direction d is zero outside of element
// d, only its diagonal is computed, so that elementwise functions cost nothing extra and a dense layer behind them a
// scaled weight. Where unit vectors share a direction, being of one colour, it is a compressed Jacobian. A scan becomes
// one that carries all directions.
#pragma once

#include <hourglass/graph/body.hpp>
#include <hourglass/graph/colouring.hpp>
#include <hourglass/graph/forward.hpp>
#include <hourglass/graph/singularities.hpp>
#include <hourglass/ops/gather.hpp>

HOURGLASS_BEGIN

class directions {
    // A node's value for all directions: dense, of the shape [directions, extents...]; or diagonal, of the node's own
    // shape (or one that broadcasts to it), being element d of the value for direction d, whose other elements are
    // zero.
    struct value {
        int node = -1;
        bool diagonal = false;
        int rows = -1;              // the node of what is diagonal in all directions, once it was asked for
        bool is_users_zero = false; // multiplied with a zero of the user's: times an infinity it is no number
    };
    graph_builder& graph_;
    int count_;
    list<value> values_;
    list<bool> leads_to_result_;
    attributes shared_{}; // where unit vectors share directions: how a diagonal is put into its directions' rows

public:
    // Every node from `seed` to `result` that depends on the seed must be linear in it.
    constexpr directions(graph_builder& g, int seed)
        : graph_(g), count_(static_cast<int>(g.nodes[seed].type.extents.size())) {}
    // A direction for each colour, which runs through the unit vectors of this colour's elements of the seed at once.
    constexpr directions(graph_builder& g, int seed, const colouring& colours) : directions(g, seed) {
        if (colours.count == count_) return; // in any order: that of the elements will do
        list<int> places(count_);
        for (int k = 0; k < count_; ++k) places[k] = colours.of[k] * count_ + k;
        shared_.flags = {graph_.add_indices(places.view()), count_, 0};
        shared_.target = make_shape(colours.count * count_);
        count_ = colours.count;
    }

    // The node of [directions, extents of result...].
    constexpr int run(int seed, int result) {
        const deriving_scope scope(graph_);
        values_ = list<value>(result + 1, value{});
        values_[seed] = {graph_.push_literal(1), true};
        leads_to_result_ = parts_of(graph_, result);
        const list<bool> left_to_scans = bodies_within(graph_, seed, result);
        for (int n = seed + 1; n <= result && !graph_.failed(); ++n) {
            if (!leads_to_result_[n] || (n < left_to_scans.size() && left_to_scans[n])) continue;
            if (is<ops::scan>(graph_.nodes[n]))
                of_scan(n);
            else if (!is_scan_result(graph_.nodes[n]) && depends(n))
                map(n);
        }
        return graph_.failed() ? 0 : values_[result].node < 0 ? zeros(result) : dense(result).index;
    }

private:
    constexpr handle at(int n) { return {&graph_, nullptr, n}; }
    constexpr const shape& extents(int n) const { return graph_.nodes[n].type.extents; }
    constexpr bool shares() const { return shared_.flags[1] > 0; }
    constexpr bool is_mapped(int n) const { return values_[n].node >= 0; }
    constexpr int operand(int n, int i) const { return graph_.operand(n, i); }
    constexpr bool depends(int n) const {
        for (int i = 0; i < graph_.nodes[n].operand_count; ++i)
            if (is_mapped(operand(n, i))) return true;
        return false;
    }
    constexpr shape in_front(int first, const shape& s) {
        shape result;
        if (s.rank == max_rank) {
            graph_.fail(sentence("a derivative of the shape ", s, " for each of ", count_, " directions has more than ",
                                 max_rank, " axes"));
            return s;
        }
        result.rank = s.rank + 1;
        result[0] = first;
        for (int i = 0; i < s.rank; ++i) result[i + 1] = s[i];
        return result;
    }
    constexpr int zeros(int n) {
        return at(graph_.push_literal(0)).filled({in_front(count_, extents(n)), graph_.nodes[n].type.batched}).index;
    }
    // A diagonal in its node's own shape.
    constexpr handle whole(int n) {
        const handle u = at(values_[n].node);
        return u.filled({extents(n), u.batched()});
    }
    // [directions, extents...] of a node that depends on the seed or not.
    constexpr handle dense(int n) {
        const value v = values_[n];
        if (v.node < 0) return at(n).filled({in_front(count_, extents(n)), graph_.nodes[n].type.batched});
        if (!v.diagonal) return at(v.node);
        if (v.rows >= 0) return at(v.rows);
        if (shares()) {
            handle rows = whole(n);
            if (count_ > 1) {
                ops::scatter into_rows;
                into_rows.options = shared_;
                rows = apply_operation(into_rows, rows.reshaped(make_shape(shared_.flags[1])));
            }
            rows = rows.reshaped(in_front(count_, extents(n)));
            values_[n].rows = rows.index;
            return rows;
        }
        // n numbers as rows of n + 1, the others zero, read in rows of n: the k-th stands at row k, column k.
        const int size = count_;
        ops::pad rows_longer;
        rows_longer.options.flags = {1, 0, size + 1};
        handle square = apply_operation(rows_longer, whole(n).reshaped(make_shape(size, 1)));
        ops::slice first;
        first.options.flags = {0, 0, size * size};
        square = apply_operation(first, square.reshaped(make_shape(size * (size + 1))));
        return square.reshaped(in_front(size, extents(n)));
    }
    constexpr int push(const node& old, list<int>& of) { return graph_.push(old.op, old.options, of.view()); }

    constexpr void map(int n) {
        bool is_users_zero = multiplies_by_zero(graph_, n);
        for (int i = 0; i < graph_.nodes[n].operand_count; ++i)
            is_users_zero = is_users_zero || values_[operand(n, i)].is_users_zero;
        values_[n] = of_all(n);
        values_[n].is_users_zero = is_users_zero;
    }
    constexpr value of_all(int n) {
        const node old = graph_.nodes[n];
        switch (old.op->kind) {
        case operation_kind::elementwise:
            return elementwise(n, old);
        case operation_kind::reduction:
            return reduction(n, old);
        case operation_kind::movement:
            return movement(n, old);
        case operation_kind::marker: {
            list<int> of;
            for (int i = 0; i < old.operand_count; ++i) of.push(dense(operand(n, i)).index);
            return {push(old, of), false};
        }
        default:
            break;
        }
        if (is<ops::matmul>(old)) {
            if (is_mapped(operand(n, 0)) && !is_mapped(operand(n, 1))) return {left_product(n, old).index, false};
            if (is_mapped(operand(n, 1)) && !is_mapped(operand(n, 0))) return {right_product(n, old).index, false};
        }
        if (is<ops::matmul_batch_sum>(old) && extents(operand(n, 0)).rank == 1)
            return {outer_product(n, old).index, false};
        if (is<ops::exclusive_product>(old)) return {products_of_others(n, old), false};
        return {one_by_one(n, old), false};
    }
    // The directions are one more axis that is not multiplied over.
    constexpr int products_of_others(int n, const node& old) {
        node same = old;
        const bool over_batch = old.options.flags[2] != 0;
        if (!over_batch) {
            ++same.options.flags[0];
            ++same.options.flags[1];
        }
        list<int> of;
        for (int i = 0; i < old.operand_count; ++i) {
            const handle x = dense(operand(n, i));
            of.push(x.filled({x.extents(), x.batched() || (over_batch && i != 1)}).index);
        }
        return push(same, of);
    }
    constexpr value elementwise(int n, const node& old) {
        bool diagonal = true;
        for (int i = 0; i < old.operand_count; ++i) {
            const int o = operand(n, i);
            if (is_mapped(o)) diagonal = diagonal && values_[o].diagonal && extents(o) == old.type.extents;
        }
        if (diagonal && is<ops::broadcast_to>(old)) return values_[operand(n, 0)];
        list<int> of;
        for (int i = 0; i < old.operand_count; ++i) {
            const int o = operand(n, i);
            if (!is_mapped(o)) {
                of.push(o);
            } else if (diagonal) {
                of.push(values_[o].node);
            } else { // extents of 1 up to the result's rank keep the directions in front
                shape aligned = extents(o);
                const int extra = old.type.extents.rank - aligned.rank;
                for (int a = aligned.rank - 1; a >= 0; --a) aligned[a + extra] = aligned[a];
                for (int a = 0; a < extra; ++a) aligned[a] = 1;
                aligned.rank += extra;
                of.push(dense(o).reshaped(in_front(count_, aligned)).index);
            }
        }
        node same = old;
        if (is<ops::broadcast_to>(old)) same.options.target = in_front(count_, old.options.target);
        const handle result = at(push(same, of));
        const int moving =
            diagonal ? -1 : beside_singular(graph_, n, [this, n](int i) { return is_mapped(operand(n, i)); });
        if (moving < 0 || values_[operand(n, moving)].is_users_zero) return {result.index, diagonal};
        return {hourglass::where(at(of[moving]) == 0, 0, result).index, diagonal};
    }
    constexpr value reduction(int n, const node& old) {
        const int o = operand(n, 0);
        const bool over_batch = old.options.flags[2] != 0;
        // Of a diagonal, each direction has one element that is not zero.
        if (values_[o].diagonal && is<ops::sum>(old) && !over_batch && old.type.extents.rank == 0 && !shares())
            return {whole(o).reshaped(make_shape(count_)).index, false};
        node same = old;
        if (!over_batch) {
            ++same.options.flags[0];
            ++same.options.flags[1];
        }
        handle x = dense(o);
        if (over_batch) x = x.filled({x.extents(), true});
        list<int> of;
        of.push(x.index);
        return {push(same, of), false};
    }
    constexpr value movement(int n, const node& old) {
        if (is<ops::reshape>(old)) {
            const int o = operand(n, 0);
            if (values_[o].diagonal) return {whole(o).reshaped(old.options.target).index, true};
            return {dense(o).reshaped(in_front(count_, old.options.target)).index, false};
        }
        node same = old;
        if (is<ops::transpose>(old)) {
            same.options.target = in_front(0, old.options.target);
            for (int i = 1; i < same.options.target.rank; ++i) ++same.options.target[i];
        } else if (is<ops::slice>(old) || is<ops::pad>(old) || is<ops::concatenate>(old)) {
            ++same.options.flags[0];
        } else if (is<ops::gather>(old) || is<ops::scatter>(old)) {
            ++same.options.flags[2];
        } else {
            return {one_by_one(n, old), false};
        }
        list<int> of;
        for (int i = 0; i < old.operand_count; ++i) of.push(dense(operand(n, i)).index);
        return {push(same, of), false};
    }

    // A scan that carries the states for all directions beside a copy of the body. Its results are found with it.
    constexpr void of_scan(int n) {
        const scan_parts old(graph_, n);
        const auto is_state = [&](int b) {
            return graph_.nodes[b].options.flags[1] == static_cast<int>(ops::step_kind::state);
        };
        list<bool> moves(n), carries(old.states, false); // nodes of the body, and states, that depend on the seed
        const auto moved = [&](int o) { return is_mapped(o) || (o < n && moves[o]); };
        for (int s = 0; s < old.states; ++s) carries[s] = is_mapped(old.initial(s));
        body_copy body(graph_, n, false, leads_to_result_);
        for (bool changed = true; changed;) {
            changed = false;
            for (int b = 0; b < n; ++b) {
                if (!body.holds(b)) continue;
                const int which = graph_.nodes[b].options.flags[2];
                if (is<ops::step>(graph_.nodes[b]))
                    moves[b] = is_state(b) ? carries[which] : moved(old.sequence(which));
                for (int i = 0; i < graph_.nodes[b].operand_count; ++i) moves[b] = moves[b] || moved(operand(b, i));
            }
            for (int s = 0; s < old.states; ++s)
                if (!carries[s] && moved(old.next(s))) changed = carries[s] = true;
        }
        list<int> results;
        for (int m = n + 1; m < leads_to_result_.size(); ++m) {
            if (!leads_to_result_[m] || !is_scan_result(graph_.nodes[m]) || operand(m, 0) != n) continue;
            const bool is_final = is<ops::final_state>(graph_.nodes[m]);
            if (is_final ? carries[graph_.nodes[m].options.flags[0]] : moved(operand(m, 1))) results.push(m);
        }
        if (results.empty()) return;

        const auto all = [&](int value, int like) { // for all directions, with a batch axis where `like` has one
            const handle x = dense(value);
            return x.filled({x.extents(), x.batched() || graph_.nodes[like].type.batched});
        };
        list<int> start(old.states, -1), slices(old.sequences, -1);
        for (int s = 0; s < old.states; ++s)
            if (carries[s]) start[s] = all(old.initial(s), old.initial(s)).index;
        for (int q = 0; q < old.sequences; ++q)
            if (is_mapped(old.sequence(q))) slices[q] = swapped(dense(old.sequence(q)), 0).index;
        body.copy();
        while (values_.size() < graph_.nodes.size()) values_.push({});
        for (int s = 0; s < old.states; ++s)
            if (carries[s]) start[s] = body.add_state(start[s]);
        for (int b = 0; b < n && !graph_.failed(); ++b) {
            if (!moves[b]) continue;
            const int which = graph_.nodes[b].options.flags[2];
            if (is<ops::step>(graph_.nodes[b]))
                values_[body[b]] = {is_state(b) ? start[which] : body.add_slice(slices[which]), false};
            else
                map(body[b]);
        }
        list<int> next, asked, places(old.states, -1);
        for (int s = 0; s < old.states && !graph_.failed(); ++s) {
            if (!carries[s]) continue;
            places[s] = next.size();
            next.push(all(body[old.next(s)], old.initial(s)).index);
        }
        list<int> values;
        for (int m : results) {
            if (graph_.failed()) return;
            const int state = graph_.nodes[m].options.flags[0];
            const bool is_final = is<ops::final_state>(graph_.nodes[m]);
            values.push(is_final ? next[places[state]] : all(body[operand(m, 1)], operand(m, 1)).index);
            asked.push(values.back());
        }
        const int scan = body.finish(next, asked);
        for (int i = 0; i < results.size(); ++i) {
            const node old_result = graph_.nodes[results[i]];
            const int found = is<ops::final_state>(old_result)
                                  ? body.final_state(scan, values[i], places[old_result.options.flags[0]])
                                  : swapped(at(body.stacked(scan, values[i], old_result.options)), 0).index;
            values_[results[i]] = {found, false};
        }
    }

    // With axis `first` and the one behind it exchanged.
    static constexpr handle swapped(const handle& x, int first = 1) {
        ops::transpose t;
        t.options.target = x.extents();
        for (int i = 0; i < x.extents().rank; ++i)
            t.options.target[i] = i == first ? i + 1 : i == first + 1 ? first : i;
        return apply_operation(t, x);
    }
    // op(A) op(B) for all A. Not at all directions one product: their rows are those of one long matrix.
    constexpr handle left_product(int n, const node& old) {
        handle a = dense(operand(n, 0));
        if (old.options.flags[0] != 0) a = swapped(a);
        const int rows = a.extents()[1], inner = a.extents()[2];
        const handle b = at(operand(n, 1));
        const handle c = ops::product<ops::matmul>(a.reshaped(make_shape(count_ * rows, inner)), b, false,
                                                   old.options.flags[1] != 0 && b.extents().rank == 2);
        return c.reshaped(in_front(count_, old.type.extents));
    }
    // op(A) op(B) for all B, as the transpose of op(B)' op(A)'.
    constexpr handle right_product(int n, const node& old) {
        const handle a = at(operand(n, 0));
        const int b = operand(n, 1);
        const bool a_swapped = old.options.flags[0] != 0;
        if (extents(b).rank == 1) {
            if (!values_[b].diagonal || shares()) return ops::product<ops::matmul>(dense(b), a, false, !a_swapped);
            handle columns = a;
            if (!a_swapped) columns = apply_operation(ops::transpose{}, a);
            return hadamard(whole(b).reshaped(make_shape(count_, 1)), columns);
        }
        handle all = dense(b);
        if (old.options.flags[1] == 0) all = swapped(all);
        const int columns = all.extents()[1], inner = all.extents()[2];
        const handle c =
            ops::product<ops::matmul>(all.reshaped(make_shape(count_ * columns, inner)), a, false, !a_swapped);
        return swapped(c.reshaped(make_shape(count_, columns, c.extents()[1])));
    }
    // The sum over the batch of a column times a row.
    constexpr handle outer_product(int n, const node& old) {
        const int a = operand(n, 0), b = operand(n, 1);
        const auto batched = [](const handle& h) { return h.filled({h.extents(), true}); };
        if (is_mapped(a) && is_mapped(b)) return at(one_by_one(n, old));
        if (is_mapped(a)) {
            const handle all = batched(dense(a));
            const handle c = ops::product<ops::matmul_batch_sum>(all.reshaped(make_shape(count_ * extents(a)[0])),
                                                                 at(b), false, false);
            return c.reshaped(in_front(count_, old.type.extents));
        }
        const handle all = batched(dense(b));
        const handle c =
            ops::product<ops::matmul_batch_sum>(at(a), all.reshaped(make_shape(count_ * extents(b)[0])), false, false);
        ops::transpose t;
        t.options.target = make_shape(1, 0, 2);
        return apply_operation(t, c.reshaped(make_shape(extents(a)[0], count_, extents(b)[0])));
    }
    // What has no rule here is computed for one direction after another.
    constexpr int one_by_one(int n, const node& old) {
        constexpr int most = 256;
        if (count_ > most) {
            graph_.fail(sentence("'", old.op->name, "' has to be computed for each of ", count_,
                                 " directions by itself; more than ", most, " are too many"));
            return 0;
        }
        list<int> results;
        for (int d = 0; d < count_ && !graph_.failed(); ++d) {
            list<int> of;
            for (int i = 0; i < old.operand_count; ++i) {
                const int o = operand(n, i);
                if (!is_mapped(o)) {
                    of.push(o);
                    continue;
                }
                ops::slice one;
                one.options.flags = {0, d, d + 1};
                handle x = apply_operation(one, dense(o)).reshaped(extents(o));
                of.push(x.filled({x.extents(), x.batched() || graph_.nodes[o].type.batched}).index);
            }
            results.push(at(push(old, of)).reshaped(in_front(1, old.type.extents)).index);
        }
        return graph_.failed() ? 0 : graph_.push(&record<ops::concatenate>, {}, results.view());
    }
};

HOURGLASS_END
