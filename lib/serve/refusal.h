// Refusal: why a request is not answered, with the HTTP status that says so.
#pragma once

#include "base/check.h"

namespace rotor {

/// 400 not understood; 413 too large; 422 understood, but beyond what this server or model does; 503 too much waits;
/// 504 not done in time.
class Refusal : public Error {
 public:
  Refusal(int status, const std::string& text) : Error(text), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

/// Throws a Refusal of that text.
template <typename... Args>
[[noreturn]] void refuse_request(int status, fmt::format_string<Args...> format, Args&&... args) {
  throw Refusal(status, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace rotor
