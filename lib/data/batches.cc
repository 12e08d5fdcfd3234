#include "data/batches.h"

#include <algorithm>

#include "base/check.h"
#include "base/random.h"

namespace rotor {

namespace {

/// The samples short enough for the model, in the order they are cut in.
std::vector<int32_t> sorted_samples(const Samples& samples, const BatchOptions& options) {
  std::vector<int32_t> numbers;
  for (int32_t i = 0; i < samples.size(); ++i) {
    const auto [source, target] = samples.lengths(i);
    if (source <= options.max_source_positions && target <= options.max_target_positions) numbers.push_back(i);
  }
  Random(derive(options.seed, "ties")).shuffle(numbers);
  std::stable_sort(numbers.begin(), numbers.end(),
                   [&](int32_t a, int32_t b) { return samples.lengths(a) < samples.lengths(b); });
  return numbers;
}

/// Grows a batch sample by sample. A sample that does not fit closes the batch after the last multiple of sentences;
/// what is over starts the next one, or is closed too where the sample does not fit with it either.
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

Batches::Batches(const Samples& samples, const BatchOptions& options) {
  check_values(options);
  samples_ = sorted_samples(samples, options);
  skipped_ = samples.size() - static_cast<int64_t>(samples_.size());
  const std::string path = samples.corpus().path().string(), noun = samples.noun();
  ROTOR_CHECK(!samples_.empty(),
              "{}: expected {}s of {} (</s> counted), got none among {}; raise {}, or the positions that the position "
              "encoding serves",
              path, noun, samples.limits(options), samples.size(), samples.limiting_options());
  Cutter cutter(options);
  for (const int32_t i : samples_) {
    const int64_t length = samples.lengths(i).longest();
    ROTOR_CHECK(length <= options.max_tokens,
                "{}: expected {}s of at most --max-tokens {} tokens, got {} in {} {}; raise --max-tokens, or lower {} "
                "to skip such {}s",
                path, noun, options.max_tokens, length, noun, i + 1, samples.limiting_options(), noun);
    cutter.add(length);
  }
  ends_ = cutter.finish();
  int64_t tokens = 0;
  for (int64_t k = 0; k < size(); ++k) {
    SampleLengths most;
    for (const int32_t i : (*this)[k]) {
      const SampleLengths lengths = samples.lengths(i);
      most = {std::max(most.source, lengths.source), std::max(most.target, lengths.target)};
      tokens += lengths.tokens();
    }
    longest_ = std::max(longest_, most.longest());
    positions_ += static_cast<int64_t>((*this)[k].size()) * most.tokens();
  }
  padding_ = 1 - static_cast<double>(tokens) / static_cast<double>(positions_);
}

std::span<const int32_t> Batches::operator[](int64_t k) const {
  const int32_t begin = k == 0 ? 0 : ends_[k - 1];
  return std::span(samples_).subspan(begin, ends_[k] - begin);
}

}  // namespace rotor
