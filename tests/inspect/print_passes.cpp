// Small models before and after each pass, printed and compared whole. The examples of docs/graph.md are taken from
// here. What each kind of line looks like is in inspect/print_graph.cpp.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace passes {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"unused"> unused;
inline constexpr hg::symbol<"same"> same;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph model{
    h = tanh(dense<2>(x)),
    unused = exp(x) + 1,
    y = dense<3>(h, hg::zeros),
    loss = squared_error(y, x),
};
using decoder = hg::function<model, hg::from<h>, hg::to<y>>;
using slope = hg::gradient<model, loss>;
using trainer = hg::trainer<model, loss, hg::sgd, hg::trains<hg::name<"y.bias">>>;

// What the passes are for: the same twice, numbers that can be computed early, names for one value.
inline constexpr hg::graph untidy{
    h = hg::exp(x * 2 * 3) + 0,
    unused = hg::log(hg::exp(x)) - (-x),
    y = hg::exp(6 * x) * 1,
    loss = sum(h * y) / 2 + 2 * 3,
};
using tidied = hg::function<untidy, hg::to<h, y, loss>>;

// Divisions by numbers: become factors where a factor is there already, or where the bits stay the same.
inline constexpr hg::graph divided{
    h = 2 * x / 3, y = x / 8, unused = x / 3, same = 3 * x / 3, loss = sum(5 * x / 0),
};
using quotients = hg::function<divided, hg::to<h, y, unused, same, loss>>;

}

TEST_CASE("lowering and selection: from a model to a function, a gradient, a training step") {
    CHECK(hg::print(hg::lowered<passes::model>::view(), "lowered") == R"(lowered: 16 nodes
x: [rows, 3] = input
h.weight: [2, 3] = parameter
%2: [rows, 2] = matmul(h.weight, x)
h.bias: [2] = parameter
%4: [rows, 2] = add(%2, h.bias)
h: [rows, 2] = tanh(%4)
%6: [rows, 3] = exp(x)
unused: [rows, 3] = add(%6, 1)
y.weight: [3, 2] = parameter
%10: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%10, y.bias)
%13: [rows, 3] = subtract(y, x)
%14: [rows, 3] = square(%13)
loss: [rows] = sum[axis 0](%14)
)");
    CHECK(hg::print(passes::decoder::compiled_graph::specified::view(), "selected") == R"(selected: 16 nodes
x: [rows, 3] = input
h.weight: [2, 3] = parameter
%2: [rows, 2] = matmul(h.weight, x)
h.bias: [2] = parameter
%4: [rows, 2] = add(%2, h.bias)
h: [rows, 2] = fed
%6: [rows, 3] = exp(x)
unused: [rows, 3] = add(%6, 1)
y.weight: [3, 2] = parameter
%10: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%10, y.bias)
%13: [rows, 3] = subtract(y, x)
%14: [rows, 3] = square(%13)
loss: [rows] = sum[axis 0](%14)
result y = y
)");
    CHECK(hg::print(passes::slope::compiled_graph::specified::view(), "differentiated") == R"(differentiated: 37 nodes
x: [rows, 3] = input
h.weight: [2, 3] = parameter
%2: [rows, 2] = matmul(h.weight, x)
h.bias: [2] = parameter
%4: [rows, 2] = add(%2, h.bias)
h: [rows, 2] = tanh(%4)
%6: [rows, 3] = exp(x)
unused: [rows, 3] = add(%6, 1)
y.weight: [3, 2] = parameter
%10: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%10, y.bias)
%13: [rows, 3] = subtract(y, x)
%14: [rows, 3] = square(%13)
loss: [rows] = sum[axis 0](%14)
"rows of the call": [] = rows
%18: [] = divide(1, "rows of the call")
%19: [rows] = multiply(loss, %18)
%20: [] = sum[over rows](%19)
%22: [] = multiply(1, %18)
%23: [rows] = multiply(1, loss)
%25: [] = multiply(%22, 2)
%26: [rows, 3] = multiply(%25, %13)
%27: [rows, 3] = negate(%26)
%28: [3] = sum[over rows](%26)
%29: [3, 2] = matmul_batch_sum(%26, h)
%30: [rows, 2] = matmul[transpose left](y.weight, %26)
%31: [rows, 2] = square(h)
%33: [rows, 2] = subtract(1, %31)
%34: [rows, 2] = multiply(%30, %33)
%35: [2] = sum[over rows](%34)
%36: [2, 3] = matmul_batch_sum(%34, x)
result loss = %20
gradient h.weight = %36
gradient h.bias = %35
gradient y.weight = %29
gradient y.bias = %28
)");
    CHECK(hg::print(passes::trainer::compiled_graph::specified::view(), "updated") == R"(updated: 32 nodes
x: [rows, 3] = input
h.weight: [2, 3] = parameter
%2: [rows, 2] = matmul(h.weight, x)
h.bias: [2] = parameter
%4: [rows, 2] = add(%2, h.bias)
h: [rows, 2] = tanh(%4)
%6: [rows, 3] = exp(x)
unused: [rows, 3] = add(%6, 1)
y.weight: [3, 2] = parameter
%10: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%10, y.bias)
%13: [rows, 3] = subtract(y, x)
%14: [rows, 3] = square(%13)
loss: [rows] = sum[axis 0](%14)
"rows of the call": [] = rows
%18: [] = divide(1, "rows of the call")
%19: [rows] = multiply(loss, %18)
%20: [] = sum[over rows](%19)
%22: [] = multiply(1, %18)
%23: [rows] = multiply(1, loss)
%25: [] = multiply(%22, 2)
%26: [rows, 3] = multiply(%25, %13)
%27: [rows, 3] = negate(%26)
y.bias.#gradient: [3] = sum[over rows](%26)
learning_rate: [] = scalar[0.001]
%30: [3] = multiply(learning_rate, y.bias.#gradient)
%31: [3] = subtract(y.bias, %30)
result loss = %20
update y.bias = %31
)");
}

