#include "search/attention_file.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "search/fairseq.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

TEST(AttentionFile, HoldsWeightsAndPiecesOfEveryHypothesis) {
  const ScratchFolder folder;
  const Vocabulary vocabulary = Vocabulary::from_bytes(read_vocabulary(SafeTensors(fairseq_model_path())).source);
  AttentionFile file(folder / "attention");
  Request request;
  request.number = 7;
  request.source = {10, 11, kSpecials.eos};
  Hypothesis first, second;
  first.tokens = {20, kSpecials.eos};
  first.attention = {1, 2, 3, 4, 5, 6};
  second.tokens = {kSpecials.eos};
  second.attention = {7, 8, 9};
  file.add(request, std::vector{first, second}, {vocabulary, vocabulary});
  request.number = 8;
  file.add(request, {}, {vocabulary, vocabulary});  // a blank line
  EXPECT_FALSE(std::filesystem::exists(folder / "attention"));
  file.finish();
  const SafeTensors read(folder / "attention");
  EXPECT_EQ(read.at("7.0").shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(read.elements<float>("7.0")[5], 6);
  EXPECT_EQ(read.elements<float>("7.1")[0], 7);
  EXPECT_EQ(read.metadata("source.7"), vocabulary.piece(10) + " " + vocabulary.piece(11) + " </s>");
  EXPECT_EQ(read.metadata("target.7.0"), vocabulary.piece(20) + " </s>");
  EXPECT_FALSE(read.metadata().contains("source.8"));
}

TEST(AttentionFile, LeavesNothingBehindUnlessFinished) {
  const ScratchFolder folder;
  { const AttentionFile file(folder / "attention"); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace rotor
