#include "attention/kernel.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(MakeAttention, KnowsEveryNameItLists) {
  for (const std::string& name : attention_names()) EXPECT_NE(make_attention(name)->start(), nullptr) << name;
}

TEST(MakeAttention, RefusesOtherNamesWithTheChoices) {
  EXPECT_TRUE(says(message_of<Error>([] { make_attention("sparse"); }), "'sparse'", "softmax, linear"));
}

}  // namespace
}  // namespace rotor
