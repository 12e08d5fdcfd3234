#!/usr/bin/env python3
"""Classification of sentences beside transformers on PyTorch and onnxruntime, with the same weights, in one run.

usage: compare_classification.py DEV.tsv [--bin build/bin] [--rounds 3] [--batch-size 32] [--models minilm,bert_base | --model FOLDER]

DEV.tsv is SST-2's official dev.tsv: a header, then sentence and label. The models are of random weights, MiniLM's shape (6 layers of
384) and BERT's (12 of 768), or a fine-tuned one of a Hugging Face folder. The Python that runs this has torch and transformers;
--onnx-python has onnxruntime, and onnx where torch wants it for the export is in the former. Preload tcmalloc
(LD_PRELOAD=libtcmalloc_minimal.so.4) and set OMP_NUM_THREADS for all sides. All sides have the rows as tokens before the clock
starts, read them from short to long in batches of --batch-size, padded to the longest, and compute in F32. The peers run the first
batches once before, Rotor does not. Rounds alternate between the systems. Prints medians with their ranges, peak memory, and how far
the predictions are from PyTorch's.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHAPES = {"minilm": (6, 384, 1536, 12), "bert_base": (12, 768, 3072, 12)}
WARM_UP = 3  # batches


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(str(word) for word in command)}:\n{done.stderr[-2000:]}")
    return done


def rows_of(table):
    lines = Path(table).read_text("utf-8").splitlines()
    if "sentence" not in lines[0].split("\t"):
        sys.exit(f"{table}: expected a header with a column 'sentence', got '{lines[0]}'; give SST-2's dev.tsv")
    return [line.split("\t")[lines[0].split("\t").index("sentence")] for line in lines[1:]]


def write_random_model(folder, shape, texts):
    """A Hugging Face folder of random weights whose vocabulary has the words of the texts."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    layers, width, inner, heads = SHAPES[shape]
    words = sorted({word for text in texts for word in text.lower().split()})
    characters = sorted({character for word in words for character in word})
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters, *("##" + c for c in characters)]
    tokens += [word for word in words if word not in characters]
    torch.manual_seed(1)
    config = BertConfig(vocab_size=len(tokens), hidden_size=width, num_hidden_layers=layers, intermediate_size=inner,
                        num_attention_heads=heads, initializer_range=0.1, id2label={0: "0", 1: "1"}, label2id={"0": 0, "1": 1})  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True, "tokenizer_class": "BertTokenizer"}))


def prepare(bench, name):
    """Writes the model in the forms of all sides, and the rows as tokens."""
    from transformers import BertTokenizer

    work = bench.work / name
    work.mkdir()
    folder = Path(bench.model) if bench.model else work / "huggingface"
    if not bench.model:
        write_random_model(folder, name, rows_of(bench.table))
    run(bench.bin / "rotor-convert", "bert", folder, work / "model.safetensors")
    run(bench.bin / "rotor-preprocess", "--task", "sentence_prediction", "--trainpref", bench.table, "--validpref", bench.table,
        "--text-columns", "sentence", "--label-column", "label", "--vocabulary", work / "model.safetensors", "--destdir",
        work / "corpus")  # fmt: skip
    tokenizer = BertTokenizer.from_pretrained(folder)
    ids = tokenizer(rows_of(bench.table), truncation=True, max_length=512)["input_ids"]
    (work / "job.json").write_text(json.dumps({"model": str(folder), "onnx": str(work / "model.onnx"), "ids": ids,
                                               "batch_size": bench.batch_size, "pad": tokenizer.pad_token_id}))  # fmt: skip
    run(sys.executable, __file__, "--child", "export", work / "job.json")
    return work


def rotor(bench, work):
    run(bench.bin / "rotor-evaluate", work / "model.safetensors", "--corpus", work / "corpus", "--gen-subset", "valid",
        "--batch-size", bench.batch_size, "--max-tokens", 512 * bench.batch_size, "--stats", work / "stats.json",
        "--predictions", work / "predictions.tsv", "--threads", bench.threads)  # fmt: skip
    stats = json.loads((work / "stats.json").read_text())
    rows = [line.split("\t") for line in (work / "predictions.tsv").read_text().splitlines()]
    return stats["seconds"], stats["memory_mb"], [float(row[2]) for row in rows[1:]]


def peer(kind):
    """A side that runs in a process of its own, so that its peak memory is known."""

    def measure(bench, work):
        return json.loads(run(sys.executable, __file__, "--child", kind, work / "job.json").stdout.splitlines()[-1])

    return measure


