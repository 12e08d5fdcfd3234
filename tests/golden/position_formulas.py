"""Self-attention under each position encoding, read off the formulas: one score at a time, in loops.

Nothing here is fast. Tensors are float64, [B, ...] over the batch only; `p` holds the parameters by name, `case` the options.
"""

import math
from itertools import product

import torch
from torch.nn import functional as F

import newer_formulas as newer


def linear(p, name, x):
    return F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"])


def heads_of(x, heads):
    """[..., D] -> [..., H, d]."""
    return x.unflatten(-1, (heads, -1))


def visible(case, m, n, lengths):
    """[B]: whether query m sees key n."""
    return (n < lengths) & (case["stack"] == "encoder" or n <= m)


def visible_keys(case, m, length, lengths):
    """[B, T]: which keys query m sees."""
    return torch.stack([visible(case, m, n, lengths) for n in range(length)], -1)


def self_attention(case, p, x, lengths):
    """x [B, T, D] -> output [B, T, D], and for softmax the scores [B, H, T, T] without the mask."""
    if case["position_encoding"] == "learned":
        x = torch.stack([x[:, m] + p["position.weight"][m] for m in range(x.shape[1])], 1)
    if case["position_encoding"] in newer.INPUTS:
        first = newer.first_position(case)
        x = x + torch.stack([newer.sinusoid(first + m, x.shape[2]) for m in range(x.shape[1])])
    q, k, v = (heads_of(linear(p, f"{name}_proj", x), case["heads"]) for name in "qkv")  # [B, T, H, d]
    if case["position_encoding"] == "fox":
        p = {**p, "gates": linear(p, "position.gate", x).sigmoid()}  # [B, T, H]
    p = {**p, "keys": k}
    attend = softmax_attention if case["attention"] == "softmax" else linear_attention
    context, scores = attend(case, p, q, k, v, lengths)
    return linear(p, "out_proj", context.flatten(-2)), scores


def softmax_attention(case, p, q, k, v, lengths):
    batch, length, heads, _ = q.shape
    p = {**p, **projected_tables(case, p)}
    by_length = case.get("rope_scaling") in newer.BY_LENGTH
    if not by_length:
        q, k = turn_all(case, q, +1), turn_all(case, k, -1)
    v = newer.turn_values(case, v)
    score = newer.rope_by_length_score if by_length else {
        "learned": plain_score, "shaw": shaw_score, "transformer-xl": transformer_xl_score, "t5": t5_score, "tupe": tupe_score,
        "deberta": deberta_score, "alibi": alibi_score, "rope": plain_score, "xpos": plain_score, "fox": fox_score,
        "shape": plain_score, "cape": plain_score, **newer.SCORES,
    }[case["position_encoding"]]  # fmt: skip
    rows, contexts = [], []
    for m, h in product(range(length), range(heads)):
        row = torch.stack([score(case, p, q[:, m, h], k[:, n, h], m, n, h) for n in range(length)], -1)  # [B, T]
        seen = visible_keys(case, m, length, lengths)
        weights = row.masked_fill(~seen, -torch.inf).softmax(-1)
        total = 0
        for n in range(length):
            value = v[:, n, h]
            if case["position_encoding"] == "shaw":
                value = value + p["position.values"][clipped_distance(case, m, n)]
            total = total + weights[:, n, None] * value
        rows.append(row)
        contexts.append(total)
    scores = torch.stack(rows, 1).view(batch, length, heads, length).transpose(1, 2)
    context = torch.stack(contexts, 1).view(batch, length, heads, -1)
    return context, scores


def projected_tables(case, p):
    """What TUPE and DeBERTa project by matrices of D x D, split into heads: once a layer."""
    if case["position_encoding"] == "tupe":
        tables = {name: F.linear(p["position.positions"], p[f"position.{name}_projection"]) for name in ("query", "key")}
    elif case["position_encoding"] == "deberta":
        tables = {"query": linear(p, "q_proj", p["position.relative"]), "key": linear(p, "k_proj", p["position.relative"])}
    else:
        return {}
    return {f"projected.{name}": heads_of(table, case["heads"]) for name, table in tables.items()}


def dot(a, b):
    return (a * b).sum(-1)


def plain_score(case, p, q, k, m, n, h):
    return dot(q, k) / math.sqrt(q.shape[-1])


def clipped_distance(case, m, n):
    limit = case["max_relative_position"]
    return max(-limit, min(n - m, limit)) + limit


def shaw_score(case, p, q, k, m, n, h):
    return dot(q, k + p["position.keys"][clipped_distance(case, m, n)]) / math.sqrt(q.shape[-1])


