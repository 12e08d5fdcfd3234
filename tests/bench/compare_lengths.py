#!/usr/bin/env python3
"""Measures how time and memory of training grow with the length under each kind of attention.

usage: compare_lengths.py [--bin build/bin] [--lengths 512,1024,…] [--updates 2] [--rounds 1] OUTPUT_FOLDER

Each cell is a training of transformer_lm_tiny with rope on random bytes, one sample of that length a batch, so that every update
has as many tokens as the sample. OUTPUT_FOLDER gets lengths.csv, and lengths.svg if gnuplot is installed.
"""

import argparse
import csv
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

ATTENTIONS = ["softmax", "linear", "performer"]
GNUPLOT = """
set terminal svg size 900,380 font "sans,12"
set output "lengths.svg"
set datafile separator ","
set logscale xy 2
set format y "%g"
set key top left
set xlabel "tokens of a sample"
set multiplot layout 1,2
set ylabel "milliseconds a token"
plot for [k in "{kinds}"] "< grep ^".k.", lengths.csv" using 2:(1000/$3) with linespoints pointtype 7 title k
set ylabel "peak memory in MB"
plot for [k in "{kinds}"] "< grep ^".k.", lengths.csv" using 2:4 with linespoints pointtype 7 title k
"""


def make_corpus(binaries, folder, size):
    text = folder / "text"
    letters = random.Random(1)
    with text.open("w") as file:
        for _ in range(size // 100):
            file.write("".join(letters.choices("abcdefghij klmnopqrstuvwxyz", k=99)) + "\n")
    subprocess.run([binaries / "rotor-preprocess", "--task", "language_modeling", "--model-type", "byte", "--trainpref", text,
                    "--destdir", folder / "corpus"], check=True, capture_output=True)  # fmt: skip
    return folder / "corpus"


def measure(binaries, corpus, attention, length, updates, folder):
    """Tokens a second of the updates after the first, and the peak memory in MB."""
    save = folder / "run"
    command = [binaries / "rotor-train", corpus, "--arch", "transformer_lm_tiny", "--position-encoding", "rope", "--attention",
               attention, "--tokens-per-sample", length, "--max-tokens", length, "--max-update", updates + 1, "--log-interval", 1,
               "--dropout", 0, "--save-dir", save, "--no-epoch-checkpoints"]  # fmt: skip
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(process.stderr.read().decode())
    reports = [json.loads(line) for line in (save / "train.jsonl").read_text().splitlines()]
    rates = [report["tokens_per_second"] for report in reports if "tokens_per_second" in report][1:]
    shutil.rmtree(save)
    return statistics.median(rates), usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=Path)
    parser.add_argument("--bin", type=Path, default=Path("build/bin"))
    parser.add_argument("--lengths", default="512,1024,2048,4096,8192,16384")
    parser.add_argument("--updates", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    lengths = [int(length) for length in options.lengths.split(",")]
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, (options.output / "lengths.csv").open("w") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["attention", "length", "tokens_per_second", "memory_mb"])
        corpus = make_corpus(options.bin.resolve(), Path(name), max(lengths) * (options.updates + 2))
        for length in lengths:
            for attention in ATTENTIONS:
                rounds = [measure(options.bin.resolve(), corpus, attention, length, options.updates, Path(name)) for _ in range(options.rounds)]
                rate, memory = (statistics.median(values) for values in zip(*rounds))
                table.writerow([attention, length, round(rate), round(memory)])
                file.flush()
                print(f"{attention:10} {length:6} tokens: {rate:8.0f} tokens/s, {memory:5.0f} MB", flush=True)
    if shutil.which("gnuplot"):
        subprocess.run(["gnuplot"], input=GNUPLOT.replace("{kinds}", " ".join(ATTENTIONS)), text=True, check=True, cwd=options.output)


if __name__ == "__main__":
    main()
