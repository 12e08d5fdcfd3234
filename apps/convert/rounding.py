"""The numbers of a model file: floats, or those of matrices of products in fewer bits, as rotor-average --quantize rounds them.

    bf16   the upper halves of the floats, rounded to the nearest, ties to even
    int8   of each row its values, multiples of the largest magnitude / 127, and beside them, as NAME.scales, these steps

What has these bits already keeps them.
"""

import numpy

from .fault import require
from .stored_tensor import StoredTensor, float_blocks, kind_of
from .tensor_file import Stream

MOST = 127


class Int8Matrix:
    """A matrix [rows, width] of 8-bit numbers that are floats times a multiplier, as Marian has it. To numpy it is those floats."""

    kind, ndim = "I8", 2

    def __init__(self, values, multiplier):
        self.values, self.multiplier, self.shape, self.size = values, numpy.float32(multiplier), values.shape, values.size

    @property
    def T(self):
        return Int8Matrix(self.values.T, self.multiplier)

    def __len__(self):
        return len(self.values)

    def __array__(self, dtype=None, copy=None):
        return numpy.asarray((self.values / self.multiplier).astype(numpy.float32), dtype)

    def with_row_of_zeros(self):
        return Int8Matrix(numpy.concatenate([self.values, numpy.zeros((1, self.shape[1]), numpy.int8)]), self.multiplier)


def is_product_matrix(name, tensor):
    """Whether a parameter may have fewer bits (lib/model/model_file.h)."""
    return tensor.ndim == 2 and name.endswith(".weight") and "position" not in name


def streams(name, tensor, quantize):
    """What a model file holds of a parameter, by names."""
    if quantize == "none" or not is_product_matrix(name, tensor):
        return {name: Stream("F32", tensor.shape, lambda: float_blocks(tensor))}
    if quantize == "bf16":
        return {name: Stream("BF16", tensor.shape, lambda: _halves(tensor))}
    scales = f"{name}.scales"
    if isinstance(tensor, Int8Matrix):
        require(not (tensor.values < -MOST).any(), f"{name}: expected numbers of at least -{MOST} to keep, got less; leave --quantize out")
        steps = numpy.full(len(tensor), 1 / tensor.multiplier, numpy.float32)
        return {name: Stream("I8", tensor.shape, lambda: [tensor.values]), scales: Stream("F32", steps.shape, lambda: [steps])}
    return {
        name: Stream("I8", tensor.shape, lambda: (quantized(name, block)[0] for block in float_blocks(tensor))),
        scales: Stream("F32", tensor.shape[:1], lambda: (quantized(name, block)[1] for block in float_blocks(tensor))),
    }


def _halves(tensor):
    if isinstance(tensor, StoredTensor) and tensor.kind == "BF16":
        return [tensor.read()]
    return map(to_bfloat16, float_blocks(tensor))


def to_bfloat16(floats):
    bits = numpy.ascontiguousarray(floats).view(numpy.uint32)
    rounded = (bits + (0x7FFF + ((bits >> 16) & 1))) >> 16
    return numpy.where(numpy.isnan(floats), (bits >> 16) | 0x40, rounded).astype(numpy.uint16)


def quantized(name, matrix):
    """The values of each row in 8 bits, and their steps."""
    require(numpy.isfinite(matrix).all(), f"{name}: expected finite numbers to quantize, got others; the weights are damaged")
    largest = numpy.abs(matrix).max(axis=1, initial=0)
    factors = numpy.divide(numpy.float32(MOST), largest, out=numpy.zeros_like(largest), where=largest > 0)
    return numpy.rint(matrix * factors[:, None]).astype(numpy.int8), largest / numpy.float32(MOST)


def remark(parameters, quantize):
    """What a user should know of matrices of 16 bits; empty without any."""
    kinds = {kind_of(tensor) for name, tensor in parameters.items() if is_product_matrix(name, tensor)}
    if quantize == "bf16" and "F16" in kinds:
        return "its matrices were F16, whose 11 bits of mantissa bf16 rounds to 8; --quantize none keeps them all"
    if quantize == "none" and "BF16" in kinds:
        return "its matrices were BF16; --quantize bf16 keeps them so, in half the size"
    return ""
