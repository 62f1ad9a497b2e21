// The parameters and state of a graph. They live outside programs, so that all programs over the graph share them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include <hourglass/compile/check.hpp>
#include <hourglass/kernels/aligned_memory.hpp>
#include <hourglass/program/construction.hpp>
#include <hourglass/program/initialise.hpp>
#include <hourglass/program/tensor_view.hpp>

HOURGLASS_BEGIN

// The place of each tensor of a graph's `starts` in one block of memory; each begins a new cache line.
struct tensor_entry {
    std::uint64_t hash = 0;
    std::string_view name{};
    value_type type{};
    initialiser start{};
    long offset = 0;
    bool is_state = false;
};
enum class tensors_of { model, optimiser };
template <class Stage, tensors_of Owner = tensors_of::model> struct tensor_table {
    static constexpr bool is_mine(const leaf_start& s) { return s.is_slot == (Owner == tensors_of::optimiser); }
    static constexpr int find_count() {
        int n = 0;
        for (const leaf_start& s : Stage::view().starts) n += is_mine(s);
        return n;
    }
    static constexpr int count = find_count();
    static constexpr bool broken = !Stage::view().problem.empty(); // reported already: a missing name adds no error
    // Names are copied: a pointer into a graph would keep the whole graph in the object file, with every function that
    // its operations refer to.
    static constexpr int count_characters() {
        int n = 0;
        for (const leaf_start& s : Stage::view().starts) n += is_mine(s) ? Stage::view().names[s.name].length : 0;
        return n;
    }
    static constexpr auto copy_characters() {
        table<char, count_characters()> copies;
        char* to = copies.begin();
        for (const leaf_start& s : Stage::view().starts)
            if (is_mine(s)) to = std::ranges::copy(Stage::view().name(s.name), to).out;
        return copies;
    }
    static constexpr auto characters = copy_characters();
    static constexpr auto make() {
        table<tensor_entry, count + 1> entries; // the last marks the end
        const graph_view g = Stage::value.view();
        const char* name = characters.begin();
        long offset = 0;
        int i = 0;
        for (const leaf_start& s : g.starts) {
            if (!is_mine(s)) continue;
            const named_node& named = g.names[s.name];
            const node& n = g[named.node];
            entries[i++] = {named.hash,       {name, static_cast<std::size_t>(named.length)}, n.type, s.start, offset,
                            is<ops::state>(n)};
            name += named.length;
            offset += (n.type.extents.size() + 15) / 16 * 16;
        }
        entries[i].offset = offset;
        return entries;
    }
    static constexpr auto entries = make();
    static constexpr long size = entries[count].offset;
    static constexpr bool find_orthogonal() {
        bool found = false;
        for (const tensor_entry& e : entries) found = found || e.start.kind == initialiser::rule::orthogonal;
        return found;
    }
    static constexpr int find(std::uint64_t hash) {
        for (int i = 0; i < count; ++i)
            if (entries[i].hash == hash) return i;
        return -1;
    }
};

