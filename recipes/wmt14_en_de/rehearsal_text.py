"""Parallel text as large as wanted, of a pool of pairs and the demo's grammar, for rehearsal.py.

A line joins pairs of the pool until it is as long as lines of WMT14 are, 25 words on average; on each side a word in forty is made
anew of parts of two others, so that the lines differ and there are as many kinds of words as in real text (about two million of
German). What is made anew on one side does not fit the other: the text has the size of WMT14 and not its sense.
"""

import gzip
import math
import random
import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "data/demo"
LANGUAGES = ("en", "de")
MEAN_WORDS, DEVIATION, MOST_WORDS = 25, 0.7, 200
NEW_WORDS = 1 / 40
NEW_KINDS = {"en": 700_000, "de": 2_000_000}
DIRTY = 1 / 2000  # lines with what cleaning is for


def read(path):
    for plain in (path, Path(f"{path}.gz")):
        if plain.exists():
            with gzip.open(plain, "rt", encoding="utf-8") if plain.suffix == ".gz" else plain.open(encoding="utf-8") as file:
                return file.read().split("\n")[:-1]
    sys.exit(f"expected {path}, plain or with .gz, found none")


def grammar_pairs(count, seed):
    """Pairs of the demo's grammar."""
    sys.path.insert(0, str(DEMO))
    from generate import Random  # noqa: PLC0415
    from grammar import Grammar  # noqa: PLC0415
    from lexicon import Lexicon  # noqa: PLC0415

    grammar = Grammar(Lexicon(), Random(seed))
    return [grammar.sentence() for _ in range(count)]


class Text:
    """Draws lines of a pool of pairs; the same seed draws the same ones."""

    def __init__(self, pairs, seed):
        self.random = random.Random(seed)
        self.pool = [tuple(side.split() for side in pair) for pair in pairs if all(side.strip() for side in pair)]
        sides = ({word for pair in self.pool for word in pair[side] if len(word) > 4 and word.isalpha()} for side in (0, 1))
        self.words = [sorted(side) for side in sides]
        if not all(self.words):
            sys.exit("expected text with words of more than four letters, got none")

    def new_word(self, side):
        """A word of parts of two others; few are common and most are rare, as in Zipf's law."""
        words, kinds = self.words[side], NEW_KINDS[LANGUAGES[side]]
        kind = int(kinds ** self.random.random())
        first, second = words[kind % len(words)], words[kind * 7919 // 13 % len(words)]
        return first[: 3 + kind % 3] + second[-3 - kind % 4 :]

    def line(self):
        wanted = min(MOST_WORDS, self.random.lognormvariate(math.log(MEAN_WORDS) - DEVIATION**2 / 2, DEVIATION))
        line = ([], [])
        while len(line[0]) < wanted:
            pair = self.pool[int(self.random.random() * len(self.pool))]
            for side in (0, 1):
                line[side].extend(pair[side])
            if len(line[0]) > 0.8 * wanted:
                break
        for side, words in enumerate(line):
            for _ in range(int(len(words) * NEW_WORDS + self.random.random())):
                words[int(self.random.random() * len(words))] = self.new_word(side)
        return self.dirty(line) if self.random.random() < DIRTY else [" ".join(side).encode() for side in line]

    def dirty(self, line):
        """A line that cleaning changes or leaves out."""
        kind = self.random.randrange(4)
        sides = [" ".join(side).encode() for side in line]
        if kind == 0:
            sides[self.random.randrange(2)] = b""
        elif kind == 1:
            sides[0] = sides[0][: len(sides[0]) // 2] + b"\x00\xff" + sides[0][len(sides[0]) // 2 :]
        elif kind == 2:
            sides[1] = b" ".join([sides[1]] * 8)
        else:
            sides = [side.replace(b" ", b" \t ", 3) + b"\r" for side in sides]
        return sides
