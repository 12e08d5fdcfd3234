// Regular expressions in ECMAScript's syntax, compiled by the standard library in this one source: its templates take
// seconds to compile.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rotor {

class Pattern {
 public:
  /// A UsageError names the purpose, and gives the library's reason, if `expression` is no regular expression.
  explicit Pattern(const std::string& expression, const std::string& purpose = "a search");

  /// The text itself and what its groups hold, if the expression matches all of it.
  std::optional<std::vector<std::string>> match(const std::string& text) const;

  /// The first part of the text that the expression matches, and what its groups hold.
  std::optional<std::vector<std::string>> find(const std::string& text) const;

 private:
  struct Expression;
  std::shared_ptr<const Expression> expression_;
};

}  // namespace rotor
