#include "serve/router.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cctype>
#include <thread>

#include "base/log.h"
#include "base/signals.h"
#include "serve/refusal.h"
#include "serve/web_page.h"

namespace rotor {
namespace {

struct Resource {
  const char *path, *methods;
};

constexpr Resource kResources[] = {{"/translate", "POST, OPTIONS"},      {"/detect", "POST, OPTIONS"},
                                   {"/languages", "GET, HEAD, OPTIONS"}, {"/health", "GET, HEAD, OPTIONS"},
                                   {"/metrics", "GET, HEAD, OPTIONS"},   {"/", "GET, HEAD, OPTIONS"}};

const Resource& resource_at(const std::string& path) {
  const auto* found = std::find_if(std::begin(kResources), std::end(kResources),
                                   [&](const Resource& resource) { return path == resource.path; });
  if (found == std::end(kResources)) {
    refuse_request(404, "expected /translate, /languages, /health, /metrics or /, got another path");
  }
  return *found;
}

bool is_among(const std::string& method, const std::string& methods) {
  return (" " + methods + ",").find(" " + method + ",") != std::string::npos;
}

void check_target(const HttpHead& head) {
  const std::string& target = head.target;
  const bool known = target.starts_with('/') || target.starts_with("http://") || target.starts_with("https://") ||
                     (target == "*" && head.method == "OPTIONS");
  if (!known || target.find('#') != target.npos) {
    refuse_request(400, "expected a path as /translate in the request, got another target");
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

void check_body(const HttpHead& head) {
  if (head.field("content-length").empty() && head.field("transfer-encoding").empty()) {
    refuse_request(411, "expected a body with its length; send JSON");
  }
  if (media_type(head) != "application/json" && !is_form(head)) {
    refuse_request(415, "expected Content-Type: application/json, got '{}'; say that the body is JSON",
                   head.field("content-type"));
  }
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
    : options_(options), access_(options), log_(options.access_log), page_(web_page(options)), service_(options) {
  std::thread([this] {  // whose mask of signals they inherit
    leave_signals_to_main_thread();
    readers_ = std::make_unique<Readers>();
  })
      .join();
}

Router::~Router() {
  readers_->join();
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
  if (head.path() == "/detect") refuse_request(501, "this server translates, and detects no languages");
  access_.admits(head);
  check_body(head);
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
  boost::asio::post(*readers_, [this, request = std::move(request), cancellation, reply = std::move(reply)] {
    if (cancellation->cancelled()) return;
    try {
      translate(request, *cancellation, reply);
    } catch (const std::exception&) {
      reply(answer_of(std::current_exception()));
    }
  });
}

HttpAnswer Router::get(const std::string& path) const {
  if (path == "/health") return {.body = service_.health()};
  if (path == "/languages") return {.body = languages_answer(options_)};
  if (path == "/metrics") return {.type = "text/plain; version=0.0.4", .body = service_.metrics()};
  return {.type = "text/html; charset=utf-8",
          .body = page_,
          .fields = {{"Content-Security-Policy",
                      "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; "
                      "style-src 'unsafe-inline'; frame-ancestors 'none'"}}};
}

void Router::translate(const HttpRequest& request, Cancellation& cancellation, const Reply& reply) {
  TranslateRequest wishes = is_form(request.head) ? read_translate_form(request.body, options_)
                                                  : read_translate_request(request.body, options_);
  if (!access_.admits(request.head)) access_.check_key(wishes.api_key);
  service_.translate(
      std::move(wishes),
      [reply](std::string body, const std::exception_ptr& error) {
        reply(error ? answer_of(error) : HttpAnswer{.body = std::move(body)});
      },
      cancellation);
}

void Router::answered(const std::string& client, const HttpHead& head, HttpAnswer& answer, double seconds) {
  access_.allow_page(head, answer);
  service_.count_request(answer.status);
  log_.add(client, head, answer, seconds);
}

}  // namespace rotor
