#include "base/options.h"

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "base/option_json.h"
#include "base/option_text.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

Texts texts_of(const Option& option) {
  return std::visit([](auto* value) { return print_value(*value); }, option.target);
}

std::string snake_case(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

// ---- the list of options

void Options::group(std::string title) {
  group_ = std::move(title);
}

Option& Options::add(std::string name, Target target, std::string help, std::vector<std::string> choices) {
  ROTOR_CHECK(find(name) == nullptr, "the option {} is described twice", name);
  options_.push_back({.name = std::move(name),
                      .help = std::move(help),
                      .group = group_,
                      .target = target,
                      .choices = std::move(choices),
                      .conditions = conditions_});
  options_.back().fallback = options_.back().text();
  return options_.back();
}

Option& Options::positional(std::string name, Target target, std::string help, bool required) {
  Option& option = add(std::move(name), target, std::move(help));
  option.positional = true;
  option.required = required;
  option.named = false;
  return option;
}

Option& Options::option(const std::string& name) {
  const auto found = std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.name == name; });
  ROTOR_CHECK(found != options_.end(), "no option is called {}", name);
  return *found;
}

void Options::only(std::string when, std::function<bool()> holds, const std::function<void()>& describe) {
  conditions_.push_back({std::move(when), std::move(holds)});
  describe();
  conditions_.pop_back();
}

const Option* Options::find(const std::string& name) const {
  const auto found = std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.name == name; });
  return found == options_.end() ? nullptr : &*found;
}

std::vector<std::string> Options::names() const {
  Texts result;
  for (const Option& option : options_) {
    if (option.named) result.push_back(option.name);
  }
  return result;
}

// ---- looking at the values

std::vector<std::string> Options::ignored() const {
  Texts sentences;
  for (const Option& option : options_) {
    if (!option.is_asked()) continue;
    const std::string when = option.missing();
    if (when.empty()) continue;
    const std::string value = option.is_flag() ? "" : ' ' + option.text();
    sentences.push_back(fmt::format("--{}{} has no effect: it is read only {}", option.name, value, when));
  }
  return sentences;
}

void Options::check_values() const {
  for (const Option& option : options_) {
    const std::string fault = option.fault(texts_of(option));
    if (!fault.empty()) refuse("--{} {}", option.name, fault);
  }
}

// ---- writing

std::string Options::to_ini() const {
  std::string text, title;
  for (const Option& option : options_) {
    if (!option.named) continue;
    if (option.group != title) text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", option.group);
    title = option.group;
    Texts values = texts_of(option);
    if (values.empty()) values.push_back("");
    for (const std::string& value : values) text += fmt::format("{} = {}\n", option.name, ini_quoted(value));
  }
  return text;
}

Json Options::to_json(const std::vector<std::string>& groups) const {
  Json object = Json::object();
  for (const Option& option : options_) {
    const bool wanted = groups.empty() || std::find(groups.begin(), groups.end(), option.group) != groups.end();
    if (option.named && wanted) object[snake_case(option.name)] = json_of(option);
  }
  return object;
}

void Options::from_json(const Json& object, const std::string& origin) {
  ROTOR_CHECK(object.is_object(), "{}: expected a JSON object of options", origin);
  Texts known = names();
  std::transform(known.begin(), known.end(), known.begin(), snake_case);
  for (const auto& [key, value] : object.items()) {
    const auto found = std::find_if(options_.begin(), options_.end(),
                                    [&](const Option& o) { return o.named && snake_case(o.name) == key; });
    ROTOR_CHECK(found != options_.end(), "{}: unknown option '{}'{}; valid ones: {}", origin, key,
                did_you_mean(key, known), join(known, ", "));
    const std::string fault = set_from_json(*found, value);
    ROTOR_CHECK(fault.empty(), "{}: {} {}", origin, key, fault);
    found->origin = Option::Origin::kFile;
  }
}

}  // namespace rotor
