#include "data/label_set.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

using Labels = std::vector<std::string>;

Labels in_order(const LabelSet& set) {
  Labels labels;
  for (int64_t i = 0; i < set.size(); ++i) labels.push_back(set.label(i));
  return labels;
}

TEST(LabelSet, IsInOrderOfNumbersOrOfBytes) {
  EXPECT_EQ(in_order(LabelSet({"10", "9", "-1", "01", "1"})), (Labels{"-1", "01", "1", "9", "10"}));
  EXPECT_EQ(in_order(LabelSet({"neutral", "entailment", "contradiction"})),
            (Labels{"contradiction", "entailment", "neutral"}));
  EXPECT_EQ(in_order(LabelSet({"10", "9", "x"})), (Labels{"10", "9", "x"}));
  EXPECT_EQ(in_order(LabelSet({"2", "10", "1.5"})), (Labels{"1.5", "10", "2"}));
}

TEST(LabelSet, KnowsTheClassOfALabel) {
  const LabelSet set({"b", "a"});
  EXPECT_EQ(set.index("a", ""), 0);
  EXPECT_EQ(set.index("b", ""), 1);
  EXPECT_TRUE(says(message_of<Error>([&] { set.index("c", "dev.tsv:7"); }), "dev.tsv:7: ", "training", "'c'",
                   "2 labels", "a, b"));
}

TEST(LabelSet, NeedsTwoLabels) {
  EXPECT_TRUE(says(message_of<Error>([] { LabelSet({"x"}); }), "two different labels", "only 'x'"));
  EXPECT_TRUE(says(message_of<Error>([] { LabelSet(std::set<std::string>{}); }), "got none"));
}

TEST(LabelSet, StaysTheSameAsJson) {
  const LabelSet set({"é", "\"a\"", "10", "9"});
  EXPECT_EQ(set.to_json(), R"(["\"a\"","10","9","é"])");
  EXPECT_EQ(LabelSet::from_json(set.to_json(), "model"), set);
  EXPECT_EQ(in_order(LabelSet::from_json(R"(["b", "a"])", "")), (Labels{"b", "a"}));
  for (const char* text : {"", "{}", "[]", "[\"a\"]", "[\"a\",1]", "[\"a\",\"a\"]", "[\"a\",\"b\"", "null"}) {
    EXPECT_TRUE(says(message_of<Error>([&] { LabelSet::from_json(text, "m.safetensors"); }),
                     "m.safetensors:", "JSON array", text));
  }
}

TEST(NumberOfLabel, RefusesWhatIsNone) {
  EXPECT_EQ(number_of_label("5.000", ""), 5.f);
  EXPECT_EQ(number_of_label("-1e-3", ""), -0.001f);
  for (const char* text : {"", "x", "1,5", "nan", "inf", "1e39", "5 "}) {
    EXPECT_TRUE(says(message_of<Error>([&] { number_of_label(text, "t.tsv:2"); }), "t.tsv:2: ", "a number",
                     fmt::format("'{}'", text), "--regression-target"));
  }
}

}  // namespace
}  // namespace rotor
