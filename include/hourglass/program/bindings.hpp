// The arguments of a call, `name = value` in any order, matched by name with the values of a schedule. Missing, unknown
// or repeated names and wrong types are readable compile errors; wrong extents throw at run time.
#pragma once

#include <concepts>
#include <iterator>
#include <limits>
#include <string>

#include <hourglass/program/parameters.hpp>
#include <hourglass/runtime/executor.hpp>

HOURGLASS_BEGIN

// Equivalent to std::ranges::contiguous_range, but including <ranges> would add a tenth of a second to the compile time
// of every program.
template <class Range>
concept contiguous_values = requires(Range& values) {
    std::size(values);
    requires std::is_pointer_v<decltype(std::data(values))>;
    requires std::contiguous_iterator<decltype(std::begin(values))>;
};
template <class Range> using number_of = std::remove_cvref_t<decltype(*std::data(std::declval<Range&>()))>;

// A destination for a result, in place of a view of the arena: `hg::into(xhat, images)`.
template <class Leaf, class Range> struct destination {
    using left = Leaf;
    Range& range;
};
/// Writes a result of the call into `range`, which is contiguous and has room for all rows:
/// `f(x = images, hg::into(xhat, out))`. The call may then have any number of rows, which run in chunks of
/// `hg::max_rows`, unless rows depend on each other. Throws `call_error` if the range is too small, or overlaps another
/// destination or data that later chunks read.
template <named_leaf Leaf, contiguous_values Range> constexpr auto into(const Leaf&, Range&& range) {
    return destination<Leaf, std::remove_reference_t<Range>>{range};
}

template <class T> inline constexpr bool is_destination = false;
template <class L, class R> inline constexpr bool is_destination<destination<L, R>> = true;
template <class T> struct equation_name;
template <class L, class R> struct equation_name<equation<L, R>> { static constexpr std::string_view value = L::name; };

template <class V>
concept number_range = contiguous_values<V> && std::is_arithmetic_v<number_of<V>>;

// Checks the parameters of a call against the program; Parameters is void if the call has none.
template <class Compiled, class T, class Parameters> struct parameters_check {
    static constexpr text value() {
        if (Compiled::broken) return {};
        constexpr bool trains = Compiled::spec::kind == program_kind::trainer;
        const graph_view g = Compiled::view();
        if constexpr (std::is_void_v<Parameters>) {
            for (const leaf_start& s : g.starts)
                if (!s.is_slot)
                    return sentence("the program reads the ", g[g.names[s.name].node].op->name, " '", g.name(s.name),
                                    "', but the call gives no parameters: they are its first argument");
        } else {
            using Plain = std::remove_const_t<Parameters>;
            using Given = typename Plain::element_type;
            if constexpr (requires { Plain::table::broken; })
                if (Plain::table::broken) return {};
            if (!std::is_same_v<Given, T>)
                return sentence("the parameters are of the type ", type_text<Given>(), ", but the ",
                                trains ? "trainer" : "program", " computes in ", type_text<T>(),
                                ": give both the same hg::element<...>");
            if (trains && std::is_const_v<Parameters>)
                return sentence("the parameters are const, but a trainer writes them");
            if constexpr (requires { Plain::table::find(std::uint64_t{}); })
                for (const leaf_start& s : g.starts) {
                    if (s.is_slot) continue;
                    const std::string_view name = g.name(s.name);
                    const value_type type = g[g.names[s.name].node].type;
                    const int found = Plain::table::find(g.names[s.name].hash);
                    if (found < 0)
                        return sentence("these are the parameters of another graph: they hold no '", name, "'");
                    const shape& held = Plain::table::entries[found].type.extents;
                    if (!(held == type.extents))
                        return sentence("these are the parameters of another graph: their '", name, "' has the shape ",
                                        held, ", not ", type.extents);
                }
        }
        return {};
    }
};

// The index of a result in a program's results, or -1.
template <class Compiled> constexpr int result_named(root_kind kind, std::uint64_t hash) {
    for (int r = 0; r < Compiled::sizes.results; ++r) {
        const schedule_result& result = Compiled::run_time.results[r];
        if (result.kind == kind && Compiled::final_graph::value.names[result.name].hash == hash) return r;
    }
    return -1;
}

// Names that every call accepts in addition to the program's own.
inline constexpr std::uint64_t call_options[] = {decltype(rows)::hash, decltype(first_example)::hash};

