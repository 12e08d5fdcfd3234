#include "base/signals.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <iostream>

#include "base/check.h"
#include "base/command.h"
#include "base/log.h"
#include "base/progress.h"

namespace rotor {
namespace {

TEST(Signals, TheFirstIsSeenByTheCommandAndGivesTheExitCode) {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) {
    const Outcome outcome = run_as_command([number] {
      signal(SIGHUP, SIG_DFL);  // which nohup ignores
      catch_signals();
      ROTOR_CHECK(signal_received() == 0, "no signal yet");
      raise(number);
      std::cout << "saved";
      if (int received = signal_received()) throw Interrupted(received);
    });
    EXPECT_EQ(exit_code(outcome), 128 + number);
    EXPECT_EQ(outcome.out, "saved");
  }
}

TEST(Signals, TheFirstIsAnsweredByANotice) {
  const Outcome outcome = run_as_command([] {
    catch_signals("stopping soon");
    raise(SIGINT);
    if (int received = signal_received()) throw Interrupted(received);
  });
  EXPECT_EQ(exit_code(outcome), 130);
  EXPECT_TRUE(outcome.err.starts_with("stopping soon\n")) << outcome.err;
}

TEST(Signals, EndTheProcessAtOnceWhereNothingIsToBeSaved) {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) {
    const Outcome outcome = run_as_command([number] {
      signal(SIGHUP, SIG_DFL);
      end_at_signals();
      raise(SIGUSR1);
      std::cout << "before" << std::flush;
      raise(number);
      std::cout << "still here" << std::flush;
    });
    EXPECT_EQ(exit_code(outcome), 128 + number);
    EXPECT_EQ(outcome.out, "before");
    EXPECT_TRUE(says(outcome.err, ": stopped by signal " + std::to_string(number)));
  }
}

TEST(Signals, ThoseOfOneEventAreOneRequest) {
  for (const auto& [first, again] : {std::pair{SIGHUP, SIGHUP}, {SIGTERM, SIGTERM}, {SIGTERM, SIGHUP}}) {
    const Outcome outcome = run_as_command([first = first, again = again] {
      signal(SIGHUP, SIG_DFL);
      catch_signals("stopping soon");
      raise(first);
      raise(again);
      std::cout << "saved";
      if (int received = signal_received()) throw Interrupted(received);
    });
    EXPECT_EQ(exit_code(outcome), 128 + first);
    EXPECT_EQ(outcome.out, "saved");
    ASSERT_NE(outcome.err.find("stopping soon"), std::string::npos);
    EXPECT_EQ(outcome.err.find("stopping soon"), outcome.err.rfind("stopping soon")) << outcome.err;
  }
}

TEST(Signals, ALaterOneEndsAtOnce) {
  const double start = seconds_now();
  const Outcome outcome = run_as_command([] {
    catch_signals();
    raise(SIGINT);
    const double end = seconds_now() + 60;
    while (seconds_now() < end) raise(SIGTERM);
    std::cout << "still here" << std::flush;
  });
  EXPECT_GE(seconds_now() - start, 0.9) << "which the signals of one event may take";
  EXPECT_EQ(exit_code(outcome), 128 + SIGTERM);
  EXPECT_EQ(outcome.out, "");
}

/// Makes standard error a pipe whose reader is gone, and a write to it the end of the process, as it is by default.
void lose_the_reader() {
  signal(SIGPIPE, SIG_DFL);
  int ends[2];
  ROTOR_CHECK(pipe(ends) == 0, "cannot make a pipe");
  close(ends[0]);
  dup2(ends[1], STDERR_FILENO);
}

TEST(Signals, TheFirstOneTakesItsExitCodeThoughItEndedTheReaderOfTheLog) {
  for (const bool saves : {true, false}) {
    const Outcome outcome = run_as_command([saves] {
      lose_the_reader();
      saves ? catch_signals("stopping soon") : end_at_signals();
      raise(SIGINT);
      std::cout << "saved";
      if (int received = signal_received()) throw Interrupted(received);
    });
    EXPECT_EQ(exit_code(outcome), 128 + SIGINT) << saves;
    EXPECT_EQ(outcome.out, saves ? "saved" : "");
  }
}

TEST(Signals, AReaderThatIsGoneEndsNoCommandThatHasWorkToSave) {
  const Outcome outcome = run_as_command([] {
    lose_the_reader();
    end_at_signals();
    catch_signals("stopping soon");
    log::info("update 1");
    std::cout << "saved";
  });
  EXPECT_EQ(exit_code(outcome), 0);
  EXPECT_EQ(outcome.out, "saved");
}

TEST(Signals, ARequestToSaveIsSeenOnceAndStopsNothing) {
  const Outcome outcome = run_as_command([] {
    catch_signals();
    ROTOR_CHECK(!take_save_request(), "no request yet");
    for (int round = 0; round < 2; ++round) {
      raise(SIGUSR1);
      raise(SIGUSR1);
      ROTOR_CHECK(take_save_request(), "the request was not seen");
      ROTOR_CHECK(!take_save_request(), "the request was seen twice");
    }
    ROTOR_CHECK(signal_received() == 0, "a request to save is none to stop");
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

TEST(Signals, AnIgnoredHangUpStaysIgnored) {
  const Outcome outcome = run_as_command([] {
    signal(SIGHUP, SIG_IGN);
    catch_signals();
    raise(SIGHUP);
    ROTOR_CHECK(signal_received() == 0, "the hang-up was seen");
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

}  // namespace
}  // namespace rotor
