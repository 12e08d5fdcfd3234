"""Golden runs of small Transformers: outputs, losses, every gradient, and ten updates of training.

A second implementation, in plain PyTorch operators and float64, of the model that Rotor trains; README.md
describes the files it writes. Run it in this folder: python transformer.py
"""

import json
import math

import torch
from torch.nn import functional as F

from golden import EOS, PAD, pad, save_golden, versions
from training import ADAM, CLIP_NORM, SCHEDULE, SMOOTHING, criterion, gradients_of, train

SEED = 20

DEFAULTS = {
    "encoder_layers": 2, "encoder_embed_dim": 16, "encoder_ffn_embed_dim": 24, "encoder_attention_heads": 2,
    "decoder_layers": 2, "decoder_embed_dim": 16, "decoder_ffn_embed_dim": 24, "decoder_attention_heads": 2,
    "encoder_normalize_before": False, "decoder_normalize_before": False,
    "activation_fn": "relu", "attention": "softmax",
    "share_all_embeddings": True, "share_decoder_input_output_embed": True,
    "position_encoding": "sinusoidal", "sinusoidal_layout": "interleaved", "position_offset": 0,
    "rope_layout": "interleaved", "rope_base": 10000.0, "max_positions": 32,
    "dropout": 0.0, "attention_dropout": 0.0, "activation_dropout": 0.0,
}  # fmt: skip
PRE_NORM = {"encoder_normalize_before": True, "decoder_normalize_before": True}
UNTIED = {"share_all_embeddings": False, "share_decoder_input_output_embed": False}
VARIANTS = {
    "sinusoidal": {},
    "sinusoidal_concatenated": {"sinusoidal_layout": "concatenated", "position_offset": 2},
    "learned": {"position_encoding": "learned"},
    "rope": {"position_encoding": "rope", "activation_fn": "gelu", **UNTIED, **PRE_NORM},
    "rope_half": {"position_encoding": "rope", "rope_layout": "half", "rope_base": 500.0},
    "none": {"position_encoding": "none", **PRE_NORM},
    # Two stacks that differ in layers, inner width, heads, norms and encoding; the decoder's input and output matrix shared.
    "mixed": {
        "position_encoding": "learned", "encoder_position_encoding": "rope", "share_all_embeddings": False,
        "encoder_layers": 1, "encoder_ffn_embed_dim": 20, "encoder_attention_heads": 4,
        "encoder_normalize_before": True, "activation_fn": "gelu",
    },
}  # fmt: skip


def complete(options):
    """Every option; a vocabulary of 40 entries when shared, else of 40 and 37."""
    config = {**DEFAULTS, **options, "source_vocabulary": 40}
    config["target_vocabulary"] = 40 if config["share_all_embeddings"] else 37
    for stack in ("encoder", "decoder"):
        config.setdefault(f"{stack}_position_encoding", config["position_encoding"])
    return config


# Parameters


def output_matrix(config):
    if config["share_all_embeddings"]:
        return "encoder.embed_tokens.weight"
    return "decoder.embed_tokens.weight" if config["share_decoder_input_output_embed"] else "decoder.output_projection.weight"


