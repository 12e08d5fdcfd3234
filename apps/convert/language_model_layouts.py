"""Hugging Face's classes of language models: the tensors and the configuration of each, made of Rotor's parameters and options."""

from collections import namedtuple

import numpy

from .model_options import layers_with_positions
from .transformer_shapes import OUTPUT, TARGET_INPUT

# Functions tensors(parameters, options) and config(options); `name` is that of the class.
Layout = namedtuple("Layout", "name tensors config")
HIDDEN_ACT = {"relu": "relu", "gelu": "gelu", "swish": "silu", "swiglu": "silu", "gated-gelu": "gelu_pytorch_tanh"}
GPT_LAYER = {"ln_1": "self_attn_layer_norm", "ln_2": "final_layer_norm"}
GPT_LINEAR = {"attn.c_proj": "self_attn.out_proj", "mlp.c_fc": "fc1", "mlp.c_proj": "fc2"}
NEOX_LAYER = {
    "attention.dense": "self_attn.out_proj", "mlp.dense_h_to_4h": "fc1", "mlp.dense_4h_to_h": "fc2",
    "input_layernorm": "self_attn_layer_norm", "post_attention_layernorm": "final_layer_norm",
}  # fmt: skip
LLAMA_LAYER = {
    "self_attn.q_proj": "self_attn.q_proj", "self_attn.k_proj": "self_attn.k_proj", "self_attn.v_proj": "self_attn.v_proj",
    "self_attn.o_proj": "self_attn.out_proj", "mlp.gate_proj": "fc1", "mlp.up_proj": "fc3", "mlp.down_proj": "fc2",
    "input_layernorm": "self_attn_layer_norm", "post_attention_layernorm": "final_layer_norm",
}  # fmt: skip


class Parameters:
    """Rotor's parameters, of which biases that a model does not have are zero."""

    def __init__(self, arrays, options):
        self.arrays, self.layers = arrays, options["decoder_layers"]

    def both(self, to, source):
        """A layer with a weight and a bias, or without the bias where the source has none."""
        return {f"{to}.{kind}": self.arrays[f"{source}.{kind}"] for kind in ("weight", "bias") if f"{source}.{kind}" in self.arrays}

    def weight(self, name):
        return self.arrays[f"{name}.weight"]

    def bias(self, name):
        weight = self.weight(name)
        return self.arrays.get(f"{name}.bias", numpy.zeros(len(weight), numpy.float32))

    def output(self, to):
        return {to: self.arrays[OUTPUT]} if OUTPUT in self.arrays else {}


def _gpt2_tensors(arrays, options):
    """GPT-2's matrices are [inputs, outputs]."""
    p = Parameters(arrays, options)
    tensors = {"transformer.wte.weight": arrays[TARGET_INPUT], "transformer.wpe.weight": p.weight("decoder.position")}
    tensors.update(**p.both("transformer.ln_f", "decoder.layer_norm"), **p.output("lm_head.weight"))
    for i in range(p.layers):
        to, source = f"transformer.h.{i}", f"decoder.layers.{i}"
        for theirs, ours in GPT_LAYER.items():
            tensors.update(p.both(f"{to}.{theirs}", f"{source}.{ours}"))
        linears = {theirs: [f"{source}.{ours}"] for theirs, ours in GPT_LINEAR.items()}
        linears["attn.c_attn"] = [f"{source}.self_attn.{part}_proj" for part in "qkv"]
        for theirs, parts in linears.items():
            tensors[f"{to}.{theirs}.weight"] = numpy.concatenate([p.weight(part) for part in parts]).T
            tensors[f"{to}.{theirs}.bias"] = numpy.concatenate([p.bias(part) for part in parts])
    return tensors


def _gpt2_config(options):
    return {
        "model_type": "gpt2", "n_embd": options["decoder_embed_dim"], "n_inner": options["decoder_ffn_embed_dim"],
        "n_layer": options["decoder_layers"], "n_head": options["decoder_attention_heads"], "n_positions": options["max_positions"],
        "layer_norm_epsilon": options["layer_norm_eps"], "activation_function": HIDDEN_ACT[options["activation_fn"]],
        "embd_pdrop": options["dropout"], "attn_pdrop": options["attention_dropout"], "resid_pdrop": options["dropout"],
    }  # fmt: skip


