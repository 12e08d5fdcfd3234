// Writes a binarised corpus (see corpus.h for the format) sentence by sentence in little memory: ids and offsets go to
// files beside the destination first, and are put together at the end. No file is left unless finish() returns.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "data/corpus.h"

namespace rotor {

class CorpusWriter {
 public:
  /// With `keep_text` the corpus holds the lines of text beside their ids.
  CorpusWriter(std::filesystem::path path, CorpusSide source, CorpusSide target, bool keep_text = false);
  ~CorpusWriter();
  CorpusWriter(const CorpusWriter&) = delete;
  CorpusWriter& operator=(const CorpusWriter&) = delete;

  /// Appends a pair: ids without </s>, below the sides' vocabulary sizes, and the lines they are of, which matter with
  /// `keep_text` only.
  void add(std::span<const int32_t> source, std::span<const int32_t> target, std::string_view source_line = {},
           std::string_view target_line = {});

  /// Writes the corpus under its name, atomically.
  void finish();

 private:
  class Spool;
  std::filesystem::path path_;
  std::unique_ptr<Spool> source_, target_;
};

}  // namespace rotor
