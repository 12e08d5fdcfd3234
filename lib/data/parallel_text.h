// Parallel text: pairs of files, line n of one the translation of line n of the other, read one pair of files after the
// other as one text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"

namespace rotor {

struct TextPair {
  std::filesystem::path source, target;
};

/// The files of a prefix, PREFIX.LANGUAGE, plain or compressed; an Error names those that were looked for.
TextPair find_text(const std::string& prefix, const std::string& source_lang, const std::string& target_lang);

class ParallelReader {
 public:
  explicit ParallelReader(std::vector<TextPair> files) : files_(std::move(files)) {}

  /// Reads the next pair of lines; false at the end. A file that is empty, not UTF-8, damaged, or of another length
  /// than its translation is an Error.
  bool next(std::string& source, std::string& target);

  /// The number of lines read so far from each pair of files.
  const std::vector<int64_t>& lines() const { return lines_; }
  /// The files read so far with lines that end in CR LF; the CR is left out.
  const std::vector<std::string>& with_carriage_returns() const { return with_carriage_returns_; }

 private:
  struct Open {
    LineReader source, target;
  };
  void close();

  std::vector<TextPair> files_;
  std::unique_ptr<Open> open_;
  std::vector<int64_t> lines_;
  std::vector<std::string> with_carriage_returns_;
};

}  // namespace rotor
