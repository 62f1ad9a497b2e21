// Holds the hand-written autoencoders of bench/ to what can be known about them without the library: both forms agree,
// gradients agree with differences, and Adam and the losses agree with values worked out by hand.
#include "../../testing/naive_loops.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

using naive::loop_form;
using naive::model_kind;

struct sized_model {
    std::string name;
    model_kind kind;
    std::vector<int> widths;
    int noise_width;
};

// Narrow and wide waists, since the ordered form stores a weight by its longer side, and no width a multiple of a
// vector.
std::vector<sized_model> small_models() {
    return {{"basic", model_kind::basic, {13, 5}, 0},
            {"basic, overcomplete", model_kind::basic, {5, 9}, 0},
            {"undercomplete", model_kind::undercomplete, {19, 11, 7, 3}, 0},
            {"undercomplete, widening", model_kind::undercomplete, {4, 6, 7, 9}, 0},
            {"sparse", model_kind::sparse, {9, 14}, 0},
            {"denoising", model_kind::denoising, {17, 6}, 17},
            {"variational", model_kind::variational, {18, 10, 3}, 3},
            {"variational, widening", model_kind::variational, {5, 6, 7}, 7}};
}

const loop_form both_forms[] = {loop_form::textbook, loop_form::ordered};

std::vector<double> random_values(std::mt19937& generator, std::size_t count, double low, double high) {
    std::uniform_real_distribution<double> uniform(low, high);
    std::vector<double> values(count);
    for (auto& v : values) v = uniform(generator);
    return values;
}

template <class T> std::vector<T> converted(const std::vector<double>& from) {
    return std::vector<T>(from.begin(), from.end());
}

// The same values for every form and element type.
template <class T> void initialise(naive::naive_model<T>& model, unsigned seed) {
    std::mt19937 generator(seed);
    for (const auto& p : model.parameters())
        model.set(p.name, converted<T>(random_values(generator, p.value.size(), -0.6, 0.6)));
}

struct batch {
    std::vector<double> x, noise;

    batch(std::mt19937& generator, const sized_model& m, int rows)
        : x(random_values(generator, static_cast<std::size_t>(rows * m.widths[0]), 0, 1)),
          noise(random_values(generator, static_cast<std::size_t>(rows * m.noise_width), -1.5, 1.5)) {}
};

template <class T> naive::step_inputs<T> inputs_for(const std::vector<T>& x, const std::vector<T>& noise, int rows) {
    naive::step_inputs<T> in;
    in.x = x.data();
    in.rows = rows;
    in.noise = noise.data();
    in.learning_rate = T(0.01);
    in.lambda = T(0.03);
    in.beta = T(0.7);
    in.noise_level = T(0.4);
    return in;
}

void check_close(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
    REQUIRE(a.size() == b.size());
    double largest = 0, difference = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        largest = std::max(largest, std::abs(a[k]));
        difference = std::max(difference, std::abs(a[k] - b[k]));
    }
    CHECK(difference <= tolerance * largest);
}

double relative(double a, double b) { return std::abs(a - b) / std::abs(a); }

}

TEST_CASE("naive loops: both forms train alike") {
    for (const auto& m : small_models()) {
        CAPTURE(m.name);
        const auto textbook = naive::make_naive<double>(m.kind, loop_form::textbook, m.widths, 8);
        const auto ordered = naive::make_naive<double>(m.kind, loop_form::ordered, m.widths, 8);
        initialise(*textbook, 3);
        initialise(*ordered, 3);
        std::mt19937 generator(4);
        double first = 0, last = 0;
        for (int step = 0; step < 20; ++step) {
            const int rows = step % 5 == 4 ? 3 : 8;
            const batch data(generator, m, rows);
            const auto in = inputs_for(data.x, data.noise, rows);
            const auto a = textbook->step(in);
            const auto b = ordered->step(in);
            CHECK(relative(a.loss, b.loss) < 1e-10);
            CHECK(relative(a.reconstruction, b.reconstruction) < 1e-10);
            CHECK(std::abs(a.penalty - b.penalty) <= 1e-10 * std::abs(a.penalty));
            if (step == 0) first = a.loss;
            last = a.loss;
            for (const auto& p : textbook->parameters()) {
                CAPTURE(p.name);
                check_close(textbook->gradient(p.name), ordered->gradient(p.name), 1e-10);
                check_close(textbook->value(p.name), ordered->value(p.name), 1e-10);
            }
        }
        CHECK(last < first);
    }
}

