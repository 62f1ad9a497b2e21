// What is said of a model with a mistake, through the same functions at run time: the sentences of tests/compile_fail,
// and some that need no test of the compilers' own output. Blocks and the order of equations are in
// expr/diagnostics_blocks.cpp, programs and calls in expr/diagnostics_programs.cpp.
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "compile_fail/ten_equations.hpp"
#include "expr/said.hpp"

namespace {

// A user's own layer, whose parameter has no elements.
struct table_of_nothing {
    static constexpr int unnamed_layers = 1;
    constexpr auto build(auto x) const {
        return x.new_parameter(x.layer_place(), "table", hg::make_shape(x.extents()[0], 0), hg::zeros);
    }
};
template <hg::operand X> constexpr auto empty_layer(const X& x) { return hg::apply_operation(table_of_nothing{}, x); }

}

using namespace model;

TEST_CASE("a correct model yields no message") { CHECK(said(hg::graph{NINE_EQUATIONS}) == ""); }

TEST_CASE("a shape mismatch names the operands and their shapes") {
    SUBCASE("shape elementwise") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = logits + mu}) ==
              "in equation 'extra': 'add' of 'logits' and 'mu': the shapes [12] and [3] do not broadcast: axes are "
              "matched from the last, and must be equal or 1");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = logits + x}) == "");
    }
    SUBCASE("shape matrix product") {
        static constexpr hg::parameter<"W", 5, 12> W;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = W * h}) ==
              "in equation 'extra': 'matmul' of 'W' and 'h': the matrix [5, 12] has 12 columns, but what it "
              "multiplies, [8], has 8 elements");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = W * x}) == "");
    }
    SUBCASE("shape dense of matrix") {
        static constexpr hg::input<"grid", 3, 4> grid;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = dense<5>(grid)}) ==
              "in equation 'extra': 'dense<5>' of 'grid': it needs a vector, not the shape [3, 4]: take "
              "reshape<12>(...) of it first; the number of rows of a batch is no part of a shape");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = dense<5>(reshape<12>(grid))}) == "");
    }
    SUBCASE("times two matrices") {
        static constexpr hg::parameter<"A", 2, 3> A;
        static constexpr hg::parameter<"B", 3, 4> B;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = A * B}) ==
              "in equation 'extra': '*' of 'A' and 'B': the shapes [2, 3] and [3, 4] could be meant in several "
              "ways: write matmul(a, b) for the matrix product, with transpose(...) where it is needed, or "
              "hadamard(a, b) for the elementwise product");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = matmul(A, B)}) == "");
    }
    SUBCASE("times vector and matrix") {
        static constexpr hg::parameter<"W", 8, 5> W;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = h * W}) ==
              "in equation 'extra': '*' of 'h' and 'W': a vector [8] times a matrix [8, 5] could be meant in "
              "several ways: write transpose(matrix) * vector or matmul(vector, matrix) for the matrix product, or "
              "hadamard(a, b) for the elementwise product");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = transpose(W) * h}) == "");
    }
}

TEST_CASE("an axis or element that does not exist is reported with the shape") {
    SUBCASE("axis missing") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(h, hg::axes<1>)}) ==
              "in equation 'extra': 'reduction' of 'h': axis 1 does not exist in the shape [8]");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(h, hg::axes<0>)}) == "");
    }
    SUBCASE("reshape wrong size") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = reshape<3, 5>(x)}) ==
              "in equation 'extra': 'reshape' of 'x': it cannot make [3, 5] (15 elements) of [12] (12 elements)");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = reshape<3, 4>(x)}) == "");
    }
    SUBCASE("slice outside") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = slice<4, 13>(x)}) ==
              "in equation 'extra': 'slice' of 'x': elements 4 to 13 (not included) of axis 0 do not lie in the "
              "shape [12]");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = slice<4, 12>(x)}) == "");
    }
    SUBCASE("concatenate misfit") {
        static constexpr hg::parameter<"A", 2, 3> A;
        static constexpr hg::parameter<"B", 4, 3> B;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = concatenate<1>(A, B)}) ==
              "in equation 'extra': 'concatenate' of 'A' and 'B': the shapes [2, 3] and [4, 3] do not fit along "
              "axis 1: all other axes must be equal");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = concatenate<0>(A, B)}) == "");
    }
}

