// Options of the commands. Each module keeps its options in a plain struct, whose describe() states each of them once;
// that drives the command line (Boost.Program_options), --config file.ini, the saved config.ini, JSON and --help.
//
//   struct SearchOptions {
//     int64_t beam = 5;
//     void describe(Options& options) {
//       options.group("Search");
//       options.add("beam", beam, "number of hypotheses kept for each sentence").at_least(1).common();
//     }
//   };
//
// Order of precedence: defaults < architecture (applied between read() and apply()) < --config < command line.
// Unknown keys, misspelt choices and numbers out of range are refused, names with the nearest valid one. An option that
// has no effect beside the others (Option::only) is warned of.
#pragma once

#include <deque>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "base/option.h"
#include "base/option_help.h"
#include "base/run_app.h"

namespace rotor {

class Options {
 public:
  using Target = Option::Target;

  /// Makes options without a command, for the values of a struct: to check them, or to write them as JSON or .ini and
  /// read them again.
  Options() = default;

  /// `command` is its whole name ("rotor-train"), `usage` its synopsis ("rotor-train corpus [options]") and `summary`
  /// its one-sentence purpose, all printed by --help.
  Options(std::string command, std::string usage, std::string summary);

  /// Opens a group: options added from here on are listed under `title` in --help.
  void group(std::string title);

  /// Adds `--name VALUE` bound to `target`, whose present value is the default shown by --help.
  /// A bool is a flag: `--name`, `--no-name`, `--name true|false`; a vector takes one or more values. `choices`
  /// restricts a string. The option returned takes further properties: ranges, conditions, other spellings.
  Option& add(std::string name, Target target, std::string help, std::vector<std::string> choices = {});
  template <typename T>
  requires(!std::is_pointer_v<T> && !std::is_same_v<T, Target>) Option& add(std::string name, T& target,
                                                                            std::string help,
                                                                            std::vector<std::string> choices = {}) {
    return add(std::move(name), Target(&target), std::move(help), std::move(choices));
  }

  /// Adds a positional argument; a vector takes all that remain. Required ones must be present.
  Option& positional(std::string name, Target target, std::string help, bool required = true);
  template <typename T>
  requires(!std::is_pointer_v<T> && !std::is_same_v<T, Target>) Option& positional(std::string name, T& target,
                                                                                   std::string help,
                                                                                   bool required = true) {
    return positional(std::move(name), Target(&target), std::move(help), required);
  }

  /// An option added before, to state more of it.
  Option& option(const std::string& name);

  /// States when the options that `describe` adds have an effect, as Option::only does for one.
  void only(std::string when, std::function<bool()> holds, const std::function<void()>& describe);

  /// Adds an example for --help: a command line and what it does.
  void example(std::string command_line, std::string what);

  /// Reads the command line and --config without touching the targets. Handles --help, --help-all, --version and
  /// --completion SHELL by printing and throwing Exit. Throws UsageError for an unknown option or choice, a missing
  /// argument, a malformed value or one out of range.
  void read(int argc, const char* const* argv);

  /// The text given for an option by the command line or the config, or empty. Valid after read().
  std::string given(const std::string& name) const;

  /// Writes the values read into the targets. Call after defaults that depend on other options were set.
  void apply();

  /// Calls read() and apply().
  void parse(int argc, const char* const* argv);

  /// A sentence for each option given that has no effect beside the others. Those of --config or JSON that have their
  /// default, and flags that stay off, ask for nothing. Valid after apply() or from_json().
  std::vector<std::string> ignored() const;
  /// Logs these sentences as warnings. Called after the checks that refuse options, so that a refusal is one line.
  void warn_of_ignored() const;

  /// Throws a UsageError for a target whose value the option does not accept.
  void check_values() const;

  /// Every named option with its value now, as an .ini file that --config accepts.
  std::string to_ini() const;

  /// The options of the given groups (all groups when empty) as a JSON object in snake case, with real booleans and
  /// numbers: {"dropout": 0.1, "encoder_layers": 6, …}; infinite numbers are the texts "inf" and "-inf".
  nlohmann::ordered_json to_json(const std::vector<std::string>& groups = {}) const;

  /// Sets the targets from such an object. Unknown keys and values that the option does not take are refused by name,
  /// `origin` saying where they stand; absent keys keep defaults.
  void from_json(const nlohmann::ordered_json& object, const std::string& origin);

  /// The text of --help; with `all`, of --help-all.
  std::string help(bool all = false) const;

  /// Thrown by read() after --help, --version or --completion was printed: the command ends with exit code 0.
  struct Exit {};

 private:
  OptionTable table() const;
  const Option* find(const std::string& name) const;
  std::vector<std::string> names() const;
  void answer(const std::vector<std::string>& args) const;
  bool is_asked(const Option& option) const;
  void read_command_line(const std::vector<std::string>& args);
  void read_config(const std::string& path);
  void read_positionals(const std::vector<std::string>& texts);
  void refuse_swallowed() const;

  std::string command_, usage_, summary_, group_ = "General";
  std::vector<OptionExample> examples_;
  std::deque<Option> options_;         // keeps references to options valid
  std::vector<Condition> conditions_;  ///< of all options added now
  std::map<std::string, std::vector<std::string>> values_;
  std::set<std::string> typed_;  ///< names of those values that the command line gave
};

/// Throws a UsageError if a value of a struct is not one that its describe() allows.
template <typename Described>
void check_values(Described described) {
  Options options;
  described.describe(options);
  options.check_values();
}

}  // namespace rotor
