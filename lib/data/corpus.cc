#include "data/corpus.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/check.h"
#include "data/label_set.h"

namespace rotor {

namespace {

/// The metadata's value at a key, or of a corpus without one what it was before there were others.
std::string value_or(const SafeTensors& file, const std::string& key, const std::string& otherwise) {
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? otherwise : found->second;
}

void check_format(const SafeTensors& file) {
  const std::string path = file.path().string();
  ROTOR_CHECK(is_corpus(file), "{}: expected a corpus made by rotor-preprocess, got another kind of safetensors file",
              path);
  const std::string& version = file.metadata("version");
  ROTOR_CHECK(version == kTranslationVersion || version == kCorpusVersion,
              "{}: expected a corpus of version {} or {}, got {}; run rotor-preprocess again", path,
              kTranslationVersion, kCorpusVersion, version);
}

const CorpusTask& task_of(const SafeTensors& file) {
  check_format(file);
  try {
    return corpus_task(value_or(file, "task", kTranslation));
  } catch (const Error& error) {
    fail("{}: {}; a newer version of Rotor may know it", file.path().string(), error.what());
  }
}

/// Refuses labels that are not numbers of `count` classes or candidates.
void check_labels(std::span<const float> labels, int64_t count, const char* what, const std::string& path) {
  for (const float label : labels) {
    ROTOR_CHECK(label >= 0 && label < static_cast<float>(count) && label == std::floor(label),
                "{}: expected labels that are numbers of {} {}, got {}; the file is corrupted, run rotor-preprocess "
                "again",
                path, count, what, label);
  }
}

}  // namespace

bool is_corpus(const SafeTensors& file) {
  return value_or(file, "format", "") == kCorpusFormat;
}

Corpus::Corpus(const std::filesystem::path& path) : file_(path), task_(&task_of(file_)) {
  open_columns();
  open_labels();
  open_document_ends();
}

void Corpus::open_columns() {
  const std::string path = file_.path().string();
  std::istringstream names(value_or(file_, "columns", "source,target"));
  for (std::string name; std::getline(names, name, ',');) columns_.emplace_back(file_, name);
  ROTOR_CHECK(!columns_.empty(), "{}: expected a corpus with columns, got none; run rotor-preprocess again", path);
  const CorpusColumn& first = columns_.front();
  for (const CorpusColumn& column : columns_) {
    ROTOR_CHECK(column.size() == first.size(),
                "{}: expected as many {} as {} sentences, got {} and {}; run rotor-preprocess again", path,
                first.info().name, column.info().name, first.size(), column.size());
    ROTOR_CHECK(column.has_text() == first.has_text(),
                "{}: expected the text of all columns or of none, got that of some; run rotor-preprocess again", path);
  }
  ROTOR_CHECK(size() <= INT32_MAX, "{}: expected at most {} {}, got {}; split the corpus", path, INT32_MAX, task_->rows,
              size());
}

void Corpus::open_labels() {
  if (!file_.contains("labels")) return;
  labels_ = file_.elements<float>("labels");
  ROTOR_CHECK(std::ssize(labels_) == size(), "{}: expected {} labels, one a row, got {}; run rotor-preprocess again",
              path().string(), size(), labels_.size());
  if (const std::string names = value_or(file_, "classes", ""); !names.empty()) {
    const LabelSet set = LabelSet::from_json(names, path().string());
    for (int64_t i = 0; i < set.size(); ++i) classes_.push_back(set.label(i));
    check_labels(labels_, set.size(), "classes", path().string());
  } else if (task_->name == kSentenceRanking) {
    check_labels(labels_, std::ssize(columns_) - 1, "candidates", path().string());
  }
}

void Corpus::open_document_ends() {
  if (!file_.contains("document_ends")) return;
  document_ends_ = file_.elements<uint64_t>("document_ends");
  const auto rows = static_cast<uint64_t>(size());
  const bool rising = std::is_sorted(document_ends_.begin(), document_ends_.end(), std::less_equal<>());
  ROTOR_CHECK(!document_ends_.empty() && document_ends_.front() > 0 && document_ends_.back() == rows && rising,
              "{}: expected document_ends to rise from above 0 to {}, the number of rows; the file is corrupted, run "
              "rotor-preprocess again",
              path().string(), rows);
}

const CorpusColumn& Corpus::column(const std::string& name) const {
  std::vector<std::string> names;
  for (const CorpusColumn& column : columns_) {
    if (column.info().name == name) return column;
    names.push_back(column.info().name);
  }
  fail("{}: expected a column \"{}\", got a corpus for {} with: {}", path().string(), name, task_->name,
       fmt::join(names, ", "));
}

}  // namespace rotor
