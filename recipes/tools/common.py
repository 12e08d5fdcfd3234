"""What the tools of this folder share: reports of trainings, gnuplot, and errors of one line."""

import json
import subprocess
import sys
from pathlib import Path


def fail(message):
    """Ends the program with one line that says what is wrong."""
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


def reason(error):
    """What the system says of an OSError."""
    return error.strerror or str(error)


def read_reports(path):
    """The reports of a run, from its train.jsonl or its folder; the broken last line of a running one is left out."""
    path = Path(path)
    if path.is_dir():
        path = path / "train.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        fail(f"cannot read {path}: {reason(error)}; expected the train.jsonl of a training, or its folder")
    except UnicodeDecodeError:
        fail(f"{path}: expected the train.jsonl of a training, got a file that is not UTF-8 text")
    reports = []
    for line in lines:
        try:
            report = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(report, dict) and is_number(report.get("update")):
            reports.append(report)
    if not reports:
        fail(f"{path}: expected reports of a training, a JSON object a line with an 'update', found none")
    return reports


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def quoted(text):
    """A gnuplot string that nothing inside can end or expand."""
    return "'" + text.replace("'", "''") + "'"


TERMINALS = {".svg": "svg", ".png": "pngcairo", ".pdf": "pdfcairo"}


def terminal(output, width, height, more=""):
    """gnuplot's commands that choose the kind and the name of its output, of a size in pixels."""
    suffix = Path(output).suffix
    if suffix not in TERMINALS:
        fail(f"expected an output that ends in {', '.join(TERMINALS)}, got {output}")
    size = f"{width / 90:.2f},{height / 90:.2f}" if suffix == ".pdf" else f"{width},{height}"
    return f"set terminal {TERMINALS[suffix]} noenhanced size {size} {more}\nset output {quoted(str(output))}\n"


def draw(script, output):
    """Has gnuplot draw a figure."""
    try:
        with open(output, "ab"):
            pass
    except OSError as error:
        fail(f"cannot write {output}: {reason(error)}")
    try:
        drawn = subprocess.run(["gnuplot"], input=script, text=True, capture_output=True)
    except FileNotFoundError:
        fail("expected gnuplot, found none; install the package gnuplot-nox")
    if drawn.returncode != 0:
        fail(f"gnuplot failed: {drawn.stderr.strip()}")
