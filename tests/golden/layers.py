"""Transformer layers in plain PyTorch operators and float64: the second implementation of those that Rotor trains.

transformer.py makes an encoder and a decoder of them, language_model.py a decoder alone. Options have the names of a
model file's config; those of a stack begin with its name, `encoder` or `decoder`.
"""

import math

import torch
from torch.nn import functional as F

from golden import PAD
from position_formulas import alibi_slopes, bucket, phi
from random_features import random_features

# Of options that a configuration may leave out.
DEFAULTS = {
    "attention": "softmax", "linear_rotary": "after", "attention_window": 0, "attention_bias": True,
    "activation_fn": "relu", "ffn_bias": True, "norm": "layer", "layer_norm_eps": 1e-5, "scale_embedding": True,
    "decoder_autoreg": "self-attention", "output_bias": False,
}  # fmt: skip
ACTIVATIONS = {
    "relu": F.relu,
    "gelu": F.gelu,
    "swish": lambda x: x * x.sigmoid(),
    "swiglu": lambda x: x * x.sigmoid(),
    "gated-gelu": lambda x: x / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
}
GATED = ("gated-gelu", "swiglu")
EPSILON = 1e-6  # of FAVOR+


def layer_of(name):
    """The number of the layer that an attention belongs to, `decoder.layers.1.self_attn`."""
    return int(name.split(".")[2])


# Parameters


class Draw:
    """Random numbers for every parameter, biases and norms too, so that each one shows in the outputs; collected in `p`."""

    def __init__(self, config, generator):
        self.config, self.generator, self.p = {**DEFAULTS, **config}, generator, {}

    def normal(self, name, *shape, scale, mean=0.0):
        # Rounded to float32, so that the stored parameters are the ones used.
        self.p[name] = (mean + scale * torch.randn(*shape, generator=self.generator)).double()

    def linear(self, name, inputs, outputs, bias=True):
        self.normal(f"{name}.weight", outputs, inputs, scale=inputs**-0.5)
        if bias:
            self.normal(f"{name}.bias", outputs, scale=0.1)

    def norm(self, name, size):
        self.normal(f"{name}.weight", size, scale=0.1, mean=1.0)
        if self.config["norm"] == "layer":
            self.normal(f"{name}.bias", size, scale=0.1)

    def embedding(self, name, size, width):
        self.normal(name, size, width, scale=width**-0.5)
        self.p[name][PAD] = 0

    def positions(self, stack):
        config, width = self.config, self.config[f"{stack}_embed_dim"]
        if config[f"{stack}_position_encoding"] == "learned":
            self.normal(f"{stack}.position.weight", config["max_positions"], width, scale=width**-0.5)
        elif config[f"{stack}_position_encoding"] == "t5":
            self.normal(f"{stack}.position.bias", config["t5_buckets"], config[f"{stack}_attention_heads"], scale=0.7)

    def attention(self, stack, name):
        width, bias = self.config[f"{stack}_embed_dim"], self.config["attention_bias"]
        heads = self.config[f"{stack}_attention_heads"]
        keys = width // heads * (key_value_heads(self.config, stack) if name.endswith("self_attn") else heads)
        for projection, outputs in (("q_proj", width), ("k_proj", keys), ("v_proj", keys), ("out_proj", width)):
            self.linear(f"{name}.{projection}", width, outputs, bias)
        self.norm(f"{name}_layer_norm", width)

    def ssru(self, name, width):
        self.linear(f"{name}.gate", width, width)
        self.linear(f"{name}.input", width, width, bias=False)
        self.norm(f"{name}_layer_norm", width)

    def feed_forward(self, stack, name):
        width, inner, bias = (self.config[key] for key in (f"{stack}_embed_dim", f"{stack}_ffn_embed_dim", "ffn_bias"))
        self.linear(f"{name}.fc1", width, inner, bias)
        self.linear(f"{name}.fc2", inner, width, bias)
        if self.config["activation_fn"] in GATED:
            self.linear(f"{name}.fc3", width, inner, bias)
        self.norm(f"{name}.final_layer_norm", width)

    def layers(self, stack, attentions):
        """The layers of a stack and its final norm; `attentions` are self_attn and, with a memory, encoder_attn."""
        for i in range(self.config[f"{stack}_layers"]):
            for attention in attentions:
                if is_recurrent(self.config, stack, attention):
                    self.ssru(f"{stack}.layers.{i}.{attention}", self.config[f"{stack}_embed_dim"])
                else:
                    self.attention(stack, f"{stack}.layers.{i}.{attention}")
            self.feed_forward(stack, f"{stack}.layers.{i}")
        if self.config[f"{stack}_normalize_before"]:
            self.norm(f"{stack}.layer_norm", self.config[f"{stack}_embed_dim"])

    def parameters(self):
        return {name: value.requires_grad_() for name, value in self.p.items()}


