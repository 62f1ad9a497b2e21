#include "resuming.hpp"

#include "hourglass/io/safetensors.hpp"
#include "quote.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

using std::filesystem::path;

void expect_same_run(const run_record& found, const run_record& asked, const path& file) {
    if (found.run != asked.run)
        throw error(fmt::format("{}: expected to resume a run of {} with {}, found one of {} with {}; give the same "
                                "options, or begin anew in another folder",
                                shown(file), asked.model, shown(asked.options), shown(found.model),
                                shown(found.options)));
}

void expect_whole(const run_record& found, const path& file, int batches, int batch) {
    const auto epochs = static_cast<int>(found.epochs.size());
    bool right = found.best_epoch >= 0 && found.best_epoch <= epochs;
    for (int n = 0; n < epochs; ++n) right = right && found.epochs[static_cast<std::size_t>(n)].epoch == n + 1;
    const int more = found.unfinished ? found.unfinished->batches : 0;
    right = right && more >= 0 && more < batches;
    if (found.unfinished) right = right && found.unfinished->rows == static_cast<double>(more) * batch;
    if (!right || found.steps != std::int64_t{epochs} * batches + more)
        throw error(fmt::format("{}: expected the epochs 1, 2, ... and the steps of {} batches in each, found {} "
                                "epochs, {} steps and {} batches of the next epoch; was it edited? Begin anew",
                                shown(file), batches, epochs, found.steps, more));
}

// A file in the model's own format cannot be checked, and one that cannot be read is reported by the loader.
void expect_trainer_of(const run_record& found, const path& file) {
    std::map<std::string, std::string> says;
    try {
        says = read_safetensors(file).metadata;
    } catch (const error&) { return; }
    const auto is = [&](const char* key, const std::string& expected) {
        const auto at = says.find(key);
        return at == says.end() || at->second == expected;
    };
    if (!is("run", found.run) || !is("steps", std::to_string(found.steps)))
        throw error(
            fmt::format("{}: expected the trainer of run {} after {} steps, found that of run {} after {}; give "
                        "the files of one epoch",
                        shown(file), found.run, found.steps, says["run"], says["steps"]));
}

}

void expect_run(const path& folder) {
    std::error_code ignored;
    if (!std::filesystem::exists(folder / metrics_file, ignored))
        throw error(fmt::format("{}: expected a run to resume, found no {}; begin one", shown(folder), metrics_file));
}

run_record record_to_resume(const path& folder, const run_record& asked, int batches, int batch) {
    const path file = folder / metrics_file;
    run_record found = read_metrics(file);
    expect_same_run(found, asked, file);
    expect_whole(found, file, batches, batch);
    expect_trainer_of(found, folder / trainer_file);
    return found;
}

}
