// How a graph with a scan is printed, in text and in pictures, and the schedule of a program that runs one, as
// docs/graph.md shows them.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/graphviz.hpp>
#include <hourglass/inspect/mermaid.hpp>

#include <string>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace walk {

inline constexpr hg::argument<"x", 100> x;
inline constexpr hg::parameter<"phi"> phi;
inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"keep"> keep;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph step{next(h) = u + keep * h};
inline constexpr hg::graph model{
    y = hg::scan<"walk">(step, hg::along(u = x), hg::carry(h = 0.0), keep = phi)[next(h)],
    loss = sum(square(y)),
};
using slope = hg::gradient<model, loss, hg::element<double>>;

}

TEST_CASE("the body of a scan is indented") {
    CHECK(hg::print(hg::lowered<walk::model>::view()) == R"(graph: 11 nodes
phi, walk.keep: [] = parameter
x: [100] = argument
  walk.u: [] = step[slice 0 of scan 1]
  walk.h: [] = step[state 0 of scan 1]
  %5: [] = multiply(phi, walk.h)
  %6: [] = add(walk.u, %5)
%7: [100] = scan[1](%6, 0, x)
y: [100] = stacked(%7, %6)
%9: [100] = square(y)
loss: [] = sum[axis 0](%9)
)");
}

TEST_CASE("the gradient is a scan that runs backwards") {
    CHECK(hg::print(walk::slope::compiled_graph::whole::view(), "final") == R"(final: 24 nodes
phi, walk.keep: [] = parameter
x: [100] = argument
  walk.u: [] = step[slice 0 of scan 1]
  walk.h: [] = step[state 0 of scan 1]
  %5: [] = multiply(phi, walk.h)
  %6: [] = add(walk.u, %5)
%7: [100] = scan[1](%6, 0, x)
y: [100] = stacked(%7, %6)
%9: [100] = square(y)
loss: [] = sum[axis 0](%9)
%12: [100] = multiply(y, 2)
%13: [100] = stacked(%7, walk.h)
  %14: [] = step[slice 0 of scan 2]
  %15: [] = step[state 0 of scan 2]
  %16: [] = step[slice 1 of scan 2]
  %17: [] = add(%15, %16)
  %18: [] = multiply(%14, %17)
  %19: [] = multiply(phi, %17)
  %20: [] = step[state 1 of scan 2]
  %21: [] = add(%18, %20)
%22: [100] = scan[2, backwards](%19, %21, 0, 0, %13, %12)
%23: [] = final[state 1](%22, %21)
result loss = loss
gradient phi = %23
)");
}

TEST_CASE("what a step of each scan does stands after the schedule") {
    CHECK(hg::print_schedule<walk::slope>() == R"(schedule: 3 groups, at most 128 rows
values:
  phi: [] parameter
  x: [100] fed
  0: [] number, arena 0, alive 0 to 3
  y: [100] arena 16, alive 0 to 1
  loss: [] arena 240, alive 1 to 3
  %8: [100] arena 256, alive 1 to 2
  %9: [100] arena 128, alive 0 to 2
  %11: [] arena 16, alive 2 to 3
groups:
  0: scan []
    %3 = scan[1](phi, 0, x)
    load phi, 0, x
    store y, %9
  wait 1
  1: elementwise [100]
    %5 = square(y)
    loss = sum[axis 0](%5)
    %8 = multiply(y, 2)
    load y
    store loss, %8
  wait 2
  2: scan []
    %10 = scan[2](phi, 0, 0, %9, %8)
    load phi, 0, %9, %8
    store %11
result loss = loss
gradient phi = %11
arena: 368 elements, 2944 bytes; without reuse 384 elements, 3072 bytes

a step of scan 1: 1 groups, at most 128 rows
values:
  walk.u: [] fed
  walk.h: [] fed
  phi: [] fed
  %4: [] arena 0, alive 0 to 1
groups:
  0: elementwise []
    %3 = multiply(phi, walk.h)
    %4 = add(walk.u, %3)
    load phi, walk.h, walk.u
    store %4
result 0 = %4
result 1 = %4
result 2 = walk.h
arena: 16 elements, 128 bytes; without reuse 16 elements, 128 bytes

a step of scan 2: 1 groups, at most 128 rows
values:
  %0: [] fed
  %1: [] fed
  %2: [] fed
  phi: [] fed
  %6: [] arena 0, alive 0 to 1
  %7: [] fed
  %8: [] arena 16, alive 0 to 1
groups:
  0: elementwise []
    %3 = add(%1, %2)
    %6 = multiply(phi, %3)
    %4 = multiply(%0, %3)
    %8 = add(%4, %7)
    load %1, %2, phi, %0, %7
    store %6, %8
result 0 = %6
result 1 = %8
arena: 32 elements, 256 bytes; without reuse 32 elements, 256 bytes
)");
}

TEST_CASE("pictures have a frame round a body") {
    CHECK(hg::graphviz(hg::lowered<walk::model>::view()).find(R"(  subgraph cluster_1 {
    label="body of scan 1";
    labeljust=l;
    style="rounded,dashed";
    n3 [label="walk.u\nstep[slice 0 of scan 1]\n[]", shape=box, style="rounded,filled", fillcolor=white];
)") != std::string::npos);
    CHECK(hg::mermaid(hg::lowered<walk::model>::view()).find(R"(  subgraph b1 ["body of scan 1"]
    n3("walk.u<br>step[slice 0 of scan 1]<br>[]"):::other
)") != std::string::npos);
}
