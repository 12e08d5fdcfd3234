#!/usr/bin/env python3
"""Writes the paragraphs of LibreOffice's help in English and in other languages as parallel text, LANGUAGE/{train,valid,test}.{en,LANGUAGE}.

usage: pairs.py /usr/share/libreoffice/help de fr cs zh-CN

A paragraph is paired with that of the same page and id. Pairs that occurred before, and paragraphs that nobody has translated (they
are English in every language), are left out. By the digest of its name, one page in twenty goes to valid, and one to test, the same
in every language; what training pages say too is left out there. A language is named without its country: zh for zh-CN.
"""

import hashlib
import sys
from html.parser import HTMLParser
from pathlib import Path

SPLITS = ("train", "valid", "test")


class Paragraphs(HTMLParser):
    """The text of a page's headings and paragraphs that have an id, by their ids."""

    def __init__(self):
        super().__init__()
        self.texts, self.open, self.tag = {}, None, None

    def handle_starttag(self, tag, attributes):
        identifier = dict(attributes).get("id")
        if tag in ("p", "h1", "h2", "h3", "h4") and identifier:
            self.open, self.tag = identifier, tag
            self.texts[identifier] = ""

    def handle_endtag(self, tag):
        if tag == self.tag:
            self.open = self.tag = None

    def handle_data(self, data):
        if self.open:
            self.texts[self.open] += data


def read(page):
    parser = Paragraphs()
    parser.feed(page.read_text("utf-8"))
    return {identifier: " ".join(text.split()) for identifier, text in parser.texts.items()}


def split_of(name):
    return {0: "valid", 1: "test"}.get(hashlib.sha256(name.encode()).digest()[0] % 20, "train")


def pairs(folder, language):
    """(split, page, English, other) of the paragraphs of all pages, those of training first."""
    names = sorted(str(path.relative_to(folder / "en-US")) for path in (folder / "en-US/text").rglob("*.html"))
    seen, found = set(), []
    for name in sorted(names, key=lambda name: SPLITS.index(split_of(name))):
        if not (folder / language / name).exists():
            continue
        english, other = read(folder / "en-US" / name), read(folder / language / name)
        for identifier, text in english.items():
            pair = (text, other.get(identifier, ""))
            if all(pair) and text != pair[1] and pair not in seen:
                seen.add(pair)
                found.append((split_of(name), name, *pair))
    return found


def main(folder, *languages):
    for language in languages:
        short = language.split("-")[0]
        Path(short).mkdir(exist_ok=True)
        found = pairs(Path(folder), language)
        for split in SPLITS:
            sides = [pair[2:] for pair in found if pair[0] == split]
            for suffix, side in (("en", 0), (short, 1)):
                Path(short, f"{split}.{suffix}").write_text("".join(pair[side] + "\n" for pair in sides), "utf-8")
        print(short + ": " + ", ".join(f"{split} {sum(pair[0] == split for pair in found)}" for split in SPLITS))


if __name__ == "__main__":
    main(*sys.argv[1:])
