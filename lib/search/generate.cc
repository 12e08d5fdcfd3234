#include "search/generate.h"

#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <iostream>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/signals.h"
#include "search/alignment.h"
#include "search/attention_file.h"
#include "search/beam.h"
#include "search/output.h"
#include "search/reference.h"
#include "search/requests.h"
#include "search/statistics.h"
#include "search/translator.h"
#include "search/work_sharing.h"

namespace rotor {
namespace {

/// One run over all requests.
class Generation {
 public:
  Generation(const GenerateOptions& options, const PrintHypotheses& print, const Translator& translator,
             GenerationStatistics& statistics)
      : options_(options),
        translator_(translator),
        statistics_(statistics),
        search_(options.search),
        limits_(options.limits()),
        print_(print) {
    search_.keep_attention = options.needs_attention();
    if (!options.unk_dictionary.empty()) unknown_words_ = read_unknown_words(options.unk_dictionary);
    if (!options.attention_output.empty()) attention_file_.emplace(options.attention_output);
    lengths_ = translator.within_tables(
        {options.max_source_positions, options.search.max_target_positions, options.long_sentences == "refuse"});
    search_.max_target_positions = lengths_.target;
    for (int64_t i = 0; i < most_workers(); ++i) steps_.push_back(translator.steps());
  }

  const LengthLimits& lengths() const { return lengths_; }

  void run(Requests& requests, std::ostream& out) {
    Progress progress(0);
    while (read(requests)) {
      options_.score_reference.empty() ? translate(out) : score(out);
      out.flush();
      CHECK(out.good(), "cannot write the output; is the disk full?");
      statistics_.sentences += static_cast<int64_t>(window_.size());
      if (requests.prompts()) continue;
      progress.update(0, fmt::format("{} sentences, {:.0f} tokens/s", statistics_.sentences, statistics_.rate()));
    }
    if (attention_file_) attention_file_->finish();
    if (incomplete_ > 0) {
      log::warn("{} translations lack a phrase of --constraints: none of at most --max-len-b pieces has them all",
                incomplete_);
    }
  }

 private:
  int64_t most_workers() const {
    return options_.workers > 0 ? options_.workers : options_.threads > 0 ? options_.threads : default_threads();
  }

  /// Fills the window, but does not wait for more once it holds something; false when there is nothing left.
  bool read(Requests& requests) {
    window_.clear();
    Request request;
    while (std::ssize(window_) < options_.buffer_size && (window_.empty() || requests.ready()) &&
           requests.next(request)) {
      window_.push_back(std::move(request));
    }
    return !window_.empty();
  }

  /// Calls `work(worker, batch)` with the indices of each batch of the window, and adds the time to the statistics.
  template <typename Length, typename Work>
  void for_batches(Length length, Work work) {
    std::vector<int64_t> chosen, lengths;
    for (size_t i = 0; i < window_.size(); ++i) {
      const int64_t n = length(window_[i]);
      if (n == 0) continue;
      chosen.push_back(static_cast<int64_t>(i));
      lengths.push_back(n);
    }
    const double start = seconds_now();
    std::vector<std::vector<int64_t>> batches = batches_by_length(lengths, limits_);
    const int64_t workers = options_.workers == 0 && std::ssize(batches) < most_workers() ? 1 : most_workers();
    share_work(workers, std::ssize(batches), [&](int64_t worker, int64_t b) {
      if (const int number = signal_received()) throw Interrupted(number);
      for (int64_t& i : batches[b]) i = chosen[i];
      work(worker, batches[b]);
    });
    statistics_.seconds += seconds_now() - start;
  }

  void translate(std::ostream& out) {
    std::vector<std::vector<Hypothesis>> hypotheses(window_.size());
    const auto length = [](const Request& r) { return r.is_blank() ? 0 : static_cast<int64_t>(r.source.size()); };
    for_batches(length, [&](int64_t worker, std::span<const int64_t> batch) {
      std::vector<SearchInput> inputs;
      for (int64_t i : batch) {
        const Request& r = window_[i];
        inputs.push_back({r.source, r.prefix, r.number, r.phrases, r.avoided});
      }
      auto found = beam_search(*steps_[worker], inputs, search_);
      for (size_t i = 0; i < batch.size(); ++i) {
        found[i].resize(std::min<size_t>(found[i].size(), options_.search.nbest));
        for (Hypothesis& hypothesis : found[i]) read_attention(window_[batch[i]], hypothesis);
        hypotheses[batch[i]] = std::move(found[i]);
      }
    });
    erase_progress();
    for (size_t i = 0; i < window_.size(); ++i) {
      if (!hypotheses[i].empty()) {
        statistics_.tokens += std::ssize(hypotheses[i][0].tokens);
        incomplete_ += !hypotheses[i][0].has_phrases;
      }
      if (attention_file_) attention_file_->add(window_[i], hypotheses[i], translator_.vocabularies);
      print_(out, window_[i], hypotheses[i], translator_.vocabularies);
    }
  }

