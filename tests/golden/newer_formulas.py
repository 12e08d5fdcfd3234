"""The newer position encodings read off their formulas, for position_formulas.py: one score at a time, float64."""

import math
from itertools import product

import torch

BY_LENGTH = ("dynamic-ntk", "longrope")
INPUTS = ("shape", "cape")


def sinusoid(position, width):
    """sin, cos, sin, cos ... of position / 10000^(2t/width)."""
    angles = [position / 10000 ** (2 * t / width) for t in range(width // 2)]
    return torch.tensor([f(angle) for angle in angles for f in (math.sin, math.cos)])


def first_position(case):
    return case["shape_max_shift"] if case["position_encoding"] == "shape" else 0


def rope_frequencies(case, width, length):
    """The frequencies of the width // 2 pairs in a text of that length."""
    base, kind = case["rope_base"], case["rope_scaling"]
    s, original = case["rope_scaling_factor"], case["rope_original_length"]
    if kind == "ntk":
        base *= s ** (width / (width - 2))
    if kind == "dynamic-ntk":
        base *= (s * max(length, original) / original - (s - 1)) ** (width / (width - 2))
    plain = [base ** (-2 * i / width) for i in range(width // 2)]
    if kind == "linear":
        plain = [theta / s for theta in plain]
    if kind == "longrope":
        factors = case["rope_long_factors" if length > original else "rope_short_factors"]
        plain = [theta / float(factor) for theta, factor in zip(plain, factors)]
    if kind == "llama3":
        low, high = case["rope_low_frequency_factor"], case["rope_high_frequency_factor"]
        plain = [llama3(theta, s, original * theta / (2 * math.pi), low, high) for theta in plain]
    if kind == "yarn":
        ends = [width * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(base)) for turns in
                (case["rope_beta_fast"], case["rope_beta_slow"])]  # fmt: skip
        first, last = max(math.floor(ends[0]), 0), min(math.ceil(ends[1]), width - 1)
        last += 0.001 if first == last else 0
        ramps = [min(max((i - first) / (last - first), 0), 1) for i in range(width // 2)]
        plain = [theta * (1 - ramp) + theta / s * ramp for theta, ramp in zip(plain, ramps)]
    kept = int(case["rope_kept_frequencies"] * width / 2)
    return plain[:kept] + [0.0] * (width // 2 - kept)


def llama3(theta, s, turns, low, high):
    if turns < low:
        return theta / s
    if turns > high:
        return theta
    kept = (turns - low) / (high - low)
    return (1 - kept) * theta / s + kept * theta


def rope_attention_factor(case):
    if case["rope_scaling"] == "yarn":
        return 0.1 * math.log(case["rope_scaling_factor"]) + 1
    if case["rope_scaling"] == "longrope":
        return math.sqrt(1 + math.log(case["rope_scaling_factor"]) / math.log(case["rope_original_length"]))
    return 1.0


def turn(case, x, position, length, attention=True):
    """Turns the first --rope-fraction of x [..., d] at a position of a text of that length."""
    width = int(x.shape[-1] * case["rope_fraction"])
    turned, size = list(x.unbind(-1)), rope_attention_factor(case) if attention else 1.0
    for i, theta in enumerate(rope_frequencies(case, width, length)):
        a, b = (2 * i, 2 * i + 1) if case["rope_layout"] == "interleaved" else (i, i + width // 2)
        c, s = size * math.cos(position * theta), size * math.sin(position * theta)
        turned[a], turned[b] = x[..., a] * c - x[..., b] * s, x[..., a] * s + x[..., b] * c
    return torch.stack(turned, -1)


def turn_values(case, v):
    if case["position_encoding"] != "rope" or not case["rotary_value"]:
        return v
    return torch.stack([turn(case, v[:, n], n, 0, attention=False) for n in range(v.shape[1])], 1)


def plain(q, k):
    return (q * k).sum(-1) / math.sqrt(q.shape[-1])


def rope_by_length_score(case, p, q, k, m, n, h):
    length = max(m, n) + 1
    return plain(turn(case, q, m, length), turn(case, k, n, length))


def fire_score(case, p, q, k, m, n, h):
    c = p["position.c"][0]
    position = torch.tensor(float(m if case["stack"] == "decoder" else max(m, n)))
    normaliser = torch.maximum(position, (p["position.multiplier"][0] * case["fire_threshold"]).abs())
    ratio = ((c * (m - n)).abs() + 1).log() / (((c * normaliser).abs() + 1).log() + 1e-6)
    hidden = (ratio * p["position.fc1.weight"][:, 0] + p["position.fc1.bias"]).relu()
    return plain(q, k) + (p["position.fc2.weight"][h] * hidden).sum() + p["position.fc2.bias"][h]


def kerple_score(case, p, q, k, m, n, h):
    return plain(q, k) - p["position.p"][h] * (1 + p["position.a"][h] * abs(m - n)).log()


def sandwich_score(case, p, q, k, m, n, h):
    product = (sinusoid(m, case["sandwich_width"]) * sinusoid(n, case["sandwich_width"])).sum()
    return plain(q, k) + product / ((h + 1) * 8 / case["heads"])


def cope_score(case, p, q, k, m, n, h):
    last = case["cope_positions"] - 1
    gates = (q[:, None] * p["keys"][:, min(m, n) : max(m, n) + 1, h]).sum(-1) / math.sqrt(q.shape[-1])
    position = gates.sigmoid().sum(-1).clamp(max=last)
    below, above = position.floor().long(), position.ceil().long()
    logits = q @ p["position.table"].T  # [B, P]
    weight = position - below
    at = {name: logits.gather(1, index[:, None])[:, 0] for name, index in (("below", below), ("above", above))}
    return plain(q, k) + weight * at["above"] + (1 - weight) * at["below"]


def pope_score(case, p, q, k, m, n, h):
    softplus = torch.nn.functional.softplus
    width = q.shape[-1]
    theta = torch.tensor([case["rope_base"] ** (-i / width) for i in range(width)])
    phase = (m - n) * theta - p["position.phases"][h].clamp(-2 * math.pi, 0)
    return (softplus(q) * softplus(k) * phase.cos()).sum(-1) / math.sqrt(width)


SCORES = {
    "fire": fire_score, "kerple": kerple_score, "sandwich": sandwich_score, "cope": cope_score, "pope": pope_score,
}  # fmt: skip


def rotary_cross_attention(case, p, x, memory, lengths):
    """x [B, Tq, D] attends to memory [B, Tk, D], whose rows have lengths: queries turned by their positions, keys by theirs."""
    def heads(name, y):
        return torch.nn.functional.linear(y, p[f"{name}.weight"], p[f"{name}.bias"]).unflatten(-1, (case["heads"], -1))

    q, k, v = heads("q_proj", x), heads("k_proj", memory), heads("v_proj", memory)
    rows = []
    for m, h in product(range(x.shape[1]), range(case["heads"])):
        query = turn(case, q[:, m, h], m, 0)
        row = torch.stack([plain(query, turn(case, k[:, n, h], n, 0)) for n in range(memory.shape[1])], -1)
        hidden = torch.arange(memory.shape[1]) >= lengths[:, None]
        rows.append((row.masked_fill(hidden, -torch.inf).softmax(-1)[..., None] * v[:, :, h]).sum(1))
    context = torch.stack(rows, 1).view(x.shape[0], x.shape[1], -1)
    return torch.nn.functional.linear(context, p["out_proj.weight"], p["out_proj.bias"])