TEST_CASE("shapes that no value can have") {
    SUBCASE("rank too high") {
        static constexpr hg::input<"e", 1, 1, 1, 1, 1, 1, 2> e;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(e)}) ==
              "in equation 'extra': the input 'e' has 7 axes, but a value has at most 6");
        static constexpr hg::parameter<"W", 1, 1, 1, 1, 1, 1, 2> W;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(W)}) ==
              "in equation 'extra': the parameter 'W' has 7 axes, but a value has at most 6");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = reshape<1, 1, 1, 1, 1, 1, 12>(x)}) ==
              "in equation 'extra': 'reshape' of 'x': the result has 7 axes, but a value has at most 6");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = broadcast_to<1, 1, 1, 1, 1, 1, 12>(x)}) ==
              "in equation 'extra': 'broadcast' of 'x': the result has 7 axes, but a value has at most 6");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = transpose<0, 1, 2, 3, 4, 5, 6>(x)}) ==
              "in equation 'extra': 'transpose' of 'x': the order [7 axes] does not name each axis of the shape [12] "
              "once");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(hg::normal_noise<1, 1, 1, 1, 1, 1, 1>())}) ==
              "in equation 'extra': the noise 'extra.noise' has 7 axes, but a value has at most 6");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = reshape<1, 1, 1, 1, 1, 12>(x)}) == "");
    }
    SUBCASE("extent of nothing") {
        static constexpr hg::parameter<"W", 0, 12> W;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = W * x}) ==
              "in equation 'extra': the parameter 'W' has the shape [0, 12], but every extent is at least 1");
        static constexpr hg::argument<"A", -2, 12> A;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = A * x}) ==
              "in equation 'extra': the argument 'A' has the shape [-2, 12], but every extent is at least 1");
        static constexpr hg::state<"m", 0> m{0.0};
        CHECK(said(hg::graph{NINE_EQUATIONS, next(m) = 2 * m}) ==
              "in equation 'm': the state 'm' has the shape [0], but every extent is at least 1");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = reshape<-3, -4>(x)}) ==
              "in equation 'extra': 'reshape' of 'x': the result has the shape [-3, -4], but every extent is at least "
              "1");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = broadcast_to<0>(sum(x))}) ==
              "in equation 'extra': 'broadcast': the result has the shape [0], but every extent is at least 1");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(hg::uniform_noise<3, 0>())}) ==
              "in equation 'extra': the noise 'extra.noise' has the shape [3, 0], but every extent is at least 1");
    }
    SUBCASE("dense of nothing") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = dense<0>(x)}) ==
              "in equation 'extra': 'dense<0>' of 'x': it needs at least one unit");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::linear<-1>(x)}) ==
              "in equation 'extra': 'dense<-1>' of 'x': it needs at least one unit");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = empty_layer(x)}) ==
              "in equation 'extra': the parameter 'extra.table' has the shape [12, 0], but every extent is at least 1");
    }
    SUBCASE("axis twice") {
        static constexpr hg::parameter<"W", 5, 12> W;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(W, hg::axes<0, 0>)}) ==
              "in equation 'extra': 'reduction' of 'W': axis 0 of the shape [5, 12] is named twice");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(softmax(W, hg::axes<1, -1>))}) ==
              "in equation 'extra': 'reduction' of 'W': axis -1 of the shape [5, 12] is named twice");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(W, hg::axes<0, 1>)}) == "");
    }
}

