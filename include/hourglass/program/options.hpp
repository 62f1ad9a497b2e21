// The options that programs, parameters and interpreters take: the template arguments that follow the graph. Unknown,
// repeated and out-of-range options are readable compile errors. compile/compile.hpp knows the effect of each option;
// constructor arguments are in program/construction.hpp.
#pragma once

#include <iterator>
#include <limits>

#include <hourglass/compile/compile.hpp>

HOURGLASS_BEGIN

namespace spelling { // separate, since GCC omits a namespace from names inside it
template <class T> constexpr std::string_view signature_of() { return __PRETTY_FUNCTION__; }
}
// A type as users write it, without namespaces and template arguments: "hg::adam", "int", "lion", "std::vector<...>".
template <class T> constexpr text type_text() {
    constexpr std::string_view sample = spelling::signature_of<void>();
    constexpr std::size_t before = sample.find("void"), after = sample.size() - before - 4;
    std::string_view name = spelling::signature_of<T>();
    name = name.substr(before, name.size() - before - after);
    const std::string_view plain = name.substr(0, name.find('<'));
    const bool ours = plain.starts_with("hourglass::"), standard = plain.starts_with("std::");
    const std::size_t last = plain.rfind("::");
    return sentence(ours       ? "hg::"
                    : standard ? "std::"
                               : "",
                    last == std::string_view::npos ? plain : plain.substr(last + 2),
                    plain.size() < name.size() ? "<...>" : "");
}

enum class option_kind {
    from,
    to,
    wrt,
    trains,
    recompute, // options up to here hold names
    rule,
    max_rows,
    element,
    training,
    sum_rows,
    per_example,
    arena_inside,
    unknown
};
inline constexpr int option_count = static_cast<int>(option_kind::unknown);
inline constexpr std::string_view option_names[option_count] = {
    "hg::from",     "hg::to",      "hg::wrt",      "hg::trains",   "hg::recompute",   "an update rule",
    "hg::max_rows", "hg::element", "hg::training", "hg::sum_rows", "hg::per_example", "hg::arena_inside"};

// The kind of an option type, and a check of its contents.
template <class T> struct option_traits { static constexpr option_kind kind = option_kind::unknown; };
template <class T>
requires requires { T::rule; }
struct option_traits<T> {
    static constexpr option_kind kind = option_kind::rule;
};
template <option_kind Kind, auto... Symbols> struct option_of_names {
    static constexpr option_kind kind = Kind;
    static constexpr text mistake() {
        if constexpr (!(named_leaf<decltype(Symbols)> && ...)) {
            return sentence(option_names[static_cast<int>(Kind)],
                            "<...> holds something that is no symbol: it takes symbols, inputs, parameters, and "
                            "hg::name<...> for what has no object");
        } else {
            constexpr int count = static_cast<int>(sizeof...(Symbols));
            constexpr wanted_name names[] = {wanted_name{Symbols.name, Symbols.hash}..., wanted_name{}};
            for (int i = 1; i < count; ++i)
                for (int j = 0; j < i; ++j)
                    if (names[i].hash == names[j].hash)
                        return sentence(option_names[static_cast<int>(Kind)], "<...> names '", names[i].name,
                                        "' twice");
            return {};
        }
    }
};
template <auto... S> struct option_traits<from<S...>> : option_of_names<option_kind::from, S...> {};
template <auto... S> struct option_traits<to<S...>> : option_of_names<option_kind::to, S...> {};
template <auto... S> struct option_traits<wrt<S...>> : option_of_names<option_kind::wrt, S...> {};
template <auto... S> struct option_traits<trains<S...>> : option_of_names<option_kind::trains, S...> {};
template <auto... S> struct option_traits<recompute<S...>> : option_of_names<option_kind::recompute, S...> {};
template <long Rows> struct option_traits<max_rows<Rows>> {
    static constexpr option_kind kind = option_kind::max_rows;
    static constexpr long most = std::numeric_limits<int>::max();
    static constexpr text mistake() {
        if (Rows >= 1 && Rows <= most) return {};
        return sentence("hg::max_rows<", Rows, "> is out of range: a call has 1 to ", most, " rows");
    }
};
template <class T> struct option_traits<element<T>> { static constexpr option_kind kind = option_kind::element; };
template <> struct option_traits<training> { static constexpr option_kind kind = option_kind::training; };
template <> struct option_traits<sum_rows> { static constexpr option_kind kind = option_kind::sum_rows; };
template <> struct option_traits<per_example> { static constexpr option_kind kind = option_kind::per_example; };
template <> struct option_traits<arena_inside> { static constexpr option_kind kind = option_kind::arena_inside; };

