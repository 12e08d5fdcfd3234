"""Tensors that wait in their files until their numbers are asked for, so that a model can be converted on a machine that has less
memory than it takes."""

import math

import numpy

# The types of numbers, as safetensors names them, and those that arrays have. BF16 has none in numpy: it is read as F32.
TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1", "BF16": "<u2",
}  # fmt: skip
BLOCK = 1 << 22  # numbers that are converted at a time


def from_bfloat16(halves):
    """The floats of which these 16-bit integers are the upper halves."""
    return (halves.astype(numpy.uint32) << 16).view(numpy.float32)


class StoredTensor:
    """A tensor of a file. `kind` is its type by TYPES, and read() returns its numbers, those of BF16 as integers. To numpy it is an
    array, of F32 where it is BF16."""

    def __init__(self, kind, shape, read):
        self.kind, self.shape, self.read = kind, tuple(shape), read

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return math.prod(self.shape)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, key):
        return numpy.asarray(self)[key]

    def __array__(self, dtype=None, copy=None):
        numbers = self.read()
        return numpy.asarray(from_bfloat16(numbers) if self.kind == "BF16" else numbers, dtype)


def kind_of(tensor):
    """The type of a tensor's numbers, by TYPES."""
    return getattr(tensor, "kind", None) or next(kind for kind, dtype in TYPES.items() if numpy.dtype(dtype) == tensor.dtype)


def float_blocks(tensor):
    """A tensor as arrays of floats, one after another, each of some of its rows."""
    stored = isinstance(tensor, StoredTensor)
    numbers = tensor.read() if stored else numpy.asarray(tensor)
    if numbers.ndim == 0:
        numbers = numbers.reshape(1)
    rows = max(1, BLOCK // max(1, math.prod(numbers.shape[1:])))
    for begin in range(0, len(numbers), rows):
        block = numbers[begin : begin + rows]
        yield numpy.asarray(from_bfloat16(block) if stored and tensor.kind == "BF16" else block, numpy.float32)


def equal(a, b):
    """Whether two tensors have the same floats."""
    return a.shape == b.shape and all(numpy.array_equal(*pair) for pair in zip(float_blocks(a), float_blocks(b)))
