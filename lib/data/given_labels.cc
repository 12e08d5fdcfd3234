#include "data/given_labels.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/json.h"
#include "data/corpus_folder.h"
#include "model/model_file.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

std::optional<LabelSet> labels_of(const std::vector<std::string>& classes, const fs::path& origin) {
  if (classes.empty()) return std::nullopt;
  return LabelSet::from_json(nlohmann::ordered_json(classes).dump(), origin.string());
}

std::optional<LabelSet> labels_in_file(const fs::path& path) {
  if (is_corpus(SafeTensors(path))) return labels_of(Corpus(path).classes(), path);
  return labels_of(read_model_options(open_model(path)).head.labels, path);
}

}  // namespace

std::optional<LabelSet> labels_in_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors" && is_corpus(SafeTensors(entry.path()))) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::stable_partition(files.begin(), files.end(), [](const fs::path& file) { return file.stem() == "train"; });
  for (const fs::path& file : files) {
    if (auto labels = labels_in_file(file)) return labels;
  }
  return std::nullopt;
}

LabelSet read_given_labels(const fs::path& path) {
  ROTOR_CHECK(fs::exists(path), "expected a corpus folder or a model with classes as --labels, got {}, which is none",
              path.string());
  const auto labels = fs::is_directory(path) ? labels_in_folder(path) : labels_in_file(path);
  ROTOR_CHECK(labels, "{}: expected a corpus folder or a model with classes as --labels, got one without",
              path.string());
  return *labels;
}

}  // namespace rotor
