// The texts that the models of a comparison translate: the test set, and for lengths that training has not seen the
// test set with several of its sentences joined into one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rotor {

struct TestSet {
  std::string name;                              ///< name of its files: "test", "joined-2" …
  int64_t joined = 1;                            ///< number of sentences of the test set in each of its sentences
  std::filesystem::path source, reference;       ///< files
  std::vector<std::string> sources, references;  ///< their lines
};

/// Reads the test set. Unequal numbers of lines are an Error naming both files.
TestSet read_test_set(const std::filesystem::path& source, const std::filesystem::path& reference);

/// Joins every `count` consecutive lines with blanks, and writes them to `folder`; remaining lines at the end are
/// dropped.
TestSet join_sentences(const TestSet& test, int64_t count, const std::filesystem::path& folder);

/// The number of words of a line, which are separated by blanks.
int64_t count_words(const std::string& line);

/// A group of sources of similar length.
struct LengthBucket {
  int64_t least = 0, most = 0;  ///< range of the number of words; most 0: no limit
  std::string name() const;     ///< "up to 4", "9-12", "over 80"
  bool contains(int64_t words) const { return words >= least && (most == 0 || words <= most); }
};

/// The buckets that end at `edges`, and one for longer sources.
std::vector<LengthBucket> length_buckets(const std::vector<int64_t>& edges);

/// The sentences of several texts whose sources have a number of words within a range.
struct SentenceBucket {
  LengthBucket range;
  std::vector<std::vector<size_t>> sentences = {};  ///< of each text
  size_t count = 0;                                 ///< of all texts; never 0
  double mean_words = 0;

  /// Whether a figure shows its score: that of fewer sentences is mostly noise.
  static constexpr size_t kEnough = 10;
  bool enough() const { return count >= kEnough; }
};

/// Puts the sentences of texts, given by their sources, into the buckets that end at `edges` and one for longer ones.
std::vector<SentenceBucket> bucket_sentences(const std::vector<std::vector<std::string>>& texts,
                                             const std::vector<int64_t>& edges);

}  // namespace rotor
