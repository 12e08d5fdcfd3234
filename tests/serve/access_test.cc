#include "serve/access.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

HttpHead post(const std::string& host, HttpFields fields = {}) {
  fields.emplace_back("host", host);
  return {.method = "POST", .target = "/translate", .fields = std::move(fields)};
}

/// 0 if it passes.
int status(const Access& access, const HttpHead& head) {
  try {
    access.check(head);
    access.admits(head);
  } catch (const Refusal& refusal) {
    return refusal.status();
  }
  return 0;
}

TEST(Access, IsForOwnNamesAndAddressesOnly) {
  const Access access(ServeOptions{});
  for (const char* own : {"localhost", "LOCALHOST:8080", "a.localhost", "127.0.0.1:8080", "192.168.1.2", "[::1]:80"}) {
    EXPECT_EQ(status(access, post(own)), 0) << own;
  }
  for (const char* foreign : {"example.org", "127.0.0.1.example.org", "localhost.example.org", "[evil]", "127.1"}) {
    EXPECT_EQ(status(access, post(foreign)), 403) << foreign;
  }
  ServeOptions options;
  options.host = "box.lan";
  options.allow_host = {"example.org"};
  EXPECT_EQ(status(Access(options), post("box.lan:8080")), 0);
  EXPECT_EQ(status(Access(options), post("example.org")), 0);
  EXPECT_EQ(status(Access(options), post("www.example.org")), 403);
  options.allow_host = {"*"};
  EXPECT_EQ(status(Access(options), post("www.example.org")), 0);
}

TEST(Access, IsForPagesOfItsOwnAndOfAllowedSites) {
  ServeOptions options;
  const auto from = [](const std::string& origin) { return post("localhost:8080", {{"origin", origin}}); };
  EXPECT_EQ(status(Access(options), from("http://localhost:8080")), 0);
  EXPECT_EQ(status(Access(options), from("http://localhost:9090")), 403);
  EXPECT_EQ(status(Access(options), from("https://example.org")), 403);
  EXPECT_EQ(status(Access(options), from("null")), 403);
  options.cors_origin = {"https://example.org"};
  const Access access(options);
  EXPECT_EQ(status(access, from("https://example.org")), 0);
  EXPECT_EQ(status(access, from("https://example.org.evil")), 403);
  HttpAnswer allowed, other;
  access.allow_page(from("https://example.org"), allowed);
  access.allow_page(from("https://evil"), other);
  EXPECT_EQ(allowed.fields, (HttpFields{{"Vary", "Origin"}, {"Access-Control-Allow-Origin", "https://example.org"}}));
  EXPECT_EQ(other.fields, (HttpFields{{"Vary", "Origin"}}));
}

TEST(Access, NeedsAKeyWhereThereAreSome) {
  const ScratchFolder folder;
  ServeOptions options;
  options.api_key_file = folder.file("keys", "# of the team\nsecret\n\nother\n");
  const Access access(options);
  EXPECT_FALSE(access.admits(post("localhost")));
  EXPECT_TRUE(access.admits(post("localhost", {{"authorization", "Bearer secret"}})));
  EXPECT_TRUE(access.admits(post("localhost", {{"x-api-key", "other"}})));
  for (const char* wrong : {"secre", "secret ", "Secret", "# of the team"}) {
    EXPECT_EQ(status(access, post("localhost", {{"x-api-key", wrong}})), 401) << wrong;
  }
  EXPECT_EQ(status(access, post("localhost", {{"authorization", "Basic secret"}})), 0) << "it may come in the body";
  EXPECT_THROW(access.check_key(""), Refusal);
  EXPECT_NO_THROW(access.check_key("other"));
  EXPECT_TRUE(Access(ServeOptions{}).admits(post("localhost")));
}

TEST(Access, SaysThatAFileHasNoKeys) {
  const ScratchFolder folder;
  ServeOptions options;
  options.api_key_file = folder.file("keys", "# none\n");
  EXPECT_TRUE(says(message_of<Error>([&] { Access access(options); }), "expected keys in", "keys", "--api-key-file"));
  options.api_key_file = "/nowhere/keys";
  EXPECT_TRUE(says(message_of<Error>([&] { Access access(options); }), "/nowhere/keys"));
}

}  // namespace
}  // namespace rotor
