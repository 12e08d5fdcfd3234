"""Marian's files of tensors: .npz, and .bin as marian-conv writes it, also with the 8-bit matrices of intgemm.

    .npz   a zip archive, not compressed, of arrays in numpy's format
    .bin   a version and a count (8 bytes each); for each tensor the lengths of name and shape and of the numbers, and the type
           (8 bytes each); the names; the shapes (4 bytes an extent); the number of bytes to leave out; the numbers

A matrix of 8 or 16 bits has its numbers and then a float by which they were multiplied. It is stored transposed, though its shape is
not, but for matrices of embeddings.
"""

import struct
import zipfile
from pathlib import Path

import numpy

from .fault import Fault, require
from .rounding import Int8Matrix

VERSION = 1
TYPES = {0x404: "<f4", 0x402: "<f2", 0x408: "<f8", 0x101: "|i1", 0x104: "<i4", 0x108: "<i8", 0x204: "<u4", 0x208: "<u8"}
INTGEMM = {0x4101: "|i1", 0x4102: "<i2", 0x10001: "|i1", 0x10002: "<i2"}  # Bergamot's numbers, and Marian's
EMBEDDINGS = "Wemb"
OTHER_TYPES = {
    0x800: "a matrix packed for FBGEMM", 0x4000: "an intgemm matrix packed for one kind of CPU",
    0x10000: "an intgemm matrix packed for one kind of CPU",
}  # fmt: skip
MOST_EXTENTS = 8


def read_marian_file(path):
    """The tensors of a file, as a dictionary from names to arrays and Int8Matrix."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start == b"PK\x03\x04":
            return _read_npz(path)
        return _read_bin(numpy.memmap(path, numpy.uint8, "r"), path)
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None
    except (zipfile.BadZipFile, struct.error, EOFError, ValueError, UnicodeDecodeError, KeyError) as error:
        raise Fault(f"{path}: expected a model of Marian, got a damaged file ({error!s:.60}); is the download whole?") from None


def _read_npz(path):
    tensors = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            require(entry.compress_type == zipfile.ZIP_STORED, f"{path}: expected an archive that is not compressed, {entry.filename} is")
            with archive.open(entry) as file:
                name = entry.filename.removesuffix(".npy")
                tensors[name] = numpy.lib.format.read_array(file, allow_pickle=False, max_header_size=10000)
    return tensors


def _read_bin(data, path):
    header = _Reader(data)
    version, count = header.take("<Q", 2)
    require(version == VERSION, f"{path}: expected a model of Marian (.npz, or .bin of version {VERSION}), got another file")
    require(count * 32 <= len(data), f"{path}: expected the heads of {count} tensors, got {len(data)} bytes; is the download whole?")
    heads = [header.take("<Q", 4) for _ in range(count)]
    names = [header.bytes(head[0]).rstrip(b"\0").decode() for head in heads]
    for head, name in zip(heads, names):
        require(head[2] <= MOST_EXTENTS, f"{path}: expected few extents of {name}, got {head[2]}; the file is damaged")
    shapes = [header.take("<i", head[2]) for head in heads]
    header.bytes(*header.take("<Q", 1))
    return {name: _array(path, name, header.bytes(head[3]), head[1], shape) for name, head, shape in zip(names, heads, shapes)}


class _Reader:
    """Takes numbers off the front of bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, count):
        require_whole = 0 <= count <= len(self.data) - self.at
        if not require_whole:
            raise EOFError(f"{count} bytes at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at].tobytes()

    def take(self, kind, count):
        return struct.unpack(f"<{count}{kind[1:]}", self.bytes(count * struct.calcsize(kind)))


def _array(path, name, bytes_, kind, shape):
    count = 1
    for extent in shape:
        require(extent >= 0, f"{path}: the shape of {name} is wrong; is the download whole?")
        count *= extent
    if kind in INTGEMM:
        return _intgemm(path, name, bytes_, numpy.dtype(INTGEMM[kind]), shape, count)
    other = next((what for bit, what in OTHER_TYPES.items() if kind & bit), f"numbers of the type {kind:#x}")
    require(kind in TYPES, f"{path}: expected {name} as floats or intgemm8, got {other}; convert the model from its .npz")
    return numpy.frombuffer(bytes_, TYPES[kind], count).reshape(shape)


def _intgemm(path, name, bytes_, kind, shape, count):
    multiplier = numpy.frombuffer(bytes_, "<f4", 1, count * kind.itemsize)[0]
    require(multiplier > 0, f"{path}: expected a number above 0 that {name} was multiplied by, got {multiplier}")
    numbers = numpy.frombuffer(bytes_, kind, count)
    if kind.itemsize > 1 or len(shape) != 2:
        numbers = (numbers / multiplier).astype(numpy.float32)
    numbers = numbers.reshape(shape) if EMBEDDINGS in name else numbers.reshape(shape[::-1]).T
    return Int8Matrix(numbers, multiplier) if numbers.dtype == numpy.int8 else numbers
