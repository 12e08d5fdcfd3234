"""Self-attention under the position encodings that transformers has, by its own layers.

Each layer's function takes the options, the parameters by name, x [B, T, D] and hidden [B, T, T] (True where a query may not
see a key), and returns the output and the scores [B, H, T, T] that went into softmax. The layers get the projections
put in their place; where they round to float32 inside (softmax, angles), they are kept in float64.
"""

from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional as F
from transformers import DebertaV2Config, LlamaConfig, RoFormerConfig, T5Config, XLNetConfig
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.deberta_v2.modeling_deberta_v2 import DisentangledSelfAttention
from transformers.models.deprecated.transfo_xl.modeling_transfo_xl import PositionalEmbedding, RelPartialLearnableMultiHeadAttn
from transformers.models.llama.modeling_llama import LlamaAttention, LlamaRotaryEmbedding
from transformers.models.roformer.modeling_roformer import RoFormerSelfAttention, RoFormerSinusoidalPositionalEmbedding
from transformers.models.t5.modeling_t5 import T5Attention
from transformers.models.xlnet.modeling_xlnet import XLNetModel, XLNetRelativeAttention


@contextmanager
def float64_softmax():
    """Keeps float64 where the layers ask for float32, and lists what goes into softmax."""
    seen, softmax, to_float = [], F.softmax, torch.Tensor.float

    def listening(scores, dim=-1, dtype=None):
        seen.append(scores)
        return softmax(scores, dim=dim)

    F.softmax = listening
    torch.Tensor.float = lambda x: x if x.dtype == torch.float64 else to_float(x)
    try:
        yield seen
    finally:
        F.softmax, torch.Tensor.float = softmax, to_float


class Projection(nn.Module):
    """A linear layer of given tensors, which are not its own parameters."""

    def __init__(self, weight, bias=None, scale=1.0):
        super().__init__()
        self.given = weight, bias, scale

    def forward(self, x):
        weight, bias, scale = self.given
        return scale * F.linear(x, weight, bias)


def projections(p):
    return {name: Projection(p[f"{name}_proj.weight"], p[f"{name}_proj.bias"]) for name in ("q", "k", "v", "out")}


def additive(hidden):
    return torch.zeros(hidden.shape).masked_fill(hidden, -torch.inf)[:, None]


