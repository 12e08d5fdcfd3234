#include "serve/request_reader.h"

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>

#include "serve/refusal.h"

namespace rotor {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Fields = http::fields;

std::string text(beast::string_view view) {
  return {view.data(), view.size()};
}

std::string lowercase_ascii(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

[[noreturn]] void refuse(const beast::error_code& error, size_t max_body) {
  if (error == http::error::body_limit) {
    refuse_request(413, "expected a body of at most {} bytes, got more; send less at a time", max_body);
  }
  if (error == http::error::header_limit) {
    refuse_request(431, "expected an address and header fields of at most {} bytes, got more; send shorter ones",
                   RequestReader::kMaxHead);
  }
  if (error == http::error::bad_version)
    refuse_request(505, "expected HTTP/1.1 or HTTP/1.0 and CR LF behind it, got others");
  refuse_request(400, "expected a request of HTTP/1.1, got another thing ({}); use an HTTP client", error.message());
}

}  // namespace

struct RequestReader::Parser : http::request_parser<http::string_body> {
  explicit Parser(size_t max_body) {
    header_limit(kMaxHead);
    body_limit(max_body);
    eager(true);
  }
};

RequestReader::RequestReader(size_t max_body) : max_body_(max_body), parser_(std::make_unique<Parser>(max_body)) {}
RequestReader::~RequestReader() = default;

size_t RequestReader::read(std::string_view bytes) {
  size_t used = 0;
  failed_ = true;              // unless it comes to its end
  if (!parser_->got_some()) {  // clients may send line ends before a request
    while (used < bytes.size() && (bytes[used] == '\r' || bytes[used] == '\n')) ++used;
  }
  while (used < bytes.size() && !parser_->is_done()) {
    const bool had_head = has_head();
    beast::error_code error;
    const size_t more = parser_->put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
    used += more;
    if (error && error != http::error::need_more) refuse(error, max_body_);
    if (!had_head && has_head()) check_head();
    if (more == 0) break;
  }
  failed_ = false;
  return used;
}

/// Refuses requests that the standard forbids and the parser accepts.
void RequestReader::check_head() const {
  const Fields& fields = parser_->get().base();
  const auto count = [&](http::field name) { return fields.count(name); };
  const std::string coding = lowercase_ascii(text(fields[http::field::transfer_encoding]));
  const bool is_11 = parser_->get().version() == 11;
  const bool is_list = text(fields[http::field::content_length]).find(',') != std::string::npos;
  if (is_list || count(http::field::content_length) + count(http::field::transfer_encoding) > 1) {
    refuse_request(400, "expected one Content-Length or chunks, got several; send one length");
  }
  if (!coding.empty() && !is_11)
    refuse_request(400, "expected no Transfer-Encoding in HTTP/1.0; send a Content-Length");
  if (!coding.empty() && coding != "chunked") {
    refuse_request(501, "expected the Transfer-Encoding chunked, got '{}'; send a Content-Length", coding);
  }
  if (count(http::field::host) > 1 || (is_11 && count(http::field::host) == 0)) {
    refuse_request(400, "expected one field Host, got {}; use a client of HTTP/1.1", count(http::field::host));
  }
  const std::string packing = lowercase_ascii(text(fields[http::field::content_encoding]));
  if (!packing.empty() && packing != "identity") {
    refuse_request(415, "expected a body that is not compressed, got Content-Encoding '{}'; send it as it is", packing);
  }
  const std::string expectation = lowercase_ascii(text(fields[http::field::expect]));
  if (!expectation.empty() && expectation != "100-continue") {
    refuse_request(417, "expected nothing but 100-continue in Expect, got '{}'; leave it out", expectation);
  }
}

bool RequestReader::has_head() const {
  return parser_->is_header_done();
}

bool RequestReader::complete() const {
  return !failed_ && parser_->is_done();
}

bool RequestReader::expects_continue() const {
  return has_head() && !complete() && parser_->get().version() == 11 && parser_->get().count(http::field::expect) > 0;
}

HttpHead RequestReader::head() const {
  HttpHead head;
  const auto& message = parser_->get();
  head.method = text(message.method_string());
  head.target = text(message.target());
  if (has_head()) {
    head.version = static_cast<int>(message.version());
    head.keep_alive = parser_->keep_alive();
  }
  for (const auto& field : message.base()) {
    head.fields.emplace_back(lowercase_ascii(text(field.name_string())), text(field.value()));
  }
  return head;
}

HttpRequest RequestReader::take() {
  HttpRequest request{head(), std::move(parser_->get().body())};
  parser_ = std::make_unique<Parser>(max_body_);
  return request;
}

std::string http_reason(int status) {
  return text(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status))));
}

}  // namespace rotor
