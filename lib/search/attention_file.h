// The attention of hypotheses as a safetensors file, for figures and research: a tensor NUMBER.RANK [target tokens,
// source tokens] for each hypothesis, both with </s>, and the tokens' texts, separated by blanks, in the metadata
// source.NUMBER and target.NUMBER.RANK. NUMBER is the number of the line, from 0, and RANK 0 is the best hypothesis.
// Weights are written to a temporary file beside it as they are computed; names and texts stay in memory.
#pragma once

#include <filesystem>
#include <span>

#include "base/temporary_file.h"
#include "data/corpus_folder.h"
#include "format/safetensors_writer.h"
#include "search/hypothesis.h"
#include "search/requests.h"

namespace rotor {

class AttentionFile {
 public:
  explicit AttentionFile(std::filesystem::path path);

  void add(const Request& request, std::span<const Hypothesis> hypotheses, const Vocabularies& vocabularies);

  /// Writes the file under its name, atomically.
  void finish();

 private:
  struct Entry {
    std::string name;
    int64_t rows, columns;
  };

  std::filesystem::path path_;
  TemporaryFile numbers_;
  std::vector<Entry> entries_;
  SafeTensorsWriter writer_;
};

}  // namespace rotor
