// The example variational, end to end, on a few hundred drawn images.
#include "examples/example_run.hpp"

#define main example_main
#include "../../examples/variational.cpp"
#undef main

using namespace hourglass_test;

TEST_CASE("variational: metrics, weights and pictures are there, and the loss falls") {
    const temporary_folder folder;
    REQUIRE(run_example(example_main, folder.path()) == 0);
    check_metrics(folder / "metrics.json", "variational", {"negative_elbo", "reconstruction", "kl"});
    check_weights(folder / "weights.safetensors", {{"h.weight", {400, 784}},
                                                   {"h.bias", {400}},
                                                   {"mu.weight", {20, 400}},
                                                   {"mu.bias", {20}},
                                                   {"logvar.weight", {20, 400}},
                                                   {"logvar.bias", {20}},
                                                   {"hidden.weight", {400, 20}},
                                                   {"hidden.bias", {400}},
                                                   {"logits.weight", {784, 400}},
                                                   {"logits.bias", {784}}});
    for (const char* picture : {"losses.png", "reconstructions.png", "samples.png", "latent.png"})
        check_picture(folder / picture);
}

TEST_CASE("variational: the same seed gives the same bits, whatever the number of threads; another seed others") {
    const temporary_folder folder;
    std::vector<std::string> weights;
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{"--threads", "1"}, {"--threads", "3"}, {"--seed", "2"}}) {
        std::vector<std::string> words{"--epochs", "1"};
        words.insert(words.end(), more.begin(), more.end());
        REQUIRE(run_example(example_main, folder.path(), words) == 0);
        weights.push_back(get(folder / "weights.safetensors"));
    }
    CHECK(weights[0] == weights[1]);
    CHECK(weights[0] != weights[2]);
}
