// hg::recompute: what the backward part reads of the named equations is computed once more, late, to the same bits, and
// takes less memory.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace hg = hourglass;

namespace {

inline constexpr hg::input<"x", 12> x;
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::symbol<"d"> d;
inline constexpr hg::symbol<"e"> e;
inline constexpr hg::symbol<"loss"> loss;

// Every kind of node in what is computed again: products, sums, movements, noise, a mask.
inline constexpr hg::graph tower{
    a = tanh(dense<24>(x)),
    b = softmax(dense<24>(a) + hg::normal_noise_like(a)),
    c = reshape<24>(transpose(reshape<4, 6>(relu(dense<24>(b))))),
    d = hg::dropout(c, 0.25),
    e = sigmoid(dense<12>(d)),
    loss = squared_error(e, x),
};

std::vector<float> data() {
    std::vector<float> numbers(20 * 12);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = 0.1f * static_cast<float>(i * 7 % 19) - 0.8f;
    return numbers;
}

// All gradients of a program, after one call.
template <class Program> std::vector<float> gradients() {
    hg::parameters<tower> theta{hg::seed = 3};
    Program program{hg::seed = 5, hg::threads = 1};
    const std::vector<float> numbers = data();
    auto out = program(theta, x = numbers);
    std::vector<float> all{out[loss]};
    const auto add = [&](const auto& view) { all.insert(all.end(), view.begin(), view.end()); };
    add(out.gradient(hg::name<"a.weight">));
    add(out.gradient(hg::name<"a.bias">));
    add(out.gradient(hg::name<"b.weight">));
    add(out.gradient(hg::name<"c.weight">));
    add(out.gradient(hg::name<"c.bias">));
    add(out.gradient(hg::name<"e.weight">));
    return all;
}

template <class... Options> using slope = hg::gradient<tower, loss, hg::max_rows<20>, Options...>;

}

TEST_CASE("what is computed once more changes no bit of the gradient") {
    const std::vector<float> plain = gradients<slope<>>();
    REQUIRE(plain.size() > 1000);
    CHECK(std::count(plain.begin(), plain.end(), 0.0f) < 500);
    CHECK(gradients<slope<hg::recompute<b, c>>>() == plain);
    CHECK(gradients<slope<hg::recompute<a, b, c, d, e>>>() == plain);
}

TEST_CASE("a training step computes once more, too") {
    hg::parameters<tower> theta{hg::seed = 3}, other{hg::seed = 3};
    const std::vector<float> numbers = data();
    hg::trainer<tower, loss, hg::sgd, hg::max_rows<20>> train{theta, hg::seed = 1};
    hg::trainer<tower, loss, hg::sgd, hg::max_rows<20>, hg::recompute<b, d>> train_less{other, hg::seed = 1};
    for (int step = 0; step < 3; ++step) {
        const float error = train(x = numbers)[loss];
        CHECK(error == train_less(x = numbers)[loss]);
    }
    const auto &weight = theta[hg::name<"a.weight">], &other_weight = other[hg::name<"a.weight">];
    CHECK(std::equal(weight.begin(), weight.end(), other_weight.begin(), other_weight.end()));
}

namespace deep {

inline constexpr hg::input<"in", 4> in;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::symbol<"l"> l;
inline constexpr hg::symbol<"h1"> h1;
inline constexpr hg::symbol<"h2"> h2;
inline constexpr hg::symbol<"h3"> h3;
inline constexpr hg::symbol<"h4"> h4;
inline constexpr hg::symbol<"h5"> h5;
inline constexpr hg::symbol<"h6"> h6;

inline constexpr hg::graph model{
    h1 = tanh(dense<32>(in)),
    h2 = tanh(dense<32>(h1)),
    h3 = tanh(dense<32>(h2)),
    h4 = tanh(dense<32>(h3)),
    h5 = tanh(dense<32>(h4)),
    h6 = tanh(dense<32>(h5)),
    l = squared_error(dense<4>(h6), in),
};
template <class... Options> using slope = hg::gradient<model, l, hg::max_rows<512>, Options...>;
template <class Program> constexpr long arena = Program::compiled_graph::schedule.arena;

}

TEST_CASE("the arena shrinks, and the plan says by how much") {
    using plain = deep::slope<>;
    using less = deep::slope<hg::recompute<deep::h1, deep::h2, deep::h4, deep::h5>>;
    // Six values of [512, 32] live from the forward to the backward part without, and about four at once with it.
    CHECK(deep::arena<less> < deep::arena<plain> * 85 / 100);
    const auto line = [](long elements) {
        return std::to_string(elements) + " elements, " + std::to_string(4 * elements) + " bytes";
    };
    const std::string text = hg::print_schedule<less>();
    CHECK(text.find("\narena: " + line(deep::arena<less>)) != std::string::npos);
    CHECK(text.ends_with("\nwithout rematerialisation: " + line(deep::arena<plain>) + "\n"));
    CHECK(hg::print_schedule<plain>().find("without rematerialisation") == std::string::npos);
}

namespace small {

inline constexpr hg::input<"v", 3> v;
inline constexpr hg::parameter<"W", 2, 3> W;
inline constexpr hg::symbol<"hidden"> hidden;
inline constexpr hg::symbol<"cost"> cost;
inline constexpr hg::graph model{
    hidden = exp(W * v),
    cost = sum(square(hidden)),
};
using slope = hg::gradient<model, cost, hg::recompute<hidden>>;

}

TEST_CASE("the copy reads what it is made of late, and stands before its first reader") {
    const std::string text =
        hg::print(hg::graph_of<small::slope::compiled_graph::spec, hg::stages::merged>::view(), "merged");
    CHECK(text == R"(merged: 20 nodes
W: [2, 3] = parameter
v: [rows, 3] = input
%2: [rows, 2] = matmul(W, v)
hidden: [rows, 2] = exp(%2)
%4: [rows, 2] = square(hidden)
cost: [rows] = sum[axis 0](%4)
"rows of the call": [] = rows
%8: [] = divide(1, "rows of the call")
%9: [rows] = multiply(cost, %8)
%10: [] = sum[over rows](%9)
%12: [] = multiply(%8, 2)
%13: [2, 3] = after(W, %10)
%14: [rows, 3] = after(v, %10)
%15: [rows, 2] = matmul(%13, %14)
%16: [rows, 2] = exp(%15)
%17: [rows, 2] = multiply(%12, %16)
%18: [rows, 2] = multiply(%16, %17)
%19: [2, 3] = matmul_batch_sum(%18, v)
result cost = %10
gradient W = %19
)");
}
