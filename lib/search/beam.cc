#include "search/beam.h"

#include <algorithm>
#include <functional>

#include "base/check.h"
#include "base/random.h"
#include "model/token_batch.h"
#include "search/candidates.h"
#include "search/constraints.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// A hypothesis that goes on: its last node, and the row of its sentence that it continues. Where a sentence has too
/// few of them, dead ones fill the rows.
struct Leaf {
  int32_t node = -1;
  int32_t row = 0;
  bool dead() const { return node < 0; }
};

/// What the search knows of one sentence. The tree's root is the </s> that the decoder starts from.
struct Sentence {
  Sentence(const SearchInput& search_input, int64_t index_in_batch, const SearchOptions& options)
      : input(&search_input),
        index(index_in_batch),
        max_length(options.max_length(std::ssize(search_input.source))),
        tree(kEos, std::ssize(search_input.source)),
        finished_by_group(options.diverse_beam_groups) {}

  const SearchInput* input;
  int64_t index;       ///< in the batch
  int64_t max_length;  ///< tokens before </s>
  HypothesisTree tree;
  std::vector<Leaf> beam = {Leaf{0, 0}}, before;  ///< the hypotheses, group by group, and those of the step before
  std::vector<Hypothesis> finished;
  std::vector<int64_t> finished_by_group;
  std::vector<Change> taken;  ///< by the groups before, at this step: what they cost the next one

  bool has_phrases() const { return !input->phrases.empty(); }
};

class Search {
 public:
  Search(StepModel& model, std::span<const SearchInput> inputs, const SearchOptions& options)
      : model_(model),
        options_(options),
        beam_(options.beam),
        group_beam_(options.beam / options.diverse_beam_groups),
        penalty_(options.penalty()),
        keeps_attention_(options.keep_attention || options.coverage_penalty != 0) {
    std::vector<TokenIds> sources;
    for (const SearchInput& input : inputs) {
      sentences_.emplace_back(input, std::ssize(sentences_), options);
      sources.push_back(input.source);
    }
    model_.want_attention(keeps_attention_);
    if (!sources.empty()) model_.begin(sources);
  }

  std::vector<std::vector<Hypothesis>> run() {
    std::vector<std::vector<Hypothesis>> results(sentences_.size());
    std::vector<int64_t> parents(sentences_.size());
    for (width_ = 1; !sentences_.empty(); width_ = beam_, ++step_) {
      const Tensor logits = model_.step(last_tokens(), parents);
      if (options_.temperature != 1) cool(logits);
      if (keeps_attention_) keep_attention(model_.attention());
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

  void keep_attention(const Tensor& weights) {
    for (size_t s = 0; s < sentences_.size(); ++s) {
      const int64_t length = std::ssize(sentences_[s].input->source);
      std::vector<float> rows;
      for (int64_t r = 0; r < width_; ++r) {
        const float* row = weights.data() + (static_cast<int64_t>(s) * width_ + r) * weights.size(1);
        rows.insert(rows.end(), row, row + length);
      }
      sentences_[s].tree.keep_attention(std::move(rows));
    }
  }

  void cool(const Tensor& logits) const {
    const auto factor = static_cast<float>(1 / options_.temperature);
    for (float& x : logits.span()) x *= factor;
  }

  /// `progress` is that of the hypothesis with its phrases, if there are any.
  Continuation allowed(const Sentence& sentence, const PhraseProgress& progress) const {
    if (step_ >= sentence.max_length) return Continuation::kEnd;
    return step_ < options_.min_len || !progress.complete ? Continuation::kNoEnd : Continuation::kAny;
  }

  /// Fills `candidates` with the continuations of a hypothesis.
  void continue_one(std::span<float> logits, const Sentence& sentence, int64_t row,
                    std::vector<Candidate>& candidates) const {
    const int32_t leaf = sentence.before[row].node;
    const SearchInput& input = *sentence.input;
    const TokenIds path = reads_paths(input) ? sentence.tree.path_to(leaf) : TokenIds();
    const PhraseProgress phrases = progress(input.phrases, path);
    static thread_local std::vector<Change> changes;
    NextToken next{allowed(sentence, phrases)};
    if (step_ < std::ssize(input.prefix)) {
      next.forced = input.prefix[step_];
    } else {
      find_changes(sentence, path, changes);
      next.changes = changes;
    }
    if (options_.sampling) return draw(logits, sentence, row, next, candidates);
    const float score = sentence.tree[leaf].score;
    best_continuations(logits, score, static_cast<int32_t>(row), next, 2 * group_beam_, candidates);
    if (next.forced >= 0 || next.allowed == Continuation::kEnd) return;
    std::vector<Candidate> with_phrase;
    for (const int32_t token : phrases.next) {
      next.forced = token;
      best_continuations(logits, score, static_cast<int32_t>(row), next, 1, with_phrase);
      candidates.insert(candidates.end(), with_phrase.begin(), with_phrase.end());
    }
  }

  /// Whether what may follow a hypothesis depends on its tokens.
  bool reads_paths(const SearchInput& input) const {
    return options_.no_repeat_ngram_size > 0 || !input.phrases.empty() || !input.avoided.empty();
  }

  /// What the options change in the scores of what follows a path.
  void find_changes(const Sentence& sentence, const TokenIds& path, std::vector<Change>& changes) const {
    changes = sentence.taken;
    if (options_.unkpen != 0) changes.push_back({kUnk, static_cast<float>(-options_.unkpen)});
    if (options_.no_repeat_ngram_size > 0) forbid_repeats(path, options_.no_repeat_ngram_size, changes);
    forbid_phrases(sentence.input->avoided, path, changes);
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
      candidates_[i].clear();
      if (sentence.before[row].dead()) return;
      continue_one({logits.data() + (i / width * width_ + row) * vocabulary, static_cast<size_t>(vocabulary)}, sentence,
                   row, candidates_[i]);
    });
  }

