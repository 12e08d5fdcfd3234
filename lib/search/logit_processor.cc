#include "search/logit_processor.h"

#include <cmath>

#include "search/constraints.h"

namespace rotor {
namespace {

/// Divides the scores of all tokens: above 1 the distribution is flatter.
class Temperature : public LogitProcessor {
 public:
  explicit Temperature(double temperature) : factor_(static_cast<float>(1 / temperature)) {}
  void process(PartialHypothesis& /*hypothesis*/, std::span<float> logits, NextToken& /*next*/) const override {
    for (float& x : logits) x *= factor_;
  }

 private:
  float factor_;
};

/// Lets </s> follow only where the hypothesis is long enough, and nothing else where it is as long as it may be.
class Length : public LogitProcessor {
 public:
  explicit Length(int64_t least) : least_(least) {}
  void process(PartialHypothesis& hypothesis, std::span<float> /*logits*/, NextToken& next) const override {
    const int64_t length = hypothesis.length();
    next.allowed = length >= hypothesis.longest() ? Continuation::kEnd
                   : length < least_              ? Continuation::kNoEnd
                                                  : Continuation::kAny;
  }

 private:
  int64_t least_;
};

/// Forces the tokens of the input's prefix.
class Prefix : public LogitProcessor {
 public:
  void process(PartialHypothesis& hypothesis, std::span<float> /*logits*/, NextToken& next) const override {
    const TokenIds& prefix = hypothesis.input().prefix;
    const int64_t length = hypothesis.length();
    if (length >= std::ssize(prefix)) return;
    next.forced = prefix[length];
    next.certain = length < hypothesis.input().given;
  }
};

/// Subtracts a penalty from the log-probability of <unk>. An infinite one that favours it would make all hypotheses
/// equal, so a number stands for it that wins over every other, and with which sums keep 3 decimals.
class UnknownPenalty : public LogitProcessor {
 public:
  UnknownPenalty(double penalty, int32_t unk)
      : change_{unk, penalty == -INFINITY ? kCertain : static_cast<float>(-penalty)} {}
  void process(PartialHypothesis& /*hypothesis*/, std::span<float> /*logits*/, NextToken& next) const override {
    next.changes.push_back(change_);
  }

 private:
  static constexpr float kCertain = 80;
  Change change_;
};

class NoRepeatedNgrams : public LogitProcessor {
 public:
  explicit NoRepeatedNgrams(int64_t n) : n_(n) {}
  void process(PartialHypothesis& hypothesis, std::span<float> /*logits*/, NextToken& next) const override {
    forbid_repeats(hypothesis.text(), n_, next.changes);
  }

 private:
  int64_t n_;
};

/// Forbids the ends of the phrases that the input avoids.
class AvoidedPhrases : public LogitProcessor {
 public:
  void process(PartialHypothesis& hypothesis, std::span<float> /*logits*/, NextToken& next) const override {
    const auto& avoided = hypothesis.input().avoided;
    if (!avoided.empty()) forbid_phrases(avoided, hypothesis.text(), next.changes);
  }
};

}  // namespace

LogitProcessors make_logit_processors(const SearchOptions& options, const SpecialTokens& specials) {
  LogitProcessors all;
  const auto add = [&](bool wanted, auto make) {
    if (wanted) all.push_back(make());
  };
  add(options.temperature != 1, [&] { return std::make_unique<Temperature>(options.temperature); });
  add(true, [&] { return std::make_unique<Length>(options.min_len); });
  add(true, [] { return std::make_unique<Prefix>(); });
  add(options.unkpen != 0, [&] { return std::make_unique<UnknownPenalty>(options.unkpen, specials.unk); });
  add(options.no_repeat_ngram_size > 0,
      [&] { return std::make_unique<NoRepeatedNgrams>(options.no_repeat_ngram_size); });
  add(true, [] { return std::make_unique<AvoidedPhrases>(); });
  return all;
}

void process(const LogitProcessors& processors, PartialHypothesis& hypothesis, std::span<float> logits,
             NextToken& next) {
  next.clear();
  for (const auto& processor : processors) {
    processor->process(hypothesis, logits, next);
    if (next.forced >= 0) return;
  }
}

}  // namespace rotor
