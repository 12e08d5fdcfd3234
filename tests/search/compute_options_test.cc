#include "search/compute_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"

namespace rotor {
namespace {

ComputeOptions parsed(std::vector<const char*> args) {
  args.insert(args.begin(), "command");
  ComputeOptions compute;
  CommandLine options("command", "", "");
  compute.describe(options);
  options.parse(static_cast<int>(args.size()), args.data());
  return compute;
}

TEST(ComputeOptions, TakeTheTypeOfWeightsFromTheFileUnlessTold) {
  EXPECT_EQ(parsed({}).weights(), std::nullopt);
  EXPECT_EQ(parsed({"--quantize", "none"}).weights(), WeightType::kFloat32);
  EXPECT_EQ(parsed({"--quantize", "int8"}).weights(), WeightType::kInt8);
  EXPECT_THROW(parsed({"--quantize", "int7"}), UsageError);
}

TEST(ComputeOptions, VerifyModelsUnlessToldNotTo) {
  EXPECT_EQ(parsed({}).verification(), Verification::kModel);
  EXPECT_EQ(parsed({"--no-verify"}).verification(), Verification::kNone);
}

TEST(ComputeOptions, RefuseFewerThanNoThreads) {
  EXPECT_EQ(parsed({"--threads", "3"}).threads, 3);
  EXPECT_TRUE(says(message_of<UsageError>([] { parsed({"--threads", "-1"}); }), "--threads", "0 or more", "-1"));
}

}  // namespace
}  // namespace rotor
