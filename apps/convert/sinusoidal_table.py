"""Tables of sinusoids, for programs that compute none or others, or have theirs in the file."""

import math

import numpy


def sinusoids(rows, width, layout, offset):
    """Vaswani et al. 2017, 3.5, in pairs of sines and cosines; "half": all sines first; "concatenated": as tensor2tensor and
    fairseq, all sines first, with rates from 1 to 1/10000. Python's own functions, unlike numpy's, have the same bits on each CPU."""
    half = width // 2
    table = numpy.zeros((rows, width), numpy.float32)
    for k in range(half):
        rate = 10000.0 ** -(k / max(half - 1, 1) if layout == "concatenated" else 2 * k / width)
        angles = [(row + offset) * rate for row in range(rows)]
        sine = 2 * k if layout == "interleaved" else k
        table[:, sine] = [math.sin(angle) for angle in angles]
        table[:, sine + (1 if layout == "interleaved" else half)] = [math.cos(angle) for angle in angles]
    return table
