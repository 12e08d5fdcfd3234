"""Files of tensors in the safetensors format: 8 bytes with the length of the header, the header in JSON, the numbers.

Of what is read, every place and shape is checked before it is used. What is written has the bytes that Rotor itself
writes: tensors by falling element size, then by name, without holes; the header is padded to a multiple of 8.
"""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy

from .fault import Fault, require

# The types that arrays have. BF16 has none in numpy: it is read as F32.
TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1", "BF16": "<u2",
}  # fmt: skip
MAX_HEADER = 100_000_000
METADATA = "__metadata__"
CHECKSUMS = "sha256"


def from_bfloat16(halves):
    """The floats of which these 16-bit integers are the upper halves."""
    return (halves.astype(numpy.uint32) << 16).view(numpy.float32)


def read_tensors(path):
    """The tensors of a file, as a dictionary from names to arrays (which are views of the file), and its metadata."""
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            require(
                len(start) == 8 and 2 <= length <= min(MAX_HEADER, size - 8),
                f"{path}: expected a safetensors file, got {size} bytes that begin otherwise; is the download whole?",
            )
            header = json.loads(file.read(length))
        require(isinstance(header, dict), f"{path}: expected a JSON object as the header; is the download whole?")
        data = numpy.memmap(path, numpy.uint8, "r", offset=8 + length) if size > 8 + length else numpy.empty(0, numpy.uint8)
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise Fault(f"{path}: expected a header in JSON, got something else; is the download whole?") from None
    metadata = header.pop(METADATA, {})
    return {name: _array(path, data, name, entry) for name, entry in header.items()}, metadata


def _array(path, data, name, entry):
    try:
        kind, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        require(kind in TYPES, f"{path}: tensor {name} has the type {kind}; convert it to F32 first")
        count = 1
        for extent in shape:
            count *= extent
        whole = all(type(number) is int and number >= 0 for number in (*shape, begin, end))
        whole = whole and end - begin == count * numpy.dtype(TYPES[kind]).itemsize and end <= len(data)
    except (KeyError, TypeError, ValueError):
        whole = False
    require(whole, f"{path}: the place or the shape of tensor {name} is wrong; is the download whole?")
    array = data[begin:end].view(TYPES[kind]).reshape(shape)
    return from_bfloat16(array) if kind == "BF16" else array


def _type_of(array):
    return next(kind for kind, dtype in TYPES.items() if numpy.dtype(dtype) == array.dtype)


def write_tensors(path, tensors, metadata, checksums=False):
    """Writes arrays and metadata (texts); with checksums, those that Rotor compares when it opens the file."""
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name.encode()))
    header, offset, sums = {METADATA: dict(sorted(metadata.items()))}, 0, {}
    for name in order:
        array = tensors[name] = numpy.ascontiguousarray(tensors[name]).reshape(tensors[name].shape)
        header[name] = {"dtype": _type_of(array), "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
        if checksums:
            sums[name] = hashlib.sha256(array.tobytes()).hexdigest()
    if checksums:
        sums = {METADATA: hashlib.sha256(_compact(header).encode()).hexdigest(), **sums}
        header[METADATA] = dict(sorted({**metadata, CHECKSUMS: _compact(sums)}.items()))
    text = _compact(header).encode()
    text += b" " * (-len(text) % 8)

    def write(file):
        file.write(len(text).to_bytes(8, "little") + text)
        for name in order:
            file.write(tensors[name].tobytes())

    write_atomically(path, write)


def _compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def write_atomically(path, write):
    """Calls write(file) with a temporary file that becomes `path` once it is whole."""
    path = Path(path)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise Fault(f"cannot write {path}: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException as error:
        os.unlink(temporary)
        if isinstance(error, OSError):
            raise Fault(f"cannot write {path}: {error.strerror}") from None
        raise


assert sys.byteorder == "little", "tensors are stored with the lowest byte first"
