"""Golden runs of single operators, forward and backward, at sizes that leave remainders in every vector width.

Plain PyTorch operators in float64. Writes operators.safetensors; README.md lists its cases. python operators.py
"""

import functools

import torch
from torch.nn import functional as F

from golden import PAD, save_golden, versions
from layers import Layers, rotate
from training import SMOOTHING, criterion

SEED = 21
generator = torch.Generator().manual_seed(SEED)
tensors = {}


def draw(*shape, scale=1.0):
    """Normal numbers, rounded to float32, so that the stored inputs are the ones used."""
    return (scale * torch.randn(*shape, generator=generator)).double().requires_grad_()


def record(case, inputs, output, constants=None):
    """Stores a case: inputs, output, a random gradient of the output, and the gradients of the inputs it causes."""
    upstream = draw(*output.shape).detach()
    gradients = torch.autograd.grad(output, list(inputs.values()), upstream)
    parts = {**inputs, **(constants or {}), "output": output, "gradient.output": upstream}
    parts |= {f"gradient.{name}": g for name, g in zip(inputs, gradients)}
    tensors.update({f"{case}.{name}": value for name, value in parts.items()})


def layer_norm(case, rows, width, eps=1e-5):
    inputs = {"x": draw(rows, width, scale=3.0), "weight": draw(width), "bias": draw(width)}
    record(f"layer_norm.{case}", inputs, F.layer_norm(inputs["x"], (width,), inputs["weight"], inputs["bias"], eps=eps))


def rms_norm(case, rows, width, eps):
    inputs = {"x": draw(rows, width, scale=3.0), "weight": draw(width)}
    record(f"rms_norm.{case}", inputs, F.rms_norm(inputs["x"], (width,), inputs["weight"], eps=eps))


def linear(rows, width, outputs):
    inputs = {"x": draw(rows, width), "weight": draw(outputs, width), "bias": draw(outputs)}
    record(f"linear.{width}_{outputs}", inputs, F.linear(*inputs.values()))


def unary(name, function):
    inputs = {"x": draw(7, 33, scale=2.0)}
    record(name, inputs, function(inputs["x"]))


def gate(name, function):
    inputs = {"x": draw(7, 33, scale=2.0), "by": draw(7, 33)}
    record(f"gate.{name}", inputs, function(inputs["x"]) * inputs["by"])


def embedding():
    inputs, ids = {"table": draw(11, 6)}, torch.tensor([[4, 10, 4, 2], [3, 2, PAD, PAD], [0, 2, PAD, PAD]])
    record("embedding", inputs, F.embedding(ids, inputs["table"], padding_idx=PAD), {"ids": ids})


def hidden_keys(key_lengths, queries, keys, causal):
    hidden = torch.arange(keys)[None, None, None, :] >= key_lengths[:, None, None, None]
    return hidden | (torch.ones(queries, keys, dtype=torch.bool).triu(1) if causal else False)


def softmax(case, queries, keys, key_lengths, causal):
    lengths = torch.tensor(key_lengths)
    inputs = {"x": draw(len(lengths), 2, queries, keys, scale=2.0)}
    weights = inputs["x"].masked_fill(hidden_keys(lengths, queries, keys, causal), -torch.inf).softmax(-1)
    record(f"softmax.{case}", inputs, weights, {"key_lengths": lengths})


def attention(case, queries, keys, key_lengths, causal, heads=2, width=12):
    lengths, self_attention = torch.tensor(key_lengths), keys is None
    inputs = {"query": draw(len(lengths), queries, width)}
    if not self_attention:
        inputs["key"] = draw(len(lengths), keys, width)
    for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
        inputs[f"{projection}.weight"] = draw(width, width, scale=width**-0.5)
        inputs[f"{projection}.bias"] = draw(width, scale=0.3)
    memory = inputs["query" if self_attention else "key"]
    model = Layers(
        {"decoder_attention_heads": heads, "decoder_position_encoding": "none"},
        {f"attention.{name}": value for name, value in inputs.items()},
    )
    hidden = hidden_keys(lengths, queries, memory.shape[1], causal)
    record(f"attention.{case}", inputs, model.attention("decoder", "attention", inputs["query"], memory, hidden), {"key_lengths": lengths})


