// AccessLog: a line for each request, in the Common Log Format of web servers with the seconds that it took:
//   127.0.0.1 - - [28/Nov/2026:19:55:27 +0000] "POST /translate HTTP/1.1" 200 143 0.084
#pragma once

#include <fstream>
#include <ostream>
#include <string>

#include "serve/http.h"

namespace rotor {

class AccessLog {
 public:
  /// Appends to a file, to standard output for "-", or nowhere for "". A file that cannot be written is an Error.
  explicit AccessLog(const std::string& path);

  /// Writes the line of a request and its answer. Control characters and quotes are written as `\xNN`.
  /// The first failure is warned of.
  void add(const std::string& client, const HttpHead& head, const HttpAnswer& answer, double seconds);

 private:
  std::ofstream file_;
  std::ostream* out_ = nullptr;
  bool failed_ = false;
};

}  // namespace rotor
