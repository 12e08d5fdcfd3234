#include "search/beam.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/random.h"
#include "model/token_batch.h"
#include "search/candidates.h"
#include "tensor/parallel.h"

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
  int64_t index = 0;       ///< in the batch
  int64_t number = 0;      ///< of all inputs
  int64_t max_length = 0;  ///< tokens before </s>
  TokenIds prefix;
  std::vector<Node> tree = {Node{}};
  std::vector<Leaf> beam = {Leaf{0, 0}}, before;  ///< the hypotheses, group by group, and those of the step before
  std::vector<Hypothesis> finished;
  std::vector<int64_t> finished_by_group;
  std::vector<Change> taken;  ///< by the groups before, at this step: what they cost the next one
};

/// The tokens of the path from the root to a node.
TokenIds path_to(const std::vector<Node>& tree, int32_t leaf) {
  TokenIds path;
  for (int32_t node = leaf; tree[node].parent >= 0; node = tree[node].parent) path.push_back(tree[node].token);
  std::reverse(path.begin(), path.end());
  return path;
}

/// Forbids each token that would repeat `n` tokens of the path in a row.
void forbid_repeats(const TokenIds& path, int64_t n, std::vector<Change>& changes) {
  const int64_t length = std::ssize(path);
  for (int64_t end = n - 1; end < length; ++end) {  // path[end] would follow again
    if (std::equal(path.begin() + (end - n + 1), path.begin() + end, path.end() - (n - 1))) {
      changes.push_back({path[end], -INFINITY});
    }
  }
}

class Search {
 public:
  Search(StepModel& model, std::span<const SearchInput> inputs, const SearchOptions& options)
      : model_(model),
        options_(options),
        beam_(options.beam),
        group_beam_(options.beam / options.diverse_beam_groups),
        penalty_(options.penalty()),
        sentences_(inputs.size()) {
    std::vector<TokenIds> sources;
    for (size_t i = 0; i < inputs.size(); ++i) {
      sentences_[i].index = static_cast<int64_t>(i);
      sentences_[i].number = inputs[i].number;
      sentences_[i].prefix = inputs[i].prefix;
      sentences_[i].finished_by_group.resize(options.diverse_beam_groups);
      sentences_[i].max_length = options.max_length(static_cast<int64_t>(inputs[i].source.size()));
      sources.push_back(inputs[i].source);
    }
    if (!sources.empty()) model_.begin(sources);
  }

