// What is said of a program or a call with a mistake, through the same functions at run time; models are in
// expr/diagnostics.cpp. That the compilers print it, once, and that the code after it has no errors of its own, is
// held by tests/compile_fail.
#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "compile_fail/small_model.hpp"

using namespace model;

namespace {

template <hg::program_kind Kind, auto Loss, class... Options> using spec =
    hg::program_spec<net, Kind, Loss, Options...>;
template <class... Options> using a_function = spec<hg::program_kind::function, hg::no_loss{}, Options...>;
template <auto Loss, class... Options> using a_gradient = spec<hg::program_kind::gradient, Loss, Options...>;
template <auto Loss, class... Options> using a_trainer = spec<hg::program_kind::trainer, Loss, Options...>;

template <class Spec> std::string said() { return std::string(hg::specify<Spec>().problem.view()); }

template <class Spec, class T = float, class... Arguments> std::string said_of_call(const Arguments&...) {
    return std::string(hg::call_check<hg::compiled<Spec>, T, Arguments...>::value().view());
}
template <class Spec, class Theta, class T = float> std::string said_of_parameters() {
    return std::string(hg::parameters_check<hg::compiled<Spec>, T, Theta>::value().view());
}

}

namespace {
const numbers images(8), targets(6);
}

TEST_CASE("names that the graph does not have") {
    const std::string rest =
        " names 'nowhere', which the graph does not have: it is no symbol, input, parameter or noise of it";
    CHECK(said<a_function<hg::from<nowhere>, hg::to<code>>>() == "hg::from<...>" + rest);
    CHECK(said<a_function<hg::to<code, nowhere>>>() == "hg::to<...>" + rest);
    CHECK(said<a_gradient<loss, hg::wrt<W, nowhere>>>() == "hg::wrt<...>" + rest);
    CHECK(said<a_gradient<nowhere>>() == "hg::gradient<...>" + rest);
    CHECK(said<a_trainer<nowhere, hg::sgd>>() == "hg::trainer<...>" + rest);
    CHECK(said<a_trainer<loss, hg::sgd, hg::trains<nowhere>>>() == "hg::trains<...>" + rest);
    CHECK(said<a_function<hg::from<h, y, x>, hg::to<code, h, hg::name<"W">>>>() == "");
}

TEST_CASE("programs that cannot exist") {
    CHECK(said<a_function<hg::from<x>>>() == "the function returns nothing: name symbols in hg::to<...>");
    CHECK(said<a_trainer<loss>>() ==
          "the trainer has no update rule: name one, such as hg::adam or hg::sgd, or one of your own");
    CHECK(said<a_trainer<loss, hg::adam>>() == "");
    CHECK(said<a_trainer<code, hg::adam>>() == "the loss 'code' has the shape [3], but a loss is a single number for "
                                               "each example: take sum(...) or mean(...) of it");
    CHECK(said<a_trainer<loss, hg::sgd, hg::trains<h>>>() ==
          "hg::trains<...> names 'h', which is no parameter, so it cannot be trained");
    CHECK(said<a_trainer<loss, hg::sgd, hg::trains<W>>>() == "");
}

TEST_CASE("derivatives that do not exist") {
    CHECK(said<a_gradient<error, hg::wrt<beta>>>() ==
          "the loss 'error' does not depend on 'beta', so it has no derivative with respect to it");
    CHECK(said<a_gradient<error, hg::wrt<loss>>>() ==
          "the loss 'error' does not depend on 'loss', so it has no derivative with respect to it");
    CHECK(said<a_gradient<loss, hg::from<h, y>, hg::wrt<W>>>() ==
          "the loss 'loss' does not depend on 'W', so it has no derivative with respect to it (what hg::from<...> "
          "names is cut from its equation)");
    CHECK(said<a_gradient<loss, hg::wrt<beta, x, y, W, h, error, loss>>>() == "");
    CHECK(said<a_gradient<loss, hg::from<h>>>() == "the loss 'loss' depends on no parameter, so there is nothing to "
                                                   "differentiate it for: name something else in hg::wrt<...>");
    CHECK(said<a_trainer<loss, hg::sgd, hg::from<h>>>() ==
          "the loss 'loss' depends on no parameter, so there is nothing to train");
}

