#include "evaluate/evaluations.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "data/batches.h"
#include "data/evaluation_blocks.h"
#include "data/given_vocabulary.h"
#include "evaluate/prediction_lines.h"
#include "evaluate/token_losses.h"
#include "model/encoder_decoder.h"
#include "model/language_model.h"
#include "train/announcements.h"
#include "train/masked_lm_validator.h"
#include "train/prediction_validator.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

void write_statistics(const std::filesystem::path& path, Json scores, double seconds) {
  scores["seconds"] = seconds;
  scores["tokens_per_second"] = scores["tokens"].get<double>() / seconds;
  scores["memory_mb"] = peak_memory_mb();
  write_atomically(path, [&](std::ostream& out) { out << scores.dump(1) << '\n'; });
}

/// The scores, also of a text's characters if its size is given; writes the files that the options ask for. `seconds`
/// is how long the model took.
Json scores_of(const TokenLosses& losses, const std::optional<TextSize>& text, const EvaluateOptions& options,
               double seconds) {
  if (!options.by_position.empty()) losses.write_by_position(options.by_position);
  if (!options.by_sample.empty()) losses.write_by_sample(options.by_sample);
  if (!options.by_document.empty()) losses.write_by_document(options.by_document);
  const double loss = losses.bits() / static_cast<double>(losses.tokens());
  Json scores{{"loss", loss}, {"ppl", std::exp2(loss)}};
  if (text) {
    scores["bits_per_character"] = losses.bits() / static_cast<double>(text->characters);
    scores["bits_per_byte"] = losses.bits() / static_cast<double>(text->bytes);
  }
  scores["tokens"] = losses.tokens();
  if (!options.stats.empty()) write_statistics(options.stats, scores, seconds);
  return scores;
}

/// The documents of the targets of a batch that are scored, one after another.
std::vector<int64_t> documents_of(const EvaluationBatch& batch, const EvaluationBlocks& blocks) {
  std::vector<int64_t> documents;
  for (int64_t row = 0; row < batch.batch.target.rows; ++row) {
    const int64_t scored = batch.batch.target.lengths[row] - batch.context[row];
    for (int64_t i = 0; i < scored; ++i) documents.push_back(blocks.document(batch.places[row] + i));
  }
  return documents;
}

Json evaluate_language_model(const EvaluateOptions& options, const SafeTensors& file, const Corpus& corpus) {
  const auto model = load_prepared<LanguageModel>(file, options.weights(), {}, options.scaling.replacement());
  const EvaluationBlocks blocks(corpus, {.tokens_per_sample = options.tokens_per_sample,
                                         .sample_break_mode = options.sample_break_mode,
                                         .context_window = options.context_window,
                                         .max_tokens = options.max_tokens,
                                         .batch_size = options.batch_size,
                                         .max_target_positions = model->max_positions()});
  if (blocks.skipped() > 0) {
    log::warn("left out {} of {} samples, which have more than the {} tokens that the model's positions serve",
              blocks.skipped(), blocks.skipped() + blocks.blocks(), model->max_positions());
  }
  TokenLosses losses;
  const double start = seconds_now();
  for (int64_t k = 0; k < blocks.size(); ++k) {
    const EvaluationBatch batch = blocks[k];
    const auto documents = options.by_document.empty() ? std::vector<int64_t>() : documents_of(batch, blocks);
    losses.add(batch.batch, model->features(batch.batch.decoder_input), model->output(), batch.context, documents);
  }
  const double seconds = seconds_now() - start;
  const CorpusColumn& text = corpus.column("text");
  const bool whole = blocks.skipped() == 0;
  return scores_of(losses, whole ? text.text_size() : std::nullopt, options, seconds);
}

Json evaluate_translation(const EvaluateOptions& options, const SafeTensors& file, const Corpus& corpus) {
  const auto model = load_prepared<EncoderDecoder>(file, options.weights(), {}, options.scaling.replacement());
  BatchOptions batching;
  batching.max_tokens = options.max_tokens;
  batching.batch_size = options.batch_size;
  batching.max_source_positions = model->max_source_positions();
  batching.max_target_positions = model->max_target_positions();
  const auto pairs = make_samples(corpus, batching);
  const Batches batches(*pairs, batching);
  if (batches.skipped() > 0) {
    log::warn("{}", announce_skipped(batches.skipped(), pairs->size(), options.gen_subset, *pairs, batching));
  }
  TokenLosses losses;
  const double start = seconds_now();
  for (int64_t k = 0; k < batches.size(); ++k) {
    const Batch batch = pairs->batch(batches[k]);
    losses.add(batch, model->features(batch.source, batch.decoder_input), model->output());
  }
  return scores_of(losses, std::nullopt, options, seconds_now() - start);
}

