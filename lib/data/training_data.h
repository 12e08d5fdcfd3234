// TrainingData: the batches of the epochs of training, from one corpus or several in the proportions of their weights.
// Each corpus is read as its task says (data/samples.h) and cut into batches of its own. A corpus of weight w gives an
// epoch w times its batches: all of them once for each whole unit of w, and for the fraction a sample of that size,
// drawn anew each epoch. The content and order of an epoch depend on seed and epoch alone: a run resumes at (epoch,
// batch k).
#pragma once

#include <memory>
#include <optional>

#include "data/batches.h"
#include "data/corpus_folder.h"

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
  /// A corpus and what training takes from it.
  struct Part {
    std::unique_ptr<const Samples> samples;
    double weight;
    Batches batches;
  };

  /// Corpora of different tasks, a weight of 0 or less, and one so small that no batch of its corpus is left, are an
  /// Error. See make_samples() and Batches for others. BPE-dropout needs the vocabularies.
  TrainingData(const std::vector<WeightedCorpus>& corpora, const BatchOptions& options,
               const std::optional<Vocabularies>& vocabularies = {});

  int64_t size() const { return size_; }  ///< number of batches in an epoch
  int64_t batches() const;                ///< number of batches of all corpora; they are numbered 0 … batches() − 1

  /// The numbers of an epoch's batches in order.
  std::vector<int32_t> epoch_order(int64_t epoch) const;

  /// A batch. What is random in it depends on the epoch, or draws from this thread's random operators
  /// (autograd/variable.h), as dropout does.
  Batch batch(int32_t number, int64_t epoch) const;
  int64_t tokens(int32_t number) const;   ///< number of tokens of a batch's sources and targets
  int64_t samples(int32_t number) const;  ///< number of samples of a batch

  /// A digest, above 0, of all that epoch_order() and its batches depend on: how the samples are made and cut, weights
  /// and seed.
  int64_t digest() const;

  int64_t samples() const;                                             ///< number of samples of all corpora
  std::string noun() const { return parts_.front().samples->noun(); }  ///< what a sample is called
  int64_t skipped() const;                                             ///< number of samples too long for the model
  int64_t longest() const;  ///< tokens of the longest side of a sample that is not skipped
  double padding() const;   ///< the share of the positions of all batches that is padding
  const BatchOptions& options() const { return options_; }
  const std::vector<Part>& parts() const { return parts_; }

  /// Writes the samples of batches as text, one line for each: its number in the corpus from 1 and its columns,
  /// separated by tabs; with several corpora, its corpus too. Returns the number of samples.
  int64_t write_samples(const std::filesystem::path& path, std::span<const int32_t> numbers,
                        const Vocabularies& vocabularies) const;

 private:
  /// The place of a batch: its corpus, and its number within that corpus.
  std::pair<const Part&, int64_t> place(int32_t number) const;

  BatchOptions options_;
  std::vector<Part> parts_;
  int64_t size_ = 0;
};

}  // namespace rotor
