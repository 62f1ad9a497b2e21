// The text form of schedules, compared whole: what was fused, what is waited for, where values lie and what the arena
// holds. docs/graph.md takes its example from here. Graphs are in inspect/print_graph.cpp.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <string>

namespace hg = hourglass;

namespace {

namespace dense_model {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::input<"target", 3> target;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph model{
    h = tanh(dense<3>(x)),
    loss = mse(h, target),
};
using trainer = hg::trainer<model, loss, hg::adam, hg::max_rows<16>>;
using function = hg::function<model, hg::to<h, loss>, hg::element<double>>;

}

// Every other kind of group: noise, a movement, two products in a row of one left operand, one product for each row,
// and a reduction over leading axes.
namespace kinds_model {

inline constexpr hg::input<"x", 5, 4> x;
inline constexpr hg::symbol<"mixed"> mixed;
inline constexpr hg::symbol<"noisy"> noisy;
inline constexpr hg::symbol<"mu"> mu;
inline constexpr hg::symbol<"nu"> nu;
inline constexpr hg::symbol<"gram"> gram;
inline constexpr hg::symbol<"columns"> columns;

inline constexpr hg::graph model{
    noisy = x + hg::normal_noise_like(x),
    mixed = reshape<20>(transpose(noisy)),
    mu = dense<3>(mixed),
    nu = dense<2>(mixed),
    gram = matmul(x, transpose(x)),
    columns = sum(gram, hg::axes<0>),
};
using function = hg::function<model, hg::to<mu, nu, columns>, hg::max_rows<8>>;

}

namespace loop_model {

inline constexpr hg::argument<"l", 3, 3> l;
inline constexpr hg::argument<"x", 3> x;
inline constexpr hg::symbol<"y"> y;

inline constexpr hg::graph model{y = triangular_solve(l, x)};
using function = hg::function<model, hg::from<l, x>, hg::to<y>>;

}

// One update reads, in a pass of another shape, what the other overwrites: that one is written at the very end.
namespace late_model {

inline constexpr hg::argument<"x", 4> x;
inline constexpr hg::parameter<"w", 4> w;
inline constexpr hg::state<"first", 4> first{1};
inline constexpr hg::state<"second", 2, 4> second{2};
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph model{
    loss = dot(w, x),
    next(first) = 2 * first,
    next(second) = second + first,
};
using trainer = hg::trainer<model, loss, hg::sgd>;

}

}