// The classes that take options, and which options each takes.
enum class option_schema { function, gradient, trainer, parameters, interpreter, program_interpreter };
struct option_schema_outline {
    std::string_view name{};
    bool takes[option_count]{}; // in the order of option_kind
};
// clang-format off
inline constexpr option_schema_outline option_schemas[] = {
    //                            from   to     wrt    trains recompute rule   rows   element training sum    per_example arena_inside
    {"hg::function",            {true,  true,  false, false, false,    false, true,  true,   true,    false, false,      true}},
    {"hg::gradient",            {true,  true,  true,  false, true,     false, true,  true,   false,   true,  true,       true}},
    {"hg::trainer",             {true,  true,  false, true,  true,     true,  true,  true,   false,   true,  false,      false}},
    {"hg::parameters",          {false, false, false, false, false,    false, false, true,   false,   false, false,      false}},
    {"hg::interpreter",         {false, false, false, false, false,    false, false, true,   true,    false, false,      false}},
    {"hg::program_interpreter", {false, false, false, false, false,    false, false, true,   false,   false, false,      false}},
};
// clang-format on
constexpr option_schema option_schema_of(program_kind kind) {
    return kind == program_kind::function   ? option_schema::function
           : kind == program_kind::gradient ? option_schema::gradient
                                            : option_schema::trainer;
}

template <option_schema Schema, class... Options> struct options_check {
    static constexpr const option_schema_outline& outline = option_schemas[static_cast<int>(Schema)];

    template <class Option> static constexpr text name_of() {
        constexpr option_kind kind = option_traits<Option>::kind;
        if (kind == option_kind::rule || kind == option_kind::unknown) return type_text<Option>();
        return text(option_names[static_cast<int>(kind)]);
    }
    static constexpr text all_taken() {
        int count = 0, left = 0;
        for (bool takes : outline.takes) count += takes;
        left = count;
        text t;
        for (int i = 0; i < option_count; ++i)
            if (outline.takes[i]) {
                t.add(left == count ? "" : left == 1 ? " and " : ", ").add(option_names[i]);
                --left;
            }
        return t;
    }
    template <class Option> static constexpr text check_one() {
        constexpr option_kind kind = option_traits<Option>::kind;
        // The program's specification rejects it for a trainer, and gives the reason.
        if (Schema == option_schema::trainer && kind == option_kind::per_example) return {};
        if (kind == option_kind::unknown || !outline.takes[static_cast<int>(kind)])
            return sentence(name_of<Option>(), " is no option of ", outline.name, ", which takes ", all_taken());
        if constexpr (requires { option_traits<Option>::mistake(); }) return option_traits<Option>::mistake();
        return {};
    }
    static constexpr text check_given_once() {
        constexpr option_kind kinds[] = {option_traits<Options>::kind..., option_kind::unknown};
        for (int i = 1; i < static_cast<int>(sizeof...(Options)); ++i)
            for (int j = 0; j < i; ++j) {
                if (kinds[i] != kinds[j]) continue;
                if (kinds[i] == option_kind::rule)
                    return sentence(outline.name, " has two update rules, ", name_at(j), " and ", name_at(i),
                                    ", but takes one");
                return sentence(name_at(i), " is given twice",
                                kinds[i] <= option_kind::recompute ? ": put all names into one" : "");
            }
        return {};
    }
    static constexpr text name_at([[maybe_unused]] int place) {
        text t;
        [[maybe_unused]] int at = 0;
        ((t = at++ == place ? name_of<Options>() : t), ...);
        return t;
    }
    static constexpr text check_together() {
        constexpr bool sums = ((option_traits<Options>::kind == option_kind::sum_rows) || ...);
        constexpr bool apart = ((option_traits<Options>::kind == option_kind::per_example) || ...);
        if (!sums || !apart) return {};
        return sentence(
            "hg::sum_rows and hg::per_example exclude each other: a gradient is that of the sum, or of each row");
    }
    static constexpr text value() {
        text t;
        ((t = t.empty() ? check_one<Options>() : t), ...);
        if (t.empty()) t = check_given_once();
        if (t.empty()) t = check_together();
        return t;
    }
    static constexpr bool passed = value().empty();
};

