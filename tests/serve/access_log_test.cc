#include "serve/access_log.h"

#include <gtest/gtest.h>

#include <regex>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(AccessLog, AddsALineForEachRequestWithoutWhatTerminalsObey) {
  const ScratchFolder folder;
  const auto path = folder.file("log", "before\n");
  {
    AccessLog log(path);
    log.add("127.0.0.1", {.method = "GET", .target = "/a\"\x1b\\\xc3"}, {.status = 404, .body = "four"}, 0.25);
    log.add("::1", {}, {.status = 400}, 0);
  }
  const std::string text = text_of(path);
  EXPECT_TRUE(std::regex_search(
      text, std::regex(R"(^before\n127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET )"
                       R"(/a\\x22\\x1b\\x5c\\xc3 HTTP/1\.1" 404 4 0\.250\n::1 - - \[.*\] "-" 400 0 0\.000\n$)")))
      << text;
}

TEST(AccessLog, SaysThatItsFileCannotBeWritten) {
  EXPECT_TRUE(says(message_of<Error>([] { AccessLog log("/nowhere/log"); }), "--access-log", "/nowhere/log"));
}

TEST(AccessLog, WarnsOnceOfLinesThatAreLost) {
  testing::internal::CaptureStdout();  // where the log goes in tests
  AccessLog log("/dev/full");
  for (int i = 0; i < 3; ++i) log.add("::1", {}, {.status = 200}, 0);
  const std::string said = testing::internal::GetCapturedStdout();
  EXPECT_TRUE(says(said, "cannot write --access-log"));
  EXPECT_EQ(said.find("--access-log"), said.rfind("--access-log"));
}

}  // namespace
}  // namespace rotor
