// Access: decides which requests the server answers. A page of any site can send requests to a server on its visitor's
// machine, so the name that a request calls the server by, and the site whose page sent it, must be known.
#pragma once

#include <string>
#include <vector>

#include "serve/http.h"
#include "serve/options.h"

namespace rotor {

class Access {
 public:
  /// Reads the file of keys, one on each line, without blank lines and lines that begin with #. A file without keys is
  /// an Error.
  explicit Access(const ServeOptions& options);

  /// Throws a Refusal (403) for a request to a host of another name, or for a request to translate from a page of
  /// another site.
  void check(const HttpHead& head) const;

  /// Whether a request needs no key, or has a right one in its head. A wrong key is a Refusal (401).
  bool admits(const HttpHead& head) const;

  /// Throws a Refusal (401) unless this is a right key. The check takes as long for a wrong key as for a right key of
  /// that length.
  void check_key(const std::string& key) const;

  /// Adds the fields by which browsers let a page of an allowed site read the answer.
  void allow_page(const HttpHead& head, HttpAnswer& answer) const;

 private:
  bool knows_host(const std::string& host) const;
  bool knows_site(const std::string& origin) const;

  const std::string own_host_;
  const std::vector<std::string> hosts_, sites_;
  std::vector<std::string> keys_;
};

}  // namespace rotor
