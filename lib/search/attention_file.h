// The attention of hypotheses as a safetensors file, for figures and research: a tensor NUMBER.RANK [target pieces,
// source pieces] a hypothesis, both with </s>, and the pieces, with blanks between, in the metadata source.NUMBER and
// target.NUMBER.RANK. NUMBER is that of the line from 0, RANK 0 the best. The numbers go to a file beside it as they
// come; names and pieces stay in memory.
#pragma once

#include <filesystem>
#include <span>

#include "base/temporary_file.h"
#include "data/corpus_folder.h"
#include "search/hypothesis.h"
#include "search/requests.h"
#include "tensor/safetensors.h"

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
