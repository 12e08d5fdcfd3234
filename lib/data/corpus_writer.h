// Writes a binarised corpus (see corpus.h for the format) row by row in little memory: ids and offsets go to files
// beside the destination first, and are put together at the end. No file is left unless finish() returns.
//
//   CorpusWriter writer("valid.safetensors", corpus_task("translation"), {source_info, target_info});
//   writer.add({source_ids, target_ids});
//   writer.finish();
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/corpus.h"

namespace rotor {

class CorpusWriter {
 public:
  /// With `keep_text` the corpus holds the lines of text beside their ids.
  CorpusWriter(std::filesystem::path path, const CorpusTask& task, const std::vector<ColumnInfo>& columns,
               bool keep_text = false);
  ~CorpusWriter();
  CorpusWriter(const CorpusWriter&) = delete;
  CorpusWriter& operator=(const CorpusWriter&) = delete;

  /// Appends a row: for each column ids without </s>, below its vocabulary's size, and the line they are of, which
  /// matters with `keep_text` and for the size of the text.
  void add(const std::vector<std::vector<int32_t>>& ids, const std::vector<std::string>& lines = {});

  /// Labels the row last added. Either all rows have labels or none.
  void label(float label);

  /// Names the classes that labels are the numbers of.
  void name_classes(std::string json) { classes_ = std::move(json); }

  /// Says that the row last added ends a document. Of a task with documents, the last row does in any case.
  void end_document();

  /// Writes the corpus under its name, atomically.
  void finish();

 private:
  class ColumnSpool;
  class Numbers;

  std::filesystem::path path_;
  const CorpusTask& task_;
  std::vector<std::unique_ptr<ColumnSpool>> columns_;
  std::unique_ptr<Numbers> labels_, document_ends_;
  uint64_t rows_ = 0, document_end_ = 0;
  std::string classes_;  ///< a JSON array; empty: there are none
};

}  // namespace rotor
