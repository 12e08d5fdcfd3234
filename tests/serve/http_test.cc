#include "serve/http.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

HttpHead head(const std::string& target, const std::string& host = "") {
  return {.method = "GET", .target = target, .fields = {{"host", host}}};
}

TEST(Http, ReadsPathAndHostOfEveryFormOfTarget) {
  EXPECT_EQ(head("/a/b?c=/d").path(), "/a/b");
  EXPECT_EQ(head("/", "Example.org:80").host(), "example.org");
  EXPECT_EQ(head("/", "[::1]:80").host(), "[::1]");
  EXPECT_EQ(head("/?u=http://x/", "a").host(), "a");
  EXPECT_EQ(head("http://Other:8080/p?q", "a").path(), "/p");
  EXPECT_EQ(head("http://Other:8080/p?q", "a").host(), "other");
  EXPECT_EQ(head("http://other", "a").path(), "/");
  EXPECT_EQ(head("http://other?q", "a").path(), "/");
}

TEST(Http, WritesAnAnswerWithItsLength) {
  const HttpAnswer answer{.status = 405, .body = "{}", .fields = {{"Allow", "POST"}}};
  const std::string text = http_text(answer, true, false);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 405 Method Not Allowed\r\nDate: "));
  EXPECT_TRUE(text.ends_with("\r\n\r\n{}"));
  EXPECT_TRUE(
      says(text, "\r\nAllow: POST\r\n", "\r\nContent-Length: 2\r\n", "\r\nConnection: keep-alive\r\n", " GMT\r\n"));
  EXPECT_TRUE(http_text(answer, false, true).ends_with("Content-Length: 2\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(says(http_text({.status = 204}, true, false), "Content-Length"));
}

TEST(Http, DecodesForms) {
  EXPECT_EQ(url_decode("a+b%20c%C3%A4%2b"), "a b cä+");
  for (const char* bad : {"%", "%a", "a%g0", "%0"}) EXPECT_THROW(url_decode(bad), Refusal) << bad;
}

}  // namespace
}  // namespace rotor
