#include "serve/server.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <iostream>
#include <thread>

#include "base/check.h"
#include "base/command.h"
#include "base/scratch.h"
#include "base/signals.h"
#include "serve/tiny_text_model.h"

namespace rotor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class Server : public testing::Test {
 protected:
  void SetUp() override {
    options_.model = folder_ / "model.safetensors";
    options_.compute.threads = 1;
    write_text_model(options_.model, tiny_text_options(kSentencePrediction, {"bad", "good"}));
  }

  ScratchFolder folder_;
  ServeOptions options_;
};

tcp::endpoint any_port() {
  return {asio::ip::address_v4::loopback(), 0};
}

/// The first line of the answer to a request, once a server listens at that port.
std::string first_line(uint16_t port, const std::string& request) {
  asio::io_context io;
  for (int attempt = 0; attempt < 500; ++attempt) {
    tcp::socket socket(io);
    boost::system::error_code error;
    socket.connect({asio::ip::address_v4::loopback(), port}, error);
    if (error) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      continue;
    }
    asio::write(socket, asio::buffer(request));
    std::string answer;
    asio::read(socket, asio::dynamic_buffer(answer), error);
    return answer.substr(0, answer.find('\r'));
  }
  return "nobody listens";
}

TEST_F(Server, AnswersUntilASignalComes) {
  const Outcome outcome = run_as_command([&] {
    catch_signals();
    {
      asio::io_context io;
      options_.port = tcp::acceptor(io, any_port()).local_endpoint().port();
    }
    std::thread client([&] {
      leave_signals_to_main_thread();
      std::cout << first_line(options_.port, "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n");
      kill(getpid(), SIGTERM);
    });
    try {
      serve(options_);
    } catch (...) {
      client.join();
      throw;
    }
  });
  EXPECT_EQ(exit_code(outcome), 128 + SIGTERM) << outcome.err;
  EXPECT_TRUE(says(outcome.out, "200 OK")) << outcome.out;
}

TEST_F(Server, RefusesAPortInUseAndAFileThatIsNoModel) {
  asio::io_context io;
  const tcp::acceptor taken(io, any_port());
  options_.port = taken.local_endpoint().port();
  EXPECT_TRUE(says(message_of<Error>([&] { serve(options_); }), "cannot listen on 127.0.0.1:", "another --port"));
  options_.model = folder_.file("text", "no model");
  EXPECT_TRUE(says(message_of<Error>([&] { serve(options_); }), options_.model));
}

}  // namespace
}  // namespace rotor
