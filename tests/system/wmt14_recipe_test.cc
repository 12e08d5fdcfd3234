// The recipe wmt14_en_de from its downloads to its scores, on small archives of the same names and layout that a local
// server offers.
#include <algorithm>

#include "system/recipe_mirror.h"

namespace rotor {
namespace {

const std::string kRecipe = kRoot / "recipes/wmt14_en_de/run.sh";

const std::string kRun = kRecipe +
                         " work 300 --arch transformer_tiny --encoder-layers 1 --decoder-layers 1 --max-epoch 5 "
                         "--lr 0.01 --warmup-updates 5";

class Wmt14Recipe : public RecipeTest {
 protected:
  CommandResult with_mirror(const std::string& options, const std::string& command) {
    return run_with_mirror("wmt14_en_de", options, command);
  }
  CommandResult recipe(const std::string& options) { return with_mirror(options, kRun); }
};

TEST_F(Wmt14Recipe, GoesThroughBrokenDownloadsToBothScoresAndRepeatsNothing) {
  const CommandResult first = recipe("--cut");
  ASSERT_EQ(first.exit_code, 0) << first.out << first.err;
  EXPECT_TRUE(says(first.out, "going on in 2 seconds", "904 text/train.en", "4 text/test.de",
                   "\n                                    BLEU|nrefs:1", "\nBLEU-compound-split|nrefs:1", "| RoFormer",
                   "\ncorpus         sha256 ", "\n+ rotor-score "));
  EXPECT_TRUE(says(first.err, "train: 887 pairs, 17 dropped (1 blank, 16 ratio)"));
  EXPECT_TRUE(says(text_of(folder_ / "work/text/train.en"), "A dog\n\nbroken byte\n"));
  EXPECT_TRUE(says(text_of(folder_ / "work/text/test.en"), "Ham & eggs\n"));
  const std::string requests = text_of(folder_ / "mirror/requests.log");
  EXPECT_EQ(std::count(requests.begin(), requests.end(), '\n'), 10) << "each archive in two parts: " << requests;

  const CommandResult second = recipe("");
  ASSERT_EQ(second.exit_code, 0) << second.out << second.err;
  EXPECT_TRUE(says(second.out, "== 1. Download (done before)", "== 5. Train (done before)"));
  EXPECT_EQ(second.out.find("rotor-train corpus"), second.out.npos);
  EXPECT_EQ(text_of(folder_ / "mirror/requests.log"), requests);
  const auto scores = [](const std::string& out) { return out.substr(out.find("== 8.")); };
  EXPECT_EQ(scores(second.out), scores(first.out));
}

TEST_F(Wmt14Recipe, HasTheSameLearningRateOnACluster) {
  EXPECT_TRUE(says(text_of(kRoot / "recipes/wmt14_en_de/config.ini"), "\nlr = 0.0005\n", "\nwarmup-updates = 4000\n"));
  EXPECT_TRUE(says(text_of(kRoot / "recipes/wmt14_en_de/train.slurm"), " --lr 0.0005 --warmup-updates 4000 "));
}

TEST_F(Wmt14Recipe, RemovesAnArchiveThatIsNotTheRightOne) {
  const CommandResult wrong = recipe("--damage training-parallel-nc-v9");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_TRUE(says(wrong.err, "training-parallel-nc-v9.tgz is not what it should be (sha256 ", "removed"));
  EXPECT_TRUE(exists("work/archives/training-parallel-commoncrawl.tgz"));
  EXPECT_FALSE(exists("work/archives/training-parallel-nc-v9.tgz") ||
               exists("work/archives/training-parallel-nc-v9.tgz.part"));
  EXPECT_FALSE(exists("work/text/extracted"));
}

TEST_F(Wmt14Recipe, StopsOnAFullDiskAndGoesOnWhenThereIsRoom) {
  const std::string mounted =
      "unshare --mount --map-root-user sh -c 'mkdir -p work && mount -t tmpfs -o size=$0k tmpfs work && ";
  if (run(folder_, mounted + "true' 40").exit_code != 0) GTEST_SKIP() << "no right to mount a small file system";
  // 16 KB hold no archive of 22 KB; 100 KB hold all archives but not the text; then there is room, but no vocabulary of
  // 99,999 pieces.
  const std::string recipe = kRecipe + " work 99999";
  const CommandResult all =
      with_mirror("", mounted + recipe + " >&2; echo $?; ls work/archives; mount -o remount,size=100k work; " + recipe +
                          "; echo $?; mount -o remount,size=100m work; " + recipe + "; wc -l <work/text/train.en' 16");
  EXPECT_TRUE(
      says(all.out, "1\ntraining-parallel-europarl-v7.tgz.part\n", "== 2. Extract\n2\n", "== 4. Train the joint"))
      << all.err;
  EXPECT_TRUE(says(all.err, "is the disk full?", "No space left on device", "99999")) << all.out;
  EXPECT_TRUE(all.out.ends_with("\n904\n")) << all.out << all.err;
  EXPECT_TRUE(says(text_of(folder_ / "mirror/requests.log"), "training-parallel-europarl-v7.tgz 16384 "));
}

}  // namespace
}  // namespace rotor
