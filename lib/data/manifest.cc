#include "data/manifest.h"

#include <algorithm>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "format/safetensors.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kFile = "manifest.json";
constexpr const char* kUnfinished = "manifest.unfinished.json";

Json vocabulary_record(const Vocabulary& vocabulary) {
  return {{"pieces", vocabulary.size()}, {"sha256", vocabulary.sha256()}};
}

Json vocabularies_record(const Vocabularies& vocabularies) {
  if (vocabularies.joined()) return {{"vocabulary.model", vocabulary_record(vocabularies.source)}};
  return {{"source.model", vocabulary_record(vocabularies.source)},
          {"target.model", vocabulary_record(vocabularies.target)}};
}

Json text_record(const fs::path& file, int64_t lines) {
  return {{"file", file.string()}, {"lines", lines}, {"sha256", sha256_of_file(file)}};
}

/// The splits that a folder's last finished manifest records, if it is one of these vocabularies and they are there.
Json earlier_splits(const fs::path& folder, const Json& vocabularies) {
  const fs::path file = folder / (fs::exists(folder / kFile) ? kFile : kUnfinished);
  Json splits = Json::object();
  if (!fs::exists(file)) return splits;
  const Json before = Json::parse(MappedFile(file).bytes(), nullptr, /*allow_exceptions=*/false);
  if (!before.is_object() || before.value("vocabularies", Json()) != vocabularies) return splits;
  const Json recorded = before.value("splits", Json::object());
  for (const auto& [name, record] : recorded.items()) {
    if (fs::exists(split_path(folder, name))) splits[name] = record;
  }
  return splits;
}

bool is_corpus(const fs::path& file) {
  try {
    const SafeTensors tensors(file);
    const auto format = tensors.metadata().find("format");
    return format != tensors.metadata().end() && format->second == kCorpusFormat;
  } catch (const Error&) {
    return false;
  }
}

/// Removes the corpora of a folder that belong to no split of `kept` or `made`.
void remove_strangers(const fs::path& folder, const Json& kept, const std::vector<std::string>& made) {
  std::vector<fs::path> strangers;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& file = entry.path();
    const std::string split = file.stem().string();
    const bool known = kept.contains(split) || std::find(made.begin(), made.end(), split) != made.end();
    if (file.extension() == ".safetensors" && !known && is_corpus(file)) strangers.push_back(file);
  }
  for (const fs::path& file : strangers) {
    log::warn("removed {}, which was made with another vocabulary or by a run that was not finished", file.string());
    fs::remove(file);
  }
}

}  // namespace

Manifest::Manifest(fs::path folder, const Vocabularies& vocabularies, Json options,
                   const std::vector<std::string>& splits)
    : folder_(std::move(folder)), options_(std::move(options)) {
  json_["rotor"] = ROTOR_VERSION;
  json_["vocabularies"] = vocabularies_record(vocabularies);
  json_["splits"] = earlier_splits(folder_, json_["vocabularies"]);
  for (const std::string& split : splits) json_["splits"].erase(split);
  write(kUnfinished);
  fs::remove(folder_ / kFile);
  remove_strangers(folder_, json_["splits"], splits);
}

void Manifest::add(const SplitRecord& split) {
  Json texts = Json::array();
  for (size_t i = 0; i < split.files.size(); ++i) {
    const auto& [source, target] = split.files[i];
    texts.push_back({{"source", text_record(source, split.survey.lines[i])},
                     {"target", text_record(target, split.survey.lines[i])}});
  }
  Json dropped = Json::object();
  FaultCounts counts = split.survey.faults;
  counts += split.binarised.faults;
  for (const Fault fault : faults()) dropped[name(fault)] = counts.of(fault);
  const auto& [pairs, _, source, target] = split.binarised;
  const fs::path corpus = split_path(folder_, split.name);
  json_["splits"][split.name] = {
      {"options", options_},
      {"text", texts},
      {"dropped", dropped},
      {"clean", {{"lines", pairs}, {"source_sha256", source.sha256}, {"target_sha256", target.sha256}}},
      {"corpus",
       {{"file", corpus.filename().string()},
        {"pairs", pairs},
        {"source_tokens", source.tokens},
        {"target_tokens", target.tokens},
        {"source_unknown", source.unknown},
        {"target_unknown", target.unknown},
        {"sha256", sha256_of_file(corpus)}}}};
}

void Manifest::write() const {
  write(kFile);
  fs::remove(folder_ / kUnfinished);
}

void Manifest::write(const char* name) const {
  write_atomically(folder_ / name, [&](std::ostream& out) { out << json_.dump(2) << '\n'; });
}

}  // namespace rotor
