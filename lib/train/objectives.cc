#include "train/objectives.h"

#include <algorithm>

#include "base/option_text.h"
#include "train/class_weights.h"
#include "train/language_model_objective.h"
#include "train/masked_lm_objective.h"
#include "train/prediction_objective.h"
#include "train/prediction_validator.h"
#include "train/translation_objective.h"

namespace rotor {
namespace {

/// The model that the training starts from; where that is gone, the checkpoint that the training has got to.
std::filesystem::path start_of(const CheckpointOptions& options) {
  const std::filesystem::path start = options.finetune_from_model,
                              last = std::filesystem::path(options.save_dir) / "checkpoint_last.safetensors";
  return !std::filesystem::exists(start) && std::filesystem::exists(last) ? last : start;
}

/// Takes the options of the model that the training starts from, if it has the same stacks; another is refused when it
/// is read.
void take_start(TrainingOptions& options) {
  TransformerOptions& model = options.model;
  if (options.trainer.checkpoints.finetune_from_model.empty()) return;
  TransformerOptions from = read_model_options(SafeTensors(start_of(options.trainer.checkpoints)));
  if (from.has_encoder() != model.has_encoder() || from.has_decoder() != model.has_decoder()) return;
  if (from.task != model.task) from.head.labels.clear();
  from.task = model.task;
  model = std::move(from);
}

/// The splits of a corpus that are looked at before its batches are made, and its vocabularies.
struct Opened {
  explicit Opened(const ObjectiveRequest& request)
      : vocabularies(read_vocabularies(request.corpus)), train(open_split(request.corpus, "train", vocabularies)) {
    if (request.validates) valid.emplace(open_split(request.corpus, "valid", vocabularies));
  }

