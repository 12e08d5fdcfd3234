#include "data/corpus.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "format/safetensors_writer.h"

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
  std::vector<uint64_t> document_ends = {};
  std::vector<float> labels = {};
  std::map<std::string, std::string> metadata = {
      {"format", kCorpusFormat},        {"version", kTranslationVersion},    {"source_language", "en"},
      {"target_language", "de"},        {"source_vocabulary_sha256", "abc"}, {"target_vocabulary_sha256", "def"},
      {"source_vocabulary_size", "10"}, {"target_vocabulary_size", "10"}};

  std::filesystem::path write(const std::filesystem::path& path) const {
    SafeTensorsWriter writer;
    const auto length = [](const auto& values) { return std::vector<int64_t>{static_cast<int64_t>(values.size())}; };
    writer.add("source", DataType::kU16, length(source), bytes_of(source));
    writer.add("target", DataType::kU16, length(target), bytes_of(target));
    writer.add("source_offsets", DataType::kU64, length(source_offsets), bytes_of(source_offsets));
    writer.add("target_offsets", DataType::kU64, length(target_offsets), bytes_of(target_offsets));
    if (!document_ends.empty()) {
      writer.add("document_ends", DataType::kU64, length(document_ends), bytes_of(document_ends));
    }
    if (!labels.empty()) writer.add("labels", DataType::kF32, length(labels), bytes_of(labels));
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
    for (const CorpusColumn& column : corpus.columns()) {
      for (int64_t i = 0; i < corpus.size(); ++i) column.ids(i);
    }
  });
  if (message != "(nothing thrown)") {
    EXPECT_TRUE(says(message, path.string()));
  }
  return message;
}

std::vector<uint64_t> of(std::span<const uint64_t> numbers) {
  return {numbers.begin(), numbers.end()};
}

TEST(Corpus, OpensValidParts) {
  EXPECT_EQ(complaint([](Parts&) {}), "(nothing thrown)");
}

TEST(Corpus, RefusesAnotherFormatOrVersion) {
  EXPECT_TRUE(says(complaint([](Parts& p) { p.metadata["format"] = "rotor"; }), "made by rotor-preprocess"));
  EXPECT_TRUE(says(complaint([](Parts& p) { p.metadata["version"] = "7"; }), "version 1 or 2, got 7"));
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

TEST(Corpus, RefusesColumnsOfDifferentSizes) {
  EXPECT_TRUE(says(complaint([](Parts& p) { p.target_offsets = {0, 2}; }), "got 2 and 1"));
}

TEST(Corpus, RefusesIdsOutsideTheVocabulary) {
  EXPECT_TRUE(says(complaint([](Parts& p) { p.target[1] = 10; }), "ids below 10", "got 10 in target 1"));
}

TEST(Corpus, GivesBackThePairsWritten) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of(folder / "a.safetensors", {{{5, 6, 99}, {7}}, {{8}, {9, 10}}});
  ASSERT_EQ(corpus.size(), 2);
  EXPECT_EQ(corpus.column("source").ids(0), (Ids{5, 6, 99}));
  EXPECT_EQ(corpus.column("target").ids(0), Ids{7});
  EXPECT_EQ(corpus.column("source").ids(1), Ids{8});
  EXPECT_EQ(corpus.column("target").ids(1), (Ids{9, 10}));
  EXPECT_THROW(corpus.column("source").ids(2), Error);
  EXPECT_EQ(corpus.column("source").info().language, "en");
  EXPECT_EQ(corpus.column("target").info().vocabulary_sha256, "def");
}

TEST(Corpus, CountsTheEndOfSentenceInLengths) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of(folder / "a.safetensors", {{{5, 6, 7}, {7}}, {{8}, {9, 10}}});
  EXPECT_EQ(corpus.column("source").length(0), 4);
  EXPECT_EQ(corpus.column("target").length(1), 3);
  EXPECT_EQ(corpus.column("source").tokens(), 6);
  EXPECT_EQ(corpus.column("target").tokens(), 5);
}

TEST(Corpus, IsForTranslationUnlessItSaysOtherwise) {
  const ScratchFolder folder;
  const Corpus old(Parts().write(folder / "old.safetensors"));
  EXPECT_EQ(old.task().name, "translation");
  EXPECT_EQ(old.columns().size(), 2u);
  EXPECT_TRUE(old.document_ends().empty());
  const Corpus text = text_corpus(folder / "text.safetensors", {{5, 6}, {}, {7}});
  EXPECT_EQ(text.task().name, "language_modeling");
  EXPECT_EQ(text.column("text").ids(0), (Ids{5, 6}));
  EXPECT_EQ(of(text.document_ends()), (std::vector<uint64_t>{2, 3}));
  EXPECT_TRUE(says(message_of<Error>([&] { text.column("source"); }), "text.safetensors", "a column \"source\"",
                   "language_modeling with: text"));
}

TEST(Corpus, RefusesTasksItDoesNotKnow) {
  EXPECT_TRUE(says(complaint([](Parts& p) {
                     p.metadata["version"] = kCorpusVersion;
                     p.metadata["task"] = "chess";
                   }),
                   "unknown task 'chess'", "language_modeling", "newer version"));
}

TEST(Corpus, RefusesDocumentEndsAndLabelsThatDoNotFitTheRows) {
  const auto complaint_about = [](const std::vector<uint64_t>& ends, const std::vector<float>& labels) {
    return complaint([&](Parts& p) {
      p.document_ends = ends;
      p.labels = labels;
    });
  };
  EXPECT_EQ(complaint_about({1, 2}, {0.5, 1}), "(nothing thrown)");
  for (const std::vector<uint64_t>& ends : {std::vector<uint64_t>{1}, {0, 2}, {2, 2}, {1, 3}}) {
    EXPECT_TRUE(says(complaint_about(ends, {}), "document_ends to rise from above 0 to 2"));
  }
  EXPECT_TRUE(says(complaint_about({}, {1}), "2 labels", "got 1"));
}

}  // namespace
}  // namespace rotor
