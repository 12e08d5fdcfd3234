"""Encoder–decoders of Hugging Face's transformers: what opus_mt.py and nllb.py share. Their parameters have fairseq's names, as
Rotor's have."""

from .encoder_import import ACTIVATIONS
from .fault import require
from .transformer_shapes import parameter_shapes
from .translation_import import layer_count

PREFIX = "model."
SHARED = ("model.shared.weight", "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight")
BIAS = "final_logits_bias"
NOT_SUPPORTED = ("quantization_config", "adapters", "add_cross_attention")


def check_kind(config, model_type, class_name):
    """Refuses other models, and parts that Rotor does not have, by name."""
    kind = config.values.get("model_type")
    require(kind == model_type, f"{config.origin}: expected a model of the type {model_type}, got {kind!r:.60}")
    named = config.values.get("architectures") or [class_name]
    config.fail_unless(isinstance(named, list) and named[:1] == [class_name], "architectures", class_name)
    for key in NOT_SUPPORTED:
        config.fail_unless(not config.values.get(key), key, "nothing, because Rotor has no such part,")


def translation_options(config, normalize_before):
    """The options that both families' configurations tell."""
    width = config.size("d_model")
    options = {
        "task": "translation", "arch": "transformer_base", "position_encoding": "sinusoidal",
        "activation_fn": ACTIVATIONS[config.choice("activation_function", ACTIVATIONS, "gelu")],
        "norm": "layer", "layer_norm_eps": 1e-5, "attention": "softmax", "attention_window": 0,
        "attention_bias": True, "ffn_bias": True, "layernorm_embedding": False,
        "scale_embedding": config.values.get("scale_embedding") is True,
        "dropout": config.number("dropout", 0.1), "attention_dropout": config.number("attention_dropout", 0.0),
        "activation_dropout": config.number("activation_dropout", 0.0),
        "share_all_embeddings": True, "share_decoder_input_output_embed": True, "output_bias": False,
    }  # fmt: skip
    for stack in ("encoder", "decoder"):
        heads = config.size(f"{stack}_attention_heads")
        config.fail_unless(width % heads == 0, f"{stack}_attention_heads", f"a divisor of d_model {width}")
        options.update({
            f"{stack}_layers": layer_count(config, f"{stack}_layers"), f"{stack}_embed_dim": width,
            f"{stack}_ffn_embed_dim": config.size(f"{stack}_ffn_dim"), f"{stack}_attention_heads": heads,
            f"{stack}_key_value_heads": 0, f"{stack}_normalize_before": normalize_before,
            f"{stack}_layerdrop": config.number(f"{stack}_layerdrop", 0.0),
        })  # fmt: skip
    return options


def tensor_names(options, tied, shared):
    """Their names of Rotor's parameters; of a matrix that serves several purposes, those of its copies too."""
    names = {ours: (PREFIX + ours,) for ours in parameter_shapes(options)}
    embeddings = (SHARED, SHARED) if shared else (SHARED[1:2], SHARED[2:])
    output = ("lm_head.weight",)
    if options["share_all_embeddings"]:
        names["encoder.embed_tokens.weight"] = SHARED + output
    else:
        names["encoder.embed_tokens.weight"] = embeddings[0]
        names["decoder.embed_tokens.weight"] = embeddings[1] + (output if tied else ())
        if not tied:
            names["decoder.output_projection.weight"] = output
    if options["output_bias"]:
        names["decoder.output_projection.bias"] = (BIAS,)
    return names
