#include "inspect/folder_summary.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>

#include "base/check.h"
#include "data/corpus_folder.h"
#include "data/row_labels.h"
#include "inspect/file_summary.h"
#include "inspect/vocabulary_summary.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

bool has(const fs::path& folder, const char* name) {
  return fs::exists(folder / name);
}

/// The value at `key`, or null if there is none.
Json value_at(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) ? object[key] : Json();
}

void add_vocabularies(Json& summary, const fs::path& folder) {
  const Vocabularies vocabularies = read_vocabularies(folder);
  const auto side = [](const Vocabulary& vocabulary) {
    return vocabulary_record(vocabulary.bytes(), vocabulary.size());
  };
  if (vocabularies.joined()) {
    summary["vocabulary"] = side(vocabularies.source);
  } else {
    summary["source_vocabulary"] = side(vocabularies.source);
    summary["target_vocabulary"] = side(vocabularies.target);
  }
}

Json corpus_folder(const fs::path& folder) {
  Json summary{{"folder", folder.string()}, {"kind", "corpus folder"}};
  Json splits = Json::object();
  for (const fs::path& path : safetensors_files(folder)) {
    const SafeTensors file(path);
    if (!is_corpus(file)) continue;
    const Corpus corpus(path);
    const CorpusTask& task = corpus.task();
    if (task.name != kTranslation) summary["task"] = task.name;
    Json row{{task.rows, corpus.size()}};
    for (const CorpusColumn& column : corpus.columns()) {
      const ColumnInfo& info = column.info();
      if (!info.language.empty()) summary["languages"][info.name] = info.language;
      row[info.name + "_tokens"] = column.tokens();
    }
    if (!corpus.document_ends().empty()) row["documents"] = corpus.document_ends().size();
    if (!corpus.classes().empty()) summary["classes"] = corpus.classes();
    if (!corpus.labels().empty()) row["labels"] = tally_labels(corpus).record();
    row["bytes"] = file.size();
    splits[path.stem().string()] = std::move(row);
  }
  add_vocabularies(summary, folder);
  summary["manifest"] = has(folder, "manifest.json");
  summary["splits"] = std::move(splits);
  return summary;
}

/// The last validation that the reports of a run hold; null if there is none.
Json last_validation(const fs::path& reports) {
  std::ifstream in(reports);
  Json last;
  for (std::string line; std::getline(in, line);) {
    const Json report = parse_json(line);
    if (report.is_object() && report.contains("valid_loss")) last = report;
  }
  return last;
}

/// A checkpoint of a run; null if it is damaged, which `row` then says.
Json read_checkpoint(const fs::path& path, Json& row) {
  row = {{"file", path.filename().string()}, {"bytes", fs::file_size(path)}};
  try {
    Json file = summarise(SafeTensors(path), /*tensors=*/false);
    row["updates"] = value_at(value_at(file, "trainer"), "updates");
    return file;
  } catch (const Error& error) {
    row["damaged"] = error.what();
    return {};
  }
}

Json run_folder(const fs::path& folder, const std::vector<fs::path>& files) {
  Json checkpoints = Json::array(), newest;
  for (const fs::path& path : files) {
    const Json file = read_checkpoint(path, checkpoints.emplace_back());
    const auto updates = [](const Json& summary) { return value_at(value_at(summary, "trainer"), "updates"); };
    if (newest.is_null() || updates(newest) <= updates(file)) newest = file;
  }
  Json summary{{"folder", folder.string()}, {"kind", "run folder"}};
  const auto take = [&](std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
      if (newest.contains(key)) summary[key] = newest[key];
    }
  };
  take({"languages", "trainer"});
  if (const Json validation = last_validation(folder / "train.jsonl"); !validation.is_null()) {
    summary["last_validation"] = validation;
  }
  summary["checkpoints"] = std::move(checkpoints);
  take({"parameters", "vocabulary", "source_vocabulary", "target_vocabulary", "options"});
  return summary;
}

}  // namespace

std::vector<fs::path> safetensors_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Json summarise_folder(const fs::path& folder) {
  if (holds_vocabularies(folder)) return corpus_folder(folder);
  std::vector<fs::path> checkpoints = safetensors_files(folder);
  std::erase_if(checkpoints, [](const fs::path& path) { return !path.stem().string().starts_with("checkpoint_"); });
  ROTOR_CHECK(
      !checkpoints.empty() || has(folder, "train.jsonl"),
      "{}: expected a corpus folder (with vocabulary.model, or source.model and target.model) or the folder of a "
      "training (with checkpoints or train.jsonl), got neither; give a file in it",
      folder.string());
  return run_folder(folder, checkpoints);
}

}  // namespace rotor
