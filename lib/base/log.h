// Messages for people, to standard error through spdlog: log::info("read {} pairs", n). Standard output carries results
// only. Debug messages are shown with SPDLOG_LEVEL=debug in the environment.
#pragma once

#include <fmt/format.h>

#include <string>

namespace rotor::log {

enum class Level { kDebug, kInfo, kWarning };

/// Writes one message, if messages of that level are shown.
void write(Level level, const std::string& message);

template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
}

/// Sends messages to standard error, each on one plain line, with warnings marked; run_app() calls it once.
void start();

/// Switches the log off.
void silence();

}  // namespace rotor::log
