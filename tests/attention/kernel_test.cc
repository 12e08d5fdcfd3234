#include "attention/kernel.h"

#include <gtest/gtest.h>

#include "attention/heads.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(AttentionTable, MakesTheStatesOfEveryKernelItLists) {
  for (const std::string& name : attention_names()) {
    const auto kernel = make_kernel({.kernel = name}, {2, 2, 4}, std::make_shared<PositionEncoding>());
    EXPECT_EQ(kernel->once({})->rows(), 0) << name;
    EXPECT_EQ(kernel->cache()->rows(), 0) << name;
  }
}

TEST(AttentionTable, NamesTheChoicesWhenThereIsNoSuchKernel) {
  EXPECT_TRUE(says(message_of<Error>([] { attention_kernel("linaer"); }), "'linaer'", "softmax, linear"));
}

TEST(AttentionTable, OfLinearAttentionThereIsNoMemory) {
  const auto kernel = make_kernel({.kernel = "linear"}, {2, 2, 4}, std::make_shared<PositionEncoding>());
  EXPECT_THROW(kernel->memory(), Error);
}

}  // namespace
}  // namespace rotor
