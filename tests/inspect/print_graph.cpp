// The text form of graphs, compared whole: what each kind of line looks like. The examples of docs/graph.md are taken
// from here. Graphs before and after each pass are in inspect/print_passes.cpp, schedules in
// inspect/print_schedule.cpp.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <string>

namespace hg = hourglass;

namespace lines {

inline constexpr hg::input<"x", 2, 6> x;
inline constexpr hg::argument<"table", 3, 6> table;
inline constexpr hg::parameter<"W", 6, 3> W;
inline constexpr hg::scalar<"beta"> beta{0.5};
inline constexpr hg::state<"seen", 6> seen{0};
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::symbol<"d"> d;
inline constexpr hg::symbol<"my loss"> loss;

// Where a matrix is turned, what a sum runs over, axes of movements, numbers in their places.
inline constexpr hg::graph arithmetic{
    a = transpose(table) + W,           b = matmul(x, a),
    c = sum(b, hg::axes<1>) * beta - 2, d = log_sum_exp(concatenate<0>(c, slice<1, 2, 0>(c))),
    loss = batch_mean(sum(b)) + d,
};
// Noise, what in_training chooses between, state, a constant with a name, a name that only renames.
inline constexpr hg::graph leaves{
    a = 0.25,
    b = dropout(x, a) + hg::shared(hg::normal_noise_like(x)),
    c = b,
    d = stop_gradient(sum(c, hg::axes<0>)),
    next(seen) = 0.9 * seen + batch_mean(d),
};
inline constexpr hg::graph broken{
    a = matmul(table, W),
    b = a + x,
};

}

TEST_CASE("each kind of line") {
    CHECK(hg::print(hg::lowered<lines::arithmetic>::view()) == R"(graph: 36 nodes
table: [3, 6] = argument
%1: [6, 3] = transpose[1, 0](table)
W: [6, 3] = parameter
a: [6, 3] = add(%1, W)
x: [rows, 2, 6] = input
b: [rows, 2, 3] = matmul(x, a)
%6: [rows, 2] = sum[axis 1](b)
beta: [] = scalar[0.5]
%8: [rows, 2] = multiply(%6, beta)
c: [rows, 2] = subtract(%8, 2)
%11: [rows, 1] = slice[axis 0, 1, 2](c)
%12: [rows, 3] = concatenate[axis 0](c, %11)
%13: [rows] = max_over[axis 0](%12)
%14: [rows, 1] = reshape(%13)
%15: [rows, 1] = finite(%14)
%16: [rows, 1] = stop_gradient(%15)
%17: [rows, 3] = exp_from_largest(%12, %16)
%18: [rows] = sum[axis 0](%17)
%19: [rows, 1] = reshape(%18)
%20: [rows, 1] = stop_gradient(%14)
%21: [rows, 1] = log_total(%19)
%22: [rows, 1] = add(%20, %21)
d: [rows] = reshape(%22)
%24: [rows] = sum[axes 0 to 1](b)
"rows of the call": [] = rows
%27: [] = divide(1, "rows of the call")
%28: [rows] = multiply(%24, %27)
%29: [] = sum[over rows](%28)
%30: [rows] = subtract(%24, %29)
%31: [rows] = stop_gradient(%30)
%32: [] = sum[over rows](%31)
%33: [] = multiply(%32, %27)
%34: [] = corrected_mean(%29, %33)
"my loss": [rows] = add(%34, d)
)");
    CHECK(hg::print(hg::lowered<lines::leaves>::view()) == R"(graph: 28 nodes
a: [] = 0.25
x: [rows, 2, 6] = input
%3: [] = subtract(1, a)
b.0.noise: [rows, 2, 6] = noise[uniform]
%5: [rows, 2, 6] = less(b.0.noise, %3)
%6: [rows, 2, 6] = multiply(x, %5)
%7: [rows, 2, 6] = divide(%6, %3)
%8: [rows, 2, 6] = in_training(%7, x)
b.1.noise: [2, 6] = noise[normal, shared]
b: [rows, 2, 6] = add(%8, b.1.noise)
c: [rows, 2, 6] = broadcast(b)
%12: [rows, 6] = sum[axis 0](c)
d: [rows, 6] = stop_gradient(%12)
seen: [6] = state
%16: [6] = multiply(0.9, seen)
"rows of the call": [] = rows
%19: [] = divide(1, "rows of the call")
%20: [rows, 6] = multiply(d, %19)
%21: [6] = sum[over rows](%20)
%22: [rows, 6] = subtract(d, %21)
%23: [rows, 6] = stop_gradient(%22)
%24: [6] = sum[over rows](%23)
%25: [6] = multiply(%24, %19)
%26: [6] = corrected_mean(%21, %25)
%27: [6] = add(%16, %26)
update seen = %27
)");
}

