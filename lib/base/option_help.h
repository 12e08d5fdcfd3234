// The text of --help.
#pragma once

#include <string>
#include <vector>

#include "base/option.h"

namespace rotor {

struct OptionExample {
  std::string command_line, what;
};

/// The description of a command. The targets of its rows are not read: the options of every command have none.
struct OptionTable {
  std::string command;
  std::string usage;  ///< alternatives are separated by " | "
  std::string summary;
  std::vector<Option> rows;  ///< arguments first; an argument that has a name too has a row for each
  std::vector<OptionExample> examples;
};

/// The options that every command has: --config, --completion, --help, --help-all and --version.
std::vector<Option> options_of_every_command();

/// The values that can be typed: an empty one among the choices stands for an option not given.
std::vector<std::string> typed_choices(const Option& option);
/// The help of an option and, in parentheses, its values, its default and the condition of its effect.
std::string explanation(const Option& option);

/// Usage, summary, arguments, the options by group in the order of their rows, and examples; lines of at most 110
/// characters, laid out as help2man reads them. Without `all`, the options that are used most.
std::string help_text(const OptionTable& table, bool all);

}  // namespace rotor