TEST_CASE("names that are unknown, taken or declared twice in different ways") {
    SUBCASE("symbol unknown") {
        static constexpr hg::symbol<"sigma"> sigma;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = exp(sigma)}) ==
              "in equation 'extra': the symbol 'sigma' is unknown: no equation defines it, and no layer above this "
              "one declares it");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = exp(logvar)}) == "");
    }
    SUBCASE("symbol twice") {
        CHECK(said(hg::graph{NINE_EQUATIONS, mu = relu(h)}) ==
              "in equation 'mu': 'mu' is defined twice, by the equations number 2 and 10: give one of them another "
              "name");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = relu(h)}) == "");
    }
    SUBCASE("symbol named like input") {
        static constexpr hg::symbol<"x"> other;
        CHECK(said(hg::graph{NINE_EQUATIONS, other = relu(h)}) ==
              "in equation 'x': 'x' has an equation, but is the name of an input too: give one of them another name");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = relu(h)}) == "");
    }
    SUBCASE("cycle of one") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = tanh(extra + h)}) ==
              "in equation 'extra': 'extra' is computed from itself: what is carried from one training step to the "
              "next is an hg::state, written by next(...)");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = tanh(1 + h)}) == "");
    }
    SUBCASE("parameter two shapes") {
        static constexpr hg::parameter<"W", 5, 12> A;
        static constexpr hg::parameter<"W", 4, 12> B;
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(A * x) + sum(B * x)}) ==
              "in equation 'extra': the parameter 'W' is declared with two shapes, [5, 12] and [4, 12]");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sum(A * x) + sum(A * x)}) == "");
    }
    SUBCASE("scalar two defaults") {
        static constexpr hg::scalar<"rate"> rate{0.25};
        static constexpr hg::scalar<"rate"> other{3};
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = rate * h + other * h}) ==
              "in equation 'extra': the scalar 'rate' is declared with two defaults, 0.25 and 3");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = rate * h + rate * h}) == "");
    }
    SUBCASE("input on the left") {
        CHECK(said(hg::graph{NINE_EQUATIONS, x = relu(h)}) ==
              "in equation 'x': 'x' is an input, and only a symbol can stand on the left of an equation: what it is "
              "comes from outside the graph");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = relu(h)}) == "");
    }
    SUBCASE("not an equation") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra == relu(h)}) ==
              "entry number 10 of the graph is no equation: write symbol = expression");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = relu(h)}) == "");
    }
}

TEST_CASE("state and draws") {
    SUBCASE("sample bernoulli") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sample(bernoulli(logits))}) ==
              "in equation 'extra': 'sample' of 'logits': a Bernoulli draw has no reparameterised form, so no "
              "gradient would reach its logits. Choose an estimator: sample(q, straight_through), sample(q, "
              "relaxed(temperature)), or score_function(loss, log_prob(q, z)) of z = draw(q); or use the mean, "
              "sigmoid(logits)");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sigmoid(logits)}) == "");
    }
    SUBCASE("shared of another") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::shared(tanh(h))}) ==
              "in equation 'extra': 'shared': it takes an operand that draws noise: normal_noise_like(x), "
              "uniform_noise_like(x), bernoulli_noise_like(x, p), mask_and_rescale(x, p), dropout(x, p), "
              "sample(q) of a distribution q, draw(q) of a discrete one, gumbel_softmax(logits, temperature)");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::shared(h)})
                  .starts_with("in equation 'extra': 'shared' of 'h': it "));
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::shared(hg::bernoulli_noise_like(h, 0.5))}) == "");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::shared(hg::bernoulli_noise<3>(sigmoid(mu)))}) == "");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::shared(mask_and_rescale(h, 0.5))}) == "");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::shared(hg::shared(dropout(h, beta)))}) == "");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = hg::shared(sample(q))}) == "");
    }
    SUBCASE("dropout of everything") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = dropout(h, 1)}) ==
              "in equation 'extra': 'dropout' of 'h': it drops with a probability of 0 or more and less than 1, not 1");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = mask_and_rescale(h, -0.25)}) ==
              "in equation 'extra': 'mask_and_rescale' of 'h': it drops with a probability of 0 or more and less than "
              "1, not -0.25");
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = dropout(h, 0)}) == "");
    }
    SUBCASE("next of each example") {
        static constexpr hg::state<"m", 8> m{0.0};
        CHECK(said(hg::graph{NINE_EQUATIONS, next(m) = 0.9 * m + 0.1 * h}) ==
              "in equation 'm': next of 'm' differs between examples, but there is one state for all of them: take "
              "batch_mean or batch_sum of it");
        CHECK(said(hg::graph{NINE_EQUATIONS, next(m) = 0.9 * m + 0.1 * batch_mean(h)}) == "");
    }
    SUBCASE("next of another shape") {
        static constexpr hg::state<"m", 3> m{0.0};
        CHECK(said(hg::graph{NINE_EQUATIONS, next(m) = batch_mean(h)}) ==
              "in equation 'm': next of 'm' has the shape [8], but 'm' has the shape [3]");
        CHECK(said(hg::graph{NINE_EQUATIONS, next(m) = batch_mean(mu)}) == "");
    }
    SUBCASE("next of no state") {
        static constexpr hg::parameter<"W", 3> W;
        static constexpr hg::state<"m", 3> m{0.0};
        CHECK(said(hg::graph{NINE_EQUATIONS, next(W) = 0.9 * W}) ==
              "in equation 'W': next of 'W', which is a parameter: only an hg::state has a next value");
        CHECK(said(hg::graph{NINE_EQUATIONS, next(m) = 0.9 * W}) == "");
    }
}

