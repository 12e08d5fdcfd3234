// rotor-generate with a shortlist, as a user makes and runs it.
#include <gtest/gtest.h>

#include "system/generate.h"

namespace rotor {
namespace {

const std::string kText = "kagu tate gaka nubipi\ngaka\n\nkagu loko\nnubipi kagu tate\n";
const std::string kTool = "python3 " ROTOR_GOLDEN "/../../recipes/tools/shortlist.py ";

class GenerateShortlist : public testing::Test {
 protected:
  GenerateShortlist() {
    const std::string attention = folder_ / "attention";
    made_ =
        run(kGenerate + "--beam 1 --attention-output " + attention + " && " + kTool + lex_ + " " + attention, kText);
  }

  /// Translations of kText; an Error if the command fails.
  std::string printed(const std::string& arguments) const {
    const CommandResult result = run("rotor-generate " + arguments, kText);
    ROTOR_CHECK(result.exit_code == 0, "expected 0 from {}, got {} and: {}", arguments, result.exit_code, result.err);
    return result.out;
  }

  ScratchFolder folder_;
  const std::string lex_ = folder_ / "lex.gz", list_ = kModel + " --shortlist " + lex_;
  CommandResult made_;
};

/// What a greedy search takes is the best of all pieces, and so of those that were made of it.
TEST_F(GenerateShortlist, OfAModelsTranslationsLeavesThemWhateverTheBatches) {
  ASSERT_EQ(made_.exit_code, 0) << made_.err;
  EXPECT_EQ(printed(list_ + " --shortlist-first 0 --beam 1 --threads 1"), printed(kModel + " --beam 1 --threads 1"));
  for (const char* more : {" --shortlist-first 0", " --shortlist-first 20 --shortlist-best 1",
                           " --quantize int8 --nbest 3", " --sampling"}) {
    const std::string found = printed(list_ + more + " --threads 1");
    for (const char* way : {" --batch-size 1 --threads 1", " --buffer-size 1 --threads 1", " --threads 3 --workers 1",
                            " --workers 3 --threads 3 --batch-size 2"}) {
      EXPECT_EQ(printed(list_ + more + way), found) << more << way;
    }
    EXPECT_EQ(printed(kModel + ":" + list_ + " --batch-size 1" + more), printed(kModel + ":" + list_ + more)) << more;
  }
  EXPECT_NE(printed(list_ + " --shortlist-first 0 --nbest 2"), printed(kModel + " --nbest 2"))
      << "probabilities are among the list's pieces";
}

TEST_F(GenerateShortlist, GoesWithForcedWordsButNotWithReferences) {
  const std::string prefix = folder_.file("prefix", "duta\nduta\nduta\nduta\nduta\n");
  const std::string found = printed(list_ + " --shortlist-first 0 --prefix-file " + prefix);
  EXPECT_EQ(found.substr(0, 4), "duta");
  EXPECT_TRUE(says(printed(list_ + " --constraints " + prefix), "duta"));
  EXPECT_TRUE(refused(run("rotor-generate " + list_ + " --score-reference x", kText), 2, "--shortlist"));
  const std::string limit = folder_.file("limit", "d\n");
  EXPECT_TRUE(refused(run("rotor-generate " + list_ + " --vocab-limit " + limit, kText), 2, "--shortlist or --vocab"));
  EXPECT_TRUE(refused(run(kGenerate + "--shortlist missing", kText), 1, "missing"));
  EXPECT_TRUE(refused(run("rotor-generate " + list_ + " --shortlist-first -1", kText), 2, "--shortlist-first"));
  EXPECT_TRUE(says(run(kGenerate + "--shortlist-best 3", kText).err, "--shortlist-best", "--shortlist of text"));
}

TEST_F(GenerateShortlist, IsMadeOfPiecesAndTheirAlignmentToo) {
  const std::string source = folder_.file("s", "a b\nb c\nb b\n"), target = folder_.file("t", "x y\ny z\nw y\n"),
                    alignment = folder_.file("a", "0-0 1-1\n0-0 1-1\n\n"), list = folder_ / "list";
  const auto make = [&](const std::string& more) {
    return run(kTool + list + " --pieces " + source + " " + target + " " + more);
  };
  EXPECT_EQ(make(alignment).exit_code, 0);
  EXPECT_EQ(text_of(list), "x a 1.0000000\ny b 1.0000000\nz c 1.0000000\n");
  EXPECT_EQ(make(folder_.file("b", "0-1\n1-0 0-1\n0-0 1-1\n").string() + " --best 2").exit_code, 0);
  EXPECT_EQ(text_of(list), "y a 1.0000000\nz b 0.3333333\nw b 0.3333333\ny c 1.0000000\n");
  EXPECT_TRUE(refused(make(folder_.file("c", "0-2\n\n\n")), 1, "line 1", "0-2"));
  EXPECT_TRUE(refused(make(folder_.file("d", "0-0\n")), 1, "fewer than 2"));
}

}  // namespace
}  // namespace rotor
