#!/usr/bin/env python3
"""Speeds of language models beside fairseq, a PyTorch model written by hand, and transformers' GPT-2, in one run.

usage: compare_language_models.py TEXT [--bin build/bin] [--rounds 3] [--updates 12] [--tokens 400]

TEXT is one file of at least a megabyte. The Python that runs this has fairseq, transformers and sentencepiece; preload
tcmalloc (LD_PRELOAD=libtcmalloc_minimal.so.4) and set OMP_NUM_THREADS for all sides. All systems are transformer_lm_small's size
(6 layers, 256, 1024, 4 heads), 8,000 pieces, samples of 256 tokens, 2,048 tokens a batch, dropout 0.1. Rounds alternate between
the systems. Prints a table of medians with their ranges; speeds leave out the first updates.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LAYERS, WIDTH, INNER, HEADS, LENGTH, BATCH = 6, 256, 1024, 4, 256, 2048
SKIPPED = 4  # updates that warm up


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)


def rotor_training(bench):
    save = bench.work / "rotor-run"
    run(bench.bin / "rotor-train", bench.work / "corpus", "--arch", "transformer_lm_small", "--position-encoding", "sinusoidal",
        "--tokens-per-sample", LENGTH, "--max-tokens", BATCH, "--max-update", bench.updates + SKIPPED, "--log-interval", 1,
        "--save-dir", save, "--no-epoch-checkpoints")  # fmt: skip
    reports = [json.loads(line) for line in (save / "train.jsonl").read_text().splitlines()]
    rates = [report["tokens_per_second"] for report in reports if "tokens_per_second" in report][SKIPPED:]
    run("rm", "-r", save)
    return statistics.median(rates)


def fairseq_training(bench):
    log = run("fairseq-train", bench.work / "bin", "--task", "language_modeling", "--arch", "transformer_lm", "--cpu", "--seed", 1,
              "--decoder-layers", LAYERS, "--decoder-embed-dim", WIDTH, "--decoder-input-dim", WIDTH, "--decoder-output-dim", WIDTH,
              "--decoder-ffn-embed-dim", INNER, "--decoder-attention-heads", HEADS, "--decoder-normalize-before",
              "--share-decoder-input-output-embed", "--tokens-per-sample", LENGTH, "--max-tokens", BATCH, "--dropout", 0.1,
              "--optimizer", "adam", "--lr", 1e-4, "--max-update", bench.updates + SKIPPED, "--log-interval", 1,
              "--log-format", "json", "--no-save", "--disable-validation", "--num-workers", 0)  # fmt: skip
    rates = []
    for line in (log.stdout + log.stderr).splitlines():
        if '"wps"' in line:
            rates.append(float(json.loads(line[line.index("{") :])["wps"]))
    return statistics.median(rates[SKIPPED:])


def pytorch_training(bench):
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.inputs, self.output = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            self.fc1, self.fc2 = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
            self.before, self.between, self.drop = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH), nn.Dropout(0.1)

        def forward(self, x):
            q, k, v = (y.unflatten(-1, (HEADS, -1)).transpose(1, 2) for y in self.inputs(self.before(x)).chunk(3, -1))
            context = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.drop(self.output(context.transpose(1, 2).flatten(2)))
            return x + self.drop(self.fc2(F.relu(self.fc1(self.between(x)))))

    torch.manual_seed(1)
    embedding, layers, norm = nn.Embedding(bench.size, WIDTH), nn.ModuleList(Layer() for _ in range(LAYERS)), nn.LayerNorm(WIDTH)
    angles = torch.arange(LENGTH)[:, None] / 10000 ** (torch.arange(0, WIDTH, 2) / WIDTH)
    positions = torch.cat([angles.sin(), angles.cos()], 1)
    parameters = [*embedding.parameters(), *layers.parameters(), *norm.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=1e-4, fused=True)
    ids = torch.tensor(bench.ids[: (bench.updates + SKIPPED) * BATCH + 1])
    rates = []
    for update in range(bench.updates + SKIPPED):
        start = time.perf_counter()
        part = ids[update * BATCH : (update + 1) * BATCH + 1]
        x = math.sqrt(WIDTH) * embedding(part[:-1].view(-1, LENGTH)) + positions
        for layer in layers:
            x = layer(x)
        loss = F.cross_entropy(F.linear(norm(x), embedding.weight).flatten(0, 1), part[1:])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        rates.append(BATCH / (time.perf_counter() - start))
    return statistics.median(rates[SKIPPED:])


def rotor_generation(bench, batch):
    prompts = "\n".join(["the"] * batch) + "\n"
    command = [bench.bin / "rotor-generate", bench.work / "model.safetensors", "--beam", 1, "--min-len", 0, "--max-len-b", 0, "--batch-size", batch]
    seconds = {}
    for tokens in (bench.tokens // 10, bench.tokens):  # the difference leaves out the start of the program
        command[5], command[7] = tokens, tokens
        start = time.perf_counter()
        subprocess.run([str(word) for word in command], input=prompts, text=True, check=True, capture_output=True)
        seconds[tokens] = time.perf_counter() - start
    return batch * (bench.tokens - bench.tokens // 10) / (seconds[bench.tokens] - seconds[bench.tokens // 10])


def gpt2_generation(bench, batch):
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    model = GPT2LMHeadModel(GPT2Config(vocab_size=bench.size, n_embd=WIDTH, n_inner=INNER, n_layer=LAYERS, n_head=HEADS)).eval()
    prompt = torch.full((batch, 2), 5)
    seconds = {}
    with torch.inference_mode():
        for tokens in (bench.tokens // 10, bench.tokens):
            start = time.perf_counter()
            model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False, min_new_tokens=tokens, max_new_tokens=tokens,
                           pad_token_id=1)  # fmt: skip
            seconds[tokens] = time.perf_counter() - start
    return batch * (bench.tokens - bench.tokens // 10) / (seconds[bench.tokens] - seconds[bench.tokens // 10])


def prepare(bench, text):
    """The corpus for Rotor, the same ids for the others, and a model to generate with."""
    import sentencepiece

    run(bench.bin / "rotor-preprocess", "--task", "language_modeling", "--trainpref", text, "--vocab-size", 8000, "--destdir",
        bench.work / "corpus")  # fmt: skip
    vocabulary = sentencepiece.SentencePieceProcessor(model_file=str(bench.work / "corpus/vocabulary.model"))
    pieces = [vocabulary.encode(line, out_type=str) for line in Path(text).read_text().splitlines() if line.strip()]
    (bench.work / "pieces").write_text("".join(" ".join(line) + "\n" for line in pieces))
    run("fairseq-preprocess", "--only-source", "--trainpref", bench.work / "pieces", "--destdir", bench.work / "bin")
    bench.size = vocabulary.get_piece_size()
    bench.ids = [piece for line in pieces for piece in [*vocabulary.piece_to_id(line), 2]]
    run(bench.bin / "rotor-train", bench.work / "corpus", "--arch", "transformer_lm_small", "--max-update", 1, "--tokens-per-sample",
        LENGTH, "--save-dir", bench.work / "run")  # fmt: skip
    run("cp", bench.work / "run/checkpoint_last.safetensors", bench.work / "model.safetensors")


SYSTEMS = {
    "training, Rotor": rotor_training,
    "training, fairseq": fairseq_training,
    "training, PyTorch by hand": pytorch_training,
    "generation of 1, Rotor": lambda bench: rotor_generation(bench, 1),
    "generation of 1, GPT-2 of transformers": lambda bench: gpt2_generation(bench, 1),
    "generation of 32, Rotor": lambda bench: rotor_generation(bench, 32),
    "generation of 32, GPT-2 of transformers": lambda bench: gpt2_generation(bench, 32),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--bin", type=Path, default=Path("build/bin"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--updates", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=400)
    bench = parser.parse_args()
    bench.bin = bench.bin.resolve()
    with tempfile.TemporaryDirectory() as folder:
        bench.work = Path(folder)
        prepare(bench, bench.text)
        found = {name: [] for name in SYSTEMS}
        for _ in range(bench.rounds):
            for name, measure in SYSTEMS.items():
                found[name].append(measure(bench))
                print(f"{name}: {found[name][-1]:.0f} tokens/s", file=sys.stderr, flush=True)
    print("| | tokens/s | range |\n| --- | ---: | --- |")
    for name, rates in found.items():
        print(f"| {name} | {statistics.median(rates):,.0f} | {min(rates):,.0f}–{max(rates):,.0f} |")


if __name__ == "__main__":
    main()
