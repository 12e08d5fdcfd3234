// Samples: a corpus as what a training step takes rows of its batches from, an interface with one implementation a way
// of reading, each in a file of its own: pairs of sentences, and blocks of a stream of text. A corpus's task says how
// it is read. A sample's number stays the same for one corpus and the same options.
//
//   const std::unique_ptr<const Samples> samples = make_samples(corpus, options);
//   const Batch batch = samples->batch(std::vector<int32_t>{0, 1});
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "data/batch.h"
#include "data/batch_options.h"
#include "data/corpus_folder.h"

namespace rotor {

/// The lengths of a sample in tokens, </s> counted; a language model's has no source.
struct SampleLengths {
  int64_t source = 0, target = 0;

  int64_t longest() const { return source > target ? source : target; }
  int64_t tokens() const { return source + target; }
  auto operator<=>(const SampleLengths&) const = default;
};

class Samples {
 public:
  explicit Samples(Corpus corpus) : corpus_(std::move(corpus)) {}
  virtual ~Samples() = default;
  Samples(const Samples&) = delete;
  Samples& operator=(const Samples&) = delete;

  const Corpus& corpus() const { return corpus_; }

  virtual int64_t size() const = 0;
  virtual SampleLengths lengths(int64_t i) const = 0;

  /// The samples of these numbers as rows of a batch. What is random in it depends on the epoch, 0 outside of training,
  /// or draws from this thread's random operators (autograd/variable.h), as dropout does.
  Batch batch(std::span<const int32_t> numbers, int64_t epoch = 0) const { return make_batch(numbers, epoch); }

  /// A digest of the options that make samples of a corpus; 0 if they are its rows.
  virtual uint64_t digest() const = 0;

  /// A sample as text for people to read: its columns, separated by tabs.
  virtual std::string text(int64_t i, const Vocabularies& vocabularies) const = 0;

  /// The word for one sample: "pair".
  virtual std::string noun() const = 0;
  /// The lengths that the options allow, "at most 5 source and 7 target tokens", and which options those are.
  virtual std::string limits(const BatchOptions& options) const = 0;
  /// The lengths beyond them, "more than 5 source or 7 target tokens".
  virtual std::string excess(const BatchOptions& options) const = 0;
  virtual std::string limiting_options() const = 0;

 protected:
  virtual Batch make_batch(std::span<const int32_t> numbers, int64_t epoch) const = 0;

 private:
  const Corpus corpus_;
};

/// Reads a corpus as its task says. BPE-dropout needs the vocabularies. Options that its way of reading does not allow
/// are an Error.
std::unique_ptr<const Samples> make_samples(const Corpus& corpus, const BatchOptions& options,
                                            const std::optional<Vocabularies>& vocabularies = {});

}  // namespace rotor
