"""The parameters of Rotor's language models that Hugging Face has counterparts of, by their names, and their shapes."""

from .model_options import position_encoding
from .transformer_shapes import OUTPUT, TARGET_INPUT

GATED = ("swiglu", "gated-gelu")


def decoder_shapes(options):
    """Of norms that come first; with one head of keys and values for several of queries, and with a gate, where options say so."""
    width, rows = options["decoder_embed_dim"], options["target_vocabulary"]
    shapes = {TARGET_INPUT: (rows, width), **_norm("decoder.layer_norm", options)}
    if not options["share_decoder_input_output_embed"]:
        shapes[OUTPUT] = (rows, width)
    if position_encoding(options, "decoder") == "learned":
        shapes["decoder.position.weight"] = (options["max_positions"], width)
    for i in range(options["decoder_layers"]):
        for name, shape in _linears(options).items():
            shapes[f"decoder.layers.{i}.{name}.weight"] = shape
            if options["attention_bias" if name.startswith("self_attn") else "ffn_bias"]:
                shapes[f"decoder.layers.{i}.{name}.bias"] = shape[:1]
        for norm in ("self_attn_layer_norm", "final_layer_norm"):
            shapes.update(_norm(f"decoder.layers.{i}.{norm}", options))
    return shapes


def _norm(name, options):
    kinds = ("weight", "bias") if options["norm"] == "layer" else ("weight",)
    return {f"{name}.{kind}": (options["decoder_embed_dim"],) for kind in kinds}


def _linears(options):
    width, inner, heads = options["decoder_embed_dim"], options["decoder_ffn_embed_dim"], options["decoder_attention_heads"]
    keys = width // heads * (options["decoder_key_value_heads"] or heads)
    linears = {f"self_attn.{part}_proj": (size, width) for part, size in {"q": width, "k": keys, "v": keys, "out": width}.items()}
    linears.update({"fc1": (inner, width), "fc2": (width, inner)})
    if options["activation_fn"] in GATED:
        linears["fc3"] = (inner, width)
    return linears