TEST_CASE("only the first mistake is reported") {
    CHECK(said(hg::graph{NINE_EQUATIONS, extra = logits + mu, h = tanh(extra)})
              .starts_with("in equation 'extra': 'add'"));
}

TEST_CASE("operands without a name are described") {
    CHECK(said(hg::graph{NINE_EQUATIONS, extra = tanh(logits) + mu})
              .starts_with("in equation 'extra': 'add' of an expression and 'mu': "));
    CHECK(said(hg::graph{NINE_EQUATIONS, extra = tanh(logits) + tanh(mu)})
              .starts_with("in equation 'extra': 'add': the shapes [12] and [3] "));
    static constexpr hg::argument<"m", 2, 3> m;
    CHECK(said(hg::graph{NINE_EQUATIONS, extra = concatenate(m, beta)})
              .starts_with("in equation 'extra': 'concatenate' of 'm' and 'beta': "));
}

TEST_CASE("further mistakes") {
    SUBCASE("a layer's name") {
        CHECK(said(hg::graph{extra = dense<3, "fc">(x) + dense<3, "fc">(x)}) ==
              "in equation 'extra': the name 'fc.weight' is declared twice: give one of the layers another name");
    }
    SUBCASE("next, twice") {
        static constexpr hg::state<"m", 8> m{0.0};
        CHECK(said(hg::graph{NINE_EQUATIONS, next(m) = batch_mean(h), next(m) = 2 * m}) ==
              "in equation 'm': next of 'm' is given twice");
    }
    SUBCASE("next of an input, of a symbol") {
        CHECK(said(hg::graph{next(x) = x}) ==
              "in equation 'x': next of 'x', which is an input: only an hg::state has a next value");
        CHECK(said(hg::graph{h = tanh(x), next(h) = h}) ==
              "in equation 'h': next of 'h', which is a symbol: only an hg::state has a next value");
    }
    SUBCASE("next, before it is given") {
        static constexpr hg::state<"m", 12> m{0.0};
        CHECK(said(hg::graph{extra = next(m) + x}) ==
              "in equation 'extra': next of 'm' is used before the equation that gives it");
    }
    SUBCASE("one name, two kinds") {
        static constexpr hg::parameter<"x", 12> other;
        CHECK(said(hg::graph{extra = x + other}) == "in equation 'extra': 'x' is declared as a parameter, but is the "
                                                    "name of an input too: give one of them another name");
    }
    SUBCASE("no batch axis") {
        static constexpr hg::argument<"m", 3> m;
        CHECK(said(hg::graph{extra = batch_sum(m)}) ==
              "in equation 'extra': 'sum' of 'm': there is no batch axis: the value is the same for all examples");
    }
    SUBCASE("a deviation that does not fit its mean") {
        CHECK(said(hg::graph{NINE_EQUATIONS, extra = sample(normal(mu, exp(h)))}) ==
              "in equation 'extra': 'normal' of 'mu' and 'h': parameters of the shapes [3] and [8] do not broadcast");
    }
}

TEST_CASE("numbers in messages") {
    const auto written = [](double number) { return std::string(hg::sentence(number).view()); };
    CHECK(written(0) == "0");
    CHECK(written(3) == "3");
    CHECK(written(-1.5) == "-1.5");
    CHECK(written(0.1) == "0.1");
    CHECK(written(0.001) == "0.001");
    CHECK(written(2.9999999) == "3");
    CHECK(written(1e-7) == "1e-7");
    CHECK(written(2.5e-4) == "2.5e-4");
    CHECK(written(1234567.25) == "1234567.25");
    CHECK(written(1e300) == "a number above 1e15");
    CHECK(written(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("a message that is too long is truncated, without overrun") {
    hg::text t;
    for (int i = 0; i < 100; ++i) t.add("0123456789");
    CHECK(t.view().size() == hg::text::capacity);
    t.add(7).add(0.5).quote("x");
    CHECK(t.view().size() == hg::text::capacity);
}
