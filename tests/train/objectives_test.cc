#include "train/objectives.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "model/language_model.h"
#include "model/model_file.h"
#include "text/letters.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

/// Corpus folders of both tasks, with a vocabulary of 40 pieces.
class Objectives : public testing::Test {
 protected:
  Objectives() {
    std::string words;
    for (char letter = 'a'; letter <= 'z'; ++letter) words += std::string(3, letter) + ' ';
    const Vocabulary vocabulary =
        Vocabulary::from_bytes(train_vocabulary({folder_.file("words", words)}, {.size = 40, .mask = true}));
    for (const auto& [task, columns_of_task, rows, documents, more, most] : corpus_tasks()) {
      std::filesystem::create_directories(folder_ / task);
      write_vocabularies(folder_ / task, {vocabulary, vocabulary});
      for (const char* split : {"train", "valid"}) {
        std::vector<ColumnInfo> columns;
        const bool labelled = task == kSentencePrediction || task == kSentenceRanking;
        for (const std::string& name : columns_of_task) {
          columns.push_back(describe_column(name, "en", vocabulary));
        }
        CorpusWriter writer(split_path(folder_ / task, split), corpus_task(task), columns);
        for (int i = 0; i < 20; ++i) {
          writer.add(std::vector<Ids>(columns.size(), {5, 6, 7}), std::vector<std::string>(columns.size(), "abc"));
          if (labelled) writer.label(0);
        }
        writer.finish();
      }
    }
  }

  /// Makes the objective of a corpus as rotor-train does.
  std::unique_ptr<Objective> make(const std::string& task, std::vector<const char*> words, bool validates = true) {
    training_ = {};
    options_ = std::make_unique<CommandLine>("rotor-train", "", "");
    training_.describe(*options_);
    words.insert(words.begin(), "rotor-train");
    options_->read(static_cast<int>(words.size()), words.data());
    options_->apply();
    const Task& found = task_of(folder_ / task);
    EXPECT_EQ(found.name, task);
    found.set_defaults(training_);
    training_.apply(*options_);
    return found.make_objective({training_, *options_, folder_ / task, validates});
  }

  /// The smallest architecture that a task has.
  static const char* tiny_of(const Task& task) {
    if (task.name == std::string(kTranslation)) return "transformer_tiny";
    return task.name == std::string(kLanguageModeling) ? "transformer_lm_tiny" : "bert_tiny";
  }

  ScratchFolder folder_;
  TrainingOptions training_;
  std::unique_ptr<CommandLine> options_;
};

TEST_F(Objectives, AreMadeOfTheTaskOfTheCorpus) {
  for (const Task& task : tasks()) {
    const auto objective = make(task.name, {"--arch", tiny_of(task)});
    EXPECT_TRUE(says(objective->config(), fmt::format(R"("task":"{}")", task.name),
                     fmt::format(R"("arch":"{}")", tiny_of(task)), R"("target_vocabulary":40)"));
    const TrainingData data = objective->training_data({folder_ / task.name}, training_);
    EXPECT_GT(data.size(), 0);
    const auto validator = objective->validator(data.options());
    EXPECT_GT(validator->samples().size(), 0);
    EXPECT_EQ(make(task.name, {"--arch", tiny_of(task)}, false)->validator(data.options()), nullptr);
    EXPECT_EQ(objective->metrics().front(), "loss");
  }
  EXPECT_STREQ(task_of(folder_ / "nothing").name, kTranslation) << "who opens it says what is missing";
}

TEST_F(Objectives, HaveTheShapeOfTheModelThatTheyStartFromUnlessAnotherIsGiven) {
  for (const Task& task : tasks()) {
    const auto first = make(task.name, {"--arch", tiny_of(task), "--norm", "rms"});
    SafeTensorsWriter writer;
    first->save(writer);
    writer.write(folder_ / "start.safetensors");
    const std::string start = folder_ / "start.safetensors";
    EXPECT_EQ(make(task.name, {"--finetune-from-model", start.c_str()})->config(), first->config());
    EXPECT_NE(make(task.name, {"--finetune-from-model", start.c_str(), "--norm", "layer"})->config(), first->config());
    std::filesystem::create_directories(folder_ / "run");
    std::filesystem::rename(start, folder_ / "run/checkpoint_last.safetensors");
    const std::string run = folder_ / "run";
    EXPECT_EQ(make(task.name, {"--finetune-from-model", start.c_str(), "--save-dir", run.c_str()})->config(),
              first->config())
        << "a training goes on though the model that it began from is gone";
  }
}

