// The example basic, end to end, on a few hundred drawn images.
#include "examples/example_run.hpp"

#define main example_main
#include "../../examples/basic.cpp"
#undef main

using namespace hourglass_test;

TEST_CASE("basic: metrics, weights and pictures are there, and the loss falls") {
    const temporary_folder folder;
    REQUIRE(run_example(example_main, folder.path()) == 0);
    check_metrics(folder / "metrics.json", "basic", {"loss"});
    check_weights(folder / "weights.safetensors",
                  {{"W_e", {32, 784}}, {"b_e", {32}}, {"W_d", {784, 32}}, {"b_d", {784}}});
    for (const char* picture : {"losses.png", "reconstructions.png"}) check_picture(folder / picture);
}
