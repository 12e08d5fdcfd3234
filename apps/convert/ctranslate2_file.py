"""CTranslate2's model.bin (version 6 of its format): variables with names, and aliases of them.

    uint32 6; string specification; uint32 revision; uint32 variables
    of each: string name; uint8 rank; uint32 sizes; uint8 type; uint32 bytes; the numbers
    uint32 aliases; of each: string alias; string name

A string is its length with the zero byte after it as uint16, its bytes, and that byte. Variables are sorted by name; what two
have in common is written once, under the first of their names.
"""

import struct

import numpy

from .fault import require

VERSION = 6
TYPES = [numpy.dtype(name) for name in ("float32", "int8", "int16", "int32")]
MOST_BYTES = 2**32 - 1


def quantized(matrix):
    """A matrix [rows, columns] in 8 bits, and the scale of each row, by which its numbers were multiplied."""
    matrix = numpy.asarray(matrix, numpy.float32)
    largest = numpy.abs(matrix).max(axis=1)
    largest[largest == 0] = 127
    scale = 127 / largest
    return numpy.rint(matrix * scale[:, None]).astype(numpy.int8), scale


def with_quantized(variables, is_matrix):
    """The variables, those whose name is_matrix() knows in 8 bits, with their scales beside them."""
    result = {}
    for name, value in variables.items():
        if is_matrix(name):
            result[name], result[name + "_scale"] = quantized(value)
        else:
            result[name] = value
    return result


def split_aliases(variables):
    """The variables that are written, and the name of the equal variable for each of the others."""
    first, kept, aliases = {}, {}, {}
    for name in sorted(variables):
        value = numpy.asarray(variables[name])
        key = (value.dtype.str, value.shape, hash(value.tobytes()))
        if value.ndim and key in first and numpy.array_equal(kept[first[key]], value):
            aliases[name] = first[key]
        else:
            first.setdefault(key, name)
            kept[name] = value
    return kept, aliases


def write_model_bin(path, specification, revision, variables, aliases):
    """Writes variables (arrays, numpy's scalars) and aliases."""
    with open(path, "wb") as file:
        file.write(struct.pack("<I", VERSION) + _string(specification) + struct.pack("<II", revision, len(variables)))
        for name, value in sorted(variables.items()):
            require(value.nbytes <= MOST_BYTES, f"{name}: expected at most {MOST_BYTES} bytes, CTranslate2's limit, got {value.nbytes}")
            file.write(_string(name) + struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape))
            file.write(struct.pack("<BI", TYPES.index(value.dtype), value.nbytes))
            file.write(value.tobytes())
        file.write(struct.pack("<I", len(aliases)))
        for alias, name in sorted(aliases.items()):
            file.write(_string(alias) + _string(name))


def _string(text):
    encoded = text.encode()
    return struct.pack("<H", len(encoded) + 1) + encoded + b"\0"
