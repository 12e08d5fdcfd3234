// Options of fairseq and sacreBLEU that the commands lack, for users who type them from habit. An option that asks for
// what a command does anyway is accepted; for any other, the error names its replacement.
#pragma once

#include <string>

#include "base/option_text.h"

namespace rotor {

enum class ForeignValue { kNone, kOne, kOptional };

struct ForeignOption {
  Texts commands;        ///< those on which it is known
  std::string spelling;  ///< with its dashes; a * at the end stands for any further letters
  ForeignValue value;    ///< whether a value follows it
  Texts same;            ///< values that ask for what the command does anyway; "": the option without a value
  std::string answer;    ///< what to use in its place; empty: every value is taken
};

/// The entry of an option of a command ("rotor-train"), or nullptr.
const ForeignOption* foreign_option(const std::string& command, const std::string& spelling);

/// The options that do what a value of fairseq's asks for, where an option ("arch") has other values here: "--arch
/// transformer_base". Empty if there are none.
std::string options_of_foreign_value(const std::string& option, const std::string& value);

}  // namespace rotor
