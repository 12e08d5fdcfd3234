#include "score/options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

using Texts = std::vector<std::string>;

/// The error of options with a reference and a system after a change.
template <typename Change>
std::string refusal(Change change) {
  ScoreOptions options;
  options.reference = {"r"};
  options.hypothesis = {"h"};
  change(options);
  return message_of<UsageError>([&] { options.check(); });
}

TEST(ScoreOptions, RefuseWhatCannotBeScored) {
  EXPECT_EQ(refusal([](auto&) {}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal([](auto& o) { o.reference.clear(); }), "expected files of references"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.reference = o.hypothesis = {"-"}; }), "one text on standard input"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.metrics = {"bleus"}; }), "'bleus'", "did you mean bleu?"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.metrics = {","}; }), "--metrics expects at least one"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.width = 51; }), "--width"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.bleu.tokenize = "14a"; }), "--tokenize", "'14a'"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.bleu.tokenize = "spm"; }), "--spm-model need each other"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.smooth_value = 1; }), "--smooth-value", "not of exp"));
  EXPECT_EQ(refusal([](auto& o) { o.smooth_value = 1, o.bleu.smooth_method = "floor"; }), "(nothing thrown)");
  EXPECT_TRUE(says(refusal([](auto& o) { o.metrics = {"chrf"}, o.chrf.char_order = 0; }), "above 0, got both as 0"));
}

TEST(ScoreOptions, RefuseNumbersOfSystemsThatATestDoesNotTake) {
  EXPECT_TRUE(says(refusal([](auto& o) { o.paired_bs = true; }), "paired tests expect several"));
  const auto two = [](auto change) {
    return refusal([&](auto& o) {
      o.hypothesis = {"a", "b"};
      change(o);
    });
  };
  EXPECT_EQ(two([](auto& o) { o.paired_bs = true; }), "(nothing thrown)");
  EXPECT_TRUE(says(two([](auto& o) { o.paired_bs = o.paired_ar = true; }), "got both"));
  EXPECT_TRUE(says(two([](auto& o) { o.confidence = true; }), "--confidence expects one system, got 2"));
  EXPECT_TRUE(says(two([](auto& o) { o.score_only = true; }), "--score-only expects one system, got 2"));
  EXPECT_TRUE(says(two([](auto& o) { o.sentence_level = true; }), "one metric and one system, got 1 and 2"));
  EXPECT_TRUE(says(two([](auto& o) { o.hypothesis = {"a", "a"}; }), "got one twice"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.sentence_level = true, o.metrics = {"bleu", "ter"}; }), "got 2 and 1"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.sentence_level = o.confidence = true; }), "allows no confidence"));
}

Texts names_of(const ScoreOptions& options) {
  Texts names;
  for (const auto& metric : options.make_metrics()) names.push_back(metric->name());
  return names;
}

TEST(ScoreOptions, MakeTheMetricsInOneOrder) {
  ScoreOptions options;
  EXPECT_EQ(names_of(options), Texts{"BLEU"});
  options.metrics = {"ter,chrf++", "bleu chrf"};
  EXPECT_EQ(names_of(options), (Texts{"BLEU", "chrF2", "chrF2++", "TER"}));
  options.chrf.word_order = 2;
  options.metrics = {"chrf"};
  EXPECT_EQ(names_of(options), Texts{"chrF2++"});
  options.metrics = {"bleu"};
  options.compound_split_bleu = true;
  EXPECT_EQ(names_of(options).size(), 2u) << "and that of the split compounds";
}

/// Reads the words of a command line, and returns what it says of options without effect.
Texts read(std::vector<const char*> words, ScoreOptions& options) {
  CommandLine line("rotor-score", "", "");
  options.describe(line);
  words.insert(words.begin(), {"rotor-score", "r"});
  line.read(static_cast<int>(words.size()), words.data());
  options.apply(line);
  return line.ignored();
}

