// Refusal: the reason why a request is not answered, with its HTTP status.
#pragma once

#include "base/check.h"
#include "serve/http.h"

namespace rotor {

/// 400 not understood; 401 and 403 not allowed; 404 no such resource, or 405 not that way; 408 sent too slowly; 411,
/// 415 no JSON with its length; 413 and 431 too large; 422 understood, but beyond what this server or model does; 501
/// not known here; 503 too much waits; 504 not done in time.
class Refusal : public Error {
 public:
  Refusal(int status, const std::string& text, HttpFields fields = {})
      : Error(text), status_(status), fields_(std::move(fields)) {}
  int status() const { return status_; }
  /// Fields that the answer needs, as Allow of a 405.
  const HttpFields& fields() const { return fields_; }

 private:
  int status_;
  HttpFields fields_;
};

/// Throws a Refusal with that text.
template <typename... Args>
[[noreturn]] void refuse_request(int status, fmt::format_string<Args...> format, Args&&... args) {
  throw Refusal(status, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace rotor
