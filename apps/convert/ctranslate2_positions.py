"""The position encodings that CTranslate2's engine has: the variables of each.

    none         a bias of scores that is zero at every distance, because an engine without any would add sinusoids
    learned      a table of vectors
    sinusoidal   the same, computed here: the engine's own sinusoids begin at position 1
    rope         the base, the layout and how many numbers of a head turn
    shaw         vectors of relative positions for keys and values, in each layer
    t5           a bias of scores for each bucket of distances and head, the same in each layer
    alibi        in decoders: the engine's own slopes, which are Rotor's
"""

import numpy

from .fault import require
from .model_options import layers_with_positions, position_encoding
from .sinusoidal_table import sinusoids

REASONS = {
    "alibi": "it has ALiBi in decoders alone",
    "t5": "while it reads a prompt, its engine takes other distances",
    "xpos": "its rotations keep lengths",
    "fox": "its attention forgets nothing",
    "transformer-xl": "its attention has no biases of queries",
    "tupe": "its attention has no scores of positions alone",
    "deberta": "its attention has no scores of contents and positions",
}
SINUSOIDS = 2048  # rows of the table; by default the engine cuts sources to 1024 tokens and targets to 256
NO_BUCKETS = 32


def position_variables(path, stack, options, take):
    """The variables of a stack's encoding; `take` returns the parameter of a name."""
    kind = position_encoding(options, stack)
    known = dict(OF_KINDS)
    if stack == "encoder":
        del known["alibi"]
    elif options["task"] == "language_modeling":
        del known["t5"]
    reason = REASONS.get(kind, "its engine does not know them")
    require(
        kind in known,
        f"{path}: CTranslate2 has no positions of the kind {kind} in the {stack}: {reason}; expected one of {', '.join(known)}",
    )
    with_positions = layers_with_positions(options, stack)
    every = len(with_positions) == options[f"{stack}_layers"]
    require(
        every or (kind in OF_LAYERS and 0 in with_positions),
        f"{path}: CTranslate2 has no such model: expected positions in each layer of the {stack}, got --no-position-every; "
        f"layers may be without {', '.join(OF_LAYERS)} only, and not the first",
    )
    return known[kind](stack, options, take)


def _in_layers(stack, options, names):
    """What names(i) returns, for the self-attention of each layer that has positions."""
    return {
        f"{stack}/layer_{i}/self_attention/{name}": value
        for i in layers_with_positions(options, stack)
        for name, value in names(i).items()
    }


def _table(stack, rows):
    return {f"{stack}/position_encodings/encodings": rows}


def _none(stack, options, take):
    zeros = numpy.zeros((NO_BUCKETS, options[f"{stack}_attention_heads"]), numpy.float32)
    return _in_layers(stack, options, lambda _: _bias(zeros, 128))


def _learned(stack, options, take):
    return _table(stack, take(f"{stack}.position.weight"))


def _sinusoidal(stack, options, take):
    return _table(
        stack, sinusoids(SINUSOIDS, options[f"{stack}_embed_dim"], options["sinusoidal_layout"], options["position_offset"])
    )  # fmt: skip


def _rope(stack, options, take):
    head_width = options[f"{stack}_embed_dim"] // options[f"{stack}_attention_heads"]
    part = options["rope_fraction"] < 1
    values = {
        "rotary_dim": numpy.int32(head_width * options["rope_fraction"] if part else 0),  # 0: all
        "rotary_interleave": numpy.int8(options["rope_layout"] == "interleaved"),
        "rotary_base": numpy.float32(options["rope_base"]),
    }
    return _in_layers(stack, options, lambda _: values)


def _shaw(stack, options, take):
    def of_layer(i):
        keys, values = (take(f"{stack}.layers.{i}.self_attn.position.{name}") for name in ("keys", "values"))
        return {"relative_position_keys": keys, "relative_position_values": values}

    return _in_layers(stack, options, of_layer)


def _t5(stack, options, take):
    bias = take(f"{stack}.position.bias")
    return _in_layers(stack, options, lambda _: _bias(bias, options["max_distance"]))


def _bias(table, max_distance):
    return {"relative_attention_bias": table, "relative_attention_max_distance": numpy.int32(max_distance)}


def _alibi(stack, options, take):
    """Biases are zero for a query's own key, as in Rotor, and fall with the distance."""
    return {f"{stack}/alibi": numpy.int8(1)}


OF_LAYERS = ("rope", "shaw", "t5")
OF_KINDS = {
    "none": _none, "learned": _learned, "sinusoidal": _sinusoidal, "rope": _rope, "shaw": _shaw, "t5": _t5, "alibi": _alibi,
}  # fmt: skip
