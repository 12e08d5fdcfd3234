#!/usr/bin/env python3
"""Writes the text of the documentation in Debian packages: train, valid and test, a page a document.

usage: documents.py FOLDER OF .deb FILES

Pages are those of /usr/share/doc that are HTML or plain text. One in twenty by the digest of its name goes to valid, another to
test. A page that occurred before, byte for byte, is left out.
"""

import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
from html.parser import HTMLParser
from pathlib import Path

SHORTEST = 1000  # characters of a page


class Text(HTMLParser):
    """The text between the tags; blocks begin lines."""

    BLOCKS = {"p", "div", "li", "tr", "pre", "h1", "h2", "h3", "h4", "dt", "dd", "br", "title", "table"}
    HIDDEN = {"script", "style", "head"}

    def __init__(self):
        super().__init__()
        self.parts, self.hidden = [], 0

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in self.HIDDEN
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        self.hidden -= tag in self.HIDDEN

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)


def text_of(name, content):
    """The lines of a page that are not blank; none of a file that is no page."""
    if name.endswith(".gz"):
        name, content = name[:-3], gzip.decompress(content)
    if not name.endswith((".html", ".txt")):
        return []
    text = content.decode("utf-8", "replace")
    if name.endswith(".html"):
        parser = Text()
        parser.feed(text)
        text = "".join(parser.parts)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line]


def pages(package):
    archive = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in sorted(files.getmembers(), key=lambda m: m.name):
            if member.isfile() and "/share/doc/" in member.name:
                yield member.name, files.extractfile(member).read()


def main(folder):
    packages = sorted(Path(folder).glob("*.deb"))
    if not packages:
        sys.exit(f"expected .deb files in {folder}, found none")
    splits, seen = {"train": [], "valid": [], "test": []}, set()
    for package in packages:
        for name, content in pages(package):
            text = "\n".join(text_of(name, content))
            if len(text) < SHORTEST or text in seen:
                continue
            seen.add(text)
            place = hashlib.sha256(name.encode()).digest()[0] % 20
            splits["valid" if place == 0 else "test" if place == 1 else "train"].append(text)
    for split, documents in splits.items():
        Path(f"{split}.part").write_text("\n\n".join(documents) + "\n")
        print(f"{split}: {len(documents)} pages, {Path(f'{split}.part').stat().st_size} bytes")
    for split in splits:
        Path(f"{split}.part").rename(split)


if __name__ == "__main__":
    main(sys.argv[1])
