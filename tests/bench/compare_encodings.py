#!/usr/bin/env python3
"""Speed and peak memory of every position encoding relative to sinusoidal, training and decoding, as a Markdown table.

  tests/bench/compare_encodings.py CORPUS SOURCE [--rounds 3] [--updates 25] [--length 512] [--only short|long]

CORPUS is a folder of rotor-preprocess, SOURCE a text in its source language (Multi30k: the recipe's corpus and
test_2016_flickr.en). Trains transformer_tiny for a few updates with each encoding in turn, round after round, then
translates SOURCE with what came of it; each time sinusoidal runs before and after, and a row's speed is the median over
the rounds of its ratio to the mean of these two neighbours. The last columns train on one batch of pairs of --length
tokens, joined from the corpus's own sentences.
Two threads unless OMP_NUM_THREADS says otherwise; run it on a quiet machine: a round takes about 10 minutes.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

BIN = pathlib.Path(__file__).resolve().parents[2] / "build" / "bin"
SYSTEMS = ["sinusoidal", "none", "learned", "rope", "xpos", "alibi", "t5", "tupe", "shaw", "transformer-xl", "deberta",
           "linear+none", "linear+sinusoidal", "linear+rope"]


def run(command, **options):
    done = subprocess.run([str(part) for part in command], stderr=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.strip()}")


def train(corpus, system, updates, save_dir, *options):
    """Trains, and returns the settled target tokens/s and the peak memory in MB."""
    attention, _, encoding = system.rpartition("+")
    run([BIN / "rotor-train", corpus, "--arch", "transformer_tiny", "--attention", attention or "softmax",
         "--position-encoding", encoding, "--lr", 1e-5, "--max-update", updates, "--disable-validation",
         "--log-interval", 5, "--save-dir", save_dir, *options])
    reports = [json.loads(line) for line in open(save_dir / "train.jsonl")]
    speeds = [report["tokens_per_second"] for report in reports]
    return statistics.median(speeds[-(-len(speeds) // 4):]), reports[-1]["memory_mb"]


def decode(model, source, directory):
    """Translates with beam 5, every sentence to about 20 tokens, and returns target tokens/s and peak memory."""
    stats = directory / "stats.json"
    run([BIN / "rotor-generate", model, "--beam", 5, "--batch-size", 64, "--max-len-b", 20, "--stats", stats],
        stdin=open(source), stdout=subprocess.DEVNULL)
    result = json.loads(stats.read_text())
    return result["tokens_per_second"], result["memory_mb"]


def long_corpus(source, length, directory):
    """A corpus of 64 pairs of about `length` tokens: frequent words of `source`, which are one piece each."""
    words = open(source).read().split()
    frequent = {word for word, _ in collections.Counter(words).most_common(300)}
    words = [word for word in words if word in frequent]
    lines = [" ".join(words[(97 * i + j) % len(words)] for j in range(length)) for i in range(64)]
    for side in ("aa", "bb"):
        (directory / f"long.{side}").write_text("\n".join(lines) + "\n")
    prefix = directory / "long"
    run([BIN / "rotor-preprocess", "--source-lang", "aa", "--target-lang", "bb", "--trainpref", prefix, "--validpref",
         prefix, "--joined-dictionary", "--vocab-size", 1200, "--destdir", directory / "corpus"])
    return directory / "corpus"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--updates", type=int, default=25)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--only", choices=["short", "long"], help="the corpus alone, or the long pairs alone")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    figures = {system: {kind: [] for kind in ("train", "decode", "long")} for system in SYSTEMS}
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        long_pairs = None if options.only == "short" else long_corpus(options.source, options.length, work)

        def measure(system):
            save, kinds = work / "run", []
            if options.only != "long":
                kinds.append(("train", train(options.corpus, system, options.updates, save)))
                kinds.append(("decode", decode(save / "checkpoint_last.safetensors", options.source, work)))
                shutil.rmtree(save)
            if options.only != "short":
                kinds.append(("long", train(long_pairs, system, 12, save, "--max-tokens", 16 * (options.length + 1),
                                            "--no-save", "--max-source-positions", 1024, "--log-interval", 1)))
                shutil.rmtree(save)
            return dict(kinds)

        before = measure("sinusoidal")  # the machine's speed changes within minutes: compare neighbours only
        for _ in range(options.rounds):
            for system in SYSTEMS:
                here, after = measure(system), measure("sinusoidal")
                for kind, (speed, memory) in here.items():
                    beside = (before[kind][0] + after[kind][0]) / 2
                    figures[system][kind].append((speed, speed / beside, memory))
                print(system, json.dumps(figures[system]), file=sys.stderr, flush=True)
                before = after
    print(f"| system | training, target tokens/s | of sinusoidal | MB | decoding, target tokens/s | of sinusoidal | MB | "
          f"training at length {options.length}, of sinusoidal | MB |\n" + "| --- " * 9 + "|")
    for system, kinds in figures.items():
        cells = [f"`{system}`"]
        for kind, measured in kinds.items():
            if not measured:
                cells += ["-"] * (3 if kind != "long" else 2)
                continue
            speeds, ratios, memory = zip(*measured)
            if kind != "long":
                cells.append(f"{statistics.median(speeds):.0f}")
            cells += [f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})", f"{max(memory):.0f}"]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
