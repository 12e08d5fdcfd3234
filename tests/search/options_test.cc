#include "search/options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// The error of the default options after a change.
template <typename Change>
std::string refusal(Change change) {
  SearchOptions options;
  change(options);
  return message_of<UsageError>([&] { options.check(); });
}

TEST(SearchOptions, RefuseWhatCannotBeSearched) {
  EXPECT_EQ(refusal([](auto&) {}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal([](auto& o) { o.beam = 0; }), "--beam", "from 1", "got '0'"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.nbest = 6; }), "--nbest from 1 to --beam 5, got 6"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.diverse_beam_groups = 2; }), "--diverse-beam-groups", "--beam 5, got 2"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.lenpen_kind = "linear"; }), "--lenpen-kind", "power, gnmt", "'linear'"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.temperature = 0; }), "--temperature", "above 0"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.max_len_a = -1; }), "--max-len-a"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.max_target_positions = 0; }), "--max-target-positions"));
}

TEST(SearchOptions, OfSamplingNeedItAndNoneOfBeamSearch) {
  EXPECT_TRUE(says(refusal([](auto& o) { o.sampling_topk = 5; }), "--sampling-topk", "for --sampling"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.sampling_topp = 0.5; }), "--sampling-topp are for --sampling"));
  const auto sampling = [](auto change) {
    return refusal([&](auto& o) {
      o.sampling = true;
      change(o);
    });
  };
  EXPECT_EQ(sampling([](auto& o) { o.sampling_topk = 5; }), "(nothing thrown)");
  EXPECT_TRUE(says(sampling([](auto& o) { o.sampling_topk = 5, o.sampling_topp = 0.5; }), "not both"));
  EXPECT_TRUE(says(sampling([](auto& o) { o.sampling_topp = 1.5; }), "--sampling-topp", "at most 1"));
  EXPECT_TRUE(says(sampling([](auto& o) { o.diverse_beam_groups = 5; }), "--sampling or --diverse-beam-groups"));
}

TEST(SearchOptions, ChooseTheLengthPenalty) {
  SearchOptions options;
  options.lenpen = 2;
  EXPECT_EQ(options.penalty()(3), 9);
  options.lenpen_kind = "gnmt";
  EXPECT_EQ(options.penalty()(7), 4);
  options.unnormalized = true;
  EXPECT_EQ(options.penalty()(7), 1);
}

TEST(SearchOptions, DescribeTheRankingAloneWhereNothingElseIsRead) {
  SearchOptions options;
  Options all, ranking;
  options.describe(all);
  options.describe_ranking(ranking);
  for (const std::string& name : ranking.names()) EXPECT_NE(all.find(name), nullptr) << name;
  EXPECT_NE(ranking.find("beam"), nullptr);
  for (const char* name : {"nbest", "sampling", "temperature"}) {
    EXPECT_NE(all.find(name), nullptr) << name;
    EXPECT_EQ(ranking.find(name), nullptr) << name;
  }
}

TEST(SearchOptions, NameThoseThatHaveNoEffect) {
  SearchOptions options;
  CommandLine line("search", "", "");
  options.describe(line);
  std::vector<const char*> words = {"search", "--unnormalized", "--lenpen", "2", "--seed", "3"};
  line.parse(static_cast<int>(words.size()), words.data());
  std::string text;
  for (const std::string& sentence : line.ignored()) text += sentence + '\n';
  EXPECT_TRUE(says(text, "--lenpen 2", "without --unnormalized", "--seed 3", "with --sampling"));
}

}  // namespace
}  // namespace rotor
