#include "serve/server.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cmath>
#include <iostream>
#include <thread>

#include "base/check.h"
#include "base/command.h"
#include "base/json.h"
#include "base/scratch.h"
#include "base/signals.h"
#include "serve/tiny_text_model.h"

namespace rotor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

tcp::endpoint any_port() {
  return {asio::ip::address_v4::loopback(), 0};
}

/// The answer to a request, once a server listens at that port.
std::string answer(uint16_t port, const std::string& request) {
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
    return answer;
  }
  return "nobody listens";
}

class Server : public testing::Test {
 protected:
  void SetUp() override {
    options_.model = folder_ / "model.safetensors";
    options_.compute.threads = 1;
    write_text_model(options_.model, tiny_text_options(kSentencePrediction, {"bad", "good"}));
  }

  /// Prints the answer to a request, after which a signal ends the server.
  Outcome serve_one(const std::string& request) {
    return run_as_command([&] {
      catch_signals();
      {
        asio::io_context io;
        options_.port = tcp::acceptor(io, any_port()).local_endpoint().port();
      }
      std::thread client([&] {
        leave_signals_to_main_thread();
        std::cout << answer(options_.port, request);
        kill(getpid(), SIGTERM);
      });
      try {
        serve(options_);
      } catch (...) {
        client.join();
        throw;
      }
    });
  }

  /// The length of the vector that a server gives of a text.
  double vector_length() {
    const std::string body = R"({"text": "kagu tate"})";
    const std::string answer =
        serve_one(fmt::format("POST /vector HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                              "Content-Length: {}\r\n\r\n{}",
                              body.size(), body))
            .out;
    const auto json = nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n")), nullptr, false);
    double squares = 0;
    for (const double x : json.at("vectors").at(0).get<std::vector<double>>()) squares += x * x;
    return std::sqrt(squares);
  }

  ScratchFolder folder_;
  ServeOptions options_;
};

TEST_F(Server, AnswersUntilASignalComes) {
  const Outcome outcome = serve_one("GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(exit_code(outcome), 128 + SIGTERM) << outcome.err;
  EXPECT_TRUE(says(outcome.out, "200 OK")) << outcome.out;
}

TEST_F(Server, GoesByTheOptionsWhereTheModelSaysOtherwise) {
  TransformerOptions encoder = tiny_text_options(kSentenceEncoding);
  encoder.head.normalize = true;
  write_text_model(options_.model, encoder);
  EXPECT_NEAR(vector_length(), 1, 1e-5) << "as the model says";
  options_.read_model();
  options_.normalize = false;  // as --no-normalize does
  EXPECT_GT(std::abs(vector_length() - 1), 1e-3);
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
