// Connection: a client's connection, on which requests come one after the other and are answered in their order. What
// it holds is bounded, and so is the time that it waits for the client; it never blocks.
//
//   reading ──a whole request──▶ working ──the answer──▶ writing ──▶ reading …
//      └──────a Refusal, by the head alone or the time──────┘ └──▶ closing, where no other request may come
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "serve/http_handler.h"
#include "serve/request_reader.h"

namespace rotor {

struct ConnectionLimits {
  size_t max_body = 1 << 20;
  std::chrono::milliseconds request{10'000};  ///< from the first byte of a request to its last
  std::chrono::milliseconds answer{60'000};   ///< from a request to its answer
  std::chrono::milliseconds idle{60'000};     ///< between requests
  std::chrono::milliseconds left{1'000};  ///< work goes on as long after a client stopped sending, unless it listens
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using ErrorCode = boost::system::error_code;
  /// Is called by a connection that waits for a request or is closed.
  using Changed = std::function<void(const std::shared_ptr<Connection>&)>;

  /// `handler` must outlive this. All is done by the thread of the socket's executor, which is one.
  Connection(Socket socket, HttpHandler& handler, const ConnectionLimits& limits, Changed changed);

  void start();
  /// Takes no more requests: closes unless there is a whole one, else once that is answered.
  void stop();
  void close();

  bool is_open() const { return socket_.is_open(); }
  /// Whether nothing of a request has come.
  bool is_idle() const { return state_ == State::kReading && input_.empty() && !begun_; }
  std::chrono::steady_clock::time_point idle_since() const { return idle_since_; }

 private:
  enum class State { kReading, kWorking, kWriting, kClosing };

  void wait(std::chrono::milliseconds time, void (Connection::*late)());
  void read();
  void receive(const ErrorCode& error, size_t count);
  void end_of_input();
  void proceed();
  void parse();
  void work();
  void answer(HttpAnswer answer);
  void refuse(const std::exception& error);
  void refuse_late_request();
  void refuse_late_answer();
  void ask_whether_it_listens();
  void write(std::string text);
  void written(const ErrorCode& error);
  void drain();

  Socket socket_;
  boost::asio::steady_timer timer_, left_timer_;
  HttpHandler& handler_;
  const ConnectionLimits limits_;
  const Changed changed_;
  const std::string client_;

  State state_ = State::kReading;
  RequestReader reader_;
  std::array<char, 16384> chunk_;
  std::string input_, output_;                   ///< bytes that were received and not used yet; bytes to send
  HttpHead head_;                                ///< of the request that is worked on or answered
  std::chrono::steady_clock::time_point begin_;  ///< of the request
  std::chrono::steady_clock::time_point idle_since_ = std::chrono::steady_clock::now();
  std::shared_ptr<Cancellation> cancellation_;
  int64_t waits_ = 0;       ///< so that a time that was waited for before is known
  int64_t number_ = 0;      ///< of the request, so that late answers to others are known
  bool begun_ = false;      ///< a byte of a request has come
  bool checked_ = false;    ///< its head has passed
  bool reading_ = false;    ///< bytes are waited for
  bool ended_ = false;      ///< the client sends no more
  bool keep_alive_ = true;  ///< the connection outlives the answer
  bool stopping_ = false;
};

}  // namespace rotor
