// The static graph: nodes, operands, names and results in flat arrays. `graph_builder` grows one, in a constant
// expression or at run time. `frozen_graph` holds one as a constexpr value of exactly its size. `graph_view` is how
// passes read one, wherever its arrays are.
#pragma once

#include <string_view>
#include <type_traits>

#include <hourglass/expr/text.hpp>
#include <hourglass/ir/leaves.hpp>
#include <hourglass/ir/list.hpp>
#include <hourglass/ir/operands_in_words.hpp>

HOURGLASS_BEGIN

/// A node: an operation with its options, the type of its value, and its operands.
struct node {
    const operation* op = nullptr; ///< the operation that it applies
    value_type type{};             ///< of its value
    attributes options{};
    int first_operand = 0; ///< index into the graph's operands
    int operand_count = 0;
    int name = -1; ///< for leaves: index into names
    /// Made by differentiation, not written by a user. Simplification may change such nodes more freely
    /// (passes/simplify/simplify.hpp).
    bool derived = false;
};

// A name and its node: a symbol of an equation, or a leaf.
struct named_node {
    int first_character = 0;
    int length = 0;
    std::uint64_t hash = 0;
    int node = -1;
};

enum class root_kind {
    value,    // requested by name
    gradient, // of the loss, with respect to the named leaf
    update    // the next value of a parameter, a state or an optimiser's slot
};
struct graph_root {
    root_kind kind{};
    int name = -1; // the symbol; for a gradient or an update, the leaf
    int node = -1;
};

// How a parameter starts, or the first value of a state or a slot.
struct leaf_start {
    int name = -1;
    initialiser start{};
    bool is_slot = false; // belongs to an optimiser, not to the model
};

// A derivative of y with respect to x in an equation, and the node of its value, while equations are being lowered.
struct derivative_record {
    int y = -1, x = -1, result = -1;
};

struct graph_sizes {
    int nodes = 0, operands = 0, names = 0, characters = 0, roots = 0, starts = 0, indices = 0;

    constexpr bool operator==(const graph_sizes&) const = default;
    constexpr bool hold(const graph_sizes& other) const {
        return other.nodes <= nodes && other.operands <= operands && other.names <= names &&
               other.characters <= characters && other.roots <= roots && other.starts <= starts &&
               other.indices <= indices;
    }
};

/// A graph as passes read it: views of its arrays.
struct graph_view {
    slice_of<node> nodes;
    slice_of<int> operands;
    slice_of<named_node> names;
    slice_of<char> characters;
    slice_of<graph_root> roots;
    slice_of<leaf_start> starts;
    text problem{};
    bool characters_stay = false; ///< they outlive every graph that is made from this one
    int bodies = 0;               ///< how many bodies of scans were ever made; they are numbered (ops/scan.hpp)
    slice_of<int> indices;        ///< read by nodes, whose options say where (ops/gather.hpp)
    bool indices_stay = false;    ///< as with the characters
    bool has_derivatives = false; ///< its equations contain derivatives

    /// Returns operand i of node n.
    constexpr int operand(int n, int i) const { return operands.data[nodes.data[n].first_operand + i]; }
    constexpr const node& operator[](int n) const { return nodes.data[n]; }
    constexpr std::string_view name(int i) const {
        return {characters.data + names[i].first_character, static_cast<std::size_t>(names[i].length)};
    }
    /// Returns the index of a name, or -1.
    constexpr int find_name(std::uint64_t hash) const {
        for (int i = 0; i < names.size; ++i)
            if (names[i].hash == hash) return i;
        return -1;
    }
    constexpr graph_sizes sizes() const {
        return {nodes.size, operands.size, names.size, characters.size, roots.size, starts.size, indices.size};
    }
};

/// Whether a node applies the operation `Op`.
template <class Op> constexpr bool is(const node& n) { return n.op->id == id_of<Op>; }
/// Whether a node applies one of the operations `Ops`.
template <class... Ops> constexpr bool is_one_of(const node& n) { return ((n.op->id == id_of<Ops>) || ...); }
// How a movement of runs takes one of its operands.
constexpr runs_of_movement runs_of_operand(const graph_view& g, int n, int operand) {
    const node& at = g[n];
    list<value_type> types(at.operand_count);
    for (int i = 0; i < at.operand_count; ++i) types[i] = g[g.operand(n, i)].type;
    return at.op->runs(at.type, types.begin(), at.operand_count, at.options, operand);
}
// Whether the node is a marker that derivatives do not pass.
constexpr bool stops_gradient(const node& n) { return n.op->kind == operation_kind::marker && !n.op->smooth; }
// Whether the node is a marker that selects another operand in training.
constexpr bool depends_on_training(const node& n) {
    return n.op->chosen != nullptr && n.op->chosen(true) != n.op->chosen(false);
}

