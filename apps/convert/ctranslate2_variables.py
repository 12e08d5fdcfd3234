"""The variables of a stack of layers under CTranslate2's names, made of Rotor's parameters and options."""

import numpy

from .ctranslate2_positions import position_variables
from .fault import require

ACTIVATIONS = {"relu": 0, "gated-gelu": 1, "swish": 2, "swiglu": 2, "gelu": 3}  # its enumeration


def stack_variables(path, stack, options, parameters, used):
    """`used` gains the names of the parameters that are taken."""

    def take(name):
        require(name in parameters, f"{path}: expected the parameter {name}, got none; the file is damaged")
        used.add(name)
        return numpy.ascontiguousarray(parameters[name], numpy.float32)

    def linear(to, sources, bias):
        yield f"{to}/weight", numpy.concatenate([take(f"{source}.weight") for source in sources])
        if bias:
            yield f"{to}/bias", numpy.concatenate([take(f"{source}.bias") for source in sources])

    def norm(to, source):
        yield f"{to}/gamma", take(f"{source}.weight")
        if options["norm"] == "layer":
            yield f"{to}/beta", take(f"{source}.bias")

    def attention(to, source, joined):
        """`joined` are the projections of each of its linear layers."""
        yield from norm(f"{to}/layer_norm", f"{source}_layer_norm")
        for i, parts in enumerate([*joined, ("out",)]):
            yield from linear(f"{to}/linear_{i}", [f"{source}.{part}_proj" for part in parts], options["attention_bias"])

    def layer(to, source):
        yield from attention(f"{to}/self_attention", f"{source}.self_attn", ("qkv",))
        if stack == "decoder" and options["task"] == "translation":
            yield from attention(f"{to}/attention", f"{source}.encoder_attn", ("q", "kv"))
        yield from norm(f"{to}/ffn/layer_norm", f"{source}.final_layer_norm")
        for name, part in {"linear_0": "fc1", "linear_1": "fc2", **gate}.items():
            yield from linear(f"{to}/ffn/{name}", [f"{source}.{part}"], options["ffn_bias"])
        shared_heads = options[f"{stack}_key_value_heads"]
        if shared_heads not in (0, options[f"{stack}_attention_heads"]):
            yield f"{to}/self_attention/num_heads_kv", numpy.int32(shared_heads)

    gate = {"linear_0_noact": "fc3"} if options["activation_fn"] in ("gated-gelu", "swiglu") else {}
    variables = dict(_scalars(stack, options))
    variables.update(_embeddings(stack, options, take))
    for i in range(options[f"{stack}_layers"]):
        variables.update(layer(f"{stack}/layer_{i}", f"{stack}.layers.{i}"))
    if options["layernorm_embedding"]:
        variables.update(norm(f"{stack}/layernorm_embedding", f"{stack}.layernorm_embedding"))
    if options[f"{stack}_normalize_before"]:
        variables.update(norm(f"{stack}/layer_norm", f"{stack}.layer_norm"))
    variables.update(position_variables(path, stack, options, take))
    return variables


def _scalars(stack, options):
    yield f"{stack}/num_heads", numpy.int16(options[f"{stack}_attention_heads"])
    yield f"{stack}/pre_norm", numpy.int8(options[f"{stack}_normalize_before"])
    yield f"{stack}/activation", numpy.int8(ACTIVATIONS[options["activation_fn"]])
    yield f"{stack}/scale_embeddings", numpy.int8(options["scale_embedding"])
    if stack == "encoder":
        yield "encoder/embeddings_merge", numpy.int8(0)
        yield "encoder/multi_query_attention", numpy.int8(0)
        return
    for name in ("alibi", "alibi_use_positive_positions", "scale_alibi", "start_from_zero_embedding"):
        yield f"decoder/{name}", numpy.int8(0)
    yield "decoder/alignment_layer", numpy.int16(-1)
    yield "decoder/alignment_heads", numpy.int16(0)  # all heads of the last layer, as Rotor's alignment


def _embeddings(stack, options, take):
    """The matrices of token vectors; a shared one is stored once in Rotor's file, under the first of its names."""
    shares_all = options["share_all_embeddings"] and options["task"] == "translation"
    if stack == "encoder":
        return {"encoder/embeddings_0/weight": take("encoder.embed_tokens.weight")}
    own = "encoder.embed_tokens.weight" if shares_all else "decoder.embed_tokens.weight"
    tied = shares_all or options["share_decoder_input_output_embed"]
    output = own if tied else "decoder.output_projection.weight"
    variables = {"decoder/embeddings/weight": take(own), "decoder/projection/weight": take(output)}
    tokens = options["special_tokens"]
    if options["output_bias"]:
        variables["decoder/projection/bias"] = take("decoder.output_projection.bias")
    if tokens["start"] == tokens["pad"]:  # as in Marian's models, whose row of zeros training did not make unlikely
        bias = variables.setdefault("decoder/projection/bias", numpy.zeros(len(variables["decoder/projection/weight"]), numpy.float32))
        bias = variables["decoder/projection/bias"] = bias.copy()
        bias[tokens["pad"]] = -numpy.inf
    return variables
