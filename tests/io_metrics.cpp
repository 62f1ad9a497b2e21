#include "hourglass/io/metrics.hpp"

#include "io_folder.hpp"

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

TEST_CASE("the file has its fields in order after every epoch") {
    const temporary_folder folder;
    io::metrics_file file(folder / "metrics.json", "vae");
    CHECK(get(folder / "metrics.json") == "{\n  \"model\": \"vae\",\n  \"epochs\": []\n}\n");
    file.append(first);
    CHECK(get(folder / "metrics.json") == R"({
  "model": "vae",
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
  ]
}
)");
    file.append({2, {{"negative_elbo", 0.1}}, {}, 1.25});
    const auto json = nlohmann::json::parse(get(folder / "metrics.json"));
    CHECK(json["epochs"].size() == 2);
    CHECK(json["epochs"][1]["train"]["negative_elbo"] == 0.1); // to the last bit
    CHECK(json["epochs"][1]["test"].empty());
    CHECK(json["epochs"][1]["test"].is_object());
    CHECK(file.epochs().size() == 2);
    CHECK(folder.entries() == 1);
}

TEST_CASE("a number that JSON does not have is an error, and the file stays") {
    const temporary_folder folder;
    io::metrics_file file(folder / "metrics.json", "vae");
    file.append(first);
    const std::string good = get(folder / "metrics.json");
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto refused = [&](const io::epoch_metrics& epoch) {
        return message_of<io::error>([&] { file.append(epoch); });
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
    CHECK(get(folder / "metrics.json") == good);
    CHECK(file.epochs().size() == 1);
    file.append({2, {{"loss", 1}}, {}, 1}); // and the run can go on
    CHECK(file.epochs().size() == 2);
}

TEST_CASE("a folder that is not there is found out before the training") {
    const temporary_folder folder;
    CHECK(message_of<io::error>([&] { io::metrics_file(folder / "none/metrics.json", "vae"); }) ==
          (folder / "none/metrics.json").string() + ": expected the folder " + (folder / "none").string() +
              " to exist; make it first");
}
