"""Rotor's model files: parameters, a configuration, a vocabulary, in one safetensors file (lib/README.md)."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy

from .fault import Fault, require
from .rounding import remark, streams
from .tensor_file import read_tensors, stored_tensors, write_tensors

VERSION = "1"
LANGUAGES = ("source_language", "target_language")
VOCABULARIES = ("vocabulary", "vocabulary.source", "vocabulary.target")


@dataclass
class Model:
    """A model as its file holds it. Parameters are arrays or StoredTensors under Rotor's names, `config` has all its options; `vocabulary` is that
    of the target too, unless `target_vocabulary` is another; `languages` are those of LANGUAGES that the file names; `remark` is what the user should know of
    it once it is written."""

    config: dict
    vocabulary: bytes
    parameters: dict = field(default_factory=dict)
    target_vocabulary: bytes = None
    languages: dict = field(default_factory=dict)
    remark: str = ""

    def sides(self):
        """The vocabularies of the source and of the target."""
        return self.vocabulary, self.vocabulary if self.target_vocabulary is None else self.target_vocabulary


def read_model(path):
    """Reads a model file; checkpoints' states are left out, and 8-bit matrices are refused."""
    tensors, metadata = read_tensors(path, lambda name: not name.startswith("optimizer."))
    require(
        metadata.get("format") == "rotor" and "config" in metadata,
        f"{path}: expected a Rotor model, got another safetensors file; give a file that rotor-train wrote",
    )
    require(
        metadata.get("version", "1") == VERSION,
        f"{path}: expected a model of format version {VERSION}, got {metadata.get('version')}; use a newer rotor-convert",
    )
    rounded = [name for name in tensors if name.endswith(".scales")]
    require(not rounded, f"{path}: expected a model in F32 or BF16, got one in 8 bits; give the model that it was made of")
    try:
        config = json.loads(metadata["config"])
    except (ValueError, RecursionError):
        config = None
    require(
        isinstance(config, dict),
        f"{path}: expected the model's configuration as a JSON object, got {metadata['config']:.60}; the file is damaged",
    )
    joined, source, target = (tensors.pop(name, None) for name in VOCABULARIES)
    require(
        (joined is None) == (source is not None and target is not None),
        f"{path}: expected a vocabulary, or one of the source and one of the target, got neither; the file is damaged",
    )
    languages = {key: metadata[key] for key in LANGUAGES if key in metadata}
    if joined is None:
        return Model(config, source.tobytes(), tensors, target.tobytes(), languages)
    return Model(config, joined.tobytes(), tensors, None, languages)


def _holds_training(path):
    try:
        return Path(path).is_file() and any(name.startswith("optimizer.") for name in stored_tensors(path)[0])
    except Fault:
        return False


def write_model(path, model, quantize="none"):
    """Writes a model a block at a time, with the matrices of products in the bits that `quantize` names (rounding.py)."""
    require(not _holds_training(path), f"{path} is a checkpoint, and a model has no state of a training; give OUT another name")
    model.remark = "; ".join(filter(None, (model.remark, remark(model.parameters, quantize))))
    tensors = {}
    for name, parameter in model.parameters.items():
        tensors.update(streams(name, parameter, quantize))
    joined = model.target_vocabulary is None
    for name, vocabulary in zip(VOCABULARIES[:1] if joined else VOCABULARIES[1:], (model.vocabulary, model.target_vocabulary)):
        tensors[name] = numpy.frombuffer(vocabulary, numpy.uint8)
    config = json.dumps(model.config, separators=(",", ":"), ensure_ascii=False)
    write_tensors(path, tensors, {"format": "rotor", "version": VERSION, "config": config, **model.languages}, checksums=True)
