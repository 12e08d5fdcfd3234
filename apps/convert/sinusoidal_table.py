"""Tables of sinusoids, for programs that compute none or others."""

import numpy


def sinusoids(rows, width, layout, offset):
    """Vaswani et al. 2017, 3.5, in pairs of sines and cosines; "half": all sines first; "concatenated": as tensor2tensor and
    fairseq, all sines first, with rates from 1 to 1/10000."""
    half = width // 2
    steps = numpy.arange(half)
    exponents = steps / max(half - 1, 1) if layout == "concatenated" else 2 * steps / width
    angles = (numpy.arange(rows) + offset)[:, None] * 10000.0**-exponents
    sines = numpy.arange(half) * (2 if layout == "interleaved" else 1)
    table = numpy.zeros((rows, width), numpy.float32)
    table[:, sines], table[:, sines + (1 if layout == "interleaved" else half)] = numpy.sin(angles), numpy.cos(angles)
    return table
