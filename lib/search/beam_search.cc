#include "search/beam_search.h"

#include <algorithm>
#include <numeric>

#include "base/threads.h"
#include "search/constraints.h"
#include "search/expansion.h"
#include "search/logit_processor.h"
#include "search/searched_sentence.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kRows = 48;     // of logits at a time: with fewer, reading the output matrix once more costs more
constexpr int64_t kFewRows = 12;  // a thread's share, below which threads rather divide the vocabulary

/// The processors of a search, but for the temperature if the model sees to it.
LogitProcessors processors_beside(StepModel& model, SearchOptions options) {
  if (model.divide_scores(options.temperature)) options.temperature = 1;
  return make_logit_processors(options, model.specials());
}

class Search {
 public:
  Search(StepModel& model, std::span<const SearchInput> inputs, const SearchOptions& options)
      : model_(model),
        options_(options),
        eos_(model.specials().eos),
        beam_(options.beam),
        groups_(options.diverse_beam_groups),
        group_beam_(options.beam / options.diverse_beam_groups),
        penalty_(options.penalty()),
        keeps_attention_(options.keep_attention || options.coverage_penalty != 0),
        processors_(processors_beside(model, options)) {
    model_.want_attention(keeps_attention_);
    const int64_t read = inputs.empty() ? 0 : model_.begin(inputs);
    for (const SearchInput& input : inputs)
      sentences_.emplace_back(input, std::ssize(sentences_), read, model, options);
  }

  std::vector<std::vector<Hypothesis>> run() {
    std::vector<std::vector<Hypothesis>> results(sentences_.size());
    std::vector<int64_t> parents(sentences_.size());
    std::iota(parents.begin(), parents.end(), 0);
    for (; !sentences_.empty(); ++step_) {
      model_.step(last_tokens(), parents);
      if (keeps_attention_) keep_attention(model_.attention());
      for (Sentence& sentence : sentences_) {
        sentence.before = std::move(sentence.beam);
        sentence.beam.clear();
        sentence.expansion->begin_step();
      }
      for (int64_t group = 0; group < groups_; ++group) {
        find_candidates(group);
        for (size_t s = 0; s < sentences_.size(); ++s) advance(s, group);
      }
      parents = drop_done(results);
    }
    return results;
  }

 private:
  struct Sentence : SearchedSentence {
    /// The model has read `read` of the start token and the prompt.
    Sentence(const SearchInput& search_input, int64_t index_in_batch, int64_t read, const StepModel& model,
             const SearchOptions& options)
        : SearchedSentence(search_input, index_in_batch,
                           read == 0 ? model.specials().start : search_input.prompt.at(read - 1), options),
          expansion(make_expansion(options, search_input)),
          prompt(std::span(search_input.prompt).subspan(read)) {}

    std::unique_ptr<Expansion> expansion;
    std::span<const int32_t> prompt;  ///< its tokens that the model gets step by step, before the search begins
  };

  /// What the search knows of one row of the last step; kept for its memory.
  struct Row {
    NextToken next;
    std::vector<Candidate> candidates;
  };

  /// The number of tokens of a sentence's hypotheses; negative while the model gets its prompt.
  int64_t length(const Sentence& sentence) const { return step_ - std::ssize(sentence.prompt); }

  std::vector<int32_t> last_tokens() const {
    std::vector<int32_t> tokens;
    for (const Sentence& sentence : sentences_) {
      for (const Leaf& leaf : sentence.beam) tokens.push_back(leaf.dead() ? eos_ : sentence.tree[leaf.node].token);
    }
    return tokens;
  }

  void keep_attention(const Tensor& weights) {
    for (size_t s = 0; s < sentences_.size(); ++s) {
      const int64_t source = std::ssize(sentences_[s].input->source);
      std::vector<float> rows;
      for (int64_t r = 0; r < width_; ++r) {
        const auto row = weights.span().subspan((static_cast<int64_t>(s) * width_ + r) * weights.size(1), source);
        rows.insert(rows.end(), row.begin(), row.end());
      }
      sentences_[s].tree.keep_attention(std::move(rows));
    }
  }

  /// The rows of a sentence that a group goes on from: at its first step all from the same one.
  int64_t group_width(const Sentence& sentence) const { return length(sentence) == 0 ? 1 : group_beam_; }
  int64_t first_of(int64_t group, const Sentence& sentence) const {
    return length(sentence) == 0 ? 0 : group * group_beam_;
  }

  /// Finds the candidates of a group's hypotheses. Few rows of logits are found at a time and searched while the cache
  /// still has them: by each thread for itself if there are enough. Where there are several groups, all are found and
  /// processed for the first of them.
  void find_candidates(int64_t group) {
    const int64_t rows = std::ssize(sentences_) * width_, threads = rotor::threads();
    if (std::ssize(rows_) < rows) rows_.resize(rows, {{.specials = model_.specials()}, {}});
    const bool kept = groups_ > 1;
    if (kept && group == 0) logits_ = model_.scores(0, rows);
    const int64_t sharers = rows >= threads * kFewRows ? threads : 1;
    const int64_t rounds = (rows + sharers * kRows - 1) / (sharers * kRows), blocks = sharers * rounds;
    const int64_t size = (rows + blocks - 1) / blocks;  // as many blocks for each thread
    parallel_for(sharers > 1, (rows + size - 1) / size, [&](int64_t block) {
      const int64_t first = block * size, count = std::min(size, rows - first);
      find_candidates(group, kept ? logits_.narrow(0, first, count) : model_.scores(first, count), first);
    });
  }

