#include "train/masked_lm_validator.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "data/corpora.h"
#include "model/tiny_model.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

TEST(MaskedLmValidator, CountsHiddenTokensAndKnowsAModelThatIsAlwaysRight) {
  const ScratchFolder folder;
  constexpr SpecialTokens kSpecials{.mask = 4};
  CorpusWriter writer(folder / "a.safetensors", corpus_task(kMaskedLm), {{"text", "", "abc", 30, kSpecials}});
  for (int32_t line = 0; line < 20; ++line) writer.add({Ids(7, 9)});
  writer.finish();
  TransformerOptions options = tiny_options();
  options.task = kMaskedLm;
  options.arch = "bert_tiny";
  options.tokens = kSpecials;
  MaskedLanguageModel model(options);
  model.initialise(1);
  for (const auto& [name, variable, initialiser] : model.parameters()) {
    if (name == "lm_head.bias") variable.value().span()[9] = 100;
  }
  const Vocabulary unused = Vocabulary::from_bytes(serialized_bytes());
  const MaskedLmValidator validator(model, Corpus(folder / "a.safetensors"),
                                    {.tokens_per_sample = 9, .mask = {.prob = 0.5}}, {unused, unused});
  const Scores scores = validator(alone());
  EXPECT_EQ(value_of(scores, "accuracy"), 1);
  EXPECT_LT(value_of(scores, "loss"), 1e-6);
  EXPECT_NEAR(static_cast<double>(validator.hidden()), 70, 25);
}

}  // namespace
}  // namespace rotor