// Checks the bindings of a call against the program. `Compiled` is the program's compiled graph.
template <class Compiled, class T, class... Arguments> struct call_check {
    static constexpr const auto& g = Compiled::final_graph::value;

    static constexpr int value_named(std::uint64_t hash) {
        for (int v = 0; v < Compiled::sizes.values; ++v) {
            const stored_value& value = Compiled::run_time.values[v];
            if (value.storage == storage_kind::fed && value.name >= 0 && g.names[value.name].hash == hash) return v;
        }
        return -1;
    }
    static constexpr int scalar_named(std::uint64_t hash) {
        for (int n = 0; n < Compiled::final_graph::sizes.nodes; ++n) {
            const node& at = g.nodes[n];
            if (is<ops::scalar>(at) && g.names[at.name].hash == hash) return n;
        }
        return -1;
    }
    // Scalars of the model are accepted even if this program does not use them.
    static constexpr bool known_to_model(std::uint64_t hash) {
        const graph_view whole = lowered<Compiled::spec::graph>::view();
        const int name = whole.find_name(hash);
        if (name < 0 || whole.names[name].node < 0) return false;
        const node& at = whole[whole.names[name].node];
        return is<ops::scalar>(at);
    }
    static constexpr bool is_option(std::uint64_t hash) {
        for (std::uint64_t o : call_options)
            if (o == hash) return true;
        return false;
    }
    static constexpr bool has_name(slice_of<wanted_name> among, std::uint64_t hash) {
        for (const wanted_name& w : among)
            if (w.hash == hash) return true;
        return false;
    }
    // Explains why nothing can be bound to a name.
    static constexpr text unknown(std::string_view given, std::uint64_t hash) {
        if (given.starts_with("#"))
            return sentence(shown(given), " is given where a program is made, not where it is called");
        const graph_view whole = lowered<Compiled::spec::graph>::view();
        const int name = whole.find_name(hash);
        if (name < 0 || whole.names[name].node < 0)
            return sentence("'", given, "' is bound in the call, but the program has nothing of this name");
        const node& at = whole[whole.names[name].node];
        if (is<ops::parameter>(at) || is<ops::state>(at))
            return sentence("'", given, "' is a ", at.op->name,
                            ", and cannot be bound in a call: write it through the parameters, theta[...]");
        const auto asked = Compiled::spec::options::collect();
        if (is<ops::input>(at) || is<ops::argument>(at) || has_name(asked.fed.view(), hash))
            return sentence("'", given, "' is bound in the call, but nothing that the program returns depends on it");
        return sentence("'", given,
                        "' is bound in the call, but the program computes it: to feed it, name it in hg::from<...>");
    }
    template <class Argument> static constexpr void check_one(text& t) {
        if (!t.empty()) return;
        if constexpr (is_equation<Argument>) {
            t = sentence("'", equation_name<Argument>::value,
                         "' is bound to an expression, but a call binds names to numbers: put the "
                         "equation into the graph");
        } else if constexpr (is_destination<Argument>) {
            if constexpr (std::is_const_v<
                              std::remove_pointer_t<decltype(std::data(std::declval<const Argument&>().range))>>)
                t = sentence("the destination of '", Argument::left::name, "' is const");
            else if (Compiled::spec::kind == program_kind::trainer)
                t = sentence("a training step is never cut into chunks, so it takes no hg::into: read out[symbol]");
            else if (result_named<Compiled>(root_kind::value, Argument::left::hash) < 0)
                t = sentence("hg::into wants '", Argument::left::name,
                             "', which the program does not return: name it in hg::to<...>");
        } else if constexpr (!is_binding<Argument>) {
            t = sentence(parameter_source<Argument> ? "the parameters stand first in a call, and once"
                                                    : "an argument of the call has no name: write symbol = values");
        } else {
            using Left = typename Argument::left;
            using Value = std::remove_cvref_t<decltype(Argument::value)>;
            int times = 0;
            ((times += hash_of_argument<Arguments>() == Left::hash), ...);
            const int v = value_named(Left::hash), s = scalar_named(Left::hash);
            if (times > 1)
                t = sentence(shown(Left::name), " is bound twice in one call");
            else if (is_option(Left::hash)) {
                if (!std::integral<Value>)
                    t = sentence(shown(Left::name), " is bound to something that is no whole number");
            } else if (v >= 0) {
                if constexpr (number_range<Value>) {
                    using Given = number_of<Value>;
                    if (!std::is_same_v<Given, T>)
                        t = sentence("'", Left::name, "' is bound to numbers of the type ", type_text<Given>(),
                                     ", but the program computes in ", type_text<T>(), ": convert them",
                                     std::is_floating_point_v<Given> ? ", or choose another hg::element<...>" : "");
                } else if constexpr (!std::is_arithmetic_v<Value>) {
                    t = sentence("'", Left::name,
                                 "' is bound to something that is no number and no contiguous range of numbers");
                } else if (Compiled::run_time.values[v].type.extents.size() != 1) {
                    t = sentence("'", Left::name, "' has the shape ", Compiled::run_time.values[v].type.extents,
                                 ", but is bound to a single number");
                }
            } else if (s >= 0 || known_to_model(Left::hash)) {
                if constexpr (!std::is_arithmetic_v<Value>)
                    t = sentence("the scalar '", Left::name, "' is bound to something that is no number");
            } else {
                t = unknown(Left::name, Left::hash);
            }
        }
    }
    static constexpr text value() {
        text t;
        if (Compiled::broken) return t;
        (check_one<Arguments>(t), ...);
        if (!t.empty()) return t;
        for (int v = 0; v < Compiled::sizes.values; ++v) {
            const stored_value& value = Compiled::run_time.values[v];
            if (value.storage != storage_kind::fed) continue;
            const auto& name = g.names[value.name];
            bool bound = false;
            ((bound = bound || hash_of_argument<Arguments>() == name.hash), ...);
            if (!bound)
                return sentence("the call does not bind '", Compiled::view().name(value.name),
                                "', which the program needs");
        }
        return {};
    }
};

