"""The command line of rotor-convert."""

import importlib
import sys

from .fault import Fault
from .formats import FORMATS

NAMES = [row.name for row in FORMATS]
USAGE = "rotor-convert FORMAT IN OUT"
SUMMARY = "Converts models of other programs to Rotor's model files, and Rotor's to theirs."
OPTIONS = [
    ("-h, --help", "show this, and exit"),
    ("--version", "show the version, and exit"),
    ("--completion SHELL", "print completions for bash or zsh, and exit"),
]
EXAMPLES = [
    ("rotor-convert bert bert-base-uncased bert.safetensors", "Makes a model of a folder that Hugging Face published."),
    ("rotor-convert huggingface run/checkpoint_best.safetensors mine", "Makes a folder that transformers loads."),
]
COMPLETIONS = {
    "bash": f"complete -o default -W '{' '.join(NAMES)}' rotor-convert",
    "zsh": f"#compdef rotor-convert\n_arguments '1:format:({' '.join(NAMES)})' '2:in:_files' '3:out:_files'",
}


def run():
    sys.exit(main(sys.argv[1:]))


def main(arguments):
    """Returns the exit code: 0 success, 1 an error, 2 wrong usage."""
    if "--version" in arguments:
        from .version import VERSION  # a file that the build writes

        print(f"rotor-convert {VERSION}")
        return 0
    if {"-h", "--help", "--help-all"} & set(arguments):
        print(help_text())
        return 0
    if arguments[:1] == ["--completion"] and len(arguments) == 2 and arguments[1] in COMPLETIONS:
        print(COMPLETIONS[arguments[1]])
        return 0
    options = [argument for argument in arguments if argument.startswith("-")]
    if options:
        return report(2, f"unknown option {options[0]}; expected {USAGE}")
    if len(arguments) != 3:
        return report(2, f"expected {USAGE}, got {len(arguments)} arguments; FORMAT is one of {', '.join(NAMES)}")
    if arguments[0] not in NAMES:
        return report(2, f"unknown format '{arguments[0]}'; choose one of: {', '.join(NAMES)}")
    return convert(*arguments)


def convert(name, source, target):
    try:
        model = importlib.import_module(f".{name}", __package__).convert(source, target)
    except ModuleNotFoundError as error:
        return report(1, f"expected the Python package {error.name}, got none; apt-get install python3-{error.name}")
    except Fault as error:
        return report(1, str(error))
    except OSError as error:
        return report(1, f"{error.filename}: {error.strerror}")
    except MemoryError:
        return report(1, f"out of memory while converting {source}")
    except KeyboardInterrupt:
        return report(130, "stopped by signal 2")
    count = sum(array.size for array in model.parameters.values())
    print(f"wrote {target}: {model.config['task']}, {count} parameters", file=sys.stderr)
    return 0


def help_text():
    def rows(pairs):
        width = max(len(left) for left, _ in pairs) + 2
        return [f"  {left:{width}}{right}" for left, right in pairs]

    formats = [(f"{row.name} {row.source} {row.target}", row.help) for row in FORMATS]
    examples = [line for command, what in EXAMPLES for line in (f"  {command}", f"      {what}")]
    parts = [[f"Usage: {USAGE}"], [SUMMARY], ["Formats:", *rows(formats)], ["Options:", *rows(OPTIONS)], ["Examples:", *examples]]
    return "\n\n".join("\n".join(part) for part in parts)


def report(code, text):
    print(f"rotor-convert: {' '.join(text.splitlines())}", file=sys.stderr)
    return code