namespace blocked {

inline constexpr hg::parameter<"v", 3, 4> v;
inline constexpr hg::symbol<"gate"> gate;
inline constexpr hg::symbol<"chosen"> chosen;
inline constexpr hg::symbol<"in"> in;
inline constexpr hg::graph hard{gate = sign(in)};
inline constexpr hg::graph models{
    gate = W * x > 0.5,
    hg::name<"counted"> = sum(2 * gate),
    hg::name<"stopped"> = sum(stop_gradient(W * x)),
    chosen = where(W * x, v* x, y),
    hg::name<"mixed"> = sum(chosen) + sum(gate),
    hg::name<"by_condition"> = sum(where(W * x, y, 2 * y)),
    hg::name<"in_block"> = sum(hg::use<"b">(hard, in = v * x)[gate]),
    hg::name<"in_evaluation"> = sum(in_training(W * x, stop_gradient(W* x))),
};
template <hg::fixed_string Loss, class... Options> using a_gradient =
    hg::program_spec<models, hg::program_kind::gradient, hg::name<Loss>, Options...>;
template <hg::fixed_string Loss, class... Options> using a_trainer =
    hg::program_spec<models, hg::program_kind::trainer, hg::name<Loss>, hg::sgd, Options...>;

}

TEST_CASE("losses that no gradient passes through") {
    using namespace blocked;
    CHECK(said<blocked::a_trainer<"counted">>() ==
          "the loss 'counted' has no derivative with respect to any parameter, so there is nothing to train: 'greater' "
          "in the equation 'gate' lets no gradient through");
    CHECK(said<blocked::a_gradient<"counted">>() ==
          "the loss 'counted' has no derivative with respect to any parameter: 'greater' in the equation 'gate' lets "
          "no gradient through");
    CHECK(said<blocked::a_gradient<"stopped", hg::per_example>>() ==
          "the loss 'stopped' has no derivative with respect to any parameter: 'stop_gradient' in the equation "
          "'stopped' lets no gradient through");
    CHECK(said<blocked::a_gradient<"by_condition">>() ==
          "the loss 'by_condition' has no derivative with respect to any parameter: 'where' in the equation "
          "'by_condition' lets no gradient through to its operand number 1");
    CHECK(said<blocked::a_gradient<"in_block">>() ==
          "the loss 'in_block' has no derivative with respect to any parameter: 'sign' in the equation 'b.gate' lets "
          "no gradient through");
    // One parameter that matters is enough, unless another is asked for by name.
    CHECK(said<blocked::a_trainer<"mixed">>() == "");
    CHECK(said<blocked::a_trainer<"mixed", hg::trains<W, v>>>() == "");
    CHECK(said<blocked::a_trainer<"mixed", hg::trains<W>>>() ==
          "the loss 'mixed' has no derivative with respect to any parameter that hg::trains<...> names, so there is "
          "nothing to train: 'greater' in the equation 'gate' lets no gradient through");
    CHECK(said<blocked::a_gradient<"mixed">>() == "");
    CHECK(said<blocked::a_gradient<"mixed", hg::wrt<v, x>>>() == "");
    CHECK(said<blocked::a_gradient<"mixed", hg::wrt<v, W>>>() ==
          "the loss 'mixed' has no derivative with respect to 'W': 'greater' in the equation 'gate' lets no gradient "
          "through");
    CHECK(said<blocked::a_gradient<"in_evaluation">>() == "");
}

