// A run that is stopped and gone on with, and one that begins with a file's weights.
#include "io/counting_model.hpp"

#include <filesystem>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

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

namespace {

// A run of two epochs in `folder`, and the options that go on with it.
io::training_options two_epochs(const std::filesystem::path& folder) {
    io::training_options options;
    options.epochs = 2;
    options.batch = 4;
    options.out = folder;
    remembering_model model;
    io::train(options, ten_images(), model.task);
    options.epochs = 4;
    options.resume = true;
    return options;
}
std::string refusal(const io::training_options& options) {
    remembering_model model;
    const std::string text = message_of<io::error>([&] { io::train(options, ten_images(), model.task); });
    CHECK(model.steps == 0);
    return text;
}
void replace(const std::filesystem::path& file, const std::string& from, const std::string& to) {
    std::string text = get(file);
    REQUIRE(text.find(from) != std::string::npos);
    put(file, text.replace(text.find(from), from.size(), to));
}

}

TEST_CASE("a folder that was copied as plain files goes on, whichever epoch was the best") {
    const temporary_folder folder;
    io::training_options options = two_epochs(folder / "run");
    remembering_model whole, copied;
    options.out = folder / "copy";
    std::filesystem::create_directory(options.out);
    for (const auto& entry : std::filesystem::directory_iterator(folder / "run"))
        if (const std::string name = entry.path().filename(); name[0] != '.')
            put(options.out / name, get(entry.path()));
    io::train(options, ten_images(), copied.task); // no epoch is better than the first: its weights are kept
    options.out = folder / "run";
    io::train(options, ten_images(), whole.task);
    for (const char* name : {"weights.safetensors", "best.safetensors", "trainer.safetensors"})
        CHECK(get(folder / "copy" / name) == get(folder / "run" / name));
}

TEST_CASE("without the best weights the best epoch is chosen anew") {
    const temporary_folder folder;
    const io::training_options options = two_epochs(folder / "run");
    std::filesystem::remove(options.out / ".current" / "best.safetensors");
    std::filesystem::remove(options.out / "best.safetensors");
    remembering_model model;
    CHECK(io::train(options, ten_images(), model.task).best_epoch == 3);
    CHECK(io::read_safetensors(options.out / "best.safetensors").metadata.at("epoch") == "3");
}

TEST_CASE("a trainer of another run or of another step is refused") {
    const temporary_folder folder;
    const io::training_options options = two_epochs(folder / "run");
    io::training_options other = options;
    other.resume = false;
    other.seed = 2;
    other.out = folder / "other";
    remembering_model model;
    io::train(other, ten_images(), model.task);
    put(options.out / "trainer.safetensors", get(other.out / "trainer.safetensors"));
    const std::string text = refusal(options);
    CHECK(text.starts_with((options.out / "trainer.safetensors").string() + ": expected the trainer of run "));
    CHECK(text.ends_with(" after 12; give the files of one epoch"));
    CHECK(text.find(" after 6 steps, found that of run ") != std::string::npos);
}

TEST_CASE("metrics whose numbers do not go together are refused, with their file") {
    const temporary_folder folder;
    const io::training_options options = two_epochs(folder / "run");
    const std::filesystem::path metrics = options.out / "metrics.json";
    const std::string text = get(metrics);
    for (const auto& [from, to] : std::map<std::string, std::string>{
             {"\"steps\": 6", "\"steps\": 7"},
             {"\"epoch\": 2,\n      \"train\"", "\"epoch\": 5,\n      \"train\""},
             {"\"best\": {\n    \"epoch\": 1", "\"best\": {\n    \"epoch\": 3"},
             {"\"first_loss\"", "\"unfinished\": {\"batches\": 100000, \"rows\": 4, \"sums\": {}, \"seconds\": 0}, "
                                "\"first_loss\""}}) {
        CAPTURE(to);
        put(metrics, text);
        replace(metrics, from, to);
        CHECK(refusal(options).starts_with(metrics.string() +
                                           ": expected the epochs 1, 2, ... and the steps of 3 batches"));
    }
    std::filesystem::remove(metrics);
    std::filesystem::create_directory(metrics);
    CHECK(refusal(options) == metrics.string() + ": expected the metrics of a run, found a folder");
    std::filesystem::remove(metrics);
    CHECK(mkfifo(metrics.c_str(), 0600) == 0);
    CHECK(refusal(options) == metrics.string() + ": expected the metrics of a run, found a device, pipe or socket");
    CHECK(refusal({.out = folder / "none", .resume = true}) ==
          (folder / "none").string() + ": expected a run to resume, found no metrics.json; begin one");
    CHECK(!std::filesystem::exists(folder / "none"));
}

TEST_CASE("first weights are not asked for where a run is resumed") {
    const temporary_folder folder;
    io::training_options options = two_epochs(folder / "first");
    options.resume = false;
    options.init = folder / "init";
    std::filesystem::copy(folder / "first" / "weights.safetensors", options.init);
    options.out = folder / "run";
    options.epochs = 1;
    remembering_model first, second;
    io::train(options, ten_images(), first.task);
    std::filesystem::remove(options.init);
    options.resume = true;
    options.epochs = 2;
    CHECK(io::train(options, ten_images(), second.task).epochs == 2);
}
