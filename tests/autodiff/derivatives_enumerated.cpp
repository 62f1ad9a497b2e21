// Derivatives differentiated again: of every elementwise operation the first, second and third derivatives in all
// operands, in every order, at ordinary points and at hard ones. They must be the same in each order, and where the
// derivative exists, that is, where differences in 50 digits from the left, from the right and from both sides agree,
// they must be that; elsewhere what the documentation says. All of it by the interpreter, on graphs as they are
// differentiated and as they are simplified. Products and norms are checked in ops/products_and_norms.cpp.
#include "autodiff/gradient_check.hpp"
#include "ops/operation_points.hpp"

#include <algorithm>

using namespace gradient_check;
namespace ops = hourglass::ops;
namespace points = operation_points;

namespace {

using place = std::vector<double>;
using orders = std::vector<int>; // of differentiation, by operand

// Weights of f(x + k h) for k = -3 .. 3 in h^n times the n-th derivative; from one side, exact for the next power of h
// too.
const std::vector<std::array<double, 7>> central = {
    {0, 0, 0, 1, 0, 0, 0}, {0, 0, -0.5, 0, 0.5, 0, 0}, {0, 0, 1, -2, 1, 0, 0}, {0, -0.5, 1, 0, -1, 0.5, 0}};
const std::vector<std::array<double, 7>> from_right = {
    {0, 0, 0, 1, 0, 0, 0}, {0, 0, 0, -1, 1, 0, 0}, {0, 0, 0, 1, -2, 1, 0}, {0, 0, 0, -1, 3, -3, 1}};

class reference {
    const hg::forward_rule<precise>& rule_;
    place at_;
    bool absolute_;

    precise value(const std::vector<precise>& x) const {
        precise result;
        rule_.one(x.data(), result);
        return result;
    }
    precise step(std::size_t i) const { return precise(1e-11) * (absolute_ || at_[i] == 0 ? 1 : std::abs(at_[i])); }
    // side: 0 for both, 1 from the right, -1 from the left
    precise sum(std::vector<precise>& x, const orders& n, int side, std::size_t i) const {
        if (i == x.size()) return value(x);
        precise total = 0;
        const precise centre = x[i];
        const auto& weights = (side == 0 ? central : from_right)[static_cast<std::size_t>(n[i])];
        for (int k = -3; k <= 3; ++k) {
            const double w = weights[static_cast<std::size_t>(k + 3)];
            if (w == 0) continue;
            x[i] = centre + (side < 0 ? -k : k) * step(i);
            total += precise(side < 0 && n[i] % 2 != 0 ? -w : w) * sum(x, n, side, i + 1);
        }
        x[i] = centre;
        for (int k = 0; k < n[i]; ++k) total /= step(i);
        return total;
    }

public:
    reference(const hg::operation& op, const place& at, bool absolute)
        : rule_(rules<precise>()[op]), at_(at), absolute_(absolute) {}
    // The derivative, or not a number where there is none that differences can find.
    double derivative(const orders& n) const {
        std::vector<precise> x(at_.begin(), at_.end());
        double found[3]{};
        try {
            for (int side : {0, 1, -1}) {
                const precise d = sum(x, n, side, 0);
                if (!isfinite(d) || abs(d) > 1e290) return NAN;
                found[side + 1] = static_cast<double>(d);
            }
        } catch (const std::exception&) { // a pole or a place without a value
            return NAN;
        }
        for (double side : {found[0], found[2]})
            if (!(std::abs(side - found[1]) <= 1e-7 * std::abs(found[1]) + 1e-9)) return NAN;
        return found[1];
    }
};

// All derivatives of an operation of single numbers, by the sequence of operands in which they are taken.
struct all_derivatives {
    hg::graph_builder g;
    std::vector<int> leaves;
    std::vector<std::vector<int>> sequences;
    std::vector<int> nodes;

