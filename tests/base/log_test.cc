#include "base/log.h"

#include <gtest/gtest.h>

#include "base/command.h"

namespace rotor {
namespace {

TEST(Log, SendsMessagesToStandardErrorAsPlainLines) {
  const Outcome outcome = run_as_command([] {
    log::info("read {} pairs", 3);
    log::warn("odd");
    log::debug("unseen");
  });
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "read 3 pairs\nwarning: odd\n");
}

TEST(Log, SaysNothingOnceSilenced) {
  const Outcome outcome = run_as_command([] {
    log::silence();
    log::warn("unseen");
  });
  EXPECT_EQ(outcome.err, "");
}

TEST(Log, ShowsDebugMessagesWhereTheEnvironmentAsksForThem) {
  const Outcome outcome = run_as_command([] {
    setenv("SPDLOG_LEVEL", "debug", 1);
    log::start();
    log::debug("seen");
  });
  EXPECT_EQ(outcome.err, "debug: seen\n");
}

}  // namespace
}  // namespace rotor
