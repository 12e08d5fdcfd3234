// Router: the resources of rotor-serve: those of the service of its model, and
//   GET /health       that it is ready, with the model
//   GET /metrics      what it counts, for Prometheus
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
  /// Reads models and keys. Errors are those of make_service(), Access and AccessLog.
  explicit Router(const ServeOptions& options);
  ~Router() override;

  void check(const HttpHead& head) override;
  void handle(HttpRequest request, const std::shared_ptr<Cancellation>& cancellation, Reply reply) override;
  void answered(const std::string& client, const HttpHead& head, HttpAnswer& answer, double seconds) override;

  /// Service::hurry(), for when no more requests are accepted.
  void hurry() { service_->hurry(); }

 private:
  class Readers;
  const Resource& resource_at(const std::string& path) const;
  void check_body(const HttpHead& head, const Resource& resource) const;
  HttpAnswer get(const std::string& path) const;
  void post(HttpRequest request, Cancellation& cancellation, const Reply& reply);

  const Access access_;
  AccessLog log_;
  const std::unique_ptr<Service> service_;
  const std::vector<Resource> resources_;
  const std::string not_found_;       ///< the refusal of other paths
  std::unique_ptr<Readers> readers_;  ///< threads that read the bodies of requests
};

}  // namespace rotor
