#include "train/newest_checkpoints.h"

#include "base/check.h"
#include "train/run_folder.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// The numbered checkpoints of a folder, oldest first.
struct Found {
  std::vector<fs::path> by_epoch, by_update;
  fs::path last;  ///< empty if there is none

  explicit Found(const fs::path& folder) {
    ROTOR_CHECK(fs::is_directory(folder), "expected a folder of checkpoints, got {}, which is none", folder.string());
    by_epoch = checkpoint_files(folder, /*by_update=*/false);
    by_update = checkpoint_files(folder, /*by_update=*/true);
    if (fs::exists(folder / "checkpoint_last.safetensors")) last = folder / "checkpoint_last.safetensors";
  }
  size_t most() const { return std::max(by_epoch.size(), by_update.size()); }
};

std::vector<fs::path> newest(const Found& found, size_t count) {
  const bool epochs = found.by_epoch.size() >= std::min(count, found.most());
  std::vector<fs::path> files = epochs ? found.by_epoch : found.by_update;
  if (files.size() > count) files.erase(files.begin(), files.end() - static_cast<std::ptrdiff_t>(count));
  if (files.empty() && !found.last.empty()) files = {found.last};
  return files;
}

}  // namespace

std::vector<fs::path> newest_checkpoints(const fs::path& folder, int64_t count) {
  return newest(Found(folder), static_cast<size_t>(count));
}

std::vector<fs::path> newest_checkpoints_or_fail(const fs::path& folder, int64_t count) {
  const Found found(folder);
  ROTOR_CHECK(
      found.most() > 0 || found.last.empty(),
      "{} has no checkpoint of an epoch or of --save-interval-updates, only checkpoint_last: its training has not "
      "come to the end of an epoch, or saves none; train on, or give {} itself in place of the folder",
      folder.string(), found.last.string());
  ROTOR_CHECK(found.most() > 0, "expected checkpoints in {}, found none; give the --save-dir of a training",
              folder.string());
  ROTOR_CHECK(found.most() >= static_cast<size_t>(count),
              "expected {} checkpoints in {}, found {} of epochs and {} of updates; give a smaller --last, or train on",
              count, folder.string(), found.by_epoch.size(), found.by_update.size());
  return newest(found, static_cast<size_t>(count));
}

}  // namespace rotor
