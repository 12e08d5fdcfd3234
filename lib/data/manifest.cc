#include "data/manifest.h"

#include <algorithm>
#include <numeric>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/mapped_file.h"
#include "base/pattern.h"
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

Json file_record(const fs::path& file, const char* unit, int64_t count) {
  return {{"file", file.string()}, {unit, count}, {"sha256", sha256_of_file(file)}};
}

/// The manifest of a folder that is finished; null if there is none. A damaged one is an Error: without it, the corpora
/// that it names would be strangers.
Json finished_manifest(const fs::path& folder) {
  const fs::path file = folder / kFile;
  if (!fs::exists(file)) return {};
  Json manifest = parse_json(MappedFile(file).bytes());
  ROTOR_CHECK(manifest.is_object() && manifest.contains("splits") && manifest["splits"].is_object(),
              "{}: expected the manifest that rotor-preprocess wrote, got damaged JSON; restore it, or give another "
              "--destdir",
              file.string());
  return manifest;
}

/// The manifest that a folder has, finished or not; null if there is none.
Json any_manifest(const fs::path& folder) {
  Json finished = finished_manifest(folder);
  const fs::path unfinished = folder / kUnfinished;
  return finished.is_null() && fs::exists(unfinished) ? parse_json(MappedFile(unfinished).bytes()) : finished;
}

/// The manifest that a folder has, finished or not, if its splits may stay beside those of this one: they are of the
/// same task and vocabularies, and of tables have as many texts and the same labels. Else an empty object.
Json earlier_manifest(const fs::path& folder, const Json& manifest) {
  Json before = any_manifest(folder);
  if (!before.is_object()) return Json::object();
  for (const char* key : {"task", "vocabularies", "texts"}) {
    if (before.value(key, Json()) != manifest.value(key, Json())) return Json::object();
  }
  const bool both = before.contains("labels") && manifest.contains("labels");
  return both && before["labels"] != manifest["labels"] ? Json::object() : before;
}

/// The splits that a manifest records and that are there.
Json splits_of(const Json& manifest, const fs::path& folder) {
  Json splits = Json::object();
  const Json recorded = manifest.value("splits", Json::object());
  for (const auto& [name, record] : recorded.items()) {
    if (fs::exists(split_path(folder, name))) splits[name] = record;
  }
  return splits;
}

/// Whether a file can be read, and is a corpus.
bool holds_corpus(const fs::path& file) {
  try {
    return is_corpus(SafeTensors(file));
  } catch (const Error&) {
    return false;
  }
}

/// Removes the splits of a folder that are not of `kept` or `made`. Corpora under other names are the user's.
void remove_strangers(const fs::path& folder, const Json& kept, const std::vector<std::string>& made) {
  const Pattern split_name(R"(train|valid\d*|test\d*)");
  std::vector<fs::path> strangers;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& file = entry.path();
    const std::string split = file.stem().string();
    const bool known = kept.contains(split) || std::find(made.begin(), made.end(), split) != made.end();
    if (file.extension() == ".safetensors" && !known && split_name.match(split) && holds_corpus(file))
      strangers.push_back(file);
  }
  for (const fs::path& file : strangers) {
    log::warn(
        "removed {}, which was made for another task, with another vocabulary or other labels, or by a run that was "
        "not finished",
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

void check_manifest(const fs::path& folder, const std::vector<fs::path>& given) {
  const Json manifest = finished_manifest(folder);
  const Json recorded = manifest.is_null() ? Json() : manifest.value("vocabularies", Json());
  if (!recorded.is_object()) return;
  for (const auto& [name, record] : recorded.items()) {
    const fs::path own = folder / name;
    std::error_code ignored;
    const bool is_given = std::any_of(given.begin(), given.end(),
                                      [&](const fs::path& path) { return fs::equivalent(path, own, ignored); });
    if (!is_given || !record.is_object() || !record.contains("sha256")) continue;
    ROTOR_CHECK(record["sha256"] == sha256_of_file(own),
                "{}: expected the vocabulary whose SHA-256 {} records, got a changed one; restore it, or give another "
                "--destdir",
                own.string(), (folder / kFile).string());
  }
}

Manifest::Manifest(fs::path folder, const CorpusTask& task, const Vocabularies& vocabularies, Json options,
                   const std::vector<std::string>& splits, const TableContents& tables)
    : folder_(std::move(folder)), task_(task), options_(std::move(options)) {
  json_["rotor"] = ROTOR_VERSION;
  if (task.name != kTranslation) json_["task"] = task.name;
  json_["vocabularies"] = vocabularies_record(vocabularies);
  if (tables.texts > 0) json_["texts"] = tables.texts;
  if (!tables.labels.is_null()) json_["labels"] = tables.labels;
  const Json before = earlier_manifest(folder_, json_);
  if (before.contains("labels")) json_["labels"] = before["labels"];
  json_["splits"] = splits_of(before, folder_);
  for (const std::string& split : splits) json_["splits"].erase(split);
  write(kUnfinished);
  fs::remove(folder_ / kFile);
  remove_strangers(folder_, json_["splits"], splits);
}

void Manifest::add(const SplitRecord& split) {
  const auto& [rows, empty, faults, columns] = split.binarised;
  json_["splits"][split.name] = {{"options", options_},
                                 {"text", texts_record(split)},
                                 {"dropped", dropped_record(split)},
                                 {"clean", clean_record("lines", rows, columns)},
                                 {"corpus", corpus_record(split.name, rows, columns)}};
}

void Manifest::add(const TableSplitRecord& split) {
  const int64_t rows = std::accumulate(split.rows.begin(), split.rows.end(), int64_t{0});
  Json tables = Json::array();
  for (size_t i = 0; i < split.files.size(); ++i) {
    tables.push_back(file_record(split.files[i], task_.rows.c_str(), split.rows[i]));
  }
  json_["splits"][split.name] = {
      {"options", options_},      {"tables", tables},
      {"skipped", split.skipped}, {"clean", clean_record("rows", rows, split.columns)},
      {"labels", split.labels},   {"corpus", corpus_record(split.name, rows, split.columns)}};
}

/// The files of a split by column, group after group.
Json Manifest::texts_record(const SplitRecord& split) const {
  Json texts = Json::array();
  for (size_t i = 0; i < split.files.size(); ++i) {
    Json& group = texts.emplace_back(Json::object());
    for (size_t j = 0; j < task_.columns.size(); ++j) {
      group[task_.columns[j]] = file_record(split.files[i][j], "lines", split.survey.lines[i]);
    }
  }
  return texts;
}

Json Manifest::clean_record(const char* unit, int64_t rows, const std::vector<BinarisedColumn>& columns) const {
  Json record{{unit, rows}};
  const std::vector<std::string> names = task_.column_names(std::ssize(columns));
  for (size_t j = 0; j < columns.size(); ++j) record[names[j] + "_sha256"] = columns[j].sha256;
  return record;
}

Json Manifest::corpus_record(const std::string& split, int64_t rows,
                             const std::vector<BinarisedColumn>& columns) const {
  const fs::path path = split_path(folder_, split);
  const std::vector<std::string> names = task_.column_names(std::ssize(columns));
  Json record{{"file", path.filename().string()}, {task_.rows, rows}};
  for (size_t j = 0; j < columns.size(); ++j) record[names[j] + "_tokens"] = columns[j].tokens;
  for (size_t j = 0; j < columns.size(); ++j) record[names[j] + "_unknown"] = columns[j].unknown;
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
