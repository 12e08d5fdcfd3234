#!/usr/bin/env python3
"""Writes score.json beside this script: what sacreBLEU says of generated and nasty segments.

    pip install sacrebleu==2.6.0 && python3 score.py

The file names the versions that made it. Each segment has a hypothesis, two references, their tokens and counts; each
corpus is a set of segment indices with the scores of one and of two references.
"""
import json
import pathlib
import platform
import random

import sacrebleu
from sacrebleu.metrics import BLEU

SEED = 20
NASTY = [
    "", " ", "\u00a0", "\u3000", "\t", ".", ",", "-", "...", "....", ".,.,", ",,,5", "5...,7", "1,000.50", ".5", "5.", "-5",
    "5-", "1-2-3", "a-b", "3-mal", "10%", "a.b.c.", "U.S.A.", "z.B.", "a..5", "a...5", "1.,2", "(1.)", "don't", "''", "‘x’",
    "&quot;Ja&quot;", "&amp;lt;", "&amp;quot;", "&amp;amp;", "&lt;b&gt;", "&", "&lt", "AT&T", "<skipped>", "a<skipped>b",
    "<skip<skipped>ped>", "<SKIPPED>", "word-\nbreak", "5-\n6", "two\nlines", "ends-\n", "-\n", "a\rb", "a\r", "\u0085x",
    "a\u00a0b", "a\u2009b\u202fc", "a\u3000b", "a\u200bb", "\ufeffa", "a\u2028b\u2029c", "a\u001cb\u001fc", "a\u180eb",
    "5\u00a0000,5", "5\u2009%", "你好,世界.", "你好，世界。", "東京2020.", "日本語-テスト", "नमस्ते।", "שלום.", "مرحبا،", "Straße.", "ÄÖÜ-ß",
    "e\u0301.", "😀", "😀.😀", "👩‍👩‍👧,", "🇩🇪-🇬🇧", "٣.٤", "٣-٤", "５．５", "½.", "x²,y", "{a}[b]`c`^d_e~f|g\\h", "!\"#$%&()*+/:;<=>?@",
    "http://a.b/c?d=e&f=g", "me@example.org.", "C++17", "1.5e-3", "12:30,5", "$5,000.00.", "€5,-", "«Ja», sagte er.", "„Nein“.",
    "@-@ a @,@ b", "▁a ▁b", "a@@ b", "\x00.", "a\x00b", "\x7f.", "a" * 300, ". " * 60, "1.2.3.4.5" * 20, "long words, " * 200,
]
PIECES = [
    "der", "die", "ein", "Hund", "Mann", "läuft", "über", "Straße", "the", "a", "dog", "runs", "U.S.", "3.5", "1,000", "20-mal",
    "don't", "(x)", "&quot;", "&amp;", "&lt;", "&gt;", "<skipped>", ".", ",", "-", "...", "!", "?", "„", "“", "–", "—", "…", "😀",
    "你好", "世界", "。", "，", "٣", "½", "€", "%", "5", "42", "0", ":", ";", "/", "'", '"', "`", "~", "\\", "e\u0301", "\u200b",
]
GAPS = [" "] * 12 + [""] * 5 + ["  ", "\t", "\u00a0", "\u2009", "\u3000", "\u0085", "\u2028", "\r", "\x1c", "-\n", "\n"]
BLEU_OF_13A = BLEU()


def sentence(rng):
    return "".join(rng.choice(PIECES) + rng.choice(GAPS) for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 13, 21, 34])))


def variant(rng, text):
    """Something like `text`: words left out, put in, swapped; sometimes the same, sometimes another text."""
    choice = rng.random()
    if choice < 0.1:
        return text
    if choice < 0.15:
        return sentence(rng)
    words = [word for word in text.split(" ") if rng.random() > 0.1]
    for _ in range(rng.randrange(3)):
        words.insert(rng.randrange(len(words) + 1), rng.choice(PIECES))
    if len(words) > 2 and rng.random() < 0.3:
        i = rng.randrange(len(words) - 1)
        words[i], words[i + 1] = words[i + 1], words[i]
    return " ".join(words)


def triples(rng, count):
    """Pairs of a nasty text with itself and with others, then generated ones."""
    for i, text in enumerate(NASTY):
        yield text, text, NASTY[i - 1]
    for _ in range(count):
        text = sentence(rng)
        yield variant(rng, text), text, variant(rng, text)


def score(hypotheses, references):
    metric = BLEU()
    bleu = metric.corpus_score(hypotheses, references)
    signature = metric.get_signature()
    signature.update("version", "rotor")
    signature = str(signature)
    return {
        "score": bleu.score,
        "precisions": bleu.precisions,
        "bp": bleu.bp,
        "texts": [bleu.format(width, signature=signature) for width in range(5)],
        "json": bleu.format(2, signature=signature, is_json=True),
    }


def counts(hypothesis, references):
    stats = BLEU_OF_13A._extract_corpus_statistics([hypothesis], [[text] for text in references])[0]
    return {"hypothesis_length": stats[0], "reference_length": stats[1], "correct": stats[2:6], "total": stats[6:]}


def tokens(text):
    return BLEU_OF_13A._preprocess_segment(text)


def segment(texts):
    return {
        "texts": list(texts),
        "tokens": [tokens(text) for text in texts],
        "counts": [counts(texts[0], texts[1:2]), counts(texts[0], texts[1:])],
    }


def corpus(segments, indices):
    hypotheses, first, second = zip(*(segments[i] for i in indices))
    return {"segments": indices, "scores": [score(hypotheses, [first]), score(hypotheses, [first, second])]}


def golden(seed=SEED, generated=400, subsets=100):
    rng = random.Random(seed)
    segments = list(triples(rng, generated))
    everything = list(range(len(segments)))
    samples = [sorted(rng.sample(everything, rng.choice([1, 2, 3, 10, 50, 200]))) for _ in range(subsets)]
    return {
        "versions": {"python": platform.python_version(), "sacrebleu": sacrebleu.__version__},
        "seed": seed,
        "segments": [segment(texts) for texts in segments],
        "corpora": [corpus(segments, indices) for indices in [everything] + samples],
    }


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden(), ensure_ascii=False) + "\n", encoding="utf-8")
