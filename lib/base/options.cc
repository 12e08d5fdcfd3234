#include "base/options.h"

#include <algorithm>
#include <boost/make_shared.hpp>
#include <boost/program_options.hpp>
#include <iostream>

#include "base/check.h"
#include "base/files.h"
#include "base/json.h"
#include "base/option_help.h"
#include "base/option_json.h"
#include "base/option_text.h"

namespace rotor {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

namespace {

/// What is expected of a value of each type, and what --help calls it.
struct Kind {
  const char *expected, *placeholder;
};
Kind kind(const Options::Target& target) {
  static constexpr Kind kKinds[] = {{"true or false", ""},
                                    {"a whole number of at most 64 bits", "N"},
                                    {"a finite number", "X"},
                                    {"a text", "TEXT"},
                                    {"texts", "TEXT ..."}};
  return kKinds[target.index()];
}

Texts texts_of(const Options::Target& target) {
  return std::visit([](auto* value) { return print_value(*value); }, target);
}

bool is_choice(const std::string& text, const Texts& choices, const std::string& fallback) {
  return choices.empty() || text == fallback || std::find(choices.begin(), choices.end(), text) != choices.end();
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

void Options::add(std::string name, Target target, std::string help, std::vector<std::string> choices) {
  CHECK(find(name) == nullptr, "the option {} is described twice", name);
  options_.push_back({.name = std::move(name),
                      .help = std::move(help),
                      .group = group_,
                      .choices = std::move(choices),
                      .target = target,
                      .fallback = join(texts_of(target), " ")});
}

void Options::positional(std::string name, Target target, std::string help, bool required) {
  add(std::move(name), target, std::move(help));
  options_.back().positional = true;
  options_.back().required = required;
}

const Options::Option* Options::find(const std::string& name) const {
  const auto found = std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.name == name; });
  return found == options_.end() ? nullptr : &*found;
}

std::vector<std::string> Options::names() const {
  Texts result;
  for (const Option& option : options_) {
    if (!option.positional) result.push_back(option.name);
  }
  return result;
}

// ---- reading

void Options::check(const Option& option, const Texts& texts, const std::string& where) const {
  const std::string shown = where + (option.positional || !where.empty() ? "" : "--") + option.name;
  const bool valid = std::visit(
      [&](auto* target) {
        auto scratch = *target;
        return read_value(texts, scratch);
      },
      option.target);
  if (!valid) refuse("{} expects {}, got '{}'", shown, kind(option.target).expected, texts.back());
  if (!is_choice(texts.back(), option.choices, option.fallback)) {
    refuse("{} expects one of {}, got '{}'{}", shown, join(option.choices, ", "), texts.back(),
           did_you_mean(texts.back(), option.choices));
  }
}

void Options::read(int argc, const char* const* argv) {
  Texts args;
  for (int i = 1; i < argc; ++i) {
    const std::string token = argv[i];
    const Option* option = token.starts_with("--") ? find(token.substr(2)) : nullptr;
    const bool flag = option != nullptr && std::holds_alternative<bool*>(option->target);
    const std::string next = flag && i + 1 < argc ? argv[i + 1] : "";
    // Boost knows no value that may be left out without swallowing a positional argument: a flag gets its value here.
    if (next == "true" || next == "false") ++i;
    args.push_back(!flag ? token : token + (next == "false" ? "=false" : "=true"));
    if (token == "--help" || token == "-h") std::cout << help();
    if (token == "--version") std::cout << command_ << ' ' << ROTOR_VERSION << '\n';
    if (token == "--completion") std::cout << completion_script(table(), i + 1 < argc ? argv[i + 1] : "");
    if (token == "--help" || token == "-h" || token == "--version" || token == "--completion") throw Exit{};
  }
  values_.clear();
  read_command_line(args);
  if (const auto config = values_.find("config"); config != values_.end()) read_config(config->second.back());
}

void Options::read_command_line(const Texts& args) {
  po::options_description described;
  described.add_options()("config", po::value<std::string>());
  for (const Option& option : options_) {
    if (option.positional) continue;
    const bool many = std::holds_alternative<Texts*>(option.target);
    described.add(boost::make_shared<po::option_description>(
        option.name.c_str(),
        many ? static_cast<po::value_semantic*>(po::value<Texts>()->multitoken()) : po::value<std::string>()));
  }
  namespace style = po::command_line_style;
  constexpr int kStyle = style::allow_long | style::long_allow_adjacent | style::long_allow_next | style::allow_short |
                         style::allow_dash_for_short | style::short_allow_adjacent;
  Texts positionals;
  try {
    const auto parsed = po::command_line_parser(args).options(described).style(kStyle).allow_unregistered().run();
    for (const po::option& given : parsed.options) {
      if (given.unregistered) {
        const std::string name = given.original_tokens.at(0);
        const std::string bare = name.substr(std::min(name.find_first_not_of('-'), name.size()));
        refuse("unknown option {}{}; --help lists them all", name,
               did_you_mean(bare.substr(0, bare.find('=')), names(), "--"));
      }
      if (given.string_key.empty()) {
        positionals.insert(positionals.end(), given.value.begin(), given.value.end());
        continue;
      }
      if (const Option* option = find(given.string_key)) check(*option, given.value, "");
      values_[given.string_key] = given.value;
    }
  } catch (const po::error& error) {
    refuse("{}; --help shows how it is used", error.what());
  }
  read_positionals(positionals);
}

void Options::read_positionals(const Texts& texts) {
  auto next = texts.begin();
  for (const Option& option : options_) {
    if (!option.positional) continue;
    const auto end = next == texts.end() || std::holds_alternative<Texts*>(option.target) ? texts.end() : next + 1;
    if (next == end && option.required) refuse("expected {} ({}); usage: {}", option.name, option.help, usage_);
    if (next != end) {
      values_[option.name] = Texts(next, end);
      check(option, values_[option.name], "");
    }
    next = end;
  }
  if (next != texts.end()) refuse("unexpected argument '{}'; usage: {}", *next, usage_);
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
    if (option == nullptr || option->positional) {
      refuse("{}: unknown key '{}'{}; valid keys: {}", where, key, did_you_mean(key, names()), join(names(), ", "));
    }
    Texts& texts = found[key];
    if (!std::holds_alternative<Texts*>(option->target)) texts.clear();
    texts.push_back(ini_value(trimmed(line.substr(equals + 1)), where));
    check(*option, texts, where + ": ");
  }
  values_.merge(found);  // keeps what the command line gave
}

