// Digests for comparing runs: two runs of the same configuration and data end with the same weights, to the last bit.
// Each is the first 16 hexadecimal digits of a SHA-256.
#pragma once

#include <filesystem>
#include <string>

#include "data/training_data.h"
#include "train/options.h"
#include "train/parameter_buffer.h"

namespace rotor {

/// Digest of the model's configuration (Objective::config()) and of all options of the batches and the optimization.
std::string configuration_digest(const std::string& config, BatchOptions batches, OptimizationOptions optimization);

/// Digests of the corpora of training, with their weights.
std::string corpora_digest(const TrainingData& data);

/// Digest of a file: the beginning of its sha256sum. Little of the file is in memory at a time.
std::string file_digest(const std::filesystem::path& path);

/// Digest of all trainable parameters.
std::string weights_digest(const ParameterBuffer& parameters);

}  // namespace rotor
