#include "train/class_weights.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/option_text.h"
#include "base/scratch.h"
#include "data/corpora.h"

namespace rotor {
namespace {

class ClassWeights : public testing::Test {
 protected:
  Corpus corpus_of_labels(const std::vector<float>& labels, bool named = true) {
    CorpusWriter writer(folder_ / "a.safetensors", corpus_task(kSentencePrediction), {{"text", "", "abc", 100}});
    for (const float label : labels) {
      writer.add({Ids{7}});
      writer.label(label);
    }
    if (named) writer.name_classes(R"(["a","b","c"])");
    writer.finish();
    return Corpus(folder_ / "a.safetensors");
  }

  ScratchFolder folder_;
};

TEST_F(ClassWeights, AreNoneBalancedOrThoseGiven) {
  const Corpus corpus = corpus_of_labels({0, 0, 0, 1, 1, 2});
  EXPECT_TRUE(class_weights("", corpus).empty());
  EXPECT_EQ(class_weights("balanced", corpus), (std::vector<float>{6.f / 9, 1, 2}));
  EXPECT_EQ(class_weights("1,0.5,0", corpus), (std::vector<float>{1, 0.5f, 0}));
}

TEST_F(ClassWeights, RefuseWhatFitsNoClasses) {
  const Corpus corpus = corpus_of_labels({0, 0, 1});
  const auto refusal = [](const std::string& option, const Corpus& corpus) {
    return message_of<UsageError>([&] { class_weights(option, corpus); });
  };
  EXPECT_TRUE(says(refusal("balanced", corpus), "a class without any"));
  EXPECT_TRUE(says(refusal("1,2", corpus), "3 classes", "a, b, c", "got 2"));
  EXPECT_TRUE(says(refusal("1,x,2", corpus), "balanced", "1,x,2"));
  EXPECT_TRUE(says(refusal("1,1,-1", corpus), "0 or more"));
  for (const char* infinite : {"1,inf,1", "1,nan,1", "1e39,1,1"}) {
    EXPECT_TRUE(says(refusal(infinite, corpus), "finite numbers", infinite));
  }
  EXPECT_TRUE(says(refusal("balanced", corpus_of_labels({0.5f}, false)), "leave it out"));
}

}  // namespace
}  // namespace rotor
