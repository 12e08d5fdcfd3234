// Checkpoints of the best validations, named by metric, score and update: checkpoint_best_loss_4.1853_1200.safetensors.
// Only the names are used, so the checkpoints that are kept depend on the validations that took place and not on where
// a run was stopped in between.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rotor {

/// The name "best_loss_4.1853_1200", for RunFolder::checkpoint().
std::string best_checkpoint_name(const std::string& metric, double score, int64_t update);

/// The best checkpoints of a metric ("loss", "bleu") in a folder, and `candidate` if it is
/// not empty, in order from worst to best; of equal scores the earlier one is better.
std::vector<std::filesystem::path> best_checkpoint_files(const std::filesystem::path& folder, const std::string& metric,
                                                         const std::filesystem::path& candidate = {});

}  // namespace rotor
