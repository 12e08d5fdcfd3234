"""Golden runs of FAVOR+ attention, forward and backward, read off the formulas term by term in float64.

With epsilon 0 a public implementation has to agree: performer-pytorch, of which the features and both sums are used. Writes
performer.safetensors; README.md describes it. python performer.py
"""

import json
from importlib.metadata import version
from types import SimpleNamespace

import torch
from performer_pytorch import performer_pytorch as theirs

import position_formulas as formulas
from golden import save_golden, versions

SEED = 23
SIZES = {  # d: of queries and keys; e: of values; m: features; loud: the scale of w
    "short": {"heads": 2, "d": 6, "e": 5, "m": 10, "lengths": [11, 7, 2]},
    "long": {"heads": 1, "d": 4, "e": 3, "m": 18, "lengths": [70, 37]},
    "loud": {"heads": 2, "d": 6, "e": 5, "m": 10, "lengths": [40, 33], "loud": 8.0},
}
DEFAULTS = {"rotary": "none", "rope_layout": "interleaved", "rope_base": 10000.0, "epsilon": 1e-6}
HALF = {"rope_layout": "half", "rope_base": 500.0}
BOTH, DECODER = ("encoder", "decoder"), ("decoder",)
# Name, size, options, stacks. An encoder of loud keys sees the loudest one only: there, most gradients are rounding.
CASES = [
    ("none", "short", {}, BOTH),
    ("before", "short", {"rotary": "before"}, BOTH),
    ("after", "short", {"rotary": "after"}, BOTH),
    ("after.half", "short", {"rotary": "after", **HALF}, BOTH),
    ("after.epsilon", "short", {"rotary": "after", "epsilon": 0.05}, BOTH),
    ("none.long", "long", {}, BOTH),
    ("after.long", "long", {"rotary": "after"}, BOTH),
    ("none.loud", "loud", {}, BOTH),
    ("after.loud", "loud", {"rotary": "after"}, DECODER),
    ("none.loud.epsilon", "loud", {"epsilon": 0.05}, DECODER),
]

generator = torch.Generator().manual_seed(SEED)


def draw(*shape, scale=1.0):
    """Normal numbers, rounded to float32, so that the stored inputs are the ones used."""
    return (scale * torch.randn(*shape, generator=generator)).double().requires_grad_()


def random_vectors(size):
    """w [m, d]: blocks of d orthogonal rows, each with the norm of another Gaussian row."""
    rows = []
    for first in range(0, size["m"], size["d"]):
        q, _ = torch.linalg.qr(torch.randn(size["d"], size["d"], generator=generator).double())
        norms = torch.randn(size["d"], size["d"], generator=generator).double().norm(dim=-1)
        rows.append((q.T * norms[:, None])[: size["m"] - first])
    return (size.get("loud", 1.0) * torch.cat(rows)).float().double()


def exponents(x, w):
    """x [B, T, H, d] -> h [B, T, H, m] = w x' - |x'|^2 / 2 with x' = x d^(-1/4)."""
    scaled = x * x.shape[-1] ** -0.25
    return torch.einsum("mi,bthi->bthm", w, scaled) - (scaled**2).sum(-1, keepdim=True) / 2


def key_shifts(h, case, lengths):
    """s [B, T, H, 1]: the largest exponent of the sentence's keys, or as a decoder of the keys up to each one."""
    shifts = torch.zeros(*h.shape[:-1], 1, dtype=h.dtype)
    for b, length in enumerate(lengths.tolist()):
        for n in range(length):
            last = n + 1 if case["stack"] == "decoder" else length
            shifts[b, n] = h[b, :last].detach().amax((0, 2))[:, None]
    return shifts


def features(h, shift, epsilon):
    return h.shape[-1] ** -0.5 * (torch.exp(h - shift) + epsilon)


def turned(case, x):
    return formulas.turn_all({**case, "position_encoding": "rope"}, x, None)


def attention(case, q, k, v, w, lengths):
    """q, k [B, T, H, d], v [B, T, H, e] -> [B, T, H, e]; 0 where the query is padding."""
    if case["rotary"] == "before":
        q, k = turned(case, q), turned(case, k)
    h = exponents(q, w)
    queries = features(h, h.detach().amax(-1, keepdim=True), case["epsilon"])
    h = exponents(k, w)
    shifts = key_shifts(h, case, lengths)
    keys = features(h, shifts, case["epsilon"])
    plain_queries, plain_keys = queries, keys
    if case["rotary"] == "after":
        queries, keys = turned(case, queries), turned(case, keys)
    rows = []
    for m in range(q.shape[1]):
        numerator, denominator = 0, 0
        for n in range(q.shape[1]):
            seen = (formulas.visible(case, m, n, lengths) & (m < lengths))[:, None]  # [B, 1]
            scale = torch.where(seen, torch.exp(shifts[:, n, :, 0]), 0)  # [B, H]
            numerator = numerator + (scale * formulas.dot(queries[:, m], keys[:, n]))[..., None] * v[:, n]
            denominator = denominator + scale * formulas.dot(plain_queries[:, m], plain_keys[:, n])
        denominator = torch.where((m < lengths)[:, None], denominator, 1)
        rows.append(numerator / denominator[..., None])
    return torch.stack(rows, 1)


