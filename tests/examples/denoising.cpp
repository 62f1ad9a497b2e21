// The example denoising, end to end, on a few hundred drawn images.
#include "examples/example_run.hpp"

#define main example_main
#include "../../examples/denoising.cpp"
#undef main

using namespace hourglass_test;

TEST_CASE("denoising: metrics, weights and pictures are there, and the loss falls") {
    const temporary_folder folder;
    REQUIRE(run_example(example_main, folder.path()) == 0);
    check_metrics(folder / "metrics.json", "denoising", {"loss"});
    check_weights(folder / "weights.safetensors",
                  {{"h.weight", {512, 784}}, {"h.bias", {512}}, {"logits.weight", {784, 512}}, {"logits.bias", {784}}});
    for (const char* picture : {"losses.png", "reconstructions.png", "restored.png"}) check_picture(folder / picture);
}

TEST_CASE("denoising: every corruption does what its level says, and none where the level is zero") {
    using namespace denoising;
    std::vector<float> clean(784 * 64);
    for (std::size_t i = 0; i < clean.size(); ++i) clean[i] = 0.25F + 0.5F * static_cast<float>(i % 2);
    const auto share = [&](const std::vector<float>& images, auto&& holds) {
        int count = 0;
        for (std::size_t i = 0; i < images.size(); ++i) count += holds(images[i], clean[i]);
        return count / static_cast<double>(images.size());
    };
    const auto black = [](float x, float) { return x == 0; };
    const auto white = [](float x, float) { return x == 1; };
    const auto same = [](float x, float c) { return x == c; };
    const auto rescaled = [](float x, float c) { return std::abs(x - c / 0.7F) < 1e-6F; };
    const auto within_one_deviation = [](float x, float c) { return std::abs(x - c) < 0.3F; };
    const auto made = [&](const char* name, double strength, std::uint64_t first = 0) {
        return corruptor_named(name, 1, strength, 1)(clean, first);
    };
    // The share of 50,176 pixels has a standard deviation of at most 0.0022; five of them are allowed.
    CHECK(share(made("gaussian", 0.3), within_one_deviation) == doctest::Approx(0.6827).epsilon(0.015));
    CHECK(share(made("salt_and_pepper", 0.3), black) == doctest::Approx(0.15).epsilon(0.06));
    CHECK(share(made("salt_and_pepper", 0.3), white) == doctest::Approx(0.15).epsilon(0.06));
    CHECK(share(made("salt_and_pepper", 0.3), same) == doctest::Approx(0.7).epsilon(0.015));
    CHECK(share(made("masking", 0.3), black) == doctest::Approx(0.3).epsilon(0.035));
    CHECK(share(made("masking", 0.3), same) == doctest::Approx(0.7).epsilon(0.015));
    CHECK(share(made("dropout", 0.3), black) == doctest::Approx(0.3).epsilon(0.035));
    CHECK(share(made("dropout", 0.3), rescaled) == doctest::Approx(0.7).epsilon(0.015));
    for (const char* name : {"gaussian", "salt_and_pepper", "masking", "dropout"}) {
        CAPTURE(name);
        CHECK(made(name, 0) == clean);
        CHECK(made(name, 0.3) == made(name, 0.3));
        CHECK(made(name, 0.3) != made(name, 0.3, 64)); // other images, other noise
        CHECK(made(name, 0.3) != made(name, 0.3, first_test_image));
    }
}

TEST_CASE("denoising: every corruption trains; one that is unknown is answered with the choices") {
    const temporary_folder folder;
    for (const char* name : {"salt_and_pepper", "masking", "dropout"})
        CHECK(run_example(example_main, folder.path(), {"--corruption", name, "--level", "0.2", "--epochs", "1"}) == 0);
    CHECK(run_example(example_main, folder.path(), {"--corruption", "blur"}) == 2);
}