TEST_F(Objectives, OfLanguageModelsHaveFairseqsDefaultsUnlessOthersAreGiven) {
  make(kLanguageModeling, {});
  EXPECT_EQ(training_.model.arch, "transformer_lm");
  EXPECT_TRUE(training_.model.decoder.normalize_before);
  EXPECT_EQ(training_.trainer.optimization.label_smoothing, 0);
  make(kLanguageModeling,
       {"--arch", "transformer_lm_tiny", "--label-smoothing", "0.1", "--decoder-ffn-embed-dim", "64"});
  EXPECT_EQ(training_.model.decoder.layers, 4);
  EXPECT_EQ(training_.model.decoder.ffn_embed_dim, 64);
  EXPECT_EQ(training_.trainer.optimization.label_smoothing, 0.1);
  make(kTranslation, {"--arch", "transformer_tiny"});
  EXPECT_FALSE(training_.model.decoder.normalize_before);
  EXPECT_EQ(training_.trainer.optimization.label_smoothing, 0.1);
}

TEST_F(Objectives, OfEncodersHaveBertsFormsUnlessOthersAreGiven) {
  make(kMaskedLm, {});
  EXPECT_EQ(training_.model.arch, "bert_base");
  EXPECT_EQ(training_.model.position.encoding, "learned");
  EXPECT_EQ(training_.batches.tokens_per_sample, 512);
  EXPECT_EQ(training_.trainer.optimization.label_smoothing, 0);
  make(kSentencePrediction, {"--arch", "bert_mini", "--position-encoding", "rope", "--activation-fn", "relu"});
  EXPECT_EQ(training_.model.encoder.embed_dim, 256);
  EXPECT_EQ(training_.model.position.encoding, "rope");
  EXPECT_EQ(training_.model.activation_fn, "relu");
  EXPECT_EQ(training_.batches.truncate, "longest");
}

TEST_F(Objectives, OfEncodersHaveTheShapeOfTheModelThatTheyStartFrom) {
  TransformerOptions options;
  options.task = kSentenceEncoding;
  options.apply_architecture("bert_tiny");
  options.encoder.layers = 1;
  options.encoder.ffn_embed_dim = 36;
  options.activation_fn = "swish";
  options.head = {.kind = "roformer", .pooling = "mean"};
  options.source_vocabulary = options.target_vocabulary = 7;
  const VocabularyBytes vocabulary{"vocabulary", "vocabulary"};
  const auto model = make_model(options);
  SafeTensorsWriter writer;
  add_model(writer, *model, vocabulary);
  const std::string file = folder_ / "start.safetensors";
  writer.write(file);
  for (const char* task : {kMaskedLm, kSentencePrediction}) {
    make(task, {"--finetune-from-model", file.c_str(), "--dropout", "0.3"});
    const TransformerOptions& made = training_.model;
    EXPECT_EQ(made.task, task);
    EXPECT_EQ(made.arch, "bert_tiny");
    EXPECT_EQ(made.encoder.layers, 1);
    EXPECT_EQ(made.encoder.ffn_embed_dim, 36);
    EXPECT_EQ(made.activation_fn, "swish");
    EXPECT_EQ(made.head.kind + made.head.pooling, "roformermean");
    EXPECT_EQ(made.source_vocabulary, 40);
    EXPECT_EQ(made.dropout, 0.3);
  }
  EXPECT_TRUE(says(message_of<Error>([&] { make(kMaskedLm, {"--finetune-from-model", "/nowhere"}); }), "/nowhere"));
}

TEST_F(Objectives, SaveOptionsThatReadWithoutAWarning) {
  for (const Task& task : tasks()) {
    make(task.name, {"--arch", tiny_of(task)});
    const std::string saved = folder_.file("config.ini", options_->to_ini());
    make(task.name, {"--config", saved.c_str()});
    EXPECT_TRUE(options_->ignored().empty()) << task.name << ": " << options_->ignored()[0];
  }
}

TEST_F(Objectives, RefuseAnArchitectureOfAnotherTask) {
  EXPECT_TRUE(says(message_of<UsageError>([&] {
                     make(kLanguageModeling, {"--arch", "transformer_iwslt"});
                   }),
                   "--arch transformer_iwslt", "translation", "language_modeling"));
  EXPECT_TRUE(says(message_of<UsageError>([&] {
                     make(kTranslation, {"--arch", "transformer_lm_gpt"});
                   }),
                   "--arch transformer_lm_gpt", "translation", "language_modeling"));
}

TEST_F(Objectives, HaveTokenTypesOnlyIfTheyAreAnEncoder) {
  EXPECT_NO_THROW(make(kMaskedLm, {"--arch", "bert_tiny", "--token-types", "3"}));
  for (const auto& [task, arch] :
       {std::pair{kTranslation, "transformer_tiny"}, {kLanguageModeling, "transformer_lm_tiny"}}) {
    EXPECT_TRUE(says(message_of<UsageError>([&] {
                       make(task, {"--arch", arch, "--token-types", "3"});
                     }),
                     "--token-types is for models that are an encoder alone"));
  }
}