def their_attention(case, q, k, v, w):
    """performer-pytorch's, without padding: its features are shifted by the largest w x' alone, so epsilon must be 0."""
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    queries = theirs.softmax_kernel(q, projection_matrix=w, is_query=True, eps=0)
    keys = theirs.softmax_kernel(k, projection_matrix=w, is_query=False, eps=0)
    if case["stack"] == "encoder":
        return theirs.linear_attention(queries, keys, v).transpose(1, 2)
    return theirs.causal_linear_attention_noncuda(queries, keys, v, eps=0).transpose(1, 2)


def difference(a, b):
    return float((a - b).abs().max() / b.abs().max())


def compare(name, case, inputs, w):
    """The formulas with epsilon 0 against performer-pytorch, where it has the case, on sentences of one length."""
    q, k, v = inputs
    if case["rotary"] == "after":
        return
    full = torch.full((len(q),), q.shape[1])
    mine = attention({**case, "epsilon": 0}, q, k, v, w, full)
    if case["rotary"] == "before":
        q, k = turned(case, q), turned(case, k)
    other = their_attention(case, q, k, v, w)
    upstream = draw(*mine.shape).detach()
    found = [difference(mine, other)]
    found += [difference(a, b) for a, b in zip(*(torch.autograd.grad(y, inputs, upstream) for y in (mine, other)))]
    print(f"{name}: output and gradients at most {max(found):.0e} from performer-pytorch")
    assert max(found) < 1e-9, (name, found)


def golden(name, case, size):
    lengths, longest = torch.tensor(size["lengths"]), max(size["lengths"])
    shape = len(lengths), longest, size["heads"]
    w = random_vectors(size)
    q, k, v = draw(*shape, size["d"]), draw(*shape, size["d"]), draw(*shape, size["e"])
    if "loud" in size:  # exponents from about -300 to 200, and a largest one that rises in large steps
        levels = torch.tensor([0.5, 0.01, 8.0, 2.0, 4.0])
        with torch.no_grad():
            k.mul_(levels.repeat_interleave(longest // 5)[:, None, None])
            q.mul_(levels[torch.arange(longest) % 5][:, None, None])
            k[:, [12, 31, 36]] = w[1] * size["d"] ** 0.25 / torch.tensor([3.0, 2.0, 1.0])[:, None, None]
            for x in (q, k):
                x.copy_(x.float())
        h = exponents(k, w)
        running = key_shifts(h, {"stack": "decoder"}, lengths)[0, :, 0, 0]
        print(f"{name}: exponents {h.min():.0f} to {h.max():.0f}, the largest so far {running.unique().tolist()}")
    else:
        compare(name, case, (q, k, v), w)
    real = torch.arange(longest) < lengths[:, None]
    output = attention(case, q, k, v, w, lengths)
    upstream = draw(*output.shape).detach() * real[..., None, None]
    gradients = torch.autograd.grad(output, (q, k, v), upstream)
    tensors = {"q": q, "k": k, "v": v, "output": output, "gradient.output": upstream}
    tensors |= {f"gradient.{key}": g for key, g in zip("qkv", gradients)}
    tensors = {key: value.transpose(1, 2) for key, value in tensors.items()}  # [B, H, T, ...]
    tensors |= {"w": w, "lengths": lengths}
    assert all(torch.isfinite(value).all() for value in tensors.values())
    return {f"{name}.{key}": value for key, value in tensors.items()}


def main():
    tensors, cases = {}, {}
    for base, size, options, stacks in CASES:
        for stack in stacks:
            name = f"{base}.{stack}"
            cases[name] = {**DEFAULTS, **options, "stack": stack}
            tensors |= golden(name, cases[name], SIZES[size])
    their_package = SimpleNamespace(__name__="performer_pytorch", __version__=version("performer-pytorch"))
    metadata = {"script": "performer.py", "seed": str(SEED), "versions": versions(their_package), "cases": json.dumps(cases)}
    save_golden("performer.safetensors", tensors, metadata)


if __name__ == "__main__":
    main()
