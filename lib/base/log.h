// Messages for people, to standard error through spdlog: log::info("read {} pairs", n). Standard output carries results only.
#pragma once

#include <spdlog/spdlog.h>

namespace rotor::log {

using spdlog::debug;
using spdlog::info;
using spdlog::warn;

/// Sends messages to standard error, one plain line each; called once by run_app.
void start();

}  // namespace rotor::log
