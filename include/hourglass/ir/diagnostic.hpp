// How a sentence composed in a constant expression reaches the user's screen, whole, on each compiler. The one place
// that knows the difference between them: GCC prints a template argument in full in the note under a static_assert on a
// variable template; Clang does so under a concept; in C++26 the sentence is the error itself.
#pragma once

#include <cstddef>

#include <hourglass/expr/text.hpp>

HOURGLASS_BEGIN

// Exactly as long as the sentence, so that names in other messages stay short. Quotes become `these`, since GCC would
// print a backslash before each of the others.
template <std::size_t N> struct says { char text[N + 1]{}; };
template <std::size_t N> constexpr says<N> exactly(const text& t) {
    says<N> s;
    for (std::size_t i = 0; i < N; ++i) s.text[i] = t.characters[i] == '\'' ? '`' : t.characters[i];
    s.text[N] = 0; // written, since Clang prints an array of 128 characters and a zero that nobody wrote as numbers
    return s;
}
template <auto Sentence> inline constexpr bool model_is_well_formed = sizeof(Sentence.text) == 1;
template <auto Sentence>
concept well_formed = model_is_well_formed<Sentence>;

// Instantiated once per graph or program: holds the assertion, so that a mistake is reported once. Problem is a type
// whose static `value()` gives the sentence, empty where all is well.
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
