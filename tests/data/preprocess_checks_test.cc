// What rotor-preprocess refuses of its options.

#include <gtest/gtest.h>

#include <functional>

#include "base/check.h"
#include "base/scratch.h"
#include "data/preprocess_examples.h"

namespace rotor {
namespace {

/// What check() says after a change.
std::string refusal(PreprocessOptions options, const std::function<void(PreprocessOptions&)>& change) {
  change(options);
  return message_of<UsageError>([&] { options.check(); });
}

using O = PreprocessOptions;

TEST(PreprocessChecks, OfPairsWantTwoLanguages) {
  EXPECT_EQ(refusal(options_of_pairs(), [](O&) {}), "(nothing thrown)");
  EXPECT_TRUE(
      says(refusal(options_of_pairs(), [](O& o) { o.target_lang = ""; }), "--target-lang", "--task language_modeling"));
  EXPECT_TRUE(says(refusal(options_of_pairs(), [](O& o) { o.target_lang = "en"; }), "two languages", "got en"));
}

TEST(PreprocessChecks, OfOneTextRefuseWhatIsForPairs) {
  EXPECT_EQ(refusal(options_of_text(), [](O&) {}), "(nothing thrown)");
  EXPECT_EQ(refusal(options_of_text(), [](O& o) { o.source_lang = "en"; }), "(nothing thrown)");
  EXPECT_TRUE(says(refusal(options_of_text(), [](O& o) { o.target_lang = "de"; }), "one language", "--target-lang de"));
  for (const auto& change :
       std::vector<std::function<void(O&)>>{[](O& o) { o.joined_dictionary = true; }, [](O& o) { o.tgtdict = "a"; },
                                            [](O& o) { o.nwordssrc = 5; }, [](O& o) { o.nwordstgt = 5; }}) {
    EXPECT_TRUE(says(refusal(options_of_text(), change), "one vocabulary", "--vocab-size", "--vocabulary"));
  }
  EXPECT_TRUE(says(refusal(options_of_text(), [](O& o) { o.train_drop_identical = true; }), "--train-drop-identical"));
  EXPECT_TRUE(says(refusal(options_of_text(), [](O& o) { o.train_max_ratio = 2; }), "--train-max-ratio"));
  EXPECT_TRUE(says(refusal(options_of_text(), [](O& o) { o.train_min_script = 0.5; }), "--source-lang"));
  EXPECT_EQ(refusal(options_of_text(), [](O& o) { o.train_min_script = 0.5, o.source_lang = "en"; }),
            "(nothing thrown)");
}

TEST(PreprocessChecks, OfTablesNameTheirColumns) {
  EXPECT_EQ(refusal(options_of_table(), [](O&) {}), "(nothing thrown)");
  EXPECT_EQ(refusal(options_of_table(), [](O& o) { o.regression_target = true; }), "(nothing thrown)");
  EXPECT_TRUE(says(refusal(options_of_table(), [](O& o) { o.tables.text_columns = ""; }), "--text-columns"));
  EXPECT_TRUE(says(refusal(options_of_table(), [](O& o) { o.tables.text_columns = "a,b,d"; }), "one or two", "got 3",
                   "sentence_ranking"));
  EXPECT_TRUE(
      says(refusal(options_of_table(), [](O& o) { o.tables.label_column = ""; }), "--label-column", "--trainpref"));
  EXPECT_TRUE(
      says(refusal(options_of_table(), [](O& o) { o.target_lang = "de"; }), "one language", "--target-lang de"));
  const auto test_alone = [](O& o) { o.tables.label_column = o.trainpref = "", o.testpref = "t", o.srcdict = "v"; };
  EXPECT_EQ(refusal(options_of_table(), test_alone), "(nothing thrown)");
  const auto numbers = [&](O& o) { test_alone(o), o.regression_target = true; };
  EXPECT_TRUE(says(refusal(options_of_table(), numbers), "--label-column", "--regression-target"));
}

TEST(PreprocessChecks, OfARankingNameAContextAndCandidates) {
  PreprocessOptions ranking = options_of_table();
  ranking.task = kSentenceRanking;
  ranking.context_column = "q";
  ranking.tables.label_column = "";
  EXPECT_EQ(refusal(ranking, [](O&) {}), "(nothing thrown)");
  EXPECT_EQ(ranking.table_columns().text_columns, "q,a,b");
  EXPECT_TRUE(says(refusal(ranking, [](O& o) { o.context_column = ""; }), "--context-column", "got ''"));
  EXPECT_TRUE(says(refusal(ranking, [](O& o) { o.context_column = "q,r"; }), "one column", "q,r"));
  EXPECT_TRUE(says(refusal(ranking, [](O& o) { o.context_column = "a"; }), "'a' twice"));
  EXPECT_TRUE(says(refusal(ranking, [](O& o) { o.tables.text_columns = "a"; }), "two candidates", "got a"));
}

TEST(PreprocessChecks, WantTextToTrainAVocabularyOnUnlessThereIsOne) {
  const auto without_text = [](PreprocessOptions options, const std::function<void(O&)>& change) {
    options.trainpref = "";
    options.testpref = "test";
    return refusal(options, change);
  };
  EXPECT_TRUE(says(without_text(options_of_pairs(), [](O&) {}), "--trainpref", "--srcdict and --tgtdict"));
  EXPECT_TRUE(says(without_text(options_of_pairs(), [](O& o) { o.srcdict = "a"; }), "--trainpref"));
  EXPECT_EQ(without_text(options_of_pairs(), [](O& o) { o.srcdict = "a", o.joined_dictionary = true; }),
            "(nothing thrown)");
  EXPECT_TRUE(says(without_text(options_of_text(), [](O&) {}), "--trainpref", "--vocabulary"));
  EXPECT_EQ(without_text(options_of_text(), [](O& o) { o.srcdict = "a"; }), "(nothing thrown)");
  EXPECT_EQ(without_text(options_of_text(), [](O& o) { o.model_type = "byte"; }), "(nothing thrown)");
  EXPECT_TRUE(says(refusal(options_of_text(), [](O& o) { o.trainpref = ""; }), "expected text"));
}

TEST(PreprocessChecks, OfPairsWithOneVocabularyRefuseASecondOne) {
  PreprocessOptions joined = options_of_pairs();
  joined.joined_dictionary = true;
  EXPECT_EQ(refusal(joined, [](O&) {}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal(joined, [](O& o) { o.tgtdict = "a"; }), "one model for both", "--srcdict"));
  EXPECT_TRUE(says(refusal(joined, [](O& o) { o.nwordssrc = 5; }), "--vocab-size", "--nwordssrc"));
  EXPECT_TRUE(says(refusal(joined, [](O& o) { o.nwordstgt = 5; }), "--vocab-size", "--nwordstgt"));
  const auto separate = [](O& o) { o.nwordssrc = 5, o.nwordstgt = 6; };
  EXPECT_EQ(refusal(options_of_pairs(), separate), "(nothing thrown)");
}

TEST(PreprocessChecks, OfPairsTakeNoRatioBelowOne) {
  for (const double ratio : {0.0, 1.0, 1.5}) {
    EXPECT_EQ(refusal(options_of_pairs(), [=](O& o) { o.train_max_ratio = ratio; }), "(nothing thrown)") << ratio;
  }
  EXPECT_TRUE(says(refusal(options_of_pairs(), [](O& o) { o.train_max_ratio = 0.5; }), "--train-max-ratio", "got 0.5"));
}

TEST(PreprocessChecks, OfAGivenVocabularyRefuseWhatTrainsOne) {
  for (const auto& change : std::vector<std::function<void(O&)>>{
           [](O& o) { o.byte_fallback = true; }, [](O& o) { o.character_coverage = 0.99; },
           [](O& o) { o.normalization = "nfkc"; }, [](O& o) { o.user_defined_symbols = "<x>"; }}) {
    EXPECT_EQ(refusal(options_of_text(), change), "(nothing thrown)");
    PreprocessOptions given = options_of_text();
    given.srcdict = "v";
    EXPECT_TRUE(says(refusal(given, change), "--byte-fallback", "--user-defined-symbols", "--srcdict"));
  }
}

TEST(PreprocessChecks, KnowHowMuchOfTheCharactersAVocabularyCanCover) {
  const auto covering = [](double share) {
    return refusal(options_of_text(), [=](O& o) { o.character_coverage = share; });
  };
  for (const double share : {0.0, 0.98, 1.0}) EXPECT_EQ(covering(share), "(nothing thrown)") << share;
  EXPECT_TRUE(says(covering(0.5), "--character-coverage from 0.98 to 1", "got 0.5"));
  EXPECT_TRUE(says(covering(1.1), "--character-coverage", "1.1"));
}

TEST(PreprocessChecks, SayThatWordPieceIsGivenAndNotTrained) {
  EXPECT_TRUE(says(refusal(options_of_text(), [](O& o) { o.model_type = "wordpiece"; }), "vocab.txt", "--vocabulary",
                   "does not train"));
  EXPECT_EQ(refusal(options_of_text(), [](O& o) { o.model_type = "wordpiece", o.srcdict = "vocab.txt"; }),
            "(nothing thrown)");
}

}  // namespace
}  // namespace rotor