TEST(ScoreOptions, NameThoseWithoutEffectAndNoOthers) {
  const auto ignored = [](const std::vector<const char*>& words) {
    ScoreOptions options;
    return read(words, options);
  };
  EXPECT_EQ(ignored({"-m", "ter", "--compound-split-bleu", "--target-lang", "en", "-lc"}), Texts());
  EXPECT_EQ(ignored({"-m", "ter", "-lc", "--target-lang", "en"}).size(), 2u);
  const Texts tokenizer = ignored({"-m", "ter", "--compound-split-bleu", "-tok", "char"});
  ASSERT_EQ(tokenizer.size(), 1u);
  EXPECT_TRUE(says(tokenizer[0], "--tokenize char has no effect", "only with --metrics bleu"));
}

TEST(ScoreOptions, TakeTheTokeniserOfTheLanguageUnlessOneIsGiven) {
  const auto tokenizer = [](const std::vector<const char*>& words) {
    ScoreOptions options;
    read(words, options);
    return options.bleu.tokenize;
  };
  EXPECT_EQ(tokenizer({}), "13a");
  EXPECT_EQ(tokenizer({"--language-pair", "en-zh"}), "zh");
  EXPECT_EQ(tokenizer({"-l", "en-de"}), "13a");
  EXPECT_EQ(tokenizer({"-l", "en-zh", "-tok", "char"}), "char");
  EXPECT_TRUE(says(message_of<UsageError>([&] { tokenizer({"-l", "en-ja"}); }), "Japanese", "--tokenize char"));
  for (const char* pair : {"en", "en-", "-de"}) {
    EXPECT_TRUE(says(message_of<UsageError>([&] { tokenizer({"-l", pair}); }), "two languages", pair)) << pair;
  }
}

/// The tests of sacreBLEU's variable, which leave the environment as it was.
class SeedOfTheEnvironment : public testing::Test {
 protected:
  SeedOfTheEnvironment() {
    if (const char* text = std::getenv(kVariable)) before_ = text;
  }
  ~SeedOfTheEnvironment() override { set(before_ ? before_->c_str() : nullptr); }

  static void set(const char* text) { text == nullptr ? ::unsetenv(kVariable) : ::setenv(kVariable, text, 1); }

  /// The seed with the variable set so, nullptr: not at all.
  static int64_t seed(const char* text, const std::vector<const char*>& words = {"-ci"}) {
    set(text);
    ScoreOptions options;
    read(words, options);
    return options.seed;
  }

 private:
  static constexpr const char* kVariable = "SACREBLEU_SEED";
  std::optional<std::string> before_;
};

TEST_F(SeedOfTheEnvironment, IsTakenUnlessOneIsGiven) {
  EXPECT_EQ(seed(nullptr), 12345);
  EXPECT_EQ(seed("7"), 7);
  EXPECT_EQ(seed(" 0 "), 0);
  EXPECT_EQ(seed("7", {"-pbs"}), 7);
  EXPECT_EQ(seed("7", {"-ci", "--seed", "8"}), 8);
  EXPECT_EQ(seed("7", {"-ci", "--seed", "12345"}), 12345) << "the default, but given";
}

TEST_F(SeedOfTheEnvironment, IsDrawnForNone) {
  for (const char* none : {"none", "None"}) {
    const int64_t first = seed(none), second = seed(none);
    EXPECT_NE(first, second) << none;
    EXPECT_GE(std::min(first, second), 0);
  }
}

TEST_F(SeedOfTheEnvironment, IsRefusedWhereItIsNoSeedAndUsed) {
  for (const char* bad : {"", "seven", "-1", "1.5", "99999999999999999999"}) {
    const std::string error = message_of<UsageError>([&] { seed(bad); });
    EXPECT_TRUE(says(error, "SACREBLEU_SEED", "'" + std::string(bad) + "'", "--seed")) << error;
    EXPECT_EQ(seed(bad, {}), 12345) << "nothing is drawn";
    EXPECT_EQ(seed(bad, {"-ci", "--seed", "3"}), 3);
  }
}

}  // namespace
}  // namespace rotor
