// HttpHandler: the interface by which an HTTP server gets answers to the requests that it reads.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "serve/cancellation.h"
#include "serve/http.h"

namespace rotor {

class HttpHandler {
 public:
  /// Takes an answer; any thread may call, once.
  using Reply = std::function<void(HttpAnswer)>;

  virtual ~HttpHandler() = default;

  /// Throws a Refusal for a request that is refused by its head, before its body is read.
  virtual void check(const HttpHead& head) = 0;

  /// Answers a request, at once or later. It never blocks. A Refusal is answered too, another exception with 500.
  virtual void handle(HttpRequest request, const std::shared_ptr<Cancellation>& cancellation, Reply reply) = 0;

  /// Is told of every answer before it is sent, that of a Refusal too, and may add fields.
  virtual void answered(const std::string& client, const HttpHead& head, HttpAnswer& answer, double seconds) = 0;
};

/// The answer of a Refusal: {"error": its text}, with its status and fields, Retry-After where it may be asked again.
HttpAnswer refusal_answer(int status, const std::string& text, HttpFields fields = {});

}  // namespace rotor
