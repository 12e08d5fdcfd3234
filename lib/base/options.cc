#include "base/options.h"

#include <algorithm>
#include <iostream>

#include "base/check.h"
#include "base/command_line.h"
#include "base/completion.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
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

Options::Options(std::string command, std::string usage, std::string summary)
    : command_(std::move(command)), usage_(std::move(usage)), summary_(std::move(summary)) {}

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

void Options::example(std::string command_line, std::string what) {
  examples_.push_back({std::move(command_line), std::move(what)});
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

// ---- reading

void Options::read(int argc, const char* const* argv) {
  const Texts words(argv + std::min(argc, 1), argv + argc);
  answer(words);
  values_.clear();
  read_command_line(words);
  if (const auto config = values_.find("config"); config != values_.end()) read_config(config->second.back());
}

void Options::answer(const Texts& words) const {
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") {
      std::cout << help();
    } else if (word == "--help-all") {
      std::cout << help(/*all=*/true);
    } else if (word == "--version" || word == "-V") {
      std::cout << command_ << ' ' << ROTOR_VERSION << '\n';
    } else if (word == "--completion") {
      std::cout << completion_script(table(), i + 1 < words.size() ? words[i + 1] : "");
    } else {
      continue;
    }
    throw Exit{};
  }
}

void Options::read_command_line(const Texts& words) {
  CommandLine line = parse_command_line(command_, words, options_);
  values_ = std::move(line.values);
  typed_.clear();
  for (const auto& [name, texts] : values_) {
    typed_.insert(name);
    const Option* option = find(name);
    const std::string fault = option == nullptr ? "" : option->fault(texts);
    if (!fault.empty()) refuse("--{} {}", name, fault);
  }
  read_positionals(line.positionals);
  refuse_swallowed();
}

void Options::read_positionals(const Texts& texts) {
  auto next = texts.begin();
  std::string missing;
  for (const Option& option : options_) {
    if (!option.positional || values_.contains(option.name)) continue;
    const auto end = next == texts.end() || option.is_list() ? texts.end() : next + 1;
    if (next == end && option.required && missing.empty()) {
      missing = fmt::format("{} ({})", option.name, option.help.substr(0, option.help.find(';')));
    }
    if (next != end) values_[option.name] = Texts(next, end);
    next = end;
  }
  if (next != texts.end()) refuse("unexpected argument '{}'; usage: {}", *next, usage_);
  if (missing.empty()) return;
  for (const Option& option : options_) {
    if (!option.is_list() || option.positional || !values_.contains(option.name)) continue;
    refuse("expected {}; --{} took {}: give it before the options, or after --", missing, option.name,
           join(values_[option.name], ", "));
  }
  refuse("expected {}; usage: {}", missing, usage_);
}

/// An option that takes a list takes all words that follow. Where one of them is a folder, FOLDER or FOLDER:WEIGHT, it
/// was meant as an argument.
void Options::refuse_swallowed() const {
  const bool arguments = std::any_of(options_.begin(), options_.end(), [](const Option& o) { return o.positional; });
  for (const Option& option : options_) {
    if (!arguments || !option.is_list() || option.positional || !typed_.contains(option.name)) continue;
    for (const std::string& text : values_.at(option.name)) {
      std::error_code unreadable;
      const bool folder = std::filesystem::is_directory(text, unreadable) ||
                          std::filesystem::is_directory(text.substr(0, text.rfind(':')), unreadable);
      if (!folder) continue;
      refuse("--{} took the folder {}: give it before the options, or after --", option.name, text);
    }
  }
}

void Options::read_config(const std::string& path) {
  std::map<std::string, Texts> found;
  LineReader reader((std::filesystem::path(path)));
  for (std::string line; reader.next(line);) {
    line = trimmed(line);
    if (line.empty() || line[0] == '#' || line[0] == ';' || line[0] == '[') continue;
    const std::string where = fmt::format("{}:{}", path, reader.line_number());
    const size_t equals = line.find('=');
    if (equals == std::string::npos) refuse("{}: expected key = value, got '{}'", where, line);
    const std::string key = trimmed(line.substr(0, equals));
    const Option* option = find(key);
    if (option == nullptr || !option->named) {
      refuse("{}: unknown key '{}'{}; valid keys: {}", where, key, did_you_mean(key, names()), join(names(), ", "));
    }
    Texts& texts = found[key];
    if (!option->is_list()) texts.clear();
    texts.push_back(ini_value(trimmed(line.substr(equals + 1)), where));
    if (const std::string fault = option->fault(texts); !fault.empty()) refuse("{}: {} {}", where, key, fault);
  }
  values_.merge(found);  // keeps what the command line gave
}

std::string Options::given(const std::string& name) const {
  ROTOR_CHECK(find(name) != nullptr, "no option is called {}", name);
  const auto found = values_.find(name);
  return found == values_.end() ? "" : join(found->second, " ");
}

void Options::apply() {
  for (const Option& option : options_) {
    const auto found = values_.find(option.name);
    if (found != values_.end()) std::visit([&](auto* target) { read_value(found->second, *target); }, option.target);
  }
}

void Options::parse(int argc, const char* const* argv) {
  read(argc, argv);
  apply();
}

// ---- looking at the values

bool Options::is_asked(const Option& option) const {
  const bool differs = option.text() != option.fallback;
  return typed_.contains(option.name) ? differs || !option.is_flag() : values_.contains(option.name) && differs;
}

std::vector<std::string> Options::ignored() const {
  Texts sentences;
  for (const Option& option : options_) {
    if (!is_asked(option)) continue;
    const std::string when = option.missing();
    if (when.empty()) continue;
    const std::string value = option.is_flag() ? "" : ' ' + option.text();
    sentences.push_back(fmt::format("--{}{} has no effect: it is read only {}", option.name, value, when));
  }
  return sentences;
}

void Options::warn_of_ignored() const {
  for (const std::string& sentence : ignored()) log::warn("{}", sentence);
}

void Options::check_values() const {
  for (const Option& option : options_) {
    const std::string fault = option.fault(texts_of(option));
    if (!fault.empty()) refuse("--{} {}", option.name, fault);
  }
}

// ---- writing

OptionTable Options::table() const {
  OptionTable table{command_, usage_, summary_, {}, examples_};
  std::vector<Option> options, general;
  for (const Option& option : options_) {
    if (option.positional) table.rows.push_back(option);
    if (option.positional) table.rows.back().group = "Arguments";
    if (!option.named) continue;
    std::vector<Option>& rows = option.group == "General" ? general : options;
    rows.push_back(option);
    rows.back().positional = false;
  }
  for (const auto& rows : {options, general, options_of_every_command()}) {
    table.rows.insert(table.rows.end(), rows.begin(), rows.end());
  }
  return table;
}

std::string Options::help(bool all) const {
  return help_text(table(), all);
}

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
    values_[found->name] = texts_of(*found);
  }
}

}  // namespace rotor