/// A graph under construction. Also checks types: the first mistake becomes its `problem`.
class graph_builder {
public:
    list<node> nodes;
    list<int> operands;
    list<named_node> names;
    list<char> characters;
    slice_of<char> lent_characters; // used instead of `characters` if those of the original graph stay
    list<graph_root> roots;
    list<leaf_start> starts;
    list<int> indices;
    slice_of<int> lent_indices; // as with the characters
    hash_index by_name;
    text problem{};        // the first mistake found; nothing after it is checked
    int bodies = 0;        // of scans, as in a view
    bool deriving = false; // nodes pushed now are marked as derived
    // Of the equations, in the order of their results. Such graphs are simplified before programs differentiate again.
    list<derivative_record> derivatives;
    bool has_derivatives = false; // as in a view

    constexpr graph_builder() = default;
    // Continues a graph. `new_names` says whether names can be looked up and added.
    constexpr explicit graph_builder(const graph_view& g, bool new_names = true)
        : problem(g.problem), bodies(g.bodies) {
        nodes.append(g.nodes);
        operands.append(g.operands);
        names.append(g.names);
        roots.append(g.roots);
        starts.append(g.starts);
        if (new_names) find_names(g.names);
        if (g.characters_stay && !new_names)
            lent_characters = g.characters;
        else
            characters.append(g.characters);
        take_indices(g);
    }
    constexpr void take_indices(const graph_view& g) {
        if (g.indices_stay)
            lent_indices = g.indices;
        else
            indices.append(g.indices);
    }
    // Appends indices; returns where they begin.
    constexpr int add_indices(slice_of<int> more) {
        if (lent_indices.size > 0) { // the new ones must come after them
            indices.append(lent_indices);
            lent_indices = {};
        }
        const int first = indices.size();
        indices.append(more);
        return first;
    }
    constexpr void find_names(slice_of<named_node> of) {
        by_name = hash_index(of.size);
        for (int i = 0; i < of.size; ++i) by_name.insert(of.data[i].hash, i);
    }

    constexpr graph_view view() const {
        const bool lent = lent_characters.size > 0, lent_too = lent_indices.size > 0;
        return {nodes.view(), operands.view(),
                names.view(), lent ? lent_characters : characters.view(),
                roots.view(), starts.view(),
                problem,      lent,
                bodies,       lent_too ? lent_indices : indices.view(),
                lent_too,     has_derivatives};
    }
    constexpr graph_sizes sizes() const {
        return {nodes.size(), operands.size(), names.size(),  characters.size(),
                roots.size(), starts.size(),   indices.size()};
    }
    constexpr bool failed() const { return !problem.empty(); }
    constexpr void fail(const text& t) {
        if (problem.empty()) problem = t;
    }
    constexpr std::string_view name(int i) const {
        const char* first = lent_characters.size > 0 ? lent_characters.data : characters.begin();
        return {first + names[i].first_character, static_cast<std::size_t>(names[i].length)};
    }
    constexpr int operand(int n, int i) const { return operands[nodes[n].first_operand + i]; }