TEST_CASE("a dense layer with a loss and Adam") {
    CHECK(hg::print_schedule<dense_model::trainer>() == R"(schedule: 7 groups, at most 16 rows
numbers:
  "rows of the call": [] = rows
  %14: [] = divide(1, "rows of the call")
  %18: [] = multiply(%14, 0.6666666666666666)
  beta1: [] = scalar[0.9]
  %28: [] = subtract(1, beta1)
  beta2: [] = scalar[0.999]
  %34: [] = subtract(1, beta2)
  learning_rate: [] = scalar[0.001]
  step_number: [] = scalar[1]
  %40: [] = pow(beta1, step_number)
  %41: [] = subtract(1, %40)
  h.weight.#step_size: [] = divide(learning_rate, %41)
  %43: [] = pow(beta2, step_number)
  %44: [] = subtract(1, %43)
  %45: [] = divide(1, %44)
  epsilon: [] = scalar[1e-08]
values:
  x: [rows, 4] fed
  h.weight: [3, 4] parameter
  h.bias: [3] parameter
  target: [rows, 3] fed
  %7: [rows, 3] arena 0, alive 0 to 2
  %9: [rows] arena 80, alive 2 to 3
  %14: [] number, arena 48, alive 0 to 5
  %15: [rows] arena 240, alive 3 to 4
  %16: [] arena 0, alive 4 to 5
  %18: [] number, arena 64, alive 0 to 5
  %22: [rows, 3] arena 80, alive 0 to 1
  h.bias.#gradient: [3] arena 240, alive 1 to 2
  h.weight.first_moment: [3, 4] state
  beta1: [] number, arena 128, alive 0 to 5
  %28: [] number, arena 144, alive 0 to 5
  h.weight.second_moment: [3, 4] state
  beta2: [] number, arena 160, alive 0 to 5
  %34: [] number, arena 176, alive 0 to 5
  h.weight.#step_size: [] number, arena 192, alive 0 to 5
  %45: [] number, arena 208, alive 0 to 5
  epsilon: [] number, arena 224, alive 0 to 5
  h.bias.first_moment: [3] state
  h.bias.second_moment: [3] state
groups:
  0: product [rows, 3]
    %2 = matmul(h.weight, x) as x (rows x 4) times h.weight (4 x 3)
    %4 = add(%2, h.bias)
    h = tanh(%4)
    %7 = subtract(h, target)
    %19 = multiply(%7, %18)
    %20 = square(h)
    %21 = subtract(1, %20)
    %22 = multiply(%19, %21)
    load x, h.weight, h.bias, target, %18
    store %7, %22
  wait 1
  1: reduction [3], for updates
    h.bias.#gradient = sum[over rows](%22)
    load %22
    store h.bias.#gradient
  2: product [3, 4], for updates
    h.weight.#gradient = matmul_batch_sum(%22, x) as %22 (3 x rows) times x (rows x 4)
    %29 = multiply(h.weight.#gradient, %28)
    %27 = multiply(h.weight.first_moment, beta1)
    %30 = add(%27, %29)
    %35 = square(h.weight.#gradient)
    %36 = multiply(%34, %35)
    %33 = multiply(h.weight.second_moment, beta2)
    %37 = add(%33, %36)
    %46 = multiply(%37, %45)
    %47 = sqrt(%46)
    h.weight.#deviation = add(%47, epsilon)
    %50 = multiply(%30, h.weight.#step_size)
    %51 = divide(%50, h.weight.#deviation)
    %52 = subtract(h.weight, %51)
    %68 = broadcast(%30)
    %69 = broadcast(%37)
    %70 = broadcast(%52)
    load %22, x, %28, h.weight.first_moment, beta1, %34, h.weight.second_moment, beta2, %45, epsilon, h.weight.#step_size, h.weight
    store h.weight.first_moment, h.weight.second_moment, h.weight
  wait 2
  3: elementwise [3], for updates
    %55 = multiply(h.bias.#gradient, %28)
    %54 = multiply(beta1, h.bias.first_moment)
    %56 = add(%54, %55)
    %59 = square(h.bias.#gradient)
    %60 = multiply(%34, %59)
    %58 = multiply(beta2, h.bias.second_moment)
    %61 = add(%58, %60)
    %62 = multiply(%45, %61)
    %63 = sqrt(%62)
    h.bias.#deviation = add(epsilon, %63)
    %65 = multiply(h.weight.#step_size, %56)
    %66 = divide(%65, h.bias.#deviation)
    %67 = subtract(h.bias, %66)
    %71 = broadcast(%56)
    %72 = broadcast(%61)
    %73 = broadcast(%67)
    load h.bias.#gradient, %28, beta1, h.bias.first_moment, %34, beta2, h.bias.second_moment, %45, epsilon, h.weight.#step_size, h.bias
    store h.bias.first_moment, h.bias.second_moment, h.bias
  4: elementwise [rows, 3]
    %8 = square(%7)
    %9 = sum[axis 0](%8)
    load %7
    store %9
  wait 3
  5: elementwise [rows]
    loss = multiply(%9, 0.3333333333333333)
    %15 = multiply(loss, %14)
    load %9, %14
    store %15
  wait 4
  6: reduction [], kernel of 1
    %16 = sum[over rows](%15)
    load %15
    store %16
result loss = %16
arena: 256 elements, 1024 bytes; without reuse 304 elements, 1216 bytes
)");
}

TEST_CASE("a function of the same model, in double") {
    CHECK(hg::print_schedule<dense_model::function>() == R"(schedule: 3 groups, at most 128 rows
values:
  x: [rows, 4] fed
  h.weight: [3, 4] parameter
  h.bias: [3] parameter
  h: [rows, 3] arena 0, alive 0 to 3
  target: [rows, 3] fed
  %9: [rows] arena 384, alive 1 to 2
  loss: [rows] arena 512, alive 2 to 3
groups:
  0: product [rows, 3]
    %2 = matmul(h.weight, x) as x (rows x 4) times h.weight (4 x 3)
    %4 = add(%2, h.bias)
    h = tanh(%4)
    load x, h.weight, h.bias
    store h
  wait 1
  1: elementwise [rows, 3]
    %7 = subtract(h, target)
    %8 = square(%7)
    %9 = sum[axis 0](%8)
    load h, target
    store %9
  wait 2
  2: elementwise [rows]
    loss = multiply(%9, 0.3333333333333333)
    load %9
    store loss
result h = h
result loss = loss
arena: 640 elements, 5120 bytes; without reuse 640 elements, 5120 bytes
)");
}

TEST_CASE("each kind of group") {
    CHECK(hg::print_schedule<kinds_model::function>() == R"(schedule: 7 groups, at most 8 rows
values:
  x: [rows, 5, 4] fed
  noisy.noise: [rows, 5, 4] arena 0, alive 0 to 1
  noisy: [rows, 5, 4] arena 160, alive 1 to 2
  %3: [rows, 4, 5] arena 0, alive 2 to 3
  mu.weight: [3, 20] parameter
  mu.bias: [3] parameter
  mu: [rows, 3] arena 160, alive 3 to 5
  nu.weight: [2, 20] parameter
  nu.bias: [2] parameter
  nu: [rows, 2] arena 192, alive 3 to 5
  gram: [rows, 5, 5] arena 320, alive 3 to 4
  columns: [rows, 5] arena 208, alive 4 to 5
groups:
  0: noise [rows, 5, 4]
    noisy.noise = noise[normal]
    store noisy.noise
  wait 1
  1: elementwise [rows, 5, 4]
    noisy = add(x, noisy.noise)
    load x, noisy.noise
    store noisy
  wait 2
  2: movement [rows, 4, 5]
    %3 = transpose[1, 0](noisy)
    load noisy
    store %3
  wait 3
  3: product [rows, 3]
    %6 = matmul(mu.weight, mixed) as %3 (rows x 20) times mu.weight (20 x 3)
    mu = add(%6, mu.bias)
    load %3, mu.weight, mu.bias
    store mu
  4: product [rows, 2]
    %10 = matmul(nu.weight, mixed) as %3 (rows x 20) times nu.weight (20 x 2), left operand packed before
    nu = add(%10, nu.bias)
    load %3, nu.weight, nu.bias
    store nu
  5: product [rows, 5, 5]
    gram = matmul[transpose right](x, x) as x (5 x 4) times x (4 x 5), for each row
    load x
    store gram
  wait 4
  6: reduction [rows, 5]
    columns = sum[axis 0](gram)
    load gram
    store columns
result mu = mu
result nu = nu
result columns = columns
arena: 528 elements, 2112 bytes; without reuse 784 elements, 3136 bytes
)");
}

TEST_CASE("what has no kernel is a loop") {
    const std::string text = hg::print_schedule<loop_model::function>();
    CHECK(text.find("loop [3]\n    y = triangular_solve(") != std::string::npos);
    CHECK(text.find("movement") == std::string::npos);
}

TEST_CASE("updates that read what others overwrite are copied at the end") {
    CHECK(hg::print_schedule<late_model::trainer>() == R"(schedule: 4 groups, at most 128 rows
numbers:
  learning_rate: [] = scalar[0.001]
values:
  w: [4] parameter
  x: [4] fed
  loss: [] arena 0, alive 0 to 3
  first: [4] state
  second: [2, 4] state
  learning_rate: [] number, arena 16, alive 0 to 3
  %12: [4] arena 32, alive 1 to 2
groups:
  0: elementwise [2, 4], for updates
    %8 = add(first, second)
    %13 = broadcast(%8)
    load first, second
    store second
  1: elementwise [4]
    %2 = multiply(w, x)
    loss = sum[axis 0](%2)
    load w, x
    store loss
  wait 1
  2: elementwise [4], for updates
    %6 = multiply(first, 2)
    %12 = broadcast(%6)
    %10 = multiply(x, learning_rate)
    %11 = subtract(w, %10)
    %14 = broadcast(%11)
    load first, x, learning_rate, w
    store %12, w
  wait 2
  3: elementwise [4], for updates
    copy of %12
    load %12
    store first
result loss = loss
arena: 48 elements, 192 bytes; without reuse 48 elements, 192 bytes
)");
}