TEST_CASE("a graph that is not well formed is printed as the sentence that says why") {
    const std::string said = hg::print(hg::lowered<lines::broken>::view(), "lowered");
    CHECK(said.starts_with("lowered: in equation 'b': "));
    CHECK(said.ends_with(std::string(hg::lowered<lines::broken>::view().problem.view()) + "\n"));
}

namespace once {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::graph model{
    a = dropout(dense<2>(x), 0.5),
    b = softmax(gelu(dense<2>(a))),
    c = bernoulli_nll(dense<2>(b), x),
};

}

TEST_CASE("what a function uses twice is made once: one layer, one noise") {
    CHECK(hg::print(hg::lowered<once::model>::view()) == R"(graph: 35 nodes
x: [rows, 2] = input
a.weight: [2, 2] = parameter
%2: [rows, 2] = matmul(a.weight, x)
a.bias: [2] = parameter
%4: [rows, 2] = add(%2, a.bias)
%7: [] = subtract(1, 0.5)
a.noise: [rows, 2] = noise[uniform]
%9: [rows, 2] = less(a.noise, %7)
%10: [rows, 2] = multiply(%4, %9)
%11: [rows, 2] = divide(%10, %7)
a: [rows, 2] = in_training(%11, %4)
b.weight: [2, 2] = parameter
%14: [rows, 2] = matmul(b.weight, a)
b.bias: [2] = parameter
%16: [rows, 2] = add(%14, b.bias)
%17: [rows, 2] = normal_cdf(%16)
%18: [rows, 2] = damped_product(%16, %17)
%19: [rows] = max_over[axis 0](%18)
%20: [rows, 1] = reshape(%19)
%21: [rows, 1] = finite(%20)
%22: [rows, 1] = stop_gradient(%21)
%23: [rows, 2] = exp_from_largest(%18, %22)
%24: [rows] = sum[axis 0](%23)
%25: [rows, 1] = reshape(%24)
%27: [rows, 1] = over_total(1, %25)
b: [rows, 2] = multiply(%23, %27)
c.weight: [2, 2] = parameter
%30: [rows, 2] = matmul(c.weight, b)
c.bias: [2] = parameter
%32: [rows, 2] = add(%30, c.bias)
%33: [rows, 2] = logit_loss(%32, x)
c: [rows] = sum[axis 0](%33)
)");
}

TEST_CASE("numbers read back as they were, and names that could be mistaken stand in quotes") {
    CHECK(hg::number_text(0.1) == "0.1");
    CHECK(hg::number_text(1e-8) == "1e-08");
    CHECK(hg::number_text(-0.0) == "-0");
    CHECK(hg::number_text(1.0 / 3) == "0.3333333333333333");
    CHECK(hg::number_text(-1 / 0.0) == "-inf");
    CHECK(hg::number_text(0.0 * (-1 / 0.0)) == "nan");
    CHECK(hg::name_text("h.0.weight") == "h.0.weight");
    CHECK(hg::name_text("rows of the call") == "\"rows of the call\"");
    CHECK(hg::name_text("1x") == "\"1x\"");
    CHECK(hg::name_text("the \"best\"") == "\"the \\\"best\\\"\"");
    CHECK(hg::name_text("%3") == "\"%3\"");
}
