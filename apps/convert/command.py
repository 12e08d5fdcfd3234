"""The command line of rotor-convert."""

import sys

USAGE = "rotor-convert FORMAT IN OUT"
SUMMARY = "Converts models of other programs to Rotor's model files, and Rotor's to theirs."


def help_text(formats):
    rows = [(f"{f.name} {f.source} {f.target}", f.help) for f in formats]
    width = max(len(row[0]) for row in rows) + 2
    lines = [f"Usage: {USAGE}", "", SUMMARY, "", "Formats:", *(f"  {left:{width}}{right}" for left, right in rows), ""]
    lines += ["Options:", "  -h, --help  show this, and exit", "  --version   show the version, and exit", "", "Examples:"]
    lines += ["  rotor-convert bert bert-base-uncased bert.safetensors", "      Makes a masked language model of a folder that Hugging Face published."]
    return "\n".join(lines)


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    if "--version" in arguments:
        from .version import VERSION  # a file that the build writes

        print(f"rotor-convert {VERSION}")
        return 0
    try:
        from .fault import Fault
        from .formats import FORMATS
        from .model_file import count
    except ModuleNotFoundError as error:
        return report(1, f"needs the Python package {error.name}: apt-get install python3-{error.name}")
    if "-h" in arguments or "--help" in arguments or "--help-all" in arguments:
        print(help_text(FORMATS))
        return 0
    names = [row.name for row in FORMATS]
    options = [argument for argument in arguments if argument.startswith("-")]
    if options:
        return report(2, f"unknown option {options[0]}; expected {USAGE}")
    if len(arguments) != 3:
        return report(2, f"expected {USAGE}, got {len(arguments)} arguments; FORMAT is one of {', '.join(names)}")
    if arguments[0] not in names:
        return report(2, f"unknown format '{arguments[0]}'; choose one of: {', '.join(names)}")
    name, source, target = arguments
    try:
        model = FORMATS[names.index(name)].convert(source, target)
    except Fault as error:
        return report(1, str(error))
    except MemoryError:
        return report(1, f"out of memory while converting {source}")
    except KeyboardInterrupt:
        return report(130, "stopped by signal 2")
    print(f"wrote {target}: {model.config['task']}, {count(model)} parameters", file=sys.stderr)
    return 0


def run():
    sys.exit(main())


def report(code, text):
    print(f"rotor-convert: {' '.join(text.splitlines())}", file=sys.stderr)
    return code