Json json_of(const Scores& scores) {
  Json json = Json::object();
  for (const auto& [metric, value] : scores) json[metric] = value;
  return json;
}

TokenLosses losses_of_samples(const MaskedLanguageModel& model, const MaskedLmValidator& validator) {
  TokenLosses losses;
  for (int64_t k = 0; k < validator.batches(); ++k) {
    const Batch batch = validator.batch(k);
    losses.add(batch, model.features(batch.source, batch.places), model.output());
  }
  return losses;
}

Json evaluate_masked_lm(const EvaluateOptions& options, const SafeTensors& file, const Corpus& corpus) {
  const auto model = load_prepared<MaskedLanguageModel>(file, options.weights(), {}, options.scaling.replacement());
  const BatchOptions batches = options.batches(model->max_positions());
  const MaskedLmValidator validator(*model, corpus, batches, vocabularies_of(file));
  if (validator.skipped() > 0) {
    log::warn("{}", announce_skipped(validator.skipped(), validator.samples().size(), options.gen_subset,
                                     validator.samples(), batches));
  }
  const double start = seconds_now();
  Json scores = json_of(validator(alone()));
  const double seconds = seconds_now() - start;
  scores["tokens"] = validator.hidden();
  if (!options.by_sample.empty()) losses_of_samples(*model, validator).write_by_sample(options.by_sample);
  if (!options.stats.empty()) write_statistics(options.stats, scores, seconds);
  return scores;
}

Json evaluate_prediction(const EvaluateOptions& options, const SafeTensors& file, const Corpus& corpus) {
  const auto model = load_classifier(file, options.weights(), options.scaling.replacement());
  check_texts(model->options(), corpus);
  if (!corpus.labels().empty()) check_labels(model->options(), corpus);
  const BatchOptions batching = options.batches(model->max_positions());
  const auto samples = make_samples(corpus, batching);
  const Batches batches(*samples, batching);
  if (batches.skipped() > 0) {
    log::warn("{}", announce_skipped(batches.skipped(), samples->size(), options.gen_subset, *samples, batching));
  }
  const double start = seconds_now();
  const SampleScores predictions(*model, *samples, batches, alone());
  const double seconds = seconds_now() - start;
  if (!options.predictions.empty()) write_predictions(options.predictions, model->options(), predictions);
  Json scores = Json::object();
  if (!corpus.labels().empty()) scores = json_of(prediction_scores(model->options(), predictions, corpus.labels()));
  scores["rows"] = samples->size() - batches.skipped();
  int64_t tokens = 0;
  for (int64_t i = 0; i < samples->size(); ++i) tokens += predictions.has(i) ? samples->lengths(i).tokens() : 0;
  scores["tokens"] = tokens;
  if (!options.stats.empty()) write_statistics(options.stats, scores, seconds);
  return scores;
}

/// A split of the model's task in the model's vocabularies.
Corpus open_for(const EvaluateOptions& options, const SafeTensors& file) {
  const std::filesystem::path path = split_path(options.corpus, options.gen_subset);
  if (std::filesystem::exists(path)) {
    const std::string given = Corpus(path).task().name;
    ROTOR_CHECK(given == options.task,
                "{}: expected a corpus for {}, as the model {} is, got one for {}; give another --corpus",
                path.string(), options.task, file.path().string(), given);
  }
  return open_split(options.corpus, options.gen_subset, vocabularies_of(file), verification(options.no_verify));
}

}  // namespace

const std::vector<EvaluationTask>& evaluation_tasks() {
  static const std::vector<EvaluationTask> kTasks = {
      {kTranslation, evaluate_translation},    {kLanguageModeling, evaluate_language_model},
      {kMaskedLm, evaluate_masked_lm},         {kSentencePrediction, evaluate_prediction},
      {kSentenceRanking, evaluate_prediction},
  };
  return kTasks;
}

Json evaluate(EvaluateOptions options, const SafeTensors& model) {
  const NoGrad no_grad;
  options.fit(model);
  const auto& tasks = evaluation_tasks();
  const auto task =
      std::find_if(tasks.begin(), tasks.end(), [&](const EvaluationTask& t) { return t.name == options.task; });
  ROTOR_CHECK(task != tasks.end(), "{}: expected a model of a task that can be evaluated, got one of {}",
              model.path().string(), options.task);
  return task->evaluate(options, model, open_for(options, model));
}

std::string evaluation_text(const Json& scores) {
  std::string text;
  for (const auto& [name, value] : scores.items()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : " | ", name,
                        value.is_number_integer() ? value.dump() : fmt::format("{:.4f}", value.get<double>()));
  }
  return text;
}

}  // namespace rotor
