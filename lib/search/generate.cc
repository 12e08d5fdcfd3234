#include "search/generate.h"

#include <fmt/ostream.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/signals.h"
#include "model/model_file.h"
#include "search/beam.h"
#include "search/output.h"
#include "search/reference.h"
#include "search/requests.h"
#include "search/transformer_steps.h"

namespace rotor {
namespace {

struct Statistics {
  int64_t sentences = 0;
  int64_t tokens = 0;  ///< of the best hypotheses, or the references, </s> included
  double seconds = 0;  ///< in the model and the search
  double load_seconds = 0;

  double rate() const { return seconds > 0 ? static_cast<double>(tokens) / seconds : 0; }
};

/// A model with its vocabularies.
struct Translator {
  explicit Translator(const SafeTensors& file) : model(load_model(file)), vocabularies(read_vocabularies_of(file)) {
    const TransformerOptions& options = model->options();
    check_size("source", vocabularies.source.size(), options.source_vocabulary, file);
    check_size("target", vocabularies.target.size(), options.target_vocabulary, file);
  }

  static Vocabularies read_vocabularies_of(const SafeTensors& file) {
    const VocabularyBytes bytes = read_vocabulary(file);
    const std::string origin = "the vocabulary of " + file.path().string();
    return {Vocabulary::from_bytes(bytes.source, origin), Vocabulary::from_bytes(bytes.target, origin)};
  }

  static void check_size(const char* side, int64_t size, int64_t expected, const SafeTensors& file) {
    CHECK(size == expected,
          "{}: the model's config expects a {} vocabulary of {} pieces, its vocabulary has {}; write the "
          "model again with rotor-train or rotor-average",
          file.path().string(), side, expected, size);
  }

  std::unique_ptr<Transformer> model;
  Vocabularies vocabularies;
};

/// Limits a number of positions to those of a learned table, if the stack has one.
int64_t within_table(int64_t positions, const std::string& own, const PositionOptions& options) {
  const bool learned = (own.empty() ? options.encoding : own) == "learned";
  return learned ? std::min(positions, options.max_positions) : positions;
}

/// One run over all requests.
class Generation {
 public:
  Generation(const GenerateOptions& options, const Translator& translator, Statistics& statistics)
      : options_(options),
        translator_(translator),
        statistics_(statistics),
        search_(options.search),
        limits_(options.limits()),
        steps_(*translator.model),
        print_(options.fairseq_format     ? print_fairseq
               : options.search.nbest > 1 ? print_nbest
                                          : print_plain) {
    const PositionOptions& position = translator.model->options().position;
    lengths_.source = within_table(options.max_source_positions, position.encoder_encoding, position);
    lengths_.target = search_.max_target_positions =
        within_table(options.search.max_target_positions, position.decoder_encoding, position);
    lengths_.refuse = options.long_sentences == "refuse";
  }

  const LengthLimits& lengths() const { return lengths_; }

  void run(Requests& requests, std::ostream& out) {
    Progress progress(0);
    while (read(requests)) {
      options_.score_reference.empty() ? translate(out) : score(out);
      out.flush();
      CHECK(out.good(), "cannot write the output; is the disk full?");
      statistics_.sentences += static_cast<int64_t>(window_.size());
      progress.update(0, fmt::format("{} sentences, {:.0f} tokens/s", statistics_.sentences, statistics_.rate()));
    }
  }

 private:
  /// Fills the window; false when there is nothing left.
  bool read(Requests& requests) {
    window_.clear();
    Request request;
    while (static_cast<int64_t>(window_.size()) < options_.buffer_size && requests.next(request)) {
      window_.push_back(std::move(request));
    }
    return !window_.empty();
  }

  /// Calls `work` with the indices of each batch of the window, and adds the time to the statistics.
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
    for (std::vector<int64_t>& batch : batches_by_length(lengths, limits_)) {
      if (const int number = signal_received()) throw Interrupted(number);
      for (int64_t& i : batch) i = chosen[i];
      work(batch);
    }
    statistics_.seconds += seconds_now() - start;
  }

  std::vector<TokenIds> sources(std::span<const int64_t> batch) const {
    std::vector<TokenIds> result;
    for (int64_t i : batch) result.push_back(window_[i].source);
    return result;
  }

  void translate(std::ostream& out) {
    std::vector<std::vector<Hypothesis>> hypotheses(window_.size());
    const auto length = [](const Request& r) { return r.is_blank() ? 0 : static_cast<int64_t>(r.source.size()); };
    for_batches(length, [&](std::span<const int64_t> batch) {
      auto found = beam_search(steps_, sources(batch), search_);
      for (size_t i = 0; i < batch.size(); ++i) {
        found[i].resize(std::min<size_t>(found[i].size(), options_.search.nbest));
        statistics_.tokens += static_cast<int64_t>(found[i][0].tokens.size());
        hypotheses[batch[i]] = std::move(found[i]);
      }
    });
    erase_progress();
    for (size_t i = 0; i < window_.size(); ++i) print_(out, window_[i], hypotheses[i], translator_.vocabularies);
  }

