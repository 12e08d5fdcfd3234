#include "search/generation.h"

#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <sstream>

#include "base/check.h"
#include "base/log.h"
#include "base/signals.h"
#include "base/threads.h"
#include "search/beam_search.h"
#include "search/language_model_steps.h"
#include "search/ordered_writer.h"
#include "search/reference.h"
#include "search/work_sharing.h"

namespace rotor {

Generation::Generation(const GenerateOptions& options, const PrintHypotheses& print, const SearchModels& models,
                       GenerationStatistics& statistics)
    : options_(options),
      models_(models),
      statistics_(statistics),
      search_(options.search),
      limits_(options.limits()),
      print_(print),
      to_terminal_(options.output == "-" && ::isatty(STDOUT_FILENO) == 1),
      unknown_(models.vocabularies.source.specials()) {
  search_.keep_attention = options.needs_attention();
  if (models.continue_prompts()) limits_.block = kPromptBlock;
  if (!options.unk_dictionary.empty()) unknown_words_ = read_unknown_words(options.unk_dictionary);
  if (!options.attention_output.empty()) attention_file_.emplace(options.attention_output);
  lengths_ = models.within_positions(
      {{options.max_source_positions}, {options.search.max_target_positions}, options.long_sentences == "refuse"});
  search_.max_target_positions = lengths_.target.tokens;
  for (int64_t i = 0; i < most_workers(); ++i) steps_.push_back(models.steps());
}

void Generation::run(Requests& requests, std::ostream& out) {
  out_ = &out;
  if (!requests.prompts()) progress_.emplace(requests.total());
  while (read(requests)) options_.score_reference.empty() ? search() : score();
  progress_.reset();
  if (attention_file_) attention_file_->finish();
  unknown_.finish();
  if (incomplete_ > 0) {
    log::warn("{} results lack a phrase of --constraints: none of at most --max-len-b pieces has them all",
              incomplete_);
  }
}

int64_t Generation::most_workers() const {
  if (options_.workers > 0) return options_.workers;
  return options_.compute.threads > 0 ? options_.compute.threads : default_threads();
}

/// Fills the window, but does not wait for more once it holds something; false when there is nothing left.
bool Generation::read(Requests& requests) {
  first_ += std::ssize(window_);
  window_.clear();
  Request request;
  while (std::ssize(window_) < options_.buffer_size && (window_.empty() || requests.ready()) &&
         requests.next(request)) {
    unknown_.add(request);
    window_.push_back(std::move(request));
  }
  return !window_.empty();
}

template <typename Length, typename Work, typename Write>
void Generation::answer(Length length, Work work, Write write) {
  OrderedWriter writer(std::ssize(window_), write);
  std::mutex mutex;
  const double start = seconds_now(), seconds_before = statistics_.seconds;
  const auto finish = [&](Indices items, int64_t tokens) {
    const std::lock_guard lock(mutex);
    done_ += std::ssize(items);
    statistics_.tokens += tokens;
    if (to_terminal_) erase_progress();
    if (writer.ready(items)) out_->flush();
    ROTOR_CHECK(out_->good(), "cannot write the output; is the disk full?");
    statistics_.seconds = seconds_before + seconds_now() - start;
    show_progress();
  };
  std::vector<int64_t> chosen, lengths, others;
  for (size_t i = 0; i < window_.size(); ++i) {
    const int64_t n = length(window_[i]);
    (n == 0 ? others : chosen).push_back(static_cast<int64_t>(i));
    if (n > 0) lengths.push_back(n);
  }
  finish(others, 0);
  std::vector<std::vector<int64_t>> batches = batches_in_runs(lengths, limits_);
  const int64_t workers = options_.workers == 0 && std::ssize(batches) < most_workers() ? 1 : most_workers();
  share_work(workers, std::ssize(batches), [&](int64_t worker, int64_t b) {
    if (const int number = signal_received()) throw Interrupted(number);
    for (int64_t& i : batches[b]) i = chosen[i];
    finish(batches[b], work(worker, Indices(batches[b])));
  });
}

void Generation::show_progress() {
  if (progress_) progress_->update(done_, fmt::format("{} sentences, {:.0f} tokens/s", done_, statistics_.rate()));
}

void Generation::search() {
  std::vector<std::vector<Hypothesis>> hypotheses(window_.size());
  const auto work = [&](int64_t worker, Indices batch) {
    auto found = search(*steps_[worker], batch);
    int64_t tokens = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
      tokens += std::ssize(found[i][0].tokens);
      hypotheses[batch[i]] = std::move(found[i]);
    }
    return tokens;
  };
  const auto length = [](const Request& r) { return r.length(); };
  answer(length, work, [&](int64_t i) { write_hypotheses(i, hypotheses[i]); });
}