  /// One drawn continuation a hypothesis; the beam's number of them where the hypotheses part.
  void draw(std::span<float> logits, const Sentence& sentence, int64_t row, const NextToken& next,
            std::vector<Candidate>& candidates) const {
    const int64_t count = step_ == std::ssize(sentence.input->prefix) ? beam_ : 1;
    const uint64_t key = derive(derive(options_.seed, sentence.input->number), step_);
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
    if (sentences_[s].has_phrases()) return all = draw_from_banks(banked(sentences_[s], all), 2 * group_beam_);
    const auto count = std::min<int64_t>(std::ssize(all), 2 * group_beam_);
    std::partial_sort(all.begin(), all.begin() + count, all.end());
    return {all.data(), static_cast<size_t>(count)};
  }

  static std::vector<BankedCandidate> banked(const Sentence& sentence, const std::vector<Candidate>& candidates) {
    std::vector<BankedCandidate> result;
    for (const Candidate& candidate : candidates) {
      TokenIds path = sentence.tree.path_to(sentence.before[candidate.row].node);
      path.push_back(candidate.token);
      result.push_back({candidate, progress(sentence.input->phrases, path).tokens});
    }
    return result;
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
      const HypothesisNode next{sentence.before[row].node, token, score, row};
      if (token != kEos) {
        if (sentence.beam.size() == full) continue;
        sentence.beam.push_back({sentence.tree.add(next), row});
        take(token);
      } else if (static_cast<int64_t>(i) < group_beam_ && finished < group_beam_) {
        sentence.finished.push_back(sentence.tree.finish(next, penalty_, options_.coverage_penalty));
        sentence.finished.back().has_phrases =
            progress(sentence.input->phrases, sentence.finished.back().tokens).complete;
        ++finished;
        take(token);
      }
    }
    if (finished == group_beam_) sentence.beam.resize(full - group_beam_);  // the group is done: none goes on
    sentence.beam.resize(full);
  }

  bool is_done(const Sentence& sentence) const {
    return step_ >= sentence.max_length ||
           std::all_of(sentence.beam.begin(), sentence.beam.end(), [](const Leaf& leaf) { return leaf.dead(); });
  }

  /// The hypotheses best first; those that lack phrases only where all do.
  static std::vector<Hypothesis> ranked(std::vector<Hypothesis> all) {
    CHECK(!all.empty(),
          "expected a translation, found none: the model's scores are NaN, and it is damaged, or the options forbid "
          "every word");
    const auto has_phrases = [](const Hypothesis& h) { return h.has_phrases; };
    if (std::any_of(all.begin(), all.end(), has_phrases)) std::erase_if(all, std::not_fn(has_phrases));
    std::stable_sort(all.begin(), all.end(),
                     [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
    return all;
  }

  /// Moves the results of sentences that are done out of the batch. Returns the parents of the hypotheses that go on.
  std::vector<int64_t> drop_done(std::vector<std::vector<Hypothesis>>& results) {
    std::vector<int64_t> kept, parents;
    for (size_t s = 0; s < sentences_.size(); ++s) {
      Sentence& sentence = sentences_[s];
      if (is_done(sentence)) {
        results[sentence.index] = ranked(std::move(sentence.finished));
        continue;
      }
      for (const Leaf& leaf : sentence.beam) parents.push_back(static_cast<int64_t>(s) * width_ + leaf.row);
      if (kept.size() < s) sentences_[kept.size()] = std::move(sentence);
      kept.push_back(static_cast<int64_t>(s));
    }
    if (!kept.empty() && kept.size() < sentences_.size()) model_.keep(kept);
    sentences_.erase(sentences_.begin() + std::ssize(kept), sentences_.end());
    return parents;
  }

  StepModel& model_;
  const SearchOptions& options_;
  const int64_t beam_, group_beam_;
  const LengthPenalty penalty_;
  const bool keeps_attention_;
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
