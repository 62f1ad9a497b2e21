// Whether what lies in the folder of a run can be gone on with. For training.cpp only.
#pragma once

#include "hourglass/io/metrics.hpp"

#include <filesystem>

namespace hourglass::io {

inline constexpr const char *metrics_file = "metrics.json", *trainer_file = "trainer.safetensors";

// Throws `error` where the folder has no run.
void expect_run(const std::filesystem::path& folder);

// The record of the run in the folder, which goes on as `asked`: it is of the same model and options, its numbers are
// those of a run with so many batches in an epoch and so many examples in each of them, and the trainer beside it is of
// the same run and step. Throws `error` that names the file.
run_record record_to_resume(const std::filesystem::path& folder, const run_record& asked, int batches, int batch);

}
