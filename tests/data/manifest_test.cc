#include "data/manifest.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

class ManifestTest : public testing::Test {
 protected:
  Manifest begin(const char* task, const std::vector<std::string>& splits) const {
    return {folder_.path(), corpus_task(task), {bytes_, bytes_}, {{"option", 1}}, splits};
  }

  /// Writes a corpus as a split of a text and records it.
  void add_text(Manifest& manifest, const std::string& name) const {
    text_corpus(split_path(folder_.path(), name), {{5, 6}, {}, {7}}, 260);
    SplitRecord split{name, {{folder_.file("text", "ab\n\nc\n")}}, {}, {}};
    split.survey.lines = {3};
    split.binarised = {.rows = 3, .columns = {{.tokens = 3, .unknown = 1, .sha256 = "digest"}}};
    manifest.add(split);
  }

  Json read(const char* name = "manifest.json") const { return Json::parse(text_of(folder_ / name)); }

  Vocabulary bytes_ = Vocabulary::from_bytes(serialized_bytes());
  ScratchFolder folder_;
};

TEST_F(ManifestTest, RecordsATextsColumnAndItsSize) {
  Manifest manifest = begin(kLanguageModeling, {"train"});
  add_text(manifest, "train");
  manifest.write();
  const Json json = read(), split = json["splits"]["train"];
  EXPECT_EQ(json["task"], "language_modeling");
  EXPECT_EQ(json["vocabularies"]["vocabulary.model"]["sha256"], bytes_.sha256());
  EXPECT_EQ(split["options"]["option"], 1);
  EXPECT_EQ(split["text"][0]["text"]["lines"], 3);
  EXPECT_EQ(split["text"][0]["text"]["sha256"], sha256("ab\n\nc\n"));
  EXPECT_EQ(split["clean"], Json::parse(R"({"lines": 3, "text_sha256": "digest"})"));
  const Json& corpus = split["corpus"];
  EXPECT_EQ(corpus["lines"], 3);
  EXPECT_EQ(corpus["text_tokens"], 3);
  EXPECT_EQ(corpus["text_unknown"], 1);
  EXPECT_EQ(corpus["documents"], 2);
  EXPECT_EQ(corpus["characters"], 3) << "of lines that were not given, their line feeds";
  EXPECT_EQ(corpus["sha256"], sha256_of_file(folder_ / "train.safetensors"));
}

TEST_F(ManifestTest, RecordsTablesAndTheirLabels) {
  const Vocabularies vocabularies{bytes_, bytes_};
  const auto begin_tables = [&](const TableContents& contents, const std::vector<std::string>& splits) {
    return Manifest(folder_.path(), corpus_task(kSentencePrediction), vocabularies, {}, splits, contents);
  };
  CorpusWriter writer(folder_ / "train.safetensors", corpus_task(kSentencePrediction), {{"text", "", "abc", 260}});
  writer.add({{5, 6}});
  writer.finish();
  Manifest manifest = begin_tables({1, {"no", "yes"}}, {"train"});
  manifest.add({"train", {folder_.file("t.tsv", "x")}, {1}, 2, {{"no", 1}}, {{2, 0, "digest"}}});
  manifest.write();
  const Json split = read()["splits"]["train"];
  EXPECT_EQ(read()["labels"], (Json{"no", "yes"}));
  EXPECT_EQ(split["tables"][0]["rows"], 1);
  EXPECT_EQ(split["tables"][0]["sha256"], sha256("x"));
  EXPECT_EQ(split["skipped"], 2);
  EXPECT_EQ(split["labels"]["no"], 1);
  EXPECT_EQ(split["clean"], Json::parse(R"({"rows": 1, "text_sha256": "digest"})"));
  EXPECT_EQ(split["corpus"]["text_tokens"], 2);
  begin_tables({1, {}}, {"test"}).write();
  EXPECT_TRUE(read()["splits"].contains("train")) << "rows without labels fit any";
  EXPECT_EQ(read()["labels"], (Json{"no", "yes"}));
  begin_tables({1, {"yes", "no"}}, {"test"}).write();
  EXPECT_FALSE(read()["splits"].contains("train"));
}

