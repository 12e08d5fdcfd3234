#include "serve/connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

namespace asio = boost::asio;

constexpr size_t kMostInput = 1 << 16;    ///< bytes that are read ahead of the request that is answered
constexpr double kSlowestBytes = 10'000;  ///< a second, that a client must take of an answer
constexpr std::chrono::milliseconds kDraining{1'000};

std::string address_of(const Connection::Socket& socket) {
  boost::system::error_code error;
  const auto peer = socket.remote_endpoint(error);
  return error ? "-" : peer.address().to_string();
}

}  // namespace

Connection::Connection(Socket socket, HttpHandler& handler, const ConnectionLimits& limits, Changed changed)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      left_timer_(socket_.get_executor()),
      handler_(handler),
      limits_(limits),
      changed_(std::move(changed)),
      client_(address_of(socket_)),
      reader_(limits.max_body) {}

void Connection::start() {
  ErrorCode ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  wait(limits_.request, &Connection::refuse_late_request);  // not `idle`: who connects has something to say
  read();
}

/// Calls a member after some time, in the place of what was waited for before.
void Connection::wait(std::chrono::milliseconds time, void (Connection::*late)()) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this(), late, number = ++waits_](const ErrorCode& error) {
    if (!error && self->waits_ == number && self->is_open()) ((*self).*late)();
  });
}

/// Waits for bytes, also while a request is worked on: so it is seen that the client left.
void Connection::read() {
  if (reading_ || ended_ || !is_open() || input_.size() >= kMostInput) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](const ErrorCode& error, size_t count) {
    self->reading_ = false;
    self->receive(error, count);
  });
}

void Connection::receive(const ErrorCode& error, size_t count) {
  if (!is_open()) return;
  if (error == asio::error::eof) return end_of_input();
  if (error) return close();
  if (state_ != State::kClosing) input_.append(chunk_.data(), count);
  proceed();
  read();
}

/// The client sends no more; it may still wait for the answers to what it sent.
void Connection::end_of_input() {
  ended_ = true;
  if (state_ == State::kClosing || is_idle()) return close();
  if (state_ == State::kReading) {
    try {
      refuse_request(400, "expected the whole request, got a part of it; send it again");
    } catch (const Refusal& refusal) {
      refuse(refusal);
    }
  } else if (state_ == State::kWorking) {
    ask_whether_it_listens();
  }
}

/// A client that has closed the connection looks as one that has only said its last request, until something is sent to
/// it: the system of the first answers that it knows of no such connection, by which the work is cancelled.
void Connection::ask_whether_it_listens() {
  if (head_.version < 11) return;  // HTTP/1.0 knows no answer before the answer
  left_timer_.expires_after(limits_.left);
  left_timer_.async_wait([self = shared_from_this(), number = number_](const ErrorCode& error) {
    if (error || !self->is_open() || self->number_ != number || self->state_ != State::kWorking) return;
    static const std::string kStillHere = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(self->socket_, asio::buffer(kStillHere), [self](const ErrorCode& failed, size_t) {
      if (failed) return self->close();
      self->socket_.async_wait(Socket::wait_error, [self](const ErrorCode& gone) {
        if (!gone && self->state_ == State::kWorking) self->close();
      });
    });
  });
}

/// Goes on with what has been received, as far as that goes.
void Connection::proceed() {
  if (state_ != State::kReading || input_.empty()) return;
  if (!begun_) {
    begun_ = true;
    begin_ = std::chrono::steady_clock::now();
    wait(limits_.request, &Connection::refuse_late_request);
  }
  try {
    parse();
  } catch (const std::exception& error) {
    refuse(error);
  }
}

void Connection::parse() {
  input_.erase(0, reader_.read(input_));
  if (!checked_ && reader_.has_head()) {
    handler_.check(reader_.head());
    checked_ = true;
    if (reader_.expects_continue() && input_.empty()) {
      static const std::string kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(socket_, asio::buffer(kContinue), [self = shared_from_this()](const ErrorCode& error, size_t) {
        if (error) self->close();
      });
    }
  }
  if (reader_.complete()) work();
}

