// Waiting for what another thread or process brings about.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace rotor {

/// Whether a condition comes true within a minute: ASSERT_TRUE(comes([&] { return done; })).
template <typename Condition>
testing::AssertionResult comes(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return testing::AssertionFailure() << "it did not come in a minute";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return testing::AssertionSuccess();
}

}  // namespace rotor
