#include "data/manifest.h"

#include <ostream>

#include "base/files.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kFile = "manifest.json";

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

/// The splits of an earlier manifest, if it is one of these vocabularies.
Json earlier_splits(const fs::path& file, const Json& vocabularies) {
  if (!fs::exists(file)) return Json::object();
  const Json before = Json::parse(MappedFile(file).bytes(), nullptr, /*allow_exceptions=*/false);
  const bool same = before.is_object() && before.value("vocabularies", Json()) == vocabularies &&
                    before.value("splits", Json()).is_object();
  return same ? before["splits"] : Json::object();
}

}  // namespace

Manifest::Manifest(fs::path folder, const Vocabularies& vocabularies, Json options)
    : folder_(std::move(folder)), options_(std::move(options)) {
  json_["rotor"] = ROTOR_VERSION;
  json_["vocabularies"] = vocabularies_record(vocabularies);
  json_["splits"] = earlier_splits(folder_ / kFile, json_["vocabularies"]);
  fs::remove(folder_ / kFile);
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
  write_atomically(folder_ / kFile, [&](std::ostream& out) { out << json_.dump(2) << '\n'; });
}

}  // namespace rotor
