"""The options of a Rotor model of which CTranslate2's engine has a counterpart; others are refused by name."""

from .fault import require
from .model_options import expect_option, with_defaults

PROGRAM = "CTranslate2"
# What the engine has of options that have other values too.
SUPPORTED = {
    "task": ("translation", "language_modeling"), "attention": ("softmax",), "attention_window": (0,), "token_types": (0,),
    "norm": ("layer", "rms"), "activation_fn": ("relu", "gelu", "swish", "gated-gelu", "swiglu"), "decoder_autoreg": ("self-attention",),
    "rope_kept_frequencies": (1,), "rope_scaling": ("none",), "rotary_value": (False,), "rotary_cross_attention": (False,),
}  # fmt: skip
# Of training, of encodings that are refused by their names, and of what follows from the tensors' shapes.
IRRELEVANT = (
    "arch", "initial_deviation", "linear_rotary", "performer_redraw_updates", "xpos_scale_base", "encoder_word_dropout",
    "decoder_word_dropout", "classifier_head", "pooling", "performer_features", "source_vocabulary", "target_vocabulary",
    "sandwich_width", "fire_width", "fire_threshold", "cope_positions", "shape_max_shift", "cape_global_shift", "cape_local_shift",
    "cape_global_scaling", "rope_scaling_factor", "rope_original_length", "rope_beta_fast", "rope_beta_slow",
    "rope_attention_factor", "rope_low_frequency_factor", "rope_high_frequency_factor", "rope_short_factors", "rope_long_factors",
)  # fmt: skip
OFF = ("", "none", 0, False, None)


def engine_options(path, config):
    """All options that the variables are made of."""
    options = with_defaults(config)
    for key, values in SUPPORTED.items():
        expect_option(path, PROGRAM, options, key, values)
    known = with_defaults({"task": options["task"]})
    for key, value in config.items():
        if key in SUPPORTED:
            continue
        if key in known:
            number = isinstance(known[key], float) and type(value) is int
            right = type(value) is type(known[key]) or number
            require(right, f"{path}: expected {key} as {type(known[key]).__name__}, got {value!r:.60}; the file is damaged")
            continue
        ignored = key in IRRELEVANT or value in OFF or (options["task"] == "language_modeling" and key.startswith("encoder_"))
        require(ignored, f"{path}: CTranslate2 has no such model: it knows no --{key.replace('_', '-')} {value}")
    return options
