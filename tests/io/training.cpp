// The training loop around a model that is two numbers: what it is given, how means are taken, what is saved when, and
// what a signal or a loss that is no number does. The command line around it, too.
#include <hourglass/data/finite.hpp>
#include <hourglass/io/command_line.hpp>
#include <hourglass/io/interrupt.hpp>

#include "io/counting_model.hpp"

#include <cmath>
#include <csignal>
#include <limits>
#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace hourglass_test;

TEST_CASE("an epoch shows every image once, in an order of its own; means count images, not batches") {
    const temporary_folder folder;
    const data::split images = ten_images();
    counting_model model;
    io::training_options options;
    options.out = folder / "new" / "folder";
    options.epochs = 3;
    options.batch = 4;
    io::train(options, images, model.task);

    CHECK(model.batches == std::vector<std::size_t>{4, 4, 2, 4, 4, 2, 4, 4, 2});
    CHECK(model.seen.size() == 10);
    for (const auto& [image, times] : model.seen) CHECK(times == 3);
    CHECK(model.drawn == 1 + 3); // before the training too
    CHECK(get(options.out / "picture") == "4");
    CHECK(saved_steps(options.out) == 9);

    const auto all = nlohmann::json::parse(get(options.out / "metrics.json"));
    CHECK(all.at("model") == "counting");
    REQUIRE(all.at("epochs").size() == 3);
    CHECK(all.at("epochs")[2].at("train").at("loss").get<double>() == doctest::Approx(4.5).epsilon(1e-12));
    CHECK(all.at("epochs")[2].at("train").at("size").get<double>() == doctest::Approx(3.6).epsilon(1e-12));
    CHECK(all.at("epochs")[0].at("test").at("loss") == 6.0);
}

TEST_CASE("a signal: the step is finished, and the folder has the last whole epoch") {
    const temporary_folder folder;
    const data::split images = ten_images();
    io::training_options options;
    options.out = folder.path();
    options.batch = 4;
    counting_model model;
    stop_before_step(model, 5, options, images);
    CHECK(saved_steps(folder.path()) == 3);
    const std::string metrics = get(folder / "metrics.json");
    CHECK(nlohmann::json::parse(metrics).at("epochs").size() == 1);

    counting_model next; // which is stopped in its first epoch
    stop_before_step(next, 2, options, images);
    CHECK(saved_steps(folder.path()) == 3);
    CHECK(get(folder / "metrics.json") == metrics);
    const io::interrupt_guard lowers_the_flag;
}

TEST_CASE("all files of an epoch say of which run and epoch they are; the best epoch's weights are kept") {
    const temporary_folder folder;
    const data::split images = ten_images();
    counting_model model;
    int evaluated = 0;
    model.task.evaluate = [&](const data::image_set&) -> io::metrics {
        return {{"loss", std::vector<double>{3, 1, 2, 1}.at(static_cast<std::size_t>(evaluated++))}};
    };
    io::training_options options;
    options.out = folder.path();
    options.epochs = 4;
    options.batch = 4;
    io::train(options, images, model.task);
    const auto metrics = nlohmann::json::parse(get(folder / "metrics.json"));
    const auto last = io::read_safetensors(folder / "weights.safetensors").metadata;
    auto best = io::read_safetensors(folder / "best.safetensors");
    CHECK(metrics.at("epoch") == 4);
    CHECK(last.at("epoch") == "4");
    CHECK(last.at("run") == metrics.at("run"));
    CHECK(best.metadata.at("run") == metrics.at("run"));
    CHECK(best.metadata.at("epoch") == "2");
    CHECK(best.find("steps")->f32()[0] == 6);
}

TEST_CASE("patience ends a run that grows no better") {
    const data::split images = ten_images();
    const std::vector<double> losses{3, 1, 2, 1, 0.5, 1, 1, 1, 1, 1};
    for (const auto& [patience, epochs] : std::map<int, int>{{0, 10}, {1, 3}, {2, 4}, {3, 8}}) {
        CAPTURE(patience);
        const temporary_folder folder;
        counting_model model;
        std::size_t evaluated = 0;
        model.task.evaluate = [&](const data::image_set&) -> io::metrics { return {{"loss", losses.at(evaluated++)}}; };
        io::training_options options;
        options.out = folder.path();
        options.patience = patience;
        io::train(options, images, model.task);
        CHECK(evaluated == static_cast<std::size_t>(epochs));
        CHECK(io::read_metrics(folder / "metrics.json").epochs.size() == evaluated);
    }
}

