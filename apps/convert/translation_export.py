"""Translation models in Hugging Face's layout: what huggingface.py writes of the task translation.

    norms last, sinusoids "half" from position 0            MarianMTModel, MarianTokenizer
    norms first, sinusoids "concatenated" from position 2   M2M100ForConditionalGeneration, NllbTokenizer or M2M100Tokenizer

Every number keeps its bits. MarianMTModel has vocabularies of one size: the shorter one gets rows of zeros, which are never produced.
"""

import numpy

from .hugging_face_folder import WEIGHTS_FILE
from .hugging_face_translation import BIAS, tensor_names
from .model_options import expect_option, expect_parameters, expect_shapes, with_defaults
from .tensor_file import write_tensors
from .transformer_shapes import INPUT, OUTPUT, TARGET_INPUT, parameter_shapes
from .translation_tokenizers import marian_files, multilingual_files
from .vocabulary_pieces import read_pieces

PROGRAM = "Hugging Face"
ACTIVATIONS = ("relu", "gelu", "swish")  # under the same names
# What both classes have, and Rotor's models may have otherwise.
FIXED = {
    "norm": "layer", "layer_norm_eps": 1e-5, "attention": "softmax", "attention_window": 0, "attention_bias": True, "ffn_bias": True,
    "layernorm_embedding": False, "token_types": 0, "decoder_autoreg": "self-attention", "rotary_cross_attention": False,
}  # fmt: skip
# What the classes differ in.
MARIAN = {
    "sinusoidal_layout": "half", "position_offset": 0, "encoder_normalize_before": False, "decoder_normalize_before": False,
}  # fmt: skip
M2M100 = {
    "sinusoidal_layout": "concatenated", "position_offset": 2, "encoder_normalize_before": True, "decoder_normalize_before": True,
    "output_bias": False,
}  # fmt: skip
LONGEST_SEARCH = 512  # tokens, as OPUS-MT's configurations say
NEVER = -10000  # the bias of a token that is not to be produced; 16 bits have it too


def translation_files(path, model):
    """The files of the folder, by their names."""
    options = with_defaults(model.config)
    marian = _is_marian(path, options)
    _check_options(path, options, MARIAN if marian else M2M100)
    shapes = parameter_shapes(options)
    expect_parameters(path, model, shapes, "MarianMTModel" if marian else "M2M100ForConditionalGeneration")
    expect_shapes(path, model, shapes)
    shared, tied = _sharing(path, model, options, marian)
    names = tensor_names(options, tied, shared)
    tensors = {names[ours][0]: array for ours, array in model.parameters.items()}
    rows = max(options["source_vocabulary"], options["target_vocabulary"])
    if marian:
        for name in {names[ours][0] for ours in (INPUT, TARGET_INPUT, OUTPUT) if ours in names}:
            tensors[name] = _filled(tensors[name], rows, 0)
        bias = tensors.get(BIAS, numpy.zeros(options["target_vocabulary"], numpy.float32))
        tensors[BIAS] = _filled(bias, rows, NEVER).reshape(1, -1)
    config = {**_config(options, rows), **(_marian_config(rows, shared) if marian else _m2m100_config())}
    config["tie_word_embeddings"] = tied
    vocabulary_files = marian_files(path, model, options, shared) if marian else multilingual_files(path, model)
    return {
        "config.json": config, "generation_config.json": _generation_config(options), **vocabulary_files,
        WEIGHTS_FILE: lambda out: write_tensors(out, tensors, {"format": "pt"}),
    }  # fmt: skip


def _is_marian(path, options):
    for stack in ("encoder", "decoder"):
        own = f"{stack}_position_encoding"
        expect_option(path, PROGRAM, options, own if options[own] else "position_encoding", ("sinusoidal",))
    expect_option(path, PROGRAM, options, "sinusoidal_layout", (MARIAN["sinusoidal_layout"], M2M100["sinusoidal_layout"]))
    return options["sinusoidal_layout"] == MARIAN["sinusoidal_layout"]


def _check_options(path, options, of_class):
    for key, values in {**FIXED, **of_class, "activation_fn": ACTIVATIONS}.items():
        expect_option(path, PROGRAM, options, key, values if isinstance(values, tuple) else (values,))
    expect_option(path, PROGRAM, options, "decoder_embed_dim", (options["encoder_embed_dim"],))
    for stack in ("encoder", "decoder"):
        expect_option(path, PROGRAM, options, f"{stack}_key_value_heads", (0, options[f"{stack}_attention_heads"]))


def _sharing(path, model, options, marian):
    """Whether the stacks have one matrix of token vectors, and whether the output is the decoder's."""
    if options["share_all_embeddings"]:
        return True, True
    source, target = (read_pieces(vocabulary, path) for vocabulary in model.sides())
    one = source == target and numpy.array_equal(model.parameters[INPUT], model.parameters[TARGET_INPUT])
    if not marian and not one:
        expect_option(path, PROGRAM, options, "share_all_embeddings", (True,))
    tied = options["share_decoder_input_output_embed"]
    return one and not tied, tied


def _filled(array, rows, value):
    return numpy.concatenate([array, numpy.full((rows - len(array), *array.shape[1:]), value, numpy.float32)])


def _config(options, rows):
    tokens = options["special_tokens"]
    config = {
        "d_model": options["encoder_embed_dim"], "activation_function": options["activation_fn"],
        "scale_embedding": options["scale_embedding"], "dropout": options["dropout"],
        "attention_dropout": options["attention_dropout"], "activation_dropout": options["activation_dropout"],
        "max_position_embeddings": options["max_positions"], "vocab_size": rows,
        "num_hidden_layers": options["encoder_layers"], "is_encoder_decoder": True, "torch_dtype": "float32",
        "pad_token_id": tokens["pad"], "eos_token_id": tokens["eos"], "decoder_start_token_id": tokens["start"],
    }  # fmt: skip
    if tokens["bos"] >= 0:
        config["bos_token_id"] = tokens["bos"]
    for stack in ("encoder", "decoder"):
        config.update({
            f"{stack}_layers": options[f"{stack}_layers"], f"{stack}_attention_heads": options[f"{stack}_attention_heads"],
            f"{stack}_ffn_dim": options[f"{stack}_ffn_embed_dim"], f"{stack}_layerdrop": options[f"{stack}_layerdrop"],
        })  # fmt: skip
    return config


def _marian_config(rows, shared):
    return {
        "architectures": ["MarianMTModel"], "model_type": "marian", "decoder_vocab_size": rows,
        "share_encoder_decoder_embeddings": shared, "static_position_embeddings": True, "normalize_before": False,
        "normalize_embedding": False, "add_final_layer_norm": False,
    }  # fmt: skip


def _m2m100_config():
    return {"architectures": ["M2M100ForConditionalGeneration"], "model_type": "m2m_100"}


def _generation_config(options):
    """A search as rotor-generate's by default."""
    tokens = options["special_tokens"]
    return {
        "num_beams": 5, "early_stopping": True, "max_length": min(LONGEST_SEARCH, options["max_positions"]),
        "bad_words_ids": [[tokens["pad"]]], "pad_token_id": tokens["pad"], "eos_token_id": tokens["eos"],
        "decoder_start_token_id": tokens["start"],
    }  # fmt: skip
