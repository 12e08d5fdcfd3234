#!/usr/bin/env python3
"""Makes the demo corpus: English-German sentence pairs from the grammar and the lexicon beside this file.

    generate.py            writes {train,valid,test}.{en,de}.gz and SHA256SUMS beside this file
    generate.py --check    makes them anew and compares them with the files that are there

Needs only Python 3.9 or later. Every pair of a verb and its object, or of an adjective and its noun, either belongs to
training or is held out: training sentences never hold a pair that is held out, validation and test sentences hold at
least one. The output depends on nothing but the seed.
"""

import gzip
import hashlib
import sys
import zlib
from pathlib import Path

from grammar import Grammar
from lexicon import Lexicon

FOLDER = Path(__file__).parent
SIZES = {"train": 40000, "valid": 1000, "test": 1000}
SEED = 2017
HELD_OUT = 12  # one combination in so many


class Random:
    """SplitMix64 (Steele et al. 2014): the same numbers from every Python."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        x = self.state
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        return x ^ (x >> 31)

    def below(self, n):
        return self.bits() * n >> 64

    def chance(self, probability):
        return self.below(1000) < 1000 * probability

    def choice(self, items):
        return items[self.below(len(items))]

    def weighted(self, items):
        """The second of one of the pairs (weight, item)."""
        place = self.below(sum(weight for weight, _ in items))
        for weight, item in items:
            if place < weight:
                return item
            place -= weight
        raise AssertionError


def is_held_out(combination):
    return zlib.crc32(" + ".join(combination).encode()) % HELD_OUT == 0


def make_corpus():
    """Pairs by split, no English sentence twice."""
    grammar = Grammar(Lexicon(), Random(SEED))
    corpus, seen = {split: [] for split in SIZES}, set()
    while any(len(corpus[split]) < size for split, size in SIZES.items()):
        source, target = grammar.sentence()
        held_out = any(is_held_out(combination) for combination in grammar.combinations)
        split = "train" if not held_out else "valid" if len(corpus["valid"]) < len(corpus["test"]) else "test"
        if source not in seen and len(corpus[split]) < SIZES[split]:
            seen.add(source)
            corpus[split].append((source, target))
    return corpus


def files(corpus):
    """(name, text) of each file of the corpus."""
    for split, pairs in corpus.items():
        for side, language in enumerate(("en", "de")):
            yield f"{split}.{language}.gz", "".join(pair[side] + "\n" for pair in pairs).encode()


def write(corpus):
    sums = ""
    for name, text in files(corpus):
        packed = gzip.compress(text, 9, mtime=0)
        (FOLDER / name).write_bytes(packed)
        sums += f"{hashlib.sha256(packed).hexdigest()}  {name}\n"
    (FOLDER / "SHA256SUMS").write_text(sums)


def check(corpus):
    """Compares the text, for compressed bytes differ between versions of zlib."""
    different = [name for name, text in files(corpus) if gzip.decompress((FOLDER / name).read_bytes()) != text]
    if different:
        sys.exit(f"expected the files that generate.py makes, got others: {' '.join(different)}; run generate.py")


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    (check if sys.argv[1:] else write)(make_corpus())
