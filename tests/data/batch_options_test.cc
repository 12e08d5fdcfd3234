#include "data/batch_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(BatchOptions, RefuseValuesThatAreNone) {
  const auto refusal = [](const BatchOptions& options) {
    return message_of<UsageError>([&] { check_values(options); });
  };
  EXPECT_EQ(refusal({}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal({.bpe_dropout = 1}), "--bpe-dropout", "below 1"));
  EXPECT_TRUE(says(refusal({.tokens_per_sample = 0}), "--tokens-per-sample", "from 1 to 16777216"));
}

TEST(BatchOptions, ListTheModesOfBreaking) {
  BatchOptions batches;
  CommandLine options("rotor-train", "", "");
  batches.describe(options);
  const char* good[] = {"rotor-train", "--sample-break-mode", "eos"};
  options.parse(3, good);
  EXPECT_EQ(batches.sample_break_mode, "eos");
  const char* bad[] = {"rotor-train", "--sample-break-mode", "line"};
  EXPECT_TRUE(says(message_of<UsageError>([&] { options.parse(3, bad); }), "--sample-break-mode", "none, complete",
                   "complete_doc", "eos"));
}

}  // namespace
}  // namespace rotor