    all_derivatives(const hg::operation& op, hg::attributes options, const std::vector<int>& wanted, int highest) {
        for (int i = 0; i < op.arity; ++i) leaves.push_back(push_leaf(g, name_of(0, i), shared_by_rows()).index);
        const int y = g.push(&op, options, {leaves.data(), op.arity});
        differentiate(y, {}, wanted, highest);
        REQUIRE_MESSAGE(g.problem.empty(), std::string(g.problem.view()));
        for (std::size_t i = 0; i < nodes.size(); ++i)
            g.roots.push({hg::root_kind::value, g.intern(hg::sentence("d", static_cast<int>(i)).view()), nodes[i]});
    }
    void differentiate(int of, std::vector<int> taken, const std::vector<int>& wanted, int left) {
        for (int i : wanted) {
            if (left == 0) return;
            hg::differentiation d(g, of, {&leaves[static_cast<std::size_t>(i)], 1});
            taken.push_back(i);
            sequences.push_back(taken);
            nodes.push_back(d.gradient(leaves[static_cast<std::size_t>(i)]));
            differentiate(nodes.back(), taken, wanted, left - 1);
            taken.pop_back();
        }
    }
    // The first sequence of the same operands in any order.
    std::size_t first_permutation(std::size_t of) const {
        std::size_t t = 0;
        while (
            !std::is_permutation(sequences[t].begin(), sequences[t].end(), sequences[of].begin(), sequences[of].end()))
            ++t;
        return t;
    }
    static place evaluate(hg::graph_view view, const place& at) {
        hg::interpretation<double> run(view, rules<double>(), 1);
        for (std::size_t i = 0; i < at.size(); ++i)
            if (const int n = run.node_of(name_of(0, static_cast<int>(i)).view()); n >= 0) run.feed(n, {at[i]});
        run.run();
        place result;
        for (const hg::graph_root& r : view.roots) result.push_back(run.values[static_cast<std::size_t>(r.node)][0]);
        return result;
    }
};

std::string text_of(const place& at) {
    std::string text = " at (";
    for (double x : at) text += std::to_string(x) + " ";
    return text + ")";
}

struct checked {
    const hg::operation* op;
    std::vector<int> smooth_in; // the operands that there are derivatives in
    int highest = 3;
    bool absolute = false; // the steps of differences
    double relative = 1e-7;
    // What is documented where no derivative exists; none where nothing is.
    std::function<double(const place&, const orders&)> convention{};
};

struct form {
    const char* graph;
    double value;
};
// A derivative of the graph as it is differentiated and as it is simplified; one where they are the same.
std::vector<form> forms_of(double raw, double simplified) {
    if (raw == simplified || (std::isnan(raw) && std::isnan(simplified))) return {{"", raw}};
    return {{" as differentiated", raw}, {" as simplified", simplified}};
}

void check(const checked& c, const std::vector<place>& places) {
    const all_derivatives all(*c.op, points::options_for<ops::broadcast_to>(1), c.smooth_in, c.highest);
    const hg::graph_builder simple = hg::simplify(all.g.view(), true);
    int exist = 0, wrong = 0;
    for (const place& at : places) {
        const place raw = all_derivatives::evaluate(all.g.view(), at);
        const place simplified = all_derivatives::evaluate(simple.view(), at);
        const reference exact(*c.op, at, c.absolute);
        std::map<orders, double> known;
        for (std::size_t s = 0; s < all.sequences.size(); ++s) {
            orders n(at.size());
            for (int i : all.sequences[s]) ++n[static_cast<std::size_t>(i)];
            if (known.find(n) == known.end()) {
                known[n] = exact.derivative(n);
                if (std::isnan(known[n]) && c.convention) known[n] = c.convention(at, n);
                exist += !std::isnan(known[n]);
            }
            std::string which;
            for (int i : all.sequences[s]) which += " " + std::to_string(i);
            for (const auto& [graph, got] : forms_of(raw[s], simplified[s])) {
                if (std::isnan(known[n])) { // all orders alike
                    const double first = raw[all.first_permutation(s)];
                    const bool neither = !std::isfinite(got) && !std::isfinite(first); // NaN or an infinity
                    if (neither || agree(got, first, 1e-9, 1e-9)) continue;
                    if (++wrong < 12)
                        FAIL_CHECK(c.op->name << text_of(at) << ", derivatives in" << which << graph << ": " << got
                                              << ", in another order " << first);
                } else if (!agree(got, known[n], c.relative, 1e-8)) {
                    if (++wrong < 12)
                        FAIL_CHECK(c.op->name << text_of(at) << ", derivatives in" << which << graph << ": " << got
                                              << ", is " << known[n]);
                }
            }
        }
    }
    CHECK_MESSAGE(exist > 0, c.op->name);
}

template <class Op> std::vector<int> smooth_operands() {
    std::vector<int> result;
    for (int i = 0; i < Op::arity; ++i) {
        // The order of a derivative is no variable: its range is one number.
        const bool is_order =
            points::table<Op>::low[static_cast<std::size_t>(i)] == points::table<Op>::high[static_cast<std::size_t>(i)];
        if (hg::record<Op>.smooth && (hg::record<Op>.flat_operands >> i & 1u) == 0 && !is_order) result.push_back(i);
    }
    return result;
}
// The points of the gradient checks whose numbers are of a size at which third derivatives still are numbers.
template <class Op> std::vector<place> places_of() {
    std::vector<place> result;
    const auto add = [&](const auto& at) {
        place p(at.begin(), at.begin() + Op::arity);
        for (double x : p)
            if (!(std::abs(x) < 1e4) || (x != 0 && std::abs(x) < 1e-3)) return;
        result.push_back(p);
    };
    for (const auto& p : points::table<Op>::points)
        if (!p.kink) add(p.at);
    add(points::table<Op>::low);
    add(points::table<Op>::high);
    return result;
}

}

