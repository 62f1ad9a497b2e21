// The training loop with data of a caller's own, which it knows by numbers only: which examples a step is given, what
// the best epoch is chosen by, the callback, and what a task must have.
#include <hourglass/data/batches.hpp>
#include <hourglass/io/training.hpp>

#include "support/folder.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

namespace io = hourglass::io;
namespace data = hourglass::data;
using namespace hourglass_test;

namespace {

// Fits y = w to a table of seven rows of one number, by steepest descent.
struct mean_of_a_table {
    std::vector<float> table{1, 2, 3, 4, 5, 6, 7};
    float w = 0;
    std::vector<std::vector<int>> steps;
    data::row_buffer<float> rows{7, 1};
    io::training_task task;

    mean_of_a_table() {
        task.model = "mean";
        task.examples = 7;
        task.step = [this](std::span<const int> chosen) -> io::metrics {
            steps.emplace_back(chosen.begin(), chosen.end());
            double loss = 0, slope = 0;
            for (const float y : rows.gather(table, chosen)) {
                loss += static_cast<double>((w - y) * (w - y)) / static_cast<double>(chosen.size());
                slope += static_cast<double>(2 * (w - y)) / static_cast<double>(chosen.size());
            }
            w -= static_cast<float>(0.1 * slope);
            return {{"loss", loss}};
        };
        task.weights = [this] { return std::vector<io::tensor_record>{{"w", {1}, std::vector<float>{w}}}; };
    }
};

io::training_options options_in(const temporary_folder& folder, int epochs = 4) {
    io::training_options options;
    options.out = folder.path();
    options.epochs = epochs;
    options.batch = 3;
    return options;
}

float saved(const std::filesystem::path& file) { return io::read_safetensors(file).find("w")->f32()[0]; }

// Terms of a made-up set, epoch by epoch.
std::function<io::metrics()> told(const std::vector<double>& losses) {
    return [losses, n = std::size_t{0}]() mutable -> io::metrics { return {{"loss", losses.at(n++)}}; };
}

}

TEST_CASE("each epoch has every example once, in an order of its own, the last batch short") {
    const temporary_folder folder;
    mean_of_a_table model;
    io::train(options_in(folder), model.task);
    REQUIRE(model.steps.size() == 12);
    std::vector<std::vector<int>> orders;
    for (std::size_t epoch = 0; epoch < 4; ++epoch) {
        std::vector<int> order;
        for (std::size_t k = 0; k < 3; ++k) {
            const auto& chosen = model.steps[3 * epoch + k];
            CHECK(chosen.size() == (k < 2 ? 3 : 1));
            order.insert(order.end(), chosen.begin(), chosen.end());
        }
        orders.push_back(order);
        std::sort(order.begin(), order.end());
        CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
    }
    CHECK(orders[0] != orders[1]);
    CHECK(saved(folder / "weights.safetensors") == model.w);
    const auto record = io::read_metrics(folder / "metrics.json");
    CHECK(record.model == "mean");
    CHECK(record.options == "--batch 3 --learning-rate 0.001 --seed 1, 7 examples");
    CHECK(record.epochs.at(3).test.empty());
    CHECK(record.epochs.at(3).validation.empty());
}

TEST_CASE("the best epoch is chosen by validation; without it by the test; without both by the training") {
    const std::vector<double> losses{4, 2, 3, 5}, others{1, 2, 3, 0};
    for (const auto& [validates, tests, best] : {std::tuple{true, true, 2}, {false, true, 4}, {false, false, 0}}) {
        const temporary_folder folder;
        mean_of_a_table model;
        std::vector<float> after;
        if (validates) model.task.validate = told(losses);
        if (tests) model.task.test = told(others);
        model.task.after_epoch = [&](const io::epoch_metrics&) {
            after.push_back(model.w);
            return true;
        };
        io::train(options_in(folder), model.task);
        const auto record = io::read_metrics(folder / "metrics.json");
        CHECK(record.epochs.at(1).validation.size() == (validates ? 1 : 0));
        if (validates) CHECK(record.epochs.at(1).validation.at(0).value == 2);
        if (tests) CHECK(record.epochs.at(1).test.at(0).value == 2);
        if (best > 0) CHECK(record.best_epoch == best);
        if (best == 0)
            for (const io::epoch_metrics& epoch : record.epochs) CHECK(epoch.train.at(0).value >= record.best_loss);
        CHECK(saved(folder / "best.safetensors") == after.at(static_cast<std::size_t>(record.best_epoch - 1)));
    }
}

