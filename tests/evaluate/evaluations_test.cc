#include "evaluate/evaluations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "format/damage.h"
#include "golden.h"
#include "model/language_model.h"
#include "model/tiny_model.h"
#include "text/train_vocabulary.h"
#include "train/translation_objective.h"

namespace rotor {
namespace {

/// A vocabulary, models of it and corpora in it.
class Evaluations : public testing::Test {
 protected:
  explicit Evaluations(int64_t size = 56) : size_(size), vocabulary_(vocabulary_of(size, 'z')) {}

  Vocabulary vocabulary_of(int64_t size, char last) const {
    std::string words;
    for (char letter = 'a'; letter <= last; ++letter) words += std::string(3, letter) + ' ';
    return Vocabulary::from_bytes(train_vocabulary({folder_.file("words", words)}, {.size = size}));
  }

  SafeTensors save(const Model& model, const std::string& name, int64_t trained_length = 0) const {
    const VocabularyBytes bytes{vocabulary_.bytes(), vocabulary_.bytes()};
    SafeTensorsWriter writer;
    add_model(writer, model, bytes);
    add_trained_length(writer, trained_length);
    writer.write(folder_ / name);
    return SafeTensors(folder_ / name);
  }

  /// Writes lines as the split "test" of a corpus for language models; a line without ids ends a document.
  void write_text(const std::vector<Ids>& lines, const Vocabulary& vocabulary) const {
    CorpusWriter writer(split_path(folder_.path(), "test"), corpus_task(kLanguageModeling),
                        {describe_column("text", "", vocabulary)});
    for (const Ids& line : lines) {
      writer.add({line}, {std::string(line.size(), 'x')});
      if (line.empty()) writer.end_document();
    }
    writer.finish();
  }

  void write_pairs(const std::vector<std::pair<Ids, Ids>>& pairs) const {
    CorpusWriter writer(split_path(folder_.path(), "test"), corpus_task(kTranslation),
                        {describe_column("source", "", vocabulary_), describe_column("target", "", vocabulary_)});
    for (const auto& [source, target] : pairs) writer.add({source, target});
    writer.finish();
  }

  TransformerOptions language_model_options() const {
    TransformerOptions options = tiny_options();
    options.task = kLanguageModeling;
    options.arch = "transformer_lm_tiny";
    options.target_vocabulary = size_;
    return options;
  }

  EvaluateOptions options() const {
    EvaluateOptions options;
    options.corpus = folder_.path();
    options.tokens_per_sample = 32;
    return options;
  }

  std::string refusal(const EvaluateOptions& options, const SafeTensors& model) const {
    return message_of<Error>([&] { evaluate(options, model); });
  }

  const int64_t size_;
  ScratchFolder folder_;
  Vocabulary vocabulary_;
};

/// fairseq's model, and the text that fairseq-eval-lm evaluated it on.
class EvaluationsOfFairseq : public Evaluations {
 protected:
  EvaluationsOfFairseq() {
    LanguageModel model(TransformerOptions::from_config(golden_.metadata("config"), "golden"));
    read_parameters(golden_, model);
    model_.emplace(save(model, "fairseq.safetensors"));
    std::vector<Ids> lines(1);
    for (const int32_t id : golden::integers(golden_, "stream")) {
      if (id == 2) {
        lines.emplace_back();
      } else {
        lines.back().push_back(id);
      }
    }
    lines.pop_back();
    write_text(lines, vocabulary_);
  }

