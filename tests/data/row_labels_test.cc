#include "data/row_labels.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

std::string refusal(const RowLabels& labels, const std::string& label) {
  return message_of<Error>([&] { labels.number(label, "t.tsv:3"); });
}

TEST(RowLabels, OfClassesAreTheirNumbers) {
  const RowLabels labels = RowLabels::of_classes(LabelSet({"pos", "neg"}));
  EXPECT_EQ(labels.number("neg", ""), 0);
  EXPECT_EQ(labels.number("pos", ""), 1);
  EXPECT_EQ(labels.classes(), R"(["neg","pos"])");
  EXPECT_TRUE(says(refusal(labels, "other"), "t.tsv:3: ", "'other'", "neg, pos"));
}

TEST(RowLabels, OfNumbersAreThemselves) {
  const RowLabels labels = RowLabels::of_numbers();
  EXPECT_EQ(labels.number("3.8", ""), 3.8F);
  EXPECT_EQ(labels.classes(), "");
  EXPECT_TRUE(labels.names().empty());
  EXPECT_TRUE(says(refusal(labels, "many"), "t.tsv:3: expected a number", "'many'"));
}

TEST(RowLabels, OfCandidatesAreColumnsOrNumbersFromOne) {
  const RowLabels labels = RowLabels::of_candidates({"B", "C"});
  EXPECT_EQ(labels.number("B", ""), 0);
  EXPECT_EQ(labels.number("C", ""), 1);
  EXPECT_EQ(labels.number("2", ""), 1);
  EXPECT_EQ(labels.classes(), "");
  for (const char* label : {"A", "0", "3", "", "b", "1.0"}) {
    EXPECT_TRUE(says(refusal(labels, label), "t.tsv:3: ", "B, C", "from 1 to 2", std::string("'") + label + "'"));
  }
  const RowLabels numbered = RowLabels::of_candidates({"3", "2"});
  EXPECT_EQ(numbered.number("2", ""), 1) << "the second candidate, which is also what column 2 is";
  EXPECT_EQ(numbered.number("1", ""), 0);
  EXPECT_TRUE(says(refusal(numbered, "3"), "from 1 to 2"));
}

TEST(LabelTally, CountsClassesByName) {
  LabelTally tally({"no", "yes"});
  EXPECT_EQ(tally.text(), "none");
  EXPECT_TRUE(tally.record().is_null());
  for (const float label : {1.0F, 0.0F, 1.0F}) tally.add(label);
  EXPECT_EQ(tally.text(), "no 1, yes 2");
  EXPECT_EQ(tally.record(), Json::parse(R"({"no": 1, "yes": 2})"));
}

TEST(LabelTally, NamesTwelveClassesAtMost) {
  std::vector<std::string> names;
  for (char c = 'a'; c < 'a' + 15; ++c) names.emplace_back(1, c);
  LabelTally tally(names);
  tally.add(0);
  EXPECT_TRUE(says(tally.text(), "a 1, b 0", "l 0 and 3 more"));
  EXPECT_EQ(tally.record().size(), 15u);
}

TEST(LabelTally, GivesTheRangeOfNumbers) {
  LabelTally tally;
  for (const float label : {4.8F, -1.0F, 2.5F}) tally.add(label);
  EXPECT_EQ(tally.text(), "from -1 to 4.8, mean 2.1");
  EXPECT_EQ(tally.record()["greatest"].dump(), "4.8");
  EXPECT_NEAR(tally.record()["mean"].get<double>(), 2.1, 1e-6);
}

TEST(TallyLabels, NamesCandidatesOfACorpusByColumn) {
  const ScratchFolder folder;
  const CorpusTask& task = corpus_task(kSentenceRanking);
  std::vector<ColumnInfo> columns;
  for (const std::string& name : task.column_names(3)) columns.push_back({name, "", "abc", 100});
  const auto corpus = [&](float label) {
    CorpusWriter writer(folder / "c.safetensors", task, columns);
    writer.add({{5}, {6}, {7}});
    writer.label(label);
    writer.finish();
    return Corpus(folder / "c.safetensors");
  };
  EXPECT_EQ(tally_labels(corpus(1)).text(), "candidate 0, candidate2 1");
  EXPECT_TRUE(says(message_of<Error>([&] { corpus(2); }), "numbers of 2 candidates", "got 2"));
}

}  // namespace
}  // namespace rotor
