#include "search/beam.h"

#include <omp.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "search/constraints.h"
#include "search/searched_sentence.h"
#include "tensor/parallel.h"
#include "text/token_batch.h"

namespace rotor {
namespace {

constexpr int64_t kRows = 48;     // of logits at a time: with fewer, reading the output matrix once more costs more
constexpr float kCertain = 80;    // a log-probability more by this wins over every other; sums with it keep 3 decimals
constexpr int64_t kFewRows = 12;  // a thread's share, below which threads rather divide the vocabulary

/// The number that --unkpen adds to the score of <unk>. An infinite sum would make all continuations equal.
float unknown_bonus(double penalty) {
  return penalty == -INFINITY ? kCertain : static_cast<float>(-penalty);
}

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
      model_.step(last_tokens(), parents);
      if (keeps_attention_) keep_attention(model_.attention());
      for (SearchedSentence& sentence : sentences_) {
        sentence.before = std::move(sentence.beam);
        sentence.beam.clear();
        sentence.taken.clear();
      }
      for (int64_t group = 0; group < options_.diverse_beam_groups; ++group) {
        find_candidates(group);
        for (size_t s = 0; s < sentences_.size(); ++s) advance(sentences_[s], merge(s, group), group);
      }
      parents = drop_done(results);
    }
    return results;
  }

 private:
  std::vector<int32_t> last_tokens() const {
    std::vector<int32_t> tokens;
    for (const SearchedSentence& sentence : sentences_) {
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

  /// `progress` is that of the hypothesis with its phrases, if there are any.
  Continuation allowed(const SearchedSentence& sentence, const PhraseProgress& progress) const {
    if (step_ >= sentence.max_length) return Continuation::kEnd;
    return step_ < options_.min_len || !progress.complete ? Continuation::kNoEnd : Continuation::kAny;
  }

  /// Fills `candidates` with the continuations of a hypothesis.
  void continue_one(std::span<float> logits, const SearchedSentence& sentence, int64_t row,
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

  /// Finds the changes that the options make to the scores of tokens after a path.
  void find_changes(const SearchedSentence& sentence, const TokenIds& path, std::vector<Change>& changes) const {
    changes = sentence.taken;
    if (options_.unkpen != 0) changes.push_back({kUnk, unknown_bonus(options_.unkpen)});
    if (options_.no_repeat_ngram_size > 0) forbid_repeats(path, options_.no_repeat_ngram_size, changes);
    forbid_phrases(sentence.input->avoided, path, changes);
  }

  /// The rows of a sentence that a group goes on from: at the first step all from the same one.
  int64_t group_width() const { return width_ == 1 ? 1 : group_beam_; }
  int64_t first_of(int64_t group) const { return width_ == 1 ? 0 : group * group_beam_; }

  /// Fills candidates_ with the continuations of a group's hypotheses. Few rows of logits are found at a time and
  /// searched while the cache still has them: by each thread for itself if there are enough.
  void find_candidates(int64_t group) {
    const int64_t rows = std::ssize(sentences_) * width_, threads = omp_get_max_threads();
    if (std::ssize(candidates_) < rows) candidates_.resize(rows);
    const bool kept = options_.diverse_beam_groups > 1;  // each group reads them
    if (kept && group == 0) logits_ = logits(0, rows);
    const int64_t sharers = rows >= threads * kFewRows ? threads : 1;
    const int64_t rounds = (rows + sharers * kRows - 1) / (sharers * kRows), blocks = sharers * rounds;
    const int64_t size = (rows + blocks - 1) / blocks;  // as many blocks for each thread
    parallel_for(sharers > 1, (rows + size - 1) / size, [&](int64_t block) {
      const int64_t first = block * size, count = std::min(size, rows - first);
      find_candidates(group, kept ? logits_.narrow(0, first, count) : logits(first, count), first);
    });
  }

  /// Finds the candidates of the hypotheses from `first` on, whose next tokens have these logits [count, V].
  void find_candidates(int64_t group, const Tensor& logits, int64_t first) {
    parallel_for(logits.elements() > kParallelElements, logits.size(0), [&](int64_t i) {
      const SearchedSentence& sentence = sentences_[(first + i) / width_];
      const int64_t row = (first + i) % width_;
      if (row < first_of(group) || row >= first_of(group) + group_width()) return;
      std::vector<Candidate>& candidates = candidates_[first + i];
      candidates.clear();
      if (sentence.before[row].dead()) return;
      continue_one(logits.span().subspan(i * logits.size(1), logits.size(1)), sentence, row, candidates);
    });
  }

  Tensor logits(int64_t first, int64_t count) const {
    Tensor logits = model_.scores(first, count);
    if (options_.temperature == 1) return logits;
    const auto factor = static_cast<float>(1 / options_.temperature);
    for (float& x : logits.span()) x *= factor;
    return logits;
  }

  /// One drawn continuation a hypothesis; the beam's number of them where the hypotheses part.
  void draw(std::span<float> logits, const SearchedSentence& sentence, int64_t row, const NextToken& next,
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

  /// The candidates of a group of sentence s: the best 2·beam of them, best first, or all that were drawn.
  std::span<const Candidate> merge(size_t s, int64_t group) {
    std::vector<Candidate>* const rows = &candidates_[s * width_ + first_of(group)];
    std::vector<Candidate>& all = rows[0];
    for (int64_t i = 1; i < group_width(); ++i) {
      const std::vector<Candidate>& more = rows[i];
      all.insert(all.end(), more.begin(), more.end());
    }
    if (options_.sampling) return all;
    if (sentences_[s].has_phrases()) return all = draw_from_banks(banked(sentences_[s], all), 2 * group_beam_);
    const auto count = std::min<int64_t>(std::ssize(all), 2 * group_beam_);
    std::partial_sort(all.begin(), all.begin() + count, all.end());
    return {all.data(), static_cast<size_t>(count)};
  }

  static std::vector<BankedCandidate> banked(const SearchedSentence& sentence,
                                             const std::vector<Candidate>& candidates) {
    std::vector<BankedCandidate> result;
    for (const Candidate& candidate : candidates) {
      TokenIds path = sentence.tree.path_to(sentence.before[candidate.row].node);
      path.push_back(candidate.token);
      result.push_back({candidate, progress(sentence.input->phrases, path).tokens});
    }
    return result;
  }

  /// Finishes the hypotheses of a group that end, and goes on with the best of the others.
  void advance(SearchedSentence& sentence, std::span<const Candidate> candidates, int64_t group) {
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

  bool is_done(const SearchedSentence& sentence) const {
    return step_ >= sentence.max_length ||
           std::all_of(sentence.beam.begin(), sentence.beam.end(), [](const Leaf& leaf) { return leaf.dead(); });
  }

  /// Moves the results of sentences that are done out of the batch. Returns the parents of the hypotheses that go on.
  std::vector<int64_t> drop_done(std::vector<std::vector<Hypothesis>>& results) {
    std::vector<int64_t> kept, parents;
    for (size_t s = 0; s < sentences_.size(); ++s) {
      SearchedSentence& sentence = sentences_[s];
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
  std::vector<SearchedSentence> sentences_;         ///< those not done
  int64_t step_ = 0;                                ///< tokens of every hypothesis
  int64_t width_ = 1;                               ///< hypotheses of every sentence: one at first, then the beam
  Tensor logits_;                                   ///< of all hypotheses, where several groups read them
  std::vector<std::vector<Candidate>> candidates_;  ///< of each hypothesis, kept for their memory
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
