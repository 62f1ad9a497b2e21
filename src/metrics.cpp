#include "hourglass/io/metrics.hpp"

#include "file_kind.hpp"
#include "quote.hpp"

#include <cmath>
#include <fstream>
#include <string_view>
#include <system_error>
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

ordered_json epoch_json(const epoch_metrics& e) {
    check_finite(e.epoch, "seconds", e.seconds);
    ordered_json result{{"epoch", e.epoch},
                        {"train", terms(e.epoch, "train", e.train)},
                        {"test", terms(e.epoch, "test", e.test)},
                        {"seconds", e.seconds}};
    if (!e.validation.empty()) result["validation"] = terms(e.epoch, "validation", e.validation);
    return result;
}

std::vector<metric> read_terms(const ordered_json& value) {
    std::vector<metric> result;
    for (const auto& [name, number] : value.items()) result.push_back({name, number.get<double>()});
    return result;
}

run_record read_record(const ordered_json& all) {
    run_record record{.model = all.at("model"),
                      .run = all.at("run"),
                      .options = all.at("options"),
                      .epochs = {},
                      .steps = all.at("steps"),
                      .first_loss = all.at("first_loss"),
                      .best_epoch = all.at("best").at("epoch"),
                      .best_loss = all.at("best").at("loss"),
                      .unfinished = {}};
    for (const ordered_json& e : all.at("epochs")) {
        record.epochs.push_back({e.at("epoch"), read_terms(e.at("train")), read_terms(e.at("test")), e.at("seconds")});
        if (const auto at = e.find("validation"); at != e.end()) record.epochs.back().validation = read_terms(*at);
    }
    if (const auto at = all.find("unfinished"); at != all.end())
        record.unfinished = {at->at("batches"), at->at("rows"), read_terms(at->at("sums")), at->at("seconds")};
    return record;
}

}

metrics::metrics(std::initializer_list<term> terms) {
    reserve(terms.size());
    for (const term& t : terms) push_back({std::string(t.name), t.value});
}

std::string metrics_json(const run_record& record) {
    ordered_json all{
        {"model", record.model},           {"run", record.run},
        {"options", record.options},       {"epoch", record.epochs.empty() ? 0 : record.epochs.back().epoch},
        {"epochs", ordered_json::array()}, {"steps", record.steps},
        {"first_loss", record.first_loss}, {"best", {{"epoch", record.best_epoch}, {"loss", record.best_loss}}}};
    for (const epoch_metrics& e : record.epochs) all["epochs"].push_back(epoch_json(e));
    if (const auto& part = record.unfinished)
        all["unfinished"] = {{"batches", part->batches},
                             {"rows", part->rows},
                             {"sums", terms(all["epoch"].get<int>() + 1, "sums", part->sums)},
                             {"seconds", part->seconds}};
    try {
        return all.dump(2) + "\n";
    } catch (const ordered_json::exception& reason) {
        throw error(fmt::format("metrics: expected names in UTF-8, found {}", reason.what()));
    }
}

run_record read_metrics(const std::filesystem::path& file) {
    const auto refusal = [&](std::string_view found) {
        return error(fmt::format("{}: expected the metrics of a run, found {}", shown(file), found));
    };
    std::error_code code;
    const std::filesystem::file_status status = std::filesystem::status(file, code);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw refusal(kind_of(status.type())); // a pipe might never end
    std::ifstream in(file);
    if (!in) throw error(fmt::format("{}: cannot be opened", shown(file)));
    try {
        return read_record(ordered_json::parse(in));
    } catch (const ordered_json::exception& reason) {
        throw refusal(shown(reason.what()));
    } catch (const std::ios_base::failure& reason) { throw refusal(shown(reason.what())); }
}

}