namespace {

struct lion {
    static constexpr hg::update_rule rule{next(hg::weight) = hg::weight - sign(hg::gradient_of_loss)};
};
template <hg::option_schema Schema, class... Options> std::string said_of_options() {
    return std::string(hg::options_check<Schema, Options...>::value().view());
}
template <hg::option_schema Schema, class... Arguments> std::string construction_problem(Arguments&&...) {
    return std::string(hg::construction_check<Schema, Arguments...>::value().view());
}
using hg::option_schema;

}

TEST_CASE("options that a program does not take") {
    CHECK(said_of_options<option_schema::function, hg::from<x>, hg::to<code>, hg::max_rows<3>, hg::element<double>,
                          hg::training>() == "");
    CHECK(said_of_options<option_schema::gradient, hg::from<x>, hg::to<code>, hg::wrt<W>, hg::sum_rows>() == "");
    CHECK(said_of_options<option_schema::gradient, hg::per_example, hg::max_rows<3>, hg::element<float>>() == "");
    CHECK(said_of_options<option_schema::trainer, hg::to<code>, lion, hg::trains<W>, hg::max_rows<3>, hg::sum_rows>() ==
          "");
    CHECK(said_of_options<option_schema::interpreter, hg::training, hg::element<float>>() == "");
    CHECK(said_of_options<option_schema::parameters, hg::element<double>>() == "");
    CHECK(said_of_options<option_schema::parameters>() == "");

    const std::string of_function =
        " is no option of hg::function, which takes hg::from, hg::to, hg::max_rows, hg::element, hg::training and "
        "hg::arena_inside";
    CHECK(said_of_options<option_schema::function, hg::to<code>, hg::adam, int>() == "hg::adam" + of_function);
    CHECK(said_of_options<option_schema::function, lion>() == "lion" + of_function);
    CHECK(said_of_options<option_schema::function, hg::to<code>, int>() == "int" + of_function);
    CHECK(said_of_options<option_schema::function, numbers>() == "std::vector<...>" + of_function);
    CHECK(said_of_options<option_schema::function, hg::wrt<W>>() == "hg::wrt" + of_function);
    CHECK(said_of_options<option_schema::function, hg::per_example>() == "hg::per_example" + of_function);
    CHECK(said_of_options<option_schema::gradient, hg::training>() ==
          "hg::training is no option of hg::gradient, which takes hg::from, hg::to, hg::wrt, "
          "hg::recompute, hg::max_rows, hg::element, hg::sum_rows, hg::per_example and hg::arena_inside");
    CHECK(said_of_options<option_schema::trainer, hg::adam, hg::wrt<W>>() ==
          "hg::wrt is no option of hg::trainer, which takes hg::from, hg::to, hg::trains, hg::recompute, an "
          "update rule, hg::max_rows, hg::element and hg::sum_rows");
    CHECK(said_of_options<option_schema::parameters, hg::max_rows<3>>() ==
          "hg::max_rows is no option of hg::parameters, which takes hg::element");
    CHECK(said_of_options<option_schema::interpreter, hg::to<code>>() ==
          "hg::to is no option of hg::interpreter, which takes hg::element and hg::training");
    CHECK(said_of_options<option_schema::program_interpreter, hg::training>() ==
          "hg::training is no option of hg::program_interpreter, which takes hg::element");
}

