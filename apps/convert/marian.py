"""Marian's models (Junczys-Dowmunt et al. 2018), among them those of Firefox and Bergamot: .npz or .bin to a Rotor model.

Matrices are transposed, but those of embeddings; 8-bit ones become floats unless their bits are kept. Where Marian's decoder starts from the zero vector,
Rotor's starts from a token <pad>, which is added to the vocabulary with a row of zeros and a bias that no softmax sees.
"""

from pathlib import Path

import numpy

from .fault import require
from .marian_file import read_marian_file
from .marian_names import EMBEDDINGS, SHARED, marian_names
from .marian_options import marian_options
from .marian_vocabulary import MarianVocabulary, find_vocabularies
from .marian_yaml import read_configuration
from .model_file import Model, write_model
from .rounding import Int8Matrix
from .translation_import import take_parameters

CONFIGURATION = "special:model.yml"
BIAS, OUTPUT = "decoder.output_projection.bias", "decoder.output_projection.weight"
OUTPUT_ROWS = "decoder_ff_logit_out_Wt"  # in newer files, which is not transposed
NEVER = -1000.0  # exp() of it is zero, and sums stay finite
QUANTIZED_INPUTS = "_QuantMultA"  # multipliers of the inputs in 8 bits, which floats do not need


def convert(path, out, vocabulary=None, quantize="none"):
    require(Path(path).is_file(), f"{path}: expected a model of Marian (.npz or .bin), got nothing there")
    files = find_vocabularies(path, vocabulary)
    tensors = {name: array for name, array in read_marian_file(path).items() if not name.endswith(QUANTIZED_INPUTS)}
    options, shared = marian_options(_configuration(tensors, path), f"{path}, {CONFIGURATION}")
    rows = [_rows(tensors, SHARED if shared else EMBEDDINGS[f"{stack}.embed_tokens.weight"], path) for stack in ("encoder", "decoder")]
    require(rows[0] == rows[1], f"{path}: expected vocabularies of one size, got {rows[0]} and {rows[1]} tokens; they share one <pad>")
    options["source_vocabulary"] = options["target_vocabulary"] = rows[0] + 1
    names = marian_names(options, shared)
    if OUTPUT_ROWS in tensors:
        tensors[EMBEDDINGS[OUTPUT]] = tensors.pop(OUTPUT_ROWS).T
    tensors.setdefault(EMBEDDINGS[BIAS], numpy.zeros(rows[0], numpy.float32))  # --output-omit-bias
    ours = {name: _as_ours(name, tensors[theirs]) for name, theirs in names.items() if theirs in tensors}
    unknown = {theirs: array for theirs, array in tensors.items() if theirs not in names.values()}
    named = {name: (name if name in ours else theirs,) for name, theirs in names.items()}
    parameters = take_parameters({**ours, **unknown}, named, options, path)
    sides = [MarianVocabulary(file, side) for file, side in zip(files, ("source", "target"))]
    options["special_tokens"] = sides[1].specials(rows[1])
    source, target = (side.serialized(count) for side, count in zip(sides, rows))
    model = Model(options, source, parameters, None if source == target else target)
    write_model(out, model, quantize)
    return model


def _as_ours(name, array):
    """A tensor of Marian as the parameter of that name: matrices [out, in], others without the extent 1; and <pad>'s row."""
    if not name.endswith(".weight") or "norm" in name:
        array = numpy.asarray(array).reshape(-1)
    elif not name.endswith("embed_tokens.weight"):
        array = array.T
    if name not in EMBEDDINGS:
        return array
    if isinstance(array, Int8Matrix):
        return array.with_row_of_zeros()
    start = numpy.full((1, *array.shape[1:]), NEVER if name == BIAS else 0, numpy.float32)
    return numpy.concatenate([array, start])


def _configuration(tensors, path):
    require(CONFIGURATION in tensors, f"{path}: expected the configuration {CONFIGURATION} in it, got none; is it a model of Marian?")
    try:
        text = tensors.pop(CONFIGURATION).astype(numpy.int8).tobytes().rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        require(False, f"{path}: expected the configuration as text, got other bytes; the file is damaged")
    return read_configuration(text, f"{path}, {CONFIGURATION}")


def _rows(tensors, name, path):
    require(name in tensors and tensors[name].ndim == 2, f"{path}: expected the matrix {name}, got none")
    return len(tensors[name])
