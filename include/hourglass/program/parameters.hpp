// The parameters and state of a graph, which live outside programs so that all programs over the graph share them.
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

// Where each tensor of a graph's `starts` lies in one block of memory, a cache line or more for each.
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
    static constexpr bool broken = !Stage::view().problem.empty(); // and said so: a missing name is no second mistake
    // The names are copied: whoever points into a graph keeps all of it in the object file, with every function that
    // its operations name.
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
        table<tensor_entry, count + 1> entries; // the last says where they end
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

// The tensors of a table in memory, by name. An object keeps its memory for as long as it lives, since programs hold
// addresses in it: assigning writes into it, and moving is copying, so that nothing is ever left without.
template <class Table, class T> class tensor_store {
    aligned_memory<T> memory_;

public:
    using table = Table;
    using element_type = T;
    static constexpr int count = Table::count;

    tensor_store() : memory_(allocate_aligned<T>(static_cast<std::size_t>(Table::size))) {}
    tensor_store(const tensor_store& other) : tensor_store() { *this = other; }
    tensor_store& operator=(const tensor_store& other) noexcept {
        if (this != &other) std::copy_n(other.memory_.get(), Table::size, memory_.get());
        return *this;
    }

    static constexpr const tensor_entry& entry(int i) { return Table::entries[i]; }
    static std::string name(int i) { return std::string(entry(i).name); }
    tensor_view<T> view(int i) { return view_at<T>(memory_.get() + entry(i).offset, entry(i).type); }
    tensor_view<const T> view(int i) const { return view_at<const T>(memory_.get() + entry(i).offset, entry(i).type); }

    // By the symbol of a parameter or state, or by hg::name<"h.weight">. A name that the graph lacks is a compile
    // error. Numbers are read and written: float(theta[b]) of a parameter without axes, theta[W](0, 3), theta[b] = 2,
    // theta[W] = values, where there are as many values as elements.
    template <named_leaf Leaf> auto operator[](const Leaf&) {
        return view_of<index_of<Leaf>()>(view(index_of<Leaf>()));
    }
    template <named_leaf Leaf> auto operator[](const Leaf&) const {
        return view_of<index_of<Leaf>()>(view(index_of<Leaf>()));
    }

    // Calls f(name, view, is_state) for each tensor, in the order in which the model declares them.
    void for_each(auto&& f) {
        for (int i = 0; i < count; ++i) f(name(i), view(i), entry(i).is_state);
    }
    void for_each(auto&& f) const {
        for (int i = 0; i < count; ++i) f(name(i), view(i), entry(i).is_state);
    }
    T* find(std::uint64_t hash) {
        const int i = Table::find(hash);
        return i < 0 ? nullptr : memory_.get() + entry(i).offset;
    }
    const T* find(std::uint64_t hash) const { return const_cast<tensor_store*>(this)->find(hash); }

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
    // As a number where the tensor has no axes.
    template <int I, class Element> static auto view_of(const tensor_view<Element>& of) {
        return std::conditional_t<entry(I).type.extents.rank == 0, scalar_view<Element>, tensor_view<Element>>(of);
    }
    template <class Leaf> static constexpr int index_of() {
        static_assert(assert_well_formed<missing<Leaf>>::value);
        return Table::find(Leaf::hash) < 0 ? 0 : Table::find(Leaf::hash);
    }
};

// parameters<graph>, or parameters<graph, element<double>>. Starts as the model says, drawn from a seed:
// parameters<vae> theta{hg::seed = 7}.
template <class... Options> using parameters_options =
    checked_options<option_schema::parameters, float, element_check, Options...>;
template <const auto& Graph, class... Options> class parameters
    : public tensor_store<tensor_table<lowered<Graph>>, typename parameters_options<Options...>::element_type> {
    static_assert(check<Graph>);
    static_assert(assert_well_formed<typename parameters_options<Options...>::mistake>::value);

public:
    static constexpr const auto& graph = Graph;
    parameters() { reset(0); }
    template <class First, class... Rest>
    requires(sizeof...(Rest) > 0 || !std::derived_from<First, parameters>) explicit parameters(const First& first,
                                                                                               const Rest&... rest) {
        static_assert(assert_well_formed<construction_check<option_schema::parameters, First, Rest...>>::value);
        reset(option_or(decltype(seed)::hash, std::uint64_t{0}, first, rest...));
    }
    void reset(std::uint64_t seed_) { this->initialise_all(seed_); }
};

HOURGLASS_END
