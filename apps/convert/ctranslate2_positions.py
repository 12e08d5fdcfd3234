"""The position encodings that CTranslate2's engine has: the variables of each.

    none         a bias of scores that is zero at every distance, because an engine without any would add sinusoids
    learned      a table of vectors
    sinusoidal   the same, computed here: the engine's own sinusoids begin at position 1
    rope         the base, the layout and how many numbers of a head turn
    shaw         vectors of relative positions for keys and values, in each layer
    t5           a bias of scores for each bucket of distances and head, the same in each layer
"""

import numpy

from .fault import require

REASONS = {
    "alibi": "it has ALiBi in decoders alone",
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
    kind = options[f"{stack}_position_encoding"] or options["position_encoding"]
    known = {
        "none": _none, "learned": _learned, "sinusoidal": _sinusoidal, "rope": _rope, "shaw": _shaw, "t5": _t5,
    }  # fmt: skip
    reason = REASONS.get(kind, "its engine does not know them")
    require(
        kind in known,
        f"{path}: CTranslate2 has no positions of the kind {kind} in the {stack}: {reason}; expected one of {', '.join(known)}",
    )
    return known[kind](stack, options, take)


def _in_layers(stack, options, names):
    """What names(i) returns, for the self-attention of each layer."""
    return {
        f"{stack}/layer_{i}/self_attention/{name}": value
        for i in range(options[f"{stack}_layers"])
        for name, value in names(i).items()
    }


def _table(stack, rows):
    return {f"{stack}/position_encodings/encodings": rows}


def _none(stack, options, take):
    zeros = numpy.zeros((NO_BUCKETS, options[f"{stack}_attention_heads"]), numpy.float32)
    return _in_layers(stack, options, lambda _: _bias(zeros, 128))


def _learned(stack, options, take):
    return _table(stack, take(f"{stack}.position.weight"))


def sinusoids(rows, width, layout, offset):
    """Vaswani et al. 2017, 3.5, in pairs of sines and cosines; "half": all sines first; "concatenated": as tensor2tensor and
    fairseq, all sines first, with rates from 1 to 1/10000."""
    half = width // 2
    steps = numpy.arange(half)
    exponents = steps / max(half - 1, 1) if layout == "concatenated" else 2 * steps / width
    angles = (numpy.arange(rows) + offset)[:, None] * 10000.0**-exponents
    sines = numpy.arange(half) * (2 if layout == "interleaved" else 1)
    table = numpy.zeros((rows, width), numpy.float32)
    table[:, sines], table[:, sines + (1 if layout == "interleaved" else half)] = numpy.sin(angles), numpy.cos(angles)
    return table


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
