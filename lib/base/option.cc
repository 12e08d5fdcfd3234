#include "base/option.h"

#include <algorithm>
#include <cmath>

#include "base/foreign_options.h"
#include "base/option_text.h"

namespace rotor {

namespace {

/// The description of a value of each type in errors, and its name in --help.
struct Kind {
  const char *expected, *placeholder;
};
const Kind& kind(const Option::Target& target) {
  static constexpr Kind kKinds[] = {{"true or false", ""},
                                    {"a whole number of at most 64 bits", "N"},
                                    {"a finite number", "X"},
                                    {"a text", "TEXT"},
                                    {"texts", "TEXT ..."}};
  return kKinds[target.index()];
}

}  // namespace

bool NumberRange::contains(double number) const {
  if (!infinite && !std::isfinite(number)) return false;
  return (above ? number > least : number >= least) && (below ? number < most : number <= most);
}

std::string NumberRange::text() const {
  const bool low = std::isfinite(least), high = std::isfinite(most);
  const std::string start = fmt::format("{}{}", above ? "above " : high ? "from " : "", least);
  const std::string end = fmt::format("{}{}", below ? "below " : "", most);
  if (low && high) return start + (above ? " and " : " to ") + (above && !below ? "at most " : "") + end;
  if (low) return above ? start : start + " or more";
  if (high) return below ? end : end + " or less";
  return "";
}

Option& Option::above(double bound) {
  range.least = bound;
  range.above = true;
  return *this;
}

Option& Option::at_least(double bound) {
  range.least = bound;
  return *this;
}

Option& Option::below(double bound) {
  range.most = bound;
  range.below = true;
  return *this;
}

Option& Option::at_most(double bound) {
  range.most = bound;
  return *this;
}

Option& Option::may_be_infinite() {
  range.infinite = true;
  return *this;
}

Option& Option::only(std::string when, std::function<bool()> holds) {
  conditions.push_back({std::move(when), std::move(holds)});
  return *this;
}

Option& Option::by_name() {
  named = true;
  return *this;
}

Option& Option::also(std::string spelling) {
  spellings.push_back(std::move(spelling));
  return *this;
}

Option& Option::common() {
  shown_first = true;
  return *this;
}

std::string Option::text() const {
  return std::visit([](auto* value) { return join(print_value(*value), " "); }, target);
}

std::string Option::placeholder() const {
  return value_name.empty() ? kind(target).placeholder : value_name;
}

const char* Option::expected() const {
  return is_number() && range.infinite ? "a number, inf or -inf" : kind(target).expected;
}

std::string Option::fault(const Texts& texts) const {
  double number = 0;
  const bool readable = std::visit(
      [&](auto* value) {
        auto scratch = *value;
        const bool valid = read_value(texts, scratch);
        if constexpr (std::is_arithmetic_v<decltype(scratch)>) number = static_cast<double>(scratch);
        return valid;
      },
      target);
  const bool finite = std::isfinite(number) || range.infinite;
  const std::string text = texts.empty() ? "" : texts.back();
  if (!readable || !finite) {
    return fmt::format("expects {}, got '{}'", expected(), text);
  }
  if (is_number() && !range.contains(number)) {
    const std::string bounds = range.text();
    const char* between =
        bounds.starts_with("above") || bounds.starts_with("below") || bounds.starts_with("from") ? "" : "of ";
    return fmt::format("expects a {}number {}{}, got '{}'", std::holds_alternative<int64_t*>(target) ? "whole " : "",
                       between, bounds, text);
  }
  const bool left_out = text.empty() && fallback.empty();
  const bool chosen =
      choices.empty() || texts.empty() || left_out || std::find(choices.begin(), choices.end(), text) != choices.end();
  if (chosen) return "";
  const std::string foreign = options_of_foreign_value(name, text);
  return fmt::format("expects one of {}, got '{}'{}", join(choices, ", "), text,
                     foreign.empty() ? did_you_mean(text, choices) : " (fairseq's is " + foreign + " here)");
}

std::string Option::typed_fault(const Texts& texts) const {
  std::string fault = this->fault(texts);
  const bool empty = std::holds_alternative<std::string*>(target) && !texts.empty() && texts.back().empty();
  const bool chosen = std::find(choices.begin(), choices.end(), "") != choices.end();
  if (!fault.empty() || !empty || chosen) return fault;
  return "expects a text, got ''; give one, or leave the option out; a later --config file may set it to nothing";
}

bool Option::is_asked() const {
  const bool differs = text() != fallback;
  return origin == Origin::kCommandLine ? differs || !is_flag() : origin == Origin::kFile && differs;
}

std::string Option::missing() const {
  const auto unmet = std::find_if(conditions.begin(), conditions.end(), [](const Condition& c) { return !c.holds(); });
  return unmet == conditions.end() ? "" : unmet->when;
}

}  // namespace rotor
