#include "base/pattern.h"

#include <regex>

#include "base/option_text.h"

namespace rotor {
namespace {

std::vector<std::string> groups_of(const std::smatch& match) {
  return {match.begin(), match.end()};
}

}  // namespace

struct Pattern::Expression {
  std::regex regex;
};

Pattern::Pattern(const std::string& expression, const std::string& purpose) {
  try {
    expression_ = std::make_shared<Expression>(Expression{std::regex(expression)});
  } catch (const std::regex_error& error) {
    refuse("{} expects a regular expression, got '{}': {}", purpose, expression, error.what());
  }
}

std::optional<std::vector<std::string>> Pattern::match(const std::string& text) const {
  std::smatch match;
  if (!std::regex_match(text, match, expression_->regex)) return std::nullopt;
  return groups_of(match);
}

std::optional<std::vector<std::string>> Pattern::find(const std::string& text) const {
  std::smatch match;
  if (!std::regex_search(text, match, expression_->regex)) return std::nullopt;
  return groups_of(match);
}

}  // namespace rotor
