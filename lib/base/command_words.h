// Assigns the words of a command line to options.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "base/option.h"
#include "base/option_text.h"

namespace rotor {

struct CommandWords {
  std::map<std::string, Texts> values;  ///< by the option's name; of two the last, but all of a list and of --config
  Texts positionals;
  std::map<std::string, std::string> foreign;  ///< options of other tools that were left out, and their values
};

/// Sorts the words. Understands --name VALUE, --name=VALUE, --flag, --flag true|false, --no-flag, an option's other
/// spellings, and -- before words that are all positional; leaves out options of other tools that ask for what
/// `command` does anyway. Throws a UsageError for other options of such tools and for unknown ones; values are not
/// checked.
CommandWords sort_words(const std::string& command, const Texts& words, const std::deque<Option>& options);

}  // namespace rotor
