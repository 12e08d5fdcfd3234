#include "search/searched_sentence.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TokenIds ids(std::span<const int32_t> tokens) {
  return {tokens.begin(), tokens.end()};
}

TEST(PartialHypothesis, IsThePathThatItsRowContinues) {
  const SearchInput input{.prompt = {7, 8}};
  SearchedSentence sentence(input, 0, 8, SearchOptions());
  const int32_t first = sentence.tree.add({0, 4, -1.f, 0}), other = sentence.tree.add({0, 5, -2.f, 0}),
                last = sentence.tree.add({first, 6, -1.5f, 0});
  sentence.before = {{last, 0}, {other, 0}};
  PartialHypothesis hypothesis(sentence, 0, 2);
  EXPECT_EQ(ids(hypothesis.tokens()), (TokenIds{4, 6}));
  EXPECT_EQ(ids(hypothesis.text()), (TokenIds{7, 8, 4, 6}));
  EXPECT_EQ(hypothesis.score(), -1.5f);
  EXPECT_EQ(hypothesis.longest(), 200);
  EXPECT_EQ(ids(PartialHypothesis(sentence, 1, 1).tokens()), TokenIds{5});
}

}  // namespace
}  // namespace rotor
