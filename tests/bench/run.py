#!/usr/bin/env python3
"""Benchmarks of training: kernels alone, and whole programs beside fairseq and PyTorch. Writes Markdown.

  make bench                                     everything, into build/bench.md
  tests/bench/run.py [--models tiny,iwslt,base] [--rounds 3] [--skip-kernels] [--output build/bench.md]

The text is Multi30k from $ROTOR_MULTI30K. The peers come from the virtual environment whose env.sh $ROTOR_PEERS/env.sh
activates; without it only Rotor is measured. Programs take turns, round after round, on --threads threads; a speed is
the median over rounds of a program's target tokens/s, with the lowest and highest round: tokens over seconds of a run
without the first fifth of its reports. Quiet machine needed; a round of all three models takes about 15 minutes.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = HERE.parents[1] / "build" / "bin"
UPDATES = {"tiny": (80, 8), "iwslt": (14, 2), "base": (10, 1)}
PEERS = "torch 2.5.1, fairseq-fixed 0.12.3.1, sentencepiece 0.2.3 (pip), libtcmalloc-minimal4 (apt)"


def run(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr[-2000:].strip() or done.returncode}")
    return done.stdout


def cpu_name():
    return next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))


def has_bf16():
    return any(flag in open("/proc/cpuinfo").read() for flag in ("avx512_bf16", "amx_bf16"))


def preprocess(text, corpus):
    import gzip

    plain = corpus.parent
    for name in ("train.en", "train.de", "val.en", "val.de"):
        packed = text / f"{name}.gz"
        (plain / name).write_bytes(gzip.decompress(packed.read_bytes()) if packed.exists() else (text / name).read_bytes())
    run([BIN / "rotor-preprocess", "--source-lang", "en", "--target-lang", "de", "--trainpref", plain / "train",
         "--validpref", plain / "val", "--joined-dictionary", "--vocab-size", 10000, "--destdir", corpus])


def rotor(corpus, model, work, *options):
    updates, interval = UPDATES[model]
    save = work / "rotor"
    run(["rm", "-rf", save])
    run([BIN / "rotor-train", corpus, "--arch", f"transformer_{model}", "--position-encoding", "sinusoidal", "--max-tokens",
         4096, "--lr", 0.005, "--warmup-updates", 2000, "--dropout", 0.3, "--clip-norm", 25, "--max-update", updates,
         "--disable-validation", "--no-save", "--save-dir", save, "--log-interval", interval, *options])
    reports = [json.loads(line) for line in open(save / "train.jsonl")]
    settled = reports[-(-len(reports) // 5):]
    tokens = sum(report["tokens_per_second"] * report["seconds"] for report in settled)
    return {"tokens_per_second": tokens / sum(report["seconds"] for report in settled), "memory_mb": reports[-1]["memory_mb"]}


def fairseq(corpus, model, work):
    updates, interval = UPDATES[model]
    return json.loads(run([HERE / "fairseq_train.sh", corpus / "vocabulary.model", model, updates, "--log-interval", interval]))


def pytorch(corpus, model, work):
    updates, interval = UPDATES[model]
    command = (f'. "$ROTOR_PEERS/env.sh" && LD_PRELOAD=libtcmalloc_minimal.so.4 python "{HERE}/pytorch_train.py" "{corpus}" '
               f"{model} --updates {updates} --interval {interval}")
    return json.loads(run(["sh", "-c", command]))


def programs(peers):
    chosen = {"Rotor": rotor}
    if has_bf16():
        chosen["Rotor `--bf16`"] = lambda *task: rotor(*task, "--bf16")
    chosen["Rotor `--checkpoint-activations`"] = lambda *task: rotor(*task, "--checkpoint-activations")
    return chosen | ({"fairseq": fairseq, "PyTorch by hand": pytorch} if peers else {})


def compare(corpus, models, rounds, peers, work):
    """The table of whole programs, and Rotor's share of what its products allow."""
    lines = ["| model | program | target tokens/s (lowest–highest) | Rotor float32 / it | peak memory, MB |", "| --- " * 5 + "|"]
    parts = []
    for model in models:
        results = {name: [] for name in programs(peers)}
        for _ in range(rounds):
            for name, measure in programs(peers).items():
                results[name].append(measure(corpus, model, work))
                print(model, name, results[name][-1], file=sys.stderr, flush=True)
        speed = {name: statistics.median(r["tokens_per_second"] for r in runs) for name, runs in results.items()}
        for name, runs in results.items():
            each = [r["tokens_per_second"] for r in runs]
            ratios = [a["tokens_per_second"] / b["tokens_per_second"] for a, b in zip(results["Rotor"], runs)]
            lines.append(f"| {model} | {name} | {speed[name]:.0f} ({min(each):.0f}–{max(each):.0f}) | "
                         f"{statistics.median(ratios):.2f} | {max(r['memory_mb'] for r in runs):.0f} |")
        parts += [f"`transformer_{model}`", "```",
                  run([BIN / "training_parts", "--arch", f"transformer_{model}", "--measured", speed["Rotor"]]).strip(), "```"]
    return lines + ["", "What the parts of an update cost alone, float32:", ""] + parts


def kernels(threads):
    lines = [f"Kernels and layers, {threads} threads:", "", "| benchmark | time | rate |", "| --- | --- | --- |"]
    report = json.loads(run([BIN / "kernels", "--benchmark_format=json", "--benchmark_min_time=0.2"]))
    for row in report["benchmarks"]:
        rates = [f"{row[name] / scale:.3g} {unit}" for name, scale, unit in
                 (("FLOP/s", 1e9, "GFLOP/s"), ("tokens/s", 1, "tokens/s")) if name in row]
        if rates:
            name = row["name"].replace("/real_time", "")
            lines.append(f"| {name} | {row['real_time']:.3g} {row['time_unit']} | {rates[0]} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="tiny,iwslt,base")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--skip-kernels", action="store_true")
    parser.add_argument("--corpus", type=Path, help="a folder of rotor-preprocess; else made of $ROTOR_MULTI30K")
    parser.add_argument("--output", type=Path, default=Path("build/bench.md"))
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    text, peers = os.environ.get("ROTOR_MULTI30K"), os.environ.get("ROTOR_PEERS")
    if peers and not text:
        sys.exit("expected the folder of Multi30k in ROTOR_MULTI30K, which fairseq reads, since ROTOR_PEERS is set")
    if not peers:
        print(f"ROTOR_PEERS is unset, so only Rotor is measured; for the comparison make a virtual environment with {PEERS} "
              "and a file env.sh that activates it, and set ROTOR_PEERS to its folder", file=sys.stderr)
    lines = [f"{cpu_name()}, {options.threads} threads, {options.rounds} rounds, `--max-tokens 4096`, sinusoidal.", ""]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        corpus = options.corpus
        if not corpus and text:
            corpus = work / "corpus"
            preprocess(Path(text), corpus)
        if corpus:
            lines += compare(corpus.resolve(), options.models.split(","), options.rounds, peers and text, work)
        else:
            print("ROTOR_MULTI30K is unset: no whole programs are measured", file=sys.stderr)
    if not options.skip_kernels:
        lines += ["", *kernels(options.threads)]
    options.output.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
