// Averages of checkpoints: each parameter is the mean of its values in several checkpoints of one training run, which
// often translates better than any of them. Sums are taken in double in the order of the files: the same files give the
// same bytes.
#pragma once

#include <filesystem>
#include <vector>

#include "tensor/quantized_products.h"

namespace rotor {

/// Writes the mean of some models or checkpoints as a model, without the state of their training. An Error names the
/// file that is no model, or has other options, parameters, shapes or vocabulary than the first, and what differs. If
/// `type` is not that of the files, the matrices of products are rounded to it (model_file.h); files that are already
/// rounded to another type are an Error.
void average_models(const std::vector<std::filesystem::path>& files, const std::filesystem::path& output,
                    WeightType type = WeightType::kFloat32);

}  // namespace rotor
