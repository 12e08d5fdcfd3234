#!/usr/bin/env python3
"""Ranks cases without learning: the candidate is chosen whose pairs of characters are more like the context's, by the cosine of tf-idf
vectors (a term's weight is (1 + ln count) · ln(documents / documents with it), over the training cases).

usage: tfidf.py documents.txt test.jsonl            prints the share of triplets in which B is chosen, and its 95 % interval (Wilson)
"""

import json
import math
import sys
from collections import Counter
from pathlib import Path


def terms(text):
    text = "".join(text.split())
    return Counter(zip(text, text[1:]))


def main(documents, path):
    texts = Path(documents).read_text("utf-8").strip("\n").split("\n\n")
    frequency = Counter(term for text in texts for term in terms(text))
    shares = {term: math.log(len(texts) / count) for term, count in frequency.items()}

    def vector(text):
        weights = {term: (1 + math.log(count)) * shares.get(term, math.log(len(texts))) for term, count in terms(text).items()}
        norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1
        return {term: weight / norm for term, weight in weights.items()}

    def similarity(a, b):
        return sum(weight * b.get(term, 0) for term, weight in a.items())

    rows = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    right = 0
    for row in rows:
        context, first, second = (vector(row[column]) for column in "ABC")
        right += similarity(context, first) > similarity(context, second)
    n, share, z = len(rows), right / len(rows), 1.96
    middle, half = share + z * z / 2 / n, z * math.sqrt(share * (1 - share) / n + z * z / 4 / n / n)
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    print(f"tf-idf: accuracy {share:.3f} ({low:.3f} to {high:.3f}) of {n} triplets")


if __name__ == "__main__":
    main(*sys.argv[1:])
