#include "data/manifest.h"

#include <algorithm>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/mapped_file.h"
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

/// The splits that a folder's last finished manifest records, if it is of this task and these vocabularies and they are
/// there.
Json earlier_splits(const fs::path& folder, const std::string& task, const Json& vocabularies) {
  const fs::path file = folder / (fs::exists(folder / kFile) ? kFile : kUnfinished);
  Json splits = Json::object();
  if (!fs::exists(file)) return splits;
  const Json before = Json::parse(MappedFile(file).bytes(), nullptr, /*allow_exceptions=*/false);
  if (!before.is_object() || before.value("vocabularies", Json()) != vocabularies ||
      before.value("task", Json(kTranslation)) != task) {
    return splits;
  }
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
    log::warn("removed {}, which was made for another task, with another vocabulary or by a run that was not finished",
              file.string());
    fs::remove(file);
  }
}

Json dropped_record(const SplitRecord& split) {
  Json dropped = Json::object();
  FaultCounts counts = split.survey.faults;
  counts += split.binarised.faults;
  for (const Fault fault : faults()) dropped[name(fault)] = counts.of(fault);
  return dropped;
}

}  // namespace

Manifest::Manifest(fs::path folder, const CorpusTask& task, const Vocabularies& vocabularies, Json options,
                   const std::vector<std::string>& splits)
    : folder_(std::move(folder)), task_(task), options_(std::move(options)) {
  json_["rotor"] = ROTOR_VERSION;
  if (task.name != kTranslation) json_["task"] = task.name;
  json_["vocabularies"] = vocabularies_record(vocabularies);
  json_["splits"] = earlier_splits(folder_, task.name, json_["vocabularies"]);
  for (const std::string& split : splits) json_["splits"].erase(split);
  write(kUnfinished);
  fs::remove(folder_ / kFile);
  remove_strangers(folder_, json_["splits"], splits);
}

void Manifest::add(const SplitRecord& split) {
  json_["splits"][split.name] = {{"options", options_},
                                 {"text", texts_record(split)},
                                 {"dropped", dropped_record(split)},
                                 {"clean", clean_record(split)},
                                 {"corpus", corpus_record(split)}};
}

/// The files of a split by column, group after group.
Json Manifest::texts_record(const SplitRecord& split) const {
  Json texts = Json::array();
  for (size_t i = 0; i < split.files.size(); ++i) {
    Json& group = texts.emplace_back(Json::object());
    for (size_t j = 0; j < task_.columns.size(); ++j) {
      group[task_.columns[j]] = text_record(split.files[i][j], split.survey.lines[i]);
    }
  }
  return texts;
}

Json Manifest::clean_record(const SplitRecord& split) const {
  Json record{{"lines", split.binarised.rows}};
  for (size_t j = 0; j < task_.columns.size(); ++j) {
    record[task_.columns[j] + "_sha256"] = split.binarised.columns[j].sha256;
  }
  return record;
}

Json Manifest::corpus_record(const SplitRecord& split) const {
  const fs::path path = split_path(folder_, split.name);
  const Binarised& binarised = split.binarised;
  Json record{{"file", path.filename().string()}, {task_.rows, binarised.rows}};
  for (size_t j = 0; j < task_.columns.size(); ++j) record[task_.columns[j] + "_tokens"] = binarised.columns[j].tokens;
  for (size_t j = 0; j < task_.columns.size(); ++j)
    record[task_.columns[j] + "_unknown"] = binarised.columns[j].unknown;
  if (task_.documents) {
    const Corpus corpus(path);
    record["documents"] = corpus.document_ends().size();
    record["characters"] = corpus.columns().front().text_size().value().characters;
    record["bytes"] = corpus.columns().front().text_size().value().bytes;
  }
  record["sha256"] = sha256_of_file(path);
  return record;
}

void Manifest::write() const {
  write(kFile);
  fs::remove(folder_ / kUnfinished);
}

void Manifest::write(const char* name) const {
  write_atomically(folder_ / name, [&](std::ostream& out) { out << json_.dump(2) << '\n'; });
}

}  // namespace rotor
