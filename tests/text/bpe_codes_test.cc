#include "text/bpe_codes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/check.h"
#include "base/json.h"
#include "base/random.h"
#include "base/scratch.h"

namespace rotor {
namespace {

using Parts = std::vector<std::string>;

/// The parts that subword-nmt prints, without the marks of those that continue.
Parts without_marks(const nlohmann::json& printed) {
  Parts parts = printed.get<Parts>();
  for (size_t i = 0; i + 1 < parts.size(); ++i) parts[i].resize(parts[i].size() - 2);
  return parts;
}

TEST(BpeCodes, CutsWordsAsSubwordNmtDoes) {
  const auto golden = nlohmann::json::parse(std::ifstream(ROTOR_GOLDEN "/bpe_codes.json"));
  ASSERT_EQ(golden["cases"].size(), 4U);
  for (const auto& item : golden["cases"]) {
    const auto text = item["codes"].get<std::string>();
    const BpeCodes codes(text, "codes");
    for (const auto& cut : item["cuts"]) {
      EXPECT_EQ(codes.cut(cut[0].get<std::string>()), without_marks(cut[1])) << cut[0] << '\n' << text.substr(0, 30);
    }
  }
}

TEST(BpeCodes, LeaveWordsWholeIfThereAreNone) {
  EXPECT_EQ(BpeCodes("", "codes").cut("lower"), Parts{"lower"});
  EXPECT_EQ(BpeCodes("#version: 0.2\n", "codes").cut("lower"), Parts{"lower"});
}

TEST(BpeCodes, TakeTheFirstOfTwoEqualMerges) {
  EXPECT_EQ(BpeCodes("#version: 0.2\na b\nb c\na b\n", "codes").cut("abcd"), (Parts{"ab", "c", "d"}));
  EXPECT_EQ(BpeCodes("#version: 0.2\r\nb c\r\na b\r\n", "codes").cut("abcd"), (Parts{"a", "bc", "d"}));
}

/// Cuts a word by looking at all pairs again after each merge of all pairs of the lowest rank.
Parts cut_plainly(const Parts& merges, const std::string& word) {
  Parts symbols;
  for (const char letter : word) symbols.emplace_back(1, letter);
  symbols.back() += "</w>";
  const auto rank = [&](size_t i) {
    return std::find(merges.begin(), merges.end(), symbols[i] + ' ' + symbols[i + 1]) - merges.begin();
  };
  while (symbols.size() > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < symbols.size(); ++i) best = rank(i) < rank(best) ? i : best;
    if (rank(best) == std::ssize(merges)) break;
    const std::string left = symbols[best], right = symbols[best + 1];
    for (size_t i = best; i + 1 < symbols.size(); ++i) {
      if (symbols[i] != left || symbols[i + 1] != right) continue;
      symbols[i] += right;
      symbols.erase(symbols.begin() + static_cast<int64_t>(i) + 1);
    }
  }
  symbols.back().resize(symbols.back().size() - 4);
  if (symbols.back().empty()) symbols.pop_back();
  return symbols;
}

TEST(BpeCodes, CutRandomWordsAsThePlainLoopDoes) {
  Random random(1);
  const auto letters = [&](uint64_t most) {
    std::string text;
    for (uint64_t i = random.below(most) + 1; i > 0; --i) text += static_cast<char>('a' + random.below(2));
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    Parts merges;  // in any order: some make what an earlier one needs
    std::string text = "#version: 0.2\n";
    for (int i = 0; i < 30; ++i) {
      const std::string merge = letters(3) + ' ' + letters(3) + (random.below(4) == 0 ? "</w>" : "");
      merges.push_back(merge);
      text += merge + '\n';
    }
    const BpeCodes codes(text, "codes");
    for (int i = 0; i < 20; ++i) {
      const std::string word = letters(20) + 'a';
      EXPECT_EQ(codes.cut(word), cut_plainly(merges, word)) << word << '\n' << text;
    }
  }
}

TEST(BpeCodes, RefuseOtherTexts) {
  const auto refusal = [](const std::string& text) { return message_of<Error>([&] { BpeCodes(text, "my.codes"); }); };
  EXPECT_TRUE(says(refusal("#version: 0.3\na b\n"), "my.codes", "version 0.1 or 0.2", "0.3"));
  EXPECT_TRUE(says(refusal("#version: 0.2\na b\nabc\n"), "\"abc\" in line 3"));
  EXPECT_TRUE(says(refusal("a b\na b c\n"), "\"a b c\" in line 2"));
  EXPECT_TRUE(says(refusal("#version: 0.2\n\n"), "\"\" in line 2"));
  EXPECT_TRUE(says(refusal("a  1\n"), "line 1"));
}

}  // namespace
}  // namespace rotor
