// The example undercomplete, end to end, on a few hundred drawn images.
#include "examples/example_run.hpp"

#define main example_main
#include "../../examples/undercomplete.cpp"
#undef main

using namespace hourglass_test;

TEST_CASE("undercomplete: metrics, weights and pictures are there, and the loss falls") {
    const temporary_folder folder;
    REQUIRE(run_example(example_main, folder.path()) == 0);
    check_metrics(folder / "metrics.json", "undercomplete", {"loss"});
    check_weights(folder / "weights.safetensors", {{"h1.weight", {128, 784}},
                                                   {"h1.bias", {128}},
                                                   {"h2.weight", {64, 128}},
                                                   {"h2.bias", {64}},
                                                   {"code.weight", {32, 64}},
                                                   {"code.bias", {32}},
                                                   {"h3.weight", {64, 32}},
                                                   {"h3.bias", {64}},
                                                   {"h4.weight", {128, 64}},
                                                   {"h4.bias", {128}},
                                                   {"logits.weight", {784, 128}},
                                                   {"logits.bias", {784}}});
    for (const char* picture : {"losses.png", "reconstructions.png"}) check_picture(folder / picture);
}