  /// Makes of a hypothesis's attention what is to be printed.
  void read_attention(const Request& request, Hypothesis& hypothesis) const {
    if (!options_.print_alignment && !options_.replace_unk) return;
    const auto alignment = hard_alignment(hypothesis.attention, hypothesis.tokens, std::ssize(request.source));
    if (options_.print_alignment) hypothesis.alignment = pharaoh(alignment);
    if (!options_.replace_unk) return;
    hypothesis.unknown = replace_unknown(hypothesis.tokens, alignment, request.texts, unknown_words_);
  }

  void score(std::ostream& out) {
    std::vector<std::vector<float>> scores(window_.size());
    const auto length = [](const Request& r) {
      return static_cast<int64_t>(std::max(r.source.size(), r.target.size()));
    };
    for_batches(length, [&](int64_t, std::span<const int64_t> batch) {
      std::vector<TokenIds> sources, targets;
      for (int64_t i : batch) {
        sources.push_back(window_[i].source);
        targets.push_back(window_[i].target);
      }
      auto found = score_references(translator_.models, sources, targets);
      for (size_t i = 0; i < batch.size(); ++i) scores[batch[i]] = std::move(found[i]);
    });
    erase_progress();
    for (const std::vector<float>& of_tokens : scores) {
      statistics_.tokens += std::ssize(of_tokens);
      statistics_.perplexity.add(of_tokens);
      fmt::print(out, "{:.6f}\t{}", std::accumulate(of_tokens.begin(), of_tokens.end(), 0.0), of_tokens.size());
      if (options_.token_scores) fmt::print(out, "\t{:.4f}", fmt::join(of_tokens, " "));
      out << '\n';
    }
  }

  const GenerateOptions& options_;
  const Translator& translator_;
  GenerationStatistics& statistics_;
  SearchOptions search_;
  BatchLimits limits_;
  LengthLimits lengths_;
  std::vector<std::unique_ptr<StepModel>> steps_;  // one a worker
  const PrintHypotheses& print_;
  UnknownWords unknown_words_;
  std::optional<AttentionFile> attention_file_;
  std::vector<Request> window_;
  int64_t incomplete_ = 0;  ///< best hypotheses that lack phrases
};

}  // namespace

void generate(const GenerateOptions& options) {
  generate(options, options.fairseq_format ? print_fairseq : options.search.nbest > 1 ? print_nbest : print_plain);
}

void generate(const GenerateOptions& options, const PrintHypotheses& print) {
  const double start = seconds_now();
  options.check();
  set_threads(options.threads);
  GenerationStatistics statistics;
  const Translator translator(options.model, wanted_weights(options.quantize), options.vocab_limit,
                              verification(options.no_verify));
  std::optional<Corpus> corpus;
  if (!options.corpus.empty()) corpus = open_split(options.corpus, options.gen_subset, translator.vocabularies);
  statistics.load_seconds = seconds_now() - start;

  Generation generation(options, print, translator, statistics);
  const std::unique_ptr<Requests> requests =
      corpus ? corpus_requests(*corpus, generation.lengths())
             : text_requests({options.input, options.score_reference, options.prefix_file, options.constraints,
                              options.negative_constraints, options.replace_unk, translator.words},
                             translator.vocabularies, generation.lengths());
  if (options.output == "-") {
    generation.run(*requests, std::cout);
  } else {
    write_atomically(options.output, [&](std::ostream& out) { generation.run(*requests, out); });
  }
  if (!options.stats.empty()) write_statistics(options.stats, statistics, seconds_now() - start);
  log::info("{} sentences, {} tokens in {:.1f} s ({:.0f} tokens/s)", statistics.sentences, statistics.tokens,
            statistics.seconds, statistics.rate());
}

}  // namespace rotor