    // Returns the index of a name, adding it if necessary. The name may come in two parts; `hash` is that of the whole.
    constexpr int intern(std::string_view text_, std::uint64_t hash) { return intern({}, text_, hash); }
    constexpr int intern(std::string_view prefix, std::string_view text_, std::uint64_t hash) {
        const int found = by_name.find(hash);
        if (found >= 0) {
            if (!is_named(found, prefix, text_))
                fail(sentence("the names '", name(found), "' and '", prefix, text_,
                              "' have the same hash: rename one of them"));
            return found;
        }
        if (lent_characters.size > 0) { // the new ones must come after them
            characters.append(lent_characters);
            lent_characters = {};
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
    // Adds a new name: the owner's name with a suffix.
    constexpr int intern_behind(int owner, std::string_view text_, std::uint64_t hash) {
        const int before = names[owner].length, after = static_cast<int>(text_.size());
        named_node n;
        n.first_character = characters.size();
        n.length = before + after;
        n.hash = hash;
        char* const out = characters.extend(n.length);
        const char* const first = characters.begin() + names[owner].first_character;
        const char* const second = text_.data();
        for (int i = 0; i < before; ++i) out[i] = first[i];
        for (int i = 0; i < after; ++i) out[before + i] = second[i];
        names.push(n);
        by_name.insert(hash, names.size() - 1);
        return names.size() - 1;
    }
    constexpr bool is_named(int i, std::string_view prefix, std::string_view text_) const {
        const int first = static_cast<int>(prefix.size()), length = names[i].length;
        if (length != first + static_cast<int>(text_.size())) return false;
        const char *own = characters.begin() + names[i].first_character, *before = prefix.data(), *after = text_.data();
        for (int c = 0; c < first; ++c)
            if (own[c] != before[c]) return false;
        for (int c = first; c < length; ++c)
            if (own[c] != after[c - first]) return false;
        return true;
    }
    constexpr int intern(std::string_view text_) { return intern(text_, hash_of(text_)); }

    constexpr int push_node(node n, slice_of<int> of) {
        n.first_operand = operands.size();
        n.operand_count = of.size;
        n.derived = deriving;
        operands.append(of);
        nodes.push(n);
        return nodes.size() - 1;
    }
    // Copies a node of another graph. `now` maps that graph's nodes to those of this one.
    constexpr int push_copy(const graph_view& g, int n, const int* now) {
        node& fresh = *nodes.extend(1); // built in place: copying nodes is most of the work
        fresh = g.nodes.data[n];
        const int* const from = g.operands.data + fresh.first_operand;
        fresh.first_operand = operands.size();
        int* const to = operands.extend(fresh.operand_count);
        for (int i = 0; i < fresh.operand_count; ++i) to[i] = now[from[i]];
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
    // Infers the type. If the operands do not fit, the graph's problem is what the operation reports.
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
        if (!in.problem.empty())
            fail(sentence("'", op->name, "'", named_operands(*this, of), ": ", in.problem, product_among(*this, of)));
        n.options = in.options;
        return push_node(n, of);
    }
};

// While this object lives, pushed nodes are marked as made by differentiation.
class deriving_scope {
    graph_builder& graph_;
    bool before_;

public:
    constexpr explicit deriving_scope(graph_builder& g) : graph_(g), before_(g.deriving) { g.deriving = true; }
    deriving_scope(const deriving_scope&) = delete;
    deriving_scope& operator=(const deriving_scope&) = delete;
    constexpr ~deriving_scope() { graph_.deriving = before_; }
};

// Has static storage. Lent arrays stay where they are.
template <graph_sizes Room> struct frozen_graph {
    graph_sizes sizes{}; // of the contents; if they exceed the room, nothing was copied
    table<node, Room.nodes> nodes;
    table<int, Room.operands> operands;
    table<named_node, Room.names> names;
    table<char, Room.characters> characters;
    slice_of<char> lent_characters;
    table<graph_root, Room.roots> roots;
    table<leaf_start, Room.starts> starts;
    table<int, Room.indices> indices;
    slice_of<int> lent_indices;
    text problem{};
    int bodies = 0;
    bool has_derivatives = false;

    constexpr explicit frozen_graph(const graph_builder& b)
        : frozen_graph(b.view(), b.sizes(), b.characters.view(), b.lent_characters, b.indices.view(), b.lent_indices) {}
    template <graph_sizes Other> constexpr explicit frozen_graph(const frozen_graph<Other>& f)
        : frozen_graph(f.view(), f.sizes, f.characters.first(f.sizes.characters), f.lent_characters,
                       f.indices.first(f.sizes.indices), f.lent_indices) {}
    constexpr graph_view view() const {
        return {nodes.first(sizes.nodes),
                operands.first(sizes.operands),
                names.first(sizes.names),
                lent_characters.size > 0 ? lent_characters : characters.first(sizes.characters),
                roots.first(sizes.roots),
                starts.first(sizes.starts),
                problem,
                true,
                bodies,
                lent_indices.size > 0 ? lent_indices : indices.first(sizes.indices),
                true,
                has_derivatives};
    }

private:
    constexpr frozen_graph(const graph_view& g, const graph_sizes& size, slice_of<char> own, slice_of<char> lent,
                           slice_of<int> own_indices, slice_of<int> lent_too)
        : sizes(size), nodes(g.nodes.when(Room.hold(sizes))), operands(g.operands.when(Room.hold(sizes))),
          names(g.names.when(Room.hold(sizes))), characters(own.when(Room.hold(sizes))), lent_characters(lent),
          roots(g.roots.when(Room.hold(sizes))), starts(g.starts.when(Room.hold(sizes))),
          indices(own_indices.when(Room.hold(sizes))), lent_indices(lent_too), problem(g.problem), bodies(g.bodies),
          has_derivatives(g.has_derivatives) {}
};

// A stage of the compiler as a constexpr value, with its own budget of constant evaluation. The size of the result is
// known only once it exists. So `Make::run()` is evaluated into the room that `Make::room()` guesses, and evaluated
// again only if the guess is too small or missing. The next stage reads the result there. Programs hold `value`, in
// arrays of exact size.
template <class Make, graph_sizes Room> struct evaluated { static constexpr frozen_graph<Room> value{Make::run()}; };
template <class Make, graph_sizes Room, graph_sizes Sizes> struct trimmed {
    static constexpr frozen_graph<Sizes> value{evaluated<Make, Room>::value};
};
template <class Make> constexpr graph_sizes find_room() {
    if constexpr (requires { Make::room(); })
        return Make::room();
    else
        return Make::run().sizes();
}
template <class Make> struct stage {
private:
    static constexpr graph_sizes guess = find_room<Make>();

public:
    static constexpr graph_sizes sizes = evaluated<Make, guess>::value.sizes;

private:
    static constexpr graph_sizes room = guess.hold(sizes) ? guess : sizes;
    static constexpr bool is_loose = room.nodes > sizes.nodes + sizes.nodes / 16 + 8;
    using result = std::conditional_t<is_loose, trimmed<Make, room, sizes>, evaluated<Make, room>>;

public:
    static constexpr const frozen_graph<is_loose ? sizes : room>& value = result::value;
    static constexpr graph_view view() { return evaluated<Make, room>::value.view(); }
};

HOURGLASS_END