void Connection::work() {
  HttpRequest request = reader_.take();
  head_ = request.head;
  keep_alive_ = head_.keep_alive;
  state_ = State::kWorking;
  ++number_;
  cancellation_ = std::make_shared<Cancellation>();
  wait(limits_.answer, &Connection::refuse_late_answer);
  if (ended_) ask_whether_it_listens();
  handler_.handle(std::move(request), cancellation_,
                  [weak = weak_from_this(), executor = socket_.get_executor(), number = number_](HttpAnswer answer) {
                    asio::post(executor, [weak, number, answer = std::move(answer)]() mutable {
                      const auto self = weak.lock();
                      if (!self || self->number_ != number || self->state_ != State::kWorking) return;
                      self->answer(std::move(answer));
                    });
                  });
}

/// Answers what is wrong with a request; if that is not read to its end, what follows is no request.
void Connection::refuse(const std::exception& error) {
  head_ = reader_.head();
  keep_alive_ = reader_.complete() && head_.keep_alive;
  if (keep_alive_) reader_.take();
  if (const auto* refusal = dynamic_cast<const Refusal*>(&error)) {
    answer(refusal_answer(refusal->status(), refusal->what(), refusal->fields()));
  } else {
    log::warn("a request failed: {}", error.what());
    answer(refusal_answer(500, error.what()));
  }
}

void Connection::refuse_late_request() {
  if (is_idle()) return close();
  refuse(Refusal(408, fmt::format("expected the whole request within {} seconds, got a part of it; send it faster",
                                  std::chrono::duration<double>(limits_.request).count())));
}

void Connection::refuse_late_answer() {
  cancellation_->cancel();
  answer(refusal_answer(504, "expected to be done in time, was not; send less at a time, or try again later"));
}

void Connection::answer(HttpAnswer answer) {
  state_ = State::kWriting;
  keep_alive_ = keep_alive_ && !(stopping_ && input_.empty()) && !(ended_ && input_.empty());
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin_;
  cancellation_ = nullptr;
  handler_.answered(client_, head_, answer, seconds.count());
  write(http_text(answer, keep_alive_, head_.method == "HEAD"));
}

void Connection::write(std::string text) {
  output_ = std::move(text);
  const auto time = std::chrono::duration<double>(static_cast<double>(output_.size()) / kSlowestBytes);
  wait(limits_.request + std::chrono::duration_cast<std::chrono::milliseconds>(time), &Connection::close);
  asio::async_write(socket_, asio::buffer(output_),
                    [self = shared_from_this()](const ErrorCode& error, size_t) { self->written(error); });
}

void Connection::written(const ErrorCode& error) {
  if (error || !is_open()) return close();
  if (!keep_alive_) return drain();
  output_.clear();
  state_ = State::kReading;
  begun_ = checked_ = false;
  idle_since_ = std::chrono::steady_clock::now();
  if (ended_ && input_.empty()) return close();
  wait(limits_.idle, &Connection::refuse_late_request);
  if (stopping_) return stop();
  changed_(shared_from_this());
  proceed();
  if (ended_ && state_ == State::kReading) end_of_input();
  read();
}

/// Lets the client read the answer: closed with bytes unread, the connection would be reset, and the answer lost.
void Connection::drain() {
  ErrorCode ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  state_ = State::kClosing;
  input_.clear();
  if (ended_) return close();
  wait(kDraining, &Connection::close);
  read();
}

void Connection::stop() {
  stopping_ = true;
  if (state_ != State::kReading || !is_open()) return;
  ErrorCode error;
  socket_.non_blocking(true, error);
  while (!error && input_.size() < limits_.max_body + RequestReader::kMaxHead) {
    const size_t count = socket_.read_some(asio::buffer(chunk_), error);  // what came and was not seen yet
    input_.append(chunk_.data(), error ? 0 : count);
  }
  proceed();
  if (state_ == State::kReading) close();
}

void Connection::close() {
  if (!is_open()) return;
  const auto self = shared_from_this();
  if (cancellation_) cancellation_->cancel();
  cancellation_ = nullptr;
  ErrorCode ignored;
  timer_.cancel();
  left_timer_.cancel();
  socket_.close(ignored);
  changed_(self);
}

}  // namespace rotor