TEST_CASE("naive loops: float follows double") {
    for (const auto& m : small_models())
        for (const auto form : both_forms) {
            CAPTURE(m.name);
            const auto single = naive::make_naive<float>(m.kind, form, m.widths, 8);
            const auto twice = naive::make_naive<double>(m.kind, form, m.widths, 8);
            initialise(*single, 3);
            initialise(*twice, 3);
            std::mt19937 generator(4);
            for (int step = 0; step < 10; ++step) {
                const batch data(generator, m, 8);
                const auto x = converted<float>(data.x), noise = converted<float>(data.noise);
                const double loss = twice->step(inputs_for(data.x, data.noise, 8)).loss;
                CHECK(relative(loss, single->step(inputs_for(x, noise, 8)).loss) < 1e-4);
            }
        }
}

TEST_CASE("naive loops: gradients agree with central differences") {
    for (const auto& m : small_models())
        for (const auto form : both_forms) {
            CAPTURE(m.name);
            const int rows = 4;
            const auto model = naive::make_naive<double>(m.kind, form, m.widths, rows);
            initialise(*model, 5);
            std::mt19937 generator(6);
            const batch data(generator, m, rows);
            auto in = inputs_for(data.x, data.noise, rows);
            in.learning_rate = 0; // a step then changes nothing but the moments
            for (const auto& p : model->parameters()) {
                CAPTURE(p.name);
                model->step(in);
                const auto gradient = model->gradient(p.name);
                const auto at = model->value(p.name);
                std::vector<double> differences;
                const double h = 1e-5;
                for (std::size_t k = 0; k < at.size(); ++k) {
                    auto moved = at;
                    moved[k] = at[k] + h;
                    model->set(p.name, moved);
                    const double above = model->step(in).loss;
                    moved[k] = at[k] - h;
                    model->set(p.name, moved);
                    differences.push_back((above - model->step(in).loss) / (2 * h));
                }
                model->set(p.name, at);
                check_close(gradient, differences, 1e-7);
            }
        }
}

TEST_CASE("naive loops: Adam by hand") {
    // One feature, one code, all parameters zero, x = 1: z = x' = 1/2, so the loss is 1/4 and its derivative under the
    // decoder's sigmoid is 2 (1/2 - 1) (1/2) (1/2) = -1/4.
    for (const auto form : both_forms) {
        const auto model = naive::make_naive<double>(model_kind::basic, form, {1, 1}, 1);
        const double x = 1, rate = 0.1, epsilon = 1e-8;
        naive::step_inputs<double> in;
        in.x = &x;
        in.rows = 1;
        in.learning_rate = rate;

        CHECK(model->step(in).loss == doctest::Approx(0.25).epsilon(1e-14));
        CHECK(model->gradient("b_d")[0] == doctest::Approx(-0.25).epsilon(1e-14));
        CHECK(model->gradient("W_d")[0] == doctest::Approx(-0.125).epsilon(1e-14));
        CHECK(model->gradient("W_e")[0] == 0);
        // Corrected for their bias the first moments are g and g^2, so the first step is the rate but for epsilon.
        const double first = 0.1 * 0.25 / (0.25 + epsilon);
        CHECK(model->value("b_d")[0] == doctest::Approx(first).epsilon(1e-12));
        CHECK(model->value("W_d")[0] == doctest::Approx(0.1 * 0.125 / (0.125 + epsilon)).epsilon(1e-12));
        CHECK(model->value("W_e")[0] == 0);

        model->step(in);
        const double y = 1 / (1 + std::exp(-(0.5 * 0.1 * 0.125 / (0.125 + epsilon) + first)));
        const double g1 = -0.25, g2 = 2 * (y - 1) * y * (1 - y);
        CHECK(model->gradient("b_d")[0] == doctest::Approx(g2).epsilon(1e-12));
        const double m_hat = (0.09 * g1 + 0.1 * g2) / 0.19;
        const double v_hat = (0.000999 * g1 * g1 + 0.001 * g2 * g2) / 0.001999;
        CHECK(model->value("b_d")[0] ==
              doctest::Approx(first - rate * m_hat / (std::sqrt(v_hat) + epsilon)).epsilon(1e-12));
    }
}

