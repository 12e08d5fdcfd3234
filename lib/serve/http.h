// HTTP messages as plain values: requests and answers.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rotor {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

/// A request up to its body.
struct HttpHead {
  std::string method;      ///< GET, POST …; empty if the request is malformed before it
  std::string target;      ///< as it was sent
  HttpFields fields = {};  ///< names in lower case
  int version = 11;        ///< 10 or 11
  bool keep_alive = true;  ///< whether the client may send another request on the connection

  /// The value of a field by its name in lower case, or nothing.
  std::string field(const std::string& name) const;

  /// The path of the target, without its query.
  std::string path() const;

  /// The host that the request is for, in lower case and without its port: of an absolute target, else the field Host.
  std::string host() const;
};

struct HttpRequest {
  HttpHead head;
  std::string body;
};

struct HttpAnswer {
  int status = 200;
  std::string type = "application/json", body = {};
  HttpFields fields = {};  ///< beside those of the type, the length and the connection
};

/// The bytes of an answer, with Date, Content-Type, Content-Length and Connection. `head_only` leaves out the body.
std::string http_text(const HttpAnswer& answer, bool keep_alive, bool head_only);

/// The standard's phrase of a status, as "Not Found".
std::string http_reason(int status);

/// The bytes of a URL's component or of a form's field: with %XX and + decoded. Malformed bytes are a Refusal (400).
std::string url_decode(const std::string& text);

/// A host of "host", "host:port" or "[v6]:port", in lower case.
std::string host_of_authority(std::string authority);

}  // namespace rotor
