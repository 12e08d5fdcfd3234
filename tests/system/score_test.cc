// rotor-score's command line: sacreBLEU's forms, and what is said to those who come from it or from fairseq-score.
#include <gtest/gtest.h>

#include "system/command.h"

namespace rotor {
namespace {

class ScoreCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_.file("ref", "The dog runs over the green grass.\nA man reads a good book.\nTwo cats sleep on the sofa.\n");
    folder_.file("ref2", "A dog is running across green grass.\nThe man reads a book.\nTwo cats are asleep.\n");
    folder_.file("sys", "The dog runs across the green grass.\nA man reads the good book.\nTwo Cats sleep.\n");
    folder_.file("other", "A dog runs on grass.\nThe man is reading a good book.\nThe cats sleep on a sofa.\n");
  }

  CommandResult score(const std::string& words) const { return run(folder_, "rotor-score " + words); }
  std::string out(const std::string& words) const {
    const CommandResult result = score(words);
    EXPECT_EQ(result.exit_code, 0) << words << ": " << result.err;
    return result.out;
  }
  std::string refusal(const std::string& words) const {
    const CommandResult result = score(words);
    EXPECT_EQ(result.exit_code, 2) << words << ": " << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    return result.err;
  }

  ScratchFolder folder_;
};

TEST_F(ScoreCommand, TakesSacrebleusForms) {
  const std::pair<const char*, const char*> forms[] = {
      {"ref -i sys", "--reference ref --hypothesis sys"},
      {"ref < sys", "--reference ref --hypothesis sys"},
      {"ref ref2 -i sys -m bleu chrf ter", "--reference ref ref2 --hypothesis sys --metrics bleu,chrf,ter"},
      {"ref -i sys -m bleu -b -w 4", "--reference ref --hypothesis sys --score-only --width 4"},
      {"ref -i sys -b -w4", "--reference ref --hypothesis sys --score-only --width 4"},
      {"ref -i sys -lc -tok intl -f json",
       "--reference ref --hypothesis sys --lowercase --tokenize intl --format json"},
      {"ref -i sys -sl -s floor -sv 0.5",
       "--reference ref --hypothesis sys --sentence-level --smooth-method floor --smooth-value 0.5"},
      {"ref -i sys -m chrf --chrf-word-order 2", "--reference ref --hypothesis sys --metrics chrf++"},
      {"ref -i sys -m chrf -cw 2 -cc 4 --chrf-beta 3",
       "--reference ref --hypothesis sys --metrics chrf++ --chrf-char-order 4 --chrf-beta 3"},
      {"ref -i sys other -m bleu -pbs -pbsn 50", "--reference ref --hypothesis sys other --paired-bs --paired-bs-n 50"},
      {"ref -i sys other --paired-ar -part 50 -j 2 -nc",
       "--reference ref --hypothesis sys other --paired-ar --paired-ar-n 50"},
      {"ref -i sys -ci -cin 50", "--reference ref --hypothesis sys --confidence --confidence-n 50"},
      {"ref -l en-de -e utf-8 -i sys", "--reference ref --hypothesis sys --tokenize 13a"},
      {"ref -l en-zh -i sys", "--reference ref --hypothesis sys --tokenize zh"},
      {"ref -l en-zh -tok char -i sys", "--reference ref --hypothesis sys --tokenize char"},
      {"--ref ref --sys sys --ignore-case --sacrebleu --order 4", "--reference ref --hypothesis sys --lowercase"},
  };
  for (const auto& [short_form, long_form] : forms) {
    const std::string expected = out(long_form);
    EXPECT_FALSE(expected.empty()) << long_form;
    EXPECT_EQ(out(short_form), expected) << short_form;
  }
}

TEST_F(ScoreCommand, ScoresChrfPlusPlusBesideChrf) {
  const std::string text = out("ref -i sys -m chrf chrf++");
  EXPECT_TRUE(says(text, "chrF2|", "chrF2++|", "|nw:0|", "|nw:2|"));
}

TEST_F(ScoreCommand, IsQuietWhenAsked) {
  folder_.file("tokenized", "The dog runs .\nA man reads .\nTwo cats sleep .\n");
  EXPECT_TRUE(says(score("ref -i tokenized").err, "warning"));
  EXPECT_EQ(score("ref -i tokenized -q").err, "");
  EXPECT_EQ(score("ref -i tokenized --force").err, "");
}

TEST_F(ScoreCommand, SaysWhatToUseInPlaceOfWhatItLacks) {
  EXPECT_TRUE(says(refusal("-t wmt14 -l en-de"), "no -t here", "no test sets", "references"));
  EXPECT_TRUE(says(refusal("ref -nr 2 -i sys"), "a file for each reference"));
  EXPECT_TRUE(says(refusal("ref -i sys -l en-ja"), "MeCab", "--tokenize char"));
  EXPECT_TRUE(says(refusal("ref -i sys -l german"), "--language-pair expects two languages"));
  EXPECT_TRUE(says(refusal("ref -i sys -m chrf+"), "chrf++", "did you mean chrf"));
  EXPECT_TRUE(says(refusal("-i sys ref"), "expected files of references", "--hypothesis took sys, ref"));
  EXPECT_TRUE(says(refusal("ref -i sys -m chrf -cc 0"), "--chrf-char-order or --chrf-word-order"));
}

}  // namespace
}  // namespace rotor
