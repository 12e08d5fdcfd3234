"""Golden runs of small language models: outputs, losses, every gradient, and ten updates of training.

A second implementation, in plain PyTorch operators and float64, of the causal stack that Rotor trains, held against
transformers' models where these have the same parts (language_model_libraries.py). README.md describes the files it
writes. Run it in this folder: python language_model.py
"""

import json

import torch
import transformers
from torch.nn import functional as F

import language_model_libraries as libraries
from golden import EOS, PAD, pad, save_golden, versions
from layers import DEFAULTS, Draw, Layers, future
from training import run

SEED = 23

OPTIONS = {
    "task": "language_modeling", "arch": "transformer_lm", "target_vocabulary": 40,
    "decoder_layers": 2, "decoder_embed_dim": 16, "decoder_ffn_embed_dim": 24,
    "decoder_attention_heads": 4, "decoder_key_value_heads": 0, "decoder_normalize_before": True,
    "share_decoder_input_output_embed": True, **DEFAULTS,
    "position_encoding": "sinusoidal", "sinusoidal_layout": "interleaved", "position_offset": 0,
    "rope_layout": "interleaved", "rope_base": 10000.0, "max_positions": 32, "t5_buckets": 8, "max_distance": 10,
    "dropout": 0.0, "attention_dropout": 0.0, "activation_dropout": 0.0,
}  # fmt: skip
ROPE = {"position_encoding": "rope"}
PERFORMER = {"attention": "performer", "performer_features": 6, "performer_redraw_updates": 0}
LLAMA = {
    **ROPE, "rope_layout": "half", "norm": "rms", "layer_norm_eps": 1e-6, "activation_fn": "swiglu",
    "attention_bias": False, "ffn_bias": False, "scale_embedding": False, "share_decoder_input_output_embed": False,
}  # fmt: skip
VARIANTS = {
    "sinusoidal": {},
    "rope": {**ROPE, "activation_fn": "gelu"},
    "post_norm": {**ROPE, "decoder_normalize_before": False},
    "learned": {"position_encoding": "learned"},
    "untied": {"share_decoder_input_output_embed": False},
    "window": {**ROPE, "attention_window": 3},
    "grouped": {**ROPE, "decoder_key_value_heads": 2},
    "multi_query": {**ROPE, "decoder_key_value_heads": 1},
    "rms": {**ROPE, "norm": "rms", "layer_norm_eps": 1e-6},
    "swiglu": LLAMA,
    "smollm3": {**LLAMA, "no_position_every": 2},
    "gated_gelu": {"activation_fn": "gated-gelu"},
    "swish": {"activation_fn": "swish"},
    "linear": {**ROPE, "attention": "linear"},
    "linear_before": {**ROPE, "attention": "linear", "linear_rotary": "before"},
    "performer": {**ROPE, **PERFORMER},
    "performer_before": {**ROPE, **PERFORMER, "linear_rotary": "before"},
    "t5": {"position_encoding": "t5"},
    "alibi": {"position_encoding": "alibi"},
}
GPT2 = {"position_encoding": "learned", "activation_fn": "gelu", "scale_embedding": False}
CHECKS = [
    ("swiglu", LLAMA, libraries.llama),
    ("smollm3", VARIANTS["smollm3"], libraries.smollm3),
    ("swiglu, two key-value heads", {**LLAMA, "decoder_key_value_heads": 2}, libraries.llama),
    ("swiglu, one key-value head", {**LLAMA, "decoder_key_value_heads": 1}, libraries.llama),
    ("swiglu, window 3", {**LLAMA, "attention_window": 3}, libraries.mistral),
    ("learned, gelu, without scale", GPT2, libraries.gpt2),
    ("gated_gelu", VARIANTS["gated_gelu"], libraries.t5_feed_forward),
    *((name, VARIANTS[name], libraries.loops) for name in ("linear", "linear_before", "performer", "performer_before", "t5", "alibi")),
]


def complete(options):
    config = {**OPTIONS, **options}
    return {**config, "decoder_position_encoding": config["position_encoding"]}


class LanguageModel(Layers):
    def __call__(self, tokens):
        """Ids [B, T] -> logits [B, T, V] of the tokens after them."""
        table = self.p["decoder.embed_tokens.weight"]
        x = self.layers("decoder", self.embed("decoder", tokens, table), future(tokens.shape[1]))
        return F.linear(x, self.p.get("decoder.output_projection.weight", table))


def draw_parameters(config, generator):
    draw, size, width = Draw(config, generator), config["target_vocabulary"], config["decoder_embed_dim"]
    draw.embedding("decoder.embed_tokens.weight", size, width)
    draw.positions("decoder")
    draw.layers("decoder", ["self_attn"])
    if not config["share_decoder_input_output_embed"]:
        draw.normal("decoder.output_projection.weight", size, width, scale=width**-0.5)
    return draw.parameters()


def draw_batch(lengths, size, generator):
    """Successive blocks of a random stream with </s> in it. A block's first input is the token before it, of the first one </s>."""
    stream = [EOS] + torch.randint(2, size, (sum(lengths),), generator=generator).tolist()
    begins = [sum(lengths[:i]) for i in range(len(lengths))]
    return {
        "tokens": pad([stream[b : b + n] for b, n in zip(begins, lengths)]),
        "target": pad([stream[b + 1 : b + 1 + n] for b, n in zip(begins, lengths)]),
        "lengths": torch.tensor(lengths),
    }  # fmt: skip


def draw(options):
    """The configuration, parameters and batches of a variant."""
    generator = torch.Generator().manual_seed(SEED)
    config = complete(options)
    batches = [draw_batch(lengths, config["target_vocabulary"], generator) for lengths in ([9, 4, 7, 1, 5], [6, 6, 3], [8, 2, 8, 5])]
    return config, draw_parameters(config, generator), batches


def golden(name):
    config, parameters, batches = draw(VARIANTS[name])
    model = LanguageModel(config, parameters)
    tensors, metadata = run(lambda batch: model(batch["tokens"]), parameters, batches, smoothing=0)
    save_golden(f"language_model_{name}.safetensors", tensors, {
        "config": json.dumps(config), "script": "language_model.py", "seed": str(SEED), "versions": versions(transformers), **metadata,
    })  # fmt: skip


def check(name, options, library):
    """Stops unless the library's logits and gradients are those of the same weights here."""
    config, parameters, batches = draw(options)
    model = LanguageModel(config, parameters)
    found = libraries.differences(model, library(model), batches[0]["tokens"][:1])
    print(f"{name}: at most {max(found.values()):.0e} from {library.__name__}")
    assert all(value < 1e-12 for value in found.values()), (name, found)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, options, library in CHECKS:
        check(name, options, library)
    for variant in VARIANTS:
        golden(variant)
