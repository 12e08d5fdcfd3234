"""The parameters of Rotor's translation and language models, by their names in a file, and their shapes."""

INPUT, TARGET_INPUT, OUTPUT = "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "decoder.output_projection.weight"
SSRU = "ssru"


def parameter_shapes(config):
    """Of softmax attention with as many heads of keys as of queries, or an SSRU in the decoder; of LayerNorm and feed-forward
    layers without a gate. A matrix that serves several purposes is there once, under the first of its names."""
    translates = config["task"] == "translation"
    shapes = {INPUT: (config["source_vocabulary"], config["encoder_embed_dim"])} if translates else {}
    rows = config["target_vocabulary"], config["decoder_embed_dim"]
    if not config.get("share_all_embeddings"):
        shapes[TARGET_INPUT] = rows
        if not config["share_decoder_input_output_embed"]:
            shapes[OUTPUT] = rows
    if config.get("output_bias"):
        shapes["decoder.output_projection.bias"] = rows[:1]
    for stack in ("encoder", "decoder") if translates else ("decoder",):
        memory = config["encoder_embed_dim"] if stack == "decoder" and translates else 0
        shapes.update(_stack(stack, config, memory))
    return shapes


def _stack(stack, config, memory):
    width = config[f"{stack}_embed_dim"]
    norms = ["layernorm_embedding"] * bool(config.get("layernorm_embedding")) + ["layer_norm"] * config[f"{stack}_normalize_before"]
    shapes = {f"{stack}.{norm}.{kind}": (width,) for norm in norms for kind in ("weight", "bias")}
    if (config.get(f"{stack}_position_encoding") or config["position_encoding"]) == "learned":
        shapes[f"{stack}.position.weight"] = (config["max_positions"], width)
    recurs = stack == "decoder" and config.get("decoder_autoreg") == SSRU
    for i in range(config[f"{stack}_layers"]):
        shapes.update(_layer(f"{stack}.layers.{i}", width, config[f"{stack}_ffn_embed_dim"], memory, recurs))
    return shapes


def _layer(name, width, inner, memory, recurs):
    """`memory` is the width of what is attended to besides, 0 without."""
    linear = {"fc1": (inner, width), "fc2": (width, inner)}
    norms = ["self_attn_layer_norm", "final_layer_norm"]
    for attention, keys in (("self_attn", 0 if recurs else width), ("encoder_attn", memory)):
        if keys:
            inputs = {"q": width, "k": keys, "v": keys, "out": width}
            linear.update({f"{attention}.{part}_proj": (width, size) for part, size in inputs.items()})
    if recurs:
        linear["self_attn.gate"] = (width, width)
    if memory:
        norms.append("encoder_attn_layer_norm")
    shapes = {f"{name}.{part}.weight": shape for part, shape in linear.items()}
    shapes.update({f"{name}.{part}.bias": shape[:1] for part, shape in linear.items()})
    shapes.update({f"{name}.{norm}.{kind}": (width,) for norm in norms for kind in ("weight", "bias")})
    if recurs:
        shapes[f"{name}.self_attn.input.weight"] = (width, width)
    return shapes
