#include "data/batches.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/options.h"
#include "base/random.h"

namespace rotor {

namespace {

int64_t longest_side(const Corpus& corpus, int32_t pair) {
  return std::max(corpus.source_length(pair), corpus.target_length(pair));
}

/// The pairs short enough for the model, in the order they are cut in.
std::vector<int32_t> sorted_pairs(const Corpus& corpus, const BatchOptions& options) {
  std::vector<int32_t> pairs;
  for (int32_t pair = 0; pair < corpus.size(); ++pair) {
    if (corpus.source_length(pair) <= options.max_source_positions &&
        corpus.target_length(pair) <= options.max_target_positions) {
      pairs.push_back(pair);
    }
  }
  Random(derive(options.seed, "ties")).shuffle(pairs);
  std::stable_sort(pairs.begin(), pairs.end(), [&](int32_t a, int32_t b) {
    return std::tuple(corpus.source_length(a), corpus.target_length(a)) <
           std::tuple(corpus.source_length(b), corpus.target_length(b));
  });
  return pairs;
}

/// Grows a batch pair by pair. A pair that does not fit closes the batch after the last multiple of sentences; what is
/// over starts the next one, or is closed too where the pair does not fit with it either.
class Cutter {
 public:
  explicit Cutter(const BatchOptions& options) : options_(options) {}

  void add(int64_t length) {
    if (!fits(length)) close(whole_multiple());
    if (!fits(length)) close(lengths_.size());
    lengths_.push_back(length);
    longest_ = std::max(longest_, length);
  }

  std::vector<int32_t> finish() {
    if (!lengths_.empty()) close(whole_multiple());
    if (!lengths_.empty()) close(lengths_.size());
    return std::move(ends_);
  }

 private:
  bool fits(int64_t length) const {
    if (lengths_.empty()) return true;
    const int64_t sentences = static_cast<int64_t>(lengths_.size()) + 1;
    return sentences * std::max(longest_, length) <= options_.max_tokens &&
           (options_.batch_size == 0 || sentences <= options_.batch_size);
  }

  size_t whole_multiple() const {
    const size_t multiple = options_.required_batch_size_multiple;
    return lengths_.size() < multiple ? lengths_.size() : lengths_.size() - lengths_.size() % multiple;
  }

  void close(size_t sentences) {
    lengths_.erase(lengths_.begin(), lengths_.begin() + static_cast<int64_t>(sentences));
    longest_ = lengths_.empty() ? 0 : *std::max_element(lengths_.begin(), lengths_.end());
    ends_.push_back((ends_.empty() ? 0 : ends_.back()) + static_cast<int32_t>(sentences));
  }

  const BatchOptions& options_;
  std::vector<int64_t> lengths_;  ///< of the open batch
  int64_t longest_ = 0;           ///< of lengths_
  std::vector<int32_t> ends_;
};

}  // namespace

void BatchOptions::describe(Options& options) {
  options.group("Batches");
  options
      .add("max-tokens", &max_tokens, "largest batch in tokens: sentences × the longest source or target, </s> counted")
      .at_least(1)
      .common();
  options.add("batch-size", &batch_size, "largest batch in sentences; 0 sets no limit")
      .also("--max-sentences")
      .at_least(0)
      .common();
  options
      .add("required-batch-size-multiple", &required_batch_size_multiple,
           "the number of sentences in a batch is a multiple of this, if there are enough")
      .at_least(1);
  options
      .add("bpe-dropout", &bpe_dropout,
           "probability with which training leaves out each BPE merge, so that it sees words split differently each "
           "time; batches become somewhat larger than --max-tokens")
      .at_least(0)
      .below(1);
}

Batches::Batches(const Corpus& corpus, const BatchOptions& options) {
  check_values(options);
  pairs_ = sorted_pairs(corpus, options);
  skipped_ = corpus.size() - static_cast<int64_t>(pairs_.size());
  ROTOR_CHECK(!pairs_.empty(),
              "{}: expected pairs of at most {} source and {} target tokens (</s> counted), got none among {}; raise "
              "--max-source-positions and --max-target-positions, or the positions that the position encoding serves",
              corpus.path().string(), options.max_source_positions, options.max_target_positions, corpus.size());
  Cutter cutter(options);
  for (int32_t pair : pairs_) {
    const int64_t length = longest_side(corpus, pair);
    ROTOR_CHECK(length <= options.max_tokens,
                "{}: expected pairs of at most --max-tokens {} tokens, got {} in pair {}; raise --max-tokens, or lower "
                "--max-source-positions and --max-target-positions to skip such pairs",
                corpus.path().string(), options.max_tokens, length, pair + 1);
    cutter.add(length);
  }
  ends_ = cutter.finish();
  int64_t tokens = 0;
  for (int64_t k = 0; k < size(); ++k) {
    int64_t source = 0, target = 0;
    for (int32_t pair : (*this)[k]) {
      source = std::max(source, corpus.source_length(pair));
      target = std::max(target, corpus.target_length(pair));
      tokens += corpus.source_length(pair) + corpus.target_length(pair);
    }
    positions_ += static_cast<int64_t>((*this)[k].size()) * (source + target);
  }
  padding_ = 1 - static_cast<double>(tokens) / static_cast<double>(positions_);
}

std::span<const int32_t> Batches::operator[](int64_t k) const {
  const int32_t begin = k == 0 ? 0 : ends_[k - 1];
  return std::span(pairs_).subspan(begin, ends_[k] - begin);
}

Batch make_batch(const Corpus& corpus, std::span<const int32_t> pairs, const Reading& source, const Reading& target) {
  Batch batch;
  std::vector<std::vector<int32_t>> sources, inputs, targets;
  for (int32_t pair : pairs) {
    batch.sentences.push_back(pair);
    sources.push_back(source(corpus.source(pair)));
    sources.back().push_back(kEos);
    targets.push_back(target(corpus.target(pair)));
    targets.back().push_back(kEos);
    inputs.push_back({kEos});
    inputs.back().insert(inputs.back().end(), targets.back().begin(), targets.back().end() - 1);
    batch.source_tokens += std::ssize(sources.back());
    batch.target_tokens += std::ssize(targets.back());
  }
  batch.source = TokenBatch::of(sources);
  batch.decoder_input = TokenBatch::of(inputs);
  batch.target = TokenBatch::of(targets);
  return batch;
}

}  // namespace rotor
