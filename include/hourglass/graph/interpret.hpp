// The reference interpreter: a graph walked node by node, one plain loop per operation, in any number type. It is the
// oracle that programs are held against and the way to look at a symbol's value. Slow and simple on purpose; at run
// time only.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <hourglass/graph/static_graph.hpp>
#include <hourglass/ops/list.hpp>
#include <hourglass/ops/philox.hpp>

HOURGLASS_BEGIN

// How the interpreter computes an operation: elementwise from one element each, or from whole values.
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

// Rules by the operation's identity. Graphs made at run time have those of the built-in list; a user's own are added.
template <class T> class forward_rules {
    std::map<std::uint64_t, forward_rule<T>> rules_;

public:
    forward_rules() {
        elementwise_operations::for_each([&]<class Op>(Op) { add<Op>(); });
        structural_operations::for_each([&]<class Op>(Op) { add<Op>(); });
    }
    template <class Op> void add() { rules_[record<Op>.id] = make_forward_rule<T, Op>(); }
    const forward_rule<T>& operator[](const operation& op) const {
        const auto found = rules_.find(op.id);
        if (found == rules_.end())
            throw std::invalid_argument("the interpreter has no rule for the operation '" + std::string(op.name) +
                                        "': add it with add<>()");
        return found->second;
    }
};

template <class T> class interpretation {
    graph_view g_;
    const forward_rules<T>* rules_;
    long rows_;

public:
    std::vector<std::vector<T>> values; // by node
    random::noise_stream noise{};
    std::uint64_t first_example = 0;

    interpretation(graph_view g, const forward_rules<T>& rules, long rows)
        : g_(g), rules_(&rules), rows_(rows), values(static_cast<std::size_t>(g.nodes.size)) {}

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
            if (to.empty()) compute(n, to);
        }
    }
    // The nearest name: the node's own, or of the first equation behind it.
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
            (*rules_)[*at.op].whole(e);
        }
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
                    long rest = i, from = 0, stride = 1;
                    for (int axis = out.rank - 1, in = type.extents.rank - 1; in >= 0; --axis, --in) {
                        if (type.extents[in] != 1) from += rest % out[axis] * stride;
                        stride *= type.extents[in];
                        rest /= out[axis];
                    }
                    if (type.batched) from += r * type.extents.size();
                    operands[static_cast<std::size_t>(o)] =
                        values[static_cast<std::size_t>(g_.operand(n, o))][static_cast<std::size_t>(from)];
                }
                rule.one(operands.data(), to[static_cast<std::size_t>(r * out.size() + i)]);
            }
    }
    void draw(const node& at, std::vector<T>& to) {
        random::noise_stream stream = noise;
        stream.leaf = static_cast<std::uint32_t>(at.options.flags[2]);
        const long elements = at.type.extents.size();
        for (std::size_t i = 0; i < to.size(); ++i) {
            const auto row = static_cast<std::uint64_t>(static_cast<long>(i) / elements);
            const int element = static_cast<int>(static_cast<long>(i) % elements);
            const std::uint64_t example = at.options.flags[1] != 0 ? 0 : first_example + row;
            to[i] = static_cast<noise_kind>(at.options.flags[0]) == noise_kind::normal
                        ? T(random::normal<double>(stream, example, element))
                        : T(random::uniform<double>(stream, example, element));
        }
    }
};

HOURGLASS_END
