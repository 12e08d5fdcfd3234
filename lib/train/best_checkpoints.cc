#include "train/best_checkpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/pattern.h"
#include "train/scores.h"

namespace rotor {

namespace fs = std::filesystem;

std::string best_checkpoint_name(const std::string& metric, double score, int64_t update) {
  return fmt::format("best_{}_{:.4f}_{}", metric, score, update);
}

std::vector<fs::path> best_checkpoint_files(const fs::path& folder, const std::string& metric,
                                            const fs::path& candidate) {
  std::vector<fs::path> all;
  if (!candidate.empty()) all.push_back(candidate);
  for (const auto& entry : fs::directory_iterator(folder)) all.push_back(entry.path());

  const Pattern pattern("checkpoint_best_" + metric + R"(_(-?\d{1,9}\.\d{4})_(\d{1,18})\.safetensors)");
  std::map<std::pair<double, int64_t>, fs::path> sorted;  // what is better has a higher key
  for (const fs::path& path : all) {
    const auto groups = pattern.match(path.filename().string());
    if (!groups) continue;
    const double score = std::stod(groups->at(1));
    sorted[{higher_is_better(metric) ? score : -score, -std::stoll(groups->at(2))}] = path;
  }
  std::vector<fs::path> files;
  files.reserve(sorted.size());
  for (auto& [key, path] : sorted) files.push_back(std::move(path));
  return files;
}

}  // namespace rotor