TEST_CASE("dead code, and one pass after another") {
    const hg::graph_view selected = passes::tidied::compiled_graph::specified::view();
    CHECK(hg::print(selected, "selected") == R"(selected: 22 nodes
x: [rows, 3] = input
%2: [rows, 3] = multiply(x, 2)
%4: [rows, 3] = multiply(%2, 3)
%5: [rows, 3] = exp(%4)
h: [rows, 3] = add(%5, 0)
%8: [rows, 3] = exp(x)
%9: [rows, 3] = negate(x)
unused: [rows, 3] = subtract(x, %9)
%12: [rows, 3] = multiply(6, x)
%13: [rows, 3] = exp(%12)
y: [rows, 3] = multiply(%13, 1)
%16: [rows, 3] = multiply(h, y)
%17: [rows] = sum[axis 0](%16)
%19: [rows] = divide(%17, 2)
loss: [rows] = add(%19, 6)
result h = h
result y = y
result loss = loss
)");
    const hg::graph_builder pruned = hg::prune(selected);
    CHECK(hg::print(pruned, "without dead code") == R"(without dead code: 19 nodes
x: [rows, 3] = input
%2: [rows, 3] = multiply(x, 2)
%4: [rows, 3] = multiply(%2, 3)
%5: [rows, 3] = exp(%4)
h: [rows, 3] = add(%5, 0)
%9: [rows, 3] = multiply(6, x)
%10: [rows, 3] = exp(%9)
y: [rows, 3] = multiply(%10, 1)
%13: [rows, 3] = multiply(h, y)
%14: [rows] = sum[axis 0](%13)
%16: [rows] = divide(%14, 2)
loss: [rows] = add(%16, 6)
result h = h
result y = y
result loss = loss
)");
    std::string passed;
    hg::run_passes(selected, [&](auto pass, const hg::graph_view& g) { passed += hg::print(g, pass.name) + "\n"; });
    CHECK(passed == R"(simplified: 19 nodes
x: [rows, 3] = input
%2: [rows, 3] = multiply(x, 2)
%5: [rows, 3] = multiply(x, 6)
h: [rows, 3] = exp(%5)
%9: [rows, 3] = multiply(x, 6)
y: [rows, 3] = exp(%9)
%12: [rows, 3] = multiply(h, y)
%13: [rows] = sum[axis 0](%12)
%16: [rows] = multiply(%13, 0.5)
loss: [rows] = add(%16, 6)
result h = h
result y = y
result loss = loss

merged: 9 nodes
x: [rows, 3] = input
%2: [rows, 3] = multiply(x, 6)
h, y: [rows, 3] = exp(%2)
%4: [rows, 3] = multiply(h, h)
%5: [rows] = sum[axis 0](%4)
%7: [rows] = multiply(%5, 0.5)
loss: [rows] = add(6, %7)
result h = h
result y = h
result loss = loss

final: 9 nodes
x: [rows, 3] = input
%2: [rows, 3] = multiply(x, 6)
h, y: [rows, 3] = exp(%2)
%4: [rows, 3] = multiply(h, h)
%5: [rows] = sum[axis 0](%4)
%7: [rows] = multiply(%5, 0.5)
loss: [rows] = add(6, %7)
result h = h
result y = h
result loss = loss

)");
}

