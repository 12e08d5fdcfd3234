#include "data/training_data.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
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

void check_weight(const Corpus& corpus, double weight) {
  constexpr double kMost = 1000;
  ROTOR_CHECK(weight > 0 && weight <= kMost, "expected the weight of {} above 0 and at most {}, got {}",
              corpus.path().string(), kMost, weight);
}

void check_task(const Corpus& corpus, const Corpus& first) {
  ROTOR_CHECK(corpus.task().name == first.task().name,
              "expected corpora of one task, got {} for {} and {} for {}; train on them one after the other",
              first.path().string(), first.task().name, corpus.path().string(), corpus.task().name);
}

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

TrainingData::TrainingData(const std::vector<WeightedCorpus>& corpora, const BatchOptions& options,
                           const std::optional<Vocabularies>& vocabularies)
    : options_(options) {
  for (const auto& [corpus, weight] : corpora) {
    check_weight(corpus, weight);
    check_task(corpus, corpora.front().corpus);
    auto samples = make_samples(corpus, options, vocabularies);
    Batches batches(*samples, options);
    const int64_t some = Share(weight, batches.size()).of(batches.size());
    ROTOR_CHECK(some > 0, "expected at least one batch an epoch of {}, got none by its weight {}; raise it",
                corpus.path().string(), weight);
    size_ += some;
    parts_.push_back({std::move(samples), weight, std::move(batches)});
  }
}

std::vector<int32_t> TrainingData::epoch_order(int64_t epoch) const {
  const auto key = [&](const char* name) { return derive(derive(options_.seed, name), static_cast<uint64_t>(epoch)); };
  std::vector<int32_t> order;
  order.reserve(size_);
  int32_t begin = 0;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const int64_t count = parts_[i].batches.size();
    const Share share(parts_[i].weight, count);
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

std::pair<const TrainingData::Part&, int64_t> TrainingData::place(int32_t number) const {
  size_t i = 0;
  int64_t k = number;
  for (; k >= parts_[i].batches.size(); ++i) k -= parts_[i].batches.size();
  return {parts_[i], k};
}

Batch TrainingData::batch(int32_t number, int64_t epoch) const {
  const auto [part, k] = place(number);
  return part.samples->batch(part.batches[k], epoch);
}

int64_t TrainingData::tokens(int32_t number) const {
  const auto [part, k] = place(number);
  int64_t tokens = 0;
  for (const int32_t i : part.batches[k]) tokens += part.samples->lengths(i).tokens();
  return tokens;
}

int64_t TrainingData::samples(int32_t number) const {
  const auto [part, k] = place(number);
  return std::ssize(part.batches[k]);
}

int64_t TrainingData::digest() const {
  uint64_t key = options_.seed;
  for (const auto& [samples, weight, batches] : parts_) {
    key = derive(key, std::bit_cast<uint64_t>(weight));
    if (const uint64_t made = samples->digest(); made != 0) key = derive(key, made);
    for (int64_t k = 0; k < batches.size(); ++k) {
      key = derive(key, batches[k].size());
      for (const int32_t i : batches[k]) key = derive(key, static_cast<uint64_t>(i));
    }
  }
  constexpr int kUnused = 12;  // numbers up to 2^52 are exact in every reader of JSON
  return static_cast<int64_t>(key >> kUnused) + 1;
}

int64_t TrainingData::batches() const {
  int64_t total = 0;
  for (const Part& part : parts_) total += part.batches.size();
  return total;
}

int64_t TrainingData::samples() const {
  int64_t total = 0;
  for (const Part& part : parts_) total += part.samples->size();
  return total;
}

int64_t TrainingData::skipped() const {
  int64_t total = 0;
  for (const Part& part : parts_) total += part.batches.skipped();
  return total;
}

int64_t TrainingData::longest() const {
  int64_t longest = 0;
  for (const Part& part : parts_) longest = std::max(longest, part.batches.longest());
  return longest;
}

double TrainingData::padding() const {
  double padding = 0, positions = 0;
  for (const Part& part : parts_) {
    padding += part.batches.padding() * static_cast<double>(part.batches.positions());
    positions += static_cast<double>(part.batches.positions());
  }
  return padding / positions;
}

int64_t TrainingData::write_samples(const std::filesystem::path& path, std::span<const int32_t> numbers,
                                    const Vocabularies& vocabularies) const {
  int64_t count = 0;
  write_atomically(path, [&](std::ostream& out) {
    for (const int32_t number : numbers) {
      const auto [part, k] = place(number);
      const std::string corpus = part.samples->corpus().path().string();
      const std::string origin = parts_.size() > 1 ? fmt::format("\t{}", corpus) : "";
      for (const int32_t i : part.batches[k]) {
        out << i + 1 << '\t' << part.samples->text(i, vocabularies) << origin << '\n';
        ++count;
      }
    }
  });
  return count;
}

}  // namespace rotor
