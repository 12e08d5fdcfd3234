// Messages for people, to standard error through spdlog: log::info("read {} pairs", n). Standard output carries results
// only. Debug messages are shown with SPDLOG_LEVEL=debug in the environment.
#pragma once

#include <spdlog/spdlog.h>

namespace rotor::log {

using spdlog::debug;
using spdlog::info;
using spdlog::warn;

/// Sends messages to standard error, one plain line each, warnings marked so; called once by run_app.
void start();

/// From here on nothing is logged.
void silence();

}  // namespace rotor::log
