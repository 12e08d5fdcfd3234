// What the models of a comparison translate: the test set, and for lengths that training has not seen the same with 2,
// 3 and 4 of its sentences joined to one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rotor {

struct TestSet {
  std::string name;                              ///< of its files: "test", "joined-2" …
  int64_t joined = 1;                            ///< sentences of the test set in one of these
  std::filesystem::path source, reference;       ///< files
  std::vector<std::string> sources, references;  ///< their lines
};

/// Reads the test set. Unequal numbers of lines are an Error naming both files.
TestSet read_test_set(const std::filesystem::path& source, const std::filesystem::path& reference);

/// Joins each `count` lines in a row, with blanks between, and writes them to `folder`; lines left over at the end are
/// dropped.
TestSet join_sentences(const TestSet& test, int64_t count, const std::filesystem::path& folder);

/// Words of a line: what stands between blanks.
int64_t count_words(const std::string& line);

/// A group of sources of like length.
struct LengthBucket {
  int64_t least = 0, most = 0;  ///< words; most 0: no limit
  std::string name() const;     ///< "up to 4", "9-12", "over 80"
  bool contains(int64_t words) const { return words >= least && (most == 0 || words <= most); }
};

/// The buckets that end at `edges`, and one for what is longer.
std::vector<LengthBucket> length_buckets(const std::vector<int64_t>& edges);

}  // namespace rotor
