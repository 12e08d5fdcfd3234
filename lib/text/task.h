// The tasks that corpora are made for: one row of a table each, which says what a corpus of the task holds. The name
// stands in the corpus, in its folder's manifest and on the command line of rotor-preprocess.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rotor {

inline constexpr const char* kTranslation = "translation";
inline constexpr const char* kLanguageModeling = "language_modeling";
inline constexpr const char* kMaskedLm = "masked_lm";
inline constexpr const char* kSentencePrediction = "sentence_prediction";
inline constexpr const char* kSentenceRanking = "sentence_ranking";
inline constexpr const char* kSentenceEncoding = "sentence_encoding";  ///< of models that no corpus trains

struct CorpusTask {
  std::string name;
  std::vector<std::string> columns;  ///< names of the columns: a row has one sentence in each
  std::string rows;                  ///< what rows are called: "pairs"
  bool documents = false;            ///< whether rows are lines of documents, which blank lines end
  std::string more = {};             ///< the name, with a number from 2, of further columns; none if empty
  int64_t most_columns = 1000;       ///< of a task with further columns

  /// The names of `count` columns: "text", "text2".
  std::vector<std::string> column_names(int64_t count) const;
};

const std::vector<CorpusTask>& corpus_tasks();

/// The task of that name; an unknown one is an Error that lists those there are.
const CorpusTask& corpus_task(const std::string& name);

}  // namespace rotor
