// Finds the newest checkpoints of a run's folder, which are averaged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rotor {

/// The newest `count` checkpoints of epochs in a folder, or of updates if it has fewer of epochs; if it has fewer of
/// both, all of the kind that it has more of; if it has none of either, checkpoint_last alone, or nothing. Oldest
/// first.
std::vector<std::filesystem::path> newest_checkpoints(const std::filesystem::path& folder, int64_t count);

/// The newest `count` checkpoints, as above; fewer are an Error that says what the folder has and what to do.
std::vector<std::filesystem::path> newest_checkpoints_or_fail(const std::filesystem::path& folder, int64_t count);

}  // namespace rotor
