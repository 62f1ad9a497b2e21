// The static graph: nodes, their operands, names and results in flat arrays. `graph_builder` grows one, in a constant
// expression or at run time; `frozen_graph` holds one as a constexpr value of exactly its size; `graph_view` is what
// passes read, wherever the arrays lie.
#pragma once

#include <array>
#include <string_view>

#include <hourglass/expr/text.hpp>
#include <hourglass/graph/list.hpp>
#include <hourglass/ops/leaves.hpp>

HOURGLASS_BEGIN

struct node {
    const operation* op = nullptr;
    value_type type{};
    attributes options{};
    int first_operand = 0;
    int operand_count = 0;
    int name = -1;  // leaves: index into names
    int region = 0; // the body that the node belongs to; 0 is the graph itself
};

// A name that stands for a node: a symbol of an equation, or a leaf.
struct named_node {
    int first_character = 0;
    int length = 0;
    std::uint64_t hash = 0;
    int node = -1;
};

enum class root_kind {
    value,    // asked for by name
    gradient, // of the loss, with respect to the named leaf
    update    // the next value of a parameter, a state or an optimiser's slot
};
struct graph_root {
    root_kind kind{};
    int name = -1; // the symbol; for gradient and update the leaf
    int node = -1;
};

// A parameter's start, a state's and a slot's first value.
struct leaf_start {
    int name = -1;
    initialiser start{};
    bool is_slot = false; // an optimiser's, so none of the model's
};

struct graph_sizes {
    int nodes = 0, operands = 0, names = 0, characters = 0, roots = 0, starts = 0;
};

struct graph_view {
    slice_of<node> nodes;
    slice_of<int> operands;
    slice_of<named_node> names;
    slice_of<char> characters;
    slice_of<graph_root> roots;
    slice_of<leaf_start> starts;
    text problem{};

    constexpr int operand(int n, int i) const { return operands[nodes[n].first_operand + i]; }
    constexpr const node& operator[](int n) const { return nodes[n]; }
    constexpr std::string_view name(int i) const {
        return {characters.data + names[i].first_character, static_cast<std::size_t>(names[i].length)};
    }
    constexpr int find_name(std::uint64_t hash) const {
        for (int i = 0; i < names.size; ++i)
            if (names[i].hash == hash) return i;
        return -1;
    }
    constexpr graph_sizes sizes() const {
        return {nodes.size, operands.size, names.size, characters.size, roots.size, starts.size};
    }
};

template <class Op> constexpr bool is(const node& n) { return n.op->id == record<Op>.id; }

class graph_builder {
public:
    list<node> nodes;
    list<int> operands;
    list<named_node> names;
    list<char> characters;
    list<graph_root> roots;
    list<leaf_start> starts;
    hash_index by_name;
    text problem{};               // the first mistake found; nothing after it is looked at
    bool has_derivatives = false; // in its equations: these are simplified before programs differentiate again

    constexpr graph_builder() = default;

    constexpr graph_view view() const {
        return {nodes.view(), operands.view(), names.view(), characters.view(), roots.view(), starts.view(), problem};
    }
    constexpr bool failed() const { return !problem.empty(); }
    constexpr void fail(const text& t) {
        if (problem.empty()) problem = t;
    }
    constexpr std::string_view name(int i) const {
        return {characters.begin() + names[i].first_character, static_cast<std::size_t>(names[i].length)};
    }
    constexpr int operand(int n, int i) const { return operands[nodes[n].first_operand + i]; }

    // The index of a name, new if it is not there yet. It may come in two parts, of which `hash` is the whole's.
    constexpr int intern(std::string_view text_, std::uint64_t hash) { return intern({}, text_, hash); }
    constexpr int intern(std::string_view prefix, std::string_view text_, std::uint64_t hash) {
        const int found = by_name.find(hash);
        if (found >= 0) {
            if (!is_named(found, prefix, text_))
                fail(sentence("the names '", name(found), "' and '", prefix, text_,
                              "' have one hash: rename one of them"));
            return found;
        }
        named_node n;
        n.first_character = characters.size();
        n.length = static_cast<int>(prefix.size() + text_.size());
        n.hash = hash;
        characters.append({prefix.data(), static_cast<int>(prefix.size())});
        characters.append({text_.data(), static_cast<int>(text_.size())});
        names.push(n);
        by_name.insert(hash, names.size() - 1);
        return names.size() - 1;
    }
    constexpr bool is_named(int i, std::string_view prefix, std::string_view text_) const {
        const int first = static_cast<int>(prefix.size()), length = names[i].length;
        if (length != first + static_cast<int>(text_.size())) return false;
        const char *own = characters.begin() + names[i].first_character, *before = prefix.data(),
                   *behind = text_.data();
        for (int c = 0; c < first; ++c)
            if (own[c] != before[c]) return false;
        for (int c = first; c < length; ++c)
            if (own[c] != behind[c - first]) return false;
        return true;
    }
    constexpr int intern(std::string_view text_) { return intern(text_, hash_of(text_)); }

