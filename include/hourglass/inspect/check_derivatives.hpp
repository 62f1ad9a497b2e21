// Checks the derivatives of a model, and so the rules of its operations, the user's own included. The rules' gradient,
// from the reference interpreter and from the compiled program, and the second derivatives are compared with
// differences in 50 digits. For tests: needs Boost.Multiprecision, so hourglass.hpp does not include it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

// Boost before 1.81 asks libc++ for what C++17 removed.
#if defined(_LIBCPP_VERSION) && !defined(BOOST_NO_CXX98_FUNCTION_BASE)
    #define BOOST_NO_CXX98_FUNCTION_BASE
#endif

#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/expm1.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>

#include <hourglass/inspect/inspect.hpp>
#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN

/// The findings of `check_derivatives`. At a kink any number between the slopes on both sides counts as right.
struct derivative_report {
    int first = 0, second = 0, kinks = 0; ///< elements compared
    std::vector<std::string> faults;      ///< one sentence for each wrong element
    std::string without_second;           ///< why there are no second derivatives; else empty

    /// Returns whether something was compared and nothing was wrong.
    bool passed() const { return faults.empty() && first > 0; }
    /// Returns the counts and all faults, for a test's output.
    std::string text() const {
        std::string t = std::to_string(first) + " first and " + std::to_string(second) +
                        " second derivatives compared, " + std::to_string(kinks) + " at kinks, " +
                        std::to_string(faults.size()) + " wrong\n";
        for (const std::string& fault : faults) t += fault + "\n";
        return without_second.empty() ? t : t + "no second derivatives: " + without_second + "\n";
    }
};