TEST_CASE("patience goes by validation") {
    const temporary_folder folder;
    mean_of_a_table model;
    model.task.validate = told({3, 2, 2, 2, 1, 1, 1, 1, 1, 1});
    model.task.test = told({9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
    io::training_options options = options_in(folder, 10);
    options.patience = 2;
    const io::training_result result = io::train(options, model.task);
    CHECK(io::read_metrics(folder / "metrics.json").epochs.size() == 4);
    CHECK(result.why == io::training_end::patience);
    CHECK(result.epochs == 4);
    CHECK(result.best_epoch == 2);
    CHECK(result.best_loss == 2);
}

TEST_CASE("the callback sees each epoch when its files are in place, and ends the training") {
    const temporary_folder folder;
    mean_of_a_table model;
    std::vector<int> seen;
    model.task.after_epoch = [&](const io::epoch_metrics& epoch) {
        seen.push_back(epoch.epoch);
        CHECK(saved(folder / "weights.safetensors") == model.w);
        CHECK(io::read_metrics(folder / "metrics.json").epochs.back().train.at(0).value == epoch.train.at(0).value);
        return epoch.epoch < 3;
    };
    const io::training_result result = io::train(options_in(folder, 10), model.task);
    CHECK(seen == std::vector<int>{1, 2, 3});
    CHECK(io::read_metrics(folder / "metrics.json").epochs.size() == 3);
    CHECK(result.why == io::training_end::callback);
}

TEST_CASE("what a task lacks is named, and a step without a loss") {
    const temporary_folder folder;
    const auto complaint = [&](auto&& change) {
        mean_of_a_table model;
        change(model.task);
        return message_of<io::error>([&] { io::train(options_in(folder), model.task); });
    };
    const std::string expected = "training: expected a task with ";
    CHECK(complaint([](io::training_task& t) { t.model.clear(); }) == expected + "a model's name");
    CHECK(complaint([](io::training_task& t) { t.examples = 0; }) == expected + "examples");
    CHECK(complaint([](io::training_task& t) { t.step = nullptr; }) == expected + "a step");
    CHECK(complaint([](io::training_task& t) { t.weights = nullptr; }) ==
          expected + "weights, which hg::store_with sets");
    CHECK(complaint([](io::training_task& t) { t.step = [](std::span<const int>) { return io::metrics{}; }; }) ==
          "training: expected a step to return the loss, found no term");
    CHECK(complaint([](io::training_task& t) { t.validate = [] { return io::metrics{}; }; }) ==
          "training: expected validation to return the loss, found no term");
}

TEST_CASE("the first term is the same everywhere, since it is minimised") {
    const temporary_folder folder;
    mean_of_a_table model;
    model.task.validate = [] { return io::metrics{{"accuracy", 1}, {"loss", 0}}; };
    CHECK(
        message_of<io::error>([&] { io::train(options_in(folder), model.task); }) ==
        "training: expected validation to return \"loss\" first, as a step does, found \"accuracy\"; what comes first "
        "is minimised, and chooses the best epoch");
    model.task.validate = [] { return io::metrics{{"loss", 0}, {"accuracy", 1}}; }; // more is no fault
    io::train(options_in(folder), model.task);
    CHECK(io::read_metrics(folder / "metrics.json").epochs.at(0).validation.size() == 2);
}

TEST_CASE("every step returns the same terms") {
    for (const io::metrics& second : {io::metrics{{"loss", 1}, {"more", 1}}, io::metrics{{"other", 1}}}) {
        const temporary_folder folder;
        mean_of_a_table model;
        int steps = 0;
        model.task.step = [&](std::span<const int>) { return ++steps < 3 ? io::metrics{{"loss", 1}} : second; };
        CHECK(message_of<io::error>([&] { io::train(options_in(folder), model.task); }) ==
              "training: expected every step to return the same terms in the same order, found " +
                  std::to_string(second.size()) + " of them, the first \"" + second[0].name +
                  "\", after 1, the first \"loss\"");
    }
}

TEST_CASE("options that make no sense are refused") {
    const temporary_folder folder;
    mean_of_a_table model;
    const std::string expected = "training: expected epochs and batch of at least 1 and patience of at least 0, found ";
    for (const auto& [epochs, batch, patience] : {std::tuple{0, 3, 0}, {1, 0, 0}, {1, 3, -1}}) {
        io::training_options options = options_in(folder, epochs);
        options.batch = batch;
        options.patience = patience;
        CHECK(message_of<io::error>([&] { io::train(options, model.task); }) ==
              expected + std::to_string(epochs) + ", " + std::to_string(batch) + " and " + std::to_string(patience));
    }
    CHECK(model.steps.empty());
    CHECK(folder.entries() == 0);
}

TEST_CASE("a run of other examples, or of another text of the program's own, is not resumed") {
    const temporary_folder folder;
    mean_of_a_table model;
    model.task.load = [](const std::filesystem::path&) {};
    io::training_options options = options_in(folder);
    io::train(options, model.task);
    options.resume = true;
    for (const char* own : {" --rate cosine", "--rate cosine"}) {
        options.own = own;
        CHECK(message_of<io::error>([&] {
                  io::train(options, model.task);
              }).find("--seed 1 --rate cosine, 7 examples, found one") != std::string::npos);
    }
    options.own.clear();
    model.task.examples = 6;
    CHECK(message_of<io::error>([&] { io::train(options, model.task); }).find("6 examples, found one of mean") !=
          std::string::npos);
    model.task.examples = 7;
    options.epochs = 2; // of which four are done
    const io::training_result result = io::train(options, model.task);
    CHECK(result.epochs == 4);
    CHECK(result.why == io::training_end::epochs);
}

TEST_CASE("validation that is not finite ends the training; the data may be at fault") {
    const temporary_folder folder;
    mean_of_a_table model;
    model.task.validate = told({1, -std::numeric_limits<double>::quiet_NaN()});
    CHECK(
        message_of<io::error>([&] { io::train(options_in(folder), model.task); }) ==
        "epoch 2, step 6: loss of validation: expected a finite number, found nan; either the training diverged, and a "
        "smaller learning rate helps, or the data hold such a number; " +
            folder.path().string() + " has epoch 1 of this run");
    CHECK(io::read_metrics(folder / "metrics.json").epochs.size() == 1);
}

TEST_CASE("means and gathered rows are there for numbers of double too") {
    CHECK(io::mean(std::vector<double>{1e-300, 3e-300}) == 2e-300);
    const std::vector<double> table{1, 2, 3, 4, 5, 6};
    const std::vector<int> chosen{2, 0};
    data::row_buffer<double> exact{2, 2};
    data::row_buffer<float> rounded{2, 2};
    for (const double x : {exact.gather(table, chosen)[0], double{rounded.gather(table, chosen)[0]}}) CHECK(x == 5);
}

TEST_CASE("a loss that is not finite at the first step is no fault of the learning rate") {
    const temporary_folder folder;
    mean_of_a_table model;
    model.task.step = [](std::span<const int>) -> io::metrics {
        return {{"loss", std::numeric_limits<double>::infinity()}};
    };
    CHECK(message_of<io::error>([&] { io::train(options_in(folder), model.task); }) ==
          "epoch 1, step 1: loss: expected a finite number, found inf; no step has changed the parameters yet: look at "
          "the model and its first parameters, and at the scale of the data; nothing in " +
              folder.path().string() + " was changed");
}

TEST_CASE("files of the best epoch stay as they are until a better one comes, also where a run is resumed") {
    const temporary_folder folder;
    mean_of_a_table model;
    int drawn = 0;
    model.task.draw_best = [&](const std::filesystem::path& to) { put(to / "threshold.txt", std::to_string(++drawn)); };
    model.task.draw = [&](const std::filesystem::path& to) { put(to / "epoch.txt", "any"); };
    model.task.save = [&](const std::filesystem::path& file, const std::map<std::string, std::string>&) {
        put(file, std::to_string(model.w));
    };
    model.task.load = [](const std::filesystem::path&) {};
    model.task.validate = told({5, 3, 4});
    model.task.after_epoch = [&](const io::epoch_metrics& epoch) {
        // The first is written before the training, and nobody sees it.
        CHECK(get(folder / "threshold.txt") == std::to_string(std::min(epoch.epoch, 2) + 1));
        CHECK(get(folder / "epoch.txt") == "any");
        return true;
    };
    io::train(options_in(folder, 3), model.task);
    CHECK(drawn == 3);

    model.task.after_epoch = {};
    model.task.validate = told({6});
    auto options = options_in(folder, 4);
    options.resume = true;
    io::train(options, model.task);
    CHECK(get(folder / "threshold.txt") == "3"); // of epoch 2
    model.task.validate = told({1});
    options.epochs = 5;
    io::train(options, model.task);
    CHECK(get(folder / "threshold.txt") == std::to_string(drawn));

    std::filesystem::remove(folder / "threshold.txt"); // of what belongs together nothing may be missing
    model.task.validate = told({9});
    options.epochs = 6;
    io::train(options, model.task);
    CHECK(io::read_metrics(folder / "metrics.json").best_epoch == 6);
    CHECK(get(folder / "threshold.txt") == std::to_string(drawn));
}