def _neox_tensors(arrays, options):
    """GPT-NeoX has the query, key and value of a head after one another."""
    p, heads = Parameters(arrays, options), options["decoder_attention_heads"]
    tensors = {"gpt_neox.embed_in.weight": arrays[TARGET_INPUT], **p.both("gpt_neox.final_layer_norm", "decoder.layer_norm")}
    tensors.update(p.output("embed_out.weight"))
    for i in range(p.layers):
        to, source = f"gpt_neox.layers.{i}", f"decoder.layers.{i}"
        for theirs, ours in NEOX_LAYER.items():
            tensors[f"{to}.{theirs}.weight"] = p.weight(f"{source}.{ours}")
            tensors[f"{to}.{theirs}.bias"] = p.bias(f"{source}.{ours}")
        parts = [f"{source}.self_attn.{part}_proj" for part in "qkv"]
        for kind, take in (("weight", p.weight), ("bias", p.bias)):
            arrays_of_heads = [take(part).reshape(heads, -1, *take(part).shape[1:]) for part in parts]
            joined = numpy.concatenate(arrays_of_heads, axis=1)
            tensors[f"{to}.attention.query_key_value.{kind}"] = joined.reshape(-1, *joined.shape[2:])
    return tensors


def _sizes(options):
    return {
        "hidden_size": options["decoder_embed_dim"], "intermediate_size": options["decoder_ffn_embed_dim"],
        "num_hidden_layers": options["decoder_layers"], "num_attention_heads": options["decoder_attention_heads"],
        "hidden_act": HIDDEN_ACT[options["activation_fn"]], "max_position_embeddings": options["max_positions"],
        "attention_dropout": options["attention_dropout"],
    }  # fmt: skip


def _neox_config(options):
    return {
        "model_type": "gpt_neox", **_sizes(options), "layer_norm_eps": options["layer_norm_eps"], "use_parallel_residual": False,
        "rotary_pct": options["rope_fraction"], "rotary_emb_base": options["rope_base"], "attention_bias": True,
        "hidden_dropout": options["dropout"],
    }  # fmt: skip


def _llama_tensors(arrays, options):
    p = Parameters(arrays, options)
    tensors = {"model.embed_tokens.weight": arrays[TARGET_INPUT], **p.both("model.norm", "decoder.layer_norm")}
    tensors.update(p.output("lm_head.weight"))
    for i in range(p.layers):
        for theirs, ours in LLAMA_LAYER.items():
            tensors.update(p.both(f"model.layers.{i}.{theirs}", f"decoder.layers.{i}.{ours}"))
    return tensors


def _llama_config(options):
    return {
        "model_type": "llama", **_sizes(options), "rms_norm_eps": options["layer_norm_eps"], "rope_theta": options["rope_base"],
        "num_key_value_heads": options["decoder_key_value_heads"] or options["decoder_attention_heads"],
        "attention_bias": options["attention_bias"], "mlp_bias": options["ffn_bias"],
    }  # fmt: skip


def _mistral_config(options):
    return {**_llama_config(options), "model_type": "mistral", "sliding_window": options["attention_window"]}


def _smollm3_config(options):
    rope = layers_with_positions(options, "decoder")
    return {
        **_llama_config(options), "model_type": "smollm3", "no_rope_layers": [int(i in rope) for i in range(options["decoder_layers"])],
        "use_sliding_window": False,
    }  # fmt: skip


LAYOUTS = {layout.name: layout for layout in (
    Layout("GPT2LMHeadModel", _gpt2_tensors, _gpt2_config),
    Layout("GPTNeoXForCausalLM", _neox_tensors, _neox_config),
    Layout("LlamaForCausalLM", _llama_tensors, _llama_config),
    Layout("MistralForCausalLM", _llama_tensors, _mistral_config),
    Layout("SmolLM3ForCausalLM", _llama_tensors, _smollm3_config),
)}  # fmt: skip