def is_recurrent(config, stack, attention):
    return (stack, attention, config["decoder_autoreg"]) == ("decoder", "self_attn", "ssru")


def key_value_heads(config, stack):
    return config.get(f"{stack}_key_value_heads") or config[f"{stack}_attention_heads"]


# Positions and masks


def sinusoids(length, width, layout, offset):
    positions = torch.arange(offset, offset + length, dtype=torch.float64)[:, None]
    if layout == "interleaved":
        angles = positions / 10000 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
        return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)
    exponents = torch.arange(width // 2, dtype=torch.float64) / (width / 2 if layout == "half" else width // 2 - 1)
    angles = positions * 10000**-exponents
    return torch.cat([angles.sin(), angles.cos()], -1)


def rotate(x, layout, base):
    """Turns each pair of x [B, H, T, d] by position times frequency."""
    length, width = x.shape[-2:]
    angles = torch.arange(length)[:, None] * base ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    if layout == "interleaved":
        a, b = x[..., 0::2], x[..., 1::2]
    else:
        a, b = x[..., : width // 2], x[..., width // 2 :]
    turned = a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()
    return torch.stack(turned, -1).flatten(-2) if layout == "interleaved" else torch.cat(turned, -1)


def future(length):
    """[T, T], True where the key comes after its query."""
    return torch.ones(length, length, dtype=torch.bool).triu(1)


def outside(length, window):
    """[T, T], True where |query - key| is `window` or more."""
    return (torch.arange(length)[:, None] - torch.arange(length)).abs() >= window


# The layers


class Layers:
    """Stacks of layers with `parameters` by name. x is [B, T, D]; `hidden` is True where a query may not see a key."""

    def __init__(self, config, parameters):
        self.config, self.p = {**DEFAULTS, **config}, parameters

    def embed(self, stack, ids, table):
        scale = math.sqrt(table.shape[1]) if self.config["scale_embedding"] else 1
        x = scale * F.embedding(ids, table, padding_idx=PAD)
        encoding = self.config[f"{stack}_position_encoding"]
        if encoding == "learned":
            x = x + self.p[f"{stack}.position.weight"][: ids.shape[1]]
        elif encoding == "sinusoidal":
            x = x + sinusoids(*x.shape[1:], self.config["sinusoidal_layout"], self.config["position_offset"])
        return x

    def layers(self, stack, x, hidden, memory=None, memory_hidden=None):
        """All layers of the stack, and its final norm if it has one."""
        if window := self.config["attention_window"]:
            hidden = hidden | outside(x.shape[1], window)
            hidden = hidden & ~hidden.all(-1, keepdim=True)  # padding with nothing but padding in its window: no one reads it
        for i in range(self.config[f"{stack}_layers"]):
            x = self.layer(stack, f"{stack}.layers.{i}", x, hidden, memory, memory_hidden)
        return self.norm(f"{stack}.layer_norm", x) if self.config[f"{stack}_normalize_before"] else x

    def layer(self, stack, name, x, hidden, memory=None, memory_hidden=None):
        def own(y):
            if is_recurrent(self.config, stack, "self_attn"):
                return self.ssru(f"{name}.self_attn", y)
            return self.attention(stack, f"{name}.self_attn", y, y, hidden, self_attention=True)

        x = self.residual(stack, f"{name}.self_attn_layer_norm", x, own)
        if memory is not None:
            x = self.residual(stack, f"{name}.encoder_attn_layer_norm", x,
                              lambda y: self.attention(stack, f"{name}.encoder_attn", y, memory, memory_hidden))  # fmt: skip
        return self.residual(stack, f"{name}.final_layer_norm", x, lambda y: self.feed_forward(name, y))

    def residual(self, stack, norm, x, function):
        if self.config[f"{stack}_normalize_before"]:
            return x + function(self.norm(norm, x))
        return self.norm(norm, x + function(x))

    def ssru(self, name, x):
        kept, inputs = self.linear(f"{name}.gate", x).sigmoid(), self.linear(f"{name}.input", x)
        cells = [torch.zeros_like(inputs[:, 0])]
        for f, u in zip(kept.unbind(1), inputs.unbind(1)):
            cells.append(f * cells[-1] + (1 - f) * u)
        return torch.stack(cells[1:], 1).relu()

    def attention(self, stack, name, x, memory, hidden, self_attention=False):
        heads = self.config[f"{stack}_attention_heads"]
        groups = key_value_heads(self.config, stack) if self_attention else heads

        def project(projection, y, heads):  # [B, T, D] -> [B, H, T, d]
            return self.linear(f"{name}.{projection}", y).unflatten(-1, (heads, -1)).transpose(1, 2)

        q, k, v = project("q_proj", x, heads), project("k_proj", memory, groups), project("v_proj", memory, groups)
        if groups < heads:
            k, v = (y.repeat_interleave(heads // groups, 1) for y in (k, v))
        if self_attention and self.config["attention"] != "softmax":
            context = self.linear_attention(stack, name, q, k, v, hidden)
        else:
            if self_attention:
                q, k = self.rotate(stack, q, name), self.rotate(stack, k, name)
            scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
            if self_attention:
                scores = scores + self.position_scores(stack, *scores.shape[-3:-1])
            context = scores.masked_fill(hidden, -torch.inf).softmax(-1) @ v
        return self.linear(f"{name}.out_proj", context.transpose(1, 2).flatten(-2))

    def linear_attention(self, stack, name, q, k, v, hidden):
        """Positive features in place of the exponential; rotated after phi in the numerator alone, or before it in both parts."""
        maps = {"linear": lambda q, k: (phi(q), phi(k)), "performer": lambda q, k: self.favor(layer_of(name), q, k)}
        features = maps[self.config["attention"]]
        if self.config["linear_rotary"] == "before":
            q, k = features(self.rotate(stack, q), self.rotate(stack, k))
            numerator = denominator = q @ k.transpose(-1, -2)
        else:
            q, k = features(q, k)
            numerator = self.rotate(stack, q) @ self.rotate(stack, k).transpose(-1, -2)
            denominator = q @ k.transpose(-1, -2)
        return numerator.masked_fill(hidden, 0) @ v / denominator.masked_fill(hidden, 0).sum(-1, keepdim=True)

    def favor(self, layer, q, k):
        """FAVOR+'s features of a decoder's queries and keys; those of a key include its scale, the largest exponent so far."""
        w = random_features(self.config["performer_features"], q.shape[-1], layer)

        def exponents(x):
            x = x * x.shape[-1] ** -0.25
            return x @ w.T - x.square().sum(-1, keepdim=True) / 2

        h, own = exponents(k), exponents(q)
        shift = h.detach().amax(-1, keepdim=True).cummax(-2).values
        own = (own - own.detach().amax(-1, keepdim=True)).exp() + EPSILON
        return own, shift.exp() * ((h - shift).exp() + EPSILON)

    def rotate(self, stack, x, name=None):
        """Turns x unless its layer, of the attention `name`, has no positions."""
        every = self.config.get("no_position_every", 0)
        if self.config[f"{stack}_position_encoding"] != "rope" or (every and (layer_of(name) + 1) % every == 0):
            return x
        return rotate(x, self.config["rope_layout"], self.config["rope_base"])

    def position_scores(self, stack, heads, length):
        """[H, T, T], what an encoding adds to the scores; 0 of one that adds nothing."""
        encoding, positions = self.config[f"{stack}_position_encoding"], torch.arange(length)
        relative = positions - positions[:, None]  # key minus query
        if encoding == "alibi":
            return -torch.tensor(alibi_slopes(heads), dtype=torch.float64)[:, None, None] * relative.abs()
        if encoding == "t5":
            sizes = self.config["t5_buckets"], self.config["max_distance"]
            buckets = torch.tensor([[bucket(r, stack, *sizes) for r in row] for row in relative.tolist()])
            return self.p[f"{stack}.position.bias"][buckets].permute(2, 0, 1)
        return 0

    def feed_forward(self, name, x):
        inner = ACTIVATIONS[self.config["activation_fn"]](self.linear(f"{name}.fc1", x))
        if self.config["activation_fn"] in GATED:
            inner = inner * self.linear(f"{name}.fc3", x)
        return self.linear(f"{name}.fc2", inner)

    def linear(self, name, x):
        return F.linear(x, self.p[f"{name}.weight"], self.p.get(f"{name}.bias"))

    def norm(self, name, x):
        weight, eps = self.p[f"{name}.weight"], self.config["layer_norm_eps"]
        if self.config["norm"] == "rms":
            return x / (x.square().mean(-1, keepdim=True) + eps).sqrt() * weight
        return F.layer_norm(x, x.shape[-1:], weight, self.p[f"{name}.bias"], eps=eps)
