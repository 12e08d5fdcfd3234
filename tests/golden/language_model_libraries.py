"""The models of transformers that share their parts with language_model.py, on the same weights.

Each function takes a LanguageModel and returns one that computes with others' code: a map from ids [B, T] to logits, whose
gradients reach the same parameters. What transformers does not have is read off the formulas (position_formulas.py).
"""

import copy
from contextlib import contextmanager

import torch
from torch import nn
from torch.func import functional_call
from transformers import (
    GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, SmolLM3Config, SmolLM3ForCausalLM,
    T5Config,
)  # fmt: skip
from transformers.models.t5.modeling_t5 import T5DenseGatedActDense

import performer
import position_formulas as formulas
from golden import EOS, PAD
from layers import EPSILON, key_value_heads, layer_of
from position_libraries import float64_softmax
from random_features import random_features


@contextmanager
def float64():
    """Keeps float64 also where norms ask for float32."""
    to = torch.Tensor.to
    torch.Tensor.to = lambda x, *args, **options: x if x.dtype == torch.float64 and args == (torch.float32,) else to(x, *args, **options)
    try:
        with float64_softmax():
            yield
    finally:
        torch.Tensor.to = to


def sizes(config):
    return {
        "vocab_size": config["target_vocabulary"], "pad_token_id": PAD, "bos_token_id": EOS, "eos_token_id": EOS,
        "tie_word_embeddings": config["share_decoder_input_output_embed"], "attn_implementation": "eager",
    }  # fmt: skip


def with_weights(model, names, parameters, positions=torch.int64):
    """The model's logits with its own parameters, all named in `names`, replaced by functions of `parameters`."""
    assert {name for name, _ in model.named_parameters()} == names.keys()
    weights = {name: change(parameters) for name, change in names.items()}
    model = model.double().eval()

    def logits(tokens):
        with float64():
            at = torch.arange(tokens.shape[1], dtype=positions)[None]
            return functional_call(model, weights, tokens, {"use_cache": False, "position_ids": at}).logits

    return logits


def named(name):
    return lambda parameters: parameters[name]


LLAMA_NAMES = {
    "self_attn.q_proj": "self_attn.q_proj", "self_attn.k_proj": "self_attn.k_proj", "self_attn.v_proj": "self_attn.v_proj",
    "self_attn.o_proj": "self_attn.out_proj", "mlp.gate_proj": "fc1", "mlp.up_proj": "fc3", "mlp.down_proj": "fc2",
    "input_layernorm": "self_attn_layer_norm", "post_attention_layernorm": "final_layer_norm",
}  # fmt: skip


def llama(ours, config_class=LlamaConfig, model_class=LlamaForCausalLM, **options):
    config = ours.config
    model = model_class(config_class(
        hidden_size=config["decoder_embed_dim"], intermediate_size=config["decoder_ffn_embed_dim"],
        num_hidden_layers=config["decoder_layers"], num_attention_heads=config["decoder_attention_heads"],
        num_key_value_heads=key_value_heads(config, "decoder"), rms_norm_eps=config["layer_norm_eps"],
        rope_theta=config["rope_base"], hidden_act="silu", **sizes(config), **options,
    ))  # fmt: skip
    width = config["decoder_embed_dim"] // config["decoder_attention_heads"]
    frequencies = config["rope_base"] ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    torch.testing.assert_close(model.model.rotary_emb.inv_freq, frequencies.float())
    names = {
        "model.embed_tokens.weight": named("decoder.embed_tokens.weight"), "model.norm.weight": named("decoder.layer_norm.weight"),
        "lm_head.weight": named("decoder.output_projection.weight"),
    }  # fmt: skip
    for i in range(config["decoder_layers"]):
        for theirs, our in LLAMA_NAMES.items():
            names[f"model.layers.{i}.{theirs}.weight"] = named(f"decoder.layers.{i}.{our}.weight")
    logits = with_weights(model, names, ours.p, positions=torch.float64)
    model.model.rotary_emb.inv_freq = frequencies  # which double() has made of float32 ones
    return logits


def mistral(ours):
    return llama(ours, MistralConfig, MistralForCausalLM, sliding_window=ours.config["attention_window"])


def smollm3(ours):
    every = ours.config["no_position_every"]
    return llama(ours, SmolLM3Config, SmolLM3ForCausalLM, no_rope_layer_interval=every)


