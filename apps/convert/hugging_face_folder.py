"""Folders in Hugging Face's layout: config.json, the weights, a vocabulary.

Weights are in one file, or in several that an index names, such as model.safetensors.index.json."""

from pathlib import Path

from .fault import listed, require
from .json_file import read_json
from .pickled_tensors import read_pickled_tensors
from .tensor_file import stored_tensors

WEIGHTS = {"model.safetensors": lambda path: stored_tensors(path)[0], "pytorch_model.bin": read_pickled_tensors}  # the first counts
WEIGHTS_FILE = next(iter(WEIGHTS))  # which is written
INDEX = "{}.index.json"


def check_folder(folder, files):
    """All that is missing is named at once."""
    folder = Path(folder)
    require(folder.is_dir(), f"{folder}: expected a folder with config.json, weights and vocabulary, got {_what(folder)}")
    missing = [name for name in files if not (folder / name).is_file()]
    _, index = _kind_and_index(folder)
    if index is None:
        missing.append(" or ".join(WEIGHTS))
    else:
        missing += [name for name in sorted(set(index.values())) if not (folder / name).is_file()]
    require(not missing, f"{folder}: expected {', '.join(missing)} in it; get the whole folder")


def _what(path):
    return "a file" if path.exists() else "nothing"


def read_config(folder):
    return read_json(Path(folder) / "config.json")


def read_weights(folder):
    """The tensors of the folder, as a dictionary from names to StoredTensors."""
    folder = Path(folder)
    kind, index = _kind_and_index(folder)
    require(kind, f"{folder}: expected {' or '.join(WEIGHTS)}, got neither")
    if not index:
        return WEIGHTS[kind](folder / kind)
    tensors = {}
    for file in sorted(set(index.values())):
        part = WEIGHTS[kind](folder / file)
        twice = sorted(tensors.keys() & part.keys())
        require(not twice, f"{folder / file}: expected tensors that no other file has, got {listed(twice)} again; get the folder anew")
        tensors.update(part)
    lacking = sorted(index.keys() - tensors.keys())
    require(not lacking, f"{folder}: expected the tensors that {INDEX.format(kind)} names, got none called {listed(lacking)}")
    return tensors


def _kind_and_index(folder):
    """The name by WEIGHTS of the folder's weights, and the file of each tensor: nothing of weights in one file, None without any."""
    for kind in WEIGHTS:
        if (folder / kind).is_file():
            return kind, {}
        if (folder / INDEX.format(kind)).is_file():
            return kind, _read_index(folder / INDEX.format(kind))
    return None, None


def _read_index(path):
    files = read_json(path).get("weight_map")
    require(isinstance(files, dict) and files, f"{path}: expected a weight_map of tensors and their files, got none; get the file anew")
    odd = [name for name in files.values() if not _is_plain(name)]
    require(not odd, f"{path}: expected names of files in this folder, got {odd[:1]}; nothing outside of it is read")
    return files


def _is_plain(name):
    """Whether it is the name of a file in a folder, which leads nowhere else."""
    return type(name) is str and name not in ("", ".", "..") and not set(name) & set("/\\\0")