def transformer_xl_score(case, p, q, k, m, n, h):
    key = heads_of(p["position.key_projection"] @ newer.sinusoid(m - n, case["width"]), case["heads"])[h]
    return (dot(q + p["position.content_bias"][h], k) + dot(q + p["position.position_bias"][h], key)) / math.sqrt(q.shape[-1])


def bucket(relative, stack, buckets, max_distance):
    """Of relative = n - m, in whole numbers: a lies j or more buckets past the exact ones if (a/E)^(B-E) >= (M/E)^j."""
    first = 0
    if stack == "encoder":
        buckets //= 2
        first = buckets if relative > 0 else 0
        distance = abs(relative)
    else:
        distance = max(-relative, 0)
    exact = buckets // 2
    if distance < exact:
        return first + distance
    wide, j = buckets - exact, 0
    while j < wide - 1 and distance**wide * exact ** (j + 1) >= max_distance ** (j + 1) * exact**wide:
        j += 1
    return first + exact + j


def bucket_bias(case, p, m, n, h):
    return p["position.bias"][bucket(n - m, case["stack"], case["t5_buckets"], case["max_distance"]), h]


def t5_score(case, p, q, k, m, n, h):
    return dot(q, k) / math.sqrt(q.shape[-1]) + bucket_bias(case, p, m, n, h)


def tupe_score(case, p, q, k, m, n, h):
    of_positions = dot(p["projected.query"][m, h], p["projected.key"][n, h])
    return (dot(q, k) + of_positions) / math.sqrt(2 * q.shape[-1]) + bucket_bias(case, p, m, n, h)


def deberta_score(case, p, q, k, m, n, h):
    span = case["max_relative_position"]
    row = max(0, min(m - n + span, 2 * span - 1))
    query, key = p["projected.query"][row, h], p["projected.key"][row, h]
    return (dot(q, k) + dot(q, key) + dot(k, query)) / math.sqrt(3 * q.shape[-1])


def fox_score(case, p, q, k, m, n, h):
    between = p["gates"][:, min(m, n) + 1 : max(m, n) + 1, h]
    return dot(q, k) / math.sqrt(q.shape[-1]) + between.log().sum(-1)


def alibi_slopes(heads):
    """Press et al.: 2^(-8h/H) for a power of two; else those of the power below, then every other one of the power above."""
    power = 2 ** int(math.log2(heads))
    slopes = [2 ** (-8 * h / power) for h in range(1, power + 1)]
    return slopes + [2 ** (-8 * h / (2 * power)) for h in range(1, 2 * (heads - power), 2)]


def alibi_score(case, p, q, k, m, n, h):
    return dot(q, k) / math.sqrt(q.shape[-1]) - alibi_slopes(case["heads"])[h] * abs(m - n)


def turn(case, x, position, sign):
    """R_position x, pair by pair; under xpos times the pair's scale, to the power +position in queries, -position in keys."""
    width = x.shape[-1]
    turned = [None] * width
    for i in range(width // 2):
        a, b = (2 * i, 2 * i + 1) if case["rope_layout"] == "interleaved" else (i, i + width // 2)
        angle = position * case["rope_base"] ** (-2 * i / width)
        scale = 1.0
        if case["position_encoding"] == "xpos":
            zeta = (2 * i + 0.4 * width) / (1.4 * width)
            scale = zeta ** (sign * position / case["xpos_scale_base"])
        turned[a] = scale * (x[..., a] * math.cos(angle) - x[..., b] * math.sin(angle))
        turned[b] = scale * (x[..., a] * math.sin(angle) + x[..., b] * math.cos(angle))
    return torch.stack(turned, -1)


def turn_all(case, x, sign):
    """x [B, T, H, d], each position turned, under rope and xpos only."""
    if case["position_encoding"] not in ("rope", "xpos"):
        return x
    if "rope_scaling" in case:
        return torch.stack([newer.turn(case, x[:, m], m, 0) for m in range(x.shape[1])], 1)
    return torch.stack([turn(case, x[:, m], m, sign) for m in range(x.shape[1])], 1)


def phi(x):
    return torch.where(x > 0, x + 1, x.exp())


def linear_attention(case, p, q, k, v, lengths):
    batch, length, heads, _ = q.shape
    queries, keys = phi(q), phi(k)
    turned_queries, turned_keys = turn_all(case, queries, +1), turn_all(case, keys, -1)
    contexts = []
    for m, h in product(range(length), range(heads)):
        numerator = denominator = 0
        seen = visible_keys(case, m, length, lengths)
        for n in range(length):
            similarity = seen[:, n] * dot(turned_queries[:, m, h], turned_keys[:, n, h])
            numerator = numerator + similarity[:, None] * v[:, n, h]
            denominator = denominator + seen[:, n] * dot(queries[:, m, h], keys[:, n, h])
        contexts.append(numerator / denominator[:, None])
    return torch.stack(contexts, 1).view(batch, length, heads, -1), None
