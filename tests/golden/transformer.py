"""Golden runs of small Transformers: outputs, losses, every gradient, and ten updates of training.

A second implementation, in plain PyTorch operators and float64, of the model that Rotor trains; README.md
describes the files it writes. Run it in this folder: python transformer.py, or
with the names of variants.
"""

import json
import sys

import torch
from torch.nn import functional as F

from golden import EOS, PAD, pad, save_golden, versions
from layers import Draw, Layers, future
from training import SMOOTHING, run

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
    "window": {"position_encoding": "rope", "attention_window": 3},
    # In self-attention: attention to the encoder has as many heads of keys and values as of queries.
    "grouped": {
        "position_encoding": "rope", "encoder_attention_heads": 4, "encoder_key_value_heads": 1,
        "decoder_attention_heads": 4, "decoder_key_value_heads": 2,
    },
    "rms_swiglu": {"norm": "rms", "layer_norm_eps": 1e-6, "activation_fn": "swiglu", "attention_bias": False, **PRE_NORM},
    # Marian's small models, but for the sinusoids, which are those of Hugging Face's.
    "ssru": {"decoder_autoreg": "ssru", "output_bias": True, "sinusoidal_layout": "half", "activation_fn": "swish"},
}  # fmt: skip


def complete(options):
    """Every option; a vocabulary of 40 entries when shared, else of 40 and 37."""
    config = {**DEFAULTS, **options, "source_vocabulary": 40}
    config["target_vocabulary"] = 40 if config["share_all_embeddings"] else 37
    for stack in ("encoder", "decoder"):
        config.setdefault(f"{stack}_position_encoding", config["position_encoding"])
    return config


# The model


OUTPUT_BIAS = "decoder.output_projection.bias"


def output_matrix(config):
    if config["share_all_embeddings"]:
        return "encoder.embed_tokens.weight"
    return "decoder.embed_tokens.weight" if config["share_decoder_input_output_embed"] else "decoder.output_projection.weight"


def draw_parameters(config, generator):
    draw = Draw(config, generator)
    for stack, side in (("encoder", "source"), ("decoder", "target")):
        width = config[f"{stack}_embed_dim"]
        if stack == "encoder" or not config["share_all_embeddings"]:
            draw.embedding(f"{stack}.embed_tokens.weight", config[f"{side}_vocabulary"], width)
        draw.positions(stack)
        draw.layers(stack, ["self_attn"] if stack == "encoder" else ["self_attn", "encoder_attn"])
    if output_matrix(config) == "decoder.output_projection.weight":
        draw.normal(output_matrix(config), config["target_vocabulary"], width, scale=width**-0.5)
    if draw.config["output_bias"]:
        draw.normal(OUTPUT_BIAS, config["target_vocabulary"], scale=0.3)
    return draw.parameters()


class Transformer(Layers):
    def __call__(self, source, decoder_input):
        """Ids [B, S], [B, T] -> logits [B, T, V] and the encoder's output [B, S, D]."""
        encoded = self.encode(source)
        return self.decode(decoder_input, encoded, source.eq(PAD)), encoded

    def encode(self, source):
        return self.layers("encoder", self.embed("encoder", source, self.table("encoder")), source.eq(PAD)[:, None, None, :])

    def decode(self, ids, encoded, source_padding):
        x = self.embed("decoder", ids, self.table("decoder"))
        x = self.layers("decoder", x, future(ids.shape[1]), encoded, source_padding[:, None, None, :])
        return F.linear(x, self.p[output_matrix(self.config)], self.p.get(OUTPUT_BIAS))

    def table(self, stack):
        return self.p["encoder.embed_tokens.weight" if self.config["share_all_embeddings"] else f"{stack}.embed_tokens.weight"]


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
    model, source = Transformer(config, parameters), batches[0]["source"]
    encoded = model.encode(source) * source.ne(PAD)[..., None]
    tensors, metadata = run(lambda batch: model(batch["source"], batch["decoder_input"])[0], parameters, batches, SMOOTHING)
    save_golden(f"transformer_{name}.safetensors", {**tensors, "output.encoder": encoded}, {
        "config": json.dumps(config), "script": "transformer.py", "seed": str(SEED), "versions": versions(), **metadata,
    })  # fmt: skip


if __name__ == "__main__":
    for variant in sys.argv[1:] or VARIANTS:
        golden(variant)
