// A model for tests of search: the log-probabilities of the next token are random numbers drawn from the source and the
// tokens before, so that every translation there is, and every continuation of a prompt, can be scored one by one.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/random.h"
#include "search/beam_search.h"

namespace rotor {

class PrefixModel : public StepModel {
 public:
  explicit PrefixModel(int64_t vocabulary, const SpecialTokens& specials = {})
      : StepModel(specials), vocabulary_(vocabulary) {}

  /// The most tokens of prompts that begin() reads.
  void read_at_most(int64_t tokens) { most_read_ = tokens; }

  bool divide_scores(double /*temperature*/) override { return false; }
  int64_t begin(std::span<const SearchInput> inputs) override {
    sources_.clear();
    prefixes_.clear();
    steps_ = 0;
    longest_ = 0;
    int64_t read = most_read_;
    for (const SearchInput& input : inputs) {
      sources_.push_back(input.source);
      prefixes_.push_back(started(input.prompt));
      longest_ = std::max<int64_t>(longest_, std::ssize(input.source));
      read = std::min<int64_t>(read, std::ssize(input.prompt));
    }
    for (TokenIds& prefix : prefixes_) prefix.resize(read);
    return read;
  }

  void keep(std::span<const int64_t> inputs) override {
    std::vector<TokenIds> kept;
    for (int64_t s : inputs) kept.push_back(sources_[s]);
    sources_ = kept;
  }

  void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) override {
    ++steps_;
    std::vector<TokenIds> next;
    for (size_t r = 0; r < tokens.size(); ++r) {
      next.push_back(prefixes_.at(parents[r]));
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

  /// The start token and a prompt.
  TokenIds started(const TokenIds& prompt) const {
    TokenIds tokens = {specials().start};
    tokens.insert(tokens.end(), prompt.begin(), prompt.end());
    return tokens;
  }

  /// `prefix` begins with the start token.
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
    TokenIds prefix = started({});
    for (int32_t token : tokens) {
      const std::vector<float> row = attention_of(source, prefix);
      all.insert(all.end(), row.begin(), row.end());
      prefix.push_back(token);
    }
    return all;
  }

  /// Every translation, or continuation of a prompt, of at most max_length tokens before </s>, best first.
  std::vector<Hypothesis> enumerate(const TokenIds& source, int64_t max_length, const LengthPenalty& penalty,
                                    const TokenIds& prompt = {}) const {
    const auto [eos, pad] = std::pair(specials().eos, specials().pad);
    const auto before = std::ssize(prompt) + 1;
    std::vector<Hypothesis> all;
    std::function<void(TokenIds, double)> extend = [&](const TokenIds& prefix, double score) {
      const std::vector<float> logits = logits_of(source, prefix);
      double sum = 0;
      for (float x : logits) sum += std::exp(static_cast<double>(x));
      const int64_t length = std::ssize(prefix) - before;
      for (int32_t v = 0; v < static_cast<int32_t>(vocabulary_); ++v) {
        if (v == pad || (v == eos && length == 0) || (v != eos && length == max_length)) continue;
        TokenIds longer = prefix;
        longer.push_back(v);
        const double total = score + logits[v] - std::log(sum);
        if (v != eos) {
          extend(longer, total);
        } else {
          Hypothesis& hypothesis = all.emplace_back();
          hypothesis.tokens.assign(longer.begin() + before, longer.end());
          hypothesis.score = total / penalty(length + 1);
        }
      }
    };
    extend(started(prompt), 0);
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

  int64_t vocabulary_, steps_ = 0, longest_ = 0, most_read_ = 0;
  std::vector<TokenIds> sources_, prefixes_;
  Tensor attention_;
};

}  // namespace rotor
