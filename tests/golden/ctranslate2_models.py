"""Small translation models of Rotor's, and what CTranslate2's own classes make of their parameters: the sums of model.bin, of
the configuration and of the vocabularies.

The engine's log-probabilities of these folders are compared with transformer.py. Writes ctranslate2_<variant>.safetensors and
ctranslate2.json; README.md describes them. Run it in this folder: python ctranslate2_models.py
"""

import hashlib
import io
import json
import math
import tempfile
from pathlib import Path

import ctranslate2
import numpy
import sentencepiece
import torch
from ctranslate2.specs import common_spec, transformer_spec

from check_trained import Formulas
from golden import EOS, FOLDER, save_golden, versions
from layers import Draw
from transformer import PRE_NORM, UNTIED, complete, draw_batch, draw_parameters, output_matrix

SEED, TOLERANCE = 41, 2e-6
TYPES = ("float32", "int8")
SMALL = {
    "encoder_embed_dim": 8, "encoder_ffn_embed_dim": 12, "decoder_embed_dim": 8, "decoder_ffn_embed_dim": 12, "max_positions": 16,
    "max_relative_position": 3, "t5_buckets": 8, "max_distance": 10, "layernorm_embedding": False,
}  # fmt: skip
VARIANTS = {
    "sinusoidal": {},
    "rope": {
        "position_encoding": "rope", "rope_layout": "half", "rope_base": 500.0, "activation_fn": "gelu", **UNTIED, **PRE_NORM,
        "encoder_attention_heads": 4, "encoder_key_value_heads": 2,
    },
    "learned": {
        "position_encoding": "sinusoidal", "encoder_position_encoding": "learned", "sinusoidal_layout": "concatenated",
        "position_offset": 2, "share_all_embeddings": False, "layernorm_embedding": True, "decoder_layers": 1,
    },
    "shaw": {"position_encoding": "shaw", "activation_fn": "swish", "layer_norm_eps": 1e-3},
    "t5": {
        "position_encoding": "t5", "activation_fn": "swiglu", "norm": "rms", "attention_bias": False, "ffn_bias": False, **PRE_NORM,
    },
    "none": {"position_encoding": "none", "decoder_position_encoding": "rope", "activation_fn": "gated-gelu", "scale_embedding": False},
}  # fmt: skip
ACTIVATIONS = {
    "relu": common_spec.Activation.RELU, "gelu": common_spec.Activation.GELU, "swish": common_spec.Activation.SWISH,
    "swiglu": common_spec.Activation.SWISH, "gated-gelu": common_spec.Activation.GELUTanh,
}  # fmt: skip


# Rotor's models


def draw_model(name):
    generator = torch.Generator().manual_seed(SEED)
    config = {**complete({**SMALL, **VARIANTS[name]}), "task": "translation"}
    parameters = draw_parameters(config, generator)
    draw = Draw(config, generator)
    for stack in ("encoder", "decoder"):
        width = config[f"{stack}_embed_dim"]
        if config["layernorm_embedding"]:
            draw.norm(f"{stack}.layernorm_embedding", width)
        if config[f"{stack}_position_encoding"] == "shaw":
            rows = 2 * config["max_relative_position"] + 1, width // config[f"{stack}_attention_heads"]
            for i in range(config[f"{stack}_layers"]):
                for table in ("keys", "values"):
                    draw.normal(f"{stack}.layers.{i}.self_attn.position.{table}", *rows, scale=0.5)
    batch = draw_batch([7, 4, 9, 1, 5], [6, 8, 3, 2, 1], config["source_vocabulary"], config["target_vocabulary"], generator)
    return config, {**parameters, **draw.p}, batch


def train_vocabulary(size, letters):
    """A SentencePiece model of `size` pieces, without tables of normalisation."""
    model = io.BytesIO()
    words = [" ".join(letters[i:] + letters[:i]).replace(" ", "", 5) for i in range(len(letters))]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(words * 3), model_writer=model, vocab_size=size, model_type="bpe", bos_id=0, pad_id=1, eos_id=2, unk_id=3,
        character_coverage=1.0, normalization_rule_name="identity", minloglevel=2, pad_piece="<pad>",
    )  # fmt: skip
    return model.getvalue()


def pieces_of(model):
    vocabulary = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [vocabulary.id_to_piece(i) for i in range(len(vocabulary))]


# The same by CTranslate2's classes


