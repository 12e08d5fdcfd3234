// TrainingData: the batches of the epochs of training, from one corpus or several in the proportions of their weights.
// Each corpus is cut into batches of its own. A corpus of weight w gives an epoch w times its batches: all of them once
// for each whole unit of w, and for the fraction a sample of that size, drawn anew each epoch. The content and order of
// an epoch depend on seed and epoch alone: a run resumes at (epoch, batch k).
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

/// Splits "folder:2.5" into folder and weight; without a number at its end the weight is 1.
std::pair<std::string, double> parse_weighted(const std::string& text);

/// The training splits of corpus folders with weights; see open_split() for errors.
std::vector<WeightedCorpus> open_weighted(const std::vector<std::string>& texts, const Vocabularies& vocabularies);

class TrainingData {
 public:
  /// A weight of 0 or less, or one so small that no batch of its corpus is left, is an Error. See Batches for others.
  /// BPE-dropout needs the vocabularies.
  TrainingData(std::vector<WeightedCorpus> corpora, const BatchOptions& options,
               const std::optional<Vocabularies>& vocabularies = {});

  int64_t size() const { return size_; }  ///< number of batches in an epoch
  int64_t batches() const;                ///< number of batches of all corpora; they are numbered 0 … batches() − 1

  /// The numbers of an epoch's batches in order.
  std::vector<int32_t> epoch_order(int64_t epoch) const;

  /// A batch. BPE-dropout draws from this thread's random operators (autograd/variable.h), as dropout does.
  Batch batch(int32_t number) const;
  int64_t tokens(int32_t number) const;  ///< number of tokens of a batch's sources and targets
  int64_t pairs(int32_t number) const;   ///< number of pairs of a batch

  /// A digest, above 0, of all that epoch_order() and its batches depend on: how the pairs are cut, weights and seed.
  int64_t digest() const;

  int64_t pairs() const;    ///< number of pairs of all corpora
  int64_t skipped() const;  ///< number of pairs too long for the model
  double padding() const;   ///< the share of the positions of all batches that is padding
  const BatchOptions& options() const { return options_; }
  const std::vector<WeightedCorpus>& corpora() const { return corpora_; }

  /// Writes the pairs of batches as text, one line for each: its number in the corpus from 1, its source and its
  /// target, separated by tabs; with several corpora, its corpus too. Returns the number of pairs.
  int64_t write_pairs(const std::filesystem::path& path, std::span<const int32_t> numbers,
                      const Vocabularies& vocabularies) const;

 private:
  /// The place of a batch: its corpus, and its number within that corpus.
  std::pair<size_t, int64_t> place(int32_t number) const;

  BatchOptions options_;
  std::vector<WeightedCorpus> corpora_;
  std::vector<Batches> batches_;         ///< batches of each corpus
  std::vector<BpeDropout> bpe_dropout_;  ///< BPE-dropout of source and target, if it is used
  int64_t size_ = 0;
};

}  // namespace rotor