TEST_F(Objectives, NameTheOptionsThatTheirTaskDoesNotRead) {
  const char* of_translation[][2] = {{"--encoder-layers", "3"},       {"--encoder-word-dropout", "0.1"},
                                     {"--max-source-positions", "9"}, {"--eval-bleu", "true"},
                                     {"--bpe-dropout", "0"},          {"--encoder-position-encoding", "rope"}};
  for (const auto& [name, value] : of_translation) {
    make(kLanguageModeling, {"--arch", "transformer_lm_tiny", name, value});
    const auto ignored = options_->ignored();
    ASSERT_EQ(ignored.size(), 1u) << name;
    EXPECT_TRUE(says(ignored[0], name, "only for"));
    make(kTranslation, {"--arch", "transformer_tiny", name, value});
    EXPECT_TRUE(options_->ignored().empty()) << name;
  }
  for (const auto& [name, value] : {std::pair{"--tokens-per-sample", "8"}, {"--sample-break-mode", "eos"}}) {
    make(kTranslation, {"--arch", "transformer_tiny", name, value});
    EXPECT_TRUE(says(options_->ignored().at(0), name, "only for language models"));
    make(kLanguageModeling, {"--arch", "transformer_lm_tiny", name, value});
    EXPECT_TRUE(options_->ignored().empty()) << name;
  }
}

TEST_F(Objectives, OfLanguageModelsRefuseSamplesBeyondTheirPositions) {
  const auto blocks = [&](std::vector<const char*> words) {
    words.insert(words.end(), {"--arch", "transformer_lm_tiny"});
    const auto objective = make(kLanguageModeling, words);
    return objective->training_data({folder_ / kLanguageModeling}, training_).options().max_target_positions;
  };
  EXPECT_EQ(blocks({"--tokens-per-sample", "2000"}), 2000) << "sinusoids serve them";
  EXPECT_TRUE(says(message_of<Error>([&] {
                     blocks({"--tokens-per-sample", "65", "--position-encoding", "learned", "--max-positions", "64"});
                   }),
                   "--tokens-per-sample of at most 64", "65"));
  EXPECT_TRUE(says(message_of<Error>([&] {
                     blocks({"--tokens-per-sample", "65", "--max-target-positions", "64"});
                   }),
                   "--tokens-per-sample of at most 64", "65"));
}

TEST_F(Objectives, RefuseAModelBeyondTheMemory) {
  EXPECT_TRUE(says(message_of<Error>([&] {
                     make(kLanguageModeling, {"--decoder-embed-dim", "80000", "--decoder-layers", "1000"});
                   }),
                   "memory", "parameters"));
}

constexpr SpecialTokens kOthers{.bos = 3, .pad = 9, .eos = 0, .unk = 7, .mask = 5, .start = 3};

/// The options of a task's model, fitted to vocabularies that no corpus can have yet.
TransformerOptions fitted(const char* task, const Vocabularies& vocabularies, std::vector<const char*> words = {}) {
  TrainingOptions training;
  CommandLine line("rotor-train", "", "");
  training.describe(line);
  words.insert(words.begin(), "rotor-train");
  line.read(static_cast<int>(words.size()), words.data());
  const Task& found = task_named(task, "here");
  found.set_defaults(training);
  training.apply(line);
  found.fit(training, vocabularies, line);
  return training.model;
}

TEST(Task, FitsTheModelToTheSpecialTokensOfItsVocabulary) {
  const Vocabulary vocabulary = letters(kOthers);
  for (const Task& task : tasks()) {
    const TransformerOptions model = fitted(task.name, {vocabulary, vocabulary});
    EXPECT_EQ(model.tokens, kOthers) << task.name;
    EXPECT_EQ(model.target_vocabulary, vocabulary.size());
    EXPECT_EQ(model.source_vocabulary, model.has_encoder() ? vocabulary.size() : 0);
    EXPECT_EQ(TransformerOptions::from_config(model.to_config(), "here").tokens, kOthers);
  }
}

TEST(Task, MakesAModelWhosePaddingIsTheVocabularys) {
  const Vocabulary vocabulary = letters(kOthers);
  LanguageModel model(fitted(kLanguageModeling, {vocabulary, vocabulary}, {"--arch", "transformer_lm_tiny"}));
  model.initialise(1);
  const Tensor matrix = model.values().front().value;
  ASSERT_EQ(matrix.size(0), vocabulary.size());
  for (int64_t id = 0; id < vocabulary.size(); ++id) {
    const auto row = matrix.narrow(0, id, 1).span();
    EXPECT_EQ(std::all_of(row.begin(), row.end(), [](float x) { return x == 0; }), id == kOthers.pad) << id;
  }
}

TEST(Task, OfTranslationFitsSeparateVocabularies) {
  const Vocabularies separate = {letters(kOthers, "source"), letters({.pad = 9}, "target")};
  EXPECT_FALSE(fitted(kTranslation, separate).share_all_embeddings);
  EXPECT_TRUE(fitted(kTranslation, separate, {"--share-all-embeddings"}).share_all_embeddings);
  EXPECT_EQ(fitted(kTranslation, separate).tokens, (SpecialTokens{.pad = 9})) << "those of the text that is written";
  EXPECT_TRUE(says(message_of<Error>([] {
                     fitted(kTranslation, {letters(kOthers, "source"), letters({}, "target")});
                   }),
                   "<pad>", "9 and 1"));
}

}  // namespace
}  // namespace rotor
