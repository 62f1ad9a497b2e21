// Blocks, the graphs used inside a graph: whether two uses of one are the same, and whether what is passed to one fits.
// How a block's equations become nodes behind its prefix is in graph/lower.hpp.
#pragma once

#include <bit>

#include <boost/hana/at.hpp>

#include <hourglass/graph/outline.hpp>
#include <hourglass/ops/operation.hpp>

HOURGLASS_BEGIN

// A number for all that an expression's type says. It is put together from its parts, of which blocks that are used
// often share most: the names of whole expressions would be long.
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
template <fixed_string Prefix, class Graph, class Result, class... Formals>
inline constexpr std::uint64_t form_of<block_result<Prefix, Graph, Result, Formals...>> =
    form_of_all<block_use<Graph, Formals...>, Result>(hash_of(Prefix.view()));

// Compares the values in two expressions of one type: literals, first values, the options of operations.
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
        else if constexpr (requires { a.pack(); })
            return a.pack() == b.pack();
        else {
            known = false;
            return false;
        }
    }

public:
    bool known = true; // false: an operation has members, but neither == nor pack()

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
};

// What is wrong with the names that a block is passed values by, if anything.
template <class Use> struct formals_of;
template <class... Equations, class... Left, class... Right>
struct formals_of<block_use<graph<Equations...>, equation<Left, Right>...>> {
    static constexpr text problem(std::string_view prefix) {
        struct formal {
            std::string_view name{};
            std::uint64_t hash = 0;
            leaf_kind kind{};
        };
        const formal formals[] = {{Left::name, Left::hash, Left::kind}..., {}};
        list<std::uint64_t> uses;
        (outline<Equations>::value.collect(uses), ...);
        for (std::size_t i = 0; i < sizeof...(Left); ++i) {
            const formal& f = formals[i];
            if (f.kind != leaf_kind::symbol)
                return sentence("'", f.name, "', ", name_of(f.kind), ", is bound in use<\"", prefix,
                                "\">(...), but only a symbol of the block takes what is passed to it");
            for (std::size_t before = 0; before < i; ++before)
                if (formals[before].hash == f.hash)
                    return sentence("'", f.name, "' is bound twice in use<\"", prefix, "\">(...)");
            bool used = false;
            for (std::uint64_t use : uses) used = used || use == f.hash;
            if (!used)
                return sentence("'", f.name, "' is bound in use<\"", prefix,
                                "\">(...), but no equation of the block uses it");
        }
        return {};
    }
};

// The blocks that a graph has used so far. A prefix stands for one use of one block: again with the same block and the
// same actuals it is that use, and with anything else a mistake.
class known_blocks {
    struct block {
        std::uint64_t form = 0;
        const expression_base* use = nullptr; // whose type the form says
    };
    list<block> blocks_;
    hash_index by_prefix_;

public:
    // Whether the full prefix is used already; the problem, where there is one, is a sentence.
    template <class Graph, class... Formals> constexpr bool
    meet(std::uint64_t full_prefix, std::string_view prefix, const block_use<Graph, Formals...>& use, text& problem) {
        using use_type = block_use<Graph, Formals...>;
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
