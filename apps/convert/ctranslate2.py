"""A translation model to a folder that CTranslate2 loads: model.bin, config.json, vocabularies.

Its engine has the position encodings none, learned, sinusoidal, rope, shaw and t5, norms before and after the sublayers, and
shared heads of keys and values. Options that it has no counterpart of are refused by name. Token vectors in float32 keep their
bits.
"""

import numpy

from .ctranslate2_file import split_aliases, with_quantized, write_model_bin
from .ctranslate2_positions import position_variables
from .fault import listed, require
from .folder import write_folder
from .model_file import read_model
from .vocabulary_pieces import read_pieces, vocabulary_files

# What the engine has, by the values of these options; the first is that of a model whose file does not say.
SUPPORTED = {
    "task": ("translation",), "attention": ("softmax",), "attention_window": (0,), "token_types": (0,),
    "norm": ("layer", "rms"), "activation_fn": ("relu", "gelu", "swish", "gated-gelu", "swiglu"), "decoder_autoreg": ("self-attention",),
    "no_position_every": (0,), "encoder_no_position_every": (-1, 0), "decoder_no_position_every": (-1, 0),
    "rope_kept_frequencies": (1,), "rope_scaling": ("none",), "rotary_value": (False,), "rotary_cross_attention": (False,),
}  # fmt: skip
ACTIVATIONS = {"relu": 0, "gated-gelu": 1, "swish": 2, "swiglu": 2, "gelu": 3}  # its enumeration
DEFAULTS = {
    "layer_norm_eps": 1e-5, "attention_bias": True, "ffn_bias": True, "scale_embedding": True, "layernorm_embedding": False,
    "share_all_embeddings": True, "share_decoder_input_output_embed": True, "output_bias": False,
    "position_encoding": "sinusoidal", "max_positions": 1024, "sinusoidal_layout": "interleaved", "position_offset": 0,
    "rope_base": 10000.0, "rope_layout": "interleaved", "rope_fraction": 1.0, "max_relative_position": 16, "t5_buckets": 32,
    "max_distance": 128,
    "special_tokens": {"bos": 0, "pad": 1, "eos": 2, "unk": 3, "start": 2},
}  # fmt: skip
STACKS = {"layers": 6, "embed_dim": 512, "attention_heads": 8, "key_value_heads": 0, "normalize_before": False, "position_encoding": ""}
# Of training, of encodings that are refused by their names, and of what follows from the tensors' shapes.
IRRELEVANT = (
    "arch", "dropout", "attention_dropout", "activation_dropout", "initial_deviation", "linear_rotary", "performer_redraw_updates",
    "xpos_scale_base", "encoder_ffn_embed_dim", "decoder_ffn_embed_dim", "encoder_layerdrop", "decoder_layerdrop",
    "encoder_word_dropout", "decoder_word_dropout", "classifier_head", "pooling", "performer_features", "source_vocabulary",
    "target_vocabulary", "sandwich_width", "fire_width", "fire_threshold", "cope_positions", "shape_max_shift", "cape_global_shift",
    "cape_local_shift", "cape_global_scaling", "rope_scaling_factor", "rope_original_length", "rope_beta_fast", "rope_beta_slow",
    "rope_attention_factor", "rope_low_frequency_factor", "rope_high_frequency_factor", "rope_short_factors", "rope_long_factors",
)  # fmt: skip
OFF = ("", "none", 0, False, None)
SPECIFICATION, REVISION = "TransformerSpec", 7


def convert(path, folder, quantization="float32"):
    model = read_model(path)
    options = engine_options(path, model.config)
    variables, used = {}, set()
    for stack in ("encoder", "decoder"):
        variables.update(_stack_variables(path, stack, options, model.parameters, used))
    unknown = sorted(set(model.parameters) - used)
    require(not unknown, f"{path}: CTranslate2 has no counterpart of the parameters {listed(unknown)}")
    kept, aliases = split_aliases(variables)
    if quantization == "int8":
        kept = with_quantized(kept, lambda name: name.endswith("/weight"))
    files = {
        "model.bin": lambda out: write_model_bin(out, SPECIFICATION, REVISION, kept, aliases),
        **_vocabulary_files(path, model, options),
    }
    write_folder(folder, files)
    return model


def engine_options(path, config):
    """All options that the variables are made of; what the engine does not have is refused by name."""
    options = dict(DEFAULTS)
    for stack in ("encoder", "decoder"):
        options.update({f"{stack}_{key}": value for key, value in STACKS.items()})
    for key, values in SUPPORTED.items():
        value = options[key] = config.get(key, values[0])
        what = "the task" if key == "task" else "--" + key.replace("_", "-")
        expected = " or ".join(map(str, values))
        require(value in values, f"{path}: CTranslate2 has no such model: expected {what} {expected}, got {value}")
    for key, value in config.items():
        if key in SUPPORTED:
            continue
        if key in options:
            number = isinstance(options[key], float) and type(value) is int
            right = type(value) is type(options[key]) or number
            require(right, f"{path}: expected {key} as {type(options[key]).__name__}, got {value!r:.60}; the file is damaged")
            options[key] = {**options[key], **value} if isinstance(value, dict) else value
            continue
        known = key in IRRELEVANT or value in OFF
        require(known, f"{path}: CTranslate2 has no such model: it knows no --{key.replace('_', '-')} {value}")
    return options


def _stack_variables(path, stack, options, parameters, used):
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
        if stack == "decoder":
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
    shares_all = options["share_all_embeddings"]
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


def _vocabulary_files(path, model, options):
    """config.json, the pieces in the order of their ids, and the vocabularies by which users cut text into pieces."""
    source = read_pieces(model.vocabulary, path)
    target = source if model.target_vocabulary is None else read_pieces(model.target_vocabulary, path)
    for pieces, name in ((source, "source"), (target, "target")):
        rows = model.config.get(f"{name}_vocabulary", len(pieces))
        require(len(pieces) == rows, f"{path}: expected {rows} tokens in the {name} vocabulary, got {len(pieces)}; the file is damaged")
    tokens = options["special_tokens"]
    known = all(type(tokens.get(name)) is int and 0 <= tokens[name] < len(own)
                for name, own in (("eos", source), ("unk", source), ("start", target)))  # fmt: skip
    require(known, f"{path}: expected the ids of eos, unk and start as special_tokens, got {tokens!r:.60}")
    bos = tokens.get("bos", -1)
    config = {
        "add_source_bos": False, "add_source_eos": True,
        "bos_token": source[bos] if 0 <= bos < len(source) else "<s>",
        "eos_token": source[tokens["eos"]], "unk_token": source[tokens["unk"]],
        "decoder_start_token": target[tokens["start"]],
        "layer_norm_epsilon": options["layer_norm_eps"], "multi_query_attention": False,
    }  # fmt: skip
    lists = {"shared_vocabulary.json": source}
    if target != source:
        lists = {"source_vocabulary.json": source, "target_vocabulary.json": target}
    return {"config.json": config, **lists, **vocabulary_files(model)}
