// Options of rotor-compare apart from those of training: the encodings to compare, the tests, and the search.
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"
#include "search/options.h"
#include "text/task.h"

namespace rotor {

struct CompareOptions {
  std::string corpus;
  std::string encodings;  ///< entries separated by commas; by default all encodings of the table
  std::string seeds = "1";
  std::string baseline = "sinusoidal";
  std::string learning_rates;  ///< separated by commas; empty: --lr alone
  std::string test_source, test_reference;
  std::string output = "comparison";
  int64_t average = 1;
  /// For translation, the greatest length of a side of the training pairs in words; for language models, the greatest
  /// multiple of the training's samples; 0: no test of length extrapolation.
  int64_t extrapolate = 0;
  std::string joined = "2,3,4";  ///< how many test sentences are joined into one, for lengths
  std::string length_buckets = "4,8,12,16,20,30,40,60,80";
  int64_t bootstrap = 1000;
  std::string published;  ///< file of published scores; none if empty
  std::string merge;      ///< other output folders, separated by commas
  bool keep_checkpoints = false, report_only = false;
  int64_t time_again = 0;  ///< number of rounds that time finished runs; 0: none
  SearchOptions search;    ///< only what describe() names
  std::string gen_subset = "test";
  int64_t context_window = 0;
  std::string task = kTranslation;  ///< the corpus's, set by the command, not by describe()

  CompareOptions();
  void describe(Options& options);

  /// Throws a UsageError for values that are impossible for comparisons of any kind.
  void check() const;

  /// The search options for rotor-generate: --beam 5 …
  std::vector<std::string> search_arguments() const;

 private:
  void describe_translation(Options& options);
};

/// Reads whole numbers separated by commas, each at least `least` and none twice; else a UsageError names the option.
std::vector<int64_t> whole_numbers(const std::string& list, const std::string& option, int64_t least);

/// Reads the longest lengths of --length-buckets, which must go from short to long.
std::vector<int64_t> bucket_edges(const std::string& lengths);

/// The parts of a text between separators; the empty text has none.
std::vector<std::string> split(const std::string& text, char separator);

}  // namespace rotor
