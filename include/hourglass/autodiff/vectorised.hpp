// A pass that computes a linear part of a graph for a whole axis of directions at once. Each node between a seed and a
// result is appended again with the directions as its first axis; the seed runs through all unit vectors. Applied to
// forward or reverse mode, this gives a Jacobian. While a node's value for direction d is zero except in element d,
// only the diagonal is computed: elementwise functions cost nothing extra, and a dense layer after them one scaled
// weight. If unit vectors share a direction, being of one colour, the result is a compressed Jacobian. A scan becomes
// one that carries all directions (autodiff/vectorised_scan.hpp).
#pragma once

#include <hourglass/autodiff/colouring.hpp>
#include <hourglass/autodiff/gradient_paths.hpp>
#include <hourglass/autodiff/vectorised_scan.hpp>
#include <hourglass/ops/gather.hpp>
#include <hourglass/passes/simplify/singularities.hpp>

HOURGLASS_BEGIN

class vectorised_part {
    // A node's value for all directions. Dense: of the shape [directions, extents...]. Diagonal: of the node's own
    // shape, or one that broadcasts to it; holds element d of the value for direction d, whose other elements are zero.
    struct value {
        int node = -1;
        bool diagonal = false;
        int rows = -1;              // the dense form of a diagonal value, once requested
        bool is_users_zero = false; // a user's zero is a factor: times an infinity it is NaN
    };
    graph_builder& graph_;
    int count_;
    list<value> values_;
    list<bool> leads_to_result_;
    ops::index_table shared_{}; // if unit vectors share directions: where a diagonal's elements go in the rows

public:
    known_bodies bodies;

    // Every node between `seed` and the result that depends on the seed must be linear in it.
    constexpr vectorised_part(graph_builder& g, int seed)
        : graph_(g), count_(static_cast<int>(g.nodes[seed].type.extents.size())) {}
    // One direction for each colour: the sum of the unit vectors of all elements with this colour.
    constexpr vectorised_part(graph_builder& g, int seed, const colouring& colours) : vectorised_part(g, seed) {
        if (colours.count == count_) return; // any order will do, so that of the elements
        list<int> places(count_);
        for (int k = 0; k < count_; ++k) places[k] = colours.of[k] * count_ + k;
        shared_ = {graph_.add_indices(places.view()), count_, 0, make_shape(colours.count * count_)};
        count_ = colours.count;
    }

    // Returns the node of shape [directions, extents of result...].
    constexpr int run(int seed, int result) {
        const deriving_scope scope(graph_);
        values_ = list<value>(result + 1, value{});
        values_[seed] = {graph_.push_literal(1), true};
        leads_to_result_ = parts_of(graph_, result);
        const list<bool> left_to_scans = bodies_within(graph_, seed, result, bodies);
        for (int n = seed + 1; n <= result && !graph_.failed(); ++n) {
            if (!leads_to_result_[n] || (n < left_to_scans.size() && left_to_scans[n])) continue;
            if (is_scan(graph_.nodes[n]))
                vectorised_scan(graph_, *this, n, leads_to_result_).run();
            else if (!is_scan_result(graph_.nodes[n]) && depends(n))
                map(n);
        }
        return graph_.failed() ? 0 : values_[result].node < 0 ? zeros(result) : dense(result).index;
    }

    // For passes that go through scans.
    constexpr bool is_mapped(int n) const { return values_[n].node >= 0; }
    constexpr void set(int n, int all) { values_[n] = {all, false}; }
    constexpr void grow() {
        while (values_.size() < graph_.nodes.size()) values_.push({});
    }
    // A node's value as [directions, extents...], whether or not it depends on the seed.
    constexpr handle dense(int n) {
        const value v = values_[n];
        if (v.node < 0) return filled(at(n), {in_front(count_, extents(n)), graph_.nodes[n].type.batched});
        if (!v.diagonal) return at(v.node);
        if (v.rows >= 0) return at(v.rows);
        return shares() ? dense_shared(n) : dense_alone(n);
    }
    // Maps a node whose operands are mapped.
    constexpr void map(int n) {
        bool is_users_zero = multiplies_by_zero(graph_, n);
        for (int i = 0; i < graph_.nodes[n].operand_count; ++i)
            is_users_zero = is_users_zero || values_[operand(n, i)].is_users_zero;
        values_[n] = of_all(n);
        values_[n].is_users_zero = is_users_zero;
    }

private:
    // A node's operands as its operation's rule sees them.
    class operands_of_node final : public direction_operands {
        vectorised_part& all_;
        int node_;
        constexpr int number(int i) const { return all_.operand(node_, i); }

    public:
        constexpr operands_of_node(vectorised_part& all, int n) : all_(all), node_(n) {}
        constexpr int count() const override { return all_.count_; }
        constexpr int operand_count() const override { return all_.graph_.nodes[node_].operand_count; }
        constexpr bool moves(int i) const override { return all_.is_mapped(number(i)); }
        constexpr handle operand(int i) const override { return all_.at(number(i)); }
        constexpr handle stacked(int i) override { return all_.dense(number(i)); }
        constexpr bool is_diagonal(int i) const override { return all_.values_[number(i)].diagonal && !all_.shares(); }
        constexpr handle diagonal(int i) override { return all_.whole(number(i)); }
        constexpr value_type result() const override { return all_.graph_.nodes[node_].type; }
        constexpr shape with_directions(const shape& s) const override { return all_.in_front(all_.count_, s); }
        constexpr attributes options() const override { return all_.graph_.nodes[node_].options; }
        constexpr const operation* applied() const override { return all_.graph_.nodes[node_].op; }
    };