  Vocabularies vocabularies;
  Corpus train;
  std::optional<Corpus> valid;
};

/// A model of the options, which fit the corpus.
template <typename M>
std::unique_ptr<M> make_model_within_memory(const TrainingOptions& options) {
  options.model.check();
  require(options.model.token_types == 0 || !options.model.has_decoder(),
          "--token-types is for models that are an encoder alone; leave it out");
  options.check_memory(options.model.least_parameters());
  return std::make_unique<M>(options.model);
}

/// Hands the model the vocabulary whose tokens it predicts.
void fit_predicted(TransformerOptions& model, const Vocabulary& vocabulary) {
  model.target_vocabulary = vocabulary.size();
  model.tokens = vocabulary.specials();
}

/// Separate vocabularies share no matrix unless the options given say so, or the model that the training starts from,
/// such as OPUS-MT's, which cuts both languages its own way into tokens of one list. A model has one id of <pad>.
void fit_translation(TrainingOptions& options, const Vocabularies& vocabularies, const CommandLine& given) {
  const int32_t source_pad = vocabularies.source.specials().pad, target_pad = vocabularies.target.specials().pad;
  ROTOR_CHECK(source_pad == target_pad,
              "expected vocabularies with the same id of <pad>, got {} and {}; make both by rotor-preprocess",
              source_pad, target_pad);
  options.model.source_vocabulary = vocabularies.source.size();
  fit_predicted(options.model, vocabularies.target);
  const bool decided = !given.given("share-all-embeddings").empty();
  const bool starts = !options.trainer.checkpoints.finetune_from_model.empty();
  if (!vocabularies.joined() && !decided && !starts) options.model.share_all_embeddings = false;
}

std::unique_ptr<Objective> translation(const ObjectiveRequest& request) {
  TrainingOptions& options = request.options;
  Opened opened(request);
  fit_translation(options, opened.vocabularies, request.given);
  return std::make_unique<TranslationObjective>(
      options.trainer, make_model_within_memory<EncoderDecoder>(options),
      VocabularyBytes{opened.vocabularies.source.bytes(), opened.vocabularies.target.bytes()},
      Languages{opened.train.column("source").info().language, opened.train.column("target").info().language},
      std::move(opened.valid));
}

/// fairseq's defaults: transformer_lm, no label smoothing, and as many positions as a sample has tokens.
void set_language_model_defaults(TrainingOptions& options) {
  options.model.task = kLanguageModeling;
  options.model.apply_architecture(TransformerOptions::default_architecture(kLanguageModeling));
  take_start(options);
  options.trainer.optimization.label_smoothing = 0;
}

void fit_language_model(TrainingOptions& options, const Vocabularies& vocabularies, const CommandLine& /*given*/) {
  fit_predicted(options.model, vocabularies.of("text"));
}

std::unique_ptr<Objective> language_modeling(const ObjectiveRequest& request) {
  TrainingOptions& options = request.options;
  Opened opened(request);
  const Vocabulary& vocabulary = opened.vocabularies.source;
  fit_language_model(options, opened.vocabularies, request.given);
  return std::make_unique<LanguageModelObjective>(options.trainer, make_model_within_memory<LanguageModel>(options),
                                                  vocabulary.bytes(), opened.train.column("text").info().language,
                                                  std::move(opened.valid));
}

/// bert_base, or the encoder of the model that the training starts from, with the head that the file names.
void set_encoder_defaults(TrainingOptions& options) {
  options.model.apply_architecture(TransformerOptions::default_architecture(options.model.task));
  take_start(options);
}

/// BERT's: no label smoothing, samples of 512 tokens.
void set_masked_lm_defaults(TrainingOptions& options) {
  options.model.task = kMaskedLm;
  set_encoder_defaults(options);
  options.trainer.optimization.label_smoothing = 0;
  options.batches.tokens_per_sample = 512;
}

void fit_masked_lm(TrainingOptions& options, const Vocabularies& vocabularies, const CommandLine& /*given*/) {
  fit_predicted(options.model, vocabularies.of("text"));
  options.model.source_vocabulary = options.model.target_vocabulary;
}

std::unique_ptr<Objective> masked_lm(const ObjectiveRequest& request) {
  TrainingOptions& options = request.options;
  Opened opened(request);
  const Vocabulary& vocabulary = opened.vocabularies.source;
  fit_masked_lm(options, opened.vocabularies, request.given);
  return std::make_unique<MaskedLmObjective>(options.trainer, make_model_within_memory<MaskedLanguageModel>(options),
                                             vocabulary.bytes(), opened.train.column("text").info().language,
                                             std::move(opened.valid));
}

/// BERT's for fine-tuning (Devlin et al. 2019, A.3; its code for the warm-up): three epochs of batches of 32 rows, a
/// warm-up of a tenth of the updates and a linear decay, its betas and rate.
void set_prediction_defaults(TrainingOptions& options) {
  set_encoder_defaults(options);
  options.batches.batch_size = 32;
  options.batches.truncate = "longest";
  options.max_source_positions = 512;
  OptimizationOptions& o = options.trainer.optimization;
  o.label_smoothing = 0;
  o.adam_betas = "0.9,0.999";
  o.adam_eps = 1e-6;
  o.max_epoch = 3;
  o.schedule.lr = 5e-5;
  o.schedule.lr_scheduler = "polynomial_decay";
  o.schedule.warmup_ratio = 0.1;
}

void set_sentence_prediction_defaults(TrainingOptions& options) {
  options.model.task = kSentencePrediction;
  set_prediction_defaults(options);
}

void set_sentence_ranking_defaults(TrainingOptions& options) {
  options.model.task = kSentenceRanking;
  set_prediction_defaults(options);
}

void fit_prediction(TrainingOptions& options, const Vocabularies& vocabularies, const CommandLine& /*given*/) {
  fit_predicted(options.model, vocabularies.source);
  options.model.source_vocabulary = options.model.target_vocabulary;
}

std::unique_ptr<Objective> prediction(const ObjectiveRequest& request) {
  TrainingOptions& options = request.options;
  Opened opened(request);
  const Vocabulary& vocabulary = opened.vocabularies.source;
  fit_prediction(options, opened.vocabularies, request.given);
  options.model.head.labels = opened.train.classes();
  check_rows(options.model, opened.train);
  if (opened.valid) check_rows(options.model, *opened.valid);
  return std::make_unique<PredictionObjective>(options.trainer, make_model_within_memory<Classifier>(options),
                                               vocabulary.bytes(), opened.train.columns().front().info().language,
                                               std::move(opened.valid),
                                               class_weights(options.trainer.optimization.class_weights, opened.train));
}

}  // namespace

const std::vector<Task>& tasks() {
  static const std::vector<Task> kTasks = {
      {kTranslation, take_start, fit_translation, translation},
      {kLanguageModeling, set_language_model_defaults, fit_language_model, language_modeling},
      {kMaskedLm, set_masked_lm_defaults, fit_masked_lm, masked_lm},
      {kSentencePrediction, set_sentence_prediction_defaults, fit_prediction, prediction},
      {kSentenceRanking, set_sentence_ranking_defaults, fit_prediction, prediction},
  };
  return kTasks;
}

const Task& task_named(const std::string& name, const std::string& origin) {
  const auto found = std::find_if(tasks().begin(), tasks().end(), [&](const Task& task) { return task.name == name; });
  ROTOR_CHECK(found != tasks().end(), "{}: expected a corpus of a task that can be trained, got one of {}", origin,
              name);
  return *found;
}

const Task& task_of(const std::filesystem::path& corpus) {
  const std::filesystem::path split = split_path(corpus, "train");
  return task_named(std::filesystem::exists(split) ? Corpus(split).task().name : kTranslation, split.string());
}

}  // namespace rotor
