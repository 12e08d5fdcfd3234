// The models from which the trainings of a comparison start (--finetune-from-model): one of each encoding.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "model/options.h"

namespace rotor {

/// A label of --encodings as the name of a folder.
std::string folder_name(std::string label);

/// The model from which the training of an entry starts, by what --finetune-from-model says:
///   a file                        that file, for all entries;
///   a path with {encoding}        the path with the entry's label in its place, as folder_name() writes it, or, if
///   there
///                                 is no such file, with the label without its options; {seed} is the run's seed;
///   a folder of a comparison      the model of the entry's label in it, likewise, of the lowest seed that has one.
/// Empty if `pattern` is. A model that does not exist is an Error that names what was looked for.
std::filesystem::path start_model(const std::string& pattern, const std::string& label, int64_t seed);

/// Refuses, as an Error, a model whose position encoding or attention is not that of the entry's training.
void check_start(const std::filesystem::path& model, const TransformerOptions& training, const std::string& label);

/// A digest of a model that tells it from others, wherever it lies.
std::string start_digest(const std::filesystem::path& model);

}  // namespace rotor
