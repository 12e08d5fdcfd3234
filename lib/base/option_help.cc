#include "base/option_help.h"

#include <algorithm>

#include "base/option_text.h"

namespace rotor {

namespace {

constexpr size_t kWidth = 110;
constexpr size_t kWidestSpelling = 36;  // a longer one has a line of its own

size_t characters(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// The text broken between words into lines of at most kWidth, those after the first indented.
std::string wrapped(const std::string& text, size_t indent) {
  std::string out;
  size_t column = indent;
  for (size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    const size_t width = characters(word);
    if (column > indent && column + 1 + width > kWidth) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width;
  }
  return out;
}

/// "-s, --source-lang TEXT" or "--[no-]bf16"; of an argument its name.
std::string spelling(const Option& option) {
  if (option.positional) return option.name;
  Texts spellings = option.spellings;
  const auto is_long = [](const std::string& text) { return text.starts_with("--"); };
  spellings.insert(std::find_if(spellings.begin(), spellings.end(), is_long),
                   (option.can_be_negated() ? "--[no-]" : "--") + option.name);
  const std::string value = option.placeholder();
  return join(spellings, ", ") + (value.empty() ? "" : ' ' + value);
}

/// The titles in the order of their first rows.
Texts groups_of(const std::vector<Option>& rows) {
  Texts groups;
  for (const Option& row : rows) {
    if (std::find(groups.begin(), groups.end(), row.group) == groups.end()) groups.push_back(row.group);
  }
  return groups;
}

std::string groups_text(const std::vector<Option>& rows) {
  size_t column = 0;
  for (const Option& row : rows) column = std::max(column, 2 + std::min(spelling(row).size(), kWidestSpelling) + 2);
  std::string text;
  for (const std::string& group : groups_of(rows)) {
    text += '\n' + group + ":\n";
    for (const Option& row : rows) {
      if (row.group != group) continue;
      std::string start = "  " + spelling(row);
      if (start.size() + 2 > column)
        start += '\n' + std::string(column, ' ');
      else
        start.resize(column, ' ');
      text += start + wrapped(explanation(row), column) + '\n';
    }
  }
  return text;
}

}  // namespace

std::vector<Option> options_of_every_command() {
  std::string* const text = nullptr;
  bool* const flag = nullptr;
  const auto row = [](const char* name, Option::Target target, const char* help) {
    return Option{.name = name, .help = help, .group = "General", .target = target, .shown_first = true};
  };
  std::vector<Option> rows = {
      row("config", text,
          "read options from an .ini file of key = value lines; a later file overrides it, and the command line both"),
      row("completion", text, "print a script that lets a shell complete the options, and exit"),
      row("help", flag, "show the options used most, and exit"),
      row("help-all", flag, "show all options, and exit"),
      row("version", flag, "show the version, and exit"),
  };
  rows[0].value_name = "FILE";
  rows[1].value_name = "SHELL";
  rows[1].choices = {"bash", "zsh"};
  rows[1].shown_first = false;
  rows[2].also("-h");
  rows[4].also("-V");
  for (Option& option : rows) option.negatable = false;
  return rows;
}

Texts typed_choices(const Option& option) {
  Texts choices = option.choices;
  std::erase(choices, "");
  return choices;
}

std::string explanation(const Option& option) {
  if (option.positional) return option.help;
  Texts notes;
  if (const Texts choices = typed_choices(option); !choices.empty()) notes.push_back("one of " + join(choices, ", "));
  if (option.is_number()) notes.push_back(option.range.text());
  if (!option.fallback.empty() && !(option.is_flag() && option.fallback == "false")) {
    notes.push_back("default " + option.fallback);
  }
  for (const Condition& condition : option.conditions) {
    if (condition.when.starts_with("with ")) notes.push_back("only " + condition.when);
  }
  std::erase(notes, "");
  return notes.empty() ? option.help : option.help + " (" + join(notes, "; ") + ')';
}

std::string help_text(const OptionTable& table, bool all) {
  std::string usage = table.usage;
  replace_all(usage, " | ", "\n  or:  ");
  std::vector<Option> rows = table.rows;
  if (!all) std::erase_if(rows, [](const Option& row) { return !row.positional && !row.shown_first; });
  std::string text = "Usage: " + usage + "\n\n" + wrapped(table.summary, 0) + '\n' + groups_text(rows);
  for (const OptionExample& example : table.examples) {
    text += (&example == &table.examples.front() ? "\nExamples:\n" : "") +
            fmt::format("  {}\n      {}\n", example.command_line, wrapped(example.what, 6));
  }
  if (!all && rows.size() < table.rows.size()) {
    text += fmt::format(
        "\n{} --help-all shows all {} options.\n", table.command,
        std::count_if(table.rows.begin(), table.rows.end(), [](const Option& row) { return !row.positional; }));
  }
  return text;
}

}  // namespace rotor
