#include "data/corpus.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "format/safetensors.h"

namespace rotor {
namespace {

template <typename T>
std::string_view bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// The parts of a valid corpus of two pairs, for a test to spoil.
struct Parts {
  std::vector<uint16_t> source = {5, 6, 7}, target = {8, 9};
  std::vector<uint64_t> source_offsets = {0, 2, 3}, target_offsets = {0, 1, 2};
  std::map<std::string, std::string> metadata = {
      {"format", kCorpusFormat},        {"version", kCorpusVersion},         {"source_language", "en"},
      {"target_language", "de"},        {"source_vocabulary_sha256", "abc"}, {"target_vocabulary_sha256", "def"},
      {"source_vocabulary_size", "10"}, {"target_vocabulary_size", "10"}};

  std::filesystem::path write(const std::filesystem::path& path) const {
    SafeTensorsWriter writer;
    const auto length = [](const auto& values) { return std::vector<int64_t>{static_cast<int64_t>(values.size())}; };
    writer.add("source", DataType::kU16, length(source), bytes_of(source));
    writer.add("target", DataType::kU16, length(target), bytes_of(target));
    writer.add("source_offsets", DataType::kU64, length(source_offsets), bytes_of(source_offsets));
    writer.add("target_offsets", DataType::kU64, length(target_offsets), bytes_of(target_offsets));
    for (const auto& [key, value] : metadata) writer.set(key, value);
    writer.write(path);
    return path;
  }
};

/// What reading all of a corpus says after its parts were spoiled.
std::string complaint(const std::function<void(Parts&)>& spoil) {
  const ScratchFolder folder;
  Parts parts;
  spoil(parts);
  const auto path = parts.write(folder / "train.safetensors");
  const std::string message = message_of<Error>([&] {
    const Corpus corpus(path);
    for (int64_t i = 0; i < corpus.size(); ++i) corpus.source(i), corpus.target(i);
  });
  if (message != "(nothing thrown)") {
    EXPECT_TRUE(says(message, path.string()));
  }
  return message;
}

TEST(Corpus, OpensValidParts) {
  EXPECT_EQ(complaint([](Parts&) {}), "(nothing thrown)");
}

TEST(Corpus, RefusesAnotherFormatOrVersion) {
  EXPECT_TRUE(says(complaint([](Parts& p) { p.metadata["format"] = "rotor"; }), "made by rotor-preprocess"));
  EXPECT_TRUE(says(complaint([](Parts& p) { p.metadata["version"] = "7"; }), "version 1, got 7"));
}

TEST(Corpus, RefusesMetadataThatIsMissingOrNoNumber) {
  EXPECT_TRUE(says(complaint([](Parts& p) { p.metadata.erase("target_language"); }), "target_language"));
  EXPECT_TRUE(says(complaint([](Parts& p) { p.metadata["source_vocabulary_size"] = "10x"; }), "\"10x\""));
  EXPECT_TRUE(says(complaint([](Parts& p) { p.metadata["source_vocabulary_size"] = "-1"; }), "\"-1\""));
}

TEST(Corpus, RefusesOffsetsThatFallStartLateOrEndElsewhere) {
  EXPECT_TRUE(says(complaint([](Parts& p) { p.source_offsets = {0, 4, 3}; }), "source_offsets to rise from 0 to 3"));
  EXPECT_TRUE(says(complaint([](Parts& p) { p.source_offsets = {1, 2, 3}; }), "source_offsets"));
  EXPECT_TRUE(says(complaint([](Parts& p) { p.target_offsets = {0, 1, 3}; }), "target_offsets to rise from 0 to 2"));
  EXPECT_TRUE(says(complaint([](Parts& p) { p.target_offsets = {}; }), "target_offsets"));
  EXPECT_TRUE(says(complaint([](Parts& p) { p.target_offsets = {0, ~uint64_t{0}, 2}; }), "target_offsets"));
}

TEST(Corpus, RefusesSidesOfDifferentSizes) {
  EXPECT_TRUE(says(complaint([](Parts& p) { p.target_offsets = {0, 2}; }), "got 2 and 1"));
}

TEST(Corpus, RefusesIdsOutsideTheVocabulary) {
  EXPECT_TRUE(says(complaint([](Parts& p) { p.target[1] = 10; }), "ids below 10", "got 10 in pair 1"));
}

TEST(Corpus, GivesBackThePairsWritten) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of(folder / "a.safetensors", {{{5, 6, 99}, {7}}, {{8}, {9, 10}}});
  ASSERT_EQ(corpus.size(), 2);
  EXPECT_EQ(corpus.source(0), (Ids{5, 6, 99}));
  EXPECT_EQ(corpus.target(0), Ids{7});
  EXPECT_EQ(corpus.source(1), Ids{8});
  EXPECT_EQ(corpus.target(1), (Ids{9, 10}));
  EXPECT_THROW(corpus.source(2), Error);
  EXPECT_EQ(corpus.source_side().language, "en");
  EXPECT_EQ(corpus.target_side().vocabulary_sha256, "def");
}

TEST(Corpus, CountsTheEndOfSentenceInLengths) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of(folder / "a.safetensors", {{{5, 6, 7}, {7}}, {{8}, {9, 10}}});
  EXPECT_EQ(corpus.source_length(0), 4);
  EXPECT_EQ(corpus.target_length(1), 3);
  EXPECT_EQ(corpus.source_tokens(), 6);
  EXPECT_EQ(corpus.target_tokens(), 5);
}

}  // namespace
}  // namespace rotor
