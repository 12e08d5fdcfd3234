#include "serve/access_log.h"

#include <fmt/chrono.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <iostream>

#include "base/check.h"
#include "base/log.h"

namespace rotor {
namespace {

std::string visible(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\') {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result.push_back(c);
    }
  }
  return result;
}

}  // namespace

AccessLog::AccessLog(const std::string& path) {
  if (path.empty()) return;
  out_ = &std::cout;
  if (path == "-") return;
  file_.open(path, std::ios::app);
  ROTOR_CHECK(file_, "cannot write --access-log {}: {}; choose a file in a folder that exists", path,
              std::strerror(errno));
  out_ = &file_;
}

void AccessLog::add(const std::string& client, const HttpHead& head, const HttpAnswer& answer, double seconds) {
  if (!out_) return;
  const std::string request = head.method.empty()
                                  ? "-"
                                  : fmt::format("{} {} HTTP/{}.{}", visible(head.method), visible(head.target),
                                                head.version / 10, head.version % 10);
  *out_ << fmt::format("{} - - [{:%d/%b/%Y:%H:%M:%S +0000}] \"{}\" {} {} {:.3f}\n", client,
                       fmt::gmtime(std::time(nullptr)), request, answer.status, answer.body.size(), seconds)
        << std::flush;
  if (*out_ || failed_) return;
  failed_ = true;
  log::warn("cannot write --access-log ({}): requests are answered, but their lines are lost; is the disk full?",
            std::strerror(errno));
}

}  // namespace rotor
