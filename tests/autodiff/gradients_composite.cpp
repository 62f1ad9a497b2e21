// Operations that are written in others, losses and distributions, as users write them: equations, hg::gradient in
// double, and the interpreter on the graph before and after each pass, against differences in 50 digits; ties and kinks
// against the documented subgradient.
#include "autodiff/gradient_check.hpp"

#include <algorithm>

using namespace gradient_check;

namespace {

// The feeds of a graph by name, and the program's answers.
struct model_data {
    std::map<std::string, numbers> leaves;
    long rows = 1;
};

template <class T> std::vector<T> interpret(hg::graph_view g, const model_data& data,
                                            const hg::random::noise_stream& noise,
                                            const std::map<std::string, std::vector<T>>& moved, int asked) {
    hg::interpretation<T> run(g, rules<T>(), data.rows);
    run.noise = noise;
    for (int n = 0; n < g.nodes.size; ++n) {
        if (g[n].op->kind != hg::operation_kind::leaf || hg::is<hg::ops::scalar>(g[n]) || hg::is<hg::ops::rows>(g[n]))
            continue;
        const std::string name(g.name(g[n].name));
        const auto found = moved.find(name);
        run.feed(n, found != moved.end() ? found->second : converted<T>(data.leaves.at(name)));
    }
    run.run();
    return run.values[static_cast<std::size_t>(asked)];
}
inline int root_of(hg::graph_view g, hg::root_kind kind, std::string_view name) {
    for (const hg::graph_root& r : g.roots)
        if (r.kind == kind && g.name(r.name) == name) return r.node;
    FAIL("no such result: " << std::string(name));
    return -1;
}

// The derivative of the loss in every element of a leaf.
inline numbers model_differences(hg::graph_view g, const model_data& data, const hg::random::noise_stream& noise,
                                 const std::string& loss, const std::string& leaf) {
    // Of the graph only what the value needs.
    hg::graph_builder alone;
    {
        hg::rewriter r(g);
        const int root = root_of(g, hg::root_kind::value, loss);
        for (int n = 0; n <= root; ++n) r.map[n] = r.copy(n);
        const int name = r.to.intern(loss);
        r.to.roots.push({hg::root_kind::value, name, r.map[root]});
        alone = hg::prune(r.to.view());
    }
    const int root = alone.roots[0].node;
    numbers result;
    std::map<std::string, std::vector<precise>> moved{{leaf, converted<precise>(data.leaves.at(leaf))}};
    std::vector<precise>& x = moved[leaf];
    for (std::size_t e = 0; e < x.size(); ++e) {
        const precise at = x[e], h = 1e-15 * std::min(1.0, std::max(std::abs(data.leaves.at(leaf)[e]), 1e-12));
        x[e] = at + h;
        const precise above = interpret<precise>(alone.view(), data, noise, moved, root)[0];
        x[e] = at - h;
        const precise below = interpret<precise>(alone.view(), data, noise, moved, root)[0];
        x[e] = at;
        result.push_back(static_cast<double>(precise((above - below) / (2 * h))));
    }
    return result;
}

// A program's gradient with respect to a leaf, and the interpreter's at each stage, against what is wanted; or against
// differences where nothing is.
template <class Program> void check_leaf(const model_data& data, const std::string& loss, const std::string& leaf,
                                         const numbers& got, const numbers& given = {}) {
    using compiled = typename Program::compiled_graph;
    const hg::random::noise_stream noise{5, 0, 0};
    const numbers wanted =
        given.empty() ? model_differences(compiled::specified::view(), data, noise, loss, leaf) : given;
    const auto check_stage = [&]<class Stage>(Stage) {
        const hg::graph_view g = hg::graph_of<typename compiled::spec, Stage>::view();
        check_all(loss + " by " + leaf + ", " + std::string(Stage::name),
                  interpret<double>(g, data, noise, {}, root_of(g, hg::root_kind::gradient, leaf)), wanted);
    };
    check_stage(hg::stages::differentiated{});
    hg::stages::passes::for_each(check_stage);
    check_all(loss + " by " + leaf + ", program", got, wanted);
}
numbers listed(const auto& view) {
    const auto s = view.span();
    return {s.begin(), s.end()};
}

// All leaves of a model: fed from the data, differentiated for, and checked. A derivative that differences cannot give
// stands in `given`.
template <auto Loss, auto... Leaves> struct leaves_of {
    template <const auto& Graph, class... Options>
    static void check(const model_data& data, const std::map<std::string, numbers>& given = {}) {
        using program_type =
            hg::gradient<Graph, Loss, hg::wrt<Leaves...>, hg::element<double>, hg::max_rows<8>, Options...>;
        const auto program = std::make_unique<program_type>(hg::seed = 5, hg::threads = 1);
        const auto out = (*program)((Leaves = data.leaves.at(std::string(Leaves.name)))...);
        (check_one<program_type, Leaves>(data, out, given), ...);
    }

private:
    template <class Program, auto Leaf>
    static void check_one(const model_data& data, const auto& out, const std::map<std::string, numbers>& given) {
        const std::string leaf(Leaf.name);
        const auto found = given.find(leaf);
        check_leaf<Program>(data, std::string(Loss.name), leaf, listed(out.gradient(Leaf)),
                            found == given.end() ? numbers{} : found->second);
    }
};

// A result as a number in which no two of its elements count the same.
constexpr auto mixed(const auto& y, const auto& weights) { return sum(hadamard(y, weights)); }

inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::argument<"k23", 2, 3> k23;
inline constexpr hg::argument<"k2", 2> k2;
inline constexpr hg::argument<"k3", 3> k3;
inline constexpr hg::argument<"k5", 5> k5;

// Feeds for the weights above; the rest is the test's.
std::map<std::string, numbers> with_weights(std::map<std::string, numbers> leaves) {
    leaves["k23"] = {0.7, -1.3, 2.1, 0.4, 1.9, -0.6};
    leaves["k2"] = {1.7, -0.8};
    leaves["k3"] = {0.9, 2.2, -1.1};
    leaves["k5"] = {1.1, -0.3, 2.7, 0.6, -1.9};
    return leaves;
}

}

