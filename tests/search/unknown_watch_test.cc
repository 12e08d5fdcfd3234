#include "search/unknown_watch.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/scratch.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

/// What is logged of sources with so many unknown pieces among ten.
std::string warnings(const std::vector<int64_t>& unknown) {
  log::start();
  testing::internal::CaptureStderr();
  UnknownWatch watch({});
  for (const int64_t count : unknown) {
    Request request;
    request.number = 6;
    request.source.assign(10, 50);
    std::fill_n(request.source.begin(), count, kSpecials.unk);
    request.source.push_back(kSpecials.eos);
    watch.add(request);
  }
  watch.finish();
  return testing::internal::GetCapturedStderr();
}

TEST(UnknownWatch, SaysNothingOfAFewUnknownPieces) {
  EXPECT_EQ(warnings({0, 1, 2, 3, 3}), "");
}

TEST(UnknownWatch, NamesTheFirstLineAndCountsTheOthers) {
  const std::string one = warnings({0, 4});
  EXPECT_TRUE(says(one, "line 7", "4 of 10 pieces"));
  EXPECT_EQ(one.find("sentences have"), std::string::npos);
  EXPECT_TRUE(says(warnings({10, 0, 4, 3, 5}), "10 of 10", "3 of 5 sentences have at least 40 %"));
}

TEST(UnknownWatch, TakesABlankLineForKnown) {
  EXPECT_FALSE(is_mostly_unknown({kSpecials.eos}, {}));
  EXPECT_TRUE(is_mostly_unknown({kSpecials.unk, kSpecials.eos}, {}));
}

}  // namespace
}  // namespace rotor
