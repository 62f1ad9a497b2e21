// The example sparse, end to end, on a few hundred drawn images.
#include "examples/example_run.hpp"

#define main example_main
#include "../../examples/sparse.cpp"
#undef main

using namespace hourglass_test;

TEST_CASE("sparse: metrics, weights and pictures are there, and the loss falls") {
    const temporary_folder folder;
    REQUIRE(run_example(example_main, folder.path()) == 0);
    check_metrics(folder / "metrics.json", "sparse", {"loss", "reconstruction", "penalty"});
    check_weights(
        folder / "weights.safetensors",
        {{"h.weight", {1024, 784}}, {"h.bias", {1024}}, {"logits.weight", {784, 1024}}, {"logits.bias", {784}}});
    for (const char* picture : {"losses.png", "reconstructions.png", "features.png"}) check_picture(folder / picture);
}

TEST_CASE("sparse: a higher price leaves fewer units active") {
    const temporary_folder folder;
    std::vector<double> penalties;
    for (const char* lambda : {"0", "1e-3"}) {
        REQUIRE(run_example(example_main, folder.path(), {"--lambda", lambda}) == 0);
        const auto all = nlohmann::ordered_json::parse(get(folder / "metrics.json"));
        penalties.push_back(all.at("epochs")[2].at("test").at("penalty").get<double>());
    }
    CHECK(penalties[1] < penalties[0] / 2);

    std::vector<float> activations(2 * sparse::units);
    activations[3] = 2;                 // image 0, unit 3
    activations[sparse::units + 3] = 1; // image 1, unit 3
    activations[sparse::units + 7] = 1; // image 1, unit 7
    CHECK(sparse::activity(activations).text() == "1.5 of 1024 units are active on a test image, 2 of them on any");
}
