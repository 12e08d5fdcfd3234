#include "serve/router.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cctype>
#include <thread>

#include "base/log.h"
#include "base/signals.h"
#include "serve/answer.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

std::vector<Resource> with_common(std::vector<Resource> resources) {
  for (const char* path : {"/health", "/metrics"}) resources.push_back({.path = path, .methods = "GET, HEAD, OPTIONS"});
  return resources;
}

std::string not_found(const std::vector<Resource>& resources, const std::string& task) {
  std::vector<std::string> paths;
  for (const Resource& resource : resources) {
    if (!resource.missing) paths.emplace_back(resource.path);
  }
  const std::string last = paths.back();
  paths.pop_back();
  return fmt::format("expected {} or {}, got another path; the model of this server is of the task {}",
                     fmt::join(paths, ", "), last, task);
}

bool is_among(const std::string& method, const std::string& methods) {
  return (" " + methods + ",").find(" " + method + ",") != std::string::npos;
}

void check_target(const HttpHead& head) {
  const std::string& target = head.target;
  const bool known = target.starts_with('/') || target.starts_with("http://") || target.starts_with("https://") ||
                     (target == "*" && head.method == "OPTIONS");
  if (!known || target.find('#') != target.npos) {
    refuse_request(400, "expected a path as /health in the request, got another target");
  }
}

std::string media_type(const HttpHead& head) {
  std::string type = head.field("content-type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && std::isspace(static_cast<unsigned char>(type.back()))) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  return type;
}

bool is_form(const HttpHead& head) {
  return media_type(head) == "application/x-www-form-urlencoded";
}

HttpAnswer answer_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Refusal& refusal) {
    return refusal_answer(refusal.status(), refusal.what(), refusal.fields());
  } catch (const std::exception& failure) {
    log::warn("a request failed: {}", failure.what());
    return refusal_answer(500, failure.what());
  }
}

HttpAnswer options_answer(const std::string& methods) {
  return {204, "", "", {{"Allow", methods}}};
}

}  // namespace

HttpAnswer refusal_answer(int status, const std::string& text, HttpFields fields) {
  if (status == 503) fields.emplace_back("Retry-After", "1");
  return {status, "application/json", error_answer(text), std::move(fields)};
}

/// Two, so that a large body does not keep a small one waiting.
class Router::Readers : public boost::asio::thread_pool {
 public:
  Readers() : thread_pool(2) {}
};

Router::Router(const ServeOptions& options)
    : access_(options),
      log_(options.access_log),
      service_(make_service(options)),
      resources_(with_common(service_->resources())),
      not_found_(not_found(resources_, options.task)) {
  std::thread([this] {  // whose mask of signals they inherit
    leave_signals_to_main_thread();
    readers_ = std::make_unique<Readers>();
  })
      .join();
}

Router::~Router() {
  readers_->join();
}

const Resource& Router::resource_at(const std::string& path) const {
  const auto found = std::find_if(resources_.begin(), resources_.end(),
                                  [&](const Resource& resource) { return path == resource.path; });
  if (found == resources_.end()) throw Refusal(404, not_found_);
  return *found;
}

void Router::check_body(const HttpHead& head, const Resource& resource) const {
  if (head.field("content-length").empty() && head.field("transfer-encoding").empty()) {
    refuse_request(411, "expected a body with its length; send JSON");
  }
  if (media_type(head) != "application/json" && !(resource.takes_forms && is_form(head))) {
    refuse_request(415, "expected Content-Type: application/json, got '{}'; say that the body is JSON",
                   head.field("content-type"));
  }
}

void Router::check(const HttpHead& head) {
  check_target(head);
  access_.check(head);
  if (head.target == "*") return;
  const Resource& resource = resource_at(head.path());
  if (!is_among(head.method, resource.methods)) {
    const std::string methods = resource.methods;
    throw Refusal(
        405, fmt::format("expected {} to {}, got {}", methods.substr(0, methods.find(',')), resource.path, head.method),
        {{"Allow", resource.methods}});
  }
  if (head.method != "POST") return;
  if (resource.missing) throw Refusal(501, resource.missing);
  access_.admits(head);
  check_body(head, resource);
}

void Router::handle(HttpRequest request, const std::shared_ptr<Cancellation>& cancellation, Reply reply) {
  if (request.head.target == "*") return reply(options_answer("GET, HEAD, POST, OPTIONS"));
  const std::string path = request.head.path();
  if (request.head.method == "OPTIONS") return reply(options_answer(resource_at(path).methods));
  if (request.head.method != "POST") {
    try {
      return reply(get(path));
    } catch (const Refusal&) {
      return reply(answer_of(std::current_exception()));
    }
  }
  boost::asio::post(*readers_, [this, request = std::move(request), cancellation, reply = std::move(reply)]() mutable {
    if (cancellation->cancelled()) return;
    try {
      post(std::move(request), *cancellation, reply);
    } catch (const std::exception&) {
      reply(answer_of(std::current_exception()));
    }
  });
}

HttpAnswer Router::get(const std::string& path) const {
  if (path == "/health") return {.body = service_->health()};
  if (path == "/metrics") return {.type = "text/plain; version=0.0.4", .body = service_->metrics()};
  return service_->get(path);
}

void Router::post(HttpRequest request, Cancellation& cancellation, const Reply& reply) {
  const HttpHead& head = request.head;
  service_->post(
      {.path = head.path(),
       .text = std::move(request.body),
       .is_form = is_form(head),
       .check_key =
           [&](const std::string& key) {
             if (!access_.admits(head)) access_.check_key(key);
           }},
      [reply](std::string body, const std::exception_ptr& error) {
        reply(error ? answer_of(error) : HttpAnswer{.body = std::move(body)});
      },
      cancellation);
}

void Router::answered(const std::string& client, const HttpHead& head, HttpAnswer& answer, double seconds) {
  access_.allow_page(head, answer);
  service_->count_request(answer.status);
  log_.add(client, head, answer, seconds);
}

}  // namespace rotor
