// Derivatives of scans by the interpreter, against differences in 50 digits: the gradient, that of a weighted sum of
// gradients, and of one of these; forward mode beside them, each row's own gradient, and all after the passes too.
#include "scan/scans.hpp"

using namespace gradient_check;
using namespace scans;

namespace {

constexpr long rows = 3;

struct leaf_value {
    int node;
    std::string name;
};

// A model's graph at run time, to be differentiated again and again.
struct subject {
    hg::graph_builder g;
    std::vector<leaf_value> leaves;
    std::vector<int> targets;
    int loss;
    std::map<std::string, numbers> given;

    explicit subject(const hg::graph_view& model) : g(model), loss(g.names[g.intern("loss")].node) {
        REQUIRE_MESSAGE(g.problem.empty(), std::string(g.problem.view()));
        for (int n = 0; n < model.nodes.size; ++n) {
            if (model[n].name < 0) continue;
            const std::string name(model.name(model[n].name));
            leaves.push_back({n, name});
            targets.push_back(n);
            given[name] = spread(size_of(model[n].type, rows), 0.2, 0.9, 0.3 * static_cast<double>(leaves.size()));
        }
        loss = total({&g, nullptr, loss}).index;
    }
    hg::handle at(int n) { return {&g, nullptr, n}; }
    // The gradient of a number with respect to each leaf.
    std::vector<int> gradients(int of) {
        hg::differentiation d(g, of, {targets.data(), static_cast<int>(targets.size())});
        std::vector<int> result;
        for (int n : targets) result.push_back(d.gradient(n));
        return result;
    }
    // Their sum, with weights that are leaves of their own.
    int weighted(const std::vector<int>& of, const std::string& name) {
        hg::handle sum = at(g.push_literal(0));
        for (std::size_t i = 0; i < of.size(); ++i) {
            const std::string weights = name + leaves[i].name;
            const hg::value_type type = g.nodes[of[i]].type;
            given[weights] = spread(size_of(type, rows), 0.5, 1.5, 0.41);
            sum = sum + total(hadamard(at(of[i]), push_leaf(g, hg::text(weights), type)));
        }
        return sum.index;
    }
    template <class T>
    std::vector<std::vector<T>> values(const std::vector<int>& of, const std::map<std::string, std::vector<T>>& with) {
        hg::interpretation<T> run(g.view(), rules<T>(), rows);
        for (const auto& [name, value] : with) run.feed(name, value);
        run.run();
        std::vector<std::vector<T>> result;
        for (int n : of) result.push_back(run.values[static_cast<std::size_t>(n)]);
        return result;
    }
    template <class T> std::map<std::string, std::vector<T>> leaf_values() const {
        std::map<std::string, std::vector<T>> result;
        for (const auto& [name, value] : given) result[name] = converted<T>(value);
        return result;
    }
    // By differences in 50 digits, what `gradients` says of the same number.
    std::vector<numbers> differences(int of) {
        auto with = leaf_values<precise>();
        std::vector<numbers> result;
        for (const leaf_value& leaf : leaves) {
            result.emplace_back();
            for (std::size_t e = 0; e < with[leaf.name].size(); ++e) {
                const precise x = with[leaf.name][e], step = 1e-15;
                with[leaf.name][e] = x + step;
                const precise above = values<precise>({of}, with)[0][0];
                with[leaf.name][e] = x - step;
                const precise below = values<precise>({of}, with)[0][0];
                with[leaf.name][e] = x;
                result.back().push_back(static_cast<double>(precise((above - below) / (2 * step))));
            }
        }
        return result;
    }
    void check(const std::string& what, int of, const std::vector<int>& gradients_) {
        REQUIRE_MESSAGE(g.problem.empty(), std::string(g.problem.view()));
        const std::vector<numbers> wanted = differences(of);
        const auto got = values<double>(gradients_, leaf_values<double>());
        for (std::size_t i = 0; i < leaves.size(); ++i)
            check_all(what + " of " + leaves[i].name, got[i], wanted[i], 1e-11);
    }
    // All named values and these nodes are the same after each pass.
    void check_passes(const std::vector<int>& of) {
        for (std::size_t i = 0; i < of.size(); ++i)
            g.roots.push({hg::root_kind::value, g.intern("asked" + std::to_string(i)), of[i]});
        const auto wanted = values<double>(of, leaf_values<double>());
        hg::run_passes(g.view(), [&]<class Stage>(Stage, const hg::graph_view& passed) {
            const auto run = evaluated<double>(passed, given, rows);
            for (std::size_t i = 0; i < of.size(); ++i)
                check_all(std::string(Stage::name) + ", " + std::to_string(i),
                          run.values[static_cast<std::size_t>(passed.roots[static_cast<int>(i)].node)], wanted[i],
                          1e-11);
        });
        g.roots = {};
    }
};

// The Jacobian of each of the model's results, and the Hessian of its loss, against their products with a vector.
template <const auto& Model> void check_jacobians() {
    const hg::graph_view model = hg::lowered<Model>::view();
    for (const leaf_value& leaf : subject(model).leaves) {
        subject s(model);
        std::vector<int> both;
        const std::string name = "d." + leaf.name;
        const hg::value_type type = model[leaf.node].type;
        s.given[name] = spread(size_of(type, rows), 0.5, 1.5, 0.77);
        const hg::handle x = s.at(leaf.node), direction = push_leaf(s.g, hg::text(name), type);
        const auto compare = [&](const hg::handle& matrix, const hg::handle& product) {
            const int outputs = static_cast<int>(product.extents().size());
            const int inputs = static_cast<int>(direction.extents().size());
            const hg::handle by_hand =
                hg::ops::reduce<hg::ops::sum>(hadamard(reshaped(matrix, hg::make_shape(outputs, inputs)),
                                                       reshaped(direction, hg::make_shape(inputs))),
                                              2u, false);
            both.insert(both.end(), {by_hand.index, reshaped(product, hg::make_shape(outputs)).index});
        };
        for (const std::string_view result : {"hidden", "code", "gates", "before", "rest"}) {
            const int y = s.g.names[s.g.intern(result)].node;
            if (y < x.index || !hg::reached_by_gradient(s.g, y)[x.index]) continue;
            compare(hg::ops::jacobian_call{}.build(s.at(y), x), hg::ops::jvp_call{}.build(s.at(y), x, direction));
        }
        const hg::handle loss_of_all = s.at(s.g.names[s.g.intern("loss")].node);
        const int gradient = hg::ops::grad_call{}.build(loss_of_all, x).index;
        if (hg::reached_by_gradient(s.g, gradient)[x.index]) // else the loss is linear in it
            compare(hg::ops::hessian_call{}.build(loss_of_all, x),
                    hg::ops::hessian_vector_call{}.build(loss_of_all, x, direction));
        REQUIRE_MESSAGE(s.g.problem.empty(), std::string(s.g.problem.view()));
        const auto values = s.values<double>(both, s.leaf_values<double>());
        for (std::size_t i = 0; i < both.size(); i += 2)
            check_all("Jacobian or Hessian for " + leaf.name, values[i], values[i + 1], 1e-11);
        s.check_passes(both);
    }
}

template <const auto& Model> void check_model() {
    subject s(hg::lowered<Model>::view());
    const std::vector<int> first = s.gradients(s.loss);
    s.check("gradient", s.loss, first);
    s.check_passes(first);

    const int weighted = s.weighted(first, "v.");
    const std::vector<int> second = s.gradients(weighted);
    s.check("second derivative", weighted, second);
    s.check_passes(second);

    // Forward mode, of the loss and over its gradient: along one leaf at a time.
    for (std::size_t i = 0; i < s.leaves.size(); ++i) {
        const hg::value_type type = s.g.nodes[s.leaves[i].node].type;
        const std::string name = "d." + s.leaves[i].name;
        s.given[name] = spread(size_of(type, rows), 0.5, 1.5, 0.77);
        const int direction = push_leaf(s.g, hg::text(name), type).index;
        for (int of : {s.loss, weighted}) {
            hg::forward_differentiation d(s.g, of, s.leaves[i].node, direction);
            const int gradient = of == s.loss ? first[i] : second[i];
            const int wanted = total(hadamard(s.at(gradient), s.at(direction))).index;
            REQUIRE_MESSAGE(s.g.problem.empty(), std::string(s.g.problem.view()));
            REQUIRE(d.tangent(of) >= 0);
            const auto both = s.values<double>({d.tangent(of), wanted}, s.leaf_values<double>());
            check_all("forward mode along " + s.leaves[i].name, both[0], both[1], 1e-11);
        }
    }
}

}

