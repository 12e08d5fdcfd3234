// CommandLine: the options of a command with what else its users type and see: usage, examples, --help, --config,
// --completion. A command makes one, lets the structs of its modules describe themselves to it, and parses:
//
//   CommandLine line("rotor-generate", "rotor-generate model.safetensors [options]", "Translates text line by line.");
//   SearchOptions search;
//   search.describe(line);
//   line.parse(argc, argv);
//
// Order of precedence: defaults < architecture (applied between read() and apply()) < --config < a later --config <
// command line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/option_help.h"
#include "base/options.h"

namespace rotor {

class CommandLine : public Options {
 public:
  /// `command` is its whole name ("rotor-train"), `usage` its synopsis ("rotor-train corpus [options]") and `summary`
  /// its one-sentence purpose, all printed by --help.
  CommandLine(std::string command, std::string usage, std::string summary);

  /// Adds an example for --help: a command line and what it does.
  void example(std::string command_line, std::string what);

  /// Reads the command line and --config without touching the targets. Handles --help, --help-all, --version and
  /// --completion SHELL by printing and throwing Exit. Throws UsageError for an unknown option or choice, a missing
  /// argument, a malformed value or one out of range.
  void read(int argc, const char* const* argv);

  /// Lets read() take an empty text for a text (Option::typed_fault): of words that no shell has made of variables.
  void take_empty_texts() { takes_empty_texts_ = true; }

  /// The text given for an option by the command line or the config, or empty. Valid after read().
  std::string given(const std::string& name) const;

  /// The value of an option of another tool ("--task") that was typed and left out, because it may ask for what the
  /// command does anyway; empty if it takes none. For the command to refuse where it does otherwise after all.
  std::optional<std::string> foreign(const std::string& spelling) const;

  /// The files of --config, in the order given. Valid after read().
  const std::vector<std::string>& configs() const { return configs_; }

  /// Writes the values read into the targets. Call after defaults that depend on other options were set.
  void apply();

  /// Calls read() and apply().
  void parse(int argc, const char* const* argv);

  /// Logs the sentences of ignored() as warnings. Called after the checks that refuse options, so that a refusal is one
  /// line.
  void warn_of_ignored() const;

  /// The text of --help; with `all`, of --help-all.
  std::string help(bool all = false) const;

  /// Thrown by read() after --help, --version or --completion was printed: the command ends with exit code 0.
  struct Exit {};

 private:
  OptionTable table() const;
  void answer(const std::vector<std::string>& words) const;
  void read_words(const std::vector<std::string>& words);
  void read_positionals(const std::vector<std::string>& texts);
  void read_config(const std::string& path);
  void check_arguments(const std::map<std::string, std::vector<std::string>>& typed) const;

  std::string command_, usage_, summary_;
  std::vector<OptionExample> examples_;
  bool takes_empty_texts_ = false;
  std::map<std::string, std::vector<std::string>> values_;  ///< those read, by the option's name
  std::map<std::string, std::string> foreign_;              ///< options of other tools that were left out
  std::vector<std::string> configs_;
};

}  // namespace rotor
