"""The command line of rotor-convert."""

import importlib
import os
import sys
from pathlib import Path

from .completion import NAMES, SHELLS, completion_script
from .fault import Fault, listed, require
from .formats import FORMATS

FLAGS = {f"--{option.name}" for row in FORMATS for option in row.options if not option.value}
PLACES = ("FILE", "FOLDER")  # what options may name
USAGE = "rotor-convert FORMAT IN OUT [OPTION]..."
SUMMARY = "Converts models of other programs to Rotor's model files, and Rotor's to theirs."
OPTIONS = [
    ("-h, --help", "show this, and exit"),
    ("--version", "show the version, and exit"),
    ("--completion SHELL", "print completions for bash or zsh, and exit"),
]
EXAMPLES = [
    ("rotor-convert bert bert-base-uncased bert.safetensors", "Makes a model of a folder that Hugging Face published."),
    ("rotor-convert huggingface run/checkpoint_best.safetensors mine", "Makes a folder that transformers loads."),
    ("rotor-convert ctranslate2 run/checkpoint_best.safetensors served --quantization int8", "Makes a folder that CTranslate2 loads."),
]


def run():
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # which the interpreter flushes once more
        code = report(1, f"cannot write to standard output: {error.strerror}; is the disk full?")
    sys.exit(code)


def main(arguments):
    """Returns the exit code: 0 success, 1 an error, 2 wrong usage."""
    if "--version" in arguments:
        from .version import VERSION  # a file that the build writes

        print(f"rotor-convert {VERSION}")
        return 0
    if {"-h", "--help", "--help-all"} & set(arguments):
        print(help_text())
        return 0
    if arguments and arguments[0].partition("=")[0] == "--completion":
        return complete(*split_options(arguments))
    try:
        return convert(*parse(arguments))
    except WrongUsage as error:
        return report(2, str(error))


def complete(given, *more):
    shell = given[1]
    if more or shell not in SHELLS:
        return report(2, f"expected --completion {' or '.join(SHELLS)}, got {shell or 'nothing'}{' and more' if more else ''}")
    print(completion_script(shell))
    return 0


class WrongUsage(Exception):
    """A command line that cannot be carried out; ends the command with exit code 2."""


def parse(arguments):
    """The row of the format, IN, OUT, and the values of the options by their names."""
    given = list(split_options(arguments))
    places = [value for name, value in given if name is None]
    row = next((row for row in FORMATS if row.name == places[0]), None) if places else None
    known = {f"--{option.name}": option for option in row.options} if row else {}
    for name, value in given:
        if name is None:
            continue
        if name not in known:
            of_format = f"; {row.name} has {listed(known) or 'no options'}" if row else ""
            raise WrongUsage(f"unknown option {name}{of_format}; expected {USAGE}")
        if name in FLAGS and value is not True:
            raise WrongUsage(f"expected no value after {name}, got {value}")
        choices = known[name].choices
        if not value or (choices and value not in choices):
            raise WrongUsage(f"expected {' or '.join(choices) or known[name].value} after {name}, got {value or 'nothing'}")
    if len(places) != 3:
        raise WrongUsage(f"expected {USAGE}, got {len(places)} arguments; FORMAT is one of {', '.join(NAMES)}")
    if row is None:
        raise WrongUsage(f"unknown format '{places[0]}'; choose one of: {', '.join(NAMES)}")
    return row, *places[1:], {name[2:].replace("-", "_"): value for name, value in given if name is not None}


def split_options(arguments):
    """Pairs of an option and its value ("--name VALUE" or "--name=VALUE"), of a flag True; other arguments have None for the
    option."""
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-"):
            yield None, argument
            continue
        name, equals, value = argument.partition("=")
        yield name, value if equals else name in FLAGS or next(rest, None)


def convert(row, source, target, options):
    module = row.name.replace("-", "_")
    try:
        _check_places(source, target, [options.get(option.name.replace("-", "_")) for option in row.options if option.value in PLACES])
        model = importlib.import_module(f".{module}", __package__).convert(source, target, **options)
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
    print(f"wrote {target}: {model.config.get('task', 'translation')}, {count} parameters", file=sys.stderr)
    if model.remark:
        print(f"rotor-convert: {model.remark}", file=sys.stderr)
    return 0


def _check_places(source, target, given):
    """Refuses an IN that can be read only once, and an OUT that would replace IN or a file of an option, or what may be read beside
    them: in their folders OUT may replace a model of Rotor's only."""
    source, replaced = Path(source), Path(target)
    known = source.is_file() or source.is_dir() or not source.exists()
    require(known, f"expected a regular file or a folder as IN, got {source}, a pipe or a device; save what it gives to a file")
    if not replaced.is_file():
        return
    for place in (place for place in map(Path, filter(None, [source, *given])) if place.exists()):
        folder = (place if place.is_dir() else place.parent).resolve()
        strange = folder in replaced.resolve().parents and not _is_model(replaced)
        lost = replaced.samefile(place) or strange
        require(not lost, f"expected another file than those that are read as OUT, got {target}; give OUT another name")


def _is_model(path):
    from .tensor_file import stored_tensors  # which needs numpy

    try:
        return stored_tensors(path)[1].get("format") == "rotor"
    except Fault:
        return False


def help_text():
    def rows(pairs):
        width = max(len(left) for left, _ in pairs) + 2
        return [f"  {left:{width}}{right}" for left, right in pairs]

    formats = [(f"{row.name} {row.source} {row.target}", row.help) for row in FORMATS]
    rows_of = {}
    for row in FORMATS:
        for option in row.options:
            rows_of.setdefault(option, []).append(row.name)
    of_formats = [(f"--{option.name} {option.value}", f"of {', '.join(names)}: {option.help}") for option, names in rows_of.items()]
    examples = [line for command, what in EXAMPLES for line in (f"  {command}", f"      {what}")]
    parts = [
        [f"Usage: {USAGE}"], [SUMMARY], ["Formats:", *rows(formats)], ["Options:", *rows(of_formats + OPTIONS)],
        ["Examples:", *examples],
    ]  # fmt: skip
    return "\n\n".join("\n".join(part) for part in parts)


def report(code, text):
    print(f"rotor-convert: {' '.join(text.splitlines())}", file=sys.stderr)
    return code