def gpt2(ours):
    config = ours.config
    model = GPT2LMHeadModel(GPT2Config(
        n_embd=config["decoder_embed_dim"], n_inner=config["decoder_ffn_embed_dim"], n_layer=config["decoder_layers"],
        n_head=config["decoder_attention_heads"], n_positions=config["max_positions"], layer_norm_epsilon=config["layer_norm_eps"],
        activation_function=config["activation_fn"], embd_pdrop=0, attn_pdrop=0, resid_pdrop=0, **sizes(config),
    ))  # fmt: skip
    names = {"transformer.wte.weight": named("decoder.embed_tokens.weight"), "transformer.wpe.weight": named("decoder.position.weight")}
    norms = {"transformer.ln_f": "decoder.layer_norm"}
    for i in range(config["decoder_layers"]):
        layer, theirs = f"decoder.layers.{i}", f"transformer.h.{i}"
        norms |= {f"{theirs}.ln_1": f"{layer}.self_attn_layer_norm", f"{theirs}.ln_2": f"{layer}.final_layer_norm"}
        projections = [f"{layer}.self_attn.{name}_proj" for name in "qkv"]
        linears = {
            "attn.c_attn": projections, "attn.c_proj": [f"{layer}.self_attn.out_proj"],
            "mlp.c_fc": [f"{layer}.fc1"], "mlp.c_proj": [f"{layer}.fc2"],
        }  # fmt: skip
        for name, parts in linears.items():
            names[f"{theirs}.{name}.weight"] = lambda p, parts=parts: torch.cat([p[f"{part}.weight"] for part in parts]).T
            names[f"{theirs}.{name}.bias"] = lambda p, parts=parts: torch.cat([p[f"{part}.bias"] for part in parts])
    for theirs, our in norms.items():
        names |= {f"{theirs}.{kind}": named(f"{our}.{kind}") for kind in ("weight", "bias")}
    return with_weights(model, names, ours.p)


def t5_feed_forward(ours):
    """The model with each feed-forward layer by T5's class, given the biases that T5 does not have."""
    width, inner = ours.config["decoder_embed_dim"], ours.config["decoder_ffn_embed_dim"]
    layer = T5DenseGatedActDense(T5Config(d_model=width, d_ff=inner, feed_forward_proj="gated-gelu", dropout_rate=0.0)).double()
    names = {"wi_0": "fc1", "wi_1": "fc3", "wo": "fc2"}
    for name in names:
        setattr(layer, name, nn.Linear(*getattr(layer, name).weight.shape[::-1]))

    def feed_forward(name, x):
        weights = {f"{theirs}.{kind}": ours.p[f"{name}.{our}.{kind}"] for theirs, our in names.items() for kind in ("weight", "bias")}
        return functional_call(layer, weights, x)

    result = copy.copy(ours)
    result.feed_forward = feed_forward
    return result


def loops(ours):
    """The model with its attention read off the formulas, key by key."""
    config, result = ours.config, copy.copy(ours)
    case = {**config, "stack": "decoder", "heads": config["decoder_attention_heads"], "width": config["decoder_embed_dim"]}

    def linear_attention(_, name, q, k, v, hidden):
        q, k, v = (y.transpose(1, 2) for y in (q, k, v))
        lengths, plain = torch.full(q.shape[:1], q.shape[1]), {**case, "position_encoding": "none"}
        if config["attention"] == "performer":
            w = random_features(config["performer_features"], q.shape[-1], layer_of(name))
            rotary = {**case, "rotary": config["linear_rotary"], "epsilon": EPSILON}
            return performer.attention(rotary, q, k, v, w, lengths).transpose(1, 2)
        if config["linear_rotary"] == "before":
            q, k = formulas.turn_all(case, q, +1), formulas.turn_all(case, k, -1)
        return formulas.linear_attention(case if config["linear_rotary"] == "after" else plain, {}, q, k, v, lengths)[0].transpose(1, 2)

    def attention(stack, name, x, memory, hidden, self_attention):
        parts = {}
        for owner in (f"{stack}.", f"{name}."):  # what a stack's layers share, then the layer's own
            parts |= {key.removeprefix(owner): p for key, p in ours.p.items() if key.startswith(owner)}
        return formulas.self_attention(case, parts, x, torch.full(x.shape[:1], x.shape[1]))[0]

    if config["attention"] != "softmax":
        result.linear_attention = linear_attention
    else:
        result.attention = attention
    return result


def difference(a, b):
    return float((a - b).abs().max() / b.abs().max().clamp(min=1e-8))


def differences(ours, theirs, tokens):
    """Of the logits of two maps, and of all gradients of their squares' sum, relative to the largest number."""
    found, gradients = {}, []
    a, b = ours(tokens), theirs(tokens)
    found["logits"] = difference(a, b)
    for logits in (a, b):
        gradients.append(torch.autograd.grad(logits.square().sum(), list(ours.p.values())))
    largest = max(g.abs().max() for g in gradients[0])
    found |= {name: float((x - y).abs().max() / largest) for name, x, y in zip(ours.p, *gradients)}
    return found
