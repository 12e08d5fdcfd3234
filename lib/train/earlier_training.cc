#include "train/earlier_training.h"

#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "train/checkpoint.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

bool is_in(const fs::path& file, const fs::path& folder) {
  std::error_code ignored;
  return !file.empty() && fs::equivalent(fs::absolute(file).parent_path(), folder, ignored);
}

bool has_name_of_checkpoint(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with("checkpoint_") && name.ends_with(".safetensors");
}

std::vector<fs::path> checkpoints_after(const fs::path& folder, int64_t updates) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!has_name_of_checkpoint(entry.path())) continue;
    if (const auto state = state_of(entry.path()); state && state->updates > updates) found.push_back(entry.path());
  }
  return found;
}

fs::path free_name(const fs::path& folder) {
  int64_t number = 1;
  while (fs::exists(folder / fmt::format("earlier-{}", number))) ++number;
  return folder / fmt::format("earlier-{}", number);
}

}  // namespace

void check_start_stays(const fs::path& start, const fs::path& folder) {
  ROTOR_CHECK(!is_in(start, folder) || !has_name_of_checkpoint(start),
              "expected --finetune-from-model outside of --save-dir, whose checkpoints are the training's own, got {}; "
              "give another --save-dir",
              start.string());
}

void set_aside_earlier(const fs::path& folder, const fs::path& restored, int64_t updates) {
  const bool goes_on = is_in(restored, folder);
  std::vector<fs::path> files = checkpoints_after(folder, goes_on ? updates : -1);
  if (goes_on) std::erase_if(files, [&](const fs::path& file) { return fs::equivalent(file, restored); });
  if (files.empty()) return;
  const auto checkpoints = files.size();
  for (const char* name : {"train.jsonl", "config.ini"}) {
    if ((!goes_on || updates == 0) && fs::exists(folder / name)) files.push_back(folder / name);
  }
  const fs::path earlier = free_name(folder);
  std::error_code error;
  fs::create_directory(earlier, error);
  for (const fs::path& file : files) {
    if (!error) fs::rename(file, earlier / file.filename(), error);
  }
  ROTOR_CHECK(!error, "cannot move the checkpoints of an earlier training to {}: {}; give another --save-dir",
              earlier.string(), error.message());
  log::warn(
      "{} has no checkpoint_last to go on from: {} checkpoint{} of an earlier training {} moved to {}; to go on with "
      "one, "
      "stop now, move it back and give it as --restore-file",
      folder.string(), checkpoints, checkpoints == 1 ? "" : "s", checkpoints == 1 ? "was" : "were", earlier.string());
}

}  // namespace rotor
