#include "text/bpe_codes.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/check.h"
#include "base/json.h"
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
