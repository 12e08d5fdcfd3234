#include "search/beam.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "model/token_batch.h"
#include "search/candidates.h"

namespace rotor {
namespace {

/// A token of the tree of hypotheses: a hypothesis is the path from one of its leaves to the root.
struct Node {
  int32_t parent = -1;
  int32_t token = kEos;
  float score = 0;  ///< log-probability of the path
};

/// A hypothesis that goes on: its last node, and the row of its sentence that it continues. Where a sentence has too
/// few of them, dead ones fill the rows.
struct Leaf {
  int32_t node = -1;
  int32_t row = 0;
  bool dead() const { return node < 0; }
};

/// What the search knows of one sentence. Node 0 is the </s> that the decoder starts from.
struct Sentence {
  int64_t number = 0;      ///< in the batch
  int64_t max_length = 0;  ///< tokens before </s>
  std::vector<Node> tree = {Node{}};
  std::vector<Leaf> beam = {Leaf{0, 0}};
  std::vector<Hypothesis> finished;
};

class Search {
 public:
  Search(StepModel& model, std::span<const TokenIds> sources, const SearchOptions& options)
      : model_(model), options_(options), beam_(options.beam), penalty_(options.penalty()), sentences_(sources.size()) {
    for (size_t i = 0; i < sources.size(); ++i) {
      sentences_[i].number = static_cast<int64_t>(i);
      sentences_[i].max_length = options.max_length(static_cast<int64_t>(sources[i].size()));
    }
    if (!sources.empty()) model_.begin(sources);
  }

  std::vector<std::vector<Hypothesis>> run() {
    std::vector<std::vector<Hypothesis>> results(sentences_.size());
    std::vector<int64_t> parents(sentences_.size());
    for (width_ = 1; !sentences_.empty(); width_ = beam_, ++step_) {
      find_candidates(model_.step(last_tokens(), parents));
      for (size_t s = 0; s < sentences_.size(); ++s) advance(sentences_[s], merge(s));
      parents = drop_done(results);
    }
    return results;
  }

 private:
  std::vector<int32_t> last_tokens() const {
    std::vector<int32_t> tokens;
    for (const Sentence& sentence : sentences_) {
      for (const Leaf& leaf : sentence.beam) tokens.push_back(leaf.dead() ? kEos : sentence.tree[leaf.node].token);
    }
    return tokens;
  }

  Continuation allowed(const Sentence& sentence) const {
    if (step_ >= sentence.max_length) return Continuation::kEnd;
    return step_ < options_.min_len ? Continuation::kNoEnd : Continuation::kAny;
  }

  /// Fills candidates_ with the best continuations of each hypothesis, given logits [rows, V].
  void find_candidates(const Tensor& logits) {
    const int64_t rows = logits.size(0), vocabulary = logits.size(1);
    if (static_cast<int64_t>(candidates_.size()) < rows) candidates_.resize(rows);
#pragma omp parallel for schedule(dynamic) if (logits.elements() > 16384)
    for (int64_t r = 0; r < rows; ++r) {
      const Sentence& sentence = sentences_[r / width_];
      const Leaf& leaf = sentence.beam[r % width_];
      candidates_[r].clear();
      if (leaf.dead()) continue;
      best_continuations({logits.data() + r * vocabulary, static_cast<size_t>(vocabulary)},
                         sentence.tree[leaf.node].score, static_cast<int32_t>(r % width_), allowed(sentence), 2 * beam_,
                         candidates_[r]);
    }
  }

  /// The 2·beam best continuations of all hypotheses of sentence s, best first.
  std::span<const Candidate> merge(size_t s) {
    std::vector<Candidate>& all = candidates_[s * width_];
    for (int64_t i = 1; i < width_; ++i) {
      const std::vector<Candidate>& more = candidates_[s * width_ + i];
      all.insert(all.end(), more.begin(), more.end());
    }
    const auto count = std::min<int64_t>(static_cast<int64_t>(all.size()), 2 * beam_);
    std::partial_sort(all.begin(), all.begin() + count, all.end());
    return {all.data(), static_cast<size_t>(count)};
  }

  /// Finishes the hypotheses that end, and goes on with the best of the others.
  void advance(Sentence& sentence, std::span<const Candidate> candidates) {
    const std::vector<Leaf> before = std::move(sentence.beam);
    sentence.beam.clear();
    const auto beam = static_cast<size_t>(beam_);
    for (size_t i = 0; i < candidates.size(); ++i) {
      const auto [score, row, token] = candidates[i];
      const Node next{before[row].node, token, score};
      if (token != kEos) {
        if (sentence.beam.size() == beam) continue;
        sentence.beam.push_back({static_cast<int32_t>(sentence.tree.size()), row});
        sentence.tree.push_back(next);
      } else if (i < beam && sentence.finished.size() < beam) {
        sentence.finished.push_back(finish(sentence.tree, next));
      }
    }
  }

  /// The path to the root from `last`, which is not in the tree itself.
  Hypothesis finish(const std::vector<Node>& tree, Node last) const {
    Hypothesis hypothesis;
    hypothesis.score = last.score / penalty_(step_ + 1);
    for (Node node = last; node.parent >= 0; node = tree[node.parent]) {
      hypothesis.tokens.push_back(node.token);
      hypothesis.token_scores.push_back(node.score - tree[node.parent].score);
    }
    std::reverse(hypothesis.tokens.begin(), hypothesis.tokens.end());
    std::reverse(hypothesis.token_scores.begin(), hypothesis.token_scores.end());
    return hypothesis;
  }

  bool is_done(const Sentence& sentence) const {
    return static_cast<int64_t>(sentence.finished.size()) == beam_ || step_ >= sentence.max_length ||
           sentence.beam.empty();
  }

  /// Moves the results of sentences that are done out of the batch. Returns the parents of the hypotheses that go on.
  std::vector<int64_t> drop_done(std::vector<std::vector<Hypothesis>>& results) {
    std::vector<int64_t> kept, parents;
    for (size_t s = 0; s < sentences_.size(); ++s) {
      Sentence& sentence = sentences_[s];
      if (is_done(sentence)) {
        CHECK(!sentence.finished.empty(), "expected numbers as the model's scores, got NaN; the model is damaged");
        std::stable_sort(sentence.finished.begin(), sentence.finished.end(),
                         [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
        results[sentence.number] = std::move(sentence.finished);
        continue;
      }
      sentence.beam.resize(beam_);
      for (const Leaf& leaf : sentence.beam) parents.push_back(static_cast<int64_t>(s) * width_ + leaf.row);
      if (kept.size() < s) sentences_[kept.size()] = std::move(sentence);
      kept.push_back(static_cast<int64_t>(s));
    }
    if (!kept.empty() && kept.size() < sentences_.size()) model_.keep(kept);
    sentences_.resize(kept.size());
    return parents;
  }

  StepModel& model_;
  const SearchOptions& options_;
  const int64_t beam_;
  const LengthPenalty penalty_;
  std::vector<Sentence> sentences_;                 ///< those not done
  int64_t step_ = 0;                                ///< tokens of every hypothesis
  int64_t width_ = 1;                               ///< hypotheses of every sentence: one at first, then the beam
  std::vector<std::vector<Candidate>> candidates_;  ///< of each hypothesis, kept for their memory
};

}  // namespace

std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const TokenIds> sources,
                                                 const SearchOptions& options) {
  return Search(model, sources, options).run();
}

}  // namespace rotor
