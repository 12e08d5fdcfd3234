// Options of the commands. Each room keeps its options in a plain struct and describes each of them in one line; that
// line drives the command line (Boost.Program_options), --config file.ini, the saved config.ini and --help.
//
//   struct SearchOptions {
//     int64_t beam = 5;
//     void describe(Options& options) {
//       options.group("Search");
//       options.add("beam", beam, "hypotheses kept a sentence");
//     }
//   };
//
// Order of precedence: defaults < architecture (applied between read() and apply()) < --config < command line.
// Unknown keys and misspelt choices are refused with the nearest valid name.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/option_help.h"
#include "base/run_app.h"

namespace rotor {

class Options {
 public:
  using Target = std::variant<bool*, int64_t*, double*, std::string*, std::vector<std::string>*>;

  /// `command` is its whole name ("rotor-train"), `usage` its synopsis ("rotor-train corpus [options]") and `summary`
  /// its one-sentence purpose, all printed by --help.
  Options(std::string command, std::string usage, std::string summary);

  /// Opens a group: options added from here on are listed under `title` in --help.
  void group(std::string title);

  /// Adds `--name VALUE` bound to `target`, whose present value is the default shown by --help.
  /// A bool is a flag: `--name`, `--name true|false`; a vector takes one or more values. `choices` restricts a string.
  void add(std::string name, Target target, std::string help, std::vector<std::string> choices = {});
  template <typename T>
  requires(!std::is_pointer_v<T> && !std::is_same_v<T, Target>) void add(std::string name, T& target, std::string help,
                                                                         std::vector<std::string> choices = {}) {
    add(std::move(name), Target(&target), std::move(help), std::move(choices));
  }

  /// Adds a positional argument; a vector takes all that remain. Required ones must be present.
  void positional(std::string name, Target target, std::string help, bool required = true);
  template <typename T>
  requires(!std::is_pointer_v<T> && !std::is_same_v<T, Target>) void positional(std::string name, T& target,
                                                                                std::string help,
                                                                                bool required = true) {
    positional(std::move(name), Target(&target), std::move(help), required);
  }

  /// Reads the command line and --config without touching the targets. Handles --help, --version and --completion SHELL
  /// by printing and throwing Exit. Throws UsageError for an unknown option or choice, a missing argument or a
  /// malformed value.
  void read(int argc, const char* const* argv);

  /// The text given for an option by the command line or the config, or empty. Valid after read().
  std::string given(const std::string& name) const;

  /// Writes the values read into the targets. Call after defaults that depend on other options were set.
  void apply();

  /// read() and apply() in one.
  void parse(int argc, const char* const* argv);

  /// Every named option with its value now, as an .ini file that --config accepts.
  std::string to_ini() const;

  /// The options of the given groups (all groups when empty) as a JSON object in snake case, with real booleans and
  /// numbers: {"dropout": 0.1, "encoder_layers": 6, …}.
  nlohmann::ordered_json to_json(const std::vector<std::string>& groups = {}) const;

  /// Sets the targets from such an object. Unknown keys and wrong types are refused by name, `origin` saying where they
  /// stand; absent keys keep defaults.
  void from_json(const nlohmann::ordered_json& object, const std::string& origin);

  std::string help() const;

  /// Thrown by read() after --help, --version or --completion was printed: the command ends with exit code 0.
  struct Exit {};

 private:
  using Texts = std::vector<std::string>;
  struct Option {
    std::string name, help, group;
    std::vector<std::string> choices;
    Target target;
    std::string fallback;  ///< default as text, captured when added
    bool positional = false, required = false;
  };
  OptionTable table() const;
  const Option* find(const std::string& name) const;
  std::vector<std::string> names() const;
  void check(const Option& option, const Texts& texts, const std::string& where) const;
  void read_command_line(const Texts& args);
  void read_config(const std::string& path);
  void read_positionals(const Texts& texts);

  std::string command_, usage_, summary_, group_ = "General";
  std::vector<Option> options_;
  std::map<std::string, Texts> values_;
};

}  // namespace rotor