std::vector<std::vector<Hypothesis>> Generation::search(StepModel& steps, Indices batch) {
  std::vector<SearchInput> inputs;
  for (const int64_t i : batch) {
    const Request& r = window_[i];
    inputs.push_back({r.source, r.prefix, first_ + i, r.phrases, r.avoided, r.prompt, r.given});
  }
  auto found = streams() ? stream(steps, inputs[0]) : beam_search(steps, inputs, search_);
  for (size_t i = 0; i < batch.size(); ++i) {
    found[i].resize(std::min<size_t>(found[i].size(), options_.search.nbest));
    for (Hypothesis& hypothesis : found[i]) read_attention(window_[batch[i]], hypothesis);
  }
  return found;
}

/// Whether somebody watches the only continuation of the only prompt.
bool Generation::streams() const {
  return to_terminal_ && models_.continue_prompts() && search_.beam == 1 && window_.size() == 1 &&
         !options_.fairseq_format;
}

/// Searches, and prints each token as it is made.
std::vector<std::vector<Hypothesis>> Generation::stream(StepModel& steps, const SearchInput& input) {
  erase_progress();
  Hypothesis made;
  const auto show = [&] { growing_->show(text_of(window_[0], made, models_.vocabularies)); };
  growing_.emplace(*out_);
  show();
  ToldSteps told(steps, [&](int32_t token) {
    made.tokens.push_back(token);
    show();
  });
  return beam_search(told, std::span(&input, 1), search_);
}

/// Makes of a hypothesis's attention what is to be printed.
void Generation::read_attention(const Request& request, Hypothesis& hypothesis) const {
  if (!options_.print_alignment && !options_.replace_unk) return;
  const auto alignment = hard_alignment(hypothesis.attention, hypothesis.tokens, std::ssize(request.source));
  if (options_.print_alignment) hypothesis.alignment = pharaoh(alignment);
  if (!options_.replace_unk) return;
  hypothesis.unknown = replace_unknown(hypothesis.tokens, alignment, request.texts, unknown_words_,
                                       models_.vocabularies.target.specials().unk);
}

void Generation::write_hypotheses(int64_t i, std::vector<Hypothesis>& hypotheses) {
  if (attention_file_) attention_file_->add(window_[i], hypotheses, models_.vocabularies);
  if (hypotheses.empty())
    hypotheses.push_back(blank_hypothesis(models_.vocabularies.target.specials().eos, options_.print_alignment));
  incomplete_ += !hypotheses[0].has_phrases;
  if (growing_) {
    std::ostringstream line;
    print_(line, window_[i], hypotheses, models_.vocabularies);
    growing_->finish(line.str());
    growing_.reset();
  } else {
    print_(*out_, window_[i], hypotheses, models_.vocabularies);
  }
  statistics_.sentences = ++written_;
  hypotheses = {};
}

void Generation::score() {
  std::vector<std::vector<float>> scores(window_.size());
  const auto length = [](const Request& r) { return static_cast<int64_t>(std::max(r.source.size(), r.target.size())); };
  const auto work = [&](int64_t, Indices batch) {
    std::vector<TokenIds> sources, targets;
    for (const int64_t i : batch) {
      sources.push_back(window_[i].source);
      targets.push_back(window_[i].target);
    }
    auto found = score_references(models_.translators, sources, targets, models_.vocabularies.target.specials());
    int64_t tokens = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
      found[i].erase(found[i].begin(), found[i].begin() + window_[batch[i]].given);  // as they cost a search nothing
      tokens += std::ssize(found[i]);
      scores[batch[i]] = std::move(found[i]);
    }
    return tokens;
  };
  answer(length, work, [&](int64_t i) { write_scores(scores[i]); });
}

void Generation::write_scores(std::span<const float> of_tokens) {
  statistics_.perplexity.add(of_tokens);
  fmt::print(*out_, "{:.6f}\t{}", std::accumulate(of_tokens.begin(), of_tokens.end(), 0.0), of_tokens.size());
  if (options_.token_scores) fmt::print(*out_, "\t{:.4f}", fmt::join(of_tokens, " "));
  *out_ << '\n';
  statistics_.sentences = ++written_;
}

}  // namespace rotor
