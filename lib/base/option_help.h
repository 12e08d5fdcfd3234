// A command's options for those who type them: the text of --help, and completion scripts for bash and zsh. All are
// made of one table, so none can tell of an option that the command has not.
#pragma once

#include <string>
#include <vector>

namespace rotor {

struct OptionRow {
  std::string name, help, group;
  std::string placeholder{};           ///< stands for the value; empty for a flag
  std::vector<std::string> choices{};  ///< the values allowed; empty: any
  std::string fallback{};              ///< the default
  bool positional = false;
  bool many = false;  ///< takes several values
};

struct OptionTable {
  std::string command;
  std::string usage;  ///< with " | " between different ways
  std::string summary;
  std::vector<OptionRow> rows;
};

/// Usage, summary, arguments, then the options by group in the order of their rows; lines of at most 110 characters,
/// laid out as help2man reads them.
std::string help_text(const OptionTable& table);

/// A script for `shell`, "bash" or "zsh" (else a UsageError), that completes the names of options and those values that
/// are chosen from a list; other values are completed as the names of files.
std::string completion_script(const OptionTable& table, const std::string& shell);

}  // namespace rotor
