// Service: what a server offers of its model, without HTTP: resources, and the answers to requests for them. There is
// one implementation for each kind of model (serve/translation_service.h, serve/text_service.h).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "serve/cancellation.h"
#include "serve/http.h"
#include "serve/metrics.h"
#include "serve/options.h"

namespace rotor {

struct Resource {
  const char *path, *methods;     ///< as "/translate", "POST, OPTIONS"
  bool takes_forms = false;       ///< the body of a POST may be a form, and not only JSON
  const char* missing = nullptr;  ///< why every request for it is answered with 501
};

/// The body of a POST, and how a key that stands in it is checked.
struct PostedBody {
  std::string path, text;
  bool is_form = false;
  /// Throws a Refusal (401) if the request needs a key and this is none.
  std::function<void(const std::string& key)> check_key;
};

class Service {
 public:
  /// A function that takes the body of an answer, JSON, or the exception that explains why there is none.
  using Reply = std::function<void(std::string, std::exception_ptr)>;

  virtual ~Service() = default;

  /// The resources of this kind of model; a server has /health and /metrics beside them.
  virtual std::vector<Resource> resources() const = 0;

  /// Starts to answer a POST to one of them. `reply` is called once: by this function, or by another thread later; it
  /// is not called if the work is cancelled before. A body that is refused is thrown, or given to `reply`, as a
  /// Refusal. Any thread may call.
  virtual void post(const PostedBody& body, Reply reply, Cancellation& cancellation) = 0;

  /// The answer to a GET of one of them.
  virtual HttpAnswer get(const std::string& path) const = 0;

  /// From now on batches are computed without waiting for more sentences or rows; any thread may call.
  virtual void hurry() = 0;

  /// Number of sentences or rows that wait to be computed.
  virtual int64_t waiting() const = 0;

  std::string health() const;
  std::string metrics() const { return metrics_.text(waiting()); }
  void count_request(int status) { metrics_.count_request(status); }

 protected:
  Service(const ServeOptions& options, std::vector<MetricName> counts, std::vector<MetricName> seconds)
      : options_(options), metrics_(std::move(counts), std::move(seconds)) {}

  /// Replies with the body that `make` makes, or with the exception that it throws: none may reach a thread that
  /// computes.
  static void reply_with(const Reply& reply, const std::function<std::string()>& make);

  const ServeOptions options_;
  Metrics metrics_;
};

/// The service of the model that the options name. Its files are read; one that is damaged or no model, and one of a
/// task that no server is for, is an Error.
std::unique_ptr<Service> make_service(const ServeOptions& options);

}  // namespace rotor
