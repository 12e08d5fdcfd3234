"""The options of a Rotor model, with their values where its file leaves them out, and the refusal of those that another program
does not have."""

from .fault import listed, require

DEFAULTS = {
    "task": "translation", "attention": "softmax", "attention_window": 0, "token_types": 0, "norm": "layer", "layer_norm_eps": 1e-5,
    "activation_fn": "relu", "decoder_autoreg": "self-attention", "attention_bias": True, "ffn_bias": True, "scale_embedding": True,
    "layernorm_embedding": False, "share_all_embeddings": True, "share_decoder_input_output_embed": True, "output_bias": False,
    "dropout": 0.1, "attention_dropout": 0.0, "activation_dropout": 0.0, "max_positions": 1024,
    "position_encoding": "sinusoidal", "sinusoidal_layout": "interleaved", "position_offset": 0, "no_position_every": 0,
    "rope_base": 10000.0, "rope_layout": "interleaved", "rope_fraction": 1.0, "rope_kept_frequencies": 1.0, "rope_scaling": "none",
    "rotary_value": False, "rotary_cross_attention": False, "max_relative_position": 16, "t5_buckets": 32, "max_distance": 128,
    "special_tokens": {"bos": 0, "pad": 1, "eos": 2, "unk": 3, "mask": -1, "start": 2},
}  # fmt: skip
STACK = {
    "layers": 6, "embed_dim": 512, "ffn_embed_dim": 2048, "attention_heads": 8, "key_value_heads": 0, "normalize_before": False,
    "position_encoding": "", "no_position_every": -1, "layerdrop": 0.0,
}  # fmt: skip


def stacks_of(config):
    return ("decoder",) if config.get("task") == "language_modeling" else ("encoder", "decoder")


def with_defaults(config):
    """All options of a translation or a language model, those of its stacks too."""
    options = dict(DEFAULTS)
    for stack in stacks_of(config):
        options.update({f"{stack}_{key}": value for key, value in STACK.items()})
    given = config.get("special_tokens", {})
    return {**options, **config, "special_tokens": {**DEFAULTS["special_tokens"], **(given if isinstance(given, dict) else {})}}


def position_encoding(options, stack):
    return options[f"{stack}_position_encoding"] or options["position_encoding"]


def layers_with_positions(options, stack):
    """The numbers of the layers that have positions."""
    every = options[f"{stack}_no_position_every"]
    every = options["no_position_every"] if every < 0 else every
    return [i for i in range(options[f"{stack}_layers"]) if not every or (i + 1) % every]


def expect_option(path, program, options, key, values):
    """Refuses a model by the name of an option of which `program` has other values only."""
    what = "the task" if key == "task" else "--" + key.replace("_", "-")
    expected = " or ".join(map(str, values))
    value = options.get(key)
    require(value in values, f"{path}: {program} has no such model: expected {what} {expected}, got {value}")


def expect_parameters(path, model, expected, owner):
    """Refuses a file whose parameters are others than those of its options."""
    unknown = sorted(set(model.parameters) - set(expected))
    require(not unknown, f"{path}: expected no parameters but those of {owner}, got {listed(unknown)}")
    missing = sorted(set(expected) - set(model.parameters))
    require(not missing, f"{path}: expected the parameters of its configuration, got no {listed(missing)}; the file is damaged")


def expect_shapes(path, model, shapes):
    for name, shape in shapes.items():
        actual = list(model.parameters[name].shape)
        require(actual == list(shape), f"{path}: expected {name} of the shape {list(shape)}, got {actual}; the file is damaged")