    constexpr handle at(int n) { return {&graph_, nullptr, n}; }
    constexpr shape extents(int n) const { return graph_.nodes[n].type.extents; }
    constexpr bool shares() const { return shared_.count > 0; }
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
        return filled(at(graph_.push_literal(0)), {in_front(count_, extents(n)), graph_.nodes[n].type.batched}).index;
    }
    // A diagonal in its node's own shape.
    constexpr handle whole(int n) {
        const handle u = at(values_[n].node);
        return filled(u, {extents(n), u.batched()});
    }
    // The dense form of a diagonal whose unit vectors share directions.
    constexpr handle dense_shared(int n) {
        handle rows = whole(n);
        if (count_ > 1) {
            ops::scatter into_rows;
            into_rows.options = shared_;
            rows = apply_operation(into_rows, reshaped(rows, make_shape(shared_.count)));
        }
        rows = reshaped(rows, in_front(count_, extents(n)));
        values_[n].rows = rows.index;
        return rows;
    }
    // The dense form otherwise: n numbers are padded to rows of n + 1 and read in rows of n. So number k is in row k,
    // column k.
    constexpr handle dense_alone(int n) {
        const int size = count_;
        ops::pad rows_longer;
        rows_longer.options = {1, 0, size + 1};
        handle square = apply_operation(rows_longer, reshaped(whole(n), make_shape(size, 1)));
        ops::slice first;
        first.options = {0, 0, size * size};
        square = apply_operation(first, reshaped(square, make_shape(size * (size + 1))));
        return reshaped(square, in_front(size, extents(n)));
    }
    constexpr int push(const node& old, list<int>& of) { return graph_.push(old.op, old.options, of.view()); }
    // The same operation on operands with the directions as their first axis.
    constexpr int push_for_all(int n, const node& old, list<int>& of) {
        attributes options = old.options;
        if (old.op->with_leading_axis != nullptr) {
            in_front(count_, extents(n)); // reports too many axes
            if (graph_.failed()) return 0;
            options = old.op->with_leading_axis(old.options, count_);
        }
        return graph_.push(old.op, options, of.view());
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
        return {by_rule(n, old), false};
    }
    constexpr int by_rule(int n, const node& old) {
        if (old.op->over_directions != nullptr) {
            operands_of_node given(*this, n);
            if (const handle all = old.op->over_directions(given); all.index >= 0) return all.index;
        }
        return one_by_one(n, old);
    }
    constexpr value elementwise(int n, const node& old) {
        bool diagonal = true;
        for (int i = 0; i < old.operand_count; ++i) {
            const int o = operand(n, i);
            if (is_mapped(o)) diagonal = diagonal && values_[o].diagonal && extents(o) == old.type.extents;
        }
        if (diagonal && old.op->repeats) return values_[operand(n, 0)];
        list<int> of;
        for (int i = 0; i < old.operand_count; ++i) {
            const int o = operand(n, i);
            if (!is_mapped(o)) {
                of.push(o);
            } else if (diagonal) {
                of.push(values_[o].node);
            } else { // pad with 1 to the result's rank, so that the directions stay first
                shape aligned = extents(o);
                const int extra = old.type.extents.rank - aligned.rank;
                for (int a = aligned.rank - 1; a >= 0; --a) aligned[a + extra] = aligned[a];
                for (int a = 0; a < extra; ++a) aligned[a] = 1;
                aligned.rank += extra;
                of.push(reshaped(dense(o), in_front(count_, aligned)).index);
            }
        }
        const handle result = at(diagonal ? push(old, of) : push_for_all(n, old, of));
        const int moving =
            diagonal ? -1 : beside_singular(graph_, n, [this, n](int i) { return is_mapped(operand(n, i)); });
        if (moving < 0 || values_[operand(n, moving)].is_users_zero) return {result.index, diagonal};
        return {hourglass::where(at(of[moving]) == 0, 0, result).index, diagonal};
    }
    constexpr value reduction(int n, const node& old) {
        const int o = operand(n, 0);
        const bool over_rows = ops::reduction_axes::of(old.options).over_rows;
        // Each direction of a diagonal has one element that may be non-zero.
        const bool is_linear = old.op->linear == linearity::in_all;
        if (values_[o].diagonal && is_linear && !over_rows && old.type.extents.rank == 0 && !shares())
            return {reshaped(whole(o), make_shape(count_)).index, false};
        handle x = dense(o);
        if (over_rows) x = filled(x, {x.extents(), true});
        list<int> of;
        of.push(x.index);
        return {push_for_all(n, old, of), false};
    }
    constexpr value movement(int n, const node& old) {
        if (old.op->with_leading_axis == nullptr) return {by_rule(n, old), false};
        if (old.op->is_view && values_[operand(n, 0)].diagonal)
            return {reshaped(whole(operand(n, 0)), old.type.extents).index, true};
        list<int> of;
        for (int i = 0; i < old.operand_count; ++i) of.push(dense(operand(n, i)).index);
        return {push_for_all(n, old, of), false};
    }

    // The fallback without a rule: one direction after another.
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
                const ops::slice one{{}, {0, d, d + 1}};
                handle x = reshaped(apply_operation(one, dense(o)), extents(o));
                of.push(filled(x, {x.extents(), x.batched() || graph_.nodes[o].type.batched}).index);
            }
            results.push(reshaped(at(push(old, of)), in_front(1, old.type.extents)).index);
        }
        return graph_.failed() ? 0 : graph_.push(&record<ops::concatenate>, {}, results.view());
    }
};

HOURGLASS_END