def sinusoids(rows, width, layout, offset):
    """As those of layers.py, rounded at the same places as Rotor's: angles are products of positions and rates. numpy's own sines
    depend on the CPU."""
    k, half = numpy.arange(width // 2), width // 2
    rates = [10000.0 ** -(i / (half - 1) if layout == "concatenated" else 2 * i / width) for i in k.tolist()]
    angles = numpy.arange(offset, offset + rows)[:, None] * numpy.array(rates)
    pairs = numpy.stack([numpy.vectorize(f)(angles) for f in (math.sin, math.cos)], 1 if layout == "concatenated" else 2)
    return pairs.reshape(rows, width).astype(numpy.float32)


class Spec:
    """A specification filled with a model's parameters."""

    def __init__(self, config, parameters):
        self.config = {"attention_bias": True, "ffn_bias": True, "norm": "layer", "scale_embedding": True, **config}
        self.p = {name: value.detach().numpy().astype(numpy.float32) for name, value in parameters.items()}
        self.spec = transformer_spec.TransformerSpec(*(self.stack(name) for name in ("encoder", "decoder")))
        decoder = "encoder" if config["share_all_embeddings"] else "decoder"
        self.spec.encoder.embeddings[0].weight = self.p["encoder.embed_tokens.weight"]
        self.spec.decoder.embeddings.weight = self.p[f"{decoder}.embed_tokens.weight"]
        self.spec.decoder.projection.weight = self.p[output_matrix(config)]

    def stack(self, name):
        c, of = self.config, lambda key: self.config[f"{name}_{key}"]
        kind = of("position_encoding")
        options = {
            "pre_norm": of("normalize_before"), "activation": ACTIVATIONS[c["activation_fn"]], "rms_norm": c["norm"] == "rms",
            "ffn_glu": c["activation_fn"] in ("swiglu", "gated-gelu"), "layernorm_embedding": c["layernorm_embedding"],
            "relative_position": kind == "shaw", "relative_attention_bias": kind in ("t5", "none"),
        }  # fmt: skip
        if kind == "rope":
            options |= {"rotary_dim": 0, "rotary_interleave": c["rope_layout"] == "interleaved", "rotary_base": c["rope_base"]}
        if c.get(f"{name}_key_value_heads"):
            options["num_heads_kv"] = c[f"{name}_key_value_heads"]
        if name == "decoder":
            options["alignment_heads"] = 0
        make = transformer_spec.TransformerEncoderSpec if name == "encoder" else transformer_spec.TransformerDecoderSpec
        spec = make(of("layers"), of("attention_heads"), **options)
        spec.scale_embeddings = c["scale_embedding"]
        if c["layernorm_embedding"]:
            self.norm(spec.layernorm_embedding, f"{name}.layernorm_embedding")
        if of("normalize_before"):
            self.norm(spec.layer_norm, f"{name}.layer_norm")
        if kind == "learned":
            spec.position_encodings.encodings = self.p[f"{name}.position.weight"]
        if kind == "sinusoidal":
            spec.position_encodings.encodings = sinusoids(2048, of("embed_dim"), c["sinusoidal_layout"], c["position_offset"])
        for i, layer in enumerate(spec.layer):
            self.layer(name, kind, layer, f"{name}.layers.{i}")
        return spec

    def layer(self, stack, kind, spec, name):
        self.attention(spec.self_attention, f"{name}.self_attn", ("qkv",))
        if stack == "decoder":
            self.attention(spec.attention, f"{name}.encoder_attn", ("q", "kv"))
        self.norm(spec.ffn.layer_norm, f"{name}.final_layer_norm")
        for part, source in (("linear_0", "fc1"), ("linear_1", "fc2"), ("linear_0_noact", "fc3")):
            if f"{name}.{source}.weight" in self.p:
                self.linear(getattr(spec.ffn, part), [f"{name}.{source}"], self.config["ffn_bias"])
        attention = spec.self_attention
        if kind == "shaw":
            attention.relative_position_keys = self.p[f"{name}.self_attn.position.keys"]
            attention.relative_position_values = self.p[f"{name}.self_attn.position.values"]
        if kind in ("t5", "none"):
            zeros = numpy.zeros((32, self.config[f"{stack}_attention_heads"]), numpy.float32)
            attention.relative_attention_bias = self.p[f"{stack}.position.bias"] if kind == "t5" else zeros
            attention.relative_attention_max_distance = numpy.int32(self.config["max_distance"] if kind == "t5" else 128)

    def attention(self, spec, name, joined):
        self.norm(spec.layer_norm, f"{name}_layer_norm")
        for linear, parts in zip(spec.linear, [*joined, ("out",)]):
            self.linear(linear, [f"{name}.{part}_proj" for part in parts], self.config["attention_bias"])

    def linear(self, spec, names, bias):
        spec.weight = numpy.concatenate([self.p[f"{name}.weight"] for name in names])
        if bias:
            spec.bias = numpy.concatenate([self.p[f"{name}.bias"] for name in names])

    def norm(self, spec, name):
        spec.gamma = self.p[f"{name}.weight"]
        if self.config["norm"] == "layer":
            spec.beta = self.p[f"{name}.bias"]

    def save(self, folder, source, target, type_):
        config = self.spec.config
        config.decoder_start_token, config.add_source_eos = "</s>", True
        config.layer_norm_epsilon = self.config.get("layer_norm_eps", 1e-5)
        self.spec.register_source_vocabulary(source)
        self.spec.register_target_vocabulary(target)
        self.spec.validate()
        self.spec.optimize(quantization=None if type_ == "float32" else type_)
        self.spec.save(folder)


# What is recorded, and what is checked


class Model(Formulas):
    def embed(self, stack, ids, table):
        x = super().embed(stack, ids, table)
        return self.norm(f"{stack}.layernorm_embedding", x) if self.config["layernorm_embedding"] else x

    def attention(self, stack, name, *rest, **kind):
        by_formula = self.config[f"{stack}_position_encoding"] == "shaw"
        return (super() if by_formula else super(Formulas, self)).attention(stack, name, *rest, **kind)


def check(name, folder, config, parameters, batch, source, target):
    """The engine's log-probabilities beside transformer.py's."""
    def pieces(vocabulary, side):
        rows = zip(batch[side].tolist(), batch[f"{side}_lengths"].tolist())
        return [[vocabulary[i] for i in ids[: length - 1]] for ids, length in rows]

    sources, targets = pieces(source, "source"), pieces(target, "target")
    rows = [i for i, row in enumerate(sources) if row]  # the engine does not run empty sources
    results = ctranslate2.Translator(str(folder)).score_batch([sources[i] for i in rows], [targets[i] for i in rows])
    logits, _ = Model(config, parameters)(batch["source"], batch["decoder_input"])
    expected = logits.log_softmax(-1).gather(-1, batch["target"][..., None])[..., 0]
    found = [torch.tensor(result.log_probs).double() for result in results]
    difference = max((own - expected[i, : len(own)]).abs().max().item() for i, own in zip(rows, found))
    print(f"{name}: log-probabilities differ by {difference:.1e}")
    assert difference < TOLERANCE, name


def sums(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir()) if path.suffix == ".bin"} | {
        path.name: json.loads(path.read_text()) for path in sorted(folder.iterdir()) if path.suffix == ".json"
    }


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    golden = {"script": "ctranslate2_models.py", "seed": SEED, "versions": json.loads(versions(ctranslate2, sentencepiece)), "folders": {}}
    for name in VARIANTS:
        torch.set_default_dtype(torch.float32)
        config, parameters, batch = draw_model(name)
        torch.set_default_dtype(torch.float64)
        letters = ("abcdefgh", "abcdefgh" if config["share_all_embeddings"] else "jklmno")
        models = [train_vocabulary(config[f"{side}_vocabulary"], of_side) for side, of_side in zip(("source", "target"), letters)]
        source, target = (pieces_of(model) for model in models)
        for type_ in TYPES:
            with tempfile.TemporaryDirectory() as folder:
                Spec(config, parameters).save(folder, source, target, type_)
                if type_ == "float32":
                    check(name, folder, config, parameters, batch, source, target)
                golden["folders"][f"{name} {type_}"] = sums(Path(folder))
        vocabularies = {"vocabulary": models[0]} if source == target else dict(zip(("vocabulary.source", "vocabulary.target"), models))
        tensors = {key: torch.frombuffer(bytearray(value), dtype=torch.uint8) for key, value in vocabularies.items()}
        save_golden(f"ctranslate2_{name}.safetensors", {**parameters, **tensors}, {
            "format": "rotor", "version": "1", "config": json.dumps(config), "script": golden["script"], "seed": str(SEED),
            "versions": versions(sentencepiece),
        })  # fmt: skip
    (FOLDER / "ctranslate2.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


assert EOS == 2

if __name__ == "__main__":
    main()
