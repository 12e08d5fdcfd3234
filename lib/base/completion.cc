#include "base/completion.h"

#include <algorithm>

#include "base/option_text.h"

namespace rotor {

namespace {

Texts spellings_of(const Option& option) {
  Texts spellings = {"--" + option.name};
  if (option.can_be_negated()) spellings.push_back("--no-" + option.name);
  spellings.insert(spellings.end(), option.spellings.begin(), option.spellings.end());
  return spellings;
}

std::string bash_script(const OptionTable& table) {
  std::string function = '_' + table.command, cases;
  std::replace(function.begin(), function.end(), '-', '_');
  Texts names;
  for (const Option& row : table.rows) {
    if (row.positional) continue;
    for (const std::string& name : spellings_of(row)) names.push_back(name);
    const Texts choices = typed_choices(row);
    if (choices.empty()) continue;
    cases += fmt::format("    {}) choices='{}' ;;\n", join(spellings_of(row), "|"), join(choices, " "));
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

/// The specification of one spelling of an option for _arguments of zsh.
std::string zsh_argument(const Option& row, const std::string& spelling) {
  std::string help = explanation(row);
  for (const char* special : {"\\", "[", "]"}) replace_all(help, special, std::string("\\") + special);
  const std::string value = row.placeholder();
  const bool with_equals = !value.empty() && spelling.starts_with("--");
  std::string text = fmt::format("{}{}{}[{}]", row.is_list() ? "*" : "", spelling, with_equals ? "=" : "", help);
  const Texts choices = typed_choices(row);
  if (!value.empty()) {
    text += ':' + value + ':' + (!choices.empty() ? '(' + join(choices, " ") + ')' : row.is_number() ? " " : "_files");
  }
  replace_all(text, "'", "'\\''");
  return '\'' + text + '\'';
}

std::string zsh_script(const OptionTable& table) {
  std::string arguments;
  for (const Option& row : table.rows) {
    if (row.positional) continue;
    for (const std::string& name : spellings_of(row)) arguments += "    " + zsh_argument(row, name) + " \\\n";
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

std::string completion_script(const OptionTable& table, const std::string& shell) {
  if (shell == "bash") return bash_script(table);
  if (shell == "zsh") return zsh_script(table);
  refuse("--completion expects bash or zsh, got '{}'", shell);
}

}  // namespace rotor
