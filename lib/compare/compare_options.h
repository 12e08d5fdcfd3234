// Options of rotor-compare apart from those of training: the encodings to compare, the test set, and the search.
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"
#include "search/options.h"

namespace rotor {

struct CompareOptions {
  std::string corpus;
  std::string encodings;  ///< entries separated by commas; by default all encodings of the table
  std::string seeds = "1";
  std::string baseline = "sinusoidal";
  std::string test_source, test_reference;
  std::string output = "comparison";
  int64_t average = 1;
  int64_t extrapolate =
      0;  ///< greatest length of a side of the training pairs in words; 0: no test of length extrapolation
  std::string length_buckets = "4,8,12,16,20,30,40,60,80";
  int64_t bootstrap = 1000;
  bool keep_checkpoints = false, report_only = false;
  int64_t time_again = 0;  ///< number of rounds that time finished runs; 0: none
  SearchOptions search;    ///< only what describe() names

  CompareOptions();
  void describe(Options& options);

  /// Throws a UsageError for values that are impossible by themselves.
  void check() const;

  /// The search options for rotor-generate: --beam 5 …
  std::vector<std::string> search_arguments() const;
};

/// Reads whole numbers separated by commas, each at least `least` and none twice; else a UsageError names the option.
std::vector<int64_t> whole_numbers(const std::string& list, const std::string& option, int64_t least);

/// The parts of a text between separators; the empty text has none.
std::vector<std::string> split(const std::string& text, char separator);

}  // namespace rotor