def draw_parameters(config, generator):
    """Random numbers for every parameter, biases and norms too, so that each one shows in the outputs."""

    def normal(*shape, scale, mean=0.0):
        # Rounded to float32, so that the stored parameters are the ones used.
        return (mean + scale * torch.randn(*shape, generator=generator)).double()

    def linear(name, inputs, outputs):
        p[f"{name}.weight"] = normal(outputs, inputs, scale=inputs**-0.5)
        p[f"{name}.bias"] = normal(outputs, scale=0.1)

    def norm(name, size):
        p[f"{name}.weight"] = normal(size, scale=0.1, mean=1.0)
        p[f"{name}.bias"] = normal(size, scale=0.1)

    def embedding(name, size, width):
        p[name] = normal(size, width, scale=width**-0.5)
        p[name][PAD] = 0

    p = {}
    for stack, side in (("encoder", "source"), ("decoder", "target")):
        width, inner = config[f"{stack}_embed_dim"], config[f"{stack}_ffn_embed_dim"]
        if stack == "encoder" or not config["share_all_embeddings"]:
            embedding(f"{stack}.embed_tokens.weight", config[f"{side}_vocabulary"], width)
        if config[f"{stack}_position_encoding"] == "learned":
            p[f"{stack}.position.weight"] = normal(config["max_positions"], width, scale=width**-0.5)
        for i in range(config[f"{stack}_layers"]):
            layer = f"{stack}.layers.{i}"
            for attention in ("self_attn", "encoder_attn")[: 1 if stack == "encoder" else 2]:
                for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
                    linear(f"{layer}.{attention}.{projection}", width, width)
                norm(f"{layer}.{attention}_layer_norm", width)
            linear(f"{layer}.fc1", width, inner)
            linear(f"{layer}.fc2", inner, width)
            norm(f"{layer}.final_layer_norm", width)
        if config[f"{stack}_normalize_before"]:
            norm(f"{stack}.layer_norm", width)
    if output_matrix(config) == "decoder.output_projection.weight":
        p[output_matrix(config)] = normal(config["target_vocabulary"], width, scale=width**-0.5)
    return {name: value.requires_grad_() for name, value in p.items()}


# The model