TEST_CASE("options given twice, out of range or contradicting each other") {
    CHECK(said_of_options<option_schema::function, hg::max_rows<64>, hg::to<code>, hg::max_rows<32>>() ==
          "hg::max_rows is given twice");
    CHECK(said_of_options<option_schema::function, hg::element<float>, hg::element<float>>() ==
          "hg::element is given twice");
    CHECK(said_of_options<option_schema::function, hg::to<h>, hg::to<code>>() ==
          "hg::to is given twice: put all names into one");
    CHECK(said_of_options<option_schema::trainer, hg::adam, hg::from<x>, lion>() ==
          "hg::trainer has two update rules, hg::adam and lion, but takes one");
    CHECK(said_of_options<option_schema::gradient, hg::wrt<W, x, hg::name<"W">>>() == "hg::wrt<...> names 'W' twice");
    CHECK(said_of_options<option_schema::function, hg::to<3>>() ==
          "hg::to<...> holds something that is no symbol: it takes symbols, inputs, parameters, and hg::name<...> for "
          "what has no object");
    for (const std::string& said : {said_of_options<option_schema::function, hg::max_rows<0>>(),
                                    said_of_options<option_schema::trainer, hg::max_rows<0>>()})
        CHECK(said == "hg::max_rows<0> is out of range: a call has 1 to 2147483647 rows");
    CHECK(said_of_options<option_schema::function, hg::max_rows<2147483648>>() ==
          "hg::max_rows<2147483648> is out of range: a call has 1 to 2147483647 rows");
    CHECK(said_of_options<option_schema::gradient, hg::sum_rows, hg::per_example>() ==
          "hg::sum_rows and hg::per_example exclude each other: a gradient is that of the sum, or of each row");
}

TEST_CASE("types to compute in") {
    CHECK(hg::element_check<float>::value().empty());
    CHECK(hg::element_check<double>::value().empty());
    CHECK(hg::element_check<long double>::value().view() ==
          "hg::element<long double> is no type to compute in: programs and their parameters take float or double");
    CHECK(hg::interpreter_element_check<long double>::value().empty());
    CHECK(hg::interpreter_element_check<int>::value().view() ==
          "hg::element<int> is no type to compute in: an interpreter takes float, double and other numbers with "
          "fractions");
}

TEST_CASE("arguments of programs, parameters and interpreters") {
    hg::parameters<net> theta;
    CHECK(construction_problem<option_schema::function>() == "");
    CHECK(construction_problem<option_schema::function>(hg::threads = 2, hg::seed = 1u) == "");
    CHECK(construction_problem<option_schema::trainer>(theta, hg::seed = 1, hg::threads = 2) == "");
    CHECK(construction_problem<option_schema::parameters>(hg::seed = 1) == "");
    CHECK(construction_problem<option_schema::interpreter>(theta, hg::seed = 1, theta) == "");

    CHECK(construction_problem<option_schema::trainer>(theta, hg::learning_rate = 0.5) ==
          "'learning_rate' is bound where hg::trainer is made, which takes the parameters, hg::seed = n and "
          "hg::threads = n: bind it where it is called");
    CHECK(construction_problem<option_schema::function>(hg::rows = 5) ==
          "hg::rows is bound where hg::function is made, which takes hg::seed = n and hg::threads = n: bind it where "
          "it is called");
    CHECK(construction_problem<option_schema::parameters>(hg::threads = 5) ==
          "hg::threads is bound where hg::parameters is made, which takes hg::seed = n");
    CHECK(construction_problem<option_schema::interpreter>(theta, hg::threads = 5) ==
          "hg::threads is bound where hg::interpreter is made, which takes parameters, a trainer's state and "
          "hg::seed = n");
    CHECK(construction_problem<option_schema::function>(hg::seed = 1, hg::seed = 2) == "hg::seed is given twice");
    CHECK(construction_problem<option_schema::function>(hg::threads = 1.5) ==
          "hg::threads is bound to something that is no whole number");
    CHECK(construction_problem<option_schema::parameters>(hg::seed = "seven") ==
          "hg::seed is bound to something that is no whole number");

    const std::string seed_and_threads = " is given where hg::function is made, which takes hg::seed = n and "
                                         "hg::threads = n";
    CHECK(construction_problem<option_schema::function>(5) == "an argument of the type int" + seed_and_threads);
    CHECK(construction_problem<option_schema::function>(hg::seed = 1, hg::sgd{}) ==
          "an argument of the type hg::sgd" + seed_and_threads);
    CHECK(construction_problem<option_schema::parameters>(7) ==
          "an argument of the type int is given where hg::parameters is made, which takes hg::seed = n");

    CHECK(construction_problem<option_schema::gradient>(theta) ==
          "the parameters are given where the program is made, but they are "
          "the first argument of each call");
    CHECK(construction_problem<option_schema::trainer>() ==
          "hg::trainer is made with the parameters that it trains as its first argument");
    CHECK(construction_problem<option_schema::trainer>(hg::seed = 1) ==
          "hg::trainer is made with the parameters that it trains as its first argument");
    CHECK(construction_problem<option_schema::trainer>(hg::seed = 1, theta) ==
          "the parameters stand first where hg::trainer is made, and once");
    CHECK(construction_problem<option_schema::trainer>(hg::parameters<net>()) ==
          "the parameters that hg::trainer is made with are a temporary, but it goes on using them: give them a name");
    CHECK(construction_problem<option_schema::interpreter>(hg::parameters<net>()) ==
          "the parameters that hg::interpreter is made with are a temporary, but it goes on using them: give them a "
          "name");
}

