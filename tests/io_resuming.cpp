// A run that is stopped and gone on with, and one that begins with a file's weights.
#include "counting_model.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace hourglass_test;

namespace {

// A model whose state is a number that depends on all that it has seen, in order.
struct remembering_model : counting_model {
    double state = 0;
    std::uint64_t seen_images = 0;

    remembering_model() {
        const auto count = task.step;
        task.step = [this, count](std::span<const float> batch) {
            for (const float x : batch) state = state * 1.0000001 + static_cast<double>(x) / 3;
            seen_images += batch.size();
            io::metrics m = count(batch);
            m.push_back({"state", state});
            return m;
        };
        task.weights = [this] { return std::vector<io::tensor_record>{{"state", {1}, std::vector<double>{state}}}; };
        task.save = [this](const std::filesystem::path& file, const std::map<std::string, std::string>& metadata) {
            io::write_safetensors(file, task.weights(), metadata);
        };
        task.load = task.init = [this](const std::filesystem::path& file) {
            state = io::read_safetensors(file).find("state")->f64()[0];
        };
        task.resumed = [this](std::uint64_t images) { seen_images = images; };
    }
};

nlohmann::json without_seconds(const std::filesystem::path& file) {
    auto all = nlohmann::json::parse(get(file));
    for (auto& epoch : all.at("epochs")) epoch.erase("seconds");
    return all;
}

}

TEST_CASE("a run that is gone on with ends in the same bits, wherever it was stopped") {
    const temporary_folder folder;
    const data::split images = ten_images();
    io::training_options options;
    options.epochs = 4;
    options.batch = 4;
    options.out = folder / "whole";
    remembering_model whole;
    io::train(options, images, whole.task);
    for (int stop = 4; stop <= 11; ++stop) { // of 12 steps, 3 an epoch
        CAPTURE(stop);
        options.out = folder / std::to_string(stop);
        options.resume = false;
        remembering_model first, second;
        stop_before_step(first, stop, options, images);
        const io::interrupt_guard lowers_the_flag;
        options.resume = true;
        io::train(options, images, second.task);
        CHECK(second.steps == 12 - stop);
        CHECK(second.state == whole.state);
        CHECK(second.seen_images == 40);
        for (const char* name : {"weights.safetensors", "best.safetensors", "trainer.safetensors"})
            CHECK(get(options.out / name) == get(folder / "whole" / name));
        CHECK(without_seconds(options.out / "metrics.json") == without_seconds(folder / "whole" / "metrics.json"));
    }
    options.out = folder / "whole"; // there is nothing left to do
    remembering_model done;
    io::train(options, images, done.task);
    CHECK(done.steps == 0);
    options.epochs = 5;
    io::train(options, images, done.task);
    CHECK(done.steps == 3);
}

TEST_CASE("only a run of the same options is gone on with") {
    const temporary_folder folder;
    const data::split images = ten_images();
    io::training_options options;
    options.epochs = 1;
    options.out = folder.path();
    options.resume = true;
    remembering_model model;
    CHECK(message_of<io::error>([&] { io::train(options, images, model.task); }) ==
          folder.path().string() + ": expected a run to resume, found no metrics.json; begin one");
    options.resume = false;
    io::train(options, images, model.task);
    options.resume = true;
    options.seed = 2;
    const std::string text = message_of<io::error>([&] { io::train(options, images, model.task); });
    CHECK(
        text.starts_with((folder / "metrics.json").string() + ": expected to resume a run of counting with --batch "));
    CHECK(text.find("--seed 2") < text.find("found one of counting with"));
    CHECK(text.find("--seed 1") > text.find("found one of counting with"));
    counting_model forgetful;
    options.seed = 1;
    CHECK(message_of<io::error>([&] { io::train(options, images, forgetful.task); }) ==
          "resume: the model counting does not say how it is loaded");
}

TEST_CASE("a run begins with the weights of a file") {
    const temporary_folder folder;
    const data::split images = ten_images();
    io::training_options options;
    options.epochs = 1;
    options.out = folder / "a";
    remembering_model first, second;
    io::train(options, images, first.task);
    options.init = folder / "a" / "weights.safetensors";
    options.out = folder / "b";
    io::train(options, images, second.task);
    CHECK(second.state > first.state);
}