def t5(case, p, x, hidden):
    """Its q is not scaled, so it gets one that is; its projections have no biases, ours do."""
    width, heads, length = case["width"], case["heads"], x.shape[1]
    config = T5Config(d_model=width, d_kv=width // heads, num_heads=heads, dropout_rate=0.0, is_decoder=case["stack"] == "decoder",
                      relative_attention_num_buckets=case["t5_buckets"], relative_attention_max_distance=case["max_distance"])  # fmt: skip
    layer = T5Attention(config, has_relative_attention_bias=True, layer_idx=0)
    given = projections(p)
    layer.q = Projection(p["q_proj.weight"], p["q_proj.bias"], (width // heads) ** -0.5)
    layer.k, layer.v, layer.o = given["k"], given["v"], given["out"]
    layer.relative_attention_bias.weight = p["position.bias"]
    with float64_softmax() as seen:
        output = layer(x, mask=additive(hidden), cache_position=torch.arange(length))[0]
    return output, seen[0]


def t5_buckets(relative, stack, buckets, max_distance):
    return T5Attention._relative_position_bucket(relative, stack == "encoder", buckets, max_distance)


def deberta(case, p, x, hidden):
    config = DebertaV2Config(hidden_size=case["width"], num_attention_heads=case["heads"], relative_attention=True, share_att_key=True,
                             pos_att_type=["c2p", "p2c"], position_buckets=-1, max_relative_positions=case["max_relative_position"],
                             hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)  # fmt: skip
    layer, given = DisentangledSelfAttention(config), projections(p)
    layer.query_proj, layer.key_proj, layer.value_proj = given["q"], given["k"], given["v"]
    with float64_softmax() as seen:
        context = layer(x, ~hidden[:, None], rel_embeddings=p["position.relative"])[0]
    return given["out"](context), seen[0]


def sines_then_cosines(projection):
    """The columns of a projection of sin, cos, sin, cos ..., for one whose sinusoid has all sines first."""
    return torch.cat([projection[:, 0::2], projection[:, 1::2]], 1)


def transfo_xl(case, p, x, hidden):
    """Its layer sees the past only. It adds its input and normalises; the one is taken off again, the other left out."""
    width, heads, length = case["width"], case["heads"], x.shape[1]
    layer = RelPartialLearnableMultiHeadAttn(heads, width, width // heads, dropout=0.0)
    weight, bias = (torch.cat([p[f"{name}_proj.{kind}"] for name in "qkv"]) for kind in ("weight", "bias"))
    layer.qkv_net, layer.o_net, layer.layer_norm = Projection(weight, bias), projections(p)["out"], nn.Identity()
    layer.r_net = Projection(sines_then_cosines(p["position.key_projection"]))
    layer.r_w_bias, layer.r_r_bias = p["position.content_bias"], p["position.position_bias"]
    sinusoids = PositionalEmbedding(width)(torch.arange(length - 1, -1, -1.0))
    with float64_softmax() as seen:
        output = layer(x.transpose(0, 1), sinusoids, attn_mask=hidden.permute(1, 2, 0).int())[0].transpose(0, 1) - x
    return output, seen[0].permute(2, 3, 0, 1)  # [Tq, Tk, B, H]


def xlnet(case, p, x, hidden):
    width, heads, length = case["width"], case["heads"], x.shape[1]
    layer, given = XLNetRelativeAttention(XLNetConfig(d_model=width, n_head=heads, dropout=0.0)), projections(p)
    layer.r_w_bias, layer.r_r_bias = p["position.content_bias"], p["position.position_bias"]
    positions, frequencies = torch.arange(length, -length, -1.0), 10000 ** (-torch.arange(0, width, 2.0) / width)
    sinusoids = XLNetModel.positional_embedding(positions, frequencies, x.shape[0])

    def split(y):
        return y.unflatten(-1, (heads, -1))

    q, k, v = (split(given[name](x.transpose(0, 1))) for name in "qkv")
    r = split(F.linear(sinusoids, sines_then_cosines(p["position.key_projection"])))
    with float64_softmax() as seen:
        context = layer.rel_attn_core(q, k, v, r, attn_mask=hidden.permute(1, 2, 0)[..., None].double())
    return given["out"](context.flatten(-2).transpose(0, 1)), seen[0]


def roformer(case, p, x, hidden):
    assert case["rope_base"] == 10000
    width, heads, length = case["width"], case["heads"], x.shape[1]
    config = RoFormerConfig(hidden_size=width, embedding_size=width, num_attention_heads=heads, attention_probs_dropout_prob=0.0)
    layer, given = RoFormerSelfAttention(config), projections(p)
    layer.query, layer.key, layer.value = given["q"], given["k"], given["v"]
    sinusoids = RoFormerSinusoidalPositionalEmbedding(length, width // heads)
    sinusoids._init_weight()  # rounds them to float32
    with float64_softmax() as seen:
        context = layer(x, additive(hidden), sinusoids([1, length])[None, None])[0]
    return given["out"](context), seen[0]


def llama(case, p, x, hidden):
    width, heads, length = case["width"], case["heads"], x.shape[1]
    config = LlamaConfig(hidden_size=width, num_attention_heads=heads, num_key_value_heads=heads, rope_theta=case["rope_base"],
                         attention_dropout=0.0, attn_implementation="eager")  # fmt: skip
    layer, rotary, given = LlamaAttention(config, 0), LlamaRotaryEmbedding(config), projections(p)
    layer.q_proj, layer.k_proj, layer.v_proj, layer.o_proj = given["q"], given["k"], given["v"], given["out"]
    head_width = width // heads
    frequencies = case["rope_base"] ** (-torch.arange(0, head_width, 2.0) / head_width)
    torch.testing.assert_close(rotary.inv_freq, frequencies.float(), check_dtype=False)
    rotary.inv_freq = frequencies
    with float64_softmax() as seen:
        angles = rotary(x, torch.arange(length, dtype=torch.float64)[None])
        output = layer(x, angles, additive(hidden))[0]
    return output, seen[0]


def alibi_slopes(heads):
    """Bloom adds slope * n; the slope is what the second key gets."""
    return build_alibi_tensor(torch.ones(1, 2, dtype=torch.long), heads, torch.float64)[:, 0, 1]


def layer_of(case):
    """The name and function of the layer that writes a case's numbers, or None."""
    if case["attention"] == "linear":
        return None
    choice = {"transformer-xl": case["stack"], "rope": case["rope_layout"]}.get(case["position_encoding"])
    return {
        ("t5", None): ("T5Attention", t5),
        ("deberta", None): ("DisentangledSelfAttention of DeBERTa-v2", deberta),
        ("transformer-xl", "encoder"): ("XLNetRelativeAttention", xlnet),
        ("transformer-xl", "decoder"): ("RelPartialLearnableMultiHeadAttn of TransfoXL", transfo_xl),
        ("rope", "interleaved"): ("RoFormerSelfAttention", roformer),
        ("rope", "half"): ("LlamaAttention", llama),
    }.get((case["position_encoding"], choice))