// The results of a call on a temporary would outlive the program.
template <class...> struct called_temporary {
    static constexpr text value() {
        return sentence("the program that is called is a temporary, and what it returns lies in its memory: give the "
                        "program a name");
    }
};

template <class...> struct called_const {
    static constexpr text value() {
        return sentence("the program that is called is const, but a call writes into its memory: declare it without "
                        "const");
    }
};

/// The number of rows of a call: from the values bound with a batch axis, or from `hg::rows`.
struct row_count {
    /// The number of rows; -1 if nothing has set it.
    long rows = -1;
    /// The name that set it.
    std::string_view from{};

    /// Takes the value of `hg::rows`. Throws `call_error` if it is less than 1 or contradicts another binding.
    void set_given(std::integral auto given) {
        check_count("hg::rows", given, 1, std::numeric_limits<long>::max(), "a call has 1 to 2^63 - 1 rows");
        set(static_cast<long>(given), "hg::rows");
    }

    /// Takes the rows of a bound value. Throws `call_error` if they contradict another binding.
    void set(long given, std::string_view name) {
        if (rows >= 0 && rows != given) [[unlikely]]
            refuse(given, name);
        rows = given;
        from = name;
    }
    /// Throws `call_error` if the program has rows, but the call has none.
    void check() const {
        if (rows <= 0) [[unlikely]]
            refuse_none();
    }

private:
    [[noreturn]] HOURGLASS_COLD void refuse(long given, std::string_view name) const {
        throw call_error{"'", name, "' has ", given, " rows, but '", from, "' has ", rows};
    }
    [[noreturn]] HOURGLASS_COLD void refuse_none() const {
        if (rows < 0)
            throw call_error("nothing with a batch axis is bound, so the call must say how many rows: hg::rows = n");
        throw call_error{"a call with no rows: '", from, "' is empty"};
    }
};
// The value of hg::first_example in a call, checked.
inline std::uint64_t first_example_of(std::integral auto given) {
    check_count("hg::first_example", given, 0, std::numeric_limits<std::uint64_t>::max(),
                "examples are numbered from 0");
    return static_cast<std::uint64_t>(given);
}

[[noreturn]] HOURGLASS_COLD inline void refuse_elements(std::size_t elements, const value_type& type,
                                                        std::string_view name) {
    throw call_error{"'",
                     name,
                     "' needs ",
                     type.extents.size(),
                     type.batched ? " numbers for each row, but is bound to " : " numbers, but is bound to ",
                     elements,
                     type.batched ? ", which is no multiple of that" : ""};
}
inline long rows_in(std::size_t elements, const value_type& type, std::string_view name) {
    const auto each = static_cast<std::size_t>(type.extents.size());
    if (type.batched ? each == 0 || elements % each != 0 : elements != each) [[unlikely]]
        refuse_elements(elements, type, name);
    return type.batched ? static_cast<long>(elements / each) : -1;
}
[[noreturn]] HOURGLASS_COLD inline void refuse_rows(long given, long most, std::string_view what,
                                                    std::string_view remedy) {
    throw call_error{"the call has ",           given, " rows, ", what,  " takes at most ", most,
                     ": give it hg::max_rows<", given, ">, or ",  remedy};
}
// Results lie in the program's own memory, which the next call overwrites. Parameters are not named here.
[[noreturn]] HOURGLASS_COLD inline void refuse_own_memory(std::string_view name) {
    const std::string_view quote = name.empty() ? "" : "'";
    throw call_error{quote, name.empty() ? "a parameter" : name, quote,
                     " is bound to a result of the program that is called, which the call overwrites: bind a copy"};
}
[[noreturn]] HOURGLASS_COLD inline void refuse_written(std::string_view name) {
    throw call_error{"'", name,
                     "' is bound to memory of the parameters, the state or the optimiser, which a training step "
                     "writes: bind a copy"};
}
// With hg::into, per-row results stay in the program's memory only for the last chunk.
[[noreturn]] HOURGLASS_COLD inline void refuse_chunks(std::string_view what, std::string_view name, long given,
                                                      long most, std::string_view remedy) {
    throw call_error{"the call has ",
                     given,
                     " rows, in chunks of ",
                     most,
                     ", so that ",
                     what,
                     "'",
                     name,
                     "' would be that of the last chunk only: ",
                     remedy};
}
[[noreturn]] HOURGLASS_COLD inline void refuse_destination(std::string_view name, std::size_t holds,
                                                           std::size_t wanted) {
    throw call_error{"the destination of '", name, "' holds ", holds, " numbers, but ", wanted, " are to be written"};
}

HOURGLASS_END