  std::vector<std::vector<Hypothesis>> run() {
    std::vector<std::vector<Hypothesis>> results(sentences_.size());
    std::vector<int64_t> parents(sentences_.size());
    for (width_ = 1; !sentences_.empty(); width_ = beam_, ++step_) {
      const Tensor logits = model_.step(last_tokens(), parents);
      if (options_.temperature != 1) cool(logits);
      for (Sentence& sentence : sentences_) {
        sentence.before = std::move(sentence.beam);
        sentence.beam.clear();
        sentence.taken.clear();
      }
      for (int64_t group = 0; group < options_.diverse_beam_groups; ++group) {
        find_candidates(logits, group);
        for (size_t s = 0; s < sentences_.size(); ++s) advance(sentences_[s], merge(s), group);
      }
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

  void cool(const Tensor& logits) const {
    const auto factor = static_cast<float>(1 / options_.temperature);
    for (float& x : logits.span()) x *= factor;
  }

  Continuation allowed(const Sentence& sentence) const {
    if (step_ >= sentence.max_length) return Continuation::kEnd;
    return step_ < options_.min_len ? Continuation::kNoEnd : Continuation::kAny;
  }

  /// What may follow a hypothesis; `changes` is memory for it.
  NextToken next_token(const Sentence& sentence, const Leaf& leaf, std::vector<Change>& changes) const {
    if (step_ < std::ssize(sentence.prefix)) return {allowed(sentence), {}, sentence.prefix[step_]};
    changes = sentence.taken;
    if (options_.unkpen != 0) changes.push_back({kUnk, static_cast<float>(-options_.unkpen)});
    if (const int64_t n = options_.no_repeat_ngram_size; n > 0 && step_ >= n) {
      forbid_repeats(path_to(sentence.tree, leaf.node), n, changes);
    }
    return {allowed(sentence), changes};
  }

  /// The rows of a sentence that a group goes on from: at the first step all from the same one.
  int64_t group_width() const { return width_ == 1 ? 1 : group_beam_; }

  /// Fills candidates_ with the continuations of each hypothesis of a group, given logits [rows, V].
  void find_candidates(const Tensor& logits, int64_t group) {
    const int64_t vocabulary = logits.size(1), width = group_width(), first = width_ == 1 ? 0 : group * width;
    const int64_t count = std::ssize(sentences_) * width;
    if (std::ssize(candidates_) < count) candidates_.resize(count);
    parallel_for(count * vocabulary > kParallelElements, count, [&](int64_t i) {
      const Sentence& sentence = sentences_[i / width];
      const int64_t row = first + i % width;
      const Leaf& leaf = sentence.before[row];
      candidates_[i].clear();
      if (leaf.dead()) return;
      static thread_local std::vector<Change> changes;
      const NextToken next = next_token(sentence, leaf, changes);
      const std::span<float> scores(logits.data() + (i / width * width_ + row) * vocabulary, vocabulary);
      if (options_.sampling) {
        draw(scores, sentence, row, next, candidates_[i]);
      } else {
        best_continuations(scores, sentence.tree[leaf.node].score, static_cast<int32_t>(row), next, 2 * group_beam_,
                           candidates_[i]);
      }
    });
  }

  /// One drawn continuation a hypothesis; the beam's number of them where the hypotheses part.
  void draw(std::span<float> logits, const Sentence& sentence, int64_t row, const NextToken& next,
            std::vector<Candidate>& candidates) const {
    const int64_t count = step_ == std::ssize(sentence.prefix) ? beam_ : 1;
    const uint64_t key = derive(derive(options_.seed, sentence.number), step_);
    std::vector<Candidate> drawn;
    for (int64_t i = 0; i < count; ++i) {
      const double number = Random(derive(key, row + i)).uniform();
      draw_continuation(logits, sentence.tree[sentence.before[row].node].score, static_cast<int32_t>(row), next,
                        options_.sampling_topk, options_.sampling_topp, number, drawn);
      candidates.insert(candidates.end(), drawn.begin(), drawn.end());
    }
  }

  /// The candidates of sentence s: the best 2·beam of its group, best first, or all that were drawn.
  std::span<const Candidate> merge(size_t s) {
    const int64_t width = group_width();
    std::vector<Candidate>& all = candidates_[s * width];
    for (int64_t i = 1; i < width; ++i) {
      const std::vector<Candidate>& more = candidates_[s * width + i];
      all.insert(all.end(), more.begin(), more.end());
    }
    if (options_.sampling) return all;
    const auto count = std::min<int64_t>(std::ssize(all), 2 * group_beam_);
    std::partial_sort(all.begin(), all.begin() + count, all.end());
    return {all.data(), static_cast<size_t>(count)};
  }

  /// Finishes the hypotheses of a group that end, and goes on with the best of the others.
  void advance(Sentence& sentence, std::span<const Candidate> candidates, int64_t group) {
    const auto full = static_cast<size_t>((group + 1) * group_beam_);
    int64_t& finished = sentence.finished_by_group[group];
    auto take = [&](int32_t token) {
      if (options_.diverse_beam_groups == 1) return;
      sentence.taken.push_back({token, -static_cast<float>(options_.diverse_beam_strength)});
    };
    for (size_t i = 0; i < candidates.size(); ++i) {
      const auto [score, row, token] = candidates[i];
      const Node next{sentence.before[row].node, token, score};
      if (token != kEos) {
        if (sentence.beam.size() == full) continue;
        sentence.beam.push_back({static_cast<int32_t>(sentence.tree.size()), row});
        sentence.tree.push_back(next);
        take(token);
      } else if (static_cast<int64_t>(i) < group_beam_ && finished < group_beam_) {
        sentence.finished.push_back(finish(sentence.tree, next));
        ++finished;
        take(token);
      }
    }
    if (finished == group_beam_) sentence.beam.resize(full - group_beam_);  // the group is done: none goes on
    sentence.beam.resize(full);
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
    return step_ >= sentence.max_length ||
           std::all_of(sentence.beam.begin(), sentence.beam.end(), [](const Leaf& leaf) { return leaf.dead(); });
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
        results[sentence.index] = std::move(sentence.finished);
        continue;
      }
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
  const int64_t beam_, group_beam_;
  const LengthPenalty penalty_;
  std::vector<Sentence> sentences_;                 ///< those not done
  int64_t step_ = 0;                                ///< tokens of every hypothesis
  int64_t width_ = 1;                               ///< hypotheses of every sentence: one at first, then the beam
  std::vector<std::vector<Candidate>> candidates_;  ///< of each hypothesis of a group, kept for their memory
};

}  // namespace

std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const SearchInput> inputs,
                                                 const SearchOptions& options) {
  return Search(model, inputs, options).run();
}

std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const TokenIds> sources,
                                                 const SearchOptions& options) {
  std::vector<SearchInput> inputs;
  for (const TokenIds& source : sources) inputs.push_back({source, {}, std::ssize(inputs)});
  return beam_search(model, inputs, options);
}

}  // namespace rotor
