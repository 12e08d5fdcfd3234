// Access: whom the server answers. A page of any site can send requests to a server on its visitor's machine, so the
// name that a request calls the server by, and the site whose page sent it, must be known.
#pragma once

#include <string>
#include <vector>

#include "serve/http.h"
#include "serve/options.h"

namespace rotor {

class Access {
 public:
  /// Reads the file of keys: one a line, blank lines and those that begin with # left out. An Error if there is none.
  explicit Access(const ServeOptions& options);

  /// A Refusal (403) for a request to a host of another name, or from a page of another site to translate.
  void check(const HttpHead& head) const;

  /// Whether a request needs no key, or has a right one in its head. A Refusal (401) if that is wrong.
  bool admits(const HttpHead& head) const;

  /// A Refusal (401) unless this is a right key. It takes as long for a wrong one as for a right one of that length.
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
