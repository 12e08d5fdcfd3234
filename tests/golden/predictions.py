#!/usr/bin/env python3
"""Writes predictions.json beside this script: scikit-learn's and scipy's metrics of predictions, with intervals and tests.

    pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6 && python3 predictions.py

A metric that is not defined is null in `cases`, and 0 in the resamples of `bootstraps`.
"""
import json
import math
import pathlib
import platform
import random
import warnings

import numpy
import scipy
import sklearn
from scipy import stats
from sklearn import metrics

HERE = pathlib.Path(__file__).parent
SEED = 31
OF_CLASSES = {
    "accuracy": metrics.accuracy_score,
    "f1": lambda t, p: metrics.f1_score(t, p, zero_division=0),
    "macro_f1": lambda t, p: metrics.f1_score(t, p, average="macro", zero_division=0),
    "mcc": metrics.matthews_corrcoef,
}
OF_NUMBERS = {
    "pearson": lambda t, p: stats.pearsonr(t, p).statistic if len(t) > 1 else math.nan,
    "spearman": lambda t, p: stats.spearmanr(t, p).statistic if len(t) > 1 else math.nan,
}


def metrics_for(classes):
    if classes == 0:
        return OF_NUMBERS
    return {name: metric for name, metric in OF_CLASSES.items() if classes == 2 or name != "f1"}


def scores(case):
    values = {name: float(metric(case["truth"], case["predicted"])) for name, metric in metrics_for(case["classes"]).items()}
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def class_cases(rng):
    yield "two classes", 2, [0, 1, 1, 0, 1], [0, 1, 0, 0, 1]
    yield "all right", 3, [0, 1, 2, 1], [0, 1, 2, 1]
    yield "all wrong", 2, [0, 1, 1, 0], [1, 0, 0, 1]
    for truth in (0, 1):
        for predicted in (0, 1):
            yield f"truth {truth}, predicted {predicted}", 2, [truth] * 5, [predicted] * 5
    yield "truth constant", 2, [1] * 6, [0, 1, 1, 0, 1, 1]
    yield "truth constant at the other", 2, [0] * 6, [0, 1, 1, 0, 1, 1]
    yield "predicted constant", 2, [0, 1, 1, 0, 1, 1], [0] * 6
    yield "predicted constant at the other", 2, [0, 1, 1, 0, 1, 1], [1] * 6
    yield "one row right", 2, [1], [1]
    yield "one row wrong", 2, [1], [0]
    yield "a class in neither", 4, [0, 1, 3, 1], [0, 3, 3, 1]
    yield "a class only true", 3, [0, 1, 2, 1], [0, 1, 1, 1]
    yield "a class only predicted", 3, [0, 1, 1, 0], [0, 2, 1, 2]
    yield "three classes, predicted constant", 3, [0, 1, 2, 2], [2, 2, 2, 2]
    for classes, rows, right in ((2, 872, 0.9), (2, 1043, 0.6), (3, 500, 0.7), (5, 64, 0.4), (20, 300, 0.5), (2, 3, 0.5)):
        truth = [min(int(rng.expovariate(2 / classes)), classes - 1) for _ in range(rows)]
        yield f"{classes} classes, {rows} rows", classes, truth, [t if rng.random() < right else rng.randrange(classes) for t in truth]


def number_cases(rng):
    for rows in (2, 3, 10, 300):
        truth = [rng.gauss(0, 1) for _ in range(rows)]
        yield f"{rows} rows", truth, [t + rng.gauss(0, 0.7) for t in truth]
    truth = [rng.randrange(26) / 5 for _ in range(400)]
    yield "ties in the truth", truth, [t + rng.gauss(0, 1) for t in truth]
    yield "ties in both", truth, [float(round(t + rng.gauss(0, 1))) for t in truth]
    yield "two values", [float(i % 2) for i in range(9)], [float(i > 3) for i in range(9)]
    yield "equal", truth, truth
    yield "opposite", truth, [-t for t in truth]
    yield "monotonous", truth, [math.exp(3 * t) for t in truth]
    yield "far from 0", truth, [1e6 + t + rng.gauss(0, 1) for t in truth]
    yield "tiny", truth, [1e-30 * (t + rng.gauss(0, 1)) for t in truth]
    yield "negative zero", [0.0, -0.0, 1.0, 2.0], [3.0, 1.0, 2.0, 5.0]
    yield "truth constant", [0.1] * 7, [rng.random() for _ in range(7)]
    yield "predicted constant", [rng.random() for _ in range(7)], [2.3] * 7
    yield "both constant", [0.1] * 7, [0.7] * 7
    yield "one row", [1.0], [2.0]


def cases(rng):
    for name, classes, truth, predicted in class_cases(rng):
        yield {"name": name, "classes": classes, "truth": truth, "predicted": predicted}
    for name, truth, predicted in number_cases(rng):
        yield {"name": name, "classes": 0, "truth": truth, "predicted": predicted}


def bootstrap(case, baseline, count, seed):
    """Intervals of a system, and the two-sided p-value of its difference from a baseline (Koehn 2004)."""
    truth, system, baseline = (numpy.array(values) for values in (case["truth"], case["predicted"], baseline))
    drawn = numpy.random.default_rng(seed).choice(len(truth), size=(count, len(truth)), replace=True)
    result = {}
    for name, metric in metrics_for(case["classes"]).items():
        of_system, of_baseline = (
            numpy.nan_to_num(numpy.array([metric(truth[rows], predicted[rows]) for rows in drawn])) for predicted in (system, baseline)
        )
        real = metric(truth, system) - metric(truth, baseline)
        differences = of_system - of_baseline
        low, high = numpy.percentile(of_system, [2.5, 97.5])
        result[name] = {
            "low": float(low),
            "high": float(high),
            "mean": float(of_system.mean()),
            "p_value": float((numpy.sum(abs(differences - differences.mean()) >= abs(real)) + 1) / (count + 1)),
        }
    return {**case, "baseline": baseline.tolist(), "count": count, "seed": seed, "metrics": result}


def bootstraps(rng):
    for rows, classes, count, seed in ((120, 2, 200, 12345), (60, 3, 101, 7), (4, 2, 300, 1)):
        truth = [rng.randrange(classes) for _ in range(rows)]
        system, baseline = ([t if rng.random() < right else rng.randrange(classes) for t in truth] for right in (0.7, 0.3))
        yield bootstrap({"classes": classes, "truth": truth, "predicted": system}, baseline, count, seed)
    for rows, count, seed in ((150, 200, 12345), (3, 250, 2**32)):
        truth = [rng.randrange(11) / 2 for _ in range(rows)]
        system, baseline = ([t + rng.gauss(0, noise) for t in truth] for noise in (1, 1.4))
        yield bootstrap({"classes": 0, "truth": truth, "predicted": system}, baseline, count, seed)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    rng = random.Random(SEED)
    golden = {
        "script": "predictions.py",
        "seed": SEED,
        "versions": {"python": platform.python_version(), "scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": numpy.__version__},
        "cases": [{**case, "scores": scores(case)} for case in cases(rng)],
        "bootstraps": list(bootstraps(rng)),
    }
    (HERE / "predictions.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")
