// A model for tests of search: the log-probabilities of the next token are random numbers drawn from source and prefix,
// so that every translation there is can be scored one by one.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/random.h"
#include "search/beam.h"
#include "text/token_batch.h"

namespace rotor {

class PrefixModel : public StepModel {
 public:
  explicit PrefixModel(int64_t vocabulary) : vocabulary_(vocabulary) {}

  void begin(std::span<const TokenIds> sources) override {
    sources_.assign(sources.begin(), sources.end());
    prefixes_.clear();
    steps_ = 0;
    longest_ = 0;
    for (const TokenIds& source : sources_) longest_ = std::max<int64_t>(longest_, std::ssize(source));
  }

  void keep(std::span<const int64_t> sentences) override {
    std::vector<TokenIds> kept;
    for (int64_t s : sentences) kept.push_back(sources_[s]);
    sources_ = kept;
  }

  void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) override {
    ++steps_;
    std::vector<TokenIds> next;
    for (size_t r = 0; r < tokens.size(); ++r) {
      next.push_back(prefixes_.empty() ? TokenIds() : prefixes_[parents[r]]);
      next.back().push_back(tokens[r]);
    }
    prefixes_ = next;
    const size_t width = tokens.size() / sources_.size();
    attention_ = Tensor::zeros({static_cast<int64_t>(tokens.size()), longest_});
    for (size_t r = 0; r < tokens.size() && wants_attention(); ++r) {
      const std::vector<float> row = attention_of(sources_[r / width], prefixes_[r]);
      std::copy(row.begin(), row.end(), attention_.data() + r * longest_);
    }
  }

  Tensor scores(int64_t first, int64_t count) const override {
    Tensor logits({count, vocabulary_});
    const int64_t width = std::ssize(prefixes_) / std::ssize(sources_);
    for (int64_t r = 0; r < count; ++r) {
      const std::vector<float> row = logits_of(sources_[(first + r) / width], prefixes_[first + r]);
      std::copy(row.begin(), row.end(), logits.data() + r * vocabulary_);
    }
    return logits;
  }

  Tensor attention() const override { return attention_; }

  /// `prefix` begins with the </s> that a decoder starts from.
  std::vector<float> logits_of(const TokenIds& source, const TokenIds& prefix) const {
    Random random(key_of(source, prefix));
    std::vector<float> logits(vocabulary_);
    for (float& x : logits) x = static_cast<float>(2 * random.normal());
    return logits;
  }

  /// The weights with which the token after a prefix attends to the source.
  std::vector<float> attention_of(const TokenIds& source, const TokenIds& prefix) const {
    Random random(derive(key_of(source, prefix), "attention"));
    std::vector<float> weights(source.size());
    float sum = 0;
    for (float& weight : weights) sum += weight = static_cast<float>(std::exp(2 * random.normal()));
    for (float& weight : weights) weight /= sum;
    return weights;
  }

  /// Those of all tokens of a hypothesis, [tokens, source tokens].
  std::vector<float> attention_of_all(const TokenIds& source, const TokenIds& tokens) const {
    std::vector<float> all;
    TokenIds prefix = {kEos};
    for (int32_t token : tokens) {
      const std::vector<float> row = attention_of(source, prefix);
      all.insert(all.end(), row.begin(), row.end());
      prefix.push_back(token);
    }
    return all;
  }

  /// Every translation of at most max_length tokens before </s>, best first.
  std::vector<Hypothesis> enumerate(const TokenIds& source, int64_t max_length, const LengthPenalty& penalty) const {
    std::vector<Hypothesis> all;
    std::function<void(TokenIds, double)> extend = [&](const TokenIds& prefix, double score) {
      const std::vector<float> logits = logits_of(source, prefix);
      double sum = 0;
      for (float x : logits) sum += std::exp(static_cast<double>(x));
      const auto length = static_cast<int64_t>(prefix.size()) - 1;
      for (int32_t v = 0; v < static_cast<int32_t>(vocabulary_); ++v) {
        if (v == kPad || (v == kEos && length == 0) || (v != kEos && length == max_length)) continue;
        TokenIds longer = prefix;
        longer.push_back(v);
        const double total = score + logits[v] - std::log(sum);
        if (v != kEos) {
          extend(longer, total);
        } else {
          Hypothesis& hypothesis = all.emplace_back();
          hypothesis.tokens.assign(longer.begin() + 1, longer.end());
          hypothesis.score = total / penalty(length + 1);
        }
      }
    };
    extend({kEos}, 0);
    std::sort(all.begin(), all.end(), [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
    return all;
  }

  int64_t steps() const { return steps_; }

 private:
  static uint64_t key_of(const TokenIds& source, const TokenIds& prefix) {
    uint64_t key = 1;
    for (int32_t id : source) key = derive(key, static_cast<uint64_t>(id));
    for (int32_t id : prefix) key = derive(key, static_cast<uint64_t>(id) + 100);
    return key;
  }

  int64_t vocabulary_, steps_ = 0, longest_ = 0;
  std::vector<TokenIds> sources_, prefixes_;
  Tensor attention_;
};

}  // namespace rotor
