"""Folders in Hugging Face's layout: config.json, the weights, a vocabulary."""

import json
from pathlib import Path

from .fault import Fault, require
from .pickled_tensors import read_pickled_tensors
from .tensor_file import read_tensors

WEIGHTS = ("model.safetensors", "pytorch_model.bin")


def check_folder(folder, files):
    """All that is missing is named at once."""
    folder = Path(folder)
    require(folder.is_dir(), f"{folder}: expected a folder with config.json, weights and vocabulary, got {_what(folder)}")
    missing = [name for name in files if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in WEIGHTS):
        shards = [name for name in WEIGHTS if (folder / f"{name}.index.json").is_file()]
        require(not shards, f"{folder}: expected the weights in one file, got several; save the model again in one")
        missing.append(" or ".join(WEIGHTS))
    require(not missing, f"{folder}: expected {', '.join(missing)} in it; get the whole folder")


def _what(path):
    return "a file" if path.exists() else "nothing"


def read_config(folder):
    path = Path(folder) / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        config = None
    require(isinstance(config, dict), f"{path}: expected a JSON object, got something else; get the file anew")
    return config


def read_weights(folder):
    """The tensors of the folder, as a dictionary from names to arrays."""
    for name, read in zip(WEIGHTS, (lambda path: read_tensors(path)[0], read_pickled_tensors)):
        if (Path(folder) / name).is_file():
            return read(Path(folder) / name)
    raise Fault(f"{folder}: expected {' or '.join(WEIGHTS)}, got neither")
