// The reference interpreter: walks a graph node by node, one plain loop per operation, in any number type. It is the
// oracle that programs are tested against, and the means to look at a symbol's value. Deliberately slow and simple; run
// time only.
#pragma once

#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <hourglass/inspect/operation_list.hpp>
#include <hourglass/math/philox.hpp>
#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

// Computes an operation: elementwise ones from one element of each operand, others from whole values.
template <class T> struct forward_rule {
    void (*one)(const T* operands, T& result) = nullptr;
    void (*whole)(const evaluation<T>&) = nullptr;
};

template <class T, class Op> forward_rule<T> make_forward_rule() {
    forward_rule<T> rule;
    if constexpr (Op::kind == operation_kind::elementwise) {
        rule.one = [](const T* x, T& result) {
            [&]<int... I>(std::integer_sequence<int, I...>) { result = Op::template forward<T>(x[I]...); }
            (std::make_integer_sequence<int, Op::arity>{});
        };
    } else {
        rule.whole = &Op::template reference<T>;
    }
    return rule;
}

// Rules by an operation's identity. Starts with those of the built-in operations; a user's own are added.
template <class T> class forward_rules {
    std::map<std::uint64_t, forward_rule<T>> rules_;

public:
    forward_rules();
    template <class Op> void add() { rules_[id_of<Op>] = make_forward_rule<T, Op>(); }
    const forward_rule<T>& operator[](const operation& op) const {
        const auto found = rules_.find(op.id);
        if (found == rules_.end())
            throw std::invalid_argument("the interpreter has no rule for the operation '" + std::string(op.name) +
                                        "': add it with add<>()");
        return found->second;
    }
};

// Not inline, so that `extern template` keeps the rules of all operations out of a translation unit.
template <class T> forward_rules<T>::forward_rules() {
    elementwise_operations::for_each([&]<class Op>(Op) { add<Op>(); });
    structural_operations::for_each([&]<class Op>(Op) { add<Op>(); });
    companion_operations::for_each([&]<class Op>(Op) { add<Op>(); });
}

/// The user's own operations in a graph, which the built-in list lacks; one node for each.
template <class Stage> struct own_operations {
    short_list<int, Stage::sizes.nodes> nodes;

    constexpr own_operations() {
        list<std::uint64_t> known;
        elementwise_operations::for_each([&]<class Op>(Op) { known.push(id_of<Op>); });
        structural_operations::for_each([&]<class Op>(Op) { known.push(id_of<Op>); });
        companion_operations::for_each([&]<class Op>(Op) { known.push(id_of<Op>); });
        const graph_view g = Stage::view();
        for (int n = 0; n < g.nodes.size; ++n) {
            const operation& op = *g[n].op;
            if (g[n].operand_count == 0 || op.kind == operation_kind::marker || op.kind == operation_kind::scan)
                continue;
            bool is_known = false;
            for (std::uint64_t id : known) is_known = is_known || id == op.id;
            if (is_known) continue;
            known.push(op.id);
            nodes.push(n);
        }
    }
};
template <class Stage, class T> void add_own_operations(forward_rules<T>& rules) {
    static constexpr own_operations<Stage> own;
    [&]<int... I>(std::integer_sequence<int, I...>) {
        (rules.template add<typename implementation<Stage::value.nodes[own.nodes[I]].op->id>::type>(), ...);
    }
    (std::make_integer_sequence<int, own.nodes.size()>{});
}

