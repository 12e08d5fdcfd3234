// RequestReader: makes a request from the bytes of a connection, however they are split.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "serve/http.h"

namespace rotor {

class RequestReader {
 public:
  static constexpr size_t kMaxHead = 16384;  ///< greatest number of bytes of a request before its body

  explicit RequestReader(size_t max_body);
  ~RequestReader();

  /// Reads the next bytes of the connection, from the first that was not used yet, and returns how many are used now;
  /// it uses none behind the end of the request. A Refusal (400, 411, 413, 415, 431, 501, 505) for what is no request
  /// of HTTP/1.1, or too large.
  size_t read(std::string_view bytes);

  bool has_head() const;
  /// Whether all of the request is read; never after a Refusal, as what follows cannot be told from its body.
  bool complete() const;
  /// Whether the client asks for "100 Continue" before it sends the body.
  bool expects_continue() const;

  /// The head as far as it was read; after a Refusal it may be incomplete.
  HttpHead head() const;

  /// The request, once complete; the reader is ready for the next one then.
  HttpRequest take();

 private:
  struct Parser;
  void check_head() const;

  const size_t max_body_;
  std::unique_ptr<Parser> parser_;
  bool failed_ = false;
};

}  // namespace rotor
