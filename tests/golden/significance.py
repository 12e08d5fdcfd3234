#!/usr/bin/env python3
"""Writes significance.json and chrf.json beside this script: sacreBLEU's chrF, confidence intervals and paired tests.

    pip install sacrebleu==2.6.0 numpy==1.26.4 && python3 significance.py

The segments are those of score.json; there the second reference plays another system.
"""
import json
import os
import pathlib
import platform
import random

import numpy
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

HERE = pathlib.Path(__file__).parent
SEED = 21
CHRF_OPTIONS = [
    {},
    {"word_order": 2},
    {"word_order": 1, "lowercase": True},
    {"char_order": 4, "beta": 1},
    {"char_order": 9, "word_order": 3, "beta": 3},
    {"char_order": 0, "word_order": 2},
    {"whitespace": True},
    {"eps_smoothing": True},
    {"eps_smoothing": True, "word_order": 2, "lowercase": True, "whitespace": True},
]
METRICS = {
    "bleu": BLEU,
    "bleu_floor": lambda: BLEU(smooth_method="floor", lowercase=True),
    "chrf": CHRF,
    "chrf++": lambda: CHRF(word_order=2),
    "ter": TER,
}


def versions():
    return {"python": platform.python_version(), "sacrebleu": sacrebleu.__version__, "numpy": numpy.__version__}


def signature(metric):
    signature = metric.get_signature()
    signature.update("version", "rotor")
    return str(signature)


def chrf(texts, options):
    metric = CHRF(**options)
    hypotheses, *references = [list(column) for column in zip(*texts)]
    return {
        "options": options,
        "sentences": [[metric.sentence_score(t[0], t[1:2]).score, metric.sentence_score(t[0], t[1:]).score] for t in texts],
        "corpus": [metric.corpus_score(hypotheses, references[:1]).score, metric.corpus_score(hypotheses, references).score],
        "signature": signature(metric),
        "name": metric.corpus_score(hypotheses, references).name,
    }


def paired(texts, references, metric, kind, count, seed):
    """One paired test; of `texts` the first column is the baseline, the second the reference, the third the system."""
    os.environ["SACREBLEU_SEED"] = str(seed)
    baseline, reference, system = [list(column) for column in zip(*texts)]
    references = [reference, [text[::-1] for text in reference]][:references]
    metric = METRICS[metric]()
    test = PairedTest([("a", baseline), ("b", system)], {"metric": metric}, references, kind, count)
    signatures, results = test()
    results = next(values for name, values in results.items() if name != "System")
    next(iter(signatures.values())).update("version", "rotor")
    return {
        "baseline": vars(results[0]),
        "system": vars(results[1]),
        "signature": str(next(iter(signatures.values()))),
    }


def cases(rng, count):
    everything = list(range(count))
    yield {"segments": everything, "count": 1000, "seed": 12345, "references": 1}
    yield {"segments": everything, "count": 300, "seed": 7, "references": 2}
    yield {"segments": [3], "count": 50, "seed": 12345, "references": 1}
    for size in (2, 3, 17, 64, 100, 200):
        yield {"segments": sorted(rng.sample(everything[100:], size)), "count": rng.choice([39, 40, 250]),
               "seed": rng.choice([1, 2**31, 2**32 - 1, 12345678901234]), "references": 1}


def significance(texts):
    rng = random.Random(SEED)
    result = []
    for case in cases(rng, len(texts)):
        chosen = [texts[i] for i in case["segments"]]
        tests = {
            metric: {kind: paired(chosen, case["references"], metric, kind, case["count"], case["seed"]) for kind in ("bs", "ar")}
            for metric in METRICS
        }
        result.append({**case, "tests": tests})
    return result


def numbers():
    """The generator alone."""
    result = []
    for seed in (0, 1, 12345, 2**32 - 1, 2**32, 2**64 - 1):
        generator = numpy.random.default_rng(seed)
        case = {"seed": seed, "bits": [int(x) for x in numpy.random.default_rng(seed).bit_generator.random_raw(4)]}
        case["below"] = [[n, generator.choice(n, size=7).tolist()] for n in (1, 2, 3, 1000, 3 * 2**30, 2**32 - 1)]
        case["bools"] = numpy.random.default_rng(seed).integers(2, size=(3, 50), dtype=bool).astype(int).ravel().tolist()
        result.append(case)
    return result


def write(name, value):
    (HERE / name).write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    texts = [segment["texts"] for segment in json.loads((HERE / "score.json").read_text(encoding="utf-8"))["segments"]]
    write("chrf.json", {"versions": versions(), "scores": [chrf(texts, options) for options in CHRF_OPTIONS]})
    write("significance.json", {"versions": versions(), "numbers": numbers(), "cases": significance(texts)})