template <class T> class interpretation {
    graph_view g_;
    const forward_rules<T>* rules_;
    long rows_;
    scan_bodies bodies_;
    list<bool> is_fed_;
    std::map<int, int> step_of_; // scan bodies whose values are those of the first non-finite step
    bool knows_fault_ = false;   // that step is known in the scan that is running

public:
    // By node. Values in the body of a scan are those of the last step, or of the first that is not finite.
    std::vector<std::vector<T>> values;
    random::noise_stream noise{};
    std::uint64_t first_example = 0;

    interpretation(graph_view g, const forward_rules<T>& rules, long rows)
        : g_(g), rules_(&rules), rows_(rows), bodies_(g), is_fed_(g.nodes.size),
          values(static_cast<std::size_t>(g.nodes.size)) {}

    long rows() const { return rows_; }
    std::size_t size_of(int n) const {
        return static_cast<std::size_t>(g_[n].type.extents.size() * (g_[n].type.batched ? rows_ : 1));
    }
    // Gives a leaf its value before run(); also overrides noise.
    void feed(int n, std::vector<T> value) {
        if (value.size() != size_of(n))
            throw std::invalid_argument("'" + name_of(n) + "' needs " + std::to_string(size_of(n)) +
                                        " numbers, but is given " + std::to_string(value.size()));
        values[static_cast<std::size_t>(n)] = std::move(value);
        is_fed_[n] = true;
    }
    void feed(std::string_view name, std::vector<T> value) { feed(node_of(name), std::move(value)); }
    int node_of(std::string_view name) const {
        const int i = g_.find_name(hash_of(name));
        if (i < 0 || g_.names[i].node < 0)
            throw std::invalid_argument("the graph has nothing named '" + std::string(name) + "'");
        return g_.names[i].node;
    }
    const std::vector<T>& operator[](std::string_view name) const {
        return values[static_cast<std::size_t>(node_of(name))];
    }

    void run() {
        for (int n = 0; n < g_.nodes.size; ++n) {
            auto& to = values[static_cast<std::size_t>(n)];
            if (!to.empty() || lies_in_body(bodies_, n)) continue;
            if (is_scan(g_[n]))
                run_scan(n);
            else
                compute(n, to);
        }
    }
    // For a node in the body of a scan: the first step with a non-finite value in the body, or -1.
    int step_of(int n) const {
        const auto found = step_of_.find(lies_in_body(bodies_, n) ? bodies_[n] : 0);
        return found == step_of_.end() ? -1 : found->second;
    }
    // The nearest name: the node's own, or that of the next equation.
    std::string name_of(int n) const {
        int best = -1;
        for (int i = 0; i < g_.names.size; ++i)
            if (g_.names[i].node >= n && (best < 0 || g_.names[i].node < g_.names[best].node)) best = i;
        return best < 0 ? "node " + std::to_string(n) : std::string(g_.name(best));
    }

private:
    void compute(int n, std::vector<T>& to) {
        const node& at = g_[n];
        to.resize(size_of(n));
        if (at.op->kind == operation_kind::literal || is<ops::scalar>(at)) {
            to[0] = T(at.options.number);
        } else if (is<ops::rows>(at)) {
            to[0] = T(static_cast<double>(rows_));
        } else if (at.op->kind == operation_kind::noise) {
            draw(at, to);
        } else if (at.op->kind == operation_kind::leaf) {
            throw std::invalid_argument("the " + std::string(at.op->name) + " '" + std::string(g_.name(at.name)) +
                                        "' is not fed");
        } else if (at.op->kind == operation_kind::elementwise) {
            elementwise(n, to);
        } else {
            std::vector<const T*> operands;
            std::vector<value_type> types;
            for (int i = 0; i < at.operand_count; ++i) {
                operands.push_back(values[static_cast<std::size_t>(g_.operand(n, i))].data());
                types.push_back(g_[g_.operand(n, i)].type);
            }
            evaluation<T> e;
            e.operands = operands.data();
            e.types = types.data();
            e.count = at.operand_count;
            e.options = at.options;
            e.type = at.type;
            e.rows = rows_;
            e.result = to.data();
            e.indices = g_.indices.data;
            (*rules_)[*at.op].whole(e);
        }
    }
    std::vector<T>& value(int n) { return values[static_cast<std::size_t>(n)]; }
    // Runs the body of a scan step by step and collects its results; within another body, only the requested ones.
    void run_scan(int n, const list<bool>* asked = nullptr) {
        const scan_parts scan(g_, n);
        value(n).assign(size_of(n), T(0)); // the scan node itself has no value, but must count as computed
        const list<bool> needed = needed_of_body(g_, bodies_, n, asked);
        std::vector<int> results;
        for (int m = n + 1; m < (asked == nullptr ? g_.nodes.size : asked->size()); ++m)
            if (scan.has_result(m) && (asked == nullptr || (*asked)[m]) && !is_fed_[m]) results.push_back(m);
        first_fault fault;
        std::vector<std::vector<T>> state;
        for (int s = 0; s < scan.states; ++s) state.push_back(value(scan.initial(s)));
        for (int i = 0; i < scan.steps; ++i) {
            const int step = scan.backwards ? scan.steps - 1 - i : i;
            run_step(scan, needed, state, step);
            for (int m : results) {
                if (!is_stacked(g_[m])) continue;
                value(m).resize(size_of(m));
                copy_step(value(m), step, scan.steps, value(g_.operand(m, 1)), 0, 1, g_.operand(m, 1));
            }
            for (int s = 0; s < scan.states; ++s) state[static_cast<std::size_t>(s)] = value(scan.next(s));
            if (!knows_fault_) keep_fault(fault, scan, needed, step);
        }
        for (int m : results)
            if (is_final_state(g_[m]))
                value(m) = state[static_cast<std::size_t>(ops::state_number::of(g_[m].options).state)];
        if (fault.nodes.empty()) return;
        knows_fault_ = false;
        for (std::size_t i = 0; i < fault.nodes.size(); ++i) value(fault.nodes[i]) = fault.values[i];
    }
    void run_step(const scan_parts<graph_view>& scan, const list<bool>& needed,
                  const std::vector<std::vector<T>>& state, int step) {
        for (int b = 0; b < scan.at; ++b) {
            if (!needed[b] || bodies_[b] != scan.body) continue;
            if (is_scan(g_[b])) {
                run_scan(b, &needed);
            } else if (scan.has_leaf(b)) {
                const ops::step_value part = ops::step_value::of(g_[b].options);
                if (part.is_state())
                    value(b) = state[static_cast<std::size_t>(part.which)];
                else
                    copy_step(value(b), 0, 1, value(scan.sequence(part.which)), step, scan.steps, b);
            } else if (!is_scan_result(g_[b])) {
                compute(b, value(b));
            }
        }
    }
    // The values of a body in the first step with a non-finite value. Inner bodies keep their values of that moment.
    struct first_fault {
        std::vector<int> nodes;
        std::vector<std::vector<T>> values;
    };
    void keep_fault(first_fault& fault, const scan_parts<graph_view>& scan, const list<bool>& needed, int step) {
        bool found = false;
        for (int b = 0; b < scan.at; ++b) found = found || (needed[b] && !all_finite(value(b)));
        if (!found) return;
        knows_fault_ = true;
        step_of_[scan.body] = step;
        for (int b = 0; b < scan.at; ++b) {
            if (!needed[b]) continue;
            fault.nodes.push_back(b);
            fault.values.push_back(value(b));
        }
    }
    static bool all_finite(const std::vector<T>& x) {
        using std::isfinite;
        if constexpr (requires(const T& v) { isfinite(v); })
            for (const T& v : x)
                if (!isfinite(v)) return false;
        return true;
    }
    // Copies one step of `like`, a node of the body, from its place among the steps of one value to another's.
    void copy_step(std::vector<T>& to, int step_to, int steps_to, const std::vector<T>& from, int step_from,
                   int steps_from, int like) {
        const long each = g_[like].type.extents.size(), rows = g_[like].type.batched ? rows_ : 1;
        if (to.empty()) to.resize(static_cast<std::size_t>(rows * steps_to * each));
        for (long r = 0; r < rows; ++r)
            for (long e = 0; e < each; ++e)
                to[static_cast<std::size_t>((r * steps_to + step_to) * each + e)] =
                    from[static_cast<std::size_t>((r * steps_from + step_from) * each + e)];
    }
    void elementwise(int n, std::vector<T>& to) {
        const node& at = g_[n];
        const auto& rule = (*rules_)[*at.op];
        const shape& out = at.type.extents;
        std::vector<T> operands(static_cast<std::size_t>(at.operand_count));
        for (long r = 0; r < (at.type.batched ? rows_ : 1); ++r)
            for (long i = 0; i < out.size(); ++i) {
                for (int o = 0; o < at.operand_count; ++o) {
                    const value_type& type = g_[g_.operand(n, o)].type;
                    long from = broadcast_element(type.extents, out, i);
                    if (type.batched) from += r * type.extents.size();
                    operands[static_cast<std::size_t>(o)] =
                        values[static_cast<std::size_t>(g_.operand(n, o))][static_cast<std::size_t>(from)];
                }
                rule.one(operands.data(), to[static_cast<std::size_t>(r * out.size() + i)]);
            }
    }
    void draw(const node& at, std::vector<T>& to) {
        random::noise_stream stream = noise;
        const ops::noise_source source = ops::noise_source::of(at.options);
        stream.leaf = static_cast<std::uint32_t>(source.stream);
        const long elements = at.type.extents.size();
        for (std::size_t i = 0; i < to.size(); ++i) {
            const auto row = static_cast<std::uint64_t>(static_cast<long>(i) / elements);
            const int element = static_cast<int>(static_cast<long>(i) % elements);
            const std::uint64_t example = source.shared_by_rows ? 0 : first_example + row;
            to[i] = source.distribution == noise_kind::normal ? T(random::normal<double>(stream, example, element))
                                                              : T(random::uniform<double>(stream, example, element));
        }
    }
};

HOURGLASS_END
