"""Self-attention under scaled and partial rope, by transformers' own layers and frequencies, and PoPE by its package."""

from contextlib import contextmanager

import torch
from torch.nn import functional as F
from transformers import LlamaConfig, RoFormerConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import eager_attention_forward
from transformers.models.phi.modeling_phi import apply_rotary_pos_emb
from transformers.models.roformer.modeling_roformer import RoFormerSelfAttention, RoFormerSinusoidalPositionalEmbedding

from position_libraries import additive, float64_softmax, projections

NAMES = {"linear": "linear", "dynamic-ntk": "dynamic", "yarn": "yarn", "llama3": "llama3", "longrope": "longrope", "none": "default"}


@contextmanager
def float64():
    """Keeps float64 where the functions ask for torch.float."""
    before, to_float, torch.float = torch.float, torch.Tensor.float, torch.float64
    torch.Tensor.float = lambda x: x.to(torch.float64)
    try:
        yield
    finally:
        torch.float, torch.Tensor.float = before, to_float


def config_of(case, width):
    """A configuration whose heads are `width` wide."""
    original = case["rope_original_length"]
    scaling = {"rope_type": NAMES[case["rope_scaling"]], "factor": case["rope_scaling_factor"]}
    if case["rope_scaling"] in ("yarn", "llama3"):
        scaling["original_max_position_embeddings"] = original
    if case["rope_scaling"] == "yarn":
        scaling |= {"beta_fast": case["rope_beta_fast"], "beta_slow": case["rope_beta_slow"]}
    if case["rope_scaling"] == "llama3":
        scaling |= {"low_freq_factor": case["rope_low_frequency_factor"], "high_freq_factor": case["rope_high_frequency_factor"]}
    if case["rope_scaling"] == "longrope":
        scaling |= {"short_factor": [float(x) for x in case["rope_short_factors"]], "long_factor": [float(x) for x in case["rope_long_factors"]]}
    config = LlamaConfig(hidden_size=width, num_attention_heads=1, rope_theta=case["rope_base"], max_position_embeddings=original or 2048,
                         rope_scaling=scaling if case["rope_scaling"] != "none" else None)  # fmt: skip
    config.partial_rotary_factor = case["rope_fraction"]
    return config


def rope_frequencies(case, width, length):
    """The frequencies and the attention factor of heads of that width in a text of that length."""
    with float64():
        if case["rope_scaling"] == "none":
            turned = int(width * case["rope_fraction"])
            return case["rope_base"] ** (-torch.arange(0, turned, 2.0) / turned), 1.0
        if case["rope_scaling"] == "ntk":  # dynamic NTK at the length where its factor is the one wanted
            case = {**case, "rope_scaling": "dynamic-ntk", "rope_original_length": 1000}
            length = 1000 * (2 * case["rope_scaling_factor"] - 1) / case["rope_scaling_factor"]
        frequencies, factor = ROPE_INIT_FUNCTIONS[NAMES[case["rope_scaling"]]](config_of(case, width), "cpu", seq_len=length)
    return frequencies, factor


def turned(case, q, k, length):
    """Phi's rotation of the first pairs of q and k [B, H, T, d], in the half layout."""
    frequencies, factor = rope_frequencies(case, q.shape[-1], length)
    angles = torch.outer(torch.arange(q.shape[2], dtype=torch.float64), frequencies).repeat(1, 2)[None]
    width = angles.shape[-1]
    pairs = apply_rotary_pos_emb(q[..., :width], k[..., :width], factor * angles.cos(), factor * angles.sin())
    return tuple(torch.cat([new, old[..., width:]], -1) for new, old in zip(pairs, (q, k)))


class Module(torch.nn.Module):
    num_key_value_groups = 1


def rope(case, p, x, hidden):
    """Llama's attention after Phi's rotation. A text whose frequencies follow its length is read once for each last query."""
    given, heads, length = projections(p), case["heads"], x.shape[1]
    q, k, v = (given[name](x).unflatten(-1, (heads, -1)).transpose(1, 2) for name in "qkv")

    def attend(end):
        turned_q, turned_k = turned(case, q[:, :, :end], k[:, :, :end], end)
        with float64_softmax() as seen:
            context = eager_attention_forward(Module().eval(), turned_q, turned_k, v[:, :, :end], additive(hidden[:, :end, :end]), q.shape[-1] ** -0.5)[0]
        return context, seen[0]

    if case["rope_scaling"] not in ("dynamic-ntk", "longrope"):
        context, scores = attend(length)
    else:
        assert case["stack"] == "decoder"
        ends = [attend(end) for end in range(1, length + 1)]
        context = torch.stack([c[:, -1] for c, _ in ends], 1)
        scores = torch.stack([F.pad(s[:, :, -1], (0, length - s.shape[-1])) for _, s in ends], 2)
    return given["out"](context.flatten(-2)), scores


def roformer_values(case, p, x, hidden):
    assert case["rope_base"] == 10000
    width, heads, length = case["width"], case["heads"], x.shape[1]
    config = RoFormerConfig(hidden_size=width, embedding_size=width, num_attention_heads=heads, attention_probs_dropout_prob=0.0, rotary_value=True)
    layer, given = RoFormerSelfAttention(config), projections(p)
    layer.query, layer.key, layer.value = given["q"], given["k"], given["v"]
    sinusoids = RoFormerSinusoidalPositionalEmbedding(length, width // heads)
    sinusoids._init_weight()
    with float64_softmax() as seen:
        context = layer(x, additive(hidden), sinusoids([1, length])[None, None])[0]
    return given["out"](context), seen[0]


def layer_of(case):
    """The name and function of the layer that writes a case's numbers, or None."""
    if case["position_encoding"] != "rope" or case["rope_kept_frequencies"] < 1:
        return None
    if case["rotary_value"]:
        return "RoFormerSelfAttention with rotary_value", roformer_values
    if case["rope_scaling"] in ("dynamic-ntk", "longrope") and case["stack"] == "encoder":
        return None
    return "modeling_rope_utils, Phi's rotation and Llama's attention", rope
