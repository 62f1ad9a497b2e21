// Constructor arguments of programs, parameters and interpreters: `hg::seed`, `hg::threads`, the parameters that a
// trainer trains. Any other argument is a readable compile error. Options, which are types, are in program/options.hpp;
// arguments of calls are in program/bindings.hpp.
#pragma once

#include <concepts>
#include <string>
#include <utility>

#include <hourglass/program/options.hpp>
#include <hourglass/runtime/call_error.hpp>
#include <hourglass/threads/processors.hpp>

HOURGLASS_BEGIN

/// Constructor argument `hg::seed = n`: seeds the initial values of parameters, or the noise of a program. 0 by
/// default.
inline constexpr symbol<"#seed"> seed{};
/// Call argument `hg::rows = n`: the number of rows of a call that binds nothing with a batch axis.
inline constexpr symbol<"#rows"> rows{};
/// Constructor argument `hg::threads = n`, at most `n` threads, or `hg::threads = hg::pinned(n)`, exactly `n`; 1 to
/// 1024. By default as many as there are processors for the program.
inline constexpr symbol<"#threads"> threads{};
/// Call argument `hg::first_example = n`: the number of the example in the first row, from which its noise is drawn. 0
/// by default.
inline constexpr symbol<"#first_example"> first_example{};

template <class T> inline constexpr bool is_binding = false;
template <class L, class V> inline constexpr bool is_binding<binding<L, V>> = true;
template <class T> inline constexpr bool is_equation = false;
template <class L, class R> inline constexpr bool is_equation<equation<L, R>> = true;

// A source of parameters: `hg::parameters`, or any type that finds values by the hash of a name.
template <class P>
concept parameter_source = requires(const P& p) {
    typename P::element_type;
    { p.find(std::uint64_t{}) } -> std::convertible_to<const typename P::element_type*>;
};

/// Returns a name as messages spell it: `hg::seed` for `#seed`, else in quotes, `'x'`.
constexpr text shown(std::string_view name) {
    return name.starts_with("#") ? sentence("hg::", name.substr(1)) : sentence("'", name, "'");
}
template <class Argument> constexpr std::uint64_t hash_of_argument() {
    if constexpr (is_binding<Argument>)
        return Argument::left::hash;
    else
        return 0;
}

// The value of an option among the arguments, or its default.
template <class Value> Value option_or(std::uint64_t, Value otherwise) { return otherwise; }
template <class Value, class First, class... Rest>
Value option_or(std::uint64_t hash, Value otherwise, const First& first, const Rest&... rest) {
    if constexpr (is_binding<First>)
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(first.value)>>)
            if (First::left::hash == hash) return static_cast<Value>(first.value);
    return option_or(hash, otherwise, rest...);
}
[[noreturn]] HOURGLASS_COLD inline void refuse_count(std::string_view name, message_part given, std::string_view rule) {
    throw call_error{name, " is ", given, ", but ", rule};
}
// Throws call_error unless a count given by the user lies within the bounds: "hg::rows is -5, but RULE".
template <std::integral Given> void check_count(std::string_view name, Given given, unsigned long long least,
                                                unsigned long long most, std::string_view rule) {
    bool fits = static_cast<unsigned long long>(given) >= least && static_cast<unsigned long long>(given) <= most;
    if constexpr (std::is_signed_v<Given>) fits = fits && given >= 0;
    if (!fits) [[unlikely]]
        refuse_count(name, given, rule);
}
// The value of hg::threads among the arguments, n or hg::pinned(n), or the default. Throws call_error for a number of
// threads that no program can run on.
template <class T> inline constexpr bool pins_threads = false;
template <class Number> inline constexpr bool pins_threads<pinned<Number>> = true;
template <std::integral Given> thread_limit checked_threads(Given given, bool is_pinned) {
    check_count("hg::threads", given, 1, most_threads, "a program runs on 1 to 1024 threads");
    return {static_cast<int>(given), is_pinned};
}
inline thread_limit threads_or(thread_limit otherwise) { return otherwise; }
template <class First, class... Rest>
thread_limit threads_or(thread_limit otherwise, const First& first, const Rest&... rest) {
    if constexpr (is_binding<First>) {
        if (First::left::hash == decltype(threads)::hash) {
            if constexpr (pins_threads<std::remove_cvref_t<decltype(first.value)>>)
                return checked_threads(first.value.threads, true);
            else if constexpr (std::integral<std::remove_cvref_t<decltype(first.value)>>)
                return checked_threads(first.value, false);
        }
    }
    return threads_or(otherwise, rest...);
}

