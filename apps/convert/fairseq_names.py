"""fairseq's options and names of parameters, beside Rotor's."""

import re

from .fault import require

# What both have, by fairseq's name; Rotor's is the same unless it is given. Defaults are fairseq's.
STACK = {"layers": 6, "embed_dim": 512, "ffn_embed_dim": 2048, "attention_heads": 8, "normalize_before": False}
RATES = {"dropout": 0.1, "attention_dropout": 0.0, "activation_dropout": 0.0}
ACTIVATIONS = ("relu", "gelu", "swish")
PADDING = 1  # the id of <pad>; positions begin at PADDING + 1
SKIPPED_ROWS = PADDING + 1  # of a table of learned positions

# What a model may have that Rotor's does not; it is refused by its name unless it has one of these values.
REFUSED = {
    "adaptive_input": (None, False), "adaptive_softmax_cutoff": (None, ""), "tie_adaptive_weights": (None, False),
    "character_embeddings": (None, False), "no_cross_attention": (None, False), "cross_self_attention": (None, False),
    "no_decoder_final_norm": (None, False), "base_layers": (None, 0), "scale_fc": (None, False), "scale_attn": (None, False),
    "scale_heads": (None, False), "scale_resids": (None, False), "use_ema_weights": (None, False), "quant_noise_pq": (None, 0),
    "moe_freq": (None, 0), "encoder_xformers_att_config": (None, ""), "decoder_xformers_att_config": (None, ""),
}  # fmt: skip
# Tensors that hold no parameter: versions of the format, and the type of computed sinusoids.
IGNORED = re.compile(r"(encoder|decoder)\.(version|embed_positions\.(_float_tensor|weights))")
OLD_NORMS = {
    "encoder": ("self_attn_layer_norm", "final_layer_norm"),
    "decoder": ("self_attn_layer_norm", "encoder_attn_layer_norm", "final_layer_norm"),
}
TABLE = "embed_positions.weight"


def todays_names(tensors):
    """The tensors under the names that fairseq has today: projections are apart (they were one, in_proj), norms have names
    (they were layer_norms.0 …), the output is output_projection (it was embed_out)."""
    result = {}
    for name, array in tensors.items():
        if IGNORED.fullmatch(name):
            continue
        if name == "decoder.embed_out":
            name = "decoder.output_projection.weight"
        old_norm = re.fullmatch(r"((encoder|decoder)\.layers\.\d+)\.layer_norms\.([0-2])\.(\w+)", name)
        joined = re.fullmatch(r"(.+_attn)\.in_proj_(weight|bias)", name)
        if old_norm and int(old_norm[3]) < len(OLD_NORMS[old_norm[2]]):
            result[f"{old_norm[1]}.{OLD_NORMS[old_norm[2]][int(old_norm[3])]}.{old_norm[4]}"] = array
        elif joined and len(array) % 3 == 0:
            third = len(array) // 3
            for i, part in enumerate("qkv"):
                result[f"{joined[1]}.{part}_proj.{joined[2]}"] = array[i * third : (i + 1) * third]
        else:
            result[name] = array
    return result


def check_supported(path, options):
    """Refuses by name what Rotor does not have."""
    for key, values in REFUSED.items():
        value = options.get(key)
        require(value in values, f"{path}: Rotor has no such model: expected no --{key.replace('_', '-')}, got {value}")
    activation = options.get("activation_fn") or "relu"
    require(
        activation in ACTIVATIONS,
        f"{path}: Rotor has no such model: expected --activation-fn {' or '.join(ACTIVATIONS)}, got {activation}",
    )
