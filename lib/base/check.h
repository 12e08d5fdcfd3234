// CHECK, the only way in which Rotor reports a failure: ROTOR_CHECK(condition, "expected …, got {}", …) throws
// rotor::Error, whose text is the one line that a user sees: it says what was expected, what came, and what to do.
#pragma once

#include <fmt/format.h>

#include <stdexcept>

namespace rotor {

/// A failure the user can act on. Commands print its text on one line and exit with 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Wrong usage of a command: an unknown option or choice. Commands exit with 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace rotor

#define ROTOR_CHECK(condition, ...) \
  do {                              \
    if (!(condition)) [[unlikely]]  \
      ::rotor::fail(__VA_ARGS__);   \
  } while (false)
