// One option: where its value goes, which values it takes, and when it has an effect. A struct's describe() states all
// of it in one expression, which the command line, --config, JSON, --help and shell completion share:
//
//   options.add("sampling-topp", topp, "draw each token from the fewest tokens whose probabilities add up to this")
//       .above(0)
//       .at_most(1)
//       .only("with --sampling", [this] { return sampling; });
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace rotor {

/// The numbers an option takes.
struct NumberRange {
  double least = -std::numeric_limits<double>::infinity(), most = std::numeric_limits<double>::infinity();
  bool above = false, below = false;  ///< the bound itself is outside
  bool infinite = false;              ///< inf and -inf are numbers too, where the bounds allow

  bool contains(double number) const;
  /// "0 or more", "above 0", "from 0 to below 1"; empty without bounds.
  std::string text() const;
};

/// The condition under which an option has an effect.
struct Condition {
  std::string when;             ///< continues "only": "with --sampling"; --help shows those that begin with "with"
  std::function<bool()> holds;  ///< looks at the values once all are set
};

struct Option {
  using Target = std::variant<bool*, int64_t*, double*, std::string*, std::vector<std::string>*>;
  enum class Origin { kDefault, kFile, kCommandLine };

  std::string name{}, help{}, group{};
  Target target{};
  std::vector<std::string> choices{};
  NumberRange range{};
  std::vector<Condition> conditions{};
  std::vector<std::string> spellings{};  ///< other spellings, with their dashes: "-s"
  std::string fallback{};                ///< default as text, captured when the option was added
  std::string value_name{};              ///< what --help calls the value; empty: named by its type
  bool shown_first = false;
  bool positional = false, required = false;
  bool negatable = true;             ///< of a flag: --help is none
  bool named = true;                 ///< takes its value as --name VALUE; a positional argument does where it says so
  Origin origin = Origin::kDefault;  ///< of the value; JSON counts as a file

  /// Bounds of a number. A value outside is a UsageError.
  Option& above(double bound);
  Option& at_least(double bound);
  Option& below(double bound);
  Option& at_most(double bound);
  /// Takes inf and -inf too; in JSON these are the texts "inf" and "-inf".
  Option& may_be_infinite();

  /// States when the option has an effect; `when` continues "only". Given otherwise, it is warned of.
  Option& only(std::string when, std::function<bool()> holds);

  /// Lets a positional argument be given as --name VALUE too.
  Option& by_name();

  /// Another spelling, with its dashes: "-s", "-tok" or "--input".
  Option& also(std::string spelling);

  /// Shown by --help; the others by --help-all alone.
  Option& common();

  bool is_flag() const { return std::holds_alternative<bool*>(target); }
  bool is_list() const { return std::holds_alternative<std::vector<std::string>*>(target); }
  bool is_number() const { return std::holds_alternative<int64_t*>(target) || std::holds_alternative<double*>(target); }

  /// Whether --no-name switches it off.
  bool can_be_negated() const { return negatable && named && is_flag() && !name.starts_with("no-"); }

  /// The value now, as text.
  std::string text() const;
  /// The name of the value in --help; empty for a flag.
  std::string placeholder() const;
  /// The values that its type expects, such as "a finite number".
  const char* expected() const;
  /// The fault of a value given as texts, such as "expects a number above 0, got '-1'"; empty if there is none.
  std::string fault(const std::vector<std::string>& texts) const;
  /// The same of a value typed on the command line, where an empty text, such as that of a variable which is not set,
  /// is a fault too, unless it is one of the choices.
  std::string typed_fault(const std::vector<std::string>& texts) const;
  /// Whether the value asks for something: one of a file that is the default does not, nor does a flag that stays off.
  bool is_asked() const;
  /// When the option would have an effect, if it has none beside the values now; empty if it has.
  std::string missing() const;
};

}  // namespace rotor
