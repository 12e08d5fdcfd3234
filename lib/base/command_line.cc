#include "base/command_line.h"

#include <algorithm>
#include <iostream>

#include "base/check.h"
#include "base/command_words.h"
#include "base/completion.h"
#include "base/files.h"
#include "base/isa.h"
#include "base/log.h"
#include "base/option_text.h"
#include "base/progress.h"

namespace rotor {

CommandLine::CommandLine(std::string command, std::string usage, std::string summary)
    : command_(std::move(command)), usage_(std::move(usage)), summary_(std::move(summary)) {}

void CommandLine::example(std::string command_line, std::string what) {
  examples_.push_back({std::move(command_line), std::move(what)});
}

void CommandLine::read(int argc, const char* const* argv) {
  const Texts words(argv + std::min(argc, 1), argv + argc);
  answer(words);
  read_words(words);
  const std::map<std::string, Texts> typed = values_;
  const auto configs = typed.find("config");
  configs_ = configs == typed.end() ? Texts() : configs->second;
  std::for_each(configs_.rbegin(), configs_.rend(), [&](const auto& path) { read_config(path); });
  check_arguments(typed);
  for (const Option& known : all()) {
    option(known.name).origin = typed.contains(known.name)     ? Option::Origin::kCommandLine
                                : values_.contains(known.name) ? Option::Origin::kFile
                                                               : Option::Origin::kDefault;
  }
}

void CommandLine::answer(const Texts& words) const {
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") {
      std::cout << help();
    } else if (word == "--help-all") {
      std::cout << help(/*all=*/true);
    } else if (word == "--version" || word == "-V") {
      std::cout << command_ << ' ' << ROTOR_VERSION << " (" << isa() << ")\n";
    } else if (word == "--completion") {
      std::cout << completion_script(table(), i + 1 < words.size() ? words[i + 1] : "");
    } else if (constexpr std::string_view kWithShell = "--completion="; word.starts_with(kWithShell)) {
      std::cout << completion_script(table(), word.substr(kWithShell.size()));
    } else {
      continue;
    }
    throw Exit{};
  }
}

void CommandLine::read_words(const Texts& words) {
  CommandWords sorted = sort_words(command_, words, all());
  values_ = std::move(sorted.values);
  for (const auto& [name, texts] : values_) {
    const Option* option = find(name);
    if (option == nullptr) continue;
    const std::string fault = takes_empty_texts_ ? option->fault(texts) : option->typed_fault(texts);
    if (!fault.empty()) refuse("--{} {}", name, fault);
  }
  read_positionals(sorted.positionals);
  foreign_ = std::move(sorted.foreign);
  if (foreign("--no-progress-bar")) hide_progress();
}

void CommandLine::read_positionals(const Texts& texts) {
  auto next = texts.begin();
  for (const Option& option : all()) {
    if (!option.positional || values_.contains(option.name)) continue;
    const auto end = next == texts.end() || option.is_list() ? texts.end() : next + 1;
    if (next != end) values_[option.name] = Texts(next, end);
    next = end;
  }
  if (next != texts.end()) refuse("unexpected argument '{}'; usage: {}", *next, usage_);
}

/// A list on the command line takes all words that follow, and may have taken a missing argument.
void CommandLine::check_arguments(const std::map<std::string, Texts>& typed) const {
  const auto missing = std::find_if(all().begin(), all().end(), [&](const Option& o) {
    return o.positional && o.required && !values_.contains(o.name);
  });
  if (missing == all().end()) return;
  const std::string expected = fmt::format("{} ({})", missing->name, missing->help.substr(0, missing->help.find(';')));
  for (const Option& option : all()) {
    if (!option.is_list() || option.positional || !typed.contains(option.name)) continue;
    refuse("expected {}; --{} took {}: give it before the options, or after --", expected, option.name,
           join(typed.at(option.name), ", "));
  }
  refuse("expected {}; usage: {}", expected, usage_);
}

void CommandLine::read_config(const std::string& path) {
  std::map<std::string, Texts> found;
  LineReader reader((std::filesystem::path(path)));
  for (std::string line; reader.next(line);) {
    if (reader.line_number() == 1) drop_byte_order_mark(line);
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
    if (found.contains(key) && !option->is_list())
      refuse("{}: {} has a value before; remove one of the lines", where, key);
    Texts& texts = found[key];
    texts.push_back(ini_value(trimmed(line.substr(equals + 1)), where));
    if (const std::string fault = option->fault(texts); !fault.empty()) refuse("{}: {} {}", where, key, fault);
  }
  values_.merge(found);  // keeps what the command line and files after this one gave
}

std::string CommandLine::given(const std::string& name) const {
  ROTOR_CHECK(find(name) != nullptr, "no option is called {}", name);
  const auto found = values_.find(name);
  return found == values_.end() ? "" : join(found->second, " ");
}

std::optional<std::string> CommandLine::foreign(const std::string& spelling) const {
  const auto found = foreign_.find(spelling);
  return found == foreign_.end() ? std::nullopt : std::optional(found->second);
}

void CommandLine::apply() {
  for (const Option& option : all()) {
    const auto found = values_.find(option.name);
    if (found != values_.end()) std::visit([&](auto* target) { read_value(found->second, *target); }, option.target);
  }
}

void CommandLine::parse(int argc, const char* const* argv) {
  read(argc, argv);
  apply();
}

void CommandLine::warn_of_ignored() const {
  for (const std::string& sentence : ignored()) log::warn("{}", sentence);
}

OptionTable CommandLine::table() const {
  OptionTable table{command_, usage_, summary_, {}, examples_};
  std::vector<Option> options, general;
  for (const Option& option : all()) {
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

std::string CommandLine::help(bool all) const {
  return help_text(table(), all);
}

}  // namespace rotor
