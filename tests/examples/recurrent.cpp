// The example recurrent, end to end, on a few hundred simulated series.
#include "examples/example_run.hpp"

#define main example_main
#include "../../examples/recurrent.cpp"
#undef main

using namespace hourglass_test;

TEST_CASE("recurrent: metrics, weights and pictures are there, and the loss falls") {
    const temporary_folder folder;
    REQUIRE(run_example(example_main, folder.path(), {"--data", "sensors", "--learning-rate", "3e-3"}) == 0);
    check_metrics(folder / "metrics.json", "recurrent", {"loss"});
    check_weights(folder / "weights.safetensors", {{"reader.reset.weight", {32, 35}},
                                                   {"reader.reset.bias", {32}},
                                                   {"reader.keep.weight", {32, 35}},
                                                   {"reader.keep.bias", {32}},
                                                   {"reader.candidate.weight", {32, 35}},
                                                   {"reader.candidate.bias", {32}},
                                                   {"code.weight", {8, 32}},
                                                   {"code.bias", {8}},
                                                   {"written.weight", {32, 8}},
                                                   {"written.bias", {32}},
                                                   {"writer.reset.weight", {32, 40}},
                                                   {"writer.reset.bias", {32}},
                                                   {"writer.keep.weight", {32, 40}},
                                                   {"writer.keep.bias", {32}},
                                                   {"writer.candidate.weight", {32, 40}},
                                                   {"writer.candidate.bias", {32}},
                                                   {"W_out", {3, 32}},
                                                   {"b_out", {3}}});
    for (const char* picture : {"losses.png", "reconstructions.png", "codes.png"}) check_picture(folder / picture);
}
