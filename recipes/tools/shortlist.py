#!/usr/bin/env python3
"""Makes a shortlist for rotor-generate --shortlist: the likely translations of each source piece, "target source probability" a line.

    rotor-generate model.safetensors --beam 1 --attention-output attention.safetensors < source > translation
    recipes/tools/shortlist.py lex.gz attention.safetensors                   # more files may follow
    recipes/tools/shortlist.py lex.gz --pieces source target alignment        # e.g. of fast_align

A target piece is the partner of the source piece that it attends to most; with --prefix-file REFERENCES the pairs are those of references.
--pieces takes lines of the model's pieces with blanks between them, and of Pharaoh's i-j. The probability is the share of a target piece
among the partners of the source piece.
"""

import argparse
import gzip
import struct
from collections import Counter, defaultdict
from itertools import zip_longest

from attention_map import read_header
from common import fail, reason


def of_attention(path):
    """Pairs of pieces, source and target, of a file of rotor-generate --attention-output."""
    header, data = read_header(path)
    pieces = header.pop("__metadata__", {})
    if pieces.get("format") != "rotor-attention":
        fail(f"{path}: expected a file of rotor-generate --attention-output, got another safetensors file")
    for name, tensor in header.items():
        source, target = pieces["source." + name.split(".")[0]].split(" "), pieces["target." + name].split(" ")
        rows, columns = tensor["shape"]
        bytes_ = data[slice(*tensor["data_offsets"])]
        if len(bytes_) != 4 * rows * columns or (rows, columns) != (len(target), len(source)):
            fail(f"{path}: expected {len(target)} x {len(source)} weights of '{name}', got others; the file is damaged")
        for piece, weights in zip(target, struct.iter_unpack(f"<{columns}f", bytes_)):
            yield source[max(range(columns), key=weights.__getitem__)], piece


def opened(path, mode):
    return (gzip.open if path.endswith(".gz") else open)(path, mode, encoding="utf-8", newline="\n")


def of_pieces(paths):
    """The same of three files of lines that belong together."""
    for number, lines in enumerate(zip_longest(*(opened(path, "rt") for path in paths)), 1):
        if None in lines:
            fail(f"expected as many lines in {', '.join(paths)}, got fewer than {number} in {paths[lines.index(None)]}")
        source, target = (line.split() for line in lines[:2])
        try:
            pairs = [tuple(map(int, pair.split("-"))) for pair in lines[2].split()]
            yield from ((source[i], target[j]) for i, j in pairs)
        except (ValueError, IndexError):
            fail(f"{paths[2]}: expected pairs i-j of the line's pieces in line {number}, got {lines[2].strip()[:60]!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", help="compressed if its name ends in .gz")
    parser.add_argument("attention", nargs="*")
    parser.add_argument("--pieces", nargs=3, metavar=("SOURCE", "TARGET", "ALIGNMENT"))
    parser.add_argument("--best", type=int, default=100, help="target pieces of each source piece that are kept")
    arguments = parser.parse_args()
    if bool(arguments.attention) == bool(arguments.pieces):
        parser.error("expected files of attention, or --pieces")
    counts = defaultdict(Counter)
    try:
        for pairs in [of_pieces(arguments.pieces)] if arguments.pieces else map(of_attention, arguments.attention):
            for source, target in pairs:
                counts[source][target] += 1
        with opened(arguments.output, "wt") as file:
            for source, targets in sorted(counts.items()):
                for target, count in targets.most_common(arguments.best):
                    file.write(f"{target} {source} {count / targets.total():.7f}\n")
    except OSError as error:
        fail(f"cannot read or write {error.filename}: {reason(error)}")


if __name__ == "__main__":
    main()
