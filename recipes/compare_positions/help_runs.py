#!/usr/bin/env python3
"""Writes LibreOffice's help, English and German, as {train,valid,test}.{en,de}, in the order of its pages.

usage: help_runs.py /usr/share/libreoffice/help --longest WORDS [--joined]

Training and validation have the paragraphs of at most so many words on a side; with --joined, training also has each page's paragraphs in runs of
2 to 8 with blanks between, as many words as there are alone. The test has the first paragraphs of its pages, a multiple of 8 of each, of
any length: 2, 4 or 8 lines in a row are of one page.
"""

import argparse
import hashlib
import itertools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "help_pages"))
import pairs  # noqa: E402

MOST_JOINED = 8  # paragraphs


def runs(name, page):
    """The paragraphs of a page in runs, whose lengths a digest of its name tells."""
    lengths = itertools.cycle(2 + byte % (MOST_JOINED - 1) for byte in hashlib.sha256(name.encode()).digest())
    while len(page) >= 2:
        run, page = page[:(length := next(lengths))], page[length:]
        if len(run) >= 2:
            yield tuple(" ".join(side) for side in zip(*run))


def is_short(pair, longest):
    return max(len(side.split()) for side in pair) <= longest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--longest", type=int, required=True)
    parser.add_argument("--joined", action="store_true")
    options = parser.parse_args()
    texts = {split: [] for split in pairs.SPLITS}
    for (split, name), found in itertools.groupby(pairs.pairs(options.folder, "de"), key=lambda pair: pair[:2]):
        page = [pair[2:] for pair in found]
        if split == "test":
            texts[split] += page[: len(page) // MOST_JOINED * MOST_JOINED]
            continue
        page = [pair for pair in page if is_short(pair, options.longest)]
        texts[split] += page
        texts[split] += runs(name, page) if options.joined and split == "train" else []
    for split, found in texts.items():
        for side, language in enumerate(("en", "de")):
            Path(f"{split}.{language}").write_text("".join(pair[side] + "\n" for pair in found), "utf-8")
        print(f"{split}: {len(found)} pairs, {sum(len(pair[0].split()) for pair in found)} English words")


if __name__ == "__main__":
    main()