def heads_attention(case, heads, queries, keys, key_lengths, causal, window=None, first_query=0, width=6):
    """PyTorch's scaled_dot_product_attention of query heads and key-value heads; `heads` holds the numbers of both."""
    lengths, at = torch.tensor(key_lengths), first_query + torch.arange(queries)
    shapes = {"q": (heads[0], queries), "k": (heads[1], keys), "v": (heads[1], keys)}
    inputs = {name: draw(len(lengths), *shape, width) for name, shape in shapes.items()}
    distance = at[:, None] - torch.arange(keys)[None, :]
    seen = torch.arange(keys)[None, None, None, :] < lengths[:, None, None, None]
    seen = seen & ((distance >= 0) if causal else True) & (distance.abs() < window if window else True)
    context = F.scaled_dot_product_attention(*inputs.values(), attn_mask=seen, enable_gqa=True)
    constants = {"key_lengths": lengths, "first_query": torch.tensor([first_query]), "window": torch.tensor([window or 0])}
    record(f"heads_attention.{case}", inputs, context, constants)


def label_smoothed_cross_entropy(rows, size):
    inputs, target = {"logits": draw(rows, size, scale=2.0)}, torch.randint(2, size, (rows,), generator=generator)
    target[torch.tensor([3, rows - 1])] = PAD
    loss, nll = criterion(inputs["logits"], target, SMOOTHING)
    record("label_smoothed_cross_entropy", inputs, loss.reshape(1), {"target": target, "nll_loss": nll.reshape(1)})


def rope(layout, begin=5):
    # Positions begin .. begin + 32: the rows before `begin` of a longer sequence are dropped after it is turned.
    inputs = {"x": draw(2, 2, 33, 6)}
    turned = rotate(F.pad(inputs["x"], (0, 0, begin, 0)), layout, 10000.0)[:, :, begin:]
    record(f"rope.{layout}", inputs, turned, {"begin": torch.tensor([begin])})


for rows, width in ((5, 6), (3, 17), (4, 33), (2, 130)):
    layer_norm(str(width), rows, width)
for rows, width, outputs in ((5, 6, 7), (17, 33, 3)):
    linear(rows, width, outputs)
unary("relu", F.relu)
unary("gelu", F.gelu)
embedding()
softmax("padding", 17, 33, [33, 16, 1], causal=False)
softmax("causal", 17, 17, [17, 17, 17], causal=True)
softmax("causal_padding", 33, 33, [33, 20, 2], causal=True)
attention("self", 17, None, [17, 9, 1], causal=False)
attention("causal", 33, None, [33, 33], causal=True)
attention("cross", 17, 33, [33, 5], causal=False)
label_smoothed_cross_entropy(17, 33)
rope("interleaved")
rope("half")
layer_norm("eps", 5, 17, eps=0.5)
for case, rows, width, eps in (("6", 5, 6, 1e-5), ("17", 3, 17, 1e-6), ("130", 4, 130, 1e-5), ("eps", 5, 17, 0.5)):
    rms_norm(case, rows, width, eps)
unary("swish", F.silu)
unary("gelu_tanh", functools.partial(F.gelu, approximate="tanh"))
gate("swish", F.silu)
gate("gelu_tanh", functools.partial(F.gelu, approximate="tanh"))
heads_attention("window", (2, 2), 117, 117, [117, 41], causal=False, window=9)
heads_attention("window_causal", (2, 2), 117, 117, [117, 110], causal=True, window=33)
heads_attention("window_later", (2, 2), 5, 61, [61, 57], causal=False, window=12, first_query=50)
heads_attention("grouped", (6, 2), 17, 33, [33, 20], causal=False)
heads_attention("grouped_causal", (4, 1), 61, 61, [61, 61], causal=True)
heads_attention("grouped_window", (4, 2), 61, 61, [61, 33], causal=True, window=17)
save_golden("operators.safetensors", tensors, {"script": "operators.py", "seed": str(SEED), "versions": versions()})