  /// Finds those of the hypotheses from `first` on, whose next tokens have these logits [count, V].
  void find_candidates(int64_t group, const Tensor& logits, int64_t first) {
    parallel_for(logits.elements() > kParallelElements, logits.size(0), [&](int64_t i) {
      const Sentence& sentence = sentences_[(first + i) / width_];
      const int64_t row = (first + i) % width_;
      if (length(sentence) < 0 || sentence.before[row].dead()) return rows_[first + i].candidates.clear();
      auto& [next, candidates] = rows_[first + i];
      PartialHypothesis hypothesis(sentence, row, length(sentence));
      next.tokens = model_.tokens((first + i) / width_);
      const auto seen = next.tokens.empty() ? logits.size(1) : std::ssize(next.tokens);
      const std::span<float> scores = logits.span().subspan(i * logits.size(1), seen);
      if (group == 0) process(processors_, hypothesis, scores, next);
      const int64_t from = first_of(group, sentence);
      if (row < from || row >= from + group_width(sentence)) return;
      sentence.expansion->propose(hypothesis, scores, next, candidates);
    });
  }

  /// Takes a sentence's next token of the prompt, or finishes the hypotheses of a group that end, and goes on with the
  /// best of the others.
  void advance(size_t s, int64_t group) {
    Sentence& sentence = sentences_[s];
    if (length(sentence) < 0) {
      sentence.tree.begin(sentence.prompt[step_]);
      sentence.beam = {Leaf{0, 0}};
      return;
    }
    const auto full = static_cast<size_t>((group + 1) * group_beam_);
    int64_t& finished = sentence.finished_by_group[group];
    const std::span<const Candidate> candidates = choose(s, group);
    for (size_t i = 0; i < candidates.size(); ++i) {
      const auto [score, row, token] = candidates[i];
      const HypothesisNode next{sentence.before[row].node, token, score, row};
      if (token != eos_) {
        if (sentence.beam.size() == full) continue;
        sentence.beam.push_back({sentence.tree.add(next), row});
        sentence.expansion->took(token);
      } else if (static_cast<int64_t>(i) < group_beam_ && finished < group_beam_) {
        finish(sentence, next);
        ++finished;
        sentence.expansion->took(token);
      }
    }
    if (finished == group_beam_) sentence.beam.resize(full - group_beam_);  // the group is done: none goes on
    sentence.beam.resize(full);
  }

  /// The chosen candidates of a group of sentence s, best first.
  std::span<const Candidate> choose(size_t s, int64_t group) {
    const Sentence& sentence = sentences_[s];
    const auto rows = std::span(rows_).subspan(s * width_ + first_of(group, sentence), group_width(sentence));
    std::vector<Candidate>& all = rows[0].candidates;
    for (const Row& row : rows.subspan(1)) all.insert(all.end(), row.candidates.begin(), row.candidates.end());
    return sentence.expansion->choose(sentence, all);
  }

  void finish(Sentence& sentence, const HypothesisNode& last) const {
    Hypothesis hypothesis = sentence.tree.finish(last, penalty_, options_.coverage_penalty);
    hypothesis.has_phrases = progress(sentence.input->phrases, hypothesis.tokens).complete;
    sentence.finished.push_back(std::move(hypothesis));
  }

  bool is_done(const Sentence& sentence) const {
    return length(sentence) >= sentence.longest ||
           std::all_of(sentence.beam.begin(), sentence.beam.end(), [](const Leaf& leaf) { return leaf.dead(); });
  }

  /// Moves the results of sentences that are done out of the batch. Returns the parents of the hypotheses that go on:
  /// one a sentence until the first search begins, then the beam.
  std::vector<int64_t> drop_done(std::vector<std::vector<Hypothesis>>& results) {
    std::vector<int64_t> kept, parents;
    for (size_t s = 0; s < sentences_.size(); ++s) {
      Sentence& sentence = sentences_[s];
      if (is_done(sentence)) {
        results[sentence.index] = ranked(std::move(sentence.finished));
        continue;
      }
      if (kept.size() < s) sentences_[kept.size()] = std::move(sentence);
      kept.push_back(static_cast<int64_t>(s));
    }
    if (!kept.empty() && kept.size() < sentences_.size()) model_.keep(kept);
    sentences_.erase(sentences_.begin() + std::ssize(kept), sentences_.end());
    const int64_t width = std::exchange(width_, next_width());
    for (size_t i = 0; i < kept.size(); ++i) {
      sentences_[i].beam.resize(width_);
      for (const Leaf& leaf : sentences_[i].beam) parents.push_back(kept[i] * width + leaf.row);
    }
    return parents;
  }

  int64_t next_width() const {
    const auto begun = [this](const Sentence& sentence) { return length(sentence) >= 0; };
    return std::any_of(sentences_.begin(), sentences_.end(), begun) ? beam_ : 1;
  }

  StepModel& model_;
  const SearchOptions& options_;
  const int32_t eos_;
  const int64_t beam_, groups_, group_beam_;
  const LengthPenalty penalty_;
  const bool keeps_attention_;
  const LogitProcessors processors_;
  std::vector<Sentence> sentences_;  ///< those not done
  int64_t step_ = 0;                 ///< number of steps so far
  int64_t width_ = 1;                ///< hypotheses of every sentence in the last step
  Tensor logits_;                    ///< of all hypotheses, where several groups read them
  std::vector<Row> rows_;
};

}  // namespace

std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const SearchInput> inputs,
                                                 const SearchOptions& options) {
  return Search(model, inputs, options).run();
}

std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const TokenIds> sources,
                                                 const SearchOptions& options) {
  std::vector<SearchInput> inputs;
  for (const TokenIds& source : sources) inputs.push_back({.source = source, .number = std::ssize(inputs)});
  return beam_search(model, inputs, options);
}

}  // namespace rotor
