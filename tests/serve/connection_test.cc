#define BOOST_ASIO_SEPARATE_COMPILATION  // the library has Asio's own code

#include "serve/connection.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>

#include "base/scratch.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// A handler that keeps what it is given, so that a test answers it. /none is refused by its head, /bug fails.
class Desk : public HttpHandler {
 public:
  struct Work {
    HttpRequest request;
    std::shared_ptr<Cancellation> cancellation;
    Reply reply;
  };

  void check(const HttpHead& head) override {
    if (head.path() == "/none") refuse_request(404, "expected another path");
  }
  void handle(HttpRequest request, const std::shared_ptr<Cancellation>& cancellation, Reply reply) override {
    if (request.head.path() == "/bug") throw std::runtime_error("a bug");
    works.push_back({std::move(request), cancellation, std::move(reply)});
  }
  void answered(const std::string& client, const HttpHead&, HttpAnswer& answer, double) override {
    EXPECT_EQ(client, "127.0.0.1");
    statuses.push_back(answer.status);
  }

  std::vector<Work> works;
  std::vector<int> statuses;  ///< of the answers
};

/// A connection and its client, both of which the test's thread moves on.
class ConnectionTest : public testing::Test {
 protected:
  void connect(const ConnectionLimits& limits = {}) {
    tcp::acceptor acceptor(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    client_.connect(acceptor.local_endpoint());
    connection_ = std::make_shared<Connection>(acceptor.accept(), desk_, limits,
                                               [this](const std::shared_ptr<Connection>&) { ++changes_; });
    connection_->start();
    client_.non_blocking(true);
  }

  /// Another connection in the place of the first.
  void connect_again(const ConnectionLimits& limits = {}) {
    client_.close();
    received_.clear();
    ended_ = false;
    connect(limits);
  }

  void send(const std::string& text) { asio::write(client_, asio::buffer(text)); }
  static std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

  /// Whether a condition is met before long, while both sides are served.
  bool comes(const std::function<bool()>& condition) {
    for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
      if (condition()) return true;
      io_.run_one_for(5ms);
      io_.restart();
      receive();
    }
    return condition();
  }
  bool comes(const std::string& text) {
    return comes([&] { return received_.find(text) != received_.npos; });
  }
  bool works(size_t count) {
    return comes([&] { return desk_.works.size() == count; });
  }
  bool ends() {
    return comes([&] { return ended_ && !connection_->is_open(); });
  }

  void receive() {
    char chunk[4096];
    boost::system::error_code error;
    const size_t count = client_.read_some(asio::buffer(chunk), error);
    if (!error) received_.append(chunk, count);
    if (error == asio::error::eof) ended_ = true;
  }

  asio::io_context io_{1};
  Desk desk_;
  tcp::socket client_{io_};
  std::shared_ptr<Connection> connection_;
  std::string received_;  ///< by the client
  bool ended_ = false;    ///< the server sends no more
  int changes_ = 0;
};

TEST_F(ConnectionTest, HandlesOneRequestAfterTheOther) {
  connect();
  send(get("/a") + get("/b"));
  ASSERT_TRUE(works(1));
  EXPECT_EQ(desk_.works[0].request.head.target, "/a");
  EXPECT_FALSE(connection_->is_idle());
  desk_.works[0].reply({.body = "first"});
  ASSERT_TRUE(works(2)) << "not before the first is answered";
  EXPECT_TRUE(comes("\r\n\r\nfirst"));
  EXPECT_EQ(desk_.works[1].request.head.target, "/b");
  desk_.works[1].reply({.body = "second"});
  EXPECT_TRUE(comes("\r\n\r\nsecond"));
  EXPECT_TRUE(comes([&] { return connection_->is_idle(); }));
  EXPECT_EQ(changes_, 2) << "waits for a request after each";
}

TEST_F(ConnectionTest, AnswersInTimeAndDropsWhatIsLate) {
  connect({.answer = 50ms});
  send(get("/slow"));
  ASSERT_TRUE(works(1));
  EXPECT_TRUE(comes("HTTP/1.1 504 "));
  EXPECT_TRUE(desk_.works[0].cancellation->cancelled());
  send(get("/quick"));
  ASSERT_TRUE(works(2));
  desk_.works[0].reply({.body = "of the first"});
  desk_.works[1].reply({.body = "of the second"});
  EXPECT_TRUE(comes("of the second"));
  EXPECT_FALSE(says(received_, "of the first"));
  EXPECT_EQ(desk_.statuses, (std::vector<int>{504, 200}));
}

TEST_F(ConnectionTest, AnswersRefusalsAndGoesOn) {
  connect();
  send(get("/none") + get("/a"));
  EXPECT_TRUE(comes("HTTP/1.1 404 "));
  ASSERT_TRUE(works(1));
  EXPECT_EQ(desk_.works[0].request.head.target, "/a");
}

TEST_F(ConnectionTest, AnswersFailuresOfTheHandlerAndEnds) {
  connect();
  send(get("/bug"));
  EXPECT_TRUE(comes("HTTP/1.1 500 "));
  EXPECT_TRUE(comes("a bug"));
  client_.shutdown(tcp::socket::shutdown_send);
  EXPECT_TRUE(ends());
}

TEST_F(ConnectionTest, CancelsTheWorkOfAClientThatLeft) {
  connect();
  send(get("/a"));
  ASSERT_TRUE(works(1));
  client_.set_option(asio::socket_base::linger(true, 0));  // closing resets the connection
  client_.close();
  EXPECT_TRUE(comes([&] { return !connection_->is_open(); }));
  EXPECT_TRUE(desk_.works[0].cancellation->cancelled());
  desk_.works[0].reply({.body = "for nobody"});
  io_.poll();
  EXPECT_EQ(changes_, 1) << "it is closed once";
}

TEST_F(ConnectionTest, RefusesAPartOfARequestThatIsLateAndClosesWithoutAny) {
  connect({.request = 50ms});
  send("GET / HT");
  EXPECT_TRUE(comes("HTTP/1.1 408 "));
  EXPECT_TRUE(comes("within 0.05 seconds"));
  connect_again({.request = 50ms});
  EXPECT_TRUE(ends());
  EXPECT_EQ(received_, "");
  EXPECT_EQ(desk_.statuses, std::vector{408});
}

TEST_F(ConnectionTest, StopsAtOnceUnlessARequestIsWorkedOn) {
  connect();
  connection_->stop();
  EXPECT_TRUE(ends());
  connect_again();
  send(get("/a"));
  ASSERT_TRUE(works(1));
  connection_->stop();
  EXPECT_TRUE(connection_->is_open());
  desk_.works[0].reply({.body = "done"});
  EXPECT_TRUE(comes("\r\nConnection: close\r\n"));
  EXPECT_TRUE(comes("done"));
  client_.shutdown(tcp::socket::shutdown_send);
  EXPECT_TRUE(ends());
}

}  // namespace
}  // namespace rotor
