// The options of rotor-preprocess.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/options.h"
#include "data/table_options.h"
#include "text/task.h"
#include "text/train_vocabulary.h"

namespace rotor {

/// A split that is asked for, and the prefixes or names of its files, which are read as one.
struct RequestedSplit {
  std::string name;
  std::vector<std::string> prefixes;
};

inline constexpr const char* kTrainSplit = "train";

struct PreprocessOptions {
  std::string task = kTranslation;
  std::string source_lang, target_lang;
  bool add_language_tags = false;
  /// One prefix or several, separated by commas; names of files where the task has one column.
  std::string trainpref, validpref, testpref;
  TableOptions tables;         ///< of a ranking the text columns are the candidates
  std::string context_column;  ///< what candidates are ranked for
  bool regression_target = false;
  std::string labels;  ///< a corpus folder or a model, of which the classes are taken
  bool train_drop_identical = false, train_drop_duplicates = false;
  double train_min_script = 0;
  int64_t train_max_length = 0;  ///< largest number of tokens of a side; 0: no limit
  double train_max_ratio = 0;    ///< largest ratio of the longer to the shorter side, in tokens; 0: no limit
  bool joined_dictionary = false;
  std::string model_type = "bpe";
  int64_t vocab_size = 8000;
  int64_t nwordssrc = 0, nwordstgt = 0;  ///< sizes of separate vocabularies; 0 takes vocab_size
  bool byte_fallback = false;
  double character_coverage = 0;  ///< 0: see coverage()
  std::string normalization = "nmt_nfkc";
  std::string user_defined_symbols;
  int64_t vocab_lines = 10'000'000;  ///< lines to train a vocabulary on; 0 takes all
  std::string srcdict, tgtdict;
  std::string do_lower_case = "auto";  ///< of BERT's vocab.txt: auto, true or false
  std::string destdir = "data-bin";
  int64_t workers = 0;

  void describe(Options& options);

  /// Throws a UsageError for impossible values and combinations.
  void check() const;

  /// The share of the text's characters that a vocabulary covers: all, or 0.9995 where bytes spell the others.
  double coverage() const { return character_coverage > 0 ? character_coverage : byte_fallback ? 0.9995 : 1; }

  /// Whether the task is translation, the only one with two languages.
  bool has_pairs() const { return task == kTranslation; }

  /// Whether rows of tables are read, not lines of text.
  bool has_tables() const { return task == kSentencePrediction || task == kSentenceRanking; }
  /// Whether labels of tables are classes.
  bool has_classes() const { return task == kSentencePrediction && !regression_target && !tables.label_column.empty(); }

  /// The splits, "train" first: valid and test for the first prefix of each, then valid1, valid2 …
  std::vector<RequestedSplit> splits() const;

  /// The text that each source line begins with: ">>de<<", or nothing.
  std::string source_tag() const;

  /// How a vocabulary is trained.
  VocabularyTraining vocabulary_training() const;

  /// How tables are read: of a ranking the context is the first text.
  TableOptions table_columns() const;

  /// Whether all vocabularies are given.
  bool models_given() const { return !srcdict.empty() && (joined_dictionary || !has_pairs() || !tgtdict.empty()); }

  /// Whether a vocabulary is to be trained: none is where all are given, and bytes need no training.
  bool trains_vocabulary() const { return !models_given() && model_type != kByteModel; }

  /// Whether BERT's vocab.txt is to be read as one of lower case; none where the file decides.
  std::optional<bool> lower_case() const {
    return do_lower_case == "auto" ? std::nullopt : std::optional(do_lower_case == "true");
  }

  static constexpr const char* kByteModel = "byte";
  static constexpr const char* kWordPieceModel = "wordpiece";  ///< is given, never trained

  /// The options on which the corpus depends, for its manifest.
  nlohmann::ordered_json record() const;

 private:
  void describe_text(Options& options);
  void describe_tables(Options& options);
  void describe_cleaning(Options& options);
  void describe_vocabulary(Options& options);
  void describe_training(Options& options);
  std::string symbols() const;
  void check_pairs() const;
  void check_single_text() const;
  void check_tables() const;
  void check_vocabulary() const;
};

}  // namespace rotor
