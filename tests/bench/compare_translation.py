#!/usr/bin/env python3
"""Translation speed of rotor-generate, CTranslate2 and fairseq: the same weights, text, threads and beam, in turns.

compare_translation.py <model.safetensors> <source text> [--beam 4] [--batch 64 1] [--threads 1 2] [--rounds 3] …
The model has any encoding that `rotor-convert ctranslate2` takes, and one vocabulary for both languages. Rotor translates
`:workers` a batch a thread, else each batch with all threads, and so does CTranslate2. Needs Python with ctranslate2 and
sentencepiece, and fairseq, PyTorch and safetensors for --systems … fairseq; run it on a quiet machine. Tokens are those
of the best hypotheses, </s> counted; seconds are those of encoder and search without loading. Prints a line a setting:
medians of the rounds, how many times the fastest peer Rotor is, the share of sentences for which Rotor's best hypothesis
is that of float32 CTranslate2 (of fairseq where asked for), and which share of Rotor's time its matrix products alone
would take, or reading their weights (build/bin/translation_limit, of `make bench`).
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROTOR = Path(__file__).parents[2] / "build/bin/rotor-generate"
LIMIT = ROTOR.parent / "translation_limit"
CONVERT = ROTOR.parent / "rotor-convert"
WEIGHTS = {"float": "none", "bf16": "bf16", "int8": "int8"}  # of rotor-generate --quantize


def peak_memory():
    return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def translate_with_rotor(options, lines):
    stats = options["folder"] + "/stats.json"
    command = [
        ROTOR, options["model"], "--fairseq-format", "--beam", options["beam"], "--lenpen", options["lenpen"],
        "--max-len-b", options["max_len_b"], "--batch-size", options["batch"], "--threads", options["threads"],
        "--quantize", WEIGHTS[options["precision"]], "--workers", options["threads"] if options["workers"] else 1, "--stats", stats,
    ]  # fmt: skip
    text = "".join(line + "\n" for line in lines)
    out = subprocess.run([str(word) for word in command], input=text, capture_output=True, text=True, check=True).stdout
    hypotheses = [line.split("\t")[2] for line in out.splitlines() if line.startswith("H-")]
    figures = json.loads(Path(stats).read_text())
    return hypotheses, figures["seconds"], figures["load_seconds"], figures["memory_mb"]


def translate_with_ctranslate2(options, lines):
    import ctranslate2
    import sentencepiece

    start = time.perf_counter()
    translator = ctranslate2.Translator(
        f"{options['folder']}/{options['precision']}", compute_type="int8" if options["precision"] == "int8" else "float32",
        **({"inter_threads": options["threads"], "intra_threads": 1} if options["workers"] else {"intra_threads": options["threads"]}),
    )  # fmt: skip
    load = time.perf_counter() - start
    pieces = sentencepiece.SentencePieceProcessor(model_file=options["folder"] + "/float/vocabulary.model")
    sources = pieces.encode(lines, out_type=str)

    def translate(batch):
        return translator.translate_batch(
            batch, beam_size=options["beam"], length_penalty=options["lenpen"], max_batch_size=options["batch"],
            max_decoding_length=options["max_len_b"],
        )  # fmt: skip

    translate(sources[:2])
    start = time.perf_counter()
    results = translate(sources)
    seconds = time.perf_counter() - start
    return [" ".join(result.hypotheses[0]) for result in results], seconds, load, peak_memory()


def translate_with_fairseq(options, lines):
    import fairseq_model
    import torch
    from fairseq.sequence_generator import SequenceGenerator

    torch.set_num_threads(options["threads"])
    start = time.perf_counter()
    model, dictionary, pieces = fairseq_model.load(options["model"])
    load = time.perf_counter() - start
    search = SequenceGenerator(
        [model], dictionary, beam_size=options["beam"], len_penalty=options["lenpen"], max_len_b=options["max_len_b"]
    )
    sources = [ids + [dictionary.eos()] for ids in pieces.encode(lines)]
    order = sorted(range(len(sources)), key=lambda i: -len(sources[i]))
    hypotheses = [""] * len(sources)
    start = time.perf_counter()
    for first in range(0, len(order), options["batch"]):
        batch = order[first : first + options["batch"]]
        longest = max(len(sources[i]) for i in batch)
        tokens = torch.tensor([[dictionary.pad()] * (longest - len(sources[i])) + sources[i] for i in batch])
        sample = {"net_input": {"src_tokens": tokens, "src_lengths": torch.tensor([len(sources[i]) for i in batch])}}
        with torch.no_grad():
            for i, found in zip(batch, search.generate([model], sample)):
                hypotheses[i] = " ".join(pieces.id_to_piece(found[0]["tokens"].tolist()[:-1]))
    seconds = time.perf_counter() - start
    return hypotheses, seconds, load, peak_memory()


SYSTEMS = {"rotor": translate_with_rotor, "ctranslate2": translate_with_ctranslate2, "fairseq": translate_with_fairseq}


def run(options, lines):
    """One translation in a process of its own."""
    if options["system"] == "rotor":
        return translate_with_rotor(options, lines)
    environment = {**os.environ, "OMP_NUM_THREADS": "1" if options["workers"] else str(options["threads"])}
    request = json.dumps([options, lines])
    process = subprocess.run(
        [sys.executable, __file__, "--one"], input=request, capture_output=True, text=True, env=environment
    )
    if process.returncode:
        sys.exit(process.stderr)
    return json.loads(process.stdout.splitlines()[-1])


def limit_of(options, lines, hypotheses, seconds):
    """Products and memory alone: every source token once, and a row a hypothesis of the beam for every step; the first
    step has one row a sentence. The search itself may take more steps than its best hypothesis is long."""
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_file=options["folder"] + "/float/vocabulary.model")
    source = sum(len(ids) + 1 for ids in pieces.encode(lines))
    batch, beam = min(options["batch"], len(lines)), options["beam"]
    command = [LIMIT, options["model"], "--rows", batch * beam, "--source-rows", max(1, batch * source // len(lines)),
               "--quantize", WEIGHTS[options["precision"]], "--threads", options["threads"]]  # fmt: skip
    limit = json.loads(subprocess.run([str(word) for word in command], capture_output=True, check=True).stdout)
    tokens = sum(len(hypothesis.split()) + 1 for hypothesis in hypotheses)
    steps = (beam * (tokens - len(lines)) + len(lines)) / (batch * beam)
    encoder = limit["encoder_seconds"] * len(lines) / batch
    products = encoder + limit["step_seconds"] * steps
    text = f"products alone {100 * products / seconds:.0f} % of its time"
    if batch == 1:
        speed = limit["step_weight_bytes"] / limit["step_reading_seconds"] / 1e9
        reading = encoder + limit["step_reading_seconds"] * tokens
        text += f", reading the weights at {speed:.0f} GB/s {100 * reading / seconds:.0f} %"
    return text


def compare(arguments, lines, folder, batch, threads):
    base = {"model": arguments.model, "folder": folder, "beam": arguments.beam, "lenpen": arguments.lenpen,
            "max_len_b": arguments.max_len_b, "batch": batch, "threads": threads}  # fmt: skip
    runs = {name: [] for name in arguments.systems}
    for _ in range(arguments.rounds):
        for name in arguments.systems:
            system, precision, *workers = name.split(":")
            options = {**base, "system": system, "precision": precision, "workers": bool(workers)}
            runs[name].append(run(options, lines))
    speed = {}
    for name, of in runs.items():
        tokens = sum(len(hypothesis.split()) + 1 for hypothesis in of[0][0])
        speeds = [tokens / seconds for _, seconds, _, _ in of]
        speed[name] = statistics.median(speeds)
        print(f"batch {batch}, {threads} threads, {name}: {speed[name]:.0f} tokens/s ({min(speeds):.0f}-{max(speeds):.0f}), "
              f"{tokens} tokens, load {of[0][2]:.2f} s, {of[0][3]:.0f} MB")  # fmt: skip
        system, precision, *_ = name.split(":")
        if system == "rotor" and LIMIT.exists():
            text = limit_of({**base, "precision": precision}, lines, of[0][0], tokens / speed[name])
            print(f"batch {batch}, {threads} threads, {name}: {text}")
    peers = [name for name in runs if name.startswith("ctranslate2")] or [name for name in runs if "rotor" not in name]
    for name in (name for name in runs if name.startswith("rotor") and peers):
        fastest = max(peers, key=speed.get)
        print(f"batch {batch}, {threads} threads, {name}: {speed[name] / speed[fastest]:.2f} times {fastest}")
        for reference in (peer for peer in runs if peer in ("ctranslate2:float", "fairseq:float")):
            pairs = list(zip(runs[name][0][0], runs[reference][0][0], strict=True))
            same = sum(ours == theirs for ours, theirs in pairs)
            print(f"batch {batch}, {threads} threads, {name}: {same} of {len(pairs)} hypotheses as {reference}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("source")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--lenpen", type=float, default=0.6)
    parser.add_argument("--max-len-b", type=int, default=200)
    parser.add_argument("--batch", type=int, nargs="+", default=[64, 1])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sentences", type=int, default=1000, help="the first N of the text")
    parser.add_argument(
        "--systems", nargs="+", default=["rotor:float", "ctranslate2:float"],
        help="rotor, ctranslate2 or fairseq, with :float, :int8 or (rotor) :bf16, then :workers for a batch a thread",
    )
    arguments = parser.parse_args()
    lines = Path(arguments.source).read_text().splitlines()[: arguments.sentences]
    with tempfile.TemporaryDirectory() as folder:
        for precision, options in (("float", []), ("int8", ["--quantization", "int8"])):
            subprocess.run([CONVERT, "ctranslate2", arguments.model, f"{folder}/{precision}", *options], check=True)
        for batch in arguments.batch:
            for threads in arguments.threads:
                compare(arguments, lines, folder, batch, threads)


if __name__ == "__main__":
    if sys.argv[1:] == ["--one"]:
        options, lines = json.load(sys.stdin)
        print(json.dumps(SYSTEMS[options["system"]](options, lines)))
    else:
        main()
