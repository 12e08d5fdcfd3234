// The recipe iwslt14_de_en from its download to its scores, on a small archive of the same layout that a local server
// offers.
#include <algorithm>

#include "system/recipe_mirror.h"

namespace rotor {
namespace {

const std::string kRun = kRoot.string() +
                         "/recipes/iwslt14_de_en/run.sh work 300 --arch transformer_tiny --encoder-layers 1 "
                         "--decoder-layers 1 --max-epoch 10 --lr 0.01 --warmup-updates 5";

using Iwslt14Recipe = RecipeTest;

TEST_F(Iwslt14Recipe, GoesThroughABrokenDownloadToBothScoresAndASummary) {
  const CommandResult first = run_with_mirror("iwslt14_de_en", "--cut", kRun);
  ASSERT_EQ(first.exit_code, 0) << first.out << first.err;
  EXPECT_TRUE(says(first.out, "going on in 2 seconds", "| Wu et al. 2019, DynamicConv",
                   "|case:lc|eff:no|tok:13a|smooth:exp|", "|case:lc|eff:no|tok:moses-en|smooth:none|"));
  const std::string summary = first.out.substr(first.out.find("== Summary"));
  EXPECT_TRUE(says(summary, "program        rotor-train ", "\narchive        sha256 ", "\nmodel          sha256 ",
                   "\nrotor-score --reference text/test.en", "\nBLEU|nrefs:1|case:lc|eff:no|tok:moses-en|"));
  EXPECT_TRUE(says(text_of(folder_ / "work/run/learning_curves.svg"), "<svg",
                   ">validation loss, not smoothed (bits a token)<"));

  const CommandResult second = run_with_mirror("iwslt14_de_en", "", kRun);
  ASSERT_EQ(second.exit_code, 0) << second.out << second.err;
  EXPECT_EQ(second.out.find("rotor-train corpus"), second.out.npos);
  EXPECT_EQ(second.out.substr(second.out.find("== Summary")), summary);
}

TEST_F(Iwslt14Recipe, MakesTheSplitsOfFairseqInLowerCase) {
  // The split is over before the vocabulary of 99,999 pieces turns out too large.
  const CommandResult result =
      run_with_mirror("iwslt14_de_en", "", kRoot.string() + "/recipes/iwslt14_de_en/run.sh work 99999");
  EXPECT_TRUE(says(result.err, "99999")) << result.out;
  const auto lines = [&](const std::string& name) {
    const std::string text = text_of(folder_ / ("work/text/" + name));
    return std::count(text.begin(), text.end(), '\n');
  };
  // A title, 460 pairs and a description, less the nine of these beyond 1.5 : 1, one such made on purpose, and an empty
  // one.
  EXPECT_EQ(lines("train.de") + lines("valid.de"), 453);
  EXPECT_EQ(lines("train.en"), lines("train.de"));
  EXPECT_EQ(lines("valid.en"), 453 / 23);
  EXPECT_EQ(lines("test.en"), 10);
  EXPECT_TRUE(text_of(folder_ / "work/text/train.de").starts_with("ä title\n"));
  EXPECT_TRUE(text_of(folder_ / "work/text/train.en").ends_with("\na & b\n"));
  EXPECT_TRUE(text_of(folder_ / "work/text/test.en").starts_with("'s 0\n"));
}

TEST_F(Iwslt14Recipe, RemovesAnArchiveThatIsBroken) {
  const CommandResult broken = run_with_mirror("iwslt14_de_en", "--damage de-en", kRun);
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_TRUE(says(broken.err, "de-en.tgz is not what it should be (gzip -)", "removed"));
  EXPECT_FALSE(exists("work/archives/de-en.tgz") || exists("work/archives/de-en.tgz.part"));
}

}  // namespace
}  // namespace rotor
