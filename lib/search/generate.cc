#include "search/generate.h"

#include <iostream>
#include <optional>

#include "base/log.h"
#include "base/partial_file.h"
#include "base/threads.h"
#include "search/generation.h"

namespace rotor {
namespace {

PrintHypotheses printer(const GenerateOptions& options) {
  if (options.split_sentences) return join_sentences_of_lines();
  return options.fairseq_format ? print_fairseq : options.search.nbest > 1 ? print_nbest : print_plain;
}

/// Runs to a file, whose finished lines stay if it ends early.
void run_to_file(Generation& generation, Requests& requests, const std::string& path, bool split) {
  PartialFile file(path);
  try {
    generation.run(requests, file.stream());
  } catch (...) {
    if (!file.stream().good()) {
      log::warn("what could be written stays in {}", file.keep().string());
    } else if (generation.written() > 0) {
      log::warn("the first {} {} are finished and stay in {}", generation.written(), split ? "sentences" : "lines",
                file.keep().string());
    }
    throw;
  }
  file.finish();
}

}  // namespace

void generate(const GenerateOptions& options) {
  generate(options, printer(options));
}

void generate(const GenerateOptions& options, const PrintHypotheses& print) {
  const double start = seconds_now();
  options.check();
  set_threads(options.compute.threads);
  GenerationStatistics statistics;
  const SearchModels models(options.model, options.compute);
  options.check_task(models.continue_prompts());
  const LanguageMarks languages =
      language_marks(options.source_lang, options.target_lang, models.vocabularies, options.model);
  std::optional<Corpus> corpus;
  if (!options.corpus.empty()) {
    corpus = open_split(options.corpus, options.gen_subset, models.vocabularies, options.compute.verification());
  }
  if (corpus && options.fairseq_format) warn_of_decoded_references(*corpus);
  statistics.load_seconds = seconds_now() - start;

  Generation generation(options, print, models, statistics);
  const TextFiles files = {.source = options.input,
                           .reference = options.score_reference,
                           .prefix = options.prefix_file,
                           .phrases = options.constraints,
                           .avoided = options.negative_constraints,
                           .keep_texts = options.replace_unk,
                           .words = models.words,
                           .split_sentences = options.split_sentences,
                           .sentence_language = options.sentence_language,
                           .prompts = models.continue_prompts(),
                           .print_prompts = !options.continuation_only,
                           .languages = languages};
  const std::unique_ptr<Requests> requests =
      corpus ? corpus_requests(*corpus, models.vocabularies, generation.lengths(), languages)
             : text_requests(files, models.vocabularies, generation.lengths());
  if (options.output == "-") {
    generation.run(*requests, std::cout);
  } else {
    run_to_file(generation, *requests, options.output, options.split_sentences);
  }
  if (!options.stats.empty()) write_statistics(options.stats, statistics, seconds_now() - start);
  log::info("{} sentences, {} tokens in {:.1f} s ({:.0f} tokens/s)", statistics.sentences, statistics.tokens,
            statistics.seconds, statistics.rate());
}

}  // namespace rotor
