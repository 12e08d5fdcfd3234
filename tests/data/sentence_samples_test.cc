#include "data/sentence_samples.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"

namespace rotor {
namespace {

class SentenceSamplesTest : public testing::Test {
 protected:
  /// Rows of such texts with labels 0, 1, 0 …
  Corpus corpus_of_rows(const std::string& task, const std::vector<std::vector<Ids>>& rows, bool labelled = true) {
    std::vector<ColumnInfo> columns;
    for (const std::string& name : corpus_task(task).column_names(std::ssize(rows[0]))) {
      columns.push_back({name, "", "abc", 100});
    }
    const auto path = folder_ / (task + ".safetensors");
    CorpusWriter writer(path, corpus_task(task), columns);
    for (size_t i = 0; i < rows.size(); ++i) {
      writer.add(rows[i]);
      if (labelled) writer.label(static_cast<float>(i % 2));
    }
    writer.name_classes(R"(["no","yes"])");
    writer.finish();
    return Corpus(path);
  }

  ScratchFolder folder_;
};

TEST_F(SentenceSamplesTest, ReadPairsInTwoSegmentsWithTheirLabels) {
  const Corpus corpus = corpus_of_rows(kSentencePrediction, {{{7, 8}, {9}}, {{10}, {11, 12, 13}}});
  EXPECT_EQ(corpus.classes(), (std::vector<std::string>{"no", "yes"}));
  const auto samples = make_samples(corpus, {});
  ASSERT_EQ(samples->size(), 2);
  EXPECT_EQ(samples->lengths(1), (SampleLengths{7, 0}));
  const Batch batch = samples->batch(Ids{1, 0});
  EXPECT_EQ(batch.sentences, (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(batch.source.ids, (Ids{0, 10, 2, 11, 12, 13, 2, 0, 7, 8, 2, 9, 2, 1}));
  EXPECT_EQ(batch.source.types, (Ids{0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0}));
  EXPECT_EQ(batch.labels, (std::vector<float>{1, 0}));
  EXPECT_EQ(batch.source_tokens, 13);
  EXPECT_EQ(batch.candidates, 1);
}

TEST_F(SentenceSamplesTest, CutOrLeaveOutWhatIsTooLong) {
  const Corpus corpus = corpus_of_rows(kSentencePrediction, {{Ids(20, 9)}, {Ids(3, 8)}});
  BatchOptions options{.max_source_positions = 8};
  EXPECT_EQ(make_samples(corpus, options)->lengths(0).source, 22);
  options.truncate = "longest";
  const auto samples = make_samples(corpus, options);
  EXPECT_EQ(samples->lengths(0).source, 8);
  EXPECT_EQ(samples->batch(Ids{0}).source.ids, (Ids{0, 9, 9, 9, 9, 9, 9, 2}));
  EXPECT_NE(make_samples(corpus, options)->digest(), make_samples(corpus, {.max_source_positions = 9})->digest());
  options.truncate = "second";
  EXPECT_TRUE(says(message_of<Error>([&] { make_samples(corpus, options); }), "rows of one text", "second"));
}

TEST_F(SentenceSamplesTest, ReadEachCandidateWithTheContext) {
  const Corpus corpus = corpus_of_rows(kSentenceRanking, {{{7}, {8}, {9, 10}}, {{11}, {12}, {13}}});
  const auto samples = make_samples(corpus, {});
  EXPECT_EQ(samples->lengths(0).source, 6);
  const Batch batch = samples->batch(Ids{0, 1});
  EXPECT_EQ(batch.candidates, 2);
  EXPECT_EQ(batch.source.rows, 4);
  EXPECT_EQ(batch.source.ids, (Ids{0, 7, 2, 8, 2, 1, 0, 7, 2, 9, 10, 2, 0, 11, 2, 12, 2, 1, 0, 11, 2, 13, 2, 1}));
  EXPECT_EQ(batch.labels, (std::vector<float>{0, 1}));
}

TEST_F(SentenceSamplesTest, NeedNoLabels) {
  const Corpus corpus = corpus_of_rows(kSentencePrediction, {{{7}}, {{8}}}, /*labelled=*/false);
  EXPECT_TRUE(make_samples(corpus, {})->batch(Ids{0, 1}).labels.empty());
}

}  // namespace
}  // namespace rotor
