// The values of options as text: reading and printing each type, the quoting of .ini files, and the nearest name to a
// misspelt one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace rotor {

/// The texts given for an option: one, or several for a list.
using Texts = std::vector<std::string>;

/// Throws a UsageError with that text.
template <typename... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw UsageError(fmt::format(format, std::forward<Args>(args)...));
}

/// Throws a UsageError unless the condition holds.
template <typename... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) refuse(format, std::forward<Args>(args)...);
}

/// Reads a value; returns false if the text has not its type. A list takes all the texts (a single empty one is the
/// empty list), the others the last. The whole text must be a number, and its type must hold it; a double may be inf or
/// -inf.
bool read_value(const Texts& texts, bool& value);
bool read_value(const Texts& texts, int64_t& value);
bool read_value(const Texts& texts, double& value);
bool read_value(const Texts& texts, std::string& value);
bool read_value(const Texts& texts, Texts& value);

/// The texts that read_value turns into the same value again, to the last bit.
Texts print_value(bool value);
Texts print_value(int64_t value);
Texts print_value(double value);
Texts print_value(const std::string& value);
Texts print_value(const Texts& value);

std::string join(const Texts& texts, const char* between);
std::string trimmed(const std::string& text);
void replace_all(std::string& text, std::string_view from, std::string_view to);

/// A value for an .ini file: in double quotes where blanks, quotes, backslashes or # would be lost.
std::string ini_quoted(const std::string& text);
/// The value after the `=` of a trimmed line, quoted or bare, without a comment. A UsageError names `where`.
std::string ini_value(const std::string& text, const std::string& where);

/// The name in `known` nearest to `name` by edit distance, or empty if none is near.
std::string nearest(const std::string& name, const Texts& known);
/// " (did you mean <prefix><nearest name>?)", or empty if none is near.
std::string did_you_mean(const std::string& name, const Texts& known, const char* prefix = "");

}  // namespace rotor
