// The gradients of the five autoencoders, at reduced width and in random directions, against differences of the loss in
// 50 digits: by the interpreter in 50 digits and in double, and by a compiled program. Single operations are checked
// elsewhere. GCC compiles some of the programs, Clang the others.
#include "../../testing/autoencoders.hpp"

#include <hourglass/inspect/interpret.hpp>

#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/expm1.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>

#include <map>
#include <utility>

#include <doctest/doctest.h>

namespace {

using namespace autoencoders;
using precise = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<50>, boost::multiprecision::et_off>;

constexpr int rows = 6, directions = 20;
constexpr std::uint64_t noise_seed = 5;

template <class T> using tensors = std::map<std::string, std::vector<T>>;

// The program's graph with gradients, before any pass, walked in the number type T.
template <class T> struct evaluated {
    T loss{};
    tensors<T> gradients;

    evaluated(hg::graph_view g, const hg::forward_rules<T>& rules, const std::vector<double>& x,
              const tensors<T>& theta) {
        hg::interpretation<T> in(g, rules, rows);
        in.noise = {noise_seed, 0, 0};
        for (int n = 0; n < g.nodes.size; ++n) {
            if (hg::is<hg::ops::input>(g[n])) in.feed(n, std::vector<T>(x.begin(), x.end()));
            if (hg::is<hg::ops::parameter>(g[n])) in.feed(n, theta.at(std::string(g.name(g[n].name))));
        }
        in.run();
        for (const hg::graph_root& r : g.roots) {
            const std::string name(g.name(r.name));
            const auto& value = in.values[static_cast<std::size_t>(r.node)];
            if (r.kind == hg::root_kind::gradient)
                gradients[name] = value;
            else if (name == "loss")
                loss = value[0];
        }
    }
};

template <class T> tensors<T> converted(const tensors<double>& from) {
    tensors<T> to;
    for (const auto& [name, values] : from) to[name] = std::vector<T>(values.begin(), values.end());
    return to;
}
template <class T> precise along(const tensors<T>& gradients, const tensors<double>& direction) {
    precise sum = 0;
    for (const auto& [name, d] : direction) {
        const auto& g = gradients.at(name);
        REQUIRE(g.size() == d.size());
        for (std::size_t i = 0; i < d.size(); ++i) sum += precise(g[i]) * d[i];
    }
    return sum;
}
tensors<precise> moved(const tensors<double>& theta, const tensors<double>& direction, const precise& by) {
    tensors<precise> to = converted<precise>(theta);
    for (auto& [name, values] : to)
        for (std::size_t i = 0; i < values.size(); ++i) values[i] += by * direction.at(name)[i];
    return to;
}
double relative(const precise& value, const precise& truth) {
    return static_cast<double>(abs(value - truth) / abs(truth));
}

// A symbol for the parameter of that number.
template <class Table, std::size_t I> struct numbered : hg::expression_base {
    static constexpr std::string_view name = Table::entries[I].name;
    static constexpr std::uint64_t hash = Table::entries[I].hash;
    static constexpr hg::leaf_kind kind = hg::leaf_kind::parameter;
};
template <class Table, std::size_t... I> tensors<double> gradients_in(const auto& out, std::index_sequence<I...>) {
    tensors<double> all;
    const auto add = [&](std::string_view name, auto view) { all[std::string(name)] = {view.begin(), view.end()}; };
    (add(numbered<Table, I>::name, out.gradient(numbered<Table, I>{})), ...);
    return all;
}

template <class Case> void check_directions() {
    CAPTURE(std::string(Case::name));
    using program = hg::gradient<Case::graph, hg::name<"loss">, hg::element<double>>;
    using parameters = hg::parameters<Case::graph, hg::element<double>>;
    const hg::graph_view g = program::compiled_graph::specified::view();
    const hg::forward_rules<double> rules;
    const hg::forward_rules<precise> precise_rules;

    const parameters start{hg::seed = 3};
    const std::vector<double> x = images<double>(7, rows, Case::features);
    tensors<double> theta;
    start.for_each([&](const std::string& name, auto view, bool) { theta[name] = {view.begin(), view.end()}; });

    program gradient{hg::seed = noise_seed, hg::threads = 1};
    const auto out = gradient(start, hg::name<"x"> = x);
    const auto compiled = gradients_in<typename parameters::table>(out, std::make_index_sequence<parameters::count>{});
    const evaluated<double> interpreted(g, rules, x, theta);
    const evaluated<precise> exact(g, precise_rules, x, converted<precise>(theta));
    CHECK(relative(precise(out[hg::name<"loss">]), exact.loss) < 1e-14);
    CHECK(relative(precise(interpreted.loss), exact.loss) < 1e-14);

    for (int k = 0; k < directions; ++k) {
        CAPTURE(k);
        tensors<double> direction;
        std::uint32_t tensor = 0;
        for (const auto& [name, values] : theta) {
            auto& d = direction[name];
            for (std::size_t i = 0; i < values.size(); ++i)
                d.push_back(
                    hg::random::normal<double>({1, tensor, 0}, static_cast<std::uint64_t>(k), static_cast<int>(i)));
            ++tensor;
        }
        const precise step("1e-15");
        const precise difference = (evaluated<precise>(g, precise_rules, x, moved(theta, direction, step)).loss -
                                    evaluated<precise>(g, precise_rules, x, moved(theta, direction, -step)).loss) /
                                   (2 * step);
        CHECK(relative(along(exact.gradients, direction), difference) < 1e-24);
        CHECK(relative(along(interpreted.gradients, direction), difference) < 1e-12);
        CHECK(relative(along(compiled, direction), difference) < 1e-12);
    }
}

}

TEST_CASE("the autoencoders' gradients agree with differences in 50 digits") {
#ifdef __clang__
    check_directions<undercomplete<13, 9, 7, 4>>();
    check_directions<denoising<13, 9>>();
#else
    check_directions<basic<13, 5>>();
    check_directions<sparse<13, 17>>();
    check_directions<variational<13, 9, 4>>();
#endif
}
