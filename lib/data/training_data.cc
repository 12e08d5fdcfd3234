#include "data/training_data.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <ostream>

#include "autograd/variable.h"
#include "base/check.h"
#include "base/option_text.h"
#include "base/random.h"

namespace rotor {
namespace {

/// The number of times that an epoch has all of `size` batches, and the number of batches that it has once more.
struct Share {
  int64_t whole, rest;

  Share(double weight, int64_t size)
      : whole(static_cast<int64_t>(weight)),
        rest(std::llround((weight - static_cast<double>(whole)) * static_cast<double>(size))) {}
  int64_t of(int64_t size) const { return whole * size + rest; }
};

}  // namespace

std::pair<std::string, double> parse_weighted(const std::string& text) {
  const size_t colon = text.rfind(':');
  double weight = 1;
  if (std::filesystem::is_directory(text)) return {text, 1};
  if (colon == text.npos || !read_value({text.substr(colon + 1)}, weight)) return {text, 1};
  return {text.substr(0, colon), weight};
}

std::vector<WeightedCorpus> open_weighted(const std::vector<std::string>& texts, const Vocabularies& vocabularies) {
  std::vector<WeightedCorpus> corpora;
  for (const std::string& text : texts) {
    const auto [folder, weight] = parse_weighted(text);
    corpora.push_back({open_split(folder, "train", vocabularies), weight});
  }
  return corpora;
}

TrainingData::TrainingData(std::vector<WeightedCorpus> corpora, const BatchOptions& options,
                           const std::optional<Vocabularies>& vocabularies)
    : options_(options), corpora_(std::move(corpora)) {
  if (options.bpe_dropout > 0) {
    bpe_dropout_ = {BpeDropout(vocabularies.value().source), BpeDropout(vocabularies.value().target)};
  }
  for (const auto& [corpus, weight] : corpora_) {
    constexpr double kMost = 1000;
    const std::string path = corpus.path().string();
    ROTOR_CHECK(weight > 0 && weight <= kMost, "expected the weight of {} above 0 and at most {}, got {}", path, kMost,
                weight);
    const int64_t all = batches_.emplace_back(corpus, options).size(), some = Share(weight, all).of(all);
    ROTOR_CHECK(some > 0, "expected at least one batch an epoch of {}, got none by its weight {}; raise it", path,
                weight);
    size_ += some;
  }
}

std::vector<int32_t> TrainingData::epoch_order(int64_t epoch) const {
  const auto key = [&](const char* name) { return derive(derive(options_.seed, name), static_cast<uint64_t>(epoch)); };
  std::vector<int32_t> order;
  order.reserve(size_);
  int32_t begin = 0;
  for (size_t i = 0; i < corpora_.size(); ++i) {
    const int64_t count = batches_[i].size();
    const Share share(corpora_[i].weight, count);
    std::vector<int32_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), begin);
    begin += static_cast<int32_t>(count);
    for (int64_t pass = 0; pass < share.whole; ++pass) order.insert(order.end(), numbers.begin(), numbers.end());
    if (share.rest == 0) continue;
    Random(derive(key("rest"), i)).shuffle(numbers);
    order.insert(order.end(), numbers.begin(), numbers.begin() + share.rest);
  }
  Random(key("epoch")).shuffle(order);
  return order;
}

std::pair<size_t, int64_t> TrainingData::place(int32_t number) const {
  size_t i = 0;
  int64_t k = number;
  for (; k >= batches_[i].size(); ++i) k -= batches_[i].size();
  return {i, k};
}

Batch TrainingData::batch(int32_t number) const {
  const auto [i, k] = place(number);
  if (bpe_dropout_.empty()) return make_batch(corpora_[i].corpus, batches_[i][k]);
  Random random(next_random_key());
  const auto reading = [&](const BpeDropout& dropout, int64_t most) -> Reading {
    return [&, most](std::vector<int32_t> ids) {
      std::vector<int32_t> others = dropout(ids, options_.bpe_dropout, random);
      return std::ssize(others) < most ? others : ids;  // with </s> no longer than the model's positions
    };
  };
  return make_batch(corpora_[i].corpus, batches_[i][k], reading(bpe_dropout_[0], options_.max_source_positions),
                    reading(bpe_dropout_[1], options_.max_target_positions));
}

int64_t TrainingData::tokens(int32_t number) const {
  const auto [i, k] = place(number);
  const Corpus& corpus = corpora_[i].corpus;
  int64_t tokens = 0;
  for (const int32_t pair : batches_[i][k]) tokens += corpus.source_length(pair) + corpus.target_length(pair);
  return tokens;
}

int64_t TrainingData::pairs(int32_t number) const {
  const auto [i, k] = place(number);
  return std::ssize(batches_[i][k]);
}

int64_t TrainingData::digest() const {
  uint64_t key = options_.seed;
  for (size_t i = 0; i < corpora_.size(); ++i) {
    key = derive(key, std::bit_cast<uint64_t>(corpora_[i].weight));
    for (int64_t k = 0; k < batches_[i].size(); ++k) {
      key = derive(key, batches_[i][k].size());
      for (const int32_t pair : batches_[i][k]) key = derive(key, static_cast<uint64_t>(pair));
    }
  }
  constexpr int kUnused = 12;  // numbers up to 2^52 are exact in every reader of JSON
  return static_cast<int64_t>(key >> kUnused) + 1;
}

int64_t TrainingData::batches() const {
  int64_t total = 0;
  for (const Batches& batches : batches_) total += batches.size();
  return total;
}

int64_t TrainingData::pairs() const {
  int64_t total = 0;
  for (const auto& [corpus, weight] : corpora_) total += corpus.size();
  return total;
}

int64_t TrainingData::skipped() const {
  int64_t total = 0;
  for (const Batches& batches : batches_) total += batches.skipped();
  return total;
}

double TrainingData::padding() const {
  double padding = 0, positions = 0;
  for (const Batches& batches : batches_) {
    padding += batches.padding() * static_cast<double>(batches.positions());
    positions += static_cast<double>(batches.positions());
  }
  return padding / positions;
}

int64_t TrainingData::write_pairs(const std::filesystem::path& path, std::span<const int32_t> numbers,
                                  const Vocabularies& vocabularies) const {
  int64_t count = 0;
  write_atomically(path, [&](std::ostream& out) {
    for (const int32_t number : numbers) {
      const auto [i, k] = place(number);
      const Corpus& corpus = corpora_[i].corpus;
      const std::string origin = corpora_.size() > 1 ? fmt::format("\t{}", corpus.path().string()) : "";
      for (const int32_t pair : batches_[i][k]) {
        out << pair + 1 << '\t' << vocabularies.source.decode(corpus.source(pair)) << '\t'
            << vocabularies.target.decode(corpus.target(pair)) << origin << '\n';
        ++count;
      }
    }
  });
  return count;
}

}  // namespace rotor
