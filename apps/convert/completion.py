"""Scripts that let bash or zsh complete rotor-convert's formats, and of each its options and their choices."""

from .formats import FORMATS

NAMES = [row.name for row in FORMATS]
GENERAL = {"--help": "show help, and exit", "--version": "show the version, and exit", "--completion": "print completions"}
SHELLS = ("bash", "zsh")
BASH = """\
# bash completion for rotor-convert, made by rotor-convert --completion bash
_rotor_convert() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} option=${{COMP_WORDS[COMP_CWORD - 1]}} choices=
  if [[ $word == = ]]; then
    word=
  elif [[ $option == = ]]; then
    option=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case $option in
{choices}
    *)
      case $COMP_CWORD:$word:${{COMP_WORDS[1]}} in
        1:*) choices='{first}' ;;
{options}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$word"))
}}
complete -o bashdefault -o default -F _rotor_convert rotor-convert"""
ZSH = """\
#compdef rotor-convert
# zsh completion for rotor-convert, made by rotor-convert --completion zsh
_rotor-convert() {{
  local -a options=()
  case $words[2] in
{options}
  esac
  _arguments '1:format:({names})' '2:in:_files' '3:out:_files' {general} $options
}}
if [[ $funcstack[1] == _rotor-convert ]]; then
  _rotor-convert "$@"
else
  compdef _rotor-convert rotor-convert
fi"""


def completion_script(shell):
    return _bash() if shell == "bash" else _zsh()


def _bash():
    choices = {f"--{option.name}": " ".join(option.choices) for row in FORMATS for option in row.options if option.choices}
    choices["--completion"] = " ".join(SHELLS)
    options = {row.name: " ".join(f"--{option.name}" for option in row.options) for row in FORMATS if row.options}
    return BASH.format(
        choices="\n".join(f"    {option}) choices='{values}' ;;" for option, values in choices.items()),
        first=" ".join((*NAMES, *GENERAL)),
        options="\n".join(f"        *:-*:{name}) choices='{own}' ;;" for name, own in options.items()),
    )


def _zsh():
    options = {row.name: " ".join(map(_zsh_argument, row.options)) for row in FORMATS if row.options}
    return ZSH.format(
        names=" ".join(NAMES),
        options="\n".join(f"    {name}) options=({own}) ;;" for name, own in options.items()),
        general=" ".join(f"'{option}[{what}]'" for option, what in GENERAL.items()),
    )


def _zsh_argument(option):
    """The specification of an option for _arguments of zsh."""
    help_text = option.help.translate(str.maketrans({special: f"\\{special}" for special in "\\[]"}))
    values = f"({' '.join(option.choices)})" if option.choices else "_files" if option.value in ("FILE", "FOLDER") else " "
    argument = f"--{option.name}=[{help_text}]:{option.value}:{values}" if option.value else f"--{option.name}[{help_text}]"
    return "'" + argument.replace("'", "'\\''") + "'"