TEST_CASE("names that a call binds") {
    using forward = a_function<hg::from<x>, hg::to<code>>;
    using training = a_trainer<loss, hg::sgd>;
    CHECK(said_of_call<forward>(x = images) == "");
    CHECK(said_of_call<forward>() == "the call does not bind 'x', which the program needs");
    CHECK(said_of_call<training>(x = images) == "the call does not bind 'y', which the program needs");
    CHECK(said_of_call<training>(x = images, y = targets, beta = 2, hg::learning_rate = 0.1) == "");
    CHECK(said_of_call<forward>(x = images, x = images) == "'x' is bound twice in one call");
    CHECK(said_of_call<forward>(x = images, hg::rows = 2, hg::rows = 2) == "hg::rows is bound twice in one call");
    CHECK(said_of_call<forward>(x = images, nowhere = 1) ==
          "'nowhere' is bound in the call, but the program has nothing of this name");
    CHECK(said_of_call<forward>(x = images, y = targets) ==
          "'y' is bound in the call, but nothing that the program returns depends on it");
    CHECK(said_of_call<a_function<hg::from<h>, hg::to<h>>>(h = targets, error = 1) ==
          "'error' is bound in the call, but the program computes it: to feed it, name it in hg::from<...>");
    CHECK(said_of_call<a_function<hg::from<x, error>, hg::to<code>>>(x = images, error = 1) ==
          "'error' is bound in the call, but nothing that the program returns depends on it");
    CHECK(said_of_call<forward>(x = images, W = targets) ==
          "'W' is a parameter, and cannot be bound in a call: write it through the parameters, theta[...]");
    CHECK(said_of_call<forward>(x = images, beta = 2) == "");
    CHECK(said_of_call<forward>(x = images, hg::seed = 2) ==
          "hg::seed is given where a program is made, not where it is called");
    CHECK(said_of_call<forward>(x = tanh(h)) ==
          "'x' is bound to an expression, but a call binds names to numbers: put the equation into the graph");
    CHECK(said_of_call<forward>(images) == "an argument of the call has no name: write symbol = values");
    CHECK(said_of_call<forward>(x = images, hg::parameters<net>()) == "the parameters stand first in a call, and once");
}

TEST_CASE("values that names are bound to") {
    using forward = a_function<hg::from<x>, hg::to<code>>;
    CHECK(said_of_call<forward>(x = 1.5f) == "'x' has the shape [4], but is bound to a single number");
    CHECK(said_of_call<forward>(x = nullptr) ==
          "'x' is bound to something that is no number and no contiguous range of numbers");
    CHECK(said_of_call<forward>(x = images, hg::rows = images) ==
          "hg::rows is bound to something that is no whole number");
    CHECK(said_of_call<forward>(x = images, hg::first_example = 2.5) ==
          "hg::first_example is bound to something that is no whole number");
    CHECK(said_of_call<forward>(x = images, beta = images) ==
          "the scalar 'beta' is bound to something that is no number");
    CHECK(said_of_call<forward>(x = std::vector<double>(4)) ==
          "'x' is bound to numbers of the type double, but the program computes in float: convert them, or choose "
          "another hg::element<...>");
    CHECK(said_of_call<forward, double>(x = images) ==
          "'x' is bound to numbers of the type float, but the program computes in double: convert them, or choose "
          "another hg::element<...>");
    CHECK(said_of_call<forward>(x = std::array<int, 4>{}) ==
          "'x' is bound to numbers of the type int, but the program computes in float: convert them");
    CHECK(said_of_call<forward>(x = std::array<unsigned char, 4>{}) ==
          "'x' is bound to numbers of the type unsigned char, but the program computes in float: convert them");
}

