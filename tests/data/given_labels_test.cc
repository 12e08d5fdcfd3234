#include "data/given_labels.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "data/corpus_folder.h"
#include "model/classifier.h"
#include "model/model_file.h"

namespace rotor {
namespace {

class GivenLabels : public testing::Test {
 protected:
  /// Writes a split of one row, with these classes or with a number.
  void write_split(const std::string& name, const std::string& classes) const {
    CorpusWriter writer(split_path(folder_.path(), name), corpus_task(kSentencePrediction), {{"text", "", "abc", 100}});
    writer.add({{5}});
    writer.label(1);
    writer.name_classes(classes);
    writer.finish();
  }
  std::string refusal(const std::string& path) const {
    return message_of<Error>([&] { read_given_labels(path); });
  }

  ScratchFolder folder_;
};

TEST_F(GivenLabels, AreThoseOfAFolderOrASplit) {
  EXPECT_FALSE(labels_in_folder(folder_.path()));
  write_split("test", "");
  EXPECT_FALSE(labels_in_folder(folder_.path()));
  write_split("test1", R"(["b","a"])");
  EXPECT_EQ(read_given_labels(folder_.path()).to_json(), R"(["b","a"])");
  write_split("train", R"(["x","y"])");
  EXPECT_EQ(read_given_labels(folder_.path()).to_json(), R"(["x","y"])") << "those of train before others";
  EXPECT_EQ(read_given_labels(folder_ / "test1.safetensors").to_json(), R"(["b","a"])");
}

TEST_F(GivenLabels, AreThoseOfAModel) {
  TransformerOptions options;
  options.task = kSentencePrediction;
  options.apply_architecture("bert_tiny");
  options.encoder.embed_dim = options.encoder.ffn_embed_dim = 8;
  options.source_vocabulary = options.target_vocabulary = 30;
  const auto write = [&](const std::vector<std::string>& labels) {
    options.head.labels = labels;
    const Classifier model(options);
    const VocabularyBytes vocabulary{"words", "words"};
    SafeTensorsWriter writer;
    add_model(writer, model, vocabulary);
    writer.write(folder_ / "m.safetensors");
  };
  write({"no", "yes"});
  EXPECT_EQ(read_given_labels(folder_ / "m.safetensors").to_json(), R"(["no","yes"])");
  write({});
  EXPECT_TRUE(says(refusal(folder_ / "m.safetensors"), "m.safetensors: expected", "--labels", "without"));
}

TEST_F(GivenLabels, MustBeThere) {
  EXPECT_TRUE(says(refusal("nowhere"), "nowhere", "--labels"));
  EXPECT_TRUE(says(refusal(folder_.path()), folder_.path().string(), "without"));
}

}  // namespace
}  // namespace rotor
