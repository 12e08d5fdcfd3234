"""What the goldens of exports share: cases, each a Rotor model made of another golden's parameters, and what rotor-convert writes.

A case is a dictionary, which the goldens hold: `from`, the golden with the parameters; `vocabulary`, the golden with the pieces, if
it is another; `config`, the options in which the model differs; `without`, beginnings of the names of parameters that are left
out; `rows`, ends of names of those cut to so many rows.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from safetensors import safe_open

from golden import FOLDER, save_golden

PREFIXES = ("encoder.", "decoder.")


def read(name):
    """The parameters, the configuration and the vocabularies of a golden."""
    with safe_open(FOLDER / f"{name}.safetensors", "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys() if key.startswith((*PREFIXES, "vocabulary"))}
        config = json.loads(file.metadata()["config"])
    vocabularies = {key: value for key, value in tensors.items() if key.startswith("vocabulary")}
    return {key: value for key, value in tensors.items() if key not in vocabularies}, config, vocabularies


def assemble(case):
    """The parameters in float64, and the configuration of a case's model; its vocabularies."""
    parameters, config, vocabularies = read(case["from"])
    config |= case.get("config", {})
    parameters = {key: value for key, value in parameters.items() if not key.startswith(tuple(case.get("without", [])) or ("-",))}
    for end, rows in case.get("rows", {}).items():
        parameters |= {key: value[:rows] for key, value in parameters.items() if key.endswith(end)}
    if "vocabulary" in case:
        vocabularies = read(case["vocabulary"])[2]
    return {key: value.double() for key, value in parameters.items()}, config, vocabularies


class Exported:
    """The folders that rotor-convert writes of a case, in a folder that goes with this object."""

    def __init__(self, case):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder, self.model = Path(self.temporary.name), Path(self.temporary.name) / "m.safetensors"
        self.parameters, self.config, self.vocabularies = assemble(case)
        save_golden(self.model, {**self.parameters, **self.vocabularies}, {
            "format": "rotor", "version": "1", "config": json.dumps(self.config),
        })  # fmt: skip

    def convert(self, format_, *options):
        out = self.folder / "-".join([format_, *options])
        convert(format_, self.model, out, *options)
        return out


def convert(format_, source, out, *options):
    apps = FOLDER.parents[1] / "apps"
    environment = {**os.environ, "PYTHONPATH": str(apps), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-m", "convert", format_, source, out, *options], check=True, env=environment)


def contents(folder):
    """Of each file its SHA-256, of short ones in JSON what they say."""
    result = {}
    for path in sorted(folder.iterdir()):
        short = path.suffix == ".json" and path.stat().st_size < 2000
        result[path.name] = json.loads(path.read_text()) if short else hashlib.sha256(path.read_bytes()).hexdigest()
    return result


def write(name, golden):
    text = json.dumps(golden, indent=1, ensure_ascii=False)
    (FOLDER / name).write_text(text + "\n", encoding="utf-8")
