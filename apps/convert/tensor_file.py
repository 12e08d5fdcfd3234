"""Files of tensors in the safetensors format: 8 bytes with the length of the header, the header in JSON, the numbers.

Of what is read, every place and shape is checked before it is used. What is written has the bytes that Rotor itself
writes: tensors by falling element size, then by name, without holes; the header is padded to a multiple of 8.
"""

import hashlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy

from .fault import Fault, require
from .folder import sync
from .stored_tensor import TYPES, StoredTensor, kind_of

MAX_HEADER = 100_000_000
METADATA = "__metadata__"
CHECKSUMS = "sha256"


@dataclass
class Stream:
    """A tensor that is written as it comes: its type by TYPES, its shape, and blocks(), which gives its numbers in order."""

    kind: str
    shape: tuple
    blocks: Callable


def read_tensors(path, chosen=lambda name: True):
    """The chosen tensors of a file, as a dictionary from names to arrays (which are views of the file), and its metadata. What is
    not as the checksums say is refused; a file without any is not checked."""
    header, start, size = _header(path)
    metadata = header.get(METADATA, {})
    tensors = {name: tensor for name, tensor in _tensors(path, header, start, size).items() if chosen(name)}
    if CHECKSUMS in metadata:
        _check_sums(path, tensors, header)
    return {name: numpy.asanyarray(tensor) for name, tensor in tensors.items()}, metadata


def stored_tensors(path):
    """All tensors of a file, as StoredTensors, and its metadata."""
    header, start, size = _header(path)
    return _tensors(path, header, start, size), header.get(METADATA, {})


def _header(path):
    """The header of a file, the place of the numbers behind it, and the file's size."""
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
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise Fault(f"{path}: expected a header in JSON, got something else; is the download whole?") from None
    metadata = header.get(METADATA, {})
    texts = isinstance(metadata, dict) and all(type(value) is str for value in metadata.values())
    require(texts, f"{path}: expected an object of texts as the metadata, got {metadata!r:.60}; is the download whole?")
    return header, 8 + length, size


def _tensors(path, header, start, size):
    entries = {name: entry for name, entry in header.items() if name != METADATA}
    tensors = {name: _tensor(path, start, size, name, entry) for name, entry in entries.items()}
    last = start
    for begin, end in sorted(entry["data_offsets"] for entry in entries.values()):
        require(start + begin == last, f"{path}: expected tensors that follow one another, got others; is the download whole?")
        last = start + end
    require(last == size, f"{path}: expected a file of {last} bytes, got {size}; is the download whole?")
    return tensors


def _check_sums(path, tensors, header):
    metadata = dict(header[METADATA])
    try:
        sums = json.loads(metadata.pop(CHECKSUMS))
    except (ValueError, RecursionError):
        sums = None
    require(isinstance(sums, dict), f"{path}: expected checksums in JSON, got something else; the file is damaged")
    require(
        sums.get(METADATA) == _checksum({**header, METADATA: metadata}),
        f"{path}: the header is not that of its checksum; the file is damaged, fetch or make it again",
    )
    for name, tensor in tensors.items():
        whole = hashlib.sha256(numpy.ascontiguousarray(tensor.read())).hexdigest() == sums.get(name)
        require(whole, f"{path}: tensor {name} is not that of its checksum; the file is damaged, fetch or make it again")


def _tensor(path, start, size, name, entry):
    try:
        kind, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        require(kind in TYPES, f"{path}: tensor {name} has the type {kind}; convert it to F32 first")
        whole = all(type(number) is int and number >= 0 for number in (*shape, begin, end)) and start + end <= size
        whole = whole and end - begin == math.prod(shape) * numpy.dtype(TYPES[kind]).itemsize
    except (KeyError, TypeError, ValueError):
        whole = False
    require(whole, f"{path}: the place or the shape of tensor {name} is wrong; is the download whole?")
    return StoredTensor(kind, shape, lambda: mapped(path, TYPES[kind], start + begin, shape))


def mapped(path, dtype, offset, shape):
    """An array in a file, whose memory is given back with it."""
    if 0 in shape:
        return numpy.empty(shape, dtype)
    try:
        return numpy.memmap(path, dtype, "r", offset, shape)
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise Fault(f"{path}: expected the numbers of a tensor, got the file's end; was it changed meanwhile?") from None


def write_tensors(path, tensors, metadata, checksums=False):
    """Writes arrays or Streams, and metadata (texts); with checksums, those that Rotor compares when it opens the file. They stand
    before the numbers, but have a known length: their place is filled at the end."""
    streams = {name: _stream(tensor) for name, tensor in tensors.items()}
    order = sorted(streams, key=lambda name: (-_itemsize(streams[name]), name.encode()))
    header, offset = {METADATA: dict(sorted(metadata.items()))}, 0
    for name in order:
        stream, begin = streams[name], offset
        offset += math.prod(stream.shape) * _itemsize(stream)
        header[name] = {"dtype": stream.kind, "shape": list(stream.shape), "data_offsets": [begin, offset]}
    sums = {METADATA: _checksum(header), **{name: "0" * 64 for name in order}}

    def start():
        if checksums:
            header[METADATA] = dict(sorted({**metadata, CHECKSUMS: _compact(sums)}.items()))
        text = _compact(header).encode()
        text += b" " * (-len(text) % 8)
        return len(text).to_bytes(8, "little") + text

    def write(file):
        file.write(start())
        for name in order:
            digest = hashlib.sha256()
            for block in streams[name].blocks():
                numbers = numpy.ascontiguousarray(block, TYPES[streams[name].kind]).reshape(-1).view(numpy.uint8)
                file.write(numbers)
                if checksums:
                    digest.update(numbers)
            sums[name] = digest.hexdigest()
        if checksums:
            file.seek(0)
            file.write(start())

    write_atomically(path, write)


def _stream(tensor):
    return tensor if isinstance(tensor, Stream) else Stream(kind_of(tensor), tensor.shape, lambda: [tensor])


def _itemsize(stream):
    return numpy.dtype(TYPES[stream.kind]).itemsize


def _checksum(header):
    return hashlib.sha256(_compact(header).encode("utf-8", "surrogatepass")).hexdigest()


def _compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def write_atomically(path, write):
    """Calls write(file) with a temporary file that becomes `path` once it is whole."""
    path = Path(path).resolve()
    require(path.is_file() or not path.exists(), f"expected a new file or one to replace as OUT, got {path}, which is neither")
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
    sync(path.parent)


assert sys.byteorder == "little", "tensors are stored with the lowest byte first"
