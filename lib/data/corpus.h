// A binarised corpus: one split in one safetensors file, memory-mapped, so that it may be larger than memory. It has
// named columns (data/corpus_column.h) of as many sentences each, `source` and `target` for translation, `text` for
// language models; row i has sentence i of each. It may hold a label for each row (`labels`, F32), of which the
// metadata's `classes`, a JSON array, names the classes, and where the rows are lines of documents the row after the
// last one of each document (`document_ends`, U64). The metadata names format, version, task and columns; without a
// task, as in version 1, the corpus is for translation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/corpus_column.h"
#include "format/safetensors.h"
#include "text/task.h"

namespace rotor {

/// The metadata's `format`, and the `version` of corpora for translation and of others.
inline constexpr const char* kCorpusFormat = "rotor-corpus";
inline constexpr const char* kTranslationVersion = "1";
inline constexpr const char* kCorpusVersion = "2";

class Corpus {
 public:
  /// Opens a file; a truncated, foreign or corrupted file is an Error that names it.
  explicit Corpus(const std::filesystem::path& path);

  const CorpusTask& task() const { return *task_; }
  int64_t size() const { return columns_.front().size(); }  ///< number of rows
  const std::filesystem::path& path() const { return file_.path(); }

  const std::vector<CorpusColumn>& columns() const { return columns_; }
  /// The column of that name; an Error names those there are.
  const CorpusColumn& column(const std::string& name) const;

  /// Whether the columns hold the lines of text beside their ids.
  bool has_text() const { return columns_.front().has_text(); }

  /// The labels of the rows; none if there are none. Each is the number of its class, or a number to be predicted.
  std::span<const float> labels() const { return labels_; }
  /// The names of the classes; none if labels are numbers to be predicted.
  const std::vector<std::string>& classes() const { return classes_; }
  /// The row after the last one of each document, rising to size(); none if the rows are not of documents.
  std::span<const uint64_t> document_ends() const { return document_ends_; }

 private:
  void open_columns();
  void open_labels();
  void open_document_ends();

  SafeTensors file_;
  const CorpusTask* task_;
  std::vector<CorpusColumn> columns_;
  std::span<const float> labels_;
  std::vector<std::string> classes_;
  std::span<const uint64_t> document_ends_;
};

/// Whether a file says that it is a corpus, of any version.
bool is_corpus(const SafeTensors& file);

}  // namespace rotor
