#include "hourglass/io/metrics.hpp"

#include "support/folder.hpp"

#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace io = hourglass::io;
using namespace hourglass_test;

namespace {

const io::epoch_metrics first{
    1, {{"negative_elbo", 250.5}, {"reconstruction", 230.25}, {"kl", 20.25}}, {{"negative_elbo", 251.0}}, 1.5};

}

io::run_record record_of(std::vector<io::epoch_metrics> epochs) {
    io::run_record record{.model = "vae", .run = "0badcafe", .options = "--seed 1", .epochs = std::move(epochs)};
    record.steps = 9;
    record.first_loss = 541.5;
    record.best_epoch = 1;
    record.best_loss = 251.0;
    return record;
}

TEST_CASE("the text has its fields in order") {
    CHECK(io::metrics_json(record_of({first})) == R"({
  "model": "vae",
  "run": "0badcafe",
  "options": "--seed 1",
  "epoch": 1,
  "epochs": [
    {
      "epoch": 1,
      "train": {
        "negative_elbo": 250.5,
        "reconstruction": 230.25,
        "kl": 20.25
      },
      "test": {
        "negative_elbo": 251.0
      },
      "seconds": 1.5
    }
  ],
  "steps": 9,
  "first_loss": 541.5,
  "best": {
    "epoch": 1,
    "loss": 251.0
  }
}
)");
    io::epoch_metrics validated = first;
    validated.validation = {{"negative_elbo", 252.0}};
    const auto all = nlohmann::json::parse(io::metrics_json(record_of({validated, first})));
    CHECK(all["epochs"][0]["validation"]["negative_elbo"] == 252.0);
    CHECK(!all["epochs"][1].contains("validation"));
    const auto none = nlohmann::json::parse(io::metrics_json(record_of({})));
    CHECK(none["epoch"] == 0);
    CHECK(none["epochs"].empty());
}

TEST_CASE("what is written is read back to the last bit") {
    const temporary_folder folder;
    io::run_record record = record_of({first, {2, {{"negative_elbo", 0.1}}, {}, 1.0 / 3}});
    for (const bool unfinished : {false, true}) {
        if (unfinished) record.unfinished = {7, 896, {{"negative_elbo", 1.0 / 7}, {"kl", 1e-300}}, 0.7};
        put(folder / "m", io::metrics_json(record));
        CHECK(io::metrics_json(io::read_metrics(folder / "m")) == get(folder / "m"));
        CHECK(io::read_metrics(folder / "m").unfinished.has_value() == unfinished);
    }
    for (const char* text : {"", "{}", "[1]", "{\"model\": 3}", "{\"model\""}) {
        CAPTURE(std::string(text));
        put(folder / "m", text);
        CHECK(message_of<io::error>([&] {
                  io::read_metrics(folder / "m");
              }).starts_with((folder / "m").string() + ": expected the metrics of a run, found "));
    }
    CHECK(message_of<io::error>([&] { io::read_metrics(folder / "none"); }) ==
          (folder / "none").string() + ": cannot be opened");
}

TEST_CASE("a number that JSON does not have is an error") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto refused = [&](const io::epoch_metrics& epoch) {
        return message_of<io::error>([&] { io::metrics_json(record_of({first, epoch})); });
    };
    CHECK(refused({2, {{"loss", 1}, {"kl", std::numeric_limits<double>::quiet_NaN()}}, {}, 1}) ==
          "metrics: epoch 2: train.kl: expected a finite number, found nan; did the training diverge?");
    CHECK(refused({2, {{"loss", 1}}, {{"loss", -infinity}}, 1}) ==
          "metrics: epoch 2: test.loss: expected a finite number, found -inf; did the training diverge?");
    CHECK(refused({2, {{"loss", 1}}, {}, infinity}) ==
          "metrics: epoch 2: seconds: expected a finite number, found inf; did the training diverge?");
    CHECK(refused({2, {{"loss", 1}, {"loss", 2}}, {}, 1}) ==
          "metrics: epoch 2: train.loss: expected every term once, found it twice");
    CHECK(refused({2, {{"\xff", 1}}, {}, 1}).starts_with("metrics: expected names in UTF-8, found "));
}