  SafeTensors golden_ = golden::open("fairseq_lm");
  std::optional<SafeTensors> model_;
};

TEST_F(EvaluationsOfFairseq, GiveItsLossInEveryBreakModeAndWithAnyContext) {
  int64_t with_context = 0;
  for (const auto& expected : nlohmann::json::parse(golden_.metadata("evaluations"))) {
    EvaluateOptions o = options();
    o.sample_break_mode = expected["sample_break_mode"];
    o.tokens_per_sample = expected["tokens_per_sample"];
    o.context_window = expected["context_window"];
    with_context += o.context_window > 0;
    const auto scores = evaluate(o, *model_);
    EXPECT_EQ(scores["tokens"], expected["tokens"]) << expected["name"];
    EXPECT_NEAR(scores["loss"], expected["loss"], 1e-5) << expected["name"];
    EXPECT_NEAR(scores["ppl"], std::exp2(expected["loss"].get<double>()), 1e-3) << expected["name"];
  }
  EXPECT_GT(with_context, 3);
}

TEST_F(EvaluationsOfFairseq, AreTheSameHoweverTheSamplesAreBatched) {
  EvaluateOptions o = options();
  o.context_window = 8;
  const auto scores = evaluate(o, *model_);
  o.max_tokens = 40;
  EXPECT_EQ(evaluate(o, *model_), scores);
  o.max_tokens = 1000;
  o.batch_size = 3;
  EXPECT_EQ(evaluate(o, *model_), scores);
}

TEST_F(EvaluationsOfFairseq, AreOfTheTextsCharactersAndBytesToo) {
  const auto scores = evaluate(options(), *model_);
  EXPECT_EQ(scores["bits_per_character"], scores["loss"]) << "the text has a letter for each token, and ends of lines";
  EXPECT_EQ(scores["bits_per_byte"], scores["loss"]);
  EXPECT_EQ(evaluation_text({{"loss", 3.62222}, {"tokens", 1377}}), "loss 3.6222 | tokens 1377");
}

/// The lines of a file of losses after its header: number, tokens, mean loss in bits.
std::vector<std::tuple<int64_t, int64_t, double>> lines_of(const std::string& path, const std::string& header) {
  std::istringstream lines(text_of(path));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, header);
  std::vector<std::tuple<int64_t, int64_t, double>> read;
  while (std::getline(lines, line)) {
    long long number = 0, count = 0;
    double loss = 0;
    EXPECT_EQ(std::sscanf(line.c_str(), "%lld,%lld,%lf", &number, &count, &loss), 3) << line;
    read.emplace_back(number, count, loss);
  }
  return read;
}

TEST_F(EvaluationsOfFairseq, CountEachTokenAtThePositionThatItHasInItsSample) {
  EvaluateOptions o = options();
  o.context_window = 8;
  o.by_position = folder_ / "loss.csv";
  const auto scores = evaluate(o, *model_);
  double bits = 0;
  int64_t tokens = 0, position = 0;
  for (const auto& [number, count, loss] : lines_of(o.by_position, "position,tokens,loss")) {
    EXPECT_EQ(number, ++position);
    if (position <= 8) {
      EXPECT_EQ(count, 1) << "only the first sample has no context";
    }
    tokens += count;
    bits += loss * static_cast<double>(count);
  }
  EXPECT_EQ(position, 32);
  EXPECT_EQ(tokens, scores["tokens"]);
  EXPECT_NEAR(bits / static_cast<double>(tokens), scores["loss"], 1e-6);
}

TEST_F(EvaluationsOfFairseq, CountEachTokenInItsSampleAndInItsDocument) {
  EvaluateOptions o = options();
  o.context_window = 8;
  o.by_sample = folder_ / "samples.csv";
  o.by_document = folder_ / "documents.csv";
  const auto scores = evaluate(o, *model_);
  const int64_t tokens = scores["tokens"];
  const auto samples = lines_of(o.by_sample, "sample,tokens,loss");
  const auto documents = lines_of(o.by_document, "document,tokens,loss");
  EXPECT_EQ(std::ssize(samples), (tokens + 23) / 24) << "blocks of 32 tokens, 8 of them context";
  const Corpus corpus(split_path(folder_.path(), "test"));
  EXPECT_GT(std::ssize(documents), 1);
  EXPECT_EQ(std::ssize(documents), std::ssize(corpus.document_ends()));
  EXPECT_EQ(std::get<1>(documents[0]), corpus.column("text").begin(static_cast<int64_t>(corpus.document_ends()[0])));
  for (const auto& parts : {samples, documents}) {
    double bits = 0;
    int64_t counted = 0;
    for (const auto& [number, count, loss] : parts) {
      bits += loss * static_cast<double>(count);
      counted += count;
    }
    EXPECT_EQ(counted, tokens);
    EXPECT_NEAR(bits / static_cast<double>(tokens), scores["loss"], 1e-6);
  }
}

TEST_F(EvaluationsOfFairseq, WriteTheScoresWithTheSpeedAndTheMemory) {
  EvaluateOptions o = options();
  o.stats = folder_ / "stats.json";
  auto scores = evaluate(o, *model_);
  auto written = nlohmann::ordered_json::parse(text_of(o.stats));
  EXPECT_GT(written["memory_mb"], 1);
  EXPECT_NEAR(written["tokens_per_second"].get<double>() * written["seconds"].get<double>(), scores["tokens"], 1e-6);
  for (const char* name : {"seconds", "tokens_per_second", "memory_mb"}) written.erase(name);
  EXPECT_EQ(written, scores);
}

TEST_F(EvaluationsOfFairseq, ComeNearWithRoundedWeights) {
  const double loss = evaluate(options(), *model_)["loss"];
  for (const char* type : {"bf16", "int8"}) {
    EvaluateOptions o = options();
    o.quantize = type;
    const double rounded = evaluate(o, *model_)["loss"];
    EXPECT_NE(rounded, loss) << type;
    EXPECT_NEAR(rounded, loss, 0.05) << type;
  }
}

TEST_F(EvaluationsOfFairseq, RefuseWhatDoesNotFitTheModel) {
  EvaluateOptions o = options();
  o.gen_subset = "valid";
  EXPECT_TRUE(says(refusal(o, *model_), "valid", "test"));
  flip_bit(split_path(folder_.path(), "test"), "text");
  EXPECT_TRUE(says(refusal(options(), *model_), "test.safetensors is damaged: tensor 'text'"));
  write_pairs({{{5, 6}, {7}}});
  EXPECT_TRUE(says(refusal(options(), *model_), "expected a corpus for language_modeling", "fairseq.safetensors",
                   "got one for translation", "--corpus"));
  write_text({{5, 6}}, vocabulary_of(40, 'y'));
  EXPECT_TRUE(says(refusal(options(), *model_), "56 pieces", "40 pieces", "preprocess it"));
  write_text({{}, {}}, vocabulary_);
  o = options();
  o.sample_break_mode = "complete_doc";
  EXPECT_TRUE(says(refusal(o, *model_), "test.safetensors", "expected lines that are not empty, got none"));
}

TEST_F(Evaluations, RefuseSamplesBeyondTheModelsPositions) {
  TransformerOptions small = language_model_options();
  small.position.encoding = "learned";
  small.position.max_positions = 16;
  LanguageModel model(small);
  model.initialise(1);
  write_text({Ids(100, 5)}, vocabulary_);
  const SafeTensors file = save(model, "learned.safetensors");
  EXPECT_TRUE(says(refusal(options(), file), "--tokens-per-sample of at most 16", "32"));
  EvaluateOptions o = options();
  o.tokens_per_sample = 16;
  EXPECT_EQ(evaluate(o, file)["tokens"], 101);
  o.context_window = 15;
  EXPECT_EQ(evaluate(o, file)["tokens"], 101);
  o.context_window = 16;
  o.fit(file);
  EXPECT_TRUE(says(message_of<UsageError>([&] { o.check(); }), "--context-window below --tokens-per-sample 16"));
}

TEST_F(Evaluations, ReadSamplesAsLongAsThoseOfTheTrainingUnlessToldOtherwise) {
  LanguageModel model(language_model_options());
  model.initialise(1);
  write_text({Ids(1100, 5)}, vocabulary_);
  EvaluateOptions o = options();
  o.by_position = folder_ / "loss.csv";
  const auto longest = [&](int64_t given, const SafeTensors& file) {
    o.tokens_per_sample = given;
    evaluate(o, file);
    return std::ssize(lines_of(o.by_position, "position,tokens,loss"));
  };
  const SafeTensors trained = save(model, "trained.safetensors", 16);
  EXPECT_EQ(longest(0, trained), 16);
  EXPECT_EQ(longest(40, trained), 40);
  EXPECT_EQ(longest(0, save(model, "unknown.safetensors")), 1024);
  o.tokens_per_sample = 0;
  o.context_window = 16;
  o.fit(trained);
  EXPECT_TRUE(says(message_of<UsageError>([&] { o.check(); }), "--context-window below --tokens-per-sample 16"));
}

TEST_F(Evaluations, OfATranslationModelAreOfItsTargets) {
  TransformerOptions small = tiny_options();
  small.source_vocabulary = small.target_vocabulary = size_;
  auto model = std::make_unique<EncoderDecoder>(small);
  model->initialise(1);
  const SafeTensors file = save(*model, "translation.safetensors");
  write_pairs({{{5, 6}, {7, 8, 9}}, {{10}, {11}}, {{12, 13, 14, 15}, {5, 5}}});
  const auto scores = evaluate(options(), file);
  EXPECT_EQ(scores["tokens"], 4 + 2 + 3);
  EXPECT_FALSE(scores.contains("bits_per_character"));
  const TranslationObjective objective({}, std::move(model), {}, {}, Corpus(split_path(folder_.path(), "test")));
  const Scores validation = (*objective.validator({}))(alone());
  EXPECT_NEAR(scores["loss"], value_of(validation, "nll_loss"), 1e-5);
  write_text({{5, 6}}, vocabulary_);
  EXPECT_TRUE(says(refusal(options(), file), "expected a corpus for translation", "got one for language_modeling"));
}

}  // namespace
}  // namespace rotor
