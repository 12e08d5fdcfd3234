#include "base/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "base/command.h"
#include "base/command_line.h"
#include "base/log.h"

namespace rotor {
namespace {

/// Runs `body` with standard error on a terminal `columns` wide and returns what it showed.
template <typename Body>
std::string on_terminal(int columns, Body body) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(master);
  unlockpt(master);
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
  const winsize size = {.ws_row = 24, .ws_col = static_cast<unsigned short>(columns), .ws_xpixel = 0, .ws_ypixel = 0};
  ioctl(terminal, TIOCSWINSZ, &size);
  const int saved = dup(STDERR_FILENO);
  dup2(terminal, STDERR_FILENO);
  body();
  dup2(saved, STDERR_FILENO);
  // The kernel hands the text over in its own time: read up to a mark at its end.
  const std::string mark = "<end>";
  EXPECT_EQ(write(terminal, mark.data(), mark.size()), static_cast<ssize_t>(mark.size()));
  std::string shown;
  char part[4096];
  for (ssize_t count; !shown.ends_with(mark) && (count = read(master, part, sizeof part)) > 0;)
    shown.append(part, count);
  shown.resize(shown.size() - mark.size());
  for (int file : {saved, terminal, master}) close(file);
  return shown;
}

TEST(Progress, IsDrawnOnATerminalAndErasedAtTheEnd) {
  const std::string shown = on_terminal(80, [] {
    Progress progress(10);
    progress.update(5, "loss 2.5");
  });
  EXPECT_EQ(shown, "\r\x1b[K[##########..........]  50% 5/10 loss 2.5\r\x1b[K");
}

TEST(Progress, NeverWrapsANarrowTerminal) {
  const std::string shown = on_terminal(12, [] {
    Progress progress(10);
    progress.update(5, "loss 2.5");
  });
  EXPECT_EQ(shown, "\r\x1b[K[##########\r\x1b[K");
}

TEST(Progress, IsRedrawnAtMostTenTimesASecondExceptAtTheEnd) {
  const double start = seconds_now();
  const std::string shown = on_terminal(80, [] {
    Progress progress(100);
    for (int i = 0; i <= 100; ++i) progress.update(i, "");
  });
  const double most = 2 + (seconds_now() - start) / 0.1;
  EXPECT_TRUE(says(shown, " 0/100", " 100/100"));
  EXPECT_LE(std::count(shown.begin(), shown.end(), '['), 2 * most + 1);  // each with two brackets, and the last erasure
}

TEST(Progress, GivesWayToMessages) {
  log::start();
  const std::string shown = on_terminal(80, [] {
    Progress progress(10);
    progress.update(5, "x");
    log::info("saved");
  });
  EXPECT_TRUE(shown.ends_with("50% 5/10 x\r\x1b[Ksaved\r\n")) << shown;
}

TEST(Progress, IsSilentWithoutATerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress(10);
    progress.update(5, "x");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Progress, IsHiddenAsFairseqsOptionAsks) {
  const Outcome outcome = run_as_command([] {
    CommandLine options("rotor-train", "", "");
    const char* words[] = {"rotor-train", "--no-progress-bar"};
    options.parse(2, words);
    std::cout << on_terminal(80, [] {
      Progress progress(10);
      progress.update(5, "x");
    });
  });
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(exit_code(outcome), 0);
}

TEST(Progress, OutlivesItsTerminal) {
  const Outcome outcome = run_as_command([] {
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(master);
    unlockpt(master);
    dup2(open(ptsname(master), O_RDWR | O_NOCTTY), STDERR_FILENO);
    Progress progress(10);
    close(master);
    progress.update(5, "x");
  });
  EXPECT_EQ(exit_code(outcome), 0);
}

TEST(Memory, PeakGrowsWithWhatIsTouchedAndStays) {
  const int64_t before = peak_memory_mb();
  EXPECT_GT(before, 0);
  {
    std::vector<char> block(256 << 20, 1);
    volatile char touched = block[block.size() - 1];
    (void)touched;
  }
  EXPECT_GE(peak_memory_mb(), before + 200);
}

}  // namespace
}  // namespace rotor
