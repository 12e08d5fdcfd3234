#!/usr/bin/env python3
"""Training speed and peak memory of a Transformer written by hand in PyTorch, to set beside rotor-train's.

  tests/bench/pytorch_train.py CORPUS tiny|iwslt|base [--updates 16] [--interval 2] [--max-tokens 4096] [--rotary]

CORPUS is a folder of rotor-preprocess: the same ids in batches of the same rule. Post-norm layers, one product for
queries, keys and values, F.scaled_dot_product_attention, one embedding matrix for all three uses, label-smoothed
cross-entropy, fused Adam where PyTorch has it. Prints one JSON line; target tokens are real ones with </s>, as in
rotor-train and fairseq.
"""
import argparse
import json
import math
import random
import resource
import struct
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional as F

SIZES = {"tiny": (4, 128, 256, 4), "iwslt": (6, 512, 1024, 4), "base": (6, 512, 2048, 8)}
PAD, EOS = 1, 2


def read_split(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8 : 8 + size]), data[8 + size :]
    types = {"I32": "<i4", "U32": "<u4", "I64": "<i8", "U16": "<u2", "U64": "<u8"}

    def array(name):
        begin, end = header[name]["data_offsets"]
        return numpy.frombuffer(body[begin:end], types[header[name]["dtype"]]).astype(numpy.int64)

    def sentences(side):
        ids, offsets = array(side), array(side + "_offsets")
        return [ids[a:b].tolist() + [EOS] for a, b in zip(offsets, offsets[1:])]

    return list(zip(sentences("source"), sentences("target")))


def batches_of(pairs, max_tokens, multiple=8):
    order = sorted(range(len(pairs)), key=lambda i: (len(pairs[i][0]), len(pairs[i][1])))
    batches, batch, longest = [], [], 0
    for i in order:
        length = max(map(len, pairs[i]))
        if batch and (len(batch) + 1) * max(longest, length) > max_tokens:
            keep = len(batch) - len(batch) % multiple or len(batch)
            batches.append(batch[:keep])
            batch = batch[keep:]
            longest = max((max(map(len, pairs[j])) for j in batch), default=0)
        batch.append(i)
        longest = max(longest, length)
    return batches + [batch]


def padded(sentences):
    return nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sentences], batch_first=True, padding_value=PAD)


def sinusoids(length, width):
    rates = torch.exp(-math.log(10000) / (width // 2 - 1) * torch.arange(width // 2))
    angles = torch.arange(length)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)


def rotated(x, angles):
    a, b = x.chunk(2, -1)
    sin, cos = angles.sin()[: x.size(2)], angles.cos()[: x.size(2)]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


class Attention(nn.Module):
    def __init__(self, width, heads, angles):
        super().__init__()
        self.heads, self.angles = heads, angles
        self.inputs, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def split(self, x):
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)

    def forward(self, x, memory=None, mask=None, causal=False):
        if memory is None:
            q, k, v = self.inputs(x).chunk(3, -1)
        else:
            width = x.size(-1)
            q = F.linear(x, self.inputs.weight[:width], self.inputs.bias[:width])
            k, v = F.linear(memory, self.inputs.weight[width:], self.inputs.bias[width:]).chunk(2, -1)
        q, k, v = map(self.split, (q, k, v))
        if self.angles is not None and memory is None:
            q, k = rotated(q, self.angles), rotated(k, self.angles)
        context = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        return self.output(context.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    def __init__(self, width, inner, heads, dropout, angles, cross):
        super().__init__()
        self.attention = Attention(width, heads, angles)
        self.cross = Attention(width, heads, None) if cross else None
        self.fc1, self.fc2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3 if cross else 2))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask, memory=None):
        x = self.norms[0](x + self.dropout(self.attention(x, mask=None if self.cross else mask, causal=bool(self.cross))))
        if self.cross:
            x = self.norms[1](x + self.dropout(self.cross(x, memory, mask)))
        return self.norms[-1](x + self.dropout(self.fc2(F.relu(self.fc1(x)))))


class Transformer(nn.Module):
    def __init__(self, layers, width, inner, heads, vocabulary, dropout, rotary):
        super().__init__()
        head = width // heads
        angles = torch.arange(1024)[:, None] / 10000 ** (torch.arange(0, head, 2) / head) if rotary else None
        self.embedding = nn.Embedding(vocabulary, width, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        self.positions = None if rotary else sinusoids(1024, width)
        self.dropout = nn.Dropout(dropout)
        self.stacks = nn.ModuleList(
            nn.ModuleList(Layer(width, inner, heads, dropout, angles, cross) for _ in range(layers)) for cross in (False, True)
        )

    def embed(self, ids):
        x = math.sqrt(self.embedding.embedding_dim) * self.embedding(ids)
        return self.dropout(x if self.positions is None else x + self.positions[: ids.size(1)])

    def forward(self, source, target):
        mask = (source != PAD)[:, None, None, :]
        memory, x = self.embed(source), self.embed(target)
        for layer in self.stacks[0]:
            memory = layer(memory, mask)
        for layer in self.stacks[1]:
            x = layer(x, mask, memory)
        return F.linear(x, self.embedding.weight)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("model", choices=SIZES)
    parser.add_argument("--updates", type=int, default=16)
    parser.add_argument("--interval", type=int, default=2)
    parser.add_argument("--max-tokens", type=int, default=4096)
    parser.add_argument("--rotary", action="store_true")
    options = parser.parse_args()
    random.seed(1)
    torch.manual_seed(1)
    pairs = read_split(options.corpus / "train.safetensors")
    vocabulary = 1 + max(max(map(max, (source, target))) for source, target in pairs)
    model = Transformer(*SIZES[options.model], vocabulary, 0.3, options.rotary)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-5, betas=(0.9, 0.98), fused=True)
    batches = batches_of(pairs, options.max_tokens)
    random.shuffle(batches)
    reports, tokens, start = [], 0, time.perf_counter()
    for update, batch in enumerate(batches[: options.updates], 1):
        source, target = zip(*(pairs[i] for i in batch))
        inputs, target = padded([[EOS] + t[:-1] for t in target]), padded(target)
        logits = model(padded(source), inputs)
        count = int((target != PAD).sum())
        loss = F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=PAD, label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 25)
        optimizer.step()
        tokens += count
        if update % options.interval == 0:
            reports.append((tokens, time.perf_counter() - start))
            tokens, start = 0, time.perf_counter()
    tokens, seconds = map(sum, zip(*(reports[-(-len(reports) // 5) :] or reports)))  # without the first fifth, rounded up
    print(json.dumps({
        "program": "pytorch", "model": options.model, "tokens_per_second": tokens / seconds,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