    constexpr int push_node(node n, slice_of<int> of) {
        n.first_operand = operands.size();
        n.operand_count = of.size;
        for (int i : of) operands.push(i);
        nodes.push(n);
        return nodes.size() - 1;
    }
    constexpr int push_leaf(const operation* op, int name_, value_type type, attributes options = {}) {
        node n;
        n.op = op;
        n.type = type;
        n.options = options;
        n.name = name_;
        return push_node(n, {});
    }
    constexpr int push_literal(double value) {
        attributes options;
        options.number = value;
        return push_leaf(&record<ops::literal>, -1, {}, options);
    }
    // " of 'W' and 'x'": what the operands of a misfit are called, where one of them has a name.
    constexpr text named_operands(slice_of<int> of) const {
        text t(" of ");
        bool any = false;
        for (int i = 0; i < of.size; ++i) {
            int found = -1;
            for (int n = 0; n < names.size() && found < 0; ++n)
                if (names[n].node == of[i]) found = n;
            any = any || found >= 0;
            t.add(i == 0 ? "" : i + 1 < of.size ? ", " : " and ");
            if (found >= 0)
                t.quote(name(found));
            else
                t.add(nodes[of[i]].op->kind == operation_kind::literal ? "a number" : "an expression");
        }
        return any ? t : text();
    }
    // Infers the type; a misfit is the graph's problem, said by the operation.
    constexpr int push(const operation* op, const attributes& options, slice_of<int> of) {
        inference in;
        value_type types[8]{};
        list<value_type> many;
        if (of.size > 8) many = list<value_type>(of.size, value_type{});
        value_type* storage = of.size > 8 ? many.begin() : types;
        for (int i = 0; i < of.size; ++i) storage[i] = nodes[of[i]].type;
        in.operands = storage;
        in.count = of.size;
        in.options = options;
        node n;
        n.op = op;
        n.type = op->infer(in);
        if (!in.problem.empty()) fail(sentence("'", op->name, "'", named_operands(of), ": ", in.problem));
        n.options = in.options;
        return push_node(n, of);
    }
};

template <graph_sizes Sizes> struct frozen_graph {
    // One more than needed: an array of no elements has no address.
    std::array<node, Sizes.nodes + 1> nodes{};
    std::array<int, Sizes.operands + 1> operands{};
    std::array<named_node, Sizes.names + 1> names{};
    std::array<char, Sizes.characters + 1> characters{};
    std::array<graph_root, Sizes.roots + 1> roots{};
    std::array<leaf_start, Sizes.starts + 1> starts{};
    text problem{};

    constexpr explicit frozen_graph(const graph_builder& b) : problem(b.problem) {
        copy(b.nodes, nodes);
        copy(b.operands, operands);
        copy(b.names, names);
        copy(b.characters, characters);
        copy(b.roots, roots);
        copy(b.starts, starts);
    }
    constexpr graph_view view() const {
        return {{nodes.data(), Sizes.nodes},
                {operands.data(), Sizes.operands},
                {names.data(), Sizes.names},
                {characters.data(), Sizes.characters},
                {roots.data(), Sizes.roots},
                {starts.data(), Sizes.starts},
                problem};
    }

private:
    static constexpr void copy(const auto& from, auto& to) {
        const auto* in = from.begin();
        auto* out = to.data();
        for (int i = 0, size = from.size(); i < size; ++i) out[i] = in[i];
    }
};

// A stage of the compiler as a constexpr value: Make() is evaluated once for the sizes and once for the content, each
// with its own budget of constant evaluation.
template <class Make> struct stage {
    static constexpr graph_sizes sizes = Make::run().view().sizes();
    static constexpr frozen_graph<sizes> value{Make::run()};
    static constexpr graph_view view() { return value.view(); }
};

HOURGLASS_END
