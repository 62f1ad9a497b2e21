// Blocks, the graphs used inside a graph: whether two uses are the same one, and whether the values passed to a block
// fit. How a block's equations become nodes after its prefix is in lowering/lower.hpp.
#pragma once

#include <bit>

#include <boost/hana/at.hpp>

#include <hourglass/ir/operation.hpp>
#include <hourglass/lowering/outline.hpp>

HOURGLASS_BEGIN

// A hash of everything an expression's type states. It is combined from the parts' hashes, most of which blocks that
// are used often share; the names of whole expressions would be long.
template <class E> inline constexpr std::uint64_t form_of = hash_of_type<E>();

template <class... E> constexpr std::uint64_t form_of_all(std::uint64_t kind) {
    const std::uint64_t parts[] = {form_of<E>..., sizeof...(E)};
    for (std::uint64_t part : parts) {
        kind = (kind ^ part) * 0xff51afd7ed558ccdull;
        kind ^= kind >> 32;
    }
    return kind;
}
template <class Op, class... A> inline constexpr std::uint64_t form_of<applied<Op, A...>> = form_of_all<Op, A...>(1);
template <class Left, class Right>
inline constexpr std::uint64_t form_of<equation<Left, Right>> = form_of_all<Left, Right>(2);
template <class... E> inline constexpr std::uint64_t form_of<graph<E...>> = form_of_all<E...>(3);
template <class Graph, class... Formals>
inline constexpr std::uint64_t form_of<block_use<Graph, Formals...>> = form_of_all<Graph, Formals...>(4);
template <class... E> inline constexpr std::uint64_t form_of<boost::hana::tuple<E...>> = form_of_all<E...>(5);
template <class Graph, int Steps, bool Backwards, int Every, class... Arguments>
inline constexpr std::uint64_t form_of<scan_use<Graph, Steps, Backwards, Every, Arguments...>> =
    form_of_all<Graph, Arguments...>(6 + 2 * static_cast<std::uint64_t>(Steps) + Backwards +
                                     0x100000000ull * static_cast<std::uint64_t>(Every));
template <fixed_string Prefix, class Use, class Result, scan_moment Moment> inline constexpr std::uint64_t
    form_of<scan_result<Prefix, Use, Result, Moment>> = form_of_all<Use, Result>(hash_of(Prefix.view()) +
                                                                                 static_cast<std::uint64_t>(Moment));
template <fixed_string Prefix, class Graph, class Result, class... Formals>
inline constexpr std::uint64_t form_of<block_result<Prefix, Graph, Result, Formals...>> =
    form_of_all<block_use<Graph, Formals...>, Result>(hash_of(Prefix.view()));

// Compares the values in two expressions of one type: literals, initial values, options of operations.
class value_comparison {
    template <class Tuple, std::size_t... I>
    constexpr bool each(const Tuple& a, const Tuple& b, std::index_sequence<I...>) {
        const bool equal[] = {same(boost::hana::at_c<I>(a), boost::hana::at_c<I>(b))..., true};
        for (bool e : equal)
            if (!e) return false;
        return true;
    }
    template <class Op> constexpr bool same_options(const Op& a, const Op& b) {
        if constexpr (std::is_empty_v<Op>)
            return true;
        else if constexpr (requires { a == b; })
            return a == b;
        else if constexpr (requires { a.options; })
            return options_of(a) == options_of(b);
        else {
            known = false;
            return false;
        }
    }

public:
    bool known = true; // false: an operation has members, but neither == nor options

    constexpr bool same(const literal& a, const literal& b) {
        return std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
    }
    template <named_leaf Leaf> constexpr bool same([[maybe_unused]] const Leaf& a, [[maybe_unused]] const Leaf& b) {
        if constexpr (requires { a.initial; })
            return a.initial == b.initial;
        else if constexpr (requires { a.start; })
            return a.start == b.start;
        else
            return true;
    }
    template <class Leaf> constexpr bool same(const next_of<Leaf>& a, const next_of<Leaf>& b) {
        return same(a.of, b.of);
    }
    template <class Op, class... A> constexpr bool same(const applied<Op, A...>& a, const applied<Op, A...>& b) {
        return same_options(a.operation, b.operation) &&
               each(a.operands, b.operands, std::make_index_sequence<sizeof...(A)>{});
    }
    template <class Left, class Right>
    constexpr bool same(const equation<Left, Right>& a, const equation<Left, Right>& b) {
        if constexpr (requires { a.of; })
            if (!same(a.of, b.of)) return false;
        return same(a.right, b.right);
    }
    template <class... E> constexpr bool same(const graph<E...>& a, const graph<E...>& b) {
        return each(a.equations, b.equations, std::make_index_sequence<sizeof...(E)>{});
    }
    template <class Graph, class... Formals>
    constexpr bool same(const block_use<Graph, Formals...>& a, const block_use<Graph, Formals...>& b) {
        return same(a.inner, b.inner) && each(a.formals, b.formals, std::make_index_sequence<sizeof...(Formals)>{});
    }
    template <class... E> constexpr bool same(const boost::hana::tuple<E...>& a, const boost::hana::tuple<E...>& b) {
        return each(a, b, std::make_index_sequence<sizeof...(E)>{});
    }
    template <class G, int N, bool B, int K, class... A>
    constexpr bool same(const scan_use<G, N, B, K, A...>& a, const scan_use<G, N, B, K, A...>& b) {
        return same(a.body, b.body) && same(a.along, b.along) && same(a.carried, b.carried) && same(a.same, b.same);
    }
};

