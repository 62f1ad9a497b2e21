// What is known of equations before any is lowered: their names, the symbols that each uses, and how they use one
// another. Serves messages: it tells which kind of mistake a symbol without a value is.
#pragma once

#include <hourglass/expr/scan.hpp>
#include <hourglass/ir/list.hpp>

HOURGLASS_BEGIN

// What a name stands for, with its article.
constexpr std::string_view name_of(leaf_kind kind) {
    switch (kind) {
    case leaf_kind::symbol:
        return "a symbol";
    case leaf_kind::input:
        return "an input";
    case leaf_kind::argument:
        return "an argument";
    case leaf_kind::parameter:
        return "a parameter";
    case leaf_kind::scalar:
        return "a run-time scalar";
    case leaf_kind::state:
        return "a state";
    case leaf_kind::slot:
        break;
    }
    return "an optimiser's slot";
}

// How many layers and noise leaves one equation makes; their names are numbered if there are several.
template <class Op> constexpr int own_layers() {
    if constexpr (requires { Op::unnamed_layers; })
        return Op::unnamed_layers;
    else
        return 0;
}
template <class Op> constexpr int own_noises() {
    if constexpr (requires { Op::noise_leaves; })
        return Op::noise_leaves;
    else
        return 0;
}
template <class E> inline constexpr int layer_count = 0;
template <class E> inline constexpr int noise_count = 0;
template <class Op, class... A>
inline constexpr int layer_count<applied<Op, A...>> = own_layers<Op>() + (0 + ... + layer_count<A>);
template <class Op, class... A>
inline constexpr int noise_count<applied<Op, A...>> = own_noises<Op>() + (0 + ... + noise_count<A>);

// An estimate of the indices (ops/gather.hpp) that its derivatives make, to reserve room at once.
template <class Op> constexpr int own_indices() {
    if constexpr (requires { Op::indices; })
        return Op::indices;
    else
        return 0;
}
template <class E> inline constexpr int index_count = 0;
template <class Op, class... A>
inline constexpr int index_count<applied<Op, A...>> = own_indices<Op>() + (0 + ... + index_count<A>);
template <class L, class R> inline constexpr int index_count<equation<L, R>> = index_count<R>;
template <class... E> inline constexpr int index_count<graph<E...>> = [] {
    int all = 0;
    for (const int count : {index_count<E>..., 0}) all += count;
    return all;
}();

// The symbols that an expression uses, to tell which kind of mistake a missing one is.
template <class E> struct symbols_of {
    static constexpr void collect(list<std::uint64_t>& into) {
        if constexpr (named_leaf<E>) into.push(E::hash);
    }
};
template <class Op, class... A> struct symbols_of<applied<Op, A...>> {
    static constexpr void collect(list<std::uint64_t>& into) { (symbols_of<A>::collect(into), ...); }
};
template <fixed_string P, class G, class R, class... L, class... E>
struct symbols_of<block_result<P, G, R, equation<L, E>...>> {
    static constexpr void collect(list<std::uint64_t>& into) { (symbols_of<E>::collect(into), ...); }
};

template <class E> struct symbols_of_all;
template <class... L, class... E> struct symbols_of_all<boost::hana::tuple<equation<L, E>...>> {
    static constexpr void collect(list<std::uint64_t>& into) { (symbols_of<E>::collect(into), ...); }
};
template <fixed_string P, class G, int N, bool B, int K, class Along, class Carried, class Same, class R, scan_moment M>
struct symbols_of<scan_result<P, scan_use<G, N, B, K, Along, Carried, Same>, R, M>> {
    static constexpr void collect(list<std::uint64_t>& into) {
        symbols_of_all<Along>::collect(into);
        symbols_of_all<Carried>::collect(into);
        symbols_of_all<Same>::collect(into);
    }
};

// Whether an expression reads data that differs between examples.
template <class E> inline constexpr bool reads_input = [] {
    if constexpr (named_leaf<E>)
        return E::kind == leaf_kind::input;
    else
        return false;
}();
template <class Op, class... A> inline constexpr bool reads_input<applied<Op, A...>> = (reads_input<A> || ...);
template <class L, class R> inline constexpr bool reads_input<equation<L, R>> = reads_input<R>;
template <class... E> inline constexpr bool reads_input<graph<E...>> = is_any_true<reads_input<E>...>();
template <fixed_string P, class G, class R, class... F>
inline constexpr bool reads_input<block_result<P, G, R, F...>> = (reads_input<G> || ... || reads_input<F>);
template <class... E> inline constexpr bool reads_input<boost::hana::tuple<E...>> = (reads_input<E> || ...);
template <fixed_string P, class U, class R, scan_moment M> inline constexpr bool reads_input<scan_result<P, U, R, M>> =
    reads_input<U>;
template <class G, int S, bool B, int E, class... A>
inline constexpr bool reads_input<scan_use<G, S, B, E, A...>> = (reads_input<G> || ... || reads_input<A>);

// An equation as plain data.
struct equation_outline {
    std::string_view name{};
    std::uint64_t hash = 0;
    bool is_next = false;
    void (*collect)(list<std::uint64_t>&) = nullptr;
};
template <class Equation> struct outline;
template <class Left, class Right> struct outline<equation<Left, Right>> {
    static constexpr equation_outline value{Left::name, Left::hash, false, &symbols_of<Right>::collect};
};
template <class Left, class Right> struct outline<equation<next_of<Left>, Right>> {
    static constexpr equation_outline value{Left::name, Left::hash, true, &symbols_of<Right>::collect};
};

// The equations on the path by which `from` leads to `to` through the symbols that they use, including both ends; empty
// if there is no path.
constexpr list<int> way(slice_of<equation_outline> equations, int from, int to) {
    list<int> pending, result;
    list<int> user(equations.size, -1);
    pending.push(to);
    user[to] = to;
    // Backwards, so that following `user` gives the order in which the equations use one another.
    while (!pending.empty() && user[from] < 0) {
        const int at = pending.back();
        pending.pop();
        for (int i = 0; i < equations.size; ++i) {
            if (user[i] >= 0 || equations[i].is_next) continue;
            list<std::uint64_t> uses;
            equations[i].collect(uses);
            for (std::uint64_t use : uses)
                if (use == equations[at].hash && user[i] < 0) {
                    user[i] = at;
                    pending.push(i);
                }
        }
    }
    if (user[from] < 0) return result;
    for (int at = from; at != to; at = user[at]) result.push(at);
    result.push(to);
    return result;
}

HOURGLASS_END
