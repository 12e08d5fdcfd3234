// Router: the resources of rotor-serve.
//   POST /translate   JSON in, JSON out (serve/translate_request.h, serve/answer.h); a form of LibreTranslate too
//   GET /languages    those of the model, as LibreTranslate tells them
//   GET /health       that it is ready, with the model
//   GET /metrics      what it counts, for Prometheus
//   GET /             a page to translate on
// HEAD is answered as GET without the body, OPTIONS with the methods of a resource. An error is {"error": one line}
// under its HTTP status.
#pragma once

#include <memory>

#include "serve/access.h"
#include "serve/access_log.h"
#include "serve/http_handler.h"
#include "serve/service.h"

namespace rotor {

class Router : public HttpHandler {
 public:
  /// Reads models and keys. Errors are those of Service, Access and AccessLog.
  explicit Router(const ServeOptions& options);
  ~Router() override;

  void check(const HttpHead& head) override;
  void handle(HttpRequest request, const std::shared_ptr<Cancellation>& cancellation, Reply reply) override;
  void answered(const std::string& client, const HttpHead& head, HttpAnswer& answer, double seconds) override;

 private:
  class Readers;
  HttpAnswer get(const std::string& path) const;
  void translate(const HttpRequest& request, Cancellation& cancellation, const Reply& reply);

  const ServeOptions options_;
  const Access access_;
  AccessLog log_;
  const std::string page_;
  Service service_;
  std::unique_ptr<Readers> readers_;  ///< threads that read the bodies of requests
};

}  // namespace rotor