TEST_F(ManifestTest, NamesNoTaskForTranslation) {
  begin(kTranslation, {}).write();
  EXPECT_FALSE(read().contains("task"));
}

TEST_F(ManifestTest, IsUnfinishedUntilItIsWritten) {
  Manifest manifest = begin(kLanguageModeling, {"train"});
  EXPECT_TRUE(fs::exists(folder_ / "manifest.unfinished.json"));
  EXPECT_FALSE(fs::exists(folder_ / "manifest.json"));
  manifest.write();
  EXPECT_FALSE(fs::exists(folder_ / "manifest.unfinished.json"));
  EXPECT_TRUE(fs::exists(folder_ / "manifest.json"));
}

TEST_F(ManifestTest, KeepsOtherSplitsOfTheSameTaskOnly) {
  Manifest first = begin(kLanguageModeling, {"train"});
  add_text(first, "train");
  first.write();
  fs::copy(folder_ / "train.safetensors", folder_ / "train_copy.safetensors");
  begin(kLanguageModeling, {"valid"}).write();
  EXPECT_TRUE(read()["splits"].contains("train"));
  log::start();
  testing::internal::CaptureStderr();
  begin(kTranslation, {"valid"}).write();
  EXPECT_TRUE(says(testing::internal::GetCapturedStderr(), "removed", "train.safetensors", "another task"));
  EXPECT_FALSE(read()["splits"].contains("train"));
  EXPECT_FALSE(fs::exists(folder_ / "train.safetensors"));
  EXPECT_TRUE(fs::exists(folder_ / "train_copy.safetensors")) << "which is no split";
}

TEST_F(ManifestTest, ThatIsDamagedCostsNoSplit) {
  Manifest first = begin(kLanguageModeling, {"train"});
  add_text(first, "train");
  first.write();
  const std::string sound = text_of(folder_ / "manifest.json");
  std::string with_nul = sound;
  with_nul[with_nul.size() / 2] = '\0';
  const std::string deep = "{\"splits\":" + std::string(100000, '[') + std::string(100000, ']') + "}";
  for (const std::string& damaged :
       {std::string(), sound.substr(0, sound.size() / 2), with_nul, deep, std::string("{\"splits\":7}")}) {
    folder_.file("manifest.json", damaged);
    for (const std::string& message : {message_of<Error>([&] { begin(kLanguageModeling, {"test"}); }),
                                       message_of<Error>([&] { check_manifest(folder_.path(), {}); })}) {
      EXPECT_TRUE(says(message, "manifest.json: expected the manifest", "damaged JSON", "--destdir"));
    }
    EXPECT_EQ(text_of(folder_ / "manifest.json"), damaged);
    EXPECT_TRUE(fs::exists(folder_ / "train.safetensors"));
    EXPECT_FALSE(fs::exists(folder_ / "manifest.unfinished.json"));
  }
}

TEST_F(ManifestTest, OfAnUnfinishedRunMayBeDamaged) {
  folder_.file("manifest.unfinished.json", "{\"spl");
  begin(kLanguageModeling, {"train"}).write();
  EXPECT_TRUE(fs::exists(folder_ / "manifest.json"));
}

TEST_F(ManifestTest, KnowsTheVocabularyOfItsFolder) {
  const auto check = [&](const fs::path& given) { check_manifest(folder_.path(), {"", given}); };
  begin(kLanguageModeling, {}).write();
  const fs::path own = folder_.file("vocabulary.model", bytes_.bytes());
  check(own);
  folder_.file("vocabulary.model", std::string(bytes_.bytes()) + "x");
  EXPECT_TRUE(
      says(message_of<Error>([&] { check(own); }), "vocabulary.model: expected", "manifest.json records", "--destdir"));
  check(folder_.file("other.model", "x"));
  fs::remove(folder_ / "manifest.json");
  check(own);
}

}  // namespace
}  // namespace rotor
