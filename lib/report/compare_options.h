// Options of rotor-compare that are not a training's: what is compared, on which test set, and how it is translated.
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"
#include "search/options.h"

namespace rotor {

struct CompareOptions {
  std::string corpus;
  std::string encodings;  ///< entries with commas between; all encodings of the table from the start
  std::string seeds = "1";
  std::string baseline = "sinusoidal";
  std::string test_source, test_reference;
  std::string output = "comparison";
  int64_t average = 1;
  int64_t extrapolate = 0;  ///< longest side of the training pairs in words; 0: no test of length extrapolation
  std::string length_buckets = "4,8,12,16,20,30,40,60,80";
  int64_t bootstrap = 1000;
  bool keep_checkpoints = false, report_only = false;
  int64_t time_again = 0;  ///< rounds in which finished runs are timed; 0: no
  SearchOptions search;    ///< only what describe() names

  CompareOptions();
  void describe(Options& options);

  /// A UsageError for values that make no sense by themselves.
  void check() const;

  /// The options of rotor-generate that say how to translate: --beam 5 …
  std::vector<std::string> search_arguments() const;
};

/// Whole numbers with commas between, each at least `least` and none twice; a UsageError names the option.
std::vector<int64_t> whole_numbers(const std::string& list, const std::string& option, int64_t least);

/// The parts of a text between separators; none for the empty text.
std::vector<std::string> split(const std::string& text, char separator);

}  // namespace rotor