// Checks the constructor arguments of each kind of object. Where temporaries matter, arguments have the type that a
// forwarding reference deduces, else plain types.
template <option_schema Schema, class... Arguments> struct construction_check {
    static constexpr std::string_view name = option_schemas[static_cast<int>(Schema)].name;
    static constexpr bool is_program =
        Schema == option_schema::function || Schema == option_schema::gradient || Schema == option_schema::trainer;
    static constexpr bool looks = Schema == option_schema::interpreter || Schema == option_schema::program_interpreter;

    static constexpr std::string_view made_with() {
        if (looks) return "parameters, a trainer's state and hg::seed = n";
        if (Schema == option_schema::parameters) return "hg::seed = n";
        return Schema == option_schema::trainer ? "the parameters, hg::seed = n and hg::threads = n"
                                                : "hg::seed = n and hg::threads = n";
    }
    template <class Argument> static constexpr text check_binding() {
        using Left = typename Argument::left;
        constexpr bool is_seed = Left::hash == decltype(seed)::hash, is_threads = Left::hash == decltype(threads)::hash;
        if (!is_seed && !(is_threads && is_program))
            return sentence(shown(Left::name), " is bound where ", name, " is made, which takes ", made_with(),
                            Schema == option_schema::parameters || is_threads ? "" : ": bind it where it is called");
        using Value = std::remove_cvref_t<decltype(Argument::value)>;
        if (!std::integral<Value> && !(is_threads && pins_threads<Value>))
            return sentence(shown(Left::name), " is bound to something that is no whole number");
        if ((0 + ... + (hash_of_argument<std::remove_cvref_t<Arguments>>() == Left::hash ? 1 : 0)) > 1)
            return sentence(shown(Left::name), " is given twice");
        return {};
    }
    template <class Argument> static constexpr text check_one(bool first) {
        using Plain = std::remove_cvref_t<Argument>;
        if constexpr (is_binding<Plain>) {
            return check_binding<Plain>();
        } else if constexpr (parameter_source<Plain> && Schema != option_schema::parameters) {
            if ((looks || Schema == option_schema::trainer) && !std::is_lvalue_reference_v<Argument>)
                return sentence("the parameters that ", name,
                                " is made with are a temporary, but it goes on using "
                                "them: give them a name");
            if (looks || (Schema == option_schema::trainer && first)) return {};
            return sentence(Schema == option_schema::trainer
                                ? "the parameters stand first where hg::trainer is made, and once"
                                : "the parameters are given where the program is made, but they are the first argument "
                                  "of each call");
        } else {
            return sentence("an argument of the type ", type_text<Plain>(), " is given where ", name,
                            " is made, which takes ", made_with());
        }
    }
    static constexpr text value() {
        text t;
        [[maybe_unused]] bool first = true;
        ((t = t.empty() ? check_one<Arguments>(std::exchange(first, false)) : t), ...);
        if (t.empty() && Schema == option_schema::trainer && !begins_with_parameters())
            t = sentence("hg::trainer is made with the parameters that it trains as its first argument");
        return t;
    }
    static constexpr bool begins_with_parameters() {
        bool begins = false;
        [[maybe_unused]] bool first = true;
        ((begins = begins || (std::exchange(first, false) && parameter_source<std::remove_cvref_t<Arguments>>)), ...);
        return begins;
    }
};

HOURGLASS_END
