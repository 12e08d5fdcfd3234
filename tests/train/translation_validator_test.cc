#include "train/translation_validator.h"

#include <map>

#include "train/training.h"

namespace rotor {
namespace {

class TranslationValidatorTest : public TrainerTest {
 protected:
  TranslationValidatorTest() {
    model.initialise(1);
    std::string words;
    for (char letter = 'a'; letter <= 'z'; ++letter) words += std::string(3, letter) + ' ';
    const std::string bytes = train_vocabulary({folder_.file("words", words)}, {.size = kPieces});
    vocabulary_ = {bytes, bytes};
  }

  static constexpr int64_t kPieces = 100;

  TranslationValidator validator(const Corpus& corpus, const std::string& arguments = "{}") {
    options_.checkpoints.eval_bleu_args = arguments;
    return {model,
            corpus,
            {},
            options_,
            {Vocabulary::from_bytes(vocabulary_.source), Vocabulary::from_bytes(vocabulary_.target)}};
  }

  /// Makes every feature of the decoder point to the embedding of one word.
  void always_say(int32_t word) {
    std::map<std::string, std::span<float>> values;
    for (const auto& [name, variable, initialiser] : model.parameters()) values[name] = variable.value().span();
    const auto embedding = values.at("encoder.embed_tokens.weight").subspan(word * 12, 12);
    for (float& value : embedding) value *= 10;
    std::ranges::fill(values.at("decoder.layers.1.final_layer_norm.weight"), 0.0F);
    std::ranges::copy(embedding, values.at("decoder.layers.1.final_layer_norm.bias").begin());
  }

  EncoderDecoder model{[] {
    TransformerOptions options = tiny_options();
    options.source_vocabulary = options.target_vocabulary = kPieces;
    return options;
  }()};
};

TEST_F(TranslationValidatorTest, ScoresTranslationsAgainstTheCorpus) {
  const Vocabulary words = Vocabulary::from_bytes(vocabulary_.target);
  int32_t piece = 4;  // one that begins a word
  while (words.decode(std::vector{piece, piece}).find(' ') == std::string::npos) ++piece;
  always_say(piece);
  const std::string arguments = R"({"beam": 1, "max_len_a": 0, "max_len_b": 6})";
  const Corpus right = corpus_of(folder_ / "right.safetensors", {{Ids{8, 9}, Ids(6, piece)}}, kPieces);
  const Corpus wrong = corpus_of(folder_ / "wrong.safetensors", {{Ids{8, 9}, Ids(6, piece + 1)}}, kPieces);
  const Scores scores = validator(right, arguments)(alone());
  EXPECT_GT(value_of(scores, "bleu"), 0);
  EXPECT_GT(value_of(scores, "loss"), 0);
  EXPECT_LT(value_of(validator(wrong, arguments)(alone()), "bleu"), value_of(scores, "bleu"));
}

TEST_F(TranslationValidatorTest, WarnsOfArgumentsThatHaveNoEffect) {
  const auto told = [&](const std::string& arguments) {
    testing::internal::CaptureStdout();  // where the log goes in tests
    validator(valid_, arguments);
    return testing::internal::GetCapturedStdout();
  };
  EXPECT_TRUE(says(told(R"({"beam": 4, "diverse_beam_strength": 2, "unnormalized": true, "lenpen": 2})"),
                   "--eval-bleu-args: --lenpen 2 has no effect", "--diverse-beam-strength 2 has no effect"));
  EXPECT_EQ(told(R"({"beam": 4, "nbest": 1, "lenpen": 2})").find("no effect"), std::string::npos);
  EXPECT_TRUE(says(message_of<UsageError>([&] { validator(valid_, R"({"beam": 4, "nbest": 3})"); }), "--eval-bleu-args",
                   "nbest 1", "got 3"));
}

TEST_F(TranslationValidatorTest, RefusesArgumentsThatAreNoSearchOptions) {
  for (const char* arguments : {"beam 4", "[4]", R"({"beams": 4})", R"({"beam": 0})"}) {
    EXPECT_ANY_THROW(validator(valid_, arguments)) << arguments;
  }
}

}  // namespace
}  // namespace rotor
