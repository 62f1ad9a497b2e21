// The result of a call: `out[symbol]` and `out.gradient(symbol)`, numbers or views of the program's arena. Finds
// results by name; program/program.hpp knows how the call was bound and run.
#pragma once

#include <span>

#include <hourglass/program/bindings.hpp>

HOURGLASS_BEGIN

// Returned by out[symbol] after a mistake that is already reported, if the type of the value is unknown. It converts to
// a number and works as a view, so that the code that uses it causes no further errors.
template <class T> struct unknown_value : tensor_view<const T> {
    constexpr operator T() const { return T(); }
};

/// The result of a call. `out[symbol]` is a number if the value is a single number, else a view with the rows first.
/// Views lie in the program's arena and are valid until its next call.
template <class Compiled, class T> class call_result {
    const executor<Compiled, T>* executor_;
    long rows_; // negative after several chunks, of which only the last one's results remain

    static constexpr int find(root_kind kind, std::uint64_t hash) { return result_named<Compiled>(kind, hash); }
    template <root_kind Kind, class Leaf> struct missing {
        static constexpr text value() {
            if (Compiled::broken || find(Kind, Leaf::hash) >= 0) return {};
            if (Kind == root_kind::gradient) {
                if (Compiled::spec::kind != program_kind::gradient)
                    return sentence("the gradient with respect to '", Leaf::name, "' is asked for, but ",
                                    Compiled::spec::kind == program_kind::function ? "an hg::function computes none"
                                                                                   : "an hg::trainer does not keep it",
                                    ": make it an hg::gradient");
                return sentence("the program gives no gradient with respect to '", Leaf::name,
                                "': name it in hg::wrt<...>");
            }
            const int name = model_node(Leaf::hash);
            return sentence("the program does not return '", Leaf::name,
                            "': ", name < 0 ? "its graph has nothing of this name" : "name it in hg::to<...>");
        }
    };
    static constexpr int model_node(std::uint64_t hash) {
        const graph_view whole = lowered<Compiled::spec::graph>::view();
        const int name = whole.find_name(hash);
        return name < 0 ? -1 : whole.names[name].node;
    }
    // After a mistake: a value of the type that the graph gives, if it gives one.
    template <root_kind Kind, class Leaf> static auto stand_in() {
        constexpr int at = model_node(Leaf::hash);
        if constexpr (at < 0)
            return unknown_value<T>();
        else {
            constexpr value_type type = lowered<Compiled::spec::graph>::view()[at].type;
            constexpr bool per_row =
                type.batched && (Kind == root_kind::gradient || Compiled::spec::kind == program_kind::function);
            if constexpr (type.extents.rank == 0 && !per_row)
                return T();
            else
                return tensor_view<const T>();
        }
    }
    template <root_kind Kind, class Leaf> auto get() const {
        static_assert(assert_well_formed<missing<Kind, Leaf>>::value);
        if constexpr (find(Kind, Leaf::hash) < 0)
            return stand_in<Kind, Leaf>();
        else
            return found<find(Kind, Leaf::hash)>(Leaf::name);
    }
    template <int Found> auto found([[maybe_unused]] std::string_view name) const {
        constexpr schedule_result result = Compiled::run_time.results[Found];
        constexpr value_type type = Compiled::final_graph::value.nodes[root_node(Found)].type;
        // Views of bound data would change and vanish with it, so passes/rewrite.hpp copies such results.
        static_assert(Compiled::broken || is_own(Compiled::run_time.values[result.value]));
        const T* data = executor_->template address<result.value>();
        if constexpr (type.batched)
            if (rows_ < 0) [[unlikely]]
                refuse_chunks("", name, -rows_, Compiled::spec::rows,
                              "read it from its destination, hg::into, or give the program more hg::max_rows");
        if constexpr (type.extents.rank == 0 && !type.batched)
            return *data;
        else
            return tensor_view<const T>(data, type, rows_);
    }
    static constexpr bool is_own(const stored_value& v) {
        return v.storage == storage_kind::arena || v.storage == storage_kind::uniform;
    }
    // Results are the roots that are not updates, in order.
    static constexpr int root_node(int result) {
        int seen = -1;
        for (int r = 0; r < Compiled::final_graph::sizes.roots; ++r) {
            const graph_root& root = Compiled::final_graph::value.roots[r];
            if (root.kind != root_kind::update && ++seen == result) return root.node;
        }
        return 0;
    }
    struct gradient_place {
        std::uint64_t hash = 0;
        int value = -1;
        value_type type{};
    };
    static constexpr auto find_gradients() {
        short_list<gradient_place, Compiled::final_graph::sizes.roots> all;
        const auto& g = Compiled::final_graph::value;
        int seen = 0;
        for (int r = 0; r < Compiled::final_graph::sizes.roots; ++r) {
            const graph_root& root = g.roots[r];
            if (root.kind == root_kind::update) continue;
            const int value = Compiled::run_time.results[seen++].value;
            if (root.kind == root_kind::gradient) all.push({g.names[root.name].hash, value, g.nodes[root.node].type});
        }
        return all;
    }

public:
    /// Made by the program; `rows` is the number of rows of the call.
    call_result(const executor<Compiled, T>& e, long rows) : executor_(&e), rows_(rows) {}
    /// Made by a call that ran in several chunks: per-row values can then not be read.
    static call_result of_chunks(const executor<Compiled, T>& e, long rows) { return {e, -rows}; }
    /// Returns the number of rows of the call.
    long rows() const { return rows_ < 0 ? -rows_ : rows_; }
    /// Returns the value of a symbol: a number, or a view with the rows first. A symbol that the program does not
    /// return is a compile error. Throws `call_error` if the call ran in several chunks and the value is per row.
    template <named_leaf Leaf> auto operator[](const Leaf&) const { return get<root_kind::value, Leaf>(); }
    /// Returns d loss / d symbol, of the symbol's shape, with the rows first if it is per row.
    template <named_leaf Leaf> auto gradient(const Leaf&) const { return get<root_kind::gradient, Leaf>(); }

    /// Calls `call(hash of the name, elements)` for each gradient, in order; `elements` is one contiguous span.
    template <class Call> void each_gradient(Call&& call) const {
        static constexpr auto all = find_gradients();
        for (const gradient_place& at : all) {
            const auto size = static_cast<std::size_t>(at.type.extents.size() * (at.type.batched ? rows_ : 1));
            call(at.hash, std::span<const T>(executor_->place[at.value], size));
        }
    }

    // The index of a per-row gradient, or -1; its name.
    static constexpr int find_gradient_of_rows() {
        for (int r = 0; r < Compiled::sizes.results; ++r)
            if (Compiled::run_time.results[r].kind == root_kind::gradient &&
                Compiled::final_graph::value.nodes[root_node(r)].type.batched)
                return r;
        return -1;
    }
    static constexpr int gradient_of_rows = find_gradient_of_rows();
    static std::string name_of_gradient() {
        static constexpr auto copied = [] {
            std::array<char, 256> copy{};
            const int at = std::max(0, gradient_of_rows);
            std::string_view name = Compiled::view().name(Compiled::run_time.results[at].name);
            std::ranges::copy(name.substr(0, 255), copy.begin());
            return copy;
        }();
        return copied.data();
    }

    // For into(): the type of a symbol, and its values as one contiguous span.
    template <class Leaf> static constexpr value_type type_of() {
        return Compiled::final_graph::value.nodes[root_node(find(root_kind::value, Leaf::hash))].type;
    }
    template <class Leaf> std::span<const T> contiguous() const {
        constexpr int found = find(root_kind::value, Leaf::hash);
        constexpr value_type type = type_of<Leaf>();
        const T* data = executor_->template address<Compiled::run_time.results[found].value>();
        return {data, static_cast<std::size_t>(type.extents.size() * (type.batched ? rows_ : 1))};
    }
};

HOURGLASS_END