// The element type. Parameters and programs share this check, so that one wrong choice is one error.
template <class T> struct element_check {
    static constexpr bool passed = std::is_same_v<T, float> || std::is_same_v<T, double>;
    static constexpr text value() {
        if (passed) return {};
        return sentence("hg::element<", type_text<T>(),
                        "> is no type to compute in: programs and their parameters take float or double");
    }
};
// Interpreters compute in any number type with fractions.
template <class T> struct interpreter_element_check {
    static constexpr bool passed = std::numeric_limits<T>::is_specialized && !std::numeric_limits<T>::is_integer;
    static constexpr text value() {
        if (passed) return {};
        return sentence("hg::element<", type_text<T>(),
                        "> is no type to compute in: an interpreter takes float, double and other numbers with "
                        "fractions");
    }
};

// Checked options: the mistake in them, if any, and the element type, replaced by its default if it is wrong.
template <option_schema Schema, class Default, template <class> class ElementCheck, class... Options>
struct checked_options {
    using given = typename option_set<Options...>::found_element;
    using element_or_default = std::conditional_t<std::is_void_v<given>, Default, given>;
    using of_options = options_check<Schema, Options...>;
    using of_element = ElementCheck<element_or_default>;
    static constexpr bool passed = of_options::passed && of_element::passed;
    using mistake = std::conditional_t<of_options::passed, of_element, of_options>;
    using element_type = std::conditional_t<of_element::passed, element_or_default, Default>;
};

// Takes the place of a program with wrong options: same graph and kind, but empty.
template <class Checked, const auto& Graph, program_kind Kind> struct refused_spec {
    using mistake = typename Checked::mistake;
    using options = option_set<element<typename Checked::element_type>>;
    static constexpr auto& graph = Graph;
    static constexpr program_kind kind = Kind;
    static constexpr long rows = options::rows;
    static constexpr bool in_training = Kind != program_kind::function;
    static constexpr graph_builder run() {
        graph_builder nothing;
        nothing.problem = mistake::value();
        return nothing;
    }
};
template <bool Passed, class Checked, const auto& Graph, program_kind Kind, auto Loss, class... Options>
struct choose_spec {
    using type = program_spec<Graph, Kind, Loss, Options...>;
};
template <class Checked, const auto& Graph, program_kind Kind, auto Loss, class... Options>
struct choose_spec<false, Checked, Graph, Kind, Loss, Options...> {
    using type = refused_spec<Checked, Graph, Kind>;
};
// The specification of a program with these options, or its replacement if they are wrong.
template <const auto& Graph, program_kind Kind, auto Loss, class... Options> using checked_spec =
    typename choose_spec<checked_options<option_schema_of(Kind), float, element_check, Options...>::passed,
                         checked_options<option_schema_of(Kind), float, element_check, Options...>, Graph, Kind, Loss,
                         Options...>::type;

HOURGLASS_END
