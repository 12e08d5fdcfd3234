// What recipes share (recipes/stages.sh), and what is kept of their runs (compare_positions/publish.sh).
#include "system/recipe_mirror.h"

namespace rotor {
namespace {

class RecipeFolders : public RecipeTest {
 protected:
  void SetUp() override {
    RecipeTest::SetUp();
    std::filesystem::create_directories(folder_ / "texts");
  }

  std::string absolute(const std::string& name) const {
    return std::filesystem::canonical(folder_.path()).string() + "/" + name;
  }
};

TEST_F(RecipeFolders, AreMadeAbsolute) {
  const auto folders = [&](const std::string& variables) {
    return run(folder_, fmt::format("{} bash -euc 'source {}/recipes/stages.sh; absolute ROTOR_HELP ROTOR_PTB; cd /; "
                                    "echo \"${{ROTOR_HELP:-none}} ${{ROTOR_PTB:-none}}\"'",
                                    variables, kRoot.string()));
  };
  EXPECT_EQ(folders("ROTOR_PTB=texts").out, "none " + absolute("texts") + "\n");
  EXPECT_EQ(folders("ROTOR_HELP=/").out, "/ none\n");
  EXPECT_TRUE(refused(folders("ROTOR_PTB=absent"), 1, "expected a folder in ROTOR_PTB, got absent"));
}

TEST_F(RecipeFolders, AreThoseOfTheCaller) {
  const CommandResult made =
      run(folder_, "ROTOR_MULTI30K=texts " + kRoot.string() + "/recipes/compare_positions/run.sh multi30k work");
  EXPECT_TRUE(refused(made, 1, "expected train.en or train.en.gz in " + absolute("texts")));
}

class Publish : public RecipeTest {
 protected:
  void SetUp() override {
    RecipeTest::SetUp();
    for (const std::string& folder : {std::string("recipe"), kRun}) {
      std::filesystem::create_directories(folder_ / folder);
    }
    folder_.file("recipe/publish.sh", text_of(kRoot / "recipes/compare_positions/publish.sh"));
    for (const char* file : {"run.json", "result.json", "test.json", "test.out"}) folder_.file(kRun + file, "first\n");
    folder_.file("work/demo/report/report.md", "# Report\n");
  }

  /// Publishes; returns which outputs were put beside the script.
  std::string published() const { return run(folder_, "bash recipe/publish.sh demo work").out; }
  std::string kept(const std::string& file) const {
    return run(folder_, "gzip --decompress --stdout recipe/" + kKept + file).out;
  }

  const std::string kRun = "work/demo/report/runs/rope/seed-1/", kKept = "demo_report/runs/rope/seed-1/";
};

TEST_F(Publish, RenewsWhatHasChangedAndAddsWhatIsNew) {
  EXPECT_EQ(published(), kKept + "test.out.gz\n");
  EXPECT_EQ(kept("test.out.gz"), "first\n");
  EXPECT_EQ(published(), "");
  folder_.file(kRun + "result.json", "second\n");
  folder_.file(kRun + "test.out", "second\n");
  folder_.file(kRun + "test.scores", "new\n");
  EXPECT_EQ(published(), kKept + "test.out.gz\n" + kKept + "test.scores.gz\n");
  EXPECT_EQ(kept("test.out.gz"), "second\n");
  EXPECT_EQ(kept("test.scores.gz"), "new\n");
  EXPECT_EQ(text_of(folder_ / ("recipe/" + kKept + "result.json")), "second\n");
  EXPECT_EQ(text_of(folder_ / "recipe/demo_report/report.md"), "# Report\n");
}

TEST_F(Publish, TakesPackedOutputsUnlessThereAreNewerOnes) {
  published();
  run(folder_, "gzip " + kRun + "test.out");
  EXPECT_EQ(published(), "") << "the same text";
  folder_.file(kRun + "test.out", "newer\n");
  EXPECT_EQ(published(), kKept + "test.out.gz\n");
  EXPECT_EQ(kept("test.out.gz"), "newer\n");
}

}  // namespace
}  // namespace rotor
