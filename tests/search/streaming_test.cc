#include "search/streaming.h"

#include <gtest/gtest.h>

#include <sstream>

#include "search/found.h"

namespace rotor {
namespace {

TEST(ToldSteps, TellTheTokensThatTheSearchMakes) {
  for (const bool sampling : {false, true}) {
    for (const int64_t read : {0, 2}) {
      PrefixModel model(30);
      model.read_at_most(read);
      TokenIds told;
      ToldSteps steps(model, [&](int32_t token) { told.push_back(token); });
      SearchOptions options;
      options.beam = 1;
      options.max_len_b = 12;
      options.sampling = sampling;
      const std::vector<SearchInput> inputs = {{.prompt = {5, 6, 7}}};
      const Hypothesis found = beam_search(steps, inputs, options)[0][0];
      ASSERT_GT(found.tokens.size(), 1);
      EXPECT_EQ(told, TokenIds(found.tokens.begin(), found.tokens.end() - 1));
    }
  }
}

TEST(GrowingText, IsWrittenOnceAndOnlyInWholeCharacters) {
  std::ostringstream out;
  GrowingText text(out);
  text.show("A");
  text.show("A d\xc3");
  EXPECT_EQ(out.str(), "A d");
  text.show("A d\xc3\xbc");
  EXPECT_EQ(out.str(), "A dü");
  text.show("A dü\xe4\xb8");
  text.show("A dü\xef\xbf\xbd");
  EXPECT_EQ(out.str(), "A dü");
  text.show("A dü中");
  text.show("A dü中\xf0\x9f\x98");
  EXPECT_EQ(out.str(), "A dü中");
  text.finish("A dü中😀.");
  EXPECT_EQ(out.str(), "A dü中😀.");
}

TEST(GrowingText, WaitsForTheEndOfEntities) {
  std::ostringstream out;
  GrowingText text(out);
  text.show("He said &");
  EXPECT_EQ(out.str(), "He said ");
  text.show("He said &quo");
  text.show("He said \"");
  EXPECT_EQ(out.str(), "He said \"");
  text.show("He said \"rich @-");
  EXPECT_EQ(out.str(), "He said \"rich");
  text.show("He said \"rich-text");
  text.show("He said \"rich-text AT&T");
  EXPECT_EQ(out.str(), "He said \"rich-text AT&T");
  text.finish("He said \"rich-text AT&T &#9");
  EXPECT_EQ(out.str(), "He said \"rich-text AT&T &#9");
}

TEST(GrowingText, BeginsAgainWhereTheTextBecomesAnother) {
  std::ostringstream out;
  GrowingText text(out);
  text.show("one");
  text.show("two");
  EXPECT_EQ(out.str(), "one");
  text.finish("two three");
  EXPECT_EQ(out.str(), "one\ntwo three");
}

}  // namespace
}  // namespace rotor
