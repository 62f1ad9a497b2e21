#include "hourglass/io/metrics.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hourglass::io {
namespace {

using nlohmann::ordered_json;

void check_finite(int epoch, const std::string& what, double value) {
    if (!std::isfinite(value))
        throw error(fmt::format("metrics: epoch {}: {}: expected a finite number, found {}; did the training diverge?",
                                epoch, what, value));
}

ordered_json terms(int epoch, const std::string& part, const std::vector<metric>& metrics) {
    ordered_json result = ordered_json::object();
    for (const metric& m : metrics) {
        const std::string what = part + "." + m.name;
        check_finite(epoch, what, m.value);
        if (result.contains(m.name))
            throw error(fmt::format("metrics: epoch {}: {}: expected every term once, found it twice", epoch, what));
        result[m.name] = m.value;
    }
    return result;
}

}

std::string metrics_json(const std::string& model, const std::string& run, const std::vector<epoch_metrics>& epochs) {
    ordered_json all;
    all["model"] = model;
    all["run"] = run;
    all["epoch"] = epochs.empty() ? 0 : epochs.back().epoch;
    all["epochs"] = ordered_json::array();
    for (const epoch_metrics& e : epochs) {
        check_finite(e.epoch, "seconds", e.seconds);
        ordered_json one;
        one["epoch"] = e.epoch;
        one["train"] = terms(e.epoch, "train", e.train);
        one["test"] = terms(e.epoch, "test", e.test);
        one["seconds"] = e.seconds;
        all["epochs"].push_back(std::move(one));
    }
    try {
        return all.dump(2) + "\n";
    } catch (const ordered_json::exception& reason) {
        throw error(fmt::format("metrics: expected names in UTF-8, found {}", reason.what()));
    }
}

}