TEST_CASE("a gated cell over the rows of a batch") { check_model<of_rows::model>(); }
TEST_CASE("a scan from the last step to the first, without a batch axis") { check_model<scans::backwards::model>(); }
TEST_CASE("two states against each other, without a sequence") { check_model<two_states::model>(); }
TEST_CASE("states that are handed on, and what does not depend on the step") { check_model<handed_on::model>(); }
TEST_CASE("a body without states") { check_model<without_states::model>(); }
TEST_CASE("a body that mixes the rows") { check_model<mixing::model>(); }
TEST_CASE("stochastic volatility") { check_model<volatility::model<6>>(); }
TEST_CASE("a scan within a scan") { check_model<settling::model>(); }
TEST_CASE("a recurrence in two directions, of which few states are kept") { check_model<grid::sparing>(); }
TEST_CASE("the innermost of three scans mixes the rows") { check_model<three_deep::model>(); }

TEST_CASE("Jacobians and Hessians through a scan are all products with vectors at once") {
    check_jacobians<of_rows::model>();
    check_jacobians<scans::backwards::model>();
    check_jacobians<two_states::model>();
    check_jacobians<handed_on::model>();
    check_jacobians<without_states::model>();
    check_jacobians<volatility::model<6>>();
    check_jacobians<settling::model>();
    check_jacobians<grid::model>();
}
TEST_CASE("a derivative takes no more nodes for those that the graph holds already") {
    subject s(hg::lowered<of_rows::model>::view());
    const hg::handle code_of_rows = s.at(s.g.names[s.g.intern("code")].node);
    const hg::handle x = s.at(s.leaves[1].node), direction = push_leaf(s.g, hg::text("d"), x.type());
    std::vector<int> taken;
    for (int i = 0; i < 3; ++i) {
        const int before_it = s.g.nodes.size();
        const hg::handle both = hg::ops::jvp_call{}.build(code_of_rows, x, direction);
        hg::ops::hessian_call{}.build(total(both * code_of_rows), x);
        taken.push_back(s.g.nodes.size() - before_it);
    }
    REQUIRE_MESSAGE(s.g.problem.empty(), std::string(s.g.problem.view()));
    CHECK(taken[1] <= taken[0]);
    CHECK(taken[2] <= taken[0]);
}
TEST_CASE("the gradient of what is made of a Jacobian and a Hessian through a scan") {
    subject s(hg::lowered<contracted::model>::view());
    const std::vector<int> first = s.gradients(s.loss);
    s.check("gradient", s.loss, first);
    s.check_passes(first);
}

