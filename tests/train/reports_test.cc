#include "train/reports.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>

#include "base/check.h"
#include "base/json.h"
#include "base/log.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(LossSums, AreATokensInBits) {
  LossSums sums;
  sums.add(6 * std::log(2.0), 4 * std::log(2.0), 1, 3);
  sums.add(2 * std::log(2.0), 2 * std::log(2.0), 1, 3);
  EXPECT_NEAR(sums.loss_bits(), 4, 1e-12);
  EXPECT_NEAR(sums.nll_bits(), 3, 1e-12);
  EXPECT_NEAR(sums.perplexity(), 8, 1e-12);
  EXPECT_EQ(sums.tokens, 6);
  EXPECT_EQ(value_of(sums.scores(), "nll_loss"), sums.nll_bits());
}

TEST(Reports, GoOnAfterTheResumedUpdate) {
  const ScratchFolder folder;
  const auto path = folder / "train.jsonl";
  {
    Reports reports(path, 0);
    for (int update : {10, 20, 30}) reports.write({{"update", update}, {"loss", 1.5}});
  }
  Reports reports(path, 20);
  EXPECT_EQ(text_of(path), "{\"update\":10,\"loss\":1.5}\n{\"update\":20,\"loss\":1.5}\n");
  reports.write({{"update", 30}});
  EXPECT_EQ(text_of(path), "{\"update\":10,\"loss\":1.5}\n{\"update\":20,\"loss\":1.5}\n{\"update\":30}\n");
}

TEST(Reports, LoseThoseOfARunsEndWhenItGoesOn) {
  const ScratchFolder folder;
  const auto path = folder.file("train.jsonl", "{\"update\":10}\n{\"update\":10,\"final\":true}\n");
  const Reports reports(path, 10);
  EXPECT_EQ(text_of(path), "{\"update\":10}\n");
}

TEST(Reports, ThatCannotBeWrittenLeaveTheFileAsItWas) {
  const ScratchFolder folder;
  const auto path = folder / "train.jsonl";
  Reports reports(path, 0);
  reports.write({{"update", 10}});
  const std::string before = text_of(path);
  rlimit limit = {};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small = {.rlim_cur = before.size() + 5, .rlim_max = limit.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_TRUE(says(message_of<Error>([&] { reports.write({{"update", 20}}); }), "train.jsonl"));
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(text_of(path), before);
  reports.write({{"update", 30}});
  EXPECT_EQ(text_of(path), before + "{\"update\":30}\n");
}

TEST(Reports, KnowTheLastValidationAmongThem) {
  const ScratchFolder folder;
  const auto path = folder.file("train.jsonl",
                                "{\"update\":10,\"valid_loss\":2}\n{\"update\":20}\n"
                                "{\"update\":20,\"valid_loss\":1,\"final\":true}\n{\"update\":30,\"valid_loss\":1}\n");
  EXPECT_EQ(Reports(path, 20).validated_at(), 10);
  EXPECT_EQ(Reports(path, 5).validated_at(), -1);
}

TEST(Reports, LoseAHalfWrittenLine) {
  const ScratchFolder folder;
  const auto path = folder.file("train.jsonl", "{\"update\":10}\n{\"upda");
  const Reports reports(path, 20);
  EXPECT_EQ(text_of(path), "{\"update\":10}\n");
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".damaged"));
}

TEST(Reports, StartAfreshWithoutACheckpoint) {
  const ScratchFolder folder;
  const auto path = folder.file("train.jsonl", "{\"update\":10}\n");
  const Reports reports(path, 0);
  EXPECT_EQ(text_of(path), "");
}

TEST(Reports, LoseDamagedLinesWithAWarningAndACopy) {
  const ScratchFolder folder;
  const std::string before =
      "{\"update\":10}\n{\"upda\n{\"update\":\"4\"}\n{\"loss\":1}\n{\"update\":20,\"valid_loss\":1}\n{\"upd";
  const auto path = folder.file("train.jsonl", before);
  log::start();
  testing::internal::CaptureStderr();
  const Reports reports(path, 20);
  EXPECT_TRUE(says(testing::internal::GetCapturedStderr(), "train.jsonl", "3 damaged lines", "train.jsonl.damaged"));
  EXPECT_EQ(text_of(path), "{\"update\":10}\n{\"update\":20,\"valid_loss\":1}\n");
  EXPECT_EQ(text_of(path.string() + ".damaged"), before);
  EXPECT_EQ(reports.validated_at(), 20);
}

}  // namespace
}  // namespace rotor
