// Command: a command with the options of Described.
#pragma once

#include "base/check.h"
#include "base/command_line.h"
#include "base/described.h"
#include "base/scratch.h"

namespace rotor {

struct Command : Described {
  CommandLine options{"rotor-test", "rotor-test model... [options]", "Tests the options."};

  Command() { describe(options); }
  void parse(std::vector<const char*> args) {
    args.insert(args.begin(), "rotor-test");
    options.parse(static_cast<int>(args.size()), args.data());
  }
  std::string refusal(std::vector<const char*> args) {
    return message_of<UsageError>([&] { parse(args); });
  }
};

}  // namespace rotor
