// Options: the fields of a struct, described. Each module keeps its options in a plain struct, whose describe() states
// each of them once; that drives the command line (base/command_line.h) and its --help, --config file.ini, the saved
// config.ini, JSON, and the checks of values.
//
//   struct SearchOptions {
//     int64_t beam = 5;
//     void describe(Options& options) {
//       options.group("Search");
//       options.add("beam", beam, "number of hypotheses kept for each sentence").at_least(1).common();
//     }
//   };
//
// Unknown keys, misspelt choices and numbers out of range are refused, names with the nearest valid one. An option that
// has no effect beside the others (Option::only) can be named.
#pragma once

#include <deque>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "base/option.h"

namespace rotor {

class Options {
 public:
  using Target = Option::Target;

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

  /// All options, in the order in which they were added.
  const std::deque<Option>& all() const { return options_; }
  /// The option of that name, or null.
  const Option* find(const std::string& name) const;
  /// The names of those that take a value as --name VALUE.
  std::vector<std::string> names() const;

  /// Throws a UsageError for a target whose value the option does not accept.
  void check_values() const;

  /// A sentence for each option that is asked for (Option::is_asked) and has no effect beside the others. Valid once
  /// the targets have the values given.
  std::vector<std::string> ignored() const;

  /// Every named option with its value now, as an .ini file that --config accepts.
  std::string to_ini() const;

  /// The options of the given groups (all groups when empty) as a JSON object in snake case, with real booleans and
  /// numbers: {"dropout": 0.1, "encoder_layers": 6, …}; infinite numbers are the texts "inf" and "-inf".
  nlohmann::ordered_json to_json(const std::vector<std::string>& groups = {}) const;

  /// Sets the targets from such an object. Unknown keys and values that the option does not take are refused by name,
  /// `origin` saying where they stand; absent keys keep defaults.
  void from_json(const nlohmann::ordered_json& object, const std::string& origin);

 private:
  std::string group_ = "General";
  std::deque<Option> options_;         // keeps references to options valid
  std::vector<Condition> conditions_;  ///< of all options added now
};

/// Throws a UsageError if a value of a struct is not one that its describe() allows.
template <typename Described>
void check_values(Described described) {
  Options options;
  described.describe(options);
  options.check_values();
}

}  // namespace rotor