TEST_CASE("weights that are not finite are never written over good ones, though the loss is") {
    const temporary_folder folder;
    const data::split images = ten_images();
    counting_model model;
    model.task.weights = [&] {
        const float x = model.steps < 6 ? 1 : std::numeric_limits<float>::infinity();
        return std::vector<io::tensor_record>{{"steps", {1}, std::vector<float>{static_cast<float>(model.steps)}},
                                              {"h.weight", {3}, std::vector<float>{1, x, x}}};
    };
    io::training_options options;
    options.out = folder.path();
    options.batch = 4;
    const std::string text = message_of<io::error>([&] { io::train(options, images, model.task); });
    CHECK(text ==
          "epoch 2, step 6: h.weight: expected finite numbers, but 2 of 3 are not; the training diverged: try a "
          "smaller learning rate; " +
              folder.path().string() + " has epoch 1 of this run");
    CHECK(saved_steps(folder.path()) == 3);
}

TEST_CASE("what stands in the way of a file is found before the training") {
    const temporary_folder folder;
    const data::split images = ten_images();
    for (const char* name : {"picture", "weights.safetensors", "metrics.json", "best.safetensors", "losses.png"}) {
        CAPTURE(name);
        const std::filesystem::path out = folder / (std::string("with ") + name);
        std::filesystem::create_directories(out / name);
        counting_model model;
        io::training_options options;
        options.out = out;
        CHECK(message_of<io::error>([&] { io::train(options, images, model.task); }) ==
              (out / name).string() +
                  ": expected a file or nothing, found a folder; move it away, or choose another folder");
        CHECK(model.steps == 0);
    }
}

TEST_CASE("a loss that is no number ends the training and says where") {
    const temporary_folder folder;
    const data::split images = ten_images();
    counting_model model;
    model.task.step = [&](std::span<const float>) -> io::metrics {
        return {{"loss", ++model.steps < 5 ? 1.0 : std::numeric_limits<double>::quiet_NaN()}};
    };
    io::training_options options;
    options.out = folder.path();
    options.batch = 4;
    const std::string text = message_of<io::error>([&] { io::train(options, images, model.task); });
    CHECK(text.find("epoch 2, step 5: loss: expected a finite number, found nan") == 0);
    CHECK(text.find("try a smaller learning rate") != std::string::npos);
    CHECK(saved_steps(folder.path()) == 3); // of the epoch before
}

TEST_CASE("a loss that is no number before any step is not laid to the learning rate") {
    const temporary_folder folder;
    data::split images = ten_images();
    images.train.pixels[3] = -3e38F;
    counting_model model;
    model.task.step = [&](std::span<const float>) -> io::metrics {
        return {{"loss", std::numeric_limits<double>::infinity()}};
    };
    io::training_options options;
    options.out = folder.path();
    options.batch = 10;
    const std::string text = message_of<io::error>([&] { io::train(options, images, model.task); });
    CHECK(text.find("epoch 1, step 1: loss: expected a finite number, found inf; no step has changed") == 0);
    CHECK(text.find("learning rate") == std::string::npos);
    CHECK(text.find("magnitudes go up to 3e+38") != std::string::npos);
}

TEST_CASE("images that are no numbers are named before the first step, and nothing is written") {
    const temporary_folder folder;
    io::training_options options;
    options.out = folder / "out";
    const auto complaint = [&](const data::split& images) {
        counting_model model;
        const std::string text = message_of<data::error>([&] { io::train(options, images, model.task); });
        CHECK(model.steps == 0);
        CHECK(folder.entries() == 0);
        return text;
    };
    data::split images;
    images.train = {std::vector<float>(3 * 20, 0.5F), {}, 3, 4, 5};
    images.test = images.train;
    data::split wrong = images;
    wrong.train.pixels[20 + 2 * 5 + 4] = std::numeric_limits<float>::quiet_NaN();
    CHECK(complaint(wrong) ==
          "the training images: image 1, row 2, column 4 (counted from 0): expected a finite number, "
          "found nan; mend the data, or leave such images out");
    wrong.train.pixels[59] = std::numeric_limits<float>::infinity();
    CHECK(complaint(wrong).find("found nan, and 1 more are not finite; mend") != std::string::npos);
    wrong = images;
    wrong.test.pixels[0] = -std::numeric_limits<float>::infinity();
    CHECK(complaint(wrong).starts_with("the test images: image 0, row 0, column 0 (counted from 0): expected a finite "
                                       "number, found -inf; "));
    wrong = images;
    wrong.train.pixels.pop_back();
    CHECK(complaint(wrong) == "the training images: expected 60 numbers for 3 of 4 x 5, found 59");
    wrong = images;
    wrong.test = {};
    CHECK(complaint(wrong) == "the test images: expected at least 1 of at least 1 x 1, found 0 of 0 x 0");
}

