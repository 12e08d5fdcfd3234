// Parallel text: files of as many lines each, such as a text and its translation, or one file alone. Several groups of
// files are read one after the other as one text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"

namespace rotor {

/// One file for each column of a corpus: line n of one belongs to line n of the others.
using ParallelFiles = std::vector<std::filesystem::path>;

/// A file of that name, plain or compressed; an Error names those that were looked for. What can be read only once, as
/// a pipe, is an Error too.
std::filesystem::path find_text(const std::string& name);

/// Names of files one after the other: "a.en and a.de".
std::string names_of(const ParallelFiles& files);

class ParallelReader {
 public:
  /// Each line of the first files is given with `opening` and a blank before it, if there is one.
  explicit ParallelReader(std::vector<ParallelFiles> groups, LineContent content = LineContent::kText,
                          std::string opening = "")
      : groups_(std::move(groups)), content_(content), opening_(std::move(opening)) {}

  /// Reads the next line of each file of a group; false at the end. A file that is empty, damaged, of another length
  /// than the others of its group, or as text not UTF-8, is an Error.
  bool next(std::vector<std::string>& lines);

  /// The files of a group, which are counted from 1.
  const ParallelFiles& files(size_t group) const { return groups_.at(group - 1); }
  /// The number of lines read so far from each group, of the groups that were begun.
  const std::vector<int64_t>& lines() const { return lines_; }
  /// The files read so far with lines that end in CR LF; the CR is left out.
  const std::vector<std::string>& with_carriage_returns() const { return with_carriage_returns_; }

 private:
  void open();
  void close();

  std::vector<ParallelFiles> groups_;
  LineContent content_;
  std::string opening_;
  std::vector<LineReader> readers_;  ///< of the group that is read
  std::vector<int64_t> lines_;
  std::vector<std::string> with_carriage_returns_;
};

}  // namespace rotor
