"""A sinusoidal Rotor model as a CTranslate2 model: ctranslate2_model.py <model.safetensors> <folder> [none|int8]"""

import json
import sys
from pathlib import Path

import numpy
import sentencepiece
from ctranslate2.specs import common_spec, transformer_spec
from safetensors import safe_open


def linear(spec, tensors, name):
    spec.weight, spec.bias = tensors[name + ".weight"], tensors[name + ".bias"]


def fused_linear(spec, tensors, names):
    spec.weight = numpy.concatenate([tensors[name + ".weight"] for name in names])
    spec.bias = numpy.concatenate([tensors[name + ".bias"] for name in names])


def norm(spec, tensors, name):
    spec.gamma, spec.beta = tensors[name + ".weight"], tensors[name + ".bias"]


def layer(spec, tensors, name, decoder):
    fused_linear(spec.self_attention.linear[0], tensors, [f"{name}.self_attn.{x}_proj" for x in "qkv"])
    linear(spec.self_attention.linear[1], tensors, f"{name}.self_attn.out_proj")
    norm(spec.self_attention.layer_norm, tensors, f"{name}.self_attn_layer_norm")
    if decoder:
        linear(spec.attention.linear[0], tensors, f"{name}.encoder_attn.q_proj")
        fused_linear(spec.attention.linear[1], tensors, [f"{name}.encoder_attn.{x}_proj" for x in "kv"])
        linear(spec.attention.linear[2], tensors, f"{name}.encoder_attn.out_proj")
        norm(spec.attention.layer_norm, tensors, f"{name}.encoder_attn_layer_norm")
    linear(spec.ffn.linear_0, tensors, f"{name}.fc1")
    linear(spec.ffn.linear_1, tensors, f"{name}.fc2")
    norm(spec.ffn.layer_norm, tensors, f"{name}.final_layer_norm")


def sinusoids(width, offset, count=1024):
    frequencies = numpy.exp(numpy.arange(width // 2) * -(numpy.log(10000) / (width // 2 - 1)))
    angles = (offset + numpy.arange(count))[:, None] * frequencies
    return numpy.concatenate([numpy.sin(angles), numpy.cos(angles)], axis=1).astype(numpy.float32)


def convert(path, folder, quantization=None):
    with safe_open(path, "numpy") as file:
        config = json.loads(file.metadata()["config"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    expected = {"position_encoding": "sinusoidal", "sinusoidal_layout": "concatenated", "share_all_embeddings": True}
    assert all(config[key] == value for key, value in expected.items()), f"expected a model with {expected}, got {config}"
    spec = transformer_spec.TransformerSpec.from_config(
        (config["encoder_layers"], config["decoder_layers"]), config["encoder_attention_heads"],
        pre_norm=config["encoder_normalize_before"],
    )  # fmt: skip
    embedding = tensors["encoder.embed_tokens.weight"]
    width = embedding.shape[1]
    for stack, name in ((spec.encoder, "encoder"), (spec.decoder, "decoder")):
        stack.position_encodings.encodings = sinusoids(width, config["position_offset"])
        embeddings = stack.embeddings[0] if isinstance(stack.embeddings, list) else stack.embeddings
        embeddings.weight = embedding
        stack.scale_embeddings = True
        for i, part in enumerate(stack.layer):
            layer(part, tensors, f"{name}.layers.{i}", name == "decoder")
        if f"{name}.layer_norm.weight" in tensors:
            norm(stack.layer_norm, tensors, f"{name}.layer_norm")
    spec.decoder.projection.weight = embedding
    pieces = sentencepiece.SentencePieceProcessor(model_proto=tensors["vocabulary"].tobytes())
    vocabulary = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())]
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.decoder_start_token = spec.config.eos_token
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization=quantization)
    Path(folder).mkdir(parents=True, exist_ok=True)
    spec.save(folder)
    return pieces


if __name__ == "__main__":
    convert(sys.argv[1], sys.argv[2], None if sys.argv[3:] in ([], ["none"]) else sys.argv[3])