namespace reductions {

inline constexpr hg::argument<"softmax", 2, 3> a;
inline constexpr hg::argument<"softmax over the first axis", 2, 3> b;
inline constexpr hg::argument<"log_softmax", 2, 3> c;
inline constexpr hg::argument<"log_sum_exp", 2, 3> d;
inline constexpr hg::argument<"log_sum_exp over the first axis", 2, 3> e;
inline constexpr hg::argument<"mean", 2, 3> f;
inline constexpr hg::argument<"mean over the last axis", 2, 3> g;
inline constexpr hg::argument<"l1_norm", 2, 3> h;
inline constexpr hg::argument<"l2_norm", 2, 3> i;
inline constexpr hg::argument<"l2_norm over the last axis", 2, 3> j;
inline constexpr hg::argument<"max_norm", 2, 3> k;
inline constexpr hg::argument<"min", 2, 3> l;
inline constexpr hg::argument<"max over two axes", 2, 3, 2> m;
inline constexpr hg::graph model{
    loss = mixed(softmax(a), k23) + mixed(softmax(b, hg::axes<0>), k23) + mixed(log_softmax(c), k23) +
           square(log_sum_exp(d)) + mixed(log_sum_exp(e, hg::axes<0>), k3) + square(mean(f)) +
           mixed(mean(g, hg::axes<-1>), k2) + square(l1_norm(h)) + square(l2_norm(i)) * l2_norm(i) +
           mixed(l2_norm(j, hg::axes<1>, hg::keep_axes), k23) + square(max_norm(k)) + mixed(min(l, hg::axes<0>), k3) +
           mixed(max(m, hg::axes<0, 2>), k3),
};
using leaves = leaves_of<loss, a, b, c, d, e, f, g, h, i, j, k, l, m, k23, k2, k3>;

std::map<std::string, numbers> all_leaves(const numbers& x, const numbers& of_max) {
    std::map<std::string, numbers> result;
    for (const char* name :
         {"softmax", "softmax over the first axis", "log_softmax", "log_sum_exp", "log_sum_exp over the first axis",
          "mean", "mean over the last axis", "l1_norm", "l2_norm", "l2_norm over the last axis", "max_norm", "min"})
        result[name] = x;
    result["max over two axes"] = of_max;
    return with_weights(result);
}

}

TEST_CASE("gradients of reductions that are written in others") {
    using namespace reductions;
    const numbers of_max = spread(12, -2, 2, 0.3);
    SUBCASE("ordinary") { leaves::check<model>({all_leaves({0.3, -1.2, 0.8, 2.1, -0.4, 1.6}, of_max)}); }
    SUBCASE("far apart") { leaves::check<model>({all_leaves({800, -900, 2, -30, 40, 41}, of_max)}); }
    SUBCASE("tiny") { leaves::check<model>({all_leaves({1e-10, -2e-10, 3e-10, -4e-10, 5e-10, 6e-10}, of_max)}); }
    SUBCASE("kinks and ties") {
        // Shared equally among ties; nothing at the origin of a norm.
        std::map<std::string, numbers> x =
            all_leaves({0.3, -1.2, 0.8, 2.1, -0.4, 1.6}, {1, 0, 2, 3, -0.0, 0, 1, -1, 3, 3, -2, 0});
        x["l1_norm"] = {0, 2, -1, -0.0, 1, 0}; // sum 4
        x["l2_norm"] = {0, 0, 0, 0, 0, 0};
        x["l2_norm over the last axis"] = {0, -0.0, 0, 3, 0, 4};
        x["max_norm"] = {2, -2, 1, 0, 0, 2};
        x["min"] = {1, -1, 0, 1, 2, -0.0};
        const double second = 0.4 + 1.9 - 0.6;
        leaves::check<model>({x},
                             {{"l1_norm", {0, 8, -8, 0, 8, 0}},
                              {"l2_norm", {0, 0, 0, 0, 0, 0}},
                              {"l2_norm over the last axis", {0, 0, 0, second * 0.6, 0, second * 0.8}},
                              {"max_norm", {4.0 / 3, -4.0 / 3, 0, 0, 0, 4.0 / 3}},
                              {"min", {0.45, 2.2, -0.55, 0.45, 0, -0.55}},
                              // the axes are no neighbours: shared along the first, then each share along the last
                              {"max over two axes", {0.45, 0, 0, 1.1, -0.275, -0.275, 0.45, 0, 0.55, 0.55, 0, -0.55}}});
    }
}

