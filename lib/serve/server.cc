#include "serve/server.h"

#include <sys/resource.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <set>
#include <thread>

#include "base/log.h"
#include "base/option_text.h"
#include "base/signals.h"
#include "base/threads.h"
#include "serve/connection.h"
#include "serve/refusal.h"
#include "serve/router.h"
#include "tensor/allocator.h"

namespace rotor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr int kBacklog = 1024;  ///< connections that the system holds until they are accepted

/// Takes connections, up to a number at a time, on one thread that never blocks.
class Listener {
 public:
  explicit Listener(const ServeOptions& options)
      : options_(options), acceptor_(io_), retry_(io_), guard_(io_.get_executor()) {
    bind();
  }

  int port() const { return acceptor_.local_endpoint().port(); }

  /// Serves until stop() is called and all that was accepted has its answer.
  void run(HttpHandler& handler) {
    handler_ = &handler;
    await_connection();
    io_.run();
  }

  /// Any thread may call.
  void stop() {
    asio::post(io_, [this] {
      stopping_ = true;
      ErrorCode ignored;
      acceptor_.close(ignored);
      retry_.cancel();
      for (const auto& connection : std::set(connections_)) connection->stop();
      end_if_done();
    });
  }

 private:
  void bind() {
    ErrorCode error;
    tcp::resolver resolver(io_);
    for (const auto& entry :
         resolver.resolve(options_.host, std::to_string(options_.port), tcp::resolver::passive, error)) {
      listen_at(entry.endpoint(), error);
      if (!error) break;
    }
    ROTOR_CHECK(!error, "cannot listen on {}:{}: {}; choose another --port, or a --host of this machine", options_.host,
                options_.port, error.message());
    acceptor_.non_blocking(true);
  }

  void listen_at(const tcp::endpoint& endpoint, ErrorCode& error) {
    ErrorCode ignored;
    acceptor_.close(ignored);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(kBacklog, error);
  }

  /// Waits until a client knocks, if it can be let in then.
  void await_connection() {
    if (awaiting_ || stopping_) return;
    awaiting_ = true;
    acceptor_.async_wait(tcp::acceptor::wait_read, [this](const ErrorCode& error) {
      awaiting_ = false;
      if (!error && !stopping_) accept();
    });
  }

  void accept() {
    if (std::ssize(connections_) >= options_.connections && !close_an_idle_one()) {
      full_ = true;
      return;  // until one closes or has no request
    }
    full_ = false;
    ErrorCode error;
    tcp::socket socket = acceptor_.accept(io_, error);
    if (error == asio::error::no_descriptors || error == asio::error::no_memory) return try_again();
    if (!error) {
      const auto connection = std::make_shared<Connection>(
          std::move(socket), *handler_, limits(), [this](const std::shared_ptr<Connection>& it) { changed(it); });
      connections_.insert(connection);
      connection->start();
    }
    await_connection();
  }

  void try_again() {
    log::warn("cannot accept a connection now: the system has no memory or files for it");
    retry_.expires_after(std::chrono::seconds(1));
    retry_.async_wait([this](const ErrorCode& error) {
      if (!error) await_connection();
    });
  }

  /// Closes the connection that has waited for a request the longest; false if there is none.
  bool close_an_idle_one() {
    std::shared_ptr<Connection> oldest;
    for (const auto& connection : connections_) {
      const bool older = !oldest || connection->idle_since() < oldest->idle_since();
      if (connection->is_idle() && older) oldest = connection;
    }
    if (oldest) oldest->close();
    return oldest != nullptr;
  }

  void changed(const std::shared_ptr<Connection>& connection) {
    if (!connection->is_open()) connections_.erase(connection);
    if (full_) {
      full_ = false;
      await_connection();
    }
    end_if_done();
  }

  void end_if_done() {
    if (stopping_ && connections_.empty()) guard_.reset();
  }

  ConnectionLimits limits() const {
    const auto milliseconds = [](double seconds) {
      return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
    };
    ConnectionLimits limits;
    limits.max_body = static_cast<size_t>(options_.max_body);
    limits.request = milliseconds(options_.request_timeout);
    limits.answer = milliseconds(options_.timeout);
    return limits;
  }

  const ServeOptions& options_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  HttpHandler* handler_ = nullptr;
  std::set<std::shared_ptr<Connection>> connections_;
  bool awaiting_ = false, full_ = false, stopping_ = false;
};

/// Makes the system allow one open file for each connection, in addition to those that the server opens itself.
void allow_connections(int64_t connections) {
  constexpr int64_t kOthers = 64;
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = static_cast<rlim_t>(connections + kOthers);
  if (limit.rlim_cur >= needed) return;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  require(limit.rlim_cur >= needed, "expected --connections of at most {}, which the system allows (ulimit -n), got {}",
          static_cast<int64_t>(limit.rlim_cur) - kOthers, connections);
}

/// Serves until a signal comes, and then until every request that was accepted has its answer.
void run(Listener& listener, Router& router) {
  std::exception_ptr error;
  std::atomic<bool> ended = false;
  std::thread thread([&] {
    leave_signals_to_main_thread();
    try {
      listener.run(router);
    } catch (...) {
      error = std::current_exception();
    }
    ended = true;
  });
  while (signal_received() == 0 && !ended) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  listener.stop();
  router.hurry();  // the batches that wait for company, which no longer comes
  thread.join();
  if (error) std::rethrow_exception(error);
  throw Interrupted(signal_received());
}

}  // namespace

void serve(ServeOptions options) {
  options.check();
  if (options.task.empty()) options.read_model();  // later it would undo what was given in its place
  set_threads(options.compute.threads);
  allow_connections(options.connections);
  Listener listener(options);  // first: a port in use is told at once
  Router router(options);
  release_memory();  // what the loading of models took beyond them
  const bool is_v6 = options.host.find(':') != options.host.npos;
  log::info("serving {} on http://{}:{}", options.model, is_v6 ? "[" + options.host + "]" : options.host,
            listener.port());
  run(listener, router);
}

}  // namespace rotor
