#include "compare/run_record.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "compare/compared.h"

namespace rotor {
namespace {

TEST(ReadJson, RefusesWhatIsNoObjectNamingTheFile) {
  ScratchFolder folder;
  EXPECT_TRUE(says(message_of<Error>([&] { read_json(folder.file("run.json", "[1]")); }), "run.json"));
  EXPECT_TRUE(says(message_of<Error>([&] { read_json(folder.file("cut.json", "{\"a\": ")); }), "cut.json"));
  const nlohmann::ordered_json json = {{"b", 1}, {"a", "ä"}};
  write_json(folder / "whole.json", json);
  EXPECT_EQ(read_json(folder / "whole.json").dump(), json.dump());
}

TEST(FirstDifference, TakesDefaultsForOptionsThatAnOlderRecordDoesNotKnow) {
  const ComparedFolder folder;
  const CompareOptions options = folder.options("sinusoidal");
  const Plan plan(options, ComparedFolder::training());
  const auto kind = comparison_kind(kTranslation).make(plan);
  const auto now = run_record(plan.runs()[0], *kind, {{"train", "sum"}});
  auto before = now;
  before["training"].erase("clip_norm");
  EXPECT_EQ(first_difference(before, now, "run.json"), "");
  before["training"].erase("encoder_layers");
  EXPECT_EQ(first_difference(before, now, "run.json"), "encoder_layers was 6 and is 4 now");
  PlannedRun rated = plan.runs()[0];
  rated.rates = {0.1, 0.01};
  EXPECT_EQ(first_difference(now, run_record(rated, *kind, {{"train", "sum"}}), "run.json"),
            "learning_rates was absent and is [0.1,0.01] now");
  before = now;
  before.erase("task");
  EXPECT_EQ(first_difference(before, now, "run.json"), "") << "a record without a task is of translation";
  before = now;
  before["translation"]["extrapolate"] = 7;
  EXPECT_EQ(first_difference(before, now, "run.json"), "") << "it said which tests there are";
  before["translation"]["beam"] = 7;
  EXPECT_EQ(first_difference(before, now, "run.json"), "beam was 7 and is 5 now");
  before = now;
  before["inputs"]["train"] = "other";
  EXPECT_EQ(first_difference(before, now, "run.json"), "train was \"other\" and is \"sum\" now");
  before["inputs"] = 3;
  EXPECT_TRUE(says(message_of<Error>([&] { first_difference(before, now, "x/run.json"); }), "x/run.json", "inputs"));
}

TEST(ReadJson, RefusesAFolderAndWhatIsNestedTooDeeply) {
  ScratchFolder folder;
  std::filesystem::create_directories(folder / "run.json");
  EXPECT_TRUE(says(message_of<Error>([&] { read_json(folder / "run.json"); }), "the folder", "run.json"));
  const std::string deep = "{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}";
  EXPECT_TRUE(says(message_of<Error>([&] { read_json(folder.file("deep.json", deep)); }), "deep.json"));
}

TEST(ReadRecord, RefusesALabelSeedOrTaskOfAnotherTypeNamingTheFile) {
  ScratchFolder folder;
  const auto refusal = [&](const std::string& text) {
    return message_of<Error>([&] { read_record(folder.file("run.json", text)); });
  };
  EXPECT_EQ(refusal(R"({"label":"rope","seed":1})"), "(nothing thrown)");
  EXPECT_EQ(refusal(R"({"label":"rope","seed":1,"task":"translation"})"), "(nothing thrown)");
  EXPECT_TRUE(says(refusal("{}"), "run.json: expected a text as 'label', got absent", "remove the run's folder"));
  EXPECT_TRUE(says(refusal(R"({"label":7,"seed":1})"), "run.json", "'label', got 7"));
  EXPECT_TRUE(says(refusal(R"({"label":"rope","seed":"1"})"), "run.json", "a whole number as 'seed', got \"1\""));
  EXPECT_TRUE(says(refusal(R"({"label":"rope","seed":1,"task":7})"), "run.json", "'task', got 7"));
}

}  // namespace
}  // namespace rotor
