#!/usr/bin/env python3
"""Writes metrics.json beside this script: sacreBLEU's tokenisers, BLEU under every option, and TER.

    pip install sacrebleu==2.6.0 sentencepiece==0.2.3 && python3 metrics.py

The segments are those of score.json and, after them, those made here, `texts` in the file.
"""
import json
import pathlib
import random
import unicodedata

import sentencepiece
from sacrebleu.metrics import BLEU, TER
from sacrebleu.tokenizers.tokenizer_base import BaseTokenizer

from score import PIECES
from significance import signature, versions

HERE = pathlib.Path(__file__).parent
SEED = 22
WORDS = "der die ein Hund Mann läuft über Straße , . the a dog runs 's don't 3.5 (x) &quot; 。 漢 ひ ー ｡ ！ 世界 㐀 ㈱".split()
BLEU_OPTIONS = [
    *({"tokenize": name} for name in ("13a", "intl", "zh", "char", "none")),
    *({"smooth_method": name} for name in ("none", "floor", "add-k", "exp")),
    {"smooth_method": "floor", "smooth_value": 0.01},
    {"smooth_method": "add-k", "smooth_value": 0.5, "lowercase": True},
    {"lowercase": True, "tokenize": "intl"},
    *({"smooth_method": name, "effective_order": True} for name in ("none", "floor", "add-k", "exp")),
]
TER_OPTIONS = [
    {},
    {"case_sensitive": True},
    {"normalized": True},
    {"no_punct": True},
    {"normalized": True, "asian_support": True},
    {"no_punct": True, "asian_support": True},
    {"normalized": True, "no_punct": True, "asian_support": True, "case_sensitive": True},
]


class Pieces(BaseTokenizer):
    """sacreBLEU's spm tokeniser with the model of fairseq_model.safetensors."""

    def __init__(self):
        from safetensors import safe_open
        with safe_open(HERE / "fairseq_model.safetensors", "numpy") as file:
            self.model = sentencepiece.SentencePieceProcessor(model_proto=file.get_tensor("vocabulary").tobytes())

    def __call__(self, line):
        return " ".join(self.model.EncodeAsPieces(line))


def characters(rng):
    """A text of characters from all over Unicode 14 (Python 3.11's), with digits, stops and spaces between."""
    text = ""
    while len(text) < 40:
        c = chr(rng.choice([rng.randrange(0x20, 0x3100), rng.randrange(0x20, 0x110000), rng.randrange(0x2E00, 0xA000), 0x30, 0x2E, 0x2C, 0x20, 0x41]))
        if unicodedata.category(c) not in ("Cn", "Cs", "Co"):
            text += c
    return text


def shuffled(rng, words):
    """The words with phrases moved, and a few words left out, repeated or replaced."""
    words = list(words)
    for _ in range(rng.choice([0, 1, 2, 4])):
        if words:
            begin = rng.randrange(len(words))
            phrase = words[begin:begin + rng.choice([1, 2, 5, 12])]
            del words[begin:begin + len(phrase)]
            target = rng.randrange(len(words) + 1)
            words[target:target] = phrase
    return [rng.choice(WORDS) if rng.random() < 0.05 else word for word in words for _ in range(rng.choice([1] * 18 + [0, 2]))]


def triples(rng):
    for _ in range(60):
        text = characters(rng)
        yield text, text.swapcase() + " " + characters(rng), characters(rng)
    for _ in range(150):
        size = rng.choice([0, 1, 2, 3, 5, 10, 20, 30, 60])
        reference = [rng.choice(WORDS if rng.random() < 0.8 else PIECES) for _ in range(size)]
        yield tuple(" ".join(words) for words in (shuffled(rng, reference), reference, shuffled(rng, reference)))
    for size in (60, 100):  # long ones: beam, limits on shifts
        reference = [f"{rng.choice(WORDS)}{rng.randrange(6)}" for _ in range(size)]
        yield tuple(" ".join(words) for words in (shuffled(rng, reference), reference, reference[size // 3:] + reference[:size // 4]))
        yield " ".join(reference[::-1]), " ".join(reference), ""
        yield " ".join(reference[: size // 15]), " ".join(reference), "a"


def scores(metric, options, texts):
    hypotheses, *references = [list(column) for column in zip(*texts)]
    one = metric._extract_corpus_statistics(hypotheses, references[:1])
    two = metric._extract_corpus_statistics(hypotheses, references)
    corpus = [metric._aggregate_and_compute(rows) for rows in (one, two)]
    return {
        "options": options,
        "sentences": [[round(metric._aggregate_and_compute([row]).score, 9) for row in rows] for rows in zip(one, two)],
        "corpus": [score.score for score in corpus],
        "line": corpus[1].format(2, signature=signature(metric)),
    }


def ter(options, texts, longest):
    """TER of the segments of at most `longest` words: of longer ones sacreBLEU's takes minutes."""
    segments = [i for i, t in enumerate(texts) if max(len(text.split()) for text in t) <= longest]
    return {"segments": segments, **scores(TER(**options), options, [texts[i] for i in segments])}


def golden():
    texts = [segment["texts"] for segment in json.loads((HERE / "score.json").read_text(encoding="utf-8"))["segments"]]
    made = list(triples(random.Random(SEED)))
    texts += made
    spm = BLEU()
    spm.tokenizer = Pieces()
    tokens = {name: [BLEU(tokenize=name).tokenizer(t[0].rstrip()).split() for t in texts] for name in ("13a", "intl", "zh", "char")}
    return {
        "versions": versions(),
        "seed": SEED,
        "texts": made,
        "tokens": {name: ["\n".join(words) for words in lists] for name, lists in tokens.items()},
        "bleu": [scores(BLEU(**options), options, texts) for options in BLEU_OPTIONS],
        "spm": scores(spm, {}, texts),
        "ter": [ter(options, texts, 200 if not options else 30) for options in TER_OPTIONS],
    }


if __name__ == "__main__":
    (HERE / "metrics.json").write_text(json.dumps(golden(), ensure_ascii=False) + "\n", encoding="utf-8")
