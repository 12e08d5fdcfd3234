#include "serve/server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>
#include <thread>

#include "base/log.h"
#include "base/progress.h"
#include "base/signals.h"
#include "serve/page.h"
#include "serve/refusal.h"
#include "serve/service.h"

namespace rotor {
namespace {

constexpr const char* kJson = "application/json";
constexpr int kBacklog = 1024;      ///< connections that the system holds until they are accepted
constexpr time_t kIdleSeconds = 2;  ///< a connection without a request is closed then; a stop waits as long

void answer_error(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  if (status == 503) response.set_header("Retry-After", "1");
  response.set_content(error_answer(text), kJson);
}

/// Reads the body of a request, whatever its type is called, and drops what is above the limit.
std::string read_body(const httplib::Request& request, const httplib::Response& response,
                      const httplib::ContentReader& read, int64_t most) {
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) {
    refuse_request(411, "expected a body with its length; send JSON");
  }
  if (request.is_multipart_form_data()) {
    // Read all the same, or it would pass for the next request.
    read([](const httplib::MultipartFormData&) { return true; }, [](const char*, size_t) { return true; });
    refuse_request(415, "expected JSON, got a form; send application/json");
  }
  std::string body;
  bool fits = true;
  const bool complete = read([&](const char* data, size_t size) {
    fits = fits && body.size() + size <= static_cast<size_t>(most);
    if (fits) body.append(data, size);
    return true;
  });
  fits = fits && response.status != 413;  // the library's word, where the length is told
  if (!fits) refuse_request(413, "expected a body of at most {} bytes, got more; send less at a time", most);
  if (!complete) refuse_request(400, "expected the whole body, got a part of it; send it again");
  return body;
}

/// What the library says by a status alone is told in JSON too.
std::string reason(int status, int64_t max_body) {
  switch (status) {
    case 404:
      return "expected /translate, /health, /metrics or /, got another path";
    case 413:
      return fmt::format("expected a body of at most {} bytes, got more; send less at a time", max_body);
    case 414:
      return "expected a shorter address";
    default:
      return "expected a request that HTTP/1.1 knows";
  }
}

void add_routes(httplib::Server& server, Service& service, const ServeOptions& options) {
  const int64_t max_body = options.max_body;
  server.Post("/translate", [&service, max_body](const httplib::Request& request, httplib::Response& response,
                                                 const httplib::ContentReader& read) {
    try {
      response.set_content(service.translate(read_body(request, response, read, max_body)), kJson);
    } catch (const Refusal& refusal) {
      answer_error(response, refusal.status(), refusal.what());
    }
  });
  server.Get("/translate", [](const httplib::Request&, httplib::Response& response) {
    response.set_header("Allow", "POST");
    answer_error(response, 405, R"(expected POST, got GET; send {"text": "A sentence."})");
  });
  server.Get("/health", [&service](const httplib::Request&, httplib::Response& response) {
    response.set_content(service.health(), kJson);
  });
  server.Get("/metrics", [&service](const httplib::Request&, httplib::Response& response) {
    response.set_content(service.metrics(), "text/plain; version=0.0.4");
  });
  server.Get("/", [html = page(options)](const httplib::Request&, httplib::Response& response) {
    response.set_header("Content-Security-Policy",
                        "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; "
                        "style-src 'unsafe-inline'");
    response.set_content(html, "text/html; charset=utf-8");
  });
  server.set_error_handler([max_body](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty()) answer_error(response, response.status, reason(response.status, max_body));
  });
  server.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, const std::exception_ptr& thrown) {
        try {
          std::rethrow_exception(thrown);
        } catch (const std::exception& error) {
          log::warn("a request failed: {}", error.what());
          answer_error(response, 500, error.what());
        }
      });
  server.set_logger([&service](const httplib::Request&, const httplib::Response& response) {
    service.count_request(response.status);
  });
}

/// Takes the port, and returns its number. Connections wait until they are accepted.
int bind(httplib::Server& server, const ServeOptions& options) {
  int listening = -1;
  // The library's own options would let a second server share the port.
  server.set_socket_options([&](int socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    listening = socket;
  });
  errno = 0;
  const int port = options.port == 0 ? server.bind_to_any_port(options.host)
                   : server.bind_to_port(options.host, static_cast<int>(options.port)) ? static_cast<int>(options.port)
                                                                                       : -1;
  CHECK(port > 0, "cannot listen on {}:{}: {}; choose another --port, or a --host of this machine", options.host,
        options.port, errno == 0 ? "no such address" : std::strerror(errno));
  listen(listening, kBacklog);  // more than the library's 5
  return port;
}

void configure(httplib::Server& server, const ServeOptions& options) {
  server.new_task_queue = [threads = static_cast<size_t>(options.connections)] {
    return new httplib::ThreadPool(threads);
  };
  server.set_keep_alive_max_count(std::numeric_limits<size_t>::max());
  server.set_keep_alive_timeout(kIdleSeconds);
  server.set_tcp_nodelay(true);
  server.set_payload_max_length(static_cast<size_t>(options.max_body));
}

/// Serves until a signal comes, and then until every request that was accepted has its answer.
void run(httplib::Server& server) {
  std::atomic<bool> ended = false;
  std::thread listener([&] {
    leave_signals_to_main_thread();
    server.listen_after_bind();
    ended = true;
  });
  while (signal_received() == 0 && !ended) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  while (!server.is_running() && !ended) std::this_thread::yield();
  server.stop();
  listener.join();
  if (const int number = signal_received()) throw Interrupted(number);
  fail("the system closed the port; start the server again");
}

}  // namespace

void serve(const ServeOptions& options) {
  options.check();
  set_threads(options.threads);
  httplib::Server server;
  configure(server, options);
  const int port = bind(server, options);  // first: a port in use is told at once
  Service service(options);
  add_routes(server, service, options);
  log::info("serving {} on http://{}:{}", options.model, options.host, port);
  run(server);
}

}  // namespace rotor
