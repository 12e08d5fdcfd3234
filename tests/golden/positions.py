"""Golden runs of one self-attention layer under each position encoding, and of linear attention, forward and backward.

Every case is read off the formulas in loops (position_formulas.py). Where transformers has the encoding, its own layer
(position_libraries.py) writes the numbers and has to agree with the formulas. Writes positions.safetensors, in float64
throughout; README.md describes it. python positions.py
"""

import json

import torch
import transformers

import position_formulas as formulas
import position_libraries as libraries
from golden import save_golden, versions

SEED = 22
SIZES = {
    "short": {"width": 18, "heads": 3, "lengths": [11, 7, 2]},
    "four_heads": {"width": 24, "heads": 4, "lengths": [11, 7, 2]},
    "long": {"width": 12, "heads": 2, "lengths": [70, 37]},
    "wide": {"width": 20, "heads": 1, "lengths": [11, 8]},
}
DEFAULTS = {
    "attention": "softmax", "max_positions": 16, "max_relative_position": 16, "t5_buckets": 32, "max_distance": 128,
    "rope_base": 10000.0, "rope_layout": "interleaved", "xpos_scale_base": 512.0,
}  # fmt: skip
NEAR = {"t5_buckets": 8, "max_distance": 10}
HALF = {"rope_layout": "half", "rope_base": 500.0}
BOTH, DECODER = ("encoder", "decoder"), ("decoder",)
# Name, encoding, size, options, stacks.
CASES = [
    ("learned", "learned", "short", {}, BOTH),
    ("shaw", "shaw", "short", {}, BOTH),
    ("shaw.long", "shaw", "long", {"max_relative_position": 4}, BOTH),
    ("transformer-xl", "transformer-xl", "short", {}, BOTH),
    ("transformer-xl.long", "transformer-xl", "long", {}, BOTH),
    ("t5", "t5", "short", NEAR, BOTH),
    ("t5.long", "t5", "long", {}, BOTH),
    ("tupe", "tupe", "short", NEAR, BOTH),
    ("tupe.long", "tupe", "long", {"max_positions": 80}, BOTH),
    ("deberta", "deberta", "short", {"max_relative_position": 4}, BOTH),
    ("deberta.long", "deberta", "long", {}, BOTH),
    ("alibi", "alibi", "short", {}, BOTH),
    ("alibi.four_heads", "alibi", "four_heads", {}, BOTH),
    ("alibi.long", "alibi", "long", {}, BOTH),
    ("rope.interleaved", "rope", "short", {}, BOTH),
    ("rope.half", "rope", "short", HALF, BOTH),
    ("rope.long", "rope", "long", {}, BOTH),
    ("xpos.interleaved", "xpos", "short", {"xpos_scale_base": 8.0}, DECODER),
    ("xpos.half", "xpos", "wide", {"xpos_scale_base": 8.0, **HALF}, DECODER),
    ("xpos.long", "xpos", "long", {}, DECODER),
    ("linear.none", "none", "short", {}, BOTH),
    ("linear.none.long", "none", "long", {}, BOTH),
    ("linear.rope.interleaved", "rope", "short", {}, BOTH),
    ("linear.rope.half", "rope", "short", HALF, BOTH),
    ("linear.rope.wide", "rope", "wide", {}, BOTH),
    ("linear.rope.long", "rope", "long", {}, BOTH),
    ("linear.xpos.interleaved", "xpos", "short", {"xpos_scale_base": 8.0}, DECODER),
    ("fox", "fox", "short", {}, BOTH),
    ("fox.long", "fox", "long", {}, BOTH),
]
BUCKETS = [(32, 128), (8, 10), (20, 50), (64, 256)]
SLOPES = [1, 2, 3, 4, 5, 6, 8, 12, 16]

generator = torch.Generator().manual_seed(SEED)


def draw(*shape, scale=1.0):
    """Normal numbers, rounded to float32, so that the stored ones are the ones used."""
    return torch.nn.Parameter((scale * torch.randn(*shape, generator=generator, dtype=torch.float32)).double())


def draw_parameters(case):
    width, heads = case["width"], case["heads"]
    p = {}
    for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
        p[f"{projection}.weight"] = draw(width, width, scale=width**-0.5)
        p[f"{projection}.bias"] = draw(width, scale=0.3)
    head_width, span = width // heads, case["max_relative_position"]
    shapes = {
        "learned": {"weight": (case["max_positions"], width)},
        "shaw": {"keys": (2 * span + 1, head_width), "values": (2 * span + 1, head_width)},
        "transformer-xl": {"key_projection": (width, width), "content_bias": (heads, head_width), "position_bias": (heads, head_width)},
        "t5": {"bias": (case["t5_buckets"], heads)},
        "tupe": {"positions": (case["max_positions"], width), "query_projection": (width, width),
                 "key_projection": (width, width), "bias": (case["t5_buckets"], heads)},
        "deberta": {"relative": (2 * span, width)},
        "fox": {"gate.weight": (heads, width), "gate.bias": (heads,)},
        "fire": {"c": (1,), "multiplier": (1,), "fc1.weight": (case.get("fire_width"), 1), "fc1.bias": (case.get("fire_width"),),
                 "fc2.weight": (heads, case.get("fire_width")), "fc2.bias": (heads,)},
        "kerple": {"p": (heads,), "a": (heads,)},
        "cope": {"table": (case.get("cope_positions"), head_width)},
        "pope": {"phases": (heads, head_width)},
    }  # fmt: skip
    for name, shape in shapes.get(case["position_encoding"], {}).items():
        p[f"position.{name}"] = draw(*shape, scale=width**-0.5 if name.endswith("_projection") else 0.7)
    for name in ("p", "a", "phases"):  # above 0, and phases below
        if f"position.{name}" in p:
            value = p[f"position.{name}"].detach().abs() + 0.02
            p[f"position.{name}"] = torch.nn.Parameter((-value if name == "phases" else value).float().double())
    return p


