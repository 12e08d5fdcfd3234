// A training may begin in a --save-dir that holds the checkpoints of an earlier one: they would be counted, compared
// and averaged with its own.
#pragma once

#include <cstdint>
#include <filesystem>

namespace rotor {

/// Refuses, as an Error, to take the parameters of `start` where that is a checkpoint in `folder`: it would be moved
/// aside, or replaced by the training's own, and the same command would find no start, or another.
void check_start_stays(const std::filesystem::path& start, const std::filesystem::path& folder);

/// Moves the checkpoints of `folder` that a training which begins after so many updates does not go on from into a
/// folder earlier-1, or the first of that name which is free, and logs it: all of them, but where the training begins
/// from `restored`, a checkpoint of the folder itself, only later ones. The reports and config.ini move too, unless it
/// goes on from there after its first updates. Checkpoints that cannot be read stay.
void set_aside_earlier(const std::filesystem::path& folder, const std::filesystem::path& restored, int64_t updates);

}  // namespace rotor