namespace functions_and_products {

inline constexpr hg::argument<"gelu", 5> a;
inline constexpr hg::argument<"silu", 5> b;
inline constexpr hg::argument<"leaky_relu", 5> c;
inline constexpr hg::argument<"elu", 5> d;
inline constexpr hg::argument<"literal powers", 5> e;
inline constexpr hg::argument<"used twice", 5> f;
inline constexpr hg::argument<"dot", 5> g;
inline constexpr hg::argument<"outer left", 2> h;
inline constexpr hg::argument<"outer right", 3> i;
inline constexpr hg::argument<"matrix", 2, 3> j;
inline constexpr hg::argument<"row times matrix", 2> k;
inline constexpr hg::argument<"other matrix", 2, 3> l;
inline constexpr hg::argument<"stop_gradient", 5> m;
inline constexpr hg::argument<"cut and joined", 5> n;
inline constexpr hg::graph model{
    loss = mixed(gelu(a), k5) + mixed(silu(b), k5) + mixed(leaky_relu(c), k5) + mixed(elu(d), k5) +
           mixed(pow(e, 3) + pow(e, 2) / 7 + 3 * e - pow(2, e), k5) + mixed(f * f / (1 + exp(f)) - f, k5) +
           dot(g, sin(g)) * dot(g, k5) + mixed(outer(h, i), k23) + mixed(j * k3, k2) + mixed(matmul(k, j), k3) +
           sum(square(matmul(transpose(j), l))) + sum(matmul(j, transpose(l))) + dot(stop_gradient(m), m) +
           mixed(hg::concatenate(hg::slice<3, 5>(n), hg::slice<0, 3>(n)), k5) + sum(square(hg::concatenate(n, n, n))),
};
using leaves = leaves_of<loss, a, b, c, d, e, f, g, h, i, j, k, l, m, n, k5, k23, k2, k3>;

std::map<std::string, numbers> all_leaves(const numbers& x) {
    std::map<std::string, numbers> result;
    for (const char* name : {"gelu", "silu", "leaky_relu", "elu", "literal powers", "used twice", "dot",
                             "stop_gradient", "cut and joined"})
        result[name] = x;
    result["outer left"] = {0.4, -1.5};
    result["outer right"] = {2.3, 0.1, -0.8};
    result["matrix"] = {1.2, -0.7, 0.3, 2.4, 0.9, -1.8};
    result["other matrix"] = {-0.2, 1.4, 0.6, -1.1, 0.5, 2.2};
    result["row times matrix"] = {1.3, -0.9};
    return with_weights(result);
}

}

TEST_CASE("gradients of functions and products that are written in others") {
    using namespace functions_and_products;
    for (const numbers& x :
         {numbers{0.3, -1.2, 0.8, 2.1, -0.4}, numbers{12, -9, 20, -15, 0.01}, numbers{1e-10, -1e-10, 5, -6, 1e-5}})
        leaves::check<model>({all_leaves(x)}, {{"stop_gradient", x}});
}

namespace losses {

inline constexpr hg::input<"mse", 2, 3> a;
inline constexpr hg::input<"target", 2, 3> t;
inline constexpr hg::input<"squared_error", 2, 3> b;
inline constexpr hg::input<"logits", 2, 3> c;
inline constexpr hg::input<"mean", 2, 3> d;
inline constexpr hg::input<"log_variance", 2, 3> e;
inline constexpr hg::input<"l1", 2, 3> f;
inline constexpr hg::input<"l2", 2, 3> g;
inline constexpr hg::input<"mu", 2, 3> mu;
inline constexpr hg::input<"logvar", 2, 3> logvar;
inline constexpr hg::argument<"prior mu", 3> prior_mu;
inline constexpr hg::argument<"prior sigma", 3> prior_sigma;
inline constexpr auto q = hg::normal(mu, exp(logvar / 2));
inline constexpr auto prior = hg::normal(prior_mu, prior_sigma);
inline constexpr hg::graph model{
    loss = mse(a, t) * 3 + hg::squared_error(b, t) + hg::bernoulli_nll(c, t) + hg::gaussian_nll(t, d, e) +
           hg::l1(f) * 0.3 + hg::l2(g) + kl(q, hg::standard_normal) + 2 * kl(q, prior) +
           kl(prior, hg::standard_normal) + log_prob(q, t) / 5 + log_prob(prior, t) - log_prob(hg::bernoulli(c), t) / 2,
};
using leaves = leaves_of<loss, a, t, b, c, d, e, f, g, mu, logvar, prior_mu, prior_sigma>;

}

