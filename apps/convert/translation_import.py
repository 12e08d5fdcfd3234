"""What the importers of encoder–decoders share: the parameters that a configuration tells of, and their checks."""

import numpy

from .fault import listed, require

MOST_LAYERS = 1000


def layer_count(config, key):
    layers = config.size(key)
    config.fail_unless(layers <= MOST_LAYERS, key, f"at most {MOST_LAYERS}")
    return layers


def parameter_shapes(options):
    """The shapes of a translation model's parameters by their names, as Rotor makes them of these options."""
    shapes = {"encoder.embed_tokens.weight": (options["source_vocabulary"], options["encoder_embed_dim"])}
    width, rows = options["decoder_embed_dim"], options["target_vocabulary"]
    if not options["share_all_embeddings"]:
        shapes["decoder.embed_tokens.weight"] = (rows, width)
        if not options["share_decoder_input_output_embed"]:
            shapes["decoder.output_projection.weight"] = (rows, width)
    if options["output_bias"]:
        shapes["decoder.output_projection.bias"] = (rows,)
    for stack in ("encoder", "decoder"):
        if options.get("layernorm_embedding"):
            _add_norm(shapes, f"{stack}.layernorm_embedding", width)
        if options[f"{stack}_normalize_before"]:
            _add_norm(shapes, f"{stack}.layer_norm", width)
        for i in range(options[f"{stack}_layers"]):
            _add_layer(shapes, f"{stack}.layers.{i}.", stack, options)
    return shapes


def _add_layer(shapes, prefix, stack, options):
    width, inner = options[f"{stack}_embed_dim"], options[f"{stack}_ffn_embed_dim"]
    if stack == "decoder" and options.get("decoder_autoreg") == "ssru":
        _add_linear(shapes, prefix + "self_attn.gate", width, width)
        shapes[prefix + "self_attn.input.weight"] = (width, width)
    else:
        _add_attention(shapes, prefix + "self_attn", width)
    _add_norm(shapes, prefix + "self_attn_layer_norm", width)
    if stack == "decoder":
        _add_attention(shapes, prefix + "encoder_attn", width)
        _add_norm(shapes, prefix + "encoder_attn_layer_norm", width)
    _add_linear(shapes, prefix + "fc1", inner, width)
    _add_linear(shapes, prefix + "fc2", width, inner)
    _add_norm(shapes, prefix + "final_layer_norm", width)


def _add_linear(shapes, name, out, in_):
    shapes.update({f"{name}.weight": (out, in_), f"{name}.bias": (out,)})


def _add_norm(shapes, name, width):
    shapes.update({f"{name}.weight": (width,), f"{name}.bias": (width,)})


def _add_attention(shapes, name, width):
    for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
        _add_linear(shapes, f"{name}.{part}", width, width)


def take_parameters(tensors, names, options, origin):
    """Rotor's parameters out of `tensors`, where `names` has their name there of each, or names of copies: the first that is
    there counts, and the others must be equal. All that is missing, left over or of another shape is refused."""
    missing = [theirs[0] for theirs in names.values() if not any(name in tensors for name in theirs)]
    require(not missing, f"{origin}: expected the tensors that its configuration tells of, got none called {listed(missing)}")
    rest = set(tensors).difference(*names.values())
    require(not rest, f"{origin}: expected no tensors but those of the model, got {listed(sorted(rest))}; Rotor has no such parts")
    parameters = {}
    for ours, shape in parameter_shapes(options).items():
        first, *copies = [name for name in names[ours] if name in tensors]
        right = tensors[first].shape == shape
        got = list(tensors[first].shape)
        require(right, f"{origin}: expected {first} as {list(shape)}, got {got}; the weights are of another model")
        for copy in copies:
            equal = numpy.array_equal(tensors[first], tensors[copy])
            require(equal, f"{origin}: expected {copy} to be the same as {first}, got other numbers; the model shares them")
        parameters[ours] = numpy.asarray(tensors[first], numpy.float32)
    return parameters


def sinusoids(positions, width, exponents):
    """Sines, then cosines, of the positions times 10000 to the power of the negative exponents: [positions, width]."""
    angles = numpy.asarray(positions)[:, None] * 10000.0 ** -exponents
    return numpy.concatenate([numpy.sin(angles), numpy.cos(angles)], axis=1).astype(numpy.float32)
