"""Marian's configuration of a model, as Rotor's options. What Rotor does not have is refused by its name."""

import json

from .encoder_import import Config
from .fault import require
from .translation_import import layer_count

ACTIVATIONS = {"relu": "relu", "ReLU": "relu", "swish": "swish"}
AUTOREG = {"self-attention": "self-attention", "rnn": "ssru"}
# What must be as it says; a model without the key has it so.
FIXED = {
    "type": "transformer", "transformer-no-projection": False, "transformer-pool": False, "transformer-train-positions": False,
    "transformer-train-position-embeddings": False, "transformer-rnn-projection": False, "transformer-ffn-depth": 2,
    "transformer-decoder-ffn-depth": (0, 2), "transformer-tied-layers": (None, []), "transformer-attention-mask": "default",
    "ulr": False, "lemma-dim-emb": 0, "lemma-dependency": ("", None), "factors-combine": ("sum", None), "layer-normalization": False,
    "input-types": (None, [], ["sequence"], ["sequence", "sequence"]), "right-left": False, "output-approx-knn": (None, []),
}  # fmt: skip
# The norm stands after each sublayer, or before each and at the end of the stack.
NORMS = {("", "dan", ""): False, ("", "an", ""): False, ("n", "da", "n"): True, ("n", "a", "n"): True}
NORM_KEYS = ("transformer-preprocess", "transformer-postprocess", "transformer-postprocess-top")


class MarianConfig(Config):
    """The mapping special:model.yml of a model, each value of which is checked as it is asked for."""

    def flag(self, key):
        value = self.values.get(key) or False
        self.fail_unless(value in (True, False), key, "true or false")
        return value


def marian_options(values, origin):
    """The options but those of the vocabularies' sizes, and whether source and target share a matrix."""
    config = MarianConfig(values, origin)
    for key, allowed in FIXED.items():
        choices = allowed if isinstance(allowed, tuple) else (allowed,)
        config.fail_unless(values.get(key, choices[0]) in choices, key, f"{json.dumps(choices[0])}, because Rotor has no other,")
    tied_all, tied_source, tied = (config.flag(key) for key in ("tied-embeddings-all", "tied-embeddings-src", "tied-embeddings"))
    before = _normalize_before(config)
    emb = values.get("transformer-postprocess-emb") or ""
    config.fail_unless(emb in ("", "d", "n", "nd", "dn"), "transformer-postprocess-emb", "d, n or nd")
    width, heads, inner = (config.size(key) for key in ("dim-emb", "transformer-heads", "transformer-dim-ffn"))
    config.fail_unless(width % heads == 0, "transformer-heads", f"a divisor of dim-emb {width}")
    autoreg = AUTOREG[config.choice("transformer-decoder-autoreg", AUTOREG, "self-attention")]
    if autoreg == "ssru":
        config.choice("dec-cell", ("ssru",), "")
    positions = not config.flag("transformer-disable-position-embeddings")
    options = {
        "task": "translation", "arch": "transformer_base",
        "position_encoding": "sinusoidal" if positions else "none", "sinusoidal_layout": "concatenated", "position_offset": 0,
        "scale_embedding": positions,  # Marian does both or neither
        "activation_fn": ACTIVATIONS[config.choice("transformer-ffn-activation", ACTIVATIONS, "swish")],
        "norm": "layer", "layer_norm_eps": 1e-6, "attention": "softmax", "attention_window": 0, "attention_bias": True,
        "ffn_bias": True, "layernorm_embedding": "n" in emb, "dropout": 0.1,
        "share_all_embeddings": tied_all, "share_decoder_input_output_embed": tied_all or tied,
        "output_bias": True, "decoder_autoreg": autoreg,
    }  # fmt: skip
    for stack, depth in (("encoder", "enc-depth"), ("decoder", "dec-depth")):
        options.update({
            f"{stack}_layers": layer_count(config, depth), f"{stack}_embed_dim": width, f"{stack}_attention_heads": heads,
            f"{stack}_ffn_embed_dim": inner, f"{stack}_key_value_heads": 0, f"{stack}_normalize_before": before,
        })  # fmt: skip
    options["decoder_ffn_embed_dim"] = config.size("transformer-decoder-dim-ffn", 0, least=0) or inner
    return options, tied_all or tied_source


def _normalize_before(config):
    found = tuple(config.values.get(key) or "" for key in NORM_KEYS)
    shown = " or ".join(", ".join(f'"{ops}"' for ops in known) for known in list(NORMS)[::2])
    got = ", ".join(f'"{ops}"' for ops in found)
    require(found in NORMS, f"{config.origin}: expected {', '.join(NORM_KEYS)} as {shown}, got {got}; Rotor has no other norms")
    return NORMS[found]