TEST_CASE("gradients of losses and distributions, as means over the rows and as sums") {
    using namespace losses;
    constexpr std::size_t rows = 3, elements = 6 * rows;
    std::map<std::string, numbers> x;
    double start = 0.1;
    for (const char* name : {"mse", "squared_error", "logits", "mean", "log_variance", "l1", "l2", "mu", "logvar"})
        x[name] = spread(elements, -2, 2, start += 0.13);
    x["target"] = spread(elements, 0, 1, 0.77);
    x["prior mu"] = {0.2, -0.7, 1.1};
    x["prior sigma"] = {0.6, 1.4, 2.3};
    SUBCASE("ordinary") {
        leaves::check<model>({x, rows});
        leaves::check<model, hg::sum_rows>({x, rows});
    }
    SUBCASE("confident logits, hard targets, small variances") {
        for (std::size_t i = 0; i < elements; ++i) {
            x["logits"][i] = i % 4 == 0 ? 40 : i % 4 == 1 ? -40 : i % 4 == 2 ? 700 : -700;
            x["target"][i] = static_cast<double>(i / 2 % 2);
            x["log_variance"][i] = -8 - static_cast<double>(i);
            x["logvar"][i] = i % 2 == 0 ? -12 : 6;
        }
        leaves::check<model>({x, rows});
    }
}

namespace batches {

inline constexpr hg::input<"batch_mean", 2, 3> a;
inline constexpr hg::input<"batch_sum", 3> b;
inline constexpr hg::input<"centred", 2> c;
inline constexpr hg::input<"dropout", 3> d;
inline constexpr hg::input<"in_training", 3> e;
inline constexpr hg::input<"mu", 3> mu;
inline constexpr hg::input<"sigma", 3> sigma;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"kept"> kept;
inline constexpr hg::symbol<"shaken"> shaken;
inline constexpr hg::graph model{
    z = sample(hg::normal(mu, sigma)),
    kept = hg::dropout(d, 0.4),
    shaken = e + hg::hadamard(hg::shared(hg::uniform_noise<3>()), e),
    loss = mixed(square(a - hg::batch_mean(a)), k23) + mixed(square(hg::batch_sum(b)), k3) * 0.01 +
           mixed(square(c - hg::batch_mean(c)) / (0.1 + hg::batch_mean(square(c - hg::batch_mean(c)))), k2) +
           mixed(square(z), k3) + mixed(square(kept), k3) + hg::in_training(mixed(square(shaken), k3), sum(e)),
};
using leaves = leaves_of<loss, a, b, c, d, e, mu, sigma, k23, k2, k3>;

}

TEST_CASE("gradients across the batch, through samples, dropout and shared noise") {
    using namespace batches;
    constexpr std::size_t rows = 5;
    std::map<std::string, numbers> x;
    double start = 0.2;
    for (const auto& [name, elements] : {std::pair<const char*, std::size_t>{"batch_mean", 6},
                                         {"batch_sum", 3},
                                         {"centred", 2},
                                         {"dropout", 3},
                                         {"in_training", 3},
                                         {"mu", 3},
                                         {"sigma", 3}})
        x[name] = spread(elements * rows, 0.2, 2, start += 0.17);
    leaves::check<model>({with_weights(x), static_cast<long>(rows)});
}

namespace choices {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::symbol<"careless"> careless;
inline constexpr hg::graph model{
    careless = sum(where(x > 0, log(x), 0)),
    loss = sum(where(x > 0, log(where(x > 0, x, 1)), 0)),
};

}

TEST_CASE("the branch that where does not take is differentiated too, so it must be finite") {
    using namespace choices;
    const numbers values = {2, 0, -1};
    hg::gradient<model, careless, hg::wrt<x>, hg::element<double>> after;
    const auto out = after(x = values);
    CHECK(std::isfinite(out[careless]));
    CHECK(std::isnan(out.gradient(x)(0, 1)));
    hg::gradient<model, loss, hg::wrt<x>, hg::element<double>> before;
    CHECK(listed(before(x = values).gradient(x)) == numbers{0.5, 0, 0});
}
