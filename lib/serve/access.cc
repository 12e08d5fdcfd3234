#include "serve/access.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/files.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

std::vector<std::string> read_keys(const std::string& path) {
  std::vector<std::string> keys;
  if (path.empty()) return keys;
  LineReader reader(path);
  for (std::string line; reader.next(line);) {
    if (!line.empty() && line[0] != '#') keys.push_back(line);
  }
  ROTOR_CHECK(!keys.empty(), "expected keys in {}, one a line, found none; write one, or leave out --api-key-file",
              path);
  return keys;
}

/// Numbers cannot be made to point elsewhere, as names can.
bool is_address(const std::string& host) {
  unsigned char bytes[16];
  if (host.starts_with('[')) return inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), bytes) == 1;
  return inet_pton(AF_INET, host.c_str(), bytes) == 1;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Compares without ending at the first byte that differs.
bool equal_keys(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char differences = 0;
  for (size_t i = 0; i < a.size(); ++i) differences = differences | static_cast<unsigned char>(a[i] ^ b[i]);
  return differences == 0;
}

}  // namespace

Access::Access(const ServeOptions& options)
    : own_host_(host_of_authority(options.host)),
      hosts_(options.allow_host),
      sites_(options.cors_origin),
      keys_(read_keys(options.api_key_file)) {}

bool Access::knows_host(const std::string& host) const {
  return host.empty() || host == own_host_ || host == "localhost" || host.ends_with(".localhost") || is_address(host) ||
         contains(hosts_, host) || contains(hosts_, "*");
}

bool Access::knows_site(const std::string& origin) const {
  return contains(sites_, origin) || contains(sites_, "*");
}

void Access::check(const HttpHead& head) const {
  const std::string host = head.host();
  if (!knows_host(host)) {
    refuse_request(403, "expected a request to this server, got one to '{}'; start the server with --allow-host {}",
                   host, host);
  }
  const std::string origin = head.field("origin");
  if (head.method != "POST" || origin.empty() || knows_site(origin)) return;
  const size_t authority = origin.find("://");
  const bool own_page = authority != origin.npos && origin.substr(authority + 3) == head.field("host");
  if (!own_page) {
    refuse_request(403, "expected a page of this server, got one of '{}'; start the server with --cors-origin {}",
                   origin, origin);
  }
}

bool Access::admits(const HttpHead& head) const {
  if (keys_.empty()) return true;
  const std::string bearer = head.field("authorization"), key = head.field("x-api-key");
  const bool has_bearer = bearer.size() > 7 && (bearer.starts_with("Bearer ") || bearer.starts_with("bearer "));
  if (!has_bearer && key.empty()) return false;
  check_key(has_bearer ? bearer.substr(7) : key);
  return true;
}

void Access::check_key(const std::string& key) const {
  bool right = keys_.empty();
  for (const std::string& known : keys_) right = equal_keys(known, key) || right;
  if (!right) {
    throw Refusal(401,
                  fmt::format("expected an API key of this server, got {}; send Authorization: Bearer KEY",
                              key.empty() ? "none" : "another"),
                  {{"WWW-Authenticate", "Bearer"}});
  }
}

void Access::allow_page(const HttpHead& head, HttpAnswer& answer) const {
  const std::string origin = head.field("origin");
  if (sites_.empty()) return;
  answer.fields.emplace_back("Vary", "Origin");
  if (origin.empty() || !knows_site(origin)) return;
  answer.fields.emplace_back("Access-Control-Allow-Origin", origin);
  if (head.method != "OPTIONS") return;
  answer.fields.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS");
  answer.fields.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type, X-API-Key");
  answer.fields.emplace_back("Access-Control-Max-Age", "600");
}

}  // namespace rotor