// Finds what is wrong with the names that values are passed by to a block or a scan's body; empty if nothing is.
struct named_formal {
    std::string_view name{};
    std::uint64_t hash = 0;
    leaf_kind kind{};
    bool is_carried = false;
};
constexpr text problem_of_formals(slice_of<named_formal> formals, slice_of<std::uint64_t> uses, std::string_view call,
                                  std::string_view prefix) {
    for (int i = 0; i < formals.size; ++i) {
        const named_formal& f = formals[i];
        const text where = sentence("is bound in ", call, "<\"", prefix, "\">(...), but ");
        if (f.kind != leaf_kind::symbol)
            return sentence("'", f.name, "', ", name_of(f.kind), ", ", where, "only a symbol of the block takes what ",
                            "is passed to it");
        for (int before = 0; before < i; ++before)
            if (formals[before].hash == f.hash)
                return sentence("'", f.name, "' is bound twice in ", call, "<\"", prefix, "\">(...)");
        bool used = f.is_carried; // by next(...) at least
        for (std::uint64_t use : uses) used = used || use == f.hash;
        if (!used) return sentence("'", f.name, "' ", where, "no equation of the block uses it");
    }
    return {};
}
template <class... Equations> constexpr void collect_uses(list<std::uint64_t>& uses) {
    const equation_outline each[] = {outline<Equations>::value..., equation_outline{}};
    for (std::size_t e = 0; e < sizeof...(Equations); ++e) each[e].collect(uses);
}
template <class Use> struct formals_of;
template <class... Equations, class... Left, class... Right>
struct formals_of<block_use<graph<Equations...>, equation<Left, Right>...>> {
    static constexpr text problem(std::string_view prefix) {
        const named_formal formals[] = {{Left::name, Left::hash, Left::kind}..., {}};
        list<std::uint64_t> uses;
        collect_uses<Equations...>(uses);
        return problem_of_formals({formals, sizeof...(Left)}, uses.view(), "use", prefix);
    }
};
template <class... Equations, int Steps, bool Backwards, int Every, class... A, class... AV, class... C, class... CV,
          class... S, class... SV>
struct formals_of<scan_use<graph<Equations...>, Steps, Backwards, Every, boost::hana::tuple<equation<A, AV>...>,
                           boost::hana::tuple<equation<C, CV>...>, boost::hana::tuple<equation<S, SV>...>>> {
    static constexpr text problem(std::string_view prefix) {
        const named_formal formals[] = {
            {A::name, A::hash, A::kind}..., {C::name, C::hash, C::kind, true}..., {S::name, S::hash, S::kind}..., {}};
        list<std::uint64_t> uses;
        collect_uses<Equations...>(uses);
        return problem_of_formals({formals, sizeof...(A) + sizeof...(C) + sizeof...(S)}, uses.view(), "scan", prefix);
    }
};

// The blocks that a graph has used so far. A prefix stands for one use of one block: with the same block and actuals
// again it is the same use, with anything else it is a mistake.
class known_blocks {
    struct block {
        std::uint64_t form = 0;
        const expression_base* use = nullptr; // of the type that `form` hashes
        int node = -1;                        // the scan's
    };
    list<block> blocks_;
    hash_index by_prefix_;

public:
    list<bool> in_bodies; // nodes of scan bodies so far, which nothing else may read

    constexpr int& scan_node(std::uint64_t full_prefix) { return blocks_[by_prefix_.find(full_prefix)].node; }
    // Whether the full prefix is used already. Sets `problem` to a sentence if something is wrong.
    template <class use_type>
    constexpr bool meet(std::uint64_t full_prefix, std::string_view prefix, const use_type& use, text& problem) {
        const int found = by_prefix_.find(full_prefix);
        if (found < 0) {
            by_prefix_.insert(full_prefix, blocks_.size());
            blocks_.push({form_of<use_type>, &use});
            problem = formals_of<use_type>::problem(prefix);
            return false;
        }
        value_comparison compared;
        if (blocks_[found].form == form_of<use_type> &&
            compared.same(static_cast<const use_type&>(*blocks_[found].use), use))
            return true;
        problem = sentence("the prefix '", prefix, "' is used twice, ",
                           compared.known ? "for blocks that differ in their equations or in what is passed to them"
                                          : "and whether both are one block cannot be told, since an operation in "
                                            "them has members and no operator==",
                           ": give one of them another prefix");
        return true;
    }
};

HOURGLASS_END