TEST_CASE("the third derivative of two states") {
    subject s(hg::lowered<two_states::model>::view());
    const int second = s.weighted(s.gradients(s.weighted(s.gradients(s.loss), "v.")), "w.");
    s.check("third derivative", second, s.gradients(second));
}

TEST_CASE("each row's own gradient is that of the row alone") {
    subject s(hg::lowered<of_rows::model>::view());
    const int loss_of_rows = s.g.names[s.g.intern("loss")].node;
    hg::differentiation apart(s.g, loss_of_rows, {s.targets.data(), static_cast<int>(s.targets.size())}, false);
    std::vector<int> of_each;
    for (int n : s.targets) of_each.push_back(apart.gradient(n));
    const std::vector<int> together = s.gradients(s.loss);
    REQUIRE_MESSAGE(s.g.problem.empty(), std::string(s.g.problem.view()));
    const auto each = s.values<double>(of_each, s.leaf_values<double>());
    const auto all = s.values<double>(together, s.leaf_values<double>());
    for (std::size_t i = 0; i < each.size(); ++i) {
        numbers summed(all[i].size(), 0);
        if (each[i].size() == all[i].size())
            summed = each[i]; // the input's, which has rows of its own
        else
            for (std::size_t e = 0; e < each[i].size(); ++e) summed[e % summed.size()] += each[i][e];
        check_all(s.leaves[i].name, summed, all[i], 1e-11);
    }
}