def sinusoids(length, width, layout, offset):
    positions = torch.arange(offset, offset + length, dtype=torch.float64)[:, None]
    if layout == "interleaved":
        angles = positions / 10000 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
        return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)
    angles = positions * 10000 ** (-torch.arange(width // 2, dtype=torch.float64) / (width // 2 - 1))
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


class Transformer:
    def __init__(self, config, parameters):
        self.config, self.p = config, parameters

    def __call__(self, source, decoder_input):
        """Ids [B, S], [B, T] -> logits [B, T, V] and the encoder's output [B, S, D]."""
        encoded = self.encode(source)
        return self.decode(decoder_input, encoded, source.eq(PAD)), encoded

    def encode(self, source):
        hidden = source.eq(PAD)[:, None, None, :]
        x = self.embed("encoder", source)
        for i in range(self.config["encoder_layers"]):
            x = self.layer("encoder", f"encoder.layers.{i}", x, hidden)
        return self.final_norm("encoder", x)

    def decode(self, ids, encoded, source_padding):
        length = ids.shape[1]
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        x = self.embed("decoder", ids)
        for i in range(self.config["decoder_layers"]):
            x = self.layer("decoder", f"decoder.layers.{i}", x, future, encoded, source_padding[:, None, None, :])
        return F.linear(self.final_norm("decoder", x), self.p[output_matrix(self.config)])

    def embed(self, stack, ids):
        shared = self.config["share_all_embeddings"]
        table = self.p["encoder.embed_tokens.weight" if shared else f"{stack}.embed_tokens.weight"]
        x = math.sqrt(table.shape[1]) * F.embedding(ids, table, padding_idx=PAD)
        encoding = self.config[f"{stack}_position_encoding"]
        if encoding == "learned":
            x = x + self.p[f"{stack}.position.weight"][: ids.shape[1]]
        elif encoding == "sinusoidal":
            x = x + sinusoids(*x.shape[1:], self.config["sinusoidal_layout"], self.config["position_offset"])
        return x

    def layer(self, stack, name, x, hidden, encoded=None, source_hidden=None):
        x = self.residual(stack, f"{name}.self_attn_layer_norm", x,
                          lambda y: self.attention(stack, f"{name}.self_attn", y, y, hidden, self_attention=True))  # fmt: skip
        if encoded is not None:
            x = self.residual(stack, f"{name}.encoder_attn_layer_norm", x,
                              lambda y: self.attention(stack, f"{name}.encoder_attn", y, encoded, source_hidden))  # fmt: skip
        activation = {"relu": F.relu, "gelu": F.gelu}[self.config["activation_fn"]]
        return self.residual(stack, f"{name}.final_layer_norm", x,
                             lambda y: self.linear(f"{name}.fc2", activation(self.linear(f"{name}.fc1", y))))  # fmt: skip

    def residual(self, stack, norm, x, function):
        if self.config[f"{stack}_normalize_before"]:
            return x + function(self.norm(norm, x))
        return self.norm(norm, x + function(x))

    def attention(self, stack, name, x, memory, hidden, self_attention=False):
        heads = self.config[f"{stack}_attention_heads"]

        def project(projection, y):  # [B, T, D] -> [B, H, T, d]
            return self.linear(f"{name}.{projection}", y).unflatten(-1, (heads, -1)).transpose(1, 2)

        q, k, v = project("q_proj", x), project("k_proj", memory), project("v_proj", memory)
        if self_attention and self.config[f"{stack}_position_encoding"] == "rope":
            layout, base = self.config["rope_layout"], self.config["rope_base"]
            q, k = rotate(q, layout, base), rotate(k, layout, base)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        context = scores.masked_fill(hidden, -torch.inf).softmax(-1) @ v
        return self.linear(f"{name}.out_proj", context.transpose(1, 2).flatten(-2))

    def linear(self, name, x):
        return F.linear(x, self.p[f"{name}.weight"], self.p[f"{name}.bias"])

    def norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.p[f"{name}.weight"], self.p[f"{name}.bias"], eps=1e-5)

    def final_norm(self, stack, x):
        return self.norm(f"{stack}.layer_norm", x) if self.config[f"{stack}_normalize_before"] else x


# The golden runs


def draw_batch(source_lengths, target_lengths, source_size, target_size, generator):
    """Random sentences, </s> at their ends and counted in the lengths."""

    def sentences(lengths, size):
        return [torch.randint(3, size, (n - 1,), generator=generator).tolist() + [EOS] for n in lengths]

    source, target = sentences(source_lengths, source_size), sentences(target_lengths, target_size)
    return {
        "source": pad(source), "source_lengths": torch.tensor(source_lengths),
        "target": pad(target), "target_lengths": torch.tensor(target_lengths),
        "decoder_input": pad([[EOS] + s[:-1] for s in target]),
    }  # fmt: skip


def draw(options):
    """The configuration, parameters and batches of a variant."""
    generator = torch.Generator().manual_seed(SEED)
    config = complete(options)
    sizes = config["source_vocabulary"], config["target_vocabulary"]
    batches = [
        draw_batch([7, 4, 9, 1, 5], [6, 8, 3, 2, 1], *sizes, generator),
        draw_batch([3, 6, 2], [5, 4, 7], *sizes, generator),
        draw_batch([5, 5, 8, 4], [5, 5, 5, 5], *sizes, generator),
    ]
    return config, draw_parameters(config, generator), batches


def golden(name):
    config, parameters, batches = draw(VARIANTS[name])
    batch = batches[0]
    logits, encoded = Transformer(config, parameters)(batch["source"], batch["decoder_input"])
    loss, nll = criterion(logits, batch["target"])
    gradients = gradients_of(loss, parameters)

    tensors = {name: p.detach().clone() for name, p in parameters.items()}
    tensors |= {f"gradient.{name}": g for name, g in gradients.items()}
    tensors |= {f"input.{key}": value for key, value in batch.items()}
    tensors |= {f"training.batch.{i}.{key}": value for i, b in enumerate(batches) for key, value in b.items()}
    tensors |= {
        "output.encoder": encoded * batch["source"].ne(PAD)[..., None],
        "output.logits": logits * batch["target"].ne(PAD)[..., None],
        "output.loss": loss.reshape(1), "output.nll_loss": nll.reshape(1),
    }  # fmt: skip
    tensors |= {f"training.{key}": torch.tensor(values).double() for key, values in train(Transformer(config, parameters), parameters, batches).items()}
    tensors |= {f"trained.{name}": p for name, p in parameters.items()}
    zero = sorted(name for name, g in gradients.items() if g.abs().max() < 1e-12)
    training = {"label_smoothing": SMOOTHING, "clip_norm": CLIP_NORM, "adam_betas": ADAM["betas"], "adam_eps": ADAM["eps"], **SCHEDULE}
    save_golden(f"transformer_{name}.safetensors", tensors, {
        "config": json.dumps(config), "training": json.dumps(training), "zero_gradients": json.dumps(zero),
        "script": "transformer.py", "seed": str(SEED), "versions": versions(),
    })  # fmt: skip


if __name__ == "__main__":
    for variant in VARIANTS:
        golden(variant)