template <const auto& Graph, auto Loss, class... Options> class derivative_check {
    using precise =
        boost::multiprecision::number<boost::multiprecision::cpp_dec_float<50>, boost::multiprecision::et_off>;
    using program = gradient<Graph, Loss, element<double>, Options...>;
    using stage = typename program::compiled_graph::specified;
    template <class T> using values = std::vector<std::vector<T>>; // by node

    graph_view g_ = stage::view();
    values<double> given_; // of the leaves
    long rows_ = 1;
    std::uint64_t first_example_ = 0;
    derivative_report report_;

    template <class T> static const forward_rules<T>& rules() {
        static const forward_rules<T> all = [] {
            forward_rules<T> r;
            add_own_operations<stage>(r);
            return r;
        }();
        return all;
    }
    template <class Theta> void take_parameters(const Theta& theta) {
        for (int n = 0; n < g_.nodes.size; ++n) {
            if (!is<ops::parameter>(g_[n]) && !is<ops::state>(g_[n])) continue;
            if (const auto* from = theta.find(g_.names[g_[n].name].hash))
                given(n).assign(from, from + g_[n].type.extents.size());
        }
    }
    std::vector<double>& given(int n) { return given_[static_cast<std::size_t>(n)]; }
    template <class Argument> void take(const Argument& a) {
        if constexpr (parameter_source<Argument>) {
            take_parameters(a);
        } else if constexpr (is_binding<Argument>) {
            using Left = typename Argument::left;
            using Value = std::remove_cvref_t<decltype(a.value)>;
            const int name = g_.find_name(Left::hash), n = name < 0 ? -1 : g_.names[name].node;
            if constexpr (Left::hash == decltype(rows)::hash) {
                rows_ = static_cast<long>(a.value);
            } else if constexpr (Left::hash == decltype(first_example)::hash) {
                first_example_ = static_cast<std::uint64_t>(a.value);
            } else if constexpr (number_range<Value>) {
                if (n < 0) return;
                given(n).assign(std::begin(a.value), std::end(a.value));
                if (g_[n].type.batched) rows_ = static_cast<long>(given(n).size()) / g_[n].type.extents.size();
            } else if (n >= 0) {
                given(n).assign(1, static_cast<double>(a.value));
            }
        }
    }

    // The values of a graph that extends the program's. Nodes that stop gradients keep their value in `held`, if given.
    template <class T> values<T> run(const graph_view& g, const values<T>& leaves, const values<T>* held) const {
        interpretation<T> all(g, rules<T>(), rows_);
        all.first_example = first_example_;
        for (int n = 0; n < g_.nodes.size; ++n) {
            const auto i = static_cast<std::size_t>(n);
            if (!leaves[i].empty())
                all.feed(n, leaves[i]);
            else if (held != nullptr && stops_gradient(g_[n]))
                all.feed(n, (*held)[i]);
        }
        all.run();
        return std::move(all.values);
    }

    void fault(const std::string& what, std::size_t element, const std::string& said) {
        report_.faults.push_back(what + ", element " + std::to_string(element) + ": " + said);
    }
    static std::string number(double x) {
        char text[32];
        std::snprintf(text, sizeof text, "%.15g", x);
        return text;
    }
    static bool agree(double a, double b, double relative) {
        if (std::isnan(b)) return std::isnan(a);
        return a == b || std::abs(a - b) <= std::max(relative * std::abs(b), 1e-14);
    }
    // Compares `said`, one node's derivatives, with differences of the sum of `of` over its elements times weights.
    void compare(const std::string& what, const graph_view& g, const values<precise>& at, const values<precise>& base,
                 int node, const std::vector<double>& said, const std::vector<std::pair<int, std::vector<double>>>& of,
                 double relative, int& count) {
        values<precise> leaves = at;
        auto& moved = leaves[static_cast<std::size_t>(node)];
        const auto total = [&] {
            const values<precise> found = run<precise>(g, leaves, &base);
            precise sum = 0;
            for (const auto& [n, weights] : of)
                for (std::size_t i = 0; i < weights.size(); ++i)
                    sum += found[static_cast<std::size_t>(n)][i] * precise(weights[i]);
            return sum;
        };
        const precise centre = total();
        for (std::size_t i = 0; i < moved.size(); ++i) {
            const precise x = moved[i], h = x == 0 ? precise(1e-15) : precise(1e-15) * abs(x);
            moved[i] = x + h;
            const precise above = total();
            moved[i] = x - h;
            const precise below = total();
            moved[i] = x;
            const double slope = static_cast<double>(precise((above - below) / (2 * h)));
            const double right = static_cast<double>(precise((above - centre) / h));
            const double left = static_cast<double>(precise((centre - below) / h));
            ++count;
            if (!agree(left, right, 1e-6) && !agree(left - right, 0, 1e-6)) {
                ++report_.kinks;
                if (said[i] < std::min(left, right) - 1e-9 || said[i] > std::max(left, right) + 1e-9)
                    fault(what, i,
                          number(said[i]) + " is not between the slopes on both sides, " + number(left) + " and " +
                              number(right));
            } else if (!agree(said[i], slope, relative)) {
                fault(what, i, number(said[i]) + ", by differences " + number(slope));
            }
        }
    }
    template <class T> static std::vector<T> converted(const std::vector<double>& x) { return {x.begin(), x.end()}; }

public:
    template <class... Arguments> derivative_report operator()(const Arguments&... arguments) {
        given_.assign(static_cast<std::size_t>(g_.nodes.size), {});
        (take(arguments), ...);
        values<precise> leaves;
        for (const auto& x : given_) leaves.push_back(converted<precise>(x));
        const values<double> found = run<double>(g_, given_, nullptr);
        const values<precise> base = run<precise>(g_, leaves, nullptr);

        int loss = -1;
        std::vector<graph_root> gradients;
        for (const graph_root& r : g_.roots)
            if (r.kind == root_kind::gradient)
                gradients.push_back(r);
            else
                loss = r.node; // the last value is the loss itself
        // First derivatives: the interpreter's against differences, the program's against the interpreter's.
        for (const graph_root& r : gradients)
            compare("d " + std::string(Loss.name) + " / d " + std::string(g_.name(r.name)), g_, leaves, base,
                    g_.names[r.name].node, found[static_cast<std::size_t>(r.node)], {{loss, {1}}}, 1e-11,
                    report_.first);
        program compiled_program;
        const auto out = compiled_program(arguments...);
        std::size_t at = 0;
        out.each_gradient([&](std::uint64_t, auto elements) {
            const graph_root& r = gradients[at++];
            const std::vector<double>& wanted = found[static_cast<std::size_t>(r.node)];
            double largest = 0;
            for (double w : wanted) largest = std::max(largest, std::abs(w));
            for (std::size_t i = 0; i < wanted.size(); ++i)
                if (!(std::abs(elements[i] - wanted[i]) <= 1e-11 * largest) && elements[i] != wanted[i])
                    fault("the program's gradient for " + std::string(g_.name(r.name)), i,
                          number(elements[i]) + ", by the interpreter " + number(wanted[i]));
        });
        compare_second(gradients, leaves, base);
        return report_;
    }

private:
    // Multiplies each gradient by a weight of its own and differentiates the sum of all elements once more.
    void compare_second(const std::vector<graph_root>& gradients, const values<precise>& leaves,
                        const values<precise>& base) {
        graph_builder g(g_);
        list<int> targets;
        std::vector<std::pair<int, std::vector<double>>> weighted;
        handle total{&g, nullptr, g.push_literal(0)};
        int seed = 0;
        for (const graph_root& r : gradients) {
            targets.push(g_.names[r.name].node);
            const value_type type = g_[r.node].type;
            const double weight = 1 + 0.37 * ++seed; // one for each leaf: of the sum of its derivatives
            handle part = hadamard(
                ops::reduce<ops::sum>(handle{&g, nullptr, r.node}, (1u << type.extents.rank) - 1u, false), weight);
            total = total + (part.batched() ? batch_sum(part) : part);
            weighted.push_back(
                {r.node, std::vector<double>(static_cast<std::size_t>(type.extents.size() * (type.batched ? rows_ : 1)),
                                             weight)});
        }
        differentiation again(g, total.index, targets.view());
        list<int> second;
        for (int t : targets) second.push(again.gradient(t));
        if (g.failed()) {
            report_.without_second = std::string(g.problem.view());
            return;
        }
        try {
            const values<double> found = run<double>(g.view(), given_, nullptr);
            for (int i = 0; i < targets.size(); ++i) {
                std::vector<double> said = found[static_cast<std::size_t>(second[i])];
                said.resize(given(targets[i]).size(), said.size() == 1 ? said[0] : 0.0);
                compare("second derivatives for " + std::string(g_.name(gradients[static_cast<std::size_t>(i)].name)),
                        g_, leaves, base, targets[i], said, weighted, 1e-9, report_.second);
            }
        } catch (const std::invalid_argument& e) { report_.without_second = e.what(); }
    }
};

/// Checks every derivative of a loss at the point given by the arguments, which are those of `hg::gradient`:
///
///     const auto report = hg::check_derivatives<model, loss, hg::wrt<x>>(x = points);
///     CHECK_MESSAGE(report.passed(), report.text());
/// Noise is that of seed 0; `stop_gradient` operands are held constant. Throws what `hg::gradient` throws. For small
/// models: each element costs two runs of the interpreter in 50 digits.
template <const auto& Graph, auto Loss, class... Options, class... Arguments>
derivative_report check_derivatives(const Arguments&... arguments) {
    return derivative_check<Graph, Loss, Options...>()(arguments...);
}

HOURGLASS_END