TEST_CASE("destinations") {
    using forward = a_function<hg::from<x>, hg::to<code>>;
    numbers values(3);
    CHECK(said_of_call<forward>(x = images, hg::into(code, values)) == "");
    CHECK(said_of_call<forward>(x = images, hg::into(h, values)) ==
          "hg::into wants 'h', which the program does not return: name it in hg::to<...>");
    CHECK(said_of_call<forward>(x = images, hg::into(code, images)) == "the destination of 'code' is const");
    CHECK(said_of_call<a_trainer<loss, hg::sgd>>(x = images, y = targets, hg::into(loss, values)) ==
          "a training step is never cut into chunks, so it takes no hg::into: read out[symbol]");
}

inline constexpr hg::graph other{code = dense<3>(x)};
inline constexpr hg::parameter<"W", 3, 5> wider;
inline constexpr hg::input<"x", 5> longer;
inline constexpr hg::graph misfit{code = wider * longer};

TEST_CASE("parameters") {
    using forward = a_function<hg::from<x>, hg::to<code>>;
    using training = a_trainer<loss, hg::sgd>;
    CHECK(said_of_parameters<forward, hg::parameters<net>>() == "");
    CHECK(said_of_parameters<forward, const hg::parameters<net>>() == "");
    CHECK(said_of_parameters<forward, void>() ==
          "the program reads the parameter 'W', but the call gives no parameters: they are its first argument");
    CHECK(said_of_parameters<a_function<hg::from<h>, hg::to<code>>, void>() == "");
    CHECK(said_of_parameters<forward, hg::parameters<net, hg::element<double>>>() ==
          "the parameters are of the type double, but the program computes in float: give both the same "
          "hg::element<...>");
    CHECK(said_of_parameters<training, hg::parameters<net>, double>() ==
          "the parameters are of the type float, but the trainer computes in double: give both the same "
          "hg::element<...>");
    CHECK(said_of_parameters<training, const hg::parameters<net>>() ==
          "the parameters are const, but a trainer writes them");
    CHECK(said_of_parameters<forward, hg::parameters<other>>() ==
          "these are the parameters of another graph: they hold no 'W'");
    CHECK(said_of_parameters<forward, hg::parameters<misfit>>() ==
          "these are the parameters of another graph: their 'W' has the shape [3, 5], not [3, 4]");
}

inline constexpr hg::graph broken{h = W * y, loss = sum(h)};

// What follows a mistake is silent: the sentence is said once, by the graph.
TEST_CASE("after a mistake in the graph nothing else is reported") {
    using program =
        hg::program_spec<broken, hg::program_kind::function, hg::no_loss{}, hg::from<nowhere>, hg::to<nowhere>>;
    CHECK(std::string(hg::lowered<broken>::value.problem.view())
              .starts_with("in equation 'h': 'matmul' of 'W' and 'y': "));
    CHECK(hg::compiled<program>::problem::value().empty());
    CHECK(hg::compiled<program>::broken);
    CHECK(hg::compiled<program>::view().nodes.size == 0);
    CHECK(said_of_call<program>(x = images, nowhere = tanh(h), images) == "");
    CHECK(said_of_parameters<program, hg::parameters<net, hg::element<double>>>() == "");
}