def difference(a, b):
    return float((a - b).abs().max() / b.abs().max().clamp(min=1e-8))


def run(attend, inputs, upstream):
    """Output, scores, and the gradients of the inputs that `upstream` causes."""
    output, scores = attend()
    gradients = torch.autograd.grad(output, list(inputs.values()), upstream)
    return output.detach(), None if scores is None else scores.detach(), dict(zip(inputs, gradients))


def golden(name, case, lengths):
    """The tensors of a case, and those whose gradient is zero but for rounding."""
    lengths, longest = torch.tensor(lengths), max(lengths)
    p, x = draw_parameters(case), draw(len(lengths), longest, case["width"])
    real = torch.arange(longest) < lengths[:, None]  # [B, T]
    upstream = draw(*x.shape).detach() * real[..., None]
    seen = torch.stack([formulas.visible_keys(case, m, longest, lengths) for m in range(longest)], 1)  # [B, T, T]
    inputs = {"x": x, **p}

    output, scores, gradients = run(lambda: formulas.self_attention(case, p, x, lengths), inputs, upstream)
    case["from"] = "the formulas"
    shown = (seen & real[..., None])[:, None]  # [B, 1, T, T]
    zero = [key for key, g in gradients.items() if g.abs().max() < 1e-12]
    if scores is not None:
        scores = scores.masked_fill(~shown, 0)
    if their := libraries.layer_of(case):
        case["from"], layer = their
        theirs = run(lambda: layer(case, p, x, ~seen), inputs, upstream)
        theirs = theirs[0], theirs[1].masked_fill(~shown, 0), theirs[2]
        found = {"output": difference(output[real], theirs[0][real]), "scores": difference(scores, theirs[1])}
        found |= {key: difference(gradients[key], theirs[2][key]) for key in inputs if key not in zero}
        assert all(value < 3e-7 for value in found.values()), (name, found)
        print(f"{name}: at most {max(found.values()):.0e} from {case['from']}")
        output, scores, gradients = theirs

    tensors = {**inputs, "lengths": lengths, "output": output * real[..., None], "gradient.output": upstream}
    if scores is not None and longest < 64:
        tensors["scores"] = scores
    tensors |= {f"gradient.{key}": g for key, g in gradients.items()}
    assert all(torch.isfinite(value).all() for value in tensors.values())
    return {f"{name}.{key}": value for key, value in tensors.items()}, [f"{name}.gradient.{key}" for key in zero]


def bucket_tables():
    relative, tables = torch.arange(-200, 201), {}
    for stack in BOTH:
        for buckets, distance in BUCKETS:
            table = libraries.t5_buckets(relative, stack, buckets, distance)
            assert table.tolist() == [formulas.bucket(r, stack, buckets, distance) for r in relative.tolist()]
            tables[f"t5.buckets.{stack}.{buckets}_{distance}"] = table
    return tables


def slope_tables():
    tables = {f"alibi.slopes.{heads}": libraries.alibi_slopes(heads) for heads in SLOPES}
    for heads, slopes in zip(SLOPES, tables.values()):
        torch.testing.assert_close(slopes, torch.tensor(formulas.alibi_slopes(heads)), rtol=1e-6, atol=0)
    return tables


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    tensors, cases, zero = {**bucket_tables(), **slope_tables()}, {}, []
    for name, encoding, size, options, stacks in CASES:
        sizes = {key: SIZES[size][key] for key in ("width", "heads")}
        attention = {"attention": "linear"} if name.startswith("linear.") else {}
        for stack in stacks:
            case = {"position_encoding": encoding, "stack": stack, **DEFAULTS, **attention, **sizes, **options}
            found, rounding = golden(f"{name}.{stack}", case, SIZES[size]["lengths"])
            tensors |= found
            cases[f"{name}.{stack}"] = case
            zero += rounding
    save_golden("positions.safetensors", tensors, {
        "cases": json.dumps(cases), "zero_gradients": json.dumps(zero),
        "script": "positions.py", "seed": str(SEED), "versions": versions(transformers),
    })  # fmt: skip


if __name__ == "__main__":
    main()