  void score(std::ostream& out) {
    std::vector<double> scores(window_.size());
    const auto length = [](const Request& r) {
      return static_cast<int64_t>(std::max(r.source.size(), r.target.size()));
    };
    for_batches(length, [&](std::span<const int64_t> batch) {
      std::vector<TokenIds> targets;
      for (int64_t i : batch) targets.push_back(window_[i].target);
      const std::vector<double> found = score_references(*translator_.model, sources(batch), targets);
      for (size_t i = 0; i < batch.size(); ++i) scores[batch[i]] = found[i];
    });
    erase_progress();
    for (size_t i = 0; i < window_.size(); ++i) {
      const size_t tokens = window_[i].target.size();
      statistics_.tokens += static_cast<int64_t>(tokens);
      fmt::print(out, "{:.6f}\t{}\n", scores[i], tokens);
    }
  }

  const GenerateOptions& options_;
  const Translator& translator_;
  Statistics& statistics_;
  SearchOptions search_;
  BatchLimits limits_;
  LengthLimits lengths_;
  TransformerSteps steps_;
  PrintHypotheses print_;
  std::vector<Request> window_;
};

void write_statistics(const std::string& path, const Statistics& statistics, double total_seconds) {
  const nlohmann::ordered_json json = {{"sentences", statistics.sentences},
                                       {"tokens", statistics.tokens},
                                       {"seconds", statistics.seconds},
                                       {"tokens_per_second", statistics.rate()},
                                       {"load_seconds", statistics.load_seconds},
                                       {"total_seconds", total_seconds},
                                       {"memory_mb", peak_memory_mb()}};
  write_atomically(path, [&](std::ostream& out) { out << json.dump(2) << '\n'; });
}

}  // namespace

void GenerateOptions::describe(Options& options) {
  options.positional("model", model, "model file that rotor-train or rotor-average wrote");
  options.group("Input and output");
  options.add("input", input, "text to translate, a sentence a line; .gz is unpacked; - for standard input");
  options.add("output", output, "where translations go, in the order of the input; - for standard output");
  options.add("corpus", corpus, "translate a split of this corpus folder in place of text");
  options.add("gen-subset", gen_subset, "the split of --corpus");
  options.add(
      "fairseq-format", fairseq_format,
      "print fairseq's lines: S- source, T- reference, H- score and pieces, D- score and text, P- scores of the "
      "tokens; scores in base 2");
  options.add(
      "score-reference", score_reference,
      "score these translations of the input in place of translating: a line a pair, the sum of log-probabilities "
      "(natural logarithm, </s> included), a tab, the number of tokens");
  options.add("stats", stats,
              "write sentences, tokens, seconds, tokens_per_second, load_seconds, total_seconds and "
              "memory_mb to this JSON file");
  options.add("long-sentences", long_sentences, "what becomes of sentences longer than the positions",
              {"truncate", "refuse"});
  options.add("max-source-positions", max_source_positions, "most tokens of a source, </s> counted");
  search.describe(options);
  options.group("Speed and memory");
  options.add("batch-size", batch_size, "most sentences a batch; 0: no limit, or 64 without --max-tokens");
  options.add("max-tokens", max_tokens,
              "most tokens a batch, sentences * longest; 0: no limit, or 4096 without "
              "--batch-size");
  options.add("buffer-size", buffer_size, "lines read ahead, to batch them by length");
  options.add("threads", threads, "threads; 0: OMP_NUM_THREADS, else every core");
}

void GenerateOptions::check() const {
  search.check();
  auto require = [](bool condition, const std::string& message) {
    if (!condition) throw UsageError(message);
  };
  require(corpus.empty() || (input == "-" && score_reference.empty()),
          "--corpus takes the place of text: leave out --input and --score-reference");
  require(score_reference.empty() || (!fairseq_format && search.nbest == 1),
          "--score-reference prints scores: leave out --fairseq-format and --nbest");
  require(score_reference != "-" || input != "-", "--score-reference and --input cannot both be standard input");
  require(buffer_size >= 1, fmt::format("expected --buffer-size of 1 or more, got {}", buffer_size));
  require(batch_size >= 0, fmt::format("expected --batch-size of 0 or more, got {}", batch_size));
  require(max_tokens >= 0, fmt::format("expected --max-tokens of 0 or more, got {}", max_tokens));
  require(max_source_positions >= 1,
          fmt::format("expected --max-source-positions of 1 or more, got {}", max_source_positions));
}

BatchLimits GenerateOptions::limits() const {
  return batch_size == 0 && max_tokens == 0 ? BatchLimits{64, 4096} : BatchLimits{batch_size, max_tokens};
}

void generate(const GenerateOptions& options) {
  const double start = seconds_now();
  options.check();
  set_threads(options.threads);
  Statistics statistics;
  const Translator translator{SafeTensors(options.model)};
  std::optional<Corpus> corpus;
  if (!options.corpus.empty()) corpus = open_split(options.corpus, options.gen_subset, translator.vocabularies);
  statistics.load_seconds = seconds_now() - start;

  Generation generation(options, translator, statistics);
  const std::unique_ptr<Requests> requests =
      corpus ? corpus_requests(*corpus, generation.lengths())
             : text_requests(options.input, options.score_reference, translator.vocabularies, generation.lengths());
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
