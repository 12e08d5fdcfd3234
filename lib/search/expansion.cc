#include "search/expansion.h"

#include <algorithm>

#include "base/check.h"
#include "base/random.h"
#include "search/constraints.h"

namespace rotor {
namespace {

class Beam : public Expansion {
 public:
  explicit Beam(int64_t width) : width_(width) {}

  void propose(PartialHypothesis& hypothesis, std::span<float> logits, const NextToken& next,
               std::vector<Candidate>& candidates) const override {
    best_continuations(logits, hypothesis.score(), hypothesis.row(), next, most(), candidates);
  }

  std::span<const Candidate> choose(const SearchedSentence& /*sentence*/,
                                    std::vector<Candidate>& candidates) const override {
    const auto count = std::min<int64_t>(std::ssize(candidates), most());
    std::partial_sort(candidates.begin(), candidates.begin() + count, candidates.end());
    return {candidates.data(), static_cast<size_t>(count)};
  }

 protected:
  int64_t most() const { return 2 * width_; }

 private:
  int64_t width_;
};

class DiverseGroups : public Beam {
 public:
  DiverseGroups(int64_t width, double strength) : Beam(width), strength_(static_cast<float>(strength)) {}

  void begin_step() override { taken_.clear(); }
  void took(int32_t token) override { taken_.push_back({token, -strength_}); }

  void propose(PartialHypothesis& hypothesis, std::span<float> logits, const NextToken& next,
               std::vector<Candidate>& candidates) const override {
    static thread_local NextToken other;
    other = next;
    if (next.forced < 0) other.changes.insert(other.changes.begin(), taken_.begin(), taken_.end());
    Beam::propose(hypothesis, logits, other, candidates);
  }

 private:
  float strength_;
  std::vector<Change> taken_;  ///< penalties for the tokens that earlier groups took
};

class Sampling : public Expansion {
 public:
  explicit Sampling(const SearchOptions& options) : options_(options) {}

  void propose(PartialHypothesis& hypothesis, std::span<float> logits, const NextToken& next,
               std::vector<Candidate>& candidates) const override {
    const SearchInput& input = hypothesis.input();
    const int64_t count = hypothesis.length() == std::ssize(input.prefix) ? options_.beam : 1;
    const uint64_t key = derive(derive(options_.seed, input.number), hypothesis.length());
    static thread_local std::vector<Candidate> drawn;
    candidates.clear();
    for (int64_t i = 0; i < count; ++i) {
      const double number = Random(derive(key, hypothesis.row() + i)).uniform();
      draw_continuation(logits, hypothesis.score(), hypothesis.row(), next, options_.sampling_topk,
                        options_.sampling_topp, number, drawn);
      candidates.insert(candidates.end(), drawn.begin(), drawn.end());
    }
  }

  std::span<const Candidate> choose(const SearchedSentence& /*sentence*/,
                                    std::vector<Candidate>& candidates) const override {
    return candidates;
  }

 private:
  const SearchOptions& options_;
};

class Constrained : public Beam {
 public:
  using Beam::Beam;

  void propose(PartialHypothesis& hypothesis, std::span<float> logits, const NextToken& next,
               std::vector<Candidate>& candidates) const override {
    const PhraseProgress phrases = progress(hypothesis.input().phrases, hypothesis.tokens());
    NextToken own = next;
    if (!phrases.complete && own.allowed == Continuation::kAny) own.allowed = Continuation::kNoEnd;
    Beam::propose(hypothesis, logits, own, candidates);
    if (own.forced >= 0 || own.allowed == Continuation::kEnd) return;
    std::vector<Candidate> with_phrase;
    for (const int32_t token : phrases.next) {
      own.forced = token;
      best_continuations(logits, hypothesis.score(), hypothesis.row(), own, 1, with_phrase);
      candidates.insert(candidates.end(), with_phrase.begin(), with_phrase.end());
    }
  }

  std::span<const Candidate> choose(const SearchedSentence& sentence,
                                    std::vector<Candidate>& candidates) const override {
    std::vector<BankedCandidate> banked;
    for (const Candidate& candidate : candidates) {
      TokenIds path = sentence.tree.path_to(sentence.before[candidate.row].node);
      path.push_back(candidate.token);
      banked.push_back({candidate, progress(sentence.input->phrases, path).tokens});
    }
    return candidates = draw_from_banks(std::move(banked), most());
  }
};

}  // namespace

std::unique_ptr<Expansion> make_expansion(const SearchOptions& options, const SearchInput& input) {
  const int64_t groups = options.diverse_beam_groups;
  if (!input.phrases.empty()) {
    ROTOR_CHECK(!options.sampling && groups == 1,
                "expected no phrases that a hypothesis must have with {}, got {}; leave out one of them",
                options.sampling ? "sampling" : "groups", input.phrases.size());
    return std::make_unique<Constrained>(options.beam);
  }
  if (options.sampling) return std::make_unique<Sampling>(options);
  if (groups > 1) return std::make_unique<DiverseGroups>(options.beam / groups, options.diverse_beam_strength);
  return std::make_unique<Beam>(options.beam);
}

}  // namespace rotor