namespace {

struct command {
    int status;
    int runs = 0;
    io::training_options seen;
    double strength = 0.5;
    std::string kind = "soft";
};

command run(const std::vector<const char*>& words, int side = 28, bool fail = false) {
    command result{};
    io::command_line line({.model = "some",
                           .about = "does something.",
                           .examples = {"hourglass-some  # just so"},
                           .rows = side,
                           .columns = side});
    line.number("--strength", result.strength, "How strong", 0, 1);
    line.choice("--kind", result.kind, "How", {"soft", "hard"});
    std::vector<const char*> argv{"hourglass-some", "--data", "shapes", "--train-images", "2", "--test-images", "1"};
    argv.insert(argv.end(), words.begin(), words.end());
    result.status = line.run(static_cast<int>(argv.size()), argv.data(),
                             [&](const io::training_options& options, const data::split& images) {
                                 ++result.runs;
                                 result.seen = options;
                                 CHECK(images.train.count == 2);
                                 if (fail) throw std::runtime_error("no");
                             });
    return result;
}

}

TEST_CASE("options arrive; the last of two wins") {
    const command c = run({"--epochs", "3", "--seed", "7", "--out", "x", "--threads", "2", "--batch=16", "--kind",
                           "hard", "--strength", "0.25", "--learning-rate", "0.01", "--epochs", "004"});
    CHECK(c.status == 0);
    CHECK(c.runs == 1);
    CHECK(c.seen.epochs == 4);
    CHECK(c.seen.seed == 7);
    CHECK(c.seen.out == "x");
    CHECK(c.seen.threads == 2);
    CHECK(c.seen.batch == 16);
    CHECK(c.seen.learning_rate == 0.01);
    CHECK(c.kind == "hard");
    CHECK(c.strength == 0.25);
}

TEST_CASE("what is left out has its default") {
    const command c = run({});
    CHECK(c.status == 0);
    CHECK(c.seen.epochs == 10);
    CHECK(c.seen.batch == 128);
    CHECK(c.seen.seed == 1);
    CHECK(c.seen.learning_rate == 1e-3);
    CHECK(c.seen.out == "out/some");
    CHECK(c.seen.threads >= 1);
    CHECK(c.kind == "soft");
}

TEST_CASE("mistakes end the program with a status of their own, before anything runs") {
    for (const std::vector<const char*>& words : {std::vector<const char*>{"--epochs", "0"},
                                                  {"--epochs", "2.5"},
                                                  {"--epochs"},
                                                  {"--batch", "129"},
                                                  {"--kind", "medium"},
                                                  {"--strength", "1.5"},
                                                  {"--strength", "much"},
                                                  {"--unknown"},
                                                  {"stray"},
                                                  {"--seed", "-1"},
                                                  {"--threads", "0"}}) {
        CAPTURE(std::string(words[0]));
        const command c = run(words);
        CHECK(c.status == 2);
        CHECK(c.runs == 0);
    }
    CHECK(run({"--help"}).status == 0);
    CHECK(run({"--help"}).runs == 0);
    CHECK(run({"--data", "nowhere"}).status == 1);
    CHECK(run({}, 32).status == 1); // compiled for images of another size
    CHECK(run({}, 32).runs == 0);
    CHECK(run({}, 28, true).status == 1);
}

TEST_CASE("an interrupted program says so by its status, as shells expect it") {
    io::command_line line({.model = "some", .about = "", .examples = {}});
    const char* argv[] = {"hourglass-some", "--data", "shapes", "--train-images", "2", "--test-images", "1"};
    CHECK(line.run(7, argv, [](const io::training_options&, const data::split&) { std::raise(SIGTERM); }) ==
          128 + SIGTERM);
    const io::interrupt_guard lowers_the_flag;
}

TEST_CASE("the first images of a set, at most as many as there are") {
    const data::split images = ten_images();
    CHECK(io::first_images(images.train, 3).size() == 3);
    CHECK(io::first_images(images.train, 30).size() == 10);
}
