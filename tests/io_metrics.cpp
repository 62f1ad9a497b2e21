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

TEST_CASE("the text has its fields in order") {
    CHECK(io::metrics_json("vae", "0badcafe", {}) ==
          "{\n  \"model\": \"vae\",\n  \"run\": \"0badcafe\",\n  \"epoch\": 0,\n  \"epochs\": []\n}\n");
    CHECK(io::metrics_json("vae", "0badcafe", {first}) == R"({
  "model": "vae",
  "run": "0badcafe",
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
  ]
}
)");
    const auto json =
        nlohmann::json::parse(io::metrics_json("vae", "1", {first, {2, {{"negative_elbo", 0.1}}, {}, 1.25}}));
    CHECK(json["epoch"] == 2);
    CHECK(json["epochs"].size() == 2);
    CHECK(json["epochs"][1]["train"]["negative_elbo"] == 0.1); // to the last bit
    CHECK(json["epochs"][1]["test"].empty());
    CHECK(json["epochs"][1]["test"].is_object());
}

TEST_CASE("a number that JSON does not have is an error") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto refused = [&](const io::epoch_metrics& epoch) {
        return message_of<io::error>([&] { io::metrics_json("vae", "1", {first, epoch}); });
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