SIDES = {"Rotor": rotor, "transformers": peer("transformers"), "onnxruntime": peer("onnxruntime")}


def batches_of(job):
    """The numbers of the rows of each batch, from short to long, and their padded ids and mask."""
    import numpy

    order = sorted(range(len(job["ids"])), key=lambda row: len(job["ids"][row]))
    for begin in range(0, len(order), job["batch_size"]):
        rows = order[begin : begin + job["batch_size"]]
        ids = numpy.full((len(rows), max(len(job["ids"][row]) for row in rows)), job["pad"], dtype=numpy.int64)
        for place, row in enumerate(rows):
            ids[place, : len(job["ids"][row])] = job["ids"][row]
        yield rows, ids, (ids != job["pad"]).astype(numpy.int64)


def measured(job, logits_of):
    """Runs a side on all batches, and prints its seconds, memory and the probability of the second class of each row."""
    import numpy

    batches = list(batches_of(job))
    for _, ids, mask in batches[-WARM_UP:]:
        logits_of(ids, mask)
    start = time.perf_counter()
    logits = [logits_of(ids, mask) for _, ids, mask in batches]
    seconds = time.perf_counter() - start
    probabilities = [0.0] * len(job["ids"])
    for (rows, _, _), scores in zip(batches, logits):
        powers = numpy.exp(scores - scores.max(axis=1, keepdims=True))
        for row, power in zip(rows, powers / powers.sum(axis=1, keepdims=True)):
            probabilities[row] = float(power[1])
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, probabilities]))


def torch_model(job, **options):
    import torch
    from transformers import BertForSequenceClassification

    torch.set_num_threads(threads())
    return BertForSequenceClassification.from_pretrained(job["model"], **options).eval()


def export(job):
    import torch

    ids = torch.tensor(job["ids"][0])[None]
    axes = {name: {0: "rows", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    torch.onnx.export(torch_model(job, attn_implementation="eager"), (ids, torch.ones_like(ids)), job["onnx"], input_names=list(axes),
                      output_names=["logits"], dynamic_axes={**axes, "logits": {0: "rows"}}, opset_version=17)  # fmt: skip


def transformers_side(job):
    import torch

    model = torch_model(job)
    with torch.inference_mode():
        measured(job, lambda ids, mask: model(torch.from_numpy(ids), torch.from_numpy(mask)).logits.numpy())


def onnxruntime_side(job):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    session = onnxruntime.InferenceSession(job["onnx"], options, providers=["CPUExecutionProvider"])
    measured(job, lambda ids, mask: session.run(["logits"], {"input_ids": ids, "attention_mask": mask})[0])


CHILDREN = {"export": export, "transformers": transformers_side, "onnxruntime": onnxruntime_side}


def threads():
    return int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))


def print_table(found):
    print("| | rows/s | range | memory, MB | largest difference of probabilities | other predictions |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for (name, side), results in found.items():
        expected = found[name, "transformers"][0][2]
        rates = [len(expected) / seconds for seconds, _, _ in results]
        ours = results[0][2]
        apart = max(abs(a - b) for a, b in zip(ours, expected))
        others = sum((a > 0.5) != (b > 0.5) for a, b in zip(ours, expected))
        print(f"| {name}, {side} | {statistics.median(rates):,.0f} | {min(rates):,.0f}–{max(rates):,.0f} | "
              f"{statistics.median(memory for _, memory, _ in results):,.0f} | {apart:.1e} | {others} of {len(ours)} |")  # fmt: skip


def main():
    if sys.argv[1:2] == ["--child"]:
        return CHILDREN[sys.argv[2]](json.loads(Path(sys.argv[3]).read_text()))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table")
    parser.add_argument("--bin", type=Path, default=Path("build/bin"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--models", default="minilm,bert_base")
    parser.add_argument("--model", help="a Hugging Face folder of BertForSequenceClassification with two classes")
    bench = parser.parse_args()
    bench.bin, bench.threads = bench.bin.resolve(), threads()
    with tempfile.TemporaryDirectory() as folder:
        bench.work = Path(folder)
        names = [Path(bench.model).name] if bench.model else bench.models.split(",")
        works = {name: prepare(bench, name) for name in names}
        found = {}
        for _ in range(bench.rounds):
            for name, work in works.items():
                for side, measure in SIDES.items():
                    found.setdefault((name, side), []).append(measure(bench, work))
                    print(f"{name}, {side}: {found[name, side][-1][0]:.2f} s", file=sys.stderr, flush=True)
        print_table(found)


if __name__ == "__main__":
    main()
