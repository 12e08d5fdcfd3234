#!/usr/bin/env python3
"""Training of masked language models and classification of sentences beside transformers on PyTorch, in one run.

usage: compare_masked_lm.py TEXT [--bin build/bin] [--rounds 3] [--updates 8] [--sizes bert_mini:128,bert_mini:512,bert_base:128]

TEXT is one file of at least a megabyte. The Python that runs this has transformers, torch and sentencepiece; preload tcmalloc
(LD_PRELOAD=libtcmalloc_minimal.so.4) and set OMP_NUM_THREADS for both sides. Batches have 4,096 tokens without padding (2,048 of
bert_base), 15 % of them hidden, dropout 0.1, learned positions; transformers gets the batch's loss of all hidden tokens from
BertForMaskedLM, AdamW (fused) and clipping. Rounds alternate between the systems. Prints medians with their ranges, and peak
memory; speeds leave out the first updates.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = {"bert_mini": (4, 256, 1024, 4, 4096), "bert_base": (12, 768, 3072, 12, 2048)}
SKIPPED = 3  # updates that warm up


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)


def rotor(bench, arch, length):
    save = bench.work / "run"
    run(bench.bin / "rotor-train", bench.work / "corpus", "--arch", arch, "--tokens-per-sample", length, "--max-positions", 512,
        "--max-tokens", SIZES[arch][4], "--max-update", bench.updates + SKIPPED, "--log-interval", 1, "--save-dir", save, "--no-save",
        "--clip-norm", 1, "--weight-decay", 0.01, "--disable-validation")  # fmt: skip
    reports = [json.loads(line) for line in (save / "train.jsonl").read_text().splitlines()]
    rates = [report["tokens_per_second"] for report in reports if "tokens_per_second" in report][SKIPPED:]
    run("rm", "-r", save)
    return statistics.median(rates), reports[-1]["memory_mb"]


def transformers_side(bench, arch, length):
    """Trains in a process of its own, so that its peak memory is known."""
    line = run(sys.executable, __file__, "--child", arch, length, bench.updates, bench.work / "ids.json").stdout.splitlines()[-1]
    return tuple(json.loads(line))


def child(arch, length, updates, ids_file):
    import torch
    from transformers import BertConfig, BertForMaskedLM

    layers, width, inner, heads, tokens = SIZES[arch]
    data = json.loads(Path(ids_file).read_text())
    torch.manual_seed(1)
    model = BertForMaskedLM(BertConfig(vocab_size=data["size"], hidden_size=width, num_hidden_layers=layers, intermediate_size=inner,
                                       num_attention_heads=heads)).train()  # fmt: skip
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    ids = torch.tensor(data["ids"])
    rates = []
    for update in range(updates + SKIPPED):
        start = time.perf_counter()
        rows = ids[update * tokens : (update + 1) * tokens].view(-1, length).clone()
        labels = torch.full_like(rows, -100)
        chosen = torch.rand(rows.shape) < 0.15
        labels[chosen] = rows[chosen]
        rows[chosen & (torch.rand(rows.shape) < 0.8)] = 4
        loss = model(input_ids=rows, attention_mask=torch.ones_like(rows), labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rates.append(tokens / (time.perf_counter() - start))
    print(json.dumps([statistics.median(rates[SKIPPED:]), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def prepare(bench):
    import sentencepiece

    run(bench.bin / "rotor-preprocess", "--task", "masked_lm", "--trainpref", bench.text, "--vocab-size", 8000, "--destdir",
        bench.work / "corpus")  # fmt: skip
    vocabulary = sentencepiece.SentencePieceProcessor(model_file=str(bench.work / "corpus/vocabulary.model"))
    ids = [piece for line in Path(bench.text).read_text().splitlines() for piece in vocabulary.encode(line)]
    (bench.work / "ids.json").write_text(json.dumps({"size": vocabulary.get_piece_size(), "ids": ids}))


def main():
    if sys.argv[1:2] == ["--child"]:
        return child(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--bin", type=Path, default=Path("build/bin"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--updates", type=int, default=8)
    parser.add_argument("--sizes", default="bert_mini:128,bert_mini:512,bert_base:128")
    bench = parser.parse_args()
    bench.bin = bench.bin.resolve()
    with tempfile.TemporaryDirectory() as folder:
        bench.work = Path(folder)
        prepare(bench)
        found = {}
        for _ in range(bench.rounds):
            for size in bench.sizes.split(","):
                arch, length = size.split(":")
                for name, measure in {"Rotor": rotor, "transformers": transformers_side}.items():
                    found.setdefault((size, name), []).append(measure(bench, arch, int(length)))
                    print(f"{size}, {name}: {found[size, name][-1][0]:.0f} tokens/s", file=sys.stderr, flush=True)
    print("| | tokens/s | range | memory, MB |\n| --- | ---: | --- | ---: |")
    for (size, name), results in found.items():
        rates = [rate for rate, _ in results]
        print(f"| {size.replace(':', ' at ')} tokens, {name} | {statistics.median(rates):,.0f} | {min(rates):,.0f}–{max(rates):,.0f} | "
              f"{statistics.median(memory for _, memory in results):,.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
