"""Random vectors of FAVOR+ as Rotor draws them (lib/kernel/random_features.h), written again in Python.

Models do not store the vectors of their layers, since the seed, which is the layer's number, makes them again. A golden
of a model has to draw the same ones.
"""

import math

import torch

MASK = (1 << 64) - 1


def mix(x):
    """The finaliser of SplitMix64."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def derive(key, part):
    """The key of a stream: of another key and a number, or a name by its FNV-1a hash."""
    if isinstance(part, str):
        name, part = part, 0xCBF29CE484222325
        for byte in name.encode():
            part = ((part ^ byte) * 0x100000001B3) & MASK
    return mix(mix(key) ^ part)


def normals(key):
    """Normal numbers of a stream, by Box and Muller."""
    key, counter = mix(key), 0

    def uniform():
        nonlocal counter
        counter += 1
        return (mix(key ^ (0xD1342543DE82EF95 * counter & MASK)) >> 11) * 2.0**-53

    while True:
        radius = math.sqrt(-2 * math.log(1 - uniform()))
        yield radius * math.cos(2 * math.pi * uniform())


def random_features(m, d, seed):
    """w [m, d]: blocks of d orthogonal rows by QR, each with the norm of another Gaussian row; rounded to float32."""
    blocks = []
    for block in range(-(-m // d)):
        stream = normals(derive(derive(seed, "random features"), block))
        rows = torch.tensor([[next(stream) for _ in range(d)] for _ in range(2 * d)], dtype=torch.float64)
        gaussian, lengths = rows[0::2], rows[1::2].norm(dim=1, keepdim=True)
        q, r = torch.linalg.qr(gaussian.T)
        blocks.append(lengths * (q * r.diagonal().sign()).T)  # Gram and Schmidt's signs
    return torch.cat(blocks)[:m].float().double()
