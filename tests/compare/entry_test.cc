#include "compare/entry.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/scratch.h"

namespace rotor {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* kNew = "/nowhere";  // a folder without runs

std::string refusal(const std::string& encodings, const std::string& baseline) {
  return message_of<UsageError>([&] { parse_entries(encodings, baseline, kNew); });
}

TrainingOptions training() {
  TrainingOptions options;
  options.model.apply_architecture("transformer_tiny");
  return options;
}

std::string misfit(const std::string& entry) {
  return message_of<Error>([&] {
    TrainingOptions options = training();
    parse_entry(entry).apply(options);
  });
}

TEST(ParseEntry, ReadsAttentionEncodingAndOptions) {
  EXPECT_EQ(parse_entry("rope").arguments, (Texts{"--position-encoding", "rope"}));
  EXPECT_EQ(parse_entry("linear+rope:rope-base=1000:dropout=0.2").arguments,
            (Texts{"--attention", "linear", "--position-encoding", "rope", "--rope-base", "1000", "--dropout", "0.2"}));
}

TEST(ParseEntry, KeepsOptionsOfTestsApart) {
  const Entry entry = parse_entry("rope:test-rope-scaling=longrope:rope-base=500:test-rope-long-factors=1,2.5");
  EXPECT_EQ(entry.arguments, (Texts{"--position-encoding", "rope", "--rope-base", "500"}));
  EXPECT_EQ(entry.test_arguments, (Texts{"--rope-scaling", "longrope", "--rope-long-factors", "1", "2.5"}));
  EXPECT_EQ(entry.trained_as, "rope:rope-base=500");
  EXPECT_EQ(parse_entry("linear+rope:dropout=0.2").trained_as, "linear+rope:dropout=0.2");
}

TEST(ParseEntry, RefusesUnknownNamesWithTheNearestAndAll) {
  EXPECT_TRUE(says(refusal("sinusoidal,ropes", "sinusoidal"), "unknown position encoding 'ropes'", "did you mean rope?",
                   "transformer-xl", "alibi"));
  EXPECT_TRUE(says(refusal("liner+rope", "x"), "unknown attention 'liner'", "did you mean linear?", "softmax"));
  EXPECT_TRUE(says(refusal("rope:rope-base", "x"), "OPTION=VALUE", "rope-base"));
  EXPECT_TRUE(says(refusal("rope:seed=3", "x"), "--seed", "--seeds"));
  EXPECT_TRUE(says(refusal("", "x"), "at least one"));
  EXPECT_TRUE(says(refusal("rope,", "x"), "unknown position encoding ''"));
  EXPECT_TRUE(says(refusal("rope,2", "x"), "unknown position encoding '2'")) << "no list to continue";
}

TEST(ParseEntries, RefusesDoublesAndABaselineThatIsNotAmongThem) {
  EXPECT_TRUE(says(refusal("rope,t5,rope", "rope"), "'rope' twice"));
  EXPECT_TRUE(says(refusal("rope,shaw", "sinusoidal"), "--baseline", "rope, shaw", "'sinusoidal'"));
  EXPECT_EQ(parse_entries("rope, linear+rope", "linear+rope", kNew).size(), 2u);
}

TEST(DefaultBaseline, IsTheUsualEntryOrElseTheFirst) {
  const auto of = [](const std::string& list) { return default_baseline(list, "sinusoidal", kNew); };
  EXPECT_EQ(of("rope,sinusoidal"), "sinusoidal");
  EXPECT_EQ(of("linear+rope:adam-betas=0.9,0.98, rope"), "linear+rope:adam-betas=0.9,0.98");
  EXPECT_EQ(of("sinusoidal:dropout=0.2,rope"), "sinusoidal:dropout=0.2");
  EXPECT_EQ(of(""), "sinusoidal") << "parse_entries() refuses the list";
}

TEST(DefaultBaseline, StaysTheUsualOneWhereRunsOfItAreFinished) {
  const ScratchFolder folder;
  const auto seed = folder / "runs/sinusoidal/seed-2";
  std::filesystem::create_directories(seed);
  EXPECT_EQ(default_baseline("alibi", "sinusoidal", folder.path()), "alibi") << "that run is not finished";
  std::ofstream(seed / "result.json") << "{}";
  EXPECT_EQ(default_baseline("alibi", "sinusoidal", folder.path()), "sinusoidal");
  EXPECT_EQ(parse_entries("alibi", "sinusoidal", folder.path()).size(), 1u) << "it is not among what is run";
}

TEST(ParseEntries, LeavesListsWithinAnEntry) {
  const auto entries =
      parse_entries("rope:adam-betas=0.9,0.999,t5, rope:adam-betas=0.9, 0.98:dropout=0.2,none", "t5", kNew);
  Texts labels;
  for (const Entry& entry : entries) labels.push_back(entry.label);
  EXPECT_EQ(labels, (Texts{"rope:adam-betas=0.9,0.999", "t5", "rope:adam-betas=0.9,0.98:dropout=0.2", "none"}));
  TrainingOptions options = training();
  entries[2].apply(options);
  EXPECT_EQ(options.trainer.optimization.adam_betas, "0.9,0.98");
  EXPECT_EQ(options.model.dropout, 0.2);
}

TEST(Entry, GivesATrainingLists) {
  TrainingOptions options = training();  // heads of 32 numbers, 16 pairs
  std::string factors = "1";
  for (int i = 2; i <= 16; ++i) factors += fmt::format(",{}", i);
  parse_entry("rope:rope-scaling=longrope:rope-scaling-factor=2:rope-original-length=50:rope-short-factors=" + factors +
              ":rope-long-factors=" + factors)
      .apply(options);
  const RopeScalingOptions& scaling = options.model.position.rope_scaling;
  EXPECT_EQ(scaling.kind, "longrope");
  EXPECT_EQ(scaling.long_factors.size(), 16u);
  EXPECT_EQ(scaling.long_factors[15], "16");
}

TEST(Entry, UndoesATextOfAllByAnEmptyOne) {
  TrainingOptions options = training();
  options.trainer.checkpoints.finetune_from_model = "model";
  parse_entry("rope:finetune-from-model=:dropout=0.2").apply(options);
  EXPECT_EQ(options.trainer.checkpoints.finetune_from_model, "");
  EXPECT_EQ(options.model.dropout, 0.2);
}

TEST(Entry, RefusesOptionsOfTestsThatItsModelCannotHave) {
  EXPECT_TRUE(says(misfit("t5:test-rope-scaling=linear:test-rope-scaling-factor=2"),
                   "'t5:test-rope-scaling=linear:test-rope-scaling-factor=2'", "position encoding rope"));
  EXPECT_TRUE(says(misfit("rope:test-rope-scaling=yarn"), "needs --rope-scaling-factor"));
  EXPECT_TRUE(says(misfit("rope:test-rope-scaling=yam:test-rope-scaling-factor=2"), "'yam'", "yarn"));
  EXPECT_TRUE(says(misfit("rope:test-rope-scaling=ntk:test-rope-scaling-factor=2:test-rope-beta-fast=3"), "no effect"));
  EXPECT_TRUE(says(misfit("rope:test-dropout=0.1"), "dropout"));
  EXPECT_TRUE(says(misfit("linear+rope:test-rope-scaling=yarn:test-rope-scaling-factor=2"), "softmax"));
  EXPECT_EQ(misfit("rope:test-rope-scaling=yarn:test-rope-scaling-factor=2"), "(nothing thrown)")
      << "the model knows its length";
}

}  // namespace
}  // namespace rotor
