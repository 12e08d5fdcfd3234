#include "score/ngrams.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "base/random.h"

namespace rotor {
namespace {

using Symbols = std::vector<uint32_t>;

std::map<Symbols, int64_t> counted(const Symbols& symbols, size_t order) {
  std::map<Symbols, int64_t> counts;
  for (size_t i = 0; i + order <= symbols.size(); ++i) ++counts[Symbols(&symbols[i], &symbols[i] + order)];
  return counts;
}

TEST(Ngrams, MatchAsOftenAsTheSequenceThatHasFewer) {
  Random random(1);
  for (int trial = 0; trial < 200; ++trial) {
    Symbols a(random.below(30)), b(random.below(30));
    for (uint32_t& symbol : a) symbol = static_cast<uint32_t>(random.below(3));
    for (uint32_t& symbol : b) symbol = static_cast<uint32_t>(random.below(3));
    const Ngrams ngrams_a(a, 5), ngrams_b(b, 5);
    for (size_t order = 1; order <= 5; ++order) {
      const auto in_a = counted(a, order);
      auto in_b = counted(b, order);
      int64_t total = 0, matches = 0;
      for (const auto& [ngram, count] : in_a) {
        total += count;
        matches += std::min(count, in_b[ngram]);
      }
      ASSERT_EQ(ngrams_a.count(order), total);
      ASSERT_EQ(ngrams_a.matches(ngrams_b, order), matches);
      ASSERT_EQ(ngrams_b.matches(ngrams_a, order), matches);
    }
  }
}

TEST(WordIds, AreEqualForEqualWords) {
  WordIds ids;
  EXPECT_EQ(ids(std::vector<std::string_view>{"a", "b", "a"}), (Symbols{0, 1, 0}));
  EXPECT_EQ(ids(std::vector<std::string_view>{"c", "b"}), (Symbols{2, 1}));
  ids.clear();
  EXPECT_EQ(ids(std::vector<std::string_view>{"b", "", "c"}), (Symbols{0, 1, 2}));
}

TEST(WordIds, TellWordsOfAnyLengthApart) {
  std::vector<std::string> texts;  // each is its neighbour with one byte changed
  for (size_t length = 1; length <= 40; ++length) {
    for (size_t i = 0; i < length; ++i) {
      texts.emplace_back(length, 'a');
      texts.back()[i] = 'b';
    }
  }
  WordIds ids;
  const std::vector<std::string_view> words(texts.begin(), texts.end());
  const Symbols first = ids(words);
  EXPECT_EQ(std::set<uint32_t>(first.begin(), first.end()).size(), words.size());
  EXPECT_EQ(ids(words), first);
}

}  // namespace
}  // namespace rotor
