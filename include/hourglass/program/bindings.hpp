// The arguments of a call: `name = value`, in any order. Here names meet the values of a schedule; what is missing, unknown,
// bound twice or of the wrong kind is said at compile time in words, and a wrong extent at run time.
#pragma once

#include <concepts>
#include <ranges>
#include <stdexcept>
#include <string>

#include <hourglass/program/executor.hpp>

HOURGLASS_BEGIN

// A wrong number of rows or elements in a call; the message names the symbol and both numbers.
class call_error : public std::invalid_argument {
public:
    using std::invalid_argument::invalid_argument;
};

// Destinations of a call, in place of views of the arena: hg::into(xhat, images).
template <class Leaf, class Range> struct destination {
    using left = Leaf;
    Range& range;
};
template <named_leaf Leaf, std::ranges::contiguous_range Range> constexpr auto into(const Leaf&, Range&& range) {
    return destination<Leaf, std::remove_reference_t<Range>>{range};
}

template <class T> inline constexpr bool is_binding = false;
template <class L, class V> inline constexpr bool is_binding<binding<L, V>> = true;
template <class T> inline constexpr bool is_destination = false;
template <class L, class R> inline constexpr bool is_destination<destination<L, R>> = true;
template <class T> inline constexpr bool is_equation = false;
template <class L, class R> inline constexpr bool is_equation<equation<L, R>> = true;

template <class V> concept number_range = std::ranges::contiguous_range<V> && std::is_arithmetic_v<std::ranges::range_value_t<V>>;

// Names that every call knows beside the program's own.
inline constexpr std::uint64_t call_options[] = {decltype(rows)::hash, decltype(first_example)::hash};

// What a call to a program binds, checked against the program. `Compiled` is the program's compiled graph.
template <class Compiled, class T, class... Arguments> struct call_check {
    static constexpr const auto& g = Compiled::final_graph::value;

    static constexpr int value_named(std::uint64_t hash) {
        for (int v = 0; v < Compiled::sizes.values; ++v) {
            const stored_value& value = Compiled::schedule.values[static_cast<std::size_t>(v)];
            if (value.storage == storage_kind::fed && value.name >= 0 && g.names[static_cast<std::size_t>(value.name)].hash == hash) return v;
        }
        return -1;
    }
    static constexpr int scalar_named(std::uint64_t hash) {
        for (int n = 0; n < Compiled::final_graph::sizes.nodes; ++n) {
            const node& at = g.nodes[static_cast<std::size_t>(n)];
            if (is<ops::scalar>(at) && g.names[static_cast<std::size_t>(at.name)].hash == hash) return n;
        }
        return -1;
    }
    // Scalars and inputs that the whole model has are accepted where this program does not use them.
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
    template <class Argument> static constexpr std::uint64_t hash_of_argument() {
        if constexpr (is_binding<Argument>) return Argument::left::hash;
        else return 0;
    }
    template <class Argument> static constexpr void check_one(text& t) {
        if (!t.empty()) return;
        if constexpr (is_equation<Argument>) {
            t = sentence("a call binds names to values, but an expression stands on the right of an '=': compute it first, or put "
                         "the equation into the graph");
        } else if constexpr (is_binding<Argument>) {
            using Left = typename Argument::left;
            using Value = std::remove_cvref_t<decltype(Argument::value)>;
            int times = 0;
            ((times += hash_of_argument<Arguments>() == Left::hash), ...);
            const int v = value_named(Left::hash), s = scalar_named(Left::hash);
            if (times > 1) t = sentence("'", Left::name, "' is bound twice in one call");
            else if (is_option(Left::hash)) return;
            else if (v >= 0) {
                if constexpr (number_range<Value>) {
                    using Given = std::remove_cv_t<std::ranges::range_value_t<Value>>;
                    if (!std::is_same_v<Given, T>)
                        t = sentence("'", Left::name, "' is bound to numbers of the type ", type_name<Given>(), ", but the program computes in ",
                                     type_name<T>(), ": convert them, or choose hg::element<", type_name<Given>(), ">");
                } else if constexpr (!std::is_arithmetic_v<Value>) {
                    t = sentence("'", Left::name, "' is bound to something that is no contiguous range of numbers");
                } else if (Compiled::schedule.values[static_cast<std::size_t>(v)].type.extents.size() != 1) {
                    t = sentence("'", Left::name, "' has the shape ", Compiled::schedule.values[static_cast<std::size_t>(v)].type.extents,
                                 ", but is bound to a single number");
                }
            } else if (s >= 0 || known_to_model(Left::hash)) {
                if constexpr (!std::is_arithmetic_v<Value>) t = sentence("the scalar '", Left::name, "' is bound to something that is no number");
            } else {
                t = sentence("the program has nothing to bind to '", Left::name, "': it is no input, scalar or fed symbol of it");
            }
        }
    }
    template <class Given> static constexpr std::string_view type_name() {
        if constexpr (std::is_same_v<Given, float>) return "float";
        else if constexpr (std::is_same_v<Given, double>) return "double";
        else if constexpr (std::is_same_v<Given, int>) return "int";
        else if constexpr (std::is_same_v<Given, unsigned char>) return "unsigned char";
        else return "another";
    }
    static constexpr text value() {
        text t;
        (check_one<Arguments>(t), ...);
        if (!t.empty()) return t;
        for (int v = 0; v < Compiled::sizes.values; ++v) {
            const stored_value& value = Compiled::schedule.values[static_cast<std::size_t>(v)];
            if (value.storage != storage_kind::fed) continue;
            const auto& name = g.names[static_cast<std::size_t>(value.name)];
            bool bound = false;
            ((bound = bound || hash_of_argument<Arguments>() == name.hash), ...);
            if (!bound)
                return sentence("the call does not bind '", Compiled::view().name(value.name), "', which the program needs");
        }
        return {};
    }
};

// The rows of a call: from what is bound with a batch axis, or as given by hg::rows.
struct row_count {
    long rows = -1;
    std::string_view from{};

    void set(long given, std::string_view name) {
        if (rows >= 0 && rows != given)
            throw call_error("'" + std::string(name) + "' has " + std::to_string(given) + " rows, but '" + std::string(from) + "' has " +
                             std::to_string(rows));
        rows = given;
        from = name;
    }
};

inline long rows_in(std::size_t elements, const value_type& type, std::string_view name) {
    const auto each = static_cast<std::size_t>(type.extents.size());
    if (!type.batched) {
        if (elements != each)
            throw call_error("'" + std::string(name) + "' needs " + std::to_string(each) + " numbers, but is bound to " +
                             std::to_string(elements));
        return -1;
    }
    if (each == 0 || elements % each != 0)
        throw call_error("'" + std::string(name) + "' needs " + std::to_string(each) + " numbers for each row, but is bound to " +
                         std::to_string(elements) + ", which is no multiple of that");
    return static_cast<long>(elements / each);
}

HOURGLASS_END