std::string Options::given(const std::string& name) const {
  CHECK(find(name) != nullptr, "no option is called {}", name);
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

// ---- writing

OptionTable Options::table() const {
  OptionTable table{command_, usage_, summary_, {}};
  std::vector<OptionRow> general;
  for (const Option& option : options_) {
    OptionRow row{option.name,    option.help,     option.group,      kind(option.target).placeholder,
                  option.choices, option.fallback, option.positional, std::holds_alternative<Texts*>(option.target)};
    if (row.positional) row.group = "Arguments";
    (row.group == "General" ? general : table.rows).push_back(row);
  }
  std::stable_partition(table.rows.begin(), table.rows.end(), [](const OptionRow& row) { return row.positional; });
  table.rows.insert(table.rows.end(), general.begin(), general.end());
  table.rows.push_back({"config", "read options from an .ini file of key = value lines; the command line overrides it",
                        "General", "FILE"});
  table.rows.push_back({"completion",
                        "print a script that lets a shell complete the options, and exit",
                        "General",
                        "SHELL",
                        {"bash", "zsh"}});
  table.rows.push_back({"help", "show this and exit", "General"});
  table.rows.push_back({"version", "show the version and exit", "General"});
  return table;
}

std::string Options::help() const {
  return help_text(table());
}

std::string Options::to_ini() const {
  std::string text, title;
  for (const Option& option : options_) {
    if (option.positional) continue;
    if (option.group != title) text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", option.group);
    title = option.group;
    Texts values = texts_of(option.target);
    if (values.empty()) values.push_back("");
    for (const std::string& value : values) text += fmt::format("{} = {}\n", option.name, ini_quoted(value));
  }
  return text;
}

Json Options::to_json(const std::vector<std::string>& groups) const {
  Json object = Json::object();
  for (const Option& option : options_) {
    const bool wanted = groups.empty() || std::find(groups.begin(), groups.end(), option.group) != groups.end();
    if (option.positional || !wanted) continue;
    std::visit([&](auto* value) { object[snake_case(option.name)] = *value; }, option.target);
  }
  return object;
}

void Options::from_json(const Json& object, const std::string& origin) {
  CHECK(object.is_object(), "{}: expected a JSON object of options", origin);
  Texts known = names();
  std::transform(known.begin(), known.end(), known.begin(), snake_case);
  for (const auto& [key, value] : object.items()) {
    const auto found = std::find_if(options_.begin(), options_.end(),
                                    [&](const Option& o) { return !o.positional && snake_case(o.name) == key; });
    CHECK(found != options_.end(), "{}: unknown option '{}'{}; valid ones: {}", origin, key, did_you_mean(key, known),
          join(known, ", "));
    std::visit(
        [&](auto* target) {
          CHECK(fits(value, target), "{}: {} expects {}, got {}", origin, key, kind(found->target).expected,
                value.dump(-1, ' ', true, Json::error_handler_t::replace));
          value.get_to(*target);
        },
        found->target);
    const std::string text = join(texts_of(found->target), " ");
    CHECK(is_choice(text, found->choices, found->fallback), "{}: {} expects one of {}, got '{}'", origin, key,
          join(found->choices, ", "), text);
  }
}

}  // namespace rotor
