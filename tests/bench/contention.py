#!/usr/bin/env python3
"""Training and translation on a machine whose cores do something else too: the speed of --threads threads beside busy loops.

  tests/bench/contention.py CORPUS MODEL TEXT [--busy 0 1 2] [--threads 2] [--rounds 3] [--pytorch] [--bin build/bin]

CORPUS is a folder of rotor-preprocess, MODEL and TEXT what rotor-generate translates (a minute of text or less). Trains
`transformer_tiny` and translates, in turns, beside so many loops that never wait; --pytorch adds a Transformer written by
hand in PyTorch ($ROTOR_PEERS/env.sh activates its environment), which trains on the same corpus. Speeds are target tokens/s
by the wall clock, without start and loading.

The fair share is what the system's scheduler owes the program: each of T threads beside B loops on C cores gets
min(1, C / (T + B)) of a core, and T times that share of the speed of one thread on the quiet machine is due. More is possible
where cores that share a cache or a clock slow one another, less where threads wait for one that has no core. Needs a machine
that is quiet but for the loops. Prints a Markdown table of medians over the rounds; a round takes about a minute.
"""
import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr[-2000:].strip() or done.returncode}")
    return done.stdout


@contextlib.contextmanager
def busy_loops(count):
    """So many processes that compute all the time."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def settled(reports):
    """Tokens over seconds without the first fifth of the reports."""
    reports = reports[-(-len(reports) // 5):]
    return sum(r["tokens_per_second"] * r["seconds"] for r in reports) / sum(r["seconds"] for r in reports)


def train(options, threads):
    with tempfile.TemporaryDirectory() as folder:
        run([options.bin / "rotor-train", options.corpus, "--arch", "transformer_tiny", "--max-tokens", 4096, "--max-update",
             options.updates, "--threads", threads, "--disable-validation", "--no-save", "--save-dir", folder,
             "--log-interval", max(1, options.updates // 10)])
        return settled([json.loads(line) for line in open(Path(folder) / "train.jsonl")])


def translate(options, threads):
    with tempfile.TemporaryDirectory() as folder:
        stats = Path(folder) / "stats.json"
        run([options.bin / "rotor-generate", options.model, "--threads", threads, "--workers", 1, "--batch-size", 64,
             "--stats", stats], stdin=open(options.text))
        figures = json.loads(stats.read_text())
        return figures["tokens"] / figures["seconds"]


def pytorch(options, threads):
    command = (f'. "$ROTOR_PEERS/env.sh" && LD_PRELOAD=libtcmalloc_minimal.so.4 python "{HERE}/pytorch_train.py" '
               f'"{options.corpus}" tiny --updates {options.updates} --interval {max(1, options.updates // 10)}')
    return json.loads(run(["sh", "-c", command], env={**os.environ, "OMP_NUM_THREADS": str(threads)}))["tokens_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 2], help="numbers of busy loops")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--updates", type=int, default=40, help="of each training")
    parser.add_argument("--pytorch", action="store_true")
    parser.add_argument("--bin", type=Path, default=HERE.parents[1] / "build" / "bin")
    options = parser.parse_args()

    programs = {"training": train, "translation": translate} | ({"training, PyTorch": pytorch} if options.pytorch else {})
    settings = [(1, 0)] + [(options.threads, busy) for busy in options.busy]
    speeds = {(name, setting): [] for name in programs for setting in settings}
    for _ in range(options.rounds):
        for name, measure in programs.items():
            for threads, busy in settings:
                with busy_loops(busy):
                    speeds[name, (threads, busy)].append(measure(options, threads))
                print(name, threads, busy, round(speeds[name, (threads, busy)][-1]), file=sys.stderr, flush=True)

    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, {options.threads} threads, {options.rounds} rounds; one thread without loops: "
          + ", ".join(f"{name} {statistics.median(speeds[name, (1, 0)]):.0f}" for name in programs) + " tokens/s.\n")
    print("| program | busy loops | tokens/s (lowest–highest) | fair share | of it |\n| --- | --- | --- | --- | --- |")
    for name in programs:
        for busy in options.busy:
            each = speeds[name, (options.threads, busy)]
            share = options.threads * min(1, cores / (options.threads + busy)) * statistics.median(speeds[name, (1, 0)])
            print(f"| {name} | {busy} | {statistics.median(each):,.0f} ({min(each):,.0f}–{max(each):,.0f}) | {share:,.0f} | "
                  f"{statistics.median(each) / share:.2f} |")


if __name__ == "__main__":
    main()
