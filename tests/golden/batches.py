"""Writes batches.json: how fairseq cuts random pairs into batches, for tests/data/batches_test.cc.

Run: python tests/golden/batches.py   (needs fairseq 0.12)
"""

import json
import pathlib

import fairseq
import numpy as np
from fairseq.data import Dictionary, LanguagePairDataset, data_utils

SEED = 1

# max_tokens, max_sentences (-1: no limit), required_batch_size_multiple
CASES = [(60, -1, 8), (100, -1, 8), (200, -1, 8), (1000, -1, 8), (150, -1, 1), (200, 12, 8), (200, 5, 8), (97, -1, 3)]


def main():
    random = np.random.RandomState(SEED)
    source = 2 + random.geometric(0.08, 400).clip(max=50)
    target = (source + random.randint(-4, 5, 400)).clip(2, 55)  # </s> counted
    dataset = LanguagePairDataset(
        [None] * 400, source, Dictionary(), [None] * 400, target, Dictionary(), shuffle=True)
    with data_utils.numpy_seed(SEED):
        order = dataset.ordered_indices()
    cases = []
    for max_tokens, max_sentences, multiple in CASES:
        batches = dataset.batch_by_size(
            order, max_tokens=max_tokens, max_sentences=max_sentences, required_batch_size_multiple=multiple)
        cases.append({
            "max_tokens": max_tokens,
            "batch_size": max(max_sentences, 0),
            "required_batch_size_multiple": multiple,
            "batches": [[[int(source[i]), int(target[i])] for i in batch] for batch in batches],
        })
    made_by = {
        "script": "batches.py",
        "seed": SEED,
        "versions": f"fairseq {fairseq.__version__}, numpy {np.__version__}",
    }
    golden = {"made_by": made_by, "source": source.tolist(), "target": target.tolist(), "cases": cases}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
