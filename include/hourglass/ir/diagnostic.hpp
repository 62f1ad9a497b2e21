// Brings a sentence composed in a constant expression to the user's screen, whole, on each compiler. Only this header
// knows how they differ: GCC prints a template argument in full in the note under a `static_assert` on a variable
// template, and Clang does so under a concept. In C++26 the sentence is the error message itself.
#pragma once

#include <cstddef>

#include <hourglass/expr/text.hpp>

HOURGLASS_BEGIN

/// A string of exactly the sentence's length, so that names in other messages stay short. Quotes become backquotes,
/// because GCC would print a backslash before each quote.
template <std::size_t N> struct says { char text[N + 1]{}; };
/// Returns the sentence as a string of exactly its length.
template <std::size_t N> constexpr says<N> exactly(const text& t) {
    says<N> s;
    for (std::size_t i = 0; i < N; ++i) s.text[i] = t.characters[i] == '\'' ? '`' : t.characters[i];
    s.text[N] = 0; // Clang prints arrays of 128 characters as numbers unless the final zero was written
    return s;
}
template <auto Sentence> inline constexpr bool model_is_well_formed = sizeof(Sentence.text) == 1;
template <auto Sentence>
concept well_formed = model_is_well_formed<Sentence>;

// Instantiated once per graph or program; holds the assertion, so that a mistake is reported once. `Problem` is a type
// whose static `value()` returns the sentence, empty if all is well.
template <class Problem> struct assert_well_formed {
    static constexpr text problem = Problem::value();
    static constexpr std::size_t size = static_cast<std::size_t>(problem.length);
    static constexpr auto sentence_of_the_mistake = exactly<size>(problem);
#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L && __cplusplus > 202302L
    struct message {
        constexpr std::size_t size() const { return static_cast<std::size_t>(problem.length); }
        constexpr const char* data() const { return problem.characters; }
    };
    static_assert(size == 0, message{});
#elif defined(__clang__)
    static_assert(well_formed<sentence_of_the_mistake>, "the sentence below says what is wrong with the model");
#else
    static_assert(model_is_well_formed<sentence_of_the_mistake>,
                  "the sentence below says what is wrong with the model");
#endif
    static constexpr bool value = true;
};

HOURGLASS_END
