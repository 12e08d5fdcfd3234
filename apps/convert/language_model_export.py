"""Language models in Hugging Face's layout: what huggingface.py writes of the task language_modeling. All put norms first.

    LayerNorm, positions learned, sinusoidal or none   GPT2LMHeadModel: the table of positions is stored
    LayerNorm, rope                                     GPTNeoXForCausalLM
    RMSNorm, rope, a gate in feed-forward layers        LlamaForCausalLM; with --attention-window MistralForCausalLM, with
                                                        --no-position-every SmolLM3ForCausalLM

What these classes multiply or order otherwise is computed into the weights: with --scale-embedding the input matrix is √D times
the output's, rope's pairs are put in halves, and biases that a model does not have are zero.
"""

import math

import numpy

from .hugging_face_folder import WEIGHTS_FILE
from .language_model_layouts import LAYOUTS
from .language_model_names import decoder_shapes
from .language_model_tokenizer import tokenizer_files
from .model_options import expect_option, expect_parameters, expect_shapes, position_encoding, with_defaults
from .sinusoidal_table import sinusoids
from .tensor_file import write_tensors
from .transformer_shapes import OUTPUT, TARGET_INPUT

PROGRAM = "Hugging Face"
TABLES = ("learned", "sinusoidal", "none")
# What all these classes have, and Rotor's models may have otherwise.
FIXED = {
    "decoder_normalize_before": True, "attention": "softmax", "layernorm_embedding": False, "token_types": 0, "output_bias": False,
    "decoder_autoreg": "self-attention",
}  # fmt: skip
ROPE = {"rope_scaling": "none", "rope_kept_frequencies": 1, "rotary_value": False}
PLAIN = {"activation_fn": ("relu", "gelu", "swish")}
GATED = {"norm": "rms", "activation_fn": ("swiglu", "gated-gelu"), "rope_fraction": 1}
ALL_POSITIONS = {"no_position_every": 0, "decoder_no_position_every": (-1, 0)}
NO_WINDOW = {"attention_window": 0}
NO_BIASES = {"attention_bias": False, "ffn_bias": False}


def language_model_files(path, model):
    """The files of the folder, by their names."""
    options = with_defaults(model.config)
    layout, shapes = LAYOUTS[_class_of(path, options)], decoder_shapes(options)
    expect_parameters(path, model, shapes, layout.name)
    expect_shapes(path, model, shapes)
    parameters = {name: numpy.asarray(array, numpy.float32) for name, array in model.parameters.items()}
    _complete(parameters, options)
    tied = OUTPUT not in parameters
    tensors = {name: numpy.ascontiguousarray(array) for name, array in layout.tensors(parameters, options).items()}
    return {
        "config.json": {**_config(options, tied), **layout.config(options), "architectures": [layout.name]},
        "generation_config.json": _generation_config(options), **tokenizer_files(path, model, options),
        WEIGHTS_FILE: lambda out: write_tensors(out, tensors, {"format": "pt"}),
    }  # fmt: skip


def _class_of(path, options):
    """The name of the class of a model's shape; a shape that none has is refused by the names of its options."""

    def check(expected):
        for key, values in expected.items():
            expect_option(path, PROGRAM, options, key, values if isinstance(values, tuple) else (values,))

    check(FIXED)
    encoding = position_encoding(options, "decoder")
    own = "decoder_position_encoding"
    expect_option(path, PROGRAM, options, own if options[own] else "position_encoding", (*TABLES, "rope"))
    heads = (0, options["decoder_attention_heads"])
    if encoding in TABLES:
        check({"norm": "layer", **PLAIN, **ALL_POSITIONS, **NO_WINDOW, "decoder_key_value_heads": heads})
        return "GPT2LMHeadModel"
    check(ROPE)
    if options["norm"] == "layer":
        check({**PLAIN, **ALL_POSITIONS, **NO_WINDOW, "decoder_key_value_heads": heads})
        return "GPTNeoXForCausalLM"
    check(GATED)
    if options["attention_window"]:
        check({**ALL_POSITIONS, **NO_BIASES})
        return "MistralForCausalLM"
    every = options["decoder_no_position_every"]
    return "SmolLM3ForCausalLM" if (every if every >= 0 else options["no_position_every"]) else "LlamaForCausalLM"


def _complete(parameters, options):
    """Puts into parameters what options say here and numbers say there."""
    width, heads = options["decoder_embed_dim"], options["decoder_attention_heads"]
    if options["scale_embedding"]:
        matrix = parameters[TARGET_INPUT]
        parameters.setdefault(OUTPUT, matrix)
        parameters[TARGET_INPUT] = matrix * numpy.float32(math.sqrt(width))
    encoding, rows = position_encoding(options, "decoder"), options["max_positions"]
    if encoding == "sinusoidal":
        parameters["decoder.position.weight"] = sinusoids(rows, width, options["sinusoidal_layout"], options["position_offset"])
    if encoding == "none":
        parameters["decoder.position.weight"] = numpy.zeros((rows, width), numpy.float32)
    if encoding == "rope" and options["rope_layout"] == "interleaved":
        order = in_halves(width // heads, options["rope_fraction"])
        for name in list(parameters):
            if ".q_proj." in name or ".k_proj." in name:
                array = parameters[name]
                parameters[name] = array.reshape(-1, width // heads, *array.shape[1:])[:, order].reshape(array.shape)


def in_halves(width, fraction):
    """The numbers of a head in an order in which the pairs that turn together are halves of those that turn."""
    turning = int(width * fraction)
    return [*range(0, turning, 2), *range(1, turning, 2), *range(turning, width)]


def _config(options, tied):
    tokens = options["special_tokens"]
    return {
        "vocab_size": options["target_vocabulary"], "tie_word_embeddings": tied, "torch_dtype": "float32", "use_cache": True,
        "bos_token_id": tokens["start"], "eos_token_id": tokens["eos"], "pad_token_id": tokens["pad"],
    }  # fmt: skip


def _generation_config(options):
    """<pad> is never produced, and something always, as in Rotor."""
    tokens = options["special_tokens"]
    return {
        "bos_token_id": tokens["start"], "eos_token_id": tokens["eos"], "pad_token_id": tokens["pad"],
        "suppress_tokens": [tokens["pad"]], "min_new_tokens": 1,
    }  # fmt: skip
