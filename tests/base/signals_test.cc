#include "base/signals.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <iostream>

#include "base/check.h"
#include "base/command.h"

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

TEST(Signals, TheSecondEndsAtOnce) {
  const Outcome outcome = run_as_command([] {
    catch_signals();
    raise(SIGINT);
    raise(SIGTERM);
    std::cout << "still here" << std::flush;
  });
  EXPECT_EQ(exit_code(outcome), 128 + SIGTERM);
  EXPECT_EQ(outcome.out, "");
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
