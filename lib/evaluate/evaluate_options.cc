#include "evaluate/evaluate_options.h"

#include <algorithm>

#include "base/check_outputs.h"
#include "base/option_text.h"
#include "data/corpus_folder.h"
#include "data/token_blocks.h"
#include "data/truncation.h"
#include "text/task.h"

namespace rotor {
namespace {

constexpr int64_t kUsualTokensPerSample = 1024;  // the default of fairseq, and of trainings of unmasked models

}  // namespace

void EvaluateOptions::describe(Options& options) {
  options.positional("model", model, "model file that rotor-train or rotor-average wrote").by_name().also("--path");
  options.group("Corpus");
  options.add("corpus", corpus, "folder that rotor-preprocess wrote with the model's vocabulary").common();
  const auto of_corpus = [this] { return !corpus.empty(); };
  options.add("gen-subset", gen_subset, "the split of --corpus").only("with --corpus", of_corpus).common();
  options.only(
      "for models of texts", [this] { return task == kLanguageModeling || task == kMaskedLm; },
      [&] {
        options
            .add("tokens-per-sample", tokens_per_sample,
                 fmt::format("most tokens that the model reads at a time, those of --context-window among them; 0: as "
                             "many as in its training, or {} if its file does not say",
                             kUsualTokensPerSample))
            .at_least(0)
            .at_most(kMostTokensPerSample)
            .common();
        options.add("sample-break-mode", sample_break_mode,
                    "where samples end: none, after --tokens-per-sample tokens; complete, after a line, with as many "
                    "lines as fit; complete_doc, after a document too; eos, after each line",
                    break_mode_names());
      });
  options
      .add("context-window", context_window,
           "tokens before each sample that the model reads again, so that all but the text's first tokens are "
           "predicted from as many at least; they are not scored again")
      .at_least(0)
      .only("for language models", [this] { return task == kLanguageModeling; })
      .common();
  describe_sentences(options);
  options.group("Output");
  options.add("format", format, "form of the line that is printed", {"text", "json"})
      .only("with --corpus", of_corpus)
      .common();
  options
      .add("by-position", by_position,
           "write to this file, as comma-separated values, for each position in a sample how many tokens were scored "
           "there and their mean loss in bits; position 1 is predicted from the start token alone")
      .only("for models that predict one token after the other",
            [this] { return task == kLanguageModeling || task == kTranslation; })
      .common();
  options.add("by-sample", by_sample, "write to this file the same for each sample, by its number from 1")
      .only("for models that predict tokens", [this] { return !predicts(); })
      .common();
  options.add("by-document", by_document, "write to this file the same for each document, by its number from 1")
      .only("for language models", [this] { return task == kLanguageModeling; })
      .common();
  options
      .add("stats", stats,
           "write the scores, seconds, tokens_per_second and memory_mb to this JSON file; reading the model is left "
           "out of the time")
      .only("with --corpus", of_corpus);
  options
      .add("predictions", predictions,
           "write to this file, for each row in the corpus's order, what is predicted, and the probabilities of the "
           "classes or candidates, with tabs between")
      .only("for models of whole sentences", [this] { return predicts(); })
      .only("with --corpus", of_corpus)
      .common();
  options.group("Position");
  scaling.describe_override(options);
  options.group("Speed and memory");
  options.add("max-tokens", max_tokens, "largest batch in tokens: samples × the longest")
      .at_least(1)
      .only("with --corpus", of_corpus)
      .common();
  options.add("batch-size", batch_size, "largest batch in samples; 0 sets no limit")
      .also("--max-sentences")
      .at_least(0)
      .only("with --corpus", of_corpus);
  options.add("quantize", quantize,
              "compute with weights of 8 bits, of 16 bits (bfloat16), or with floats; auto: as in the model file",
              {"auto", "none", "bf16", "int8"});
  options.add("no-verify", no_verify,
              "read the model and the corpus without checking their checksums, which takes about 0.6 s for each GB");
  options.add("threads", threads, "number of threads; 0: OMP_NUM_THREADS, else every core").at_least(0).common();
}

void EvaluateOptions::describe_sentences(Options& options) {
  options.only(
      "for masked language models", [this] { return task == kMaskedLm; },
      [&] {
        options.add("seed", seed, "seed of the tokens that are hidden");
        mask.describe(options);
      });
  options.group("Corpus");
  options.only(
      "for models of whole sentences", [this] { return predicts(); },
      [&] {
        options.add("truncate", truncate, "how a row longer than --max-source-positions is cut, as rotor-train has it",
                    truncation_names());
        options
            .add("max-source-positions", max_source_positions,
                 "longest row in tokens, if the position encoding serves as many")
            .at_least(4);
      });
}

BatchOptions EvaluateOptions::batches(int64_t positions) const {
  BatchOptions batches;
  batches.max_tokens = max_tokens;
  batches.batch_size = batch_size;
  batches.tokens_per_sample = tokens_per_sample;
  batches.sample_break_mode = sample_break_mode;
  batches.mask = mask;
  batches.truncate = truncate;
  batches.seed = static_cast<uint64_t>(seed);
  batches.max_source_positions = predicts() ? std::min(positions, max_source_positions) : positions;
  return batches;
}

void EvaluateOptions::fit(const SafeTensors& file) {
  task = read_model_options(file).task;
  if (tokens_per_sample > 0) return;
  tokens_per_sample = read_trained_length(file);
  if (tokens_per_sample == 0) tokens_per_sample = kUsualTokensPerSample;
  if (task == kMaskedLm) max_tokens = std::max(max_tokens, tokens_per_sample);
}

void EvaluateOptions::check() const {
  check_values(*this);
  mask.check();
  require(!corpus.empty() || task.empty() || predicts(), "expected a corpus folder as --corpus, which is missing");
  require(task != kLanguageModeling || context_window < tokens_per_sample,
          "expected --context-window below --tokens-per-sample {}, got {}", tokens_per_sample, context_window);
  check_written();
}

/// Outputs replace neither what is read nor one another.
void EvaluateOptions::check_written() const {
  std::vector<std::filesystem::path> read;
  if (!corpus.empty()) read = files_of_split(corpus, gen_subset);
  read.insert(read.end(), configs.begin(), configs.end());
  read.emplace_back(model);
  const NamedOutput written[] = {{"--by-position", by_position},
                                 {"--by-sample", by_sample},
                                 {"--by-document", by_document},
                                 {"--stats", stats},
                                 {"--predictions", predictions}};
  check_outputs(written, std::move(read));
}

std::optional<WeightType> EvaluateOptions::weights() const {
  if (quantize == "auto") return std::nullopt;
  return weight_type_named(quantize);
}

}  // namespace rotor
