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

class RecipeDownload : public RecipeTest {
 protected:
  /// What a download of a recipe's archive says, from a local server with these options.
  CommandResult download(const std::string& options, const std::string& change = "cat") {
    return run_with_mirror("iwslt14_de_en", options,
                           "bash -euc 'source " + kRoot.string() + "/recipes/stages.sh; " + change +
                               " <$ROTOR_ARCHIVES >list; read algorithm sum url <list; download $algorithm $sum $url'");
  }
};

TEST_F(RecipeDownload, BeginsAnewWhereAServerSendsWholeFilesOnly) {
  folder_.file("de-en.tgz.part", "the first bytes of an earlier try");
  const CommandResult made = download("--whole");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_TRUE(says(made.out, "the server sends whole files only; de-en.tgz begins anew"));
  EXPECT_EQ(text_of(folder_ / "de-en.tgz"), text_of(folder_ / "mirror/de-en.tgz"));
}

TEST_F(RecipeDownload, SaysThatNoServerIsReached) {
  const CommandResult made = download("", "sed s,:[0-9][0-9]*/,:1/,");
  EXPECT_EQ(made.exit_code, 1);
  EXPECT_TRUE(says(made.err, "cannot reach the host of http://127.0.0.1:1/de-en.tgz; run this again to go on"));
}

/// What bash prints of a script that has read recipes/stages.sh.
class RecipeStages : public RecipeTest {
 protected:
  CommandResult script(const std::string& text) {
    return run(folder_, "bash -euc 'source " + kRoot.string() + "/recipes/stages.sh; " + text + "'");
  }
};

TEST_F(RecipeStages, AverageAsManyCheckpointsAsThereAre) {
  const auto average = [&](std::initializer_list<const char*> names) {
    std::filesystem::create_directories(folder_ / "run");
    for (const char* name : names) folder_.file(std::string("run/checkpoint_") + name + ".safetensors", "");
    return script("rotor-average() { :; }; average run 3 out").out;
  };
  EXPECT_EQ(average({"last", "best"}), "+ rotor-average run/checkpoint_last.safetensors --output out\n");
  EXPECT_EQ(average({"1", "2", "1_250"}), "+ rotor-average run --last 2 --output out\n");
  EXPECT_EQ(average({"1_260", "1_270"}), "+ rotor-average run --last 3 --output out\n");
  EXPECT_EQ(average({"3", "4"}), "+ rotor-average run --last 3 --output out\n");
}

TEST_F(RecipeStages, TakePackagesOfAFolderWithoutInstallingAnything) {
  for (const char* name : {"given", "work"}) std::filesystem::create_directories(folder_ / name);
  folder_.file("given/a.whl", "text\n");
  const std::string take =
      "root=/nowhere; cd work; package a.whl $(echo text | sha256sum | cut -c 1-64) a==1; cat a.whl";
  EXPECT_EQ(script("export ROTOR_REVIEWS=given; absolute ROTOR_REVIEWS; " + take).out, "text\n");
}

TEST_F(RecipeStages, KnowADamagedZip) {
  const CommandResult made =
      run(folder_, "python3 -c 'import zipfile; zipfile.ZipFile(\"enwik8.zip\", \"w\").writestr(\"a\", \"text\")'");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(script("checked zip - enwik8.zip").exit_code, 0);
  std::string zip = text_of(folder_ / "enwik8.zip");
  folder_.file("enwik8.zip", zip.replace(zip.find("text"), 4, "tent"));
  EXPECT_NE(script("checked zip - enwik8.zip").exit_code, 0);
  const CommandResult recipe =
      run(folder_, "ROTOR_ENWIK8=. " + kRoot.string() + "/recipes/enwik8_performer/run.sh enwik8 work");
  EXPECT_EQ(recipe.exit_code, 1);
  EXPECT_TRUE(says(recipe.err, "enwik8.zip is damaged; remove it and run this again"));
}

TEST_F(RecipeStages, OfMulti30kPassOptionsToTheTraining) {
  std::filesystem::create_directories(folder_ / "data");
  for (const char* name : {"train", "val", "test_2016_flickr"}) {
    for (const char* language : {".en", ".de"}) folder_.file(std::string("data/") + name + language, "A\n");
  }
  const CommandResult made =
      run(folder_,
          "bash -c 'rotor-preprocess() { :; }; rotor-train() { return 3; }; export -f rotor-preprocess "
          "rotor-train; ROTOR_MULTI30K=data " +
              kRoot.string() + "/recipes/multi30k/run.sh sinusoidal work --position-offset 2'");
  EXPECT_EQ(made.exit_code, 3) << made.err;
  EXPECT_TRUE(says(made.out, " --save-dir sinusoidal --position-offset 2\n"));
}

TEST_F(RecipeStages, OfGlueRefuseATaskThatThereIsNot) {
  folder_.file("model", "");
  const CommandResult made =
      run(folder_, "ROTOR_GLUE=. " + kRoot.string() + "/recipes/glue/run.sh model work CoLA Nope");
  EXPECT_TRUE(refused(made, 1, "expected tasks of SST-2,CoLA,", "got Nope"));
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
