// Averages of checkpoints: each parameter is the mean of its values in several checkpoints of one training run, which
// often translates better than any of them. Sums are taken in double in the order of the files: the same files give the
// same bytes.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "model/model_file.h"

namespace rotor {

/// Writes the mean of some models or checkpoints as a model, without the state of their training. An Error names the
/// file that is damaged, is no model, or has other options, parameters, shapes or vocabulary than the first, and what
/// differs. If `type` is not that of the files, the matrices of products are rounded to it (model_file.h); files that
/// are already rounded to another type are an Error. An output that is one of the files or a checkpoint is a
/// UsageError.
void average_models(const std::vector<std::filesystem::path>& files, const std::filesystem::path& output,
                    WeightType type = WeightType::kFloat32, Verification verification = Verification::kModel);

/// A checkpoint of which a model is the average: {"file": its name, "updates": …, "best_loss": …, "best_bleu": …} for
/// each checkpoint, as far as its state has them (the best scores of validations up to then); the name alone for a
/// model; an empty list for a file that is no average.
nlohmann::ordered_json averaged_files(const SafeTensors& file);

}  // namespace rotor
