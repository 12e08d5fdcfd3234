#include "base/log.h"

#include <fmt/format.h>
#include <spdlog/cfg/env.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/progress.h"

namespace rotor::log {

namespace {

/// Writes each message as one line to standard error, over the progress bar if there is one.
class StandardError : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line = message.level == spdlog::level::warn    ? "warning: "
                       : message.level == spdlog::level::debug ? "debug: "
                                                               : "";
    line.append(message.payload.begin(), message.payload.end());
    line += '\n';
    erase_progress();
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
  void flush_() override { std::fflush(stderr); }
};

}  // namespace

void write(Level level, const std::string& message) {
  spdlog::log(level == Level::kWarning ? spdlog::level::warn
              : level == Level::kInfo  ? spdlog::level::info
                                       : spdlog::level::debug,
              message);
}

void start() {
  auto logger = std::make_shared<spdlog::logger>("rotor", std::make_shared<StandardError>());
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
  spdlog::cfg::load_env_levels();
}

void silence() {
  spdlog::set_level(spdlog::level::off);
}

}  // namespace rotor::log
