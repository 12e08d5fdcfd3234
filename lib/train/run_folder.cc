#include "train/run_folder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/check.h"
#include "base/log.h"
#include "base/pattern.h"
#include "train/best_checkpoints.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// The number in a file name; none if it is beyond any count of epochs or updates.
std::optional<int64_t> read_number(const std::string& digits) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

/// Removes all but the last `keep`; none if that is 0 or less, as fairseq has it.
void remove_first(const std::vector<fs::path>& files, int64_t keep) {
  for (size_t i = 0; keep > 0 && i + keep < files.size(); ++i) {
    std::error_code error;
    fs::remove(files[i], error);
    ROTOR_CHECK(!error, "cannot remove {}: {}", files[i].string(), error.message());
  }
}

}  // namespace

RunFolder::RunFolder(const CheckpointOptions& options)
    : options_(options), path_(options.save_dir), lock_(options.save_dir) {
  for (const char* prefix : {"checkpoint_", "train.jsonl", "config", "bad_update_"}) {
    remove_unfinished(path_, prefix);
  }
  ROTOR_CHECK(!options.no_save || !fs::exists(checkpoint("last")),
              "{} holds a training, whose reports and config.ini a run with --no-save would replace; give another "
              "--save-dir",
              options.save_dir);
}

fs::path RunFolder::checkpoint(const std::string& name) const {
  return path_ / fmt::format("checkpoint_{}.safetensors", name);
}

bool RunFolder::save(const Training& training, std::vector<std::string> names, bool needed) {
  if (options_.no_save) return false;
  names.emplace_back("last");
  const auto write = [&] {
    const fs::path first = checkpoint(names.front());
    save_checkpoint(training, first);
    for (size_t i = 1; i < names.size(); ++i) link_atomically(first, checkpoint(names[i]));
    remove_old();
  };
  if (!needed) return attempt(write);
  write();
  return true;
}

void RunFolder::save_best(const Training& training) {
  if (options_.no_save) return;
  save_checkpoint(training, checkpoint("best"));
}

std::optional<TrainerState> RunFolder::state_of_best() const {
  return state_of(checkpoint("best"));
}

std::vector<std::string> RunFolder::names_among_best(double score, int64_t update) const {
  if (options_.keep_best_checkpoints <= 0 || !std::isfinite(score)) return {};
  const std::string name = best_checkpoint_name(options_.best_checkpoint_metric, score, update);
  const auto files = best_checkpoint_files(path_, options_.best_checkpoint_metric, checkpoint(name));
  const auto place = std::find(files.begin(), files.end(), checkpoint(name));
  if (files.end() - place > options_.keep_best_checkpoints) return {};
  return {name};
}

int64_t RunFolder::resume_reports(int64_t updates) {
  return reports_.emplace(path_ / "train.jsonl", updates).validated_at();
}

void RunFolder::report(const nlohmann::ordered_json& line) {
  attempt([&] { reports_->write(line); });
}

std::string RunFolder::save_samples(const std::string& name, const Objective& objective, const TrainingData& data,
                                    std::span<const int32_t> batches) const {
  const fs::path file = path_ / (name + ".tsv");
  try {
    const int64_t samples = data.write_samples(file, batches, objective.vocabularies());
    return fmt::format("its {} {}s are in {}", samples, data.noun(), file.string());
  } catch (const Error& error) {
    return fmt::format("its {}s could not be saved ({})", data.noun(), error.what());
  }
}

/// Writes to the disk. False after a failure that --on-save-failure lets pass.
bool RunFolder::attempt(const std::function<void()>& write) const {
  try {
    write();
    return true;
  } catch (const Error& error) {
    if (options_.on_save_failure == "stop") throw;
    log::warn("{}; training goes on", error.what());
    return false;
  }
}

void RunFolder::remove_old() const {
  if (options_.no_save) return;
  remove_first(checkpoint_files(path_, false), options_.keep_last_epochs);
  remove_first(checkpoint_files(path_, true), options_.keep_interval_updates);
  remove_first(best_checkpoint_files(path_, options_.best_checkpoint_metric), options_.keep_best_checkpoints);
}

std::vector<fs::path> checkpoint_files(const fs::path& folder, bool by_update) {
  const Pattern pattern(by_update ? R"(checkpoint_(\d+)_(\d+)\.safetensors)" : R"(checkpoint_(\d+)\.safetensors)");
  std::vector<std::pair<int64_t, fs::path>> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto groups = pattern.match(entry.path().filename().string());
    if (!groups) continue;
    if (const auto number = read_number(groups->back())) found.emplace_back(*number, entry.path());
  }
  std::sort(found.begin(), found.end());
  std::vector<fs::path> files;
  files.reserve(found.size());
  for (auto& [order, path] : found) files.push_back(std::move(path));
  return files;
}

}  // namespace rotor
