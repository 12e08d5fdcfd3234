"""Shortlists in Marian's binary form and what they give for some sources, by a second reading of that form with struct.

Writes shortlists.json; README.md describes it. Needs nothing but Python. Run it in this folder: python shortlists.py
"""

import itertools
import json
import platform
import random
import struct
from pathlib import Path

SEED, PIECES, EOS, UNK = 7, 100, 2, 3  # those of fairseq_model.safetensors
MAGIC = 0xF11A48D5013417F5
WORD = (1 << 64) - 1


def checksum(data):
    total = 0
    for (word,) in struct.iter_unpack("<Q", data[: len(data) // 8 * 8]):
        total ^= (word + 0x9E3779B9 + (total << 6) + (total >> 2)) & WORD
    return total


def binary(lists, first, best, offsets=None):
    offsets = offsets or [0, *itertools.accumulate(map(len, lists))]
    elements = [target for one in lists for target in sorted(one)]
    rest = struct.pack("<4Q", first, best, len(offsets), len(elements))
    rest += struct.pack(f"<{len(offsets)}Q", *offsets) + struct.pack(f"<{len(elements)}I", *elements)
    return struct.pack("<2Q", MAGIC, checksum(rest)) + rest


def look_up(data, source, joined):
    """From the bytes alone: the targets of a source, in rising order."""
    magic, total, first, _, offsets, elements = struct.unpack_from("<6Q", data)
    assert magic == MAGIC and total == checksum(data[16:])
    start = 48 + 8 * offsets
    assert len(data) == start + 4 * elements
    found = {EOS, UNK, *range(first)}
    for piece in source:
        if joined:
            found.add(piece)
        if piece + 1 < offsets:
            begin, end = struct.unpack_from("<2Q", data, 48 + 8 * piece)
            found.update(struct.unpack_from(f"<{end - begin}I", data, start + 4 * begin))
    return sorted(found)


def main():
    draw = random.Random(SEED)
    cases = []
    for pieces, first, best in ((PIECES, 7, 5), (PIECES - 1, 0, 12)):
        lists = [draw.sample(range(pieces), draw.randint(0, best)) for _ in range(pieces)]
        if sum(map(len, lists)) % 2 != pieces % 2:  # so that one file ends in half a word of the checksum
            lists[5] = lists[5][1:] if lists[5] else [5]
        data = binary(lists, first, best)
        sources = [[*(draw.randrange(4, PIECES) for _ in range(draw.randint(0, 9))), EOS] for _ in range(12)]
        tokens = [look_up(data, source, joined=True) for source in sources]
        cases.append({"binary": data.hex(), "sources": sources, "tokens": tokens})
    golden = {"script": "shortlists.py", "seed": SEED, "versions": {"python": platform.python_version()}, "cases": cases}
    golden["other"] = binary([[4]] * 40, 3, 1).hex()
    golden["beyond"] = binary([[4]] * (PIECES - 1) + [[PIECES]], 3, 1).hex()
    golden["falling"] = binary([[4]] * PIECES, 3, 1, [0, 2, 1, *range(3, PIECES + 1)]).hex()
    (Path(__file__).parent / "shortlists.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
