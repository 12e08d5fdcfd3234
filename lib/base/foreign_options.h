// Options of fairseq and sacreBLEU that the commands do not have, for hands that type them from habit. One that asks
// for what a command does anyway is taken; any other is answered with what to use in its place.
#pragma once

#include <string>

#include "base/option_text.h"

namespace rotor {

enum class ForeignValue { kNone, kOne, kOptional };

struct ForeignOption {
  Texts commands;        ///< those on which it is known
  std::string spelling;  ///< with its dashes; a * at the end stands for any further letters
  ForeignValue value;    ///< whether a value follows it
  Texts same;            ///< values that ask for what the command does anyway
  std::string answer;    ///< what to use in its place; empty: every value is taken
};

/// What is known of an option on a command ("rotor-train"), or nullptr.
const ForeignOption* foreign_option(const std::string& command, const std::string& spelling);

}  // namespace rotor
