#include "model/architectures.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "base/check.h"
#include "base/command_line.h"
#include "base/option_text.h"
#include "base/scratch.h"
#include "model/options.h"
#include "text/task.h"

namespace rotor {
namespace {

TEST(Architectures, HaveDistinctNamesAndWidthsThatTheirHeadsShare) {
  std::set<std::string> names;
  for (const Architecture& a : architectures()) {
    EXPECT_TRUE(names.insert(a.name).second) << a.name;
    EXPECT_EQ(a.width % a.heads, 0) << a.name;
    EXPECT_TRUE(a.serves(a.task)) << a.name;
  }
  EXPECT_EQ(names.size(), architecture_names().size());
}

TEST(Architectures, OfMaskedLanguageModelsServeModelsOfWholeSentencesToo) {
  for (const Architecture& a : architectures()) {
    const bool encodes = a.task == std::string(kMaskedLm);
    for (const char* task : {kSentencePrediction, kSentenceRanking, kSentenceEncoding}) {
      EXPECT_EQ(a.serves(task), encodes) << a.name << ' ' << task;
    }
    EXPECT_EQ(a.serves(kTranslation), a.task == std::string(kTranslation)) << a.name;
  }
}

/// The options of a model that these words of a command line make.
TransformerOptions model_of(const std::string& task, const Texts& words) {
  TransformerOptions model;
  model.task = task;
  CommandLine line("rotor-train", "", "");
  model.describe(line);
  std::vector<const char*> all = {"rotor-train"};
  for (const std::string& word : words) all.push_back(word.c_str());
  line.read(static_cast<int>(all.size()), all.data());
  model.apply_architecture(line.given("arch"));
  line.apply();
  return model;
}

/// The words of what an error says to give in place of fairseq's architecture.
Texts suggested(const std::string& task, const std::string& name) {
  const std::string error = message_of<UsageError>([&] { model_of(task, {"--arch", name}); });
  const std::string_view before = "(fairseq's is ", after = " here)";
  const size_t begin = error.find(before), end = error.find(after);
  if (begin == error.npos || end == error.npos) {
    ADD_FAILURE() << "no suggestion: " << error;
    return {};
  }
  std::istringstream in(error.substr(begin + before.size(), end - begin - before.size()));
  Texts words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// A name of fairseq's, with what fairseq/models/transformer/transformer_legacy.py and transformer_lm.py set.
struct OfFairseq {
  const char *name, *task;
  int64_t layers, width, inner, heads;
  double dropout = 0.1, attention_dropout = 0, activation_dropout = 0;
  bool normalize_before = false;
  const char* activation = "relu";
};

TEST(Architectures, OfFairseqAreMadeByWhatTheErrorSays) {
  const OfFairseq all[] = {
      {"transformer", kTranslation, 6, 512, 2048, 8},
      {"transformer_wmt_en_de", kTranslation, 6, 512, 2048, 8},
      {"transformer_iwslt_de_en", kTranslation, 6, 512, 1024, 4},
      {"transformer_vaswani_wmt_en_de_big", kTranslation, 6, 1024, 4096, 16, 0.3},
      {"transformer_vaswani_wmt_en_fr_big", kTranslation, 6, 1024, 4096, 16, 0.1},
      {"transformer_wmt_en_de_big", kTranslation, 6, 1024, 4096, 16, 0.3, 0.1},
      {"transformer_wmt_en_de_big_t2t", kTranslation, 6, 1024, 4096, 16, 0.3, 0.1, 0.1, true},
      {"transformer_lm_big", kLanguageModeling, 12, 1024, 4096, 16, 0.1, 0, 0, true},
      {"transformer_lm_gpt2_small", kLanguageModeling, 24, 1024, 4096, 16, 0.1, 0.1, 0, true, "gelu"},
  };
  for (const OfFairseq& expected : all) {
    const TransformerOptions model = model_of(expected.task, suggested(expected.task, expected.name));
    EXPECT_EQ(model.dropout, expected.dropout) << expected.name;
    EXPECT_EQ(model.attention.dropout, expected.attention_dropout) << expected.name;
    EXPECT_EQ(model.activation_dropout, expected.activation_dropout) << expected.name;
    EXPECT_EQ(model.activation_fn, expected.activation) << expected.name;
    for (const StackOptions* stack : model.stacks()) {
      EXPECT_EQ(stack->layers, expected.layers) << expected.name;
      EXPECT_EQ(stack->embed_dim, expected.width) << expected.name;
      EXPECT_EQ(stack->ffn_embed_dim, expected.inner) << expected.name;
      EXPECT_EQ(stack->attention_heads, expected.heads) << expected.name;
      EXPECT_EQ(stack->normalize_before, expected.normalize_before) << expected.name;
    }
  }
}

TEST(Architectures, ThatNobodyHasGetTheNearestName) {
  const std::string error = message_of<UsageError>([] { model_of(kTranslation, {"--arch", "transformer_bas"}); });
  EXPECT_TRUE(says(error, "did you mean transformer_base?"));
}

}  // namespace
}  // namespace rotor
