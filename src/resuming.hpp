// Checks whether the run in a folder can be resumed. Only for training.cpp.
#pragma once

#include "hourglass/io/metrics.hpp"

#include <filesystem>

namespace hourglass::io {

inline constexpr const char *metrics_file = "metrics.json", *trainer_file = "trainer.safetensors";

// Throws `error` if the folder has no run.
void expect_run(const std::filesystem::path& folder);

// Returns the record of the run in the folder, to be resumed as `asked`. Checks that it has the same model and options,
// that its numbers are those of a run with this many batches per epoch and examples per batch, and that the trainer
// next to it is of the same run and step. Throws `error` that names the file.
run_record record_to_resume(const std::filesystem::path& folder, const run_record& asked, int batches, int batch);

}
