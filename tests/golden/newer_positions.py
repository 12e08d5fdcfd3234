"""Golden runs of the newer position encodings, as positions.py has them, and the frequencies of scaled rope.

Writes newer_positions.safetensors and rope_frequencies.safetensors; README.md describes them. python newer_positions.py
"""

import json

import torch
import transformers

import newer_formulas
import newer_libraries
import position_libraries
import positions
from golden import save_golden, versions

SEED = 23
SIZES = {"width": 12, "heads": 2}
LENGTHS = [8, 5]
ROPE = {
    "rope_fraction": 1.0, "rope_kept_frequencies": 1.0, "rotary_value": False, "rope_scaling": "none", "rope_scaling_factor": 1.0,
    "rope_original_length": 0, "rope_beta_fast": 32.0, "rope_beta_slow": 1.0, "rope_low_frequency_factor": 1.0,
    "rope_high_frequency_factor": 4.0, "rope_short_factors": [], "rope_long_factors": [],
}  # fmt: skip
DEFAULTS = {
    **positions.DEFAULTS, **ROPE, "sandwich_width": 128, "fire_width": 32, "fire_threshold": 512, "cope_positions": 64, "shape_max_shift": 500,
}  # fmt: skip
HALF = {"rope_layout": "half", "rope_base": 500.0}
SCALED = {**HALF, "rope_scaling_factor": 4.0, "rope_original_length": 5}
FACTORS = {"rope_short_factors": ["1", "1.5", "2"], "rope_long_factors": ["1.25", "3", "7.5"]}
# Name, encoding, options; where the stack makes no difference, it is the decoder alone.
CASES = [
    ("rope.linear", "rope", {**SCALED, "rope_scaling": "linear"}),
    ("rope.ntk", "rope", {**SCALED, "rope_scaling": "ntk"}),
    ("rope.dynamic-ntk", "rope", {**SCALED, "rope_scaling": "dynamic-ntk"}),
    ("rope.yarn", "rope", {**SCALED, "rope_scaling": "yarn", "rope_original_length": 100}),
    ("rope.llama3", "rope", {**SCALED, "rope_scaling": "llama3", "rope_original_length": 20}),
    ("rope.longrope", "rope", {**SCALED, "rope_scaling": "longrope", **FACTORS}),
    ("rope.fraction", "rope", {**HALF, "rope_fraction": 0.67}),
    ("rope.kept", "rope", {"rope_kept_frequencies": 0.7, "rope_base": 100.0}),
    ("rope.values", "rope", {"rotary_value": True}),
    ("fire", "fire", {"fire_threshold": 5, "fire_width": 8}),
    ("kerple", "kerple", {}),
    ("sandwich", "sandwich", {"sandwich_width": 10}),
    ("cope", "cope", {"cope_positions": 5}),
    ("pope", "pope", {"rope_base": 100.0}),
    ("shape", "shape", {"shape_max_shift": 9}),
    ("cape", "cape", {}),
]
# Heads' width, base, and what is scaled; each at several lengths where they matter.
FREQUENCIES = [
    {"width": width, "rope_scaling": kind, "rope_base": base, "rope_scaling_factor": factor, "rope_original_length": original, **more}
    for width, base, factor, original in ((64, 10000.0, 4.0, 1024), (128, 500000.0, 8.0, 8192), (20, 100.0, 1.5, 50))
    for kind, more in (
        ("linear", {}), ("ntk", {}), ("dynamic-ntk", {}), ("yarn", {}), ("yarn", {"rope_beta_fast": 16.0, "rope_beta_slow": 2.0}),
        ("llama3", {}), ("llama3", {"rope_low_frequency_factor": 2.0, "rope_high_frequency_factor": 3.0}),
        ("yarn", {"rope_fraction": 0.5}), ("longrope", {"longrope": True}),
    )
]  # fmt: skip


def frequency_tables():
    """`frequencies.<i>.<length>` and `frequencies.<i>.factor` of FREQUENCIES, by modeling_rope_utils."""
    tables, cases = {}, []
    for i, options in enumerate(FREQUENCIES):
        case = {**DEFAULTS, **options}
        if case.pop("longrope", False):
            pairs = case["width"] // 2
            case["rope_short_factors"] = [str(1 + j / 64) for j in range(pairs)]
            case["rope_long_factors"] = [str(1 + j * j / 16) for j in range(pairs)]
        for times in (1, 1.5, 4):
            length = int(times * case["rope_original_length"])
            theirs, factor = newer_libraries.rope_frequencies(case, case["width"], length)
            mine = newer_formulas.rope_frequencies(case, int(case["width"] * case["rope_fraction"]), length)
            torch.testing.assert_close(theirs.double(), torch.tensor(mine), rtol=2e-7, atol=0)
            assert abs(factor - newer_formulas.rope_attention_factor(case)) < 1e-12
            tables[f"frequencies.{i}.{length}"] = theirs
        tables[f"frequencies.{i}.factor"] = torch.tensor([factor])
        cases.append(case)
    return tables, cases


def cross_attention():
    """Rotary cross-attention, of which no library has a layer: the formula."""
    case = {"position_encoding": "rope", **DEFAULTS, **SIZES, **HALF}
    p = {key: value for key, value in positions.draw_parameters(case).items() if not key.startswith("position.")}
    inputs = {"x": positions.draw(2, 5, 12), "memory": positions.draw(2, 8, 12), **p}
    lengths, upstream = torch.tensor([8, 3]), positions.draw(2, 5, 12).detach()
    output = newer_formulas.rotary_cross_attention(case, p, inputs["x"], inputs["memory"], lengths)
    gradients = torch.autograd.grad(output, list(inputs.values()), upstream)
    tensors = {**inputs, "lengths": lengths, "output": output, "gradient.output": upstream}
    tensors |= {f"gradient.{key}": gradient for key, gradient in zip(inputs, gradients)}
    return {f"cross.{key}": value for key, value in tensors.items()}


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    positions.generator.manual_seed(SEED)
    position_libraries.layer_of = newer_libraries.layer_of
    transformers.logging.set_verbosity_error()
    of_script = {"script": "newer_positions.py", "seed": str(SEED), "versions": versions(transformers)}
    tables, frequencies = frequency_tables()
    save_golden("rope_frequencies.safetensors", tables, {"cases": json.dumps(frequencies), **of_script})
    tensors, cases, zero = {}, {}, []
    for name, encoding, options in CASES:
        alike = encoding in ("rope", "shape", "cape") and options.get("rope_scaling") not in newer_formulas.BY_LENGTH
        for stack in positions.DECODER if alike else positions.BOTH:
            case = {"position_encoding": encoding, "stack": stack, **DEFAULTS, **SIZES, **options}
            found, rounding = positions.golden(f"{name}.{stack}", case, LENGTHS)
            tensors |= found
            cases[f"{name}.{stack}"] = case
            zero += rounding
    tensors |= cross_attention()
    save_golden("newer_positions.safetensors", tensors, {
        "cases": json.dumps(cases), "zero_gradients": json.dumps(zero), **of_script,
    })  # fmt: skip


if __name__ == "__main__":
    main()
