#include "compare/start_models.h"

#include <algorithm>

#include "base/check.h"
#include "base/files.h"
#include "base/option_text.h"
#include "model/model_file.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

constexpr const char* kModel = "model.safetensors";
const std::string kEncoding = "{encoding}", kSeed = "{seed}";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// The model of the lowest seed in the folder that a comparison has of a label; empty if there is none.
fs::path model_of_lowest_seed(const fs::path& runs) {
  const std::string prefix = "seed-";
  fs::path lowest;
  int64_t least = 0;
  if (!fs::is_directory(runs)) return lowest;
  for (const auto& entry : fs::directory_iterator(runs)) {
    const std::string name = entry.path().filename().string();
    int64_t seed = 0;
    if (!name.starts_with(prefix) || !read_value({name.substr(prefix.size())}, seed)) continue;
    if (!fs::exists(entry.path() / kModel) || (!lowest.empty() && seed > least)) continue;
    lowest = entry.path() / kModel;
    least = seed;
  }
  return lowest;
}

/// What describes the positions of a model: "linear+rope".
std::string positions_of(const TransformerOptions& model) {
  const std::string& encoding = model.position_encoding(model.has_encoder() ? model.encoder : model.decoder);
  return model.attention.kernel == AttentionOptions().kernel ? encoding : model.attention.kernel + "+" + encoding;
}

}  // namespace

std::string folder_name(std::string label) {
  for (char& c : label) {
    const bool kept =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string("+-.=_").find(c) != std::string::npos;
    if (!kept) c = '_';
  }
  return label;
}

fs::path start_model(const std::string& pattern, const std::string& label, int64_t seed) {
  if (pattern.empty()) return {};
  const bool folder = fs::is_directory(pattern);
  std::vector<std::string> sought;
  for (const std::string& name : {folder_name(label), folder_name(label.substr(0, label.find(':')))}) {
    const fs::path path = folder ? fs::path(pattern) / "runs" / name
                                 : fs::path(replaced(replaced(pattern, kEncoding, name), kSeed, std::to_string(seed)));
    const fs::path model = folder ? model_of_lowest_seed(path) : path;
    if (!model.empty() && fs::exists(model)) return model;
    const std::string text = folder ? (path / "seed-*" / kModel).string() : path.string();
    if (std::find(sought.begin(), sought.end(), text) == sought.end()) sought.push_back(text);
  }
  fail(
      "--finetune-from-model: expected a model for '{}', found no {}; name models with {{encoding}} in the path, or "
      "the "
      "--output of a comparison that trained them",
      label, join(sought, " and no "));
}

void check_start(const fs::path& model, const TransformerOptions& training, const std::string& label) {
  const std::string has = positions_of(read_model_options(SafeTensors(model))), wanted = positions_of(training);
  ROTOR_CHECK(
      has == wanted,
      "--finetune-from-model: expected a model of {} for '{}', got {}, one of {}; name a model of each encoding "
      "with {{encoding}} in the path",
      wanted, label, model.string(), has);
}

std::string start_digest(const fs::path& model) {
  const SafeTensors file(model);
  const auto& metadata = file.metadata();
  const auto digests = metadata.find("sha256");
  return digests == metadata.end() ? sha256_of_file(model) : sha256(digests->second);
}

}  // namespace rotor
