// Checkpoints of the best validations, named by metric, score and update: checkpoint_best_loss_4.1853_1200.safetensors.
// The names are all that is known of them, so that what is kept depends on which validations there were and not on
// where a run was stopped in between.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rotor {

/// "best_loss_4.1853_1200", for RunFolder::checkpoint().
std::string best_checkpoint_name(const std::string& metric, double score, int64_t update);

/// Those of a metric ("loss", where lower is better, or "bleu") in a folder, and `candidate` if it is not empty: the
/// best last, of equal scores the earlier one.
std::vector<std::filesystem::path> best_checkpoint_files(const std::filesystem::path& folder, const std::string& metric,
                                                         const std::filesystem::path& candidate = {});

}  // namespace rotor
