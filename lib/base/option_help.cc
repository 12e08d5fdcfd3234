#include "base/option_help.h"

#include <algorithm>

#include "base/option_text.h"

namespace rotor {

namespace {

constexpr size_t kWidth = 110;

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

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

std::string spelling(const OptionRow& row) {
  if (row.positional) return row.name;
  const std::string name = row.name == "help" ? "-h, --help" : "--" + row.name;
  return row.placeholder.empty() ? name : name + ' ' + row.placeholder;
}

/// The choices that can be typed: an empty one stands for an option not given.
Texts choices_of(const OptionRow& row) {
  Texts choices = row.choices;
  std::erase(choices, "");
  return choices;
}

std::string explanation(const OptionRow& row) {
  const Texts choices = choices_of(row);
  std::string notes = choices.empty() ? "" : "one of " + join(choices, ", ");
  if (!row.fallback.empty()) notes += (notes.empty() ? "default " : "; default ") + row.fallback;
  return notes.empty() ? row.help : row.help + " (" + notes + ')';
}

/// The titles in the order of their first rows.
Texts groups_of(const OptionTable& table) {
  Texts groups;
  for (const OptionRow& row : table.rows) {
    if (std::find(groups.begin(), groups.end(), row.group) == groups.end()) groups.push_back(row.group);
  }
  return groups;
}

std::string bash_script(const OptionTable& table) {
  std::string function = '_' + table.command, cases;
  std::replace(function.begin(), function.end(), '-', '_');
  Texts names;
  for (const OptionRow& row : table.rows) {
    if (row.positional) continue;
    names.push_back("--" + row.name);
    const Texts choices = choices_of(row);
    if (!choices.empty()) cases += fmt::format("    --{}) choices='{}' ;;\n", row.name, join(choices, " "));
  }
  return fmt::format(R"(# bash completion for {0}, made by {0} --completion bash
{1}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} option=${{COMP_WORDS[COMP_CWORD - 1]}} choices=
  if [[ $word == = ]]; then
    word=
  elif [[ $option == = ]]; then
    option=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case $option in
{2}    *) [[ $word != -* ]] || choices='{3}' ;;
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$word"))
}}
complete -o bashdefault -o default -F {1} {0}
)",
                     table.command, function, cases, join(names, " "));
}

/// What _arguments of zsh wants to know of an option.
std::string zsh_argument(const OptionRow& row) {
  std::string help = explanation(row);
  for (const char* special : {"\\", "[", "]"}) replace_all(help, special, std::string("\\") + special);
  std::string text =
      fmt::format("{}--{}{}[{}]", row.many ? "*" : "", row.name, row.placeholder.empty() ? "" : "=", help);
  const Texts choices = choices_of(row);
  if (!row.placeholder.empty()) {
    const bool number = row.placeholder == "N" || row.placeholder == "X";
    text += ':' + row.placeholder + ':' + (!choices.empty() ? '(' + join(choices, " ") + ')' : number ? " " : "_files");
  }
  replace_all(text, "'", "'\\''");
  return '\'' + text + '\'';
}

std::string zsh_script(const OptionTable& table) {
  std::string arguments;
  for (const OptionRow& row : table.rows) {
    if (!row.positional) arguments += "    " + zsh_argument(row) + " \\\n";
  }
  return fmt::format(R"(#compdef {0}
# zsh completion for {0}, made by {0} --completion zsh
_{0}() {{
  _arguments \
{1}    '*:file:_files'
}}
if [[ $funcstack[1] == _{0} ]]; then
  _{0} "$@"
else
  compdef _{0} {0}
fi
)",
                     table.command, arguments);
}

}  // namespace

std::string help_text(const OptionTable& table) {
  std::string usage = table.usage;
  replace_all(usage, " | ", "\n  or:  ");
  std::string text = "Usage: " + usage + "\n\n" + wrapped(table.summary, 0) + '\n';
  size_t column = 0;
  for (const OptionRow& row : table.rows) column = std::max(column, 2 + spelling(row).size() + 2);
  for (const std::string& group : groups_of(table)) {
    text += '\n' + group + ":\n";
    for (const OptionRow& row : table.rows) {
      if (row.group != group) continue;
      std::string start = "  " + spelling(row);
      start.resize(column, ' ');
      text += start + wrapped(explanation(row), column) + '\n';
    }
  }
  return text;
}

std::string completion_script(const OptionTable& table, const std::string& shell) {
  if (shell == "bash") return bash_script(table);
  if (shell == "zsh") return zsh_script(table);
  refuse("--completion expects bash or zsh, got '{}'", shell);
}

}  // namespace rotor
