#include "base/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <omp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// Runs `body` with standard error on a terminal `columns` wide and returns what it showed.
template <typename Body>
std::string on_terminal(int columns, Body body) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  grantpt(master);
  unlockpt(master);
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
  const winsize size = {.ws_row = 24, .ws_col = static_cast<unsigned short>(columns), .ws_xpixel = 0, .ws_ypixel = 0};
  ioctl(terminal, TIOCSWINSZ, &size);
  const int saved = dup(STDERR_FILENO);
  dup2(terminal, STDERR_FILENO);
  body();
  dup2(saved, STDERR_FILENO);
  std::string shown(4096, '\0');
  const ssize_t count = read(master, shown.data(), shown.size());
  shown.resize(count > 0 ? count : 0);
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
  const std::string shown = on_terminal(80, [] {
    Progress progress(100);
    for (int i = 0; i <= 100; ++i) progress.update(i, "");
  });
  EXPECT_TRUE(says(shown, " 0/100"));
  EXPECT_TRUE(says(shown, " 100/100"));
  EXPECT_EQ(shown.find(" 1/100"), shown.npos);
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

TEST(Threads, FollowTheEnvironmentAndTheOption) {
  setenv("OMP_NUM_THREADS", "3,2", 1);
  EXPECT_EQ(default_threads(), 3);
  set_threads(0);
  EXPECT_EQ(omp_get_max_threads(), 3);
  set_threads(2);
  EXPECT_EQ(omp_get_max_threads(), 2);
  unsetenv("OMP_NUM_THREADS");
  EXPECT_GE(default_threads(), 1);
  EXPECT_THROW(set_threads(-1), Error);
}

}  // namespace
}  // namespace rotor
