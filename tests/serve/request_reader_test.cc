#include "serve/request_reader.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

constexpr size_t kMaxBody = 100;

const std::string kPost = "POST /translate?a=b HTTP/1.1\r\nHost: Localhost:8080\r\nX-Name:  two words \r\n";

/// The status of the Refusal of these bytes and its text; "complete" or "more" without one.
std::string outcome(const std::string& bytes) {
  RequestReader reader(kMaxBody);
  try {
    reader.read(bytes);
  } catch (const Refusal& refusal) {
    return std::to_string(refusal.status()) + ": " + refusal.what();
  }
  return reader.complete() ? "complete" : "more";
}

TEST(RequestReader, ReadsARequestInPiecesOfAnySize) {
  const std::string text = "\r\n" + kPost + "Content-Length: 5\r\n\r\nhello";
  for (size_t size = 1; size <= text.size(); ++size) {
    RequestReader reader(kMaxBody);
    std::string waiting;
    for (size_t at = 0; at < text.size(); at += size) {
      EXPECT_FALSE(reader.complete());
      waiting += text.substr(at, size);
      waiting.erase(0, reader.read(waiting));
    }
    ASSERT_TRUE(reader.complete()) << size;
    EXPECT_TRUE(waiting.empty());
    const auto [head, body] = reader.take();
    EXPECT_EQ(body, "hello");
    EXPECT_EQ(head.method, "POST");
    EXPECT_EQ(head.target, "/translate?a=b");
    EXPECT_EQ(head.path(), "/translate");
    EXPECT_EQ(head.host(), "localhost");
    EXPECT_EQ(head.field("x-name"), "two words");
    EXPECT_TRUE(head.keep_alive);
  }
}

TEST(RequestReader, LeavesTheNextRequestAndIsReadyForIt) {
  RequestReader reader(kMaxBody);
  const std::string first = kPost + "Content-Length: 2\r\n\r\nab", second = "GET /health HTTP/1.0\r\n\r\n";
  EXPECT_EQ(reader.read(first + second), first.size());
  EXPECT_EQ(reader.take().body, "ab");
  EXPECT_FALSE(reader.has_head());
  EXPECT_EQ(reader.read(second), second.size());
  const HttpRequest health = reader.take();
  EXPECT_EQ(health.head.method, "GET");
  EXPECT_EQ(health.head.version, 10);
  EXPECT_FALSE(health.head.keep_alive);
}

TEST(RequestReader, ReadsChunks) {
  RequestReader reader(kMaxBody);
  reader.read(kPost + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n\r\n");
  ASSERT_TRUE(reader.complete());
  EXPECT_EQ(reader.take().body, "hello!");
}

TEST(RequestReader, KnowsWhetherToAskForTheBody) {
  RequestReader reader(kMaxBody);
  reader.read(kPost + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_TRUE(reader.expects_continue());
  reader.read("a");
  EXPECT_FALSE(reader.expects_continue());
  EXPECT_TRUE(says(outcome(kPost + "Expect: 100-continue\r\nContent-Length: 101\r\n\r\n"), "413: ", "100 bytes"));
  EXPECT_TRUE(says(outcome(kPost + "Expect: tea\r\nContent-Length: 1\r\n\r\n"), "417: ", "tea"));
}

TEST(RequestReader, RefusesLengthsThatDisagree) {
  for (const std::string fields :
       {"Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n",
        "Content-Length: 1, 1\r\n", "Content-Length: -1\r\n", "Content-Length: 1x\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
    EXPECT_TRUE(says(outcome(kPost + fields + "\r\na"), "400: ")) << fields;
  }
}

TEST(RequestReader, RefusesWhatIsNoHttp) {
  for (const std::string text :
       {"hello\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nbad\r\n\r\n", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    EXPECT_TRUE(says(outcome(text), "400: ")) << text;
  }
  EXPECT_TRUE(says(outcome("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), "505: "));
  EXPECT_TRUE(says(outcome("GET / HTTP/1.1\nHost: a\n\n \r\n\r\n"), "505: ", "CR LF"));
  EXPECT_TRUE(says(outcome(kPost + "Transfer-Encoding: gzip, chunked\r\n\r\n"), "501: ", "gzip"));
  EXPECT_TRUE(says(outcome(kPost + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n"), "415: ", "gzip"));
}

TEST(RequestReader, RefusesWhatIsTooLarge) {
  EXPECT_TRUE(says(outcome(kPost + "A: " + std::string(20000, 'a')), "431: ", "16384"));
  EXPECT_TRUE(says(outcome("GET /" + std::string(20000, 'a')), "431: "));
  EXPECT_TRUE(says(outcome(kPost + "Content-Length: 101\r\n\r\n"), "413: ", "100 bytes"));
  EXPECT_TRUE(says(outcome(kPost + "Content-Length: 99999999999999999999999\r\n\r\n"), "400: "));
  EXPECT_EQ(outcome(kPost + "Content-Length: 100\r\n\r\n" + std::string(100, 'a')), "complete");
  EXPECT_TRUE(says(outcome(kPost + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'a')), "413: "));
}

TEST(RequestReader, IsNotCompleteAfterARefusalThoughAllHasCome) {
  RequestReader reader(kMaxBody);
  EXPECT_THROW(reader.read(kPost + "Transfer-Encoding: gzip\r\n\r\n"), Refusal);
  EXPECT_FALSE(reader.complete());
}

TEST(RequestReader, KnowsWhatItCanOfARefusedHead) {
  RequestReader reader(kMaxBody);
  EXPECT_THROW(reader.read(kPost + "Content-Length: 101\r\n\r\n"), Refusal);
  EXPECT_EQ(reader.head().method, "POST");
  EXPECT_EQ(reader.head().target, "/translate?a=b");
}

}  // namespace
}  // namespace rotor
