// TrainingData: the batches of the epochs of training, from one corpus or several in the proportions of their weights.
// Each corpus is cut into batches of its own. A corpus of weight w gives an epoch w times its batches: all of them for
// each whole of w, and of the rest as many as it says, drawn anew each epoch. What an epoch has and in which order
// depends on seed and epoch alone: a run resumes at (epoch, batch k).
#pragma once

#include <optional>

#include "data/batches.h"
#include "data/corpus_folder.h"
#include "text/bpe_dropout.h"

namespace rotor {

struct WeightedCorpus {
  Corpus corpus;
  double weight = 1;
};

/// "folder:2.5" as folder and weight; without a number at its end, weight 1.
std::pair<std::string, double> parse_weighted(const std::string& text);

/// The training splits of corpus folders with weights; see open_split() for errors.
std::vector<WeightedCorpus> open_weighted(const std::vector<std::string>& texts, const Vocabularies& vocabularies);

class TrainingData {
 public:
  /// An Error for a weight of 0 or less, or one so small that nothing is left of its corpus. See Batches for others.
  /// BPE-dropout needs the vocabularies.
  TrainingData(std::vector<WeightedCorpus> corpora, const BatchOptions& options,
               const std::optional<Vocabularies>& vocabularies = {});

  int64_t size() const { return size_; }  ///< batches an epoch
  int64_t batches() const;                ///< of all corpora; their numbers are 0 … batches() − 1

  /// The numbers of an epoch's batches in order.
  std::vector<int32_t> epoch_order(int64_t epoch) const;

  /// A batch. BPE-dropout draws from this thread's random operators (autograd/variable.h), as dropout does.
  Batch batch(int32_t number) const;
  int64_t tokens(int32_t number) const;  ///< of a batch's sources and targets

  int64_t pairs() const;    ///< of all corpora
  int64_t skipped() const;  ///< pairs too long for the model
  double padding() const;   ///< the share of the positions of all batches that is padding
  const BatchOptions& options() const { return options_; }
  const std::vector<WeightedCorpus>& corpora() const { return corpora_; }

  /// Writes the pairs of batches as text, a line each: its number in the corpus from 1, its source and its target,
  /// between tabs; of several corpora its corpus too. Returns how many there are.
  int64_t write_pairs(const std::filesystem::path& path, std::span<const int32_t> numbers,
                      const Vocabularies& vocabularies) const;

 private:
  /// Where a batch is: the corpus, and the batch in it.
  std::pair<size_t, int64_t> place(int32_t number) const;

  BatchOptions options_;
  std::vector<WeightedCorpus> corpora_;
  std::vector<Batches> batches_;         ///< of each corpus
  std::vector<BpeDropout> bpe_dropout_;  ///< of source and target, if there is any
  int64_t size_ = 0;
};

}  // namespace rotor