TEST_CASE("numbers before and after a division") {
    const hg::graph_builder simplified = hg::simplify(passes::quotients::compiled_graph::specified::view(), true);
    CHECK(hg::print(hg::prune(simplified.view()), "simplified") == R"(simplified: 12 nodes
x, same: [rows, 3] = input
h: [rows, 3] = multiply(x, 0.6666666666666666)
y: [rows, 3] = multiply(x, 0.125)
unused: [rows, 3] = divide(x, 3)
%8: [rows, 3] = multiply(x, 5)
%10: [rows, 3] = divide(%8, 0)
loss: [rows] = sum[axis 0](%10)
result h = h
result y = y
result unused = unused
result same = x
result loss = loss
)");
}

TEST_CASE("the last pass gives each update a node of its own") {
    CHECK(hg::print(passes::trainer::compiled_graph::whole::view(), "final") == R"(final: 26 nodes
x: [rows, 3] = input
h.weight: [2, 3] = parameter
%2: [rows, 2] = matmul(h.weight, x)
h.bias: [2] = parameter
%4: [rows, 2] = add(%2, h.bias)
h: [rows, 2] = tanh(%4)
y.weight: [3, 2] = parameter
%7: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%7, y.bias)
%10: [rows, 3] = subtract(y, x)
%11: [rows, 3] = square(%10)
loss: [rows] = sum[axis 0](%11)
"rows of the call": [] = rows
%15: [] = divide(1, "rows of the call")
%16: [rows] = multiply(loss, %15)
%17: [] = sum[over rows](%16)
%19: [] = multiply(%15, 2)
%20: [rows, 3] = multiply(%10, %19)
y.bias.#gradient: [3] = sum[over rows](%20)
learning_rate: [] = scalar[0.001]
%23: [3] = multiply(y.bias.#gradient, learning_rate)
%24: [3] = subtract(y.bias, %23)
%25: [3] = broadcast(%24)
result loss = %17
update y.bias = %25
)");
}

TEST_CASE("all stages of a program") {
    CHECK(hg::print_stages<passes::decoder>() == R"(lowered: 16 nodes
x: [rows, 3] = input
h.weight: [2, 3] = parameter
%2: [rows, 2] = matmul(h.weight, x)
h.bias: [2] = parameter
%4: [rows, 2] = add(%2, h.bias)
h: [rows, 2] = tanh(%4)
%6: [rows, 3] = exp(x)
unused: [rows, 3] = add(%6, 1)
y.weight: [3, 2] = parameter
%10: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%10, y.bias)
%13: [rows, 3] = subtract(y, x)
%14: [rows, 3] = square(%13)
loss: [rows] = sum[axis 0](%14)

selected: 16 nodes
x: [rows, 3] = input
h.weight: [2, 3] = parameter
%2: [rows, 2] = matmul(h.weight, x)
h.bias: [2] = parameter
%4: [rows, 2] = add(%2, h.bias)
h: [rows, 2] = fed
%6: [rows, 3] = exp(x)
unused: [rows, 3] = add(%6, 1)
y.weight: [3, 2] = parameter
%10: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%10, y.bias)
%13: [rows, 3] = subtract(y, x)
%14: [rows, 3] = square(%13)
loss: [rows] = sum[axis 0](%14)
result y = y

simplified: 5 nodes
h: [rows, 2] = fed
y.weight: [3, 2] = parameter
%2: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%2, y.bias)
result y = y

merged: 5 nodes
h: [rows, 2] = fed
y.weight: [3, 2] = parameter
%2: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%2, y.bias)
result y = y

final: 5 nodes
h: [rows, 2] = fed
y.weight: [3, 2] = parameter
%2: [rows, 3] = matmul(y.weight, h)
y.bias: [3] = parameter
y: [rows, 3] = add(%2, y.bias)
result y = y
)");
}