TEST_CASE("derivatives up to the third of every elementwise operation, in every order") {
    hg::elementwise_operations::for_each([]<class Op>(Op) {
        const std::vector<int> in = smooth_operands<Op>();
        if (in.empty() || !hg::record<Op>.smooth) return;
        if constexpr (points::table<Op>::costly) {
            std::vector<place> places = {
                place(points::table<Op>::low.begin(), points::table<Op>::low.begin() + Op::arity)};
            check({&hg::record<Op>, in, 2, false, 1e-6}, places);
        } else {
            check({&hg::record<Op>, in, 3, points::table<Op>::step == points::step_kind::absolute}, places_of<Op>());
        }
    });
}

TEST_CASE("powers at zero, at whole exponents and below zero") {
    std::vector<place> places;
    for (double x : {0.0, -0.0, 1.0, 23.0, 0.5, -2.0})
        for (double p : {0.0, 1.0, 2.0, 3.0, 4.0, -1.0, -2.0, 2.5, 0.5}) places.push_back({x, p});
    // Zero in p at x = 0, and everything after it; from x = 0 on the infinite ones in x only have no convention.
    check({&hg::record<ops::pow>,
           {0, 1},
           3,
           false,
           1e-7,
           [](const place& at, const orders& n) { return at[0] == 0 && n[1] > 0 ? 0 : NAN; }},
          places);
}

TEST_CASE("kinks, by the documented conventions") {
    // First derivatives, and that all further ones are zero.
    const auto once = [](std::initializer_list<double> first) {
        return [first = place(first)](const place&, const orders& n) {
            int total = 0;
            double d = 0;
            for (std::size_t i = 0; i < n.size(); ++i) {
                total += n[i];
                if (n[i] == 1) d = first[i];
            }
            return total == 1 ? d : 0.0;
        };
    };
    check({&hg::record<ops::relu>, {0}, 3, true, 1e-7, once({0})}, {{0}, {-0.0}, {1}, {-1}});
    check({&hg::record<ops::abs>, {0}, 3, true, 1e-7, once({0})}, {{0}, {-0.0}, {1}});
    check({&hg::record<ops::maximum>, {0, 1}, 3, true, 1e-7, once({0.5, 0.5})}, {{1, 1}, {0, -0.0}, {1, 2}});
    check({&hg::record<ops::minimum>, {0, 1}, 3, true, 1e-7, once({0.5, 0.5})}, {{1, 1}, {0, -0.0}, {1, 2}});
    check({&hg::record<ops::clamp>, {0, 1, 2}, 3, true, 1e-7, once({1, 0, 0})}, {{1, 1, 2}, {2, 1, 2}, {1.5, 1, 2}});
    // At zero what holds below it.
    check({&hg::record<ops::leaky_relu>,
           {0, 1},
           3,
           true,
           1e-7,
           [](const place& at, const orders& n) {
               return n[1] > 1 || n[0] > 1 ? 0.0 : n[0] == 0 ? 0.0 : n[1] == 0 ? at[1] : 1.0;
           }},
          {{0, 0.1}, {-1, 0.1}, {1, 0.1}});
    check({&hg::record<ops::elu>,
           {0, 1},
           3,
           true,
           1e-7,
           [](const place& at, const orders& n) { return n[1] > 1 || n[0] == 0 ? 0.0
                                                         : n[1] == 0           ? at[1]
                                                                               : 1.0; }},
          {{0, 1}, {0, 0.7}, {-0.0, 2}, {-1, 1}, {1, 1}});
}
