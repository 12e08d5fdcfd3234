#include "serve/http.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <cctype>
#include <ctime>

#include "serve/refusal.h"

namespace rotor {
namespace {

void to_lower(std::string& text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
}

/// Index at which the path of a target begins: behind the authority of an absolute one.
size_t path_begin(const std::string& target) {
  const size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == target.npos) return 0;
  return std::min(target.find_first_of("/?", scheme + 3), target.size());
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string HttpHead::field(const std::string& name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? "" : found->second;
}

std::string HttpHead::path() const {
  const size_t begin = path_begin(target);
  const std::string path = target.substr(begin, target.find('?', begin) - begin);
  return path.empty() ? "/" : path;
}

std::string HttpHead::host() const {
  const size_t begin = path_begin(target);
  if (begin == 0) return host_of_authority(field("host"));
  const size_t authority = target.find("://") + 3;
  return host_of_authority(target.substr(authority, begin - authority));
}

std::string host_of_authority(std::string authority) {
  to_lower(authority);
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

std::string http_text(const HttpAnswer& answer, bool keep_alive, bool head_only) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", answer.status,
                                 http_reason(answer.status), fmt::gmtime(std::time(nullptr)));
  for (const auto& [name, value] : answer.fields) text += fmt::format("{}: {}\r\n", name, value);
  if (answer.status != 204) {
    text += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", answer.type, answer.body.size());
  }
  text += fmt::format("Connection: {}\r\n\r\n", keep_alive ? "keep-alive" : "close");
  if (!head_only) text += answer.body;
  return text;
}

std::string url_decode(const std::string& text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1, low = high < 0 ? -1 : hex_digit(text[i + 2]);
      if (low < 0) refuse_request(400, "expected two hexadecimal digits after every %, found others; encode the form");
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

}  // namespace rotor