TEST_CASE("naive loops: losses by hand") {
    const std::vector<double> x{0.0, 0.25, 1.0, 0.5}, noise{1.0, -2.0, 0.5, 0.25};
    for (const auto form : both_forms) {
        SUBCASE("zero logits cost log 2 each, and the prior costs nothing") {
            const auto vae = naive::make_naive<double>(model_kind::variational, form, {2, 3, 2}, 2);
            const auto terms = vae->step(inputs_for(x, noise, 2));
            CHECK(terms.reconstruction == doctest::Approx(2 * std::log(2.0)).epsilon(1e-14));
            CHECK(terms.penalty == 0);
        }
        SUBCASE("the divergence of mu = 2, logvar = log 3 is (4 + 3 - 1 - log 3) / 2 for each of two latents") {
            const auto vae = naive::make_naive<double>(model_kind::variational, form, {2, 3, 2}, 2);
            vae->set("mu.bias", {2, 2});
            vae->set("logvar.bias", {std::log(3.0), std::log(3.0)});
            const auto terms = vae->step(inputs_for(x, noise, 2));
            CHECK(terms.penalty == doctest::Approx(6 - std::log(3.0)).epsilon(1e-14));
            CHECK(terms.loss == doctest::Approx(terms.reconstruction + 0.7 * terms.penalty).epsilon(1e-14));
        }
        SUBCASE("logits of a thousand neither overflow nor lose the likelihood") {
            const auto model = naive::make_naive<double>(model_kind::denoising, form, {2, 3}, 2);
            model->set("logits.bias", {1000, -1000});
            // 1000 (1 - x) on the first pixel and 1000 x on the second, mean of the two rows.
            CHECK(model->step(inputs_for(x, noise, 2)).loss == doctest::Approx(500 * (1 + 0.25 + 0 + 0.5)));
            CHECK(model->gradient("logits.bias")[0] == doctest::Approx(0.5));
            CHECK(model->gradient("logits.bias")[1] == doctest::Approx(-0.375));
        }
        SUBCASE("the sparse penalty is the sum of the active units") {
            const auto model = naive::make_naive<double>(model_kind::sparse, form, {2, 3}, 2);
            model->set("h.bias", {0.5, -1, 2});
            const auto terms = model->step(inputs_for(x, noise, 2));
            CHECK(terms.penalty == doctest::Approx(2.5).epsilon(1e-14));
            CHECK(terms.loss == doctest::Approx(terms.reconstruction + 0.03 * 2.5).epsilon(1e-14));
            CHECK(terms.reconstruction == doctest::Approx((0.25 + 0.0625 + 0.25 + 0) / 4).epsilon(1e-14));
        }
    }
}

TEST_CASE("naive loops: weights cross the interface as outputs by inputs") {
    for (const auto form : both_forms) {
        const auto model = naive::make_naive<double>(model_kind::denoising, form, {2, 3}, 1);
        const std::vector<double> weight{1, 2, 3, 4, 5, 6};
        for (const char* name : {"h.weight", "logits.weight"}) {
            model->set(name, weight);
            CHECK(model->value(name) == weight);
        }
        // h = (1 + 4, 3 + 8, 5 + 12) for x = (1, 2); the gradient of logits.weight is its outer product with delta.
        const std::vector<double> x{1, 2}, noise{0, 0};
        auto in = inputs_for(x, noise, 1);
        in.learning_rate = 0;
        model->step(in);
        const auto delta = model->gradient("logits.bias");
        CHECK(model->gradient("logits.weight") == std::vector<double>{delta[0] * 5, delta[0] * 11, delta[0] * 17,
                                                                      delta[1] * 5, delta[1] * 11, delta[1] * 17});
        CHECK(model->parameters()[0].name == "h.weight");
        CHECK(model->parameters()[0].rows == 3);
        CHECK(model->parameters()[0].cols == 2);
    }
}

TEST_CASE("naive loops: misuse is refused") {
    CHECK_THROWS_AS(naive::make_naive<float>(model_kind::variational, loop_form::ordered, {784, 20}),
                    std::invalid_argument);
    CHECK_THROWS_AS(naive::make_naive<float>(model_kind::basic, loop_form::ordered, {784, 0}), std::invalid_argument);
    const auto model = naive::make_naive<double>(model_kind::denoising, loop_form::textbook, {2, 3}, 2);
    const std::vector<double> x(6), noise(6);
    CHECK_THROWS_AS(model->step(inputs_for(x, noise, 3)), std::invalid_argument);
    CHECK_THROWS_AS(model->step(inputs_for(x, {}, 2)), std::invalid_argument);
    CHECK_THROWS_AS(model->set("h.weight", {1, 2}), std::invalid_argument);
    CHECK_THROWS_AS(model->value("z.weight"), std::invalid_argument);
}