/// The tensors of a table in memory, by name. Programs hold addresses in it, so an object keeps its memory for life:
/// assignment copies values into it, and a move is a copy.
template <class Table, class T> class tensor_store {
    aligned_memory<T> memory_;

public:
    /// The layout of the tensors in memory.
    using table = Table;
    /// The type of the elements.
    using element_type = T;
    /// The number of tensors.
    static constexpr int count = Table::count;

    /// Allocates the tensors; subclasses set their values.
    tensor_store() : memory_(allocate_aligned<T>(static_cast<std::size_t>(Table::size))) {}
    tensor_store(const tensor_store& other) : tensor_store() { *this = other; }
    tensor_store& operator=(const tensor_store& other) noexcept {
        if (this != &other) std::copy_n(other.memory_.get(), Table::size, memory_.get());
        return *this;
    }

    /// Returns the name, type and place of tensor `i`.
    static constexpr const tensor_entry& entry(int i) { return Table::entries[i]; }
    /// Returns the name of tensor `i`, such as `h.weight`.
    static std::string name(int i) { return std::string(entry(i).name); }
    /// Returns a view of tensor `i`.
    tensor_view<T> view(int i) { return view_at<T>(memory_.get() + entry(i).offset, entry(i).type); }
    /// Returns a view of tensor `i` that only reads.
    tensor_view<const T> view(int i) const { return view_at<const T>(memory_.get() + entry(i).offset, entry(i).type); }

    /// Returns a view of a parameter or state, named by its symbol or by `hg::name<"h.weight">`. An unknown name is a
    /// compile error. `theta[W](0, 3)` is an element; `theta[W] = values` copies as many values as the tensor has
    /// elements; without axes `float(theta[b])` reads the number and `theta[b] = 2` writes it.
    template <named_leaf Leaf> auto operator[](const Leaf&) {
        return view_of<index_of<Leaf>()>(view(index_of<Leaf>()));
    }
    /// The same, but read-only.
    template <named_leaf Leaf> auto operator[](const Leaf&) const {
        return view_of<index_of<Leaf>()>(view(index_of<Leaf>()));
    }

    /// Calls `f(name, view, is_state)` for each tensor, in the order in which the model declares them.
    void for_each(auto&& f) {
        for (int i = 0; i < count; ++i) f(name(i), view(i), entry(i).is_state);
    }
    /// The same with read-only views.
    void for_each(auto&& f) const {
        for (int i = 0; i < count; ++i) f(name(i), view(i), entry(i).is_state);
    }
    /// Returns the first element of the tensor whose name has this hash, or null.
    T* find(std::uint64_t hash) {
        const int i = Table::find(hash);
        return i < 0 ? nullptr : memory_.get() + entry(i).offset;
    }
    /// The same, but read-only.
    const T* find(std::uint64_t hash) const { return const_cast<tensor_store*>(this)->find(hash); }

    /// Draws all initial values from a seed.
    void initialise_all(std::uint64_t seed_) {
        for (int i = 0; i < count; ++i)
            hourglass::initialise<T, Table::find_orthogonal()>(
                view(i).span(), entry(i).type.extents, entry(i).start,
                {seed_, 0, static_cast<std::uint32_t>((entry(i).hash ^ entry(i).hash >> 32) & 0x7fffffffu)});
    }

private:
    template <class Leaf> struct missing {
        static constexpr text value() {
            if (Table::broken || Table::find(Leaf::hash) >= 0) return {};
            return sentence("no parameter or state is named '", Leaf::name, "'");
        }
    };
    // Tensors without axes are viewed as a number.
    template <int I, class Element> static auto view_of(const tensor_view<Element>& of) {
        return std::conditional_t<entry(I).type.extents.rank == 0, scalar_view<Element>, tensor_view<Element>>(of);
    }
    template <class Leaf> static constexpr int index_of() {
        static_assert(assert_well_formed<missing<Leaf>>::value);
        return Table::find(Leaf::hash) < 0 ? 0 : Table::find(Leaf::hash);
    }
};

// Options of parameters<graph>, as in parameters<graph, element<double>>.
template <class... Options> using parameters_options =
    checked_options<option_schema::parameters, float, element_check, Options...>;
/// The parameters and state of a graph, initialised as the model says: `hg::parameters<vae> theta{hg::seed = 7}`.
/// Initial values depend only on the seed, 0 by default, and on each parameter's name. The only option is the element
/// type, `hg::element<double>`; by default it is `float`. The object must live as long as any trainer that trains it.
template <const auto& Graph, class... Options> class parameters
    : public tensor_store<tensor_table<lowered<Graph>>, typename parameters_options<Options...>::element_type> {
    static_assert(check<Graph>);
    static_assert(assert_well_formed<typename parameters_options<Options...>::mistake>::value);

public:
    /// The graph whose parameters these are.
    static constexpr const auto& graph = Graph;
    /// Draws the initial values from the seed 0.
    parameters() { reset(0); }
    /// Takes `hg::seed = n`.
    template <class First, class... Rest>
    requires(sizeof...(Rest) > 0 || !std::derived_from<First, parameters>) explicit parameters(const First& first,
                                                                                               const Rest&... rest) {
        static_assert(assert_well_formed<construction_check<option_schema::parameters, First, Rest...>>::value);
        reset(option_or(decltype(seed)::hash, std::uint64_t{0}, first, rest...));
    }
    /// Draws all initial values again, from another seed.
    void reset(std::uint64_t seed_) { this->initialise_all(seed_); }
};

HOURGLASS_END
