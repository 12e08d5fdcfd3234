"""A checkpoint of fairseq, or a folder that fairseq_folder.py wrote, to a Rotor model: translation and language models.

Shapes: transformer (norms first or last; sinusoidal, learned or no positions; embeddings shared or not) and transformer_lm. The
dictionaries are those beside the checkpoint, or in --dictionaries; text is cut into their tokens by --bpe-codes or
--sentencepiece, and without them at spaces. With --tokenizer moses the model takes text as it is, and gives such text.
"""

from pathlib import Path

from .fairseq_checkpoint import read_checkpoint
from .fairseq_dictionary import SPECIAL_IDS, read_dictionary, vocabulary_of
from .fairseq_folder import is_folder, read_folder, cutters_beside
from .fairseq_names import RATES, SKIPPED_ROWS, STACK, TABLE, check_supported, todays_names
from .fault import listed, require
from .model_file import LANGUAGES, Model, write_model
from .stored_tensor import equal
from .tokenizer import headers_of, tokenized
from .transformer_shapes import INPUT, OUTPUT, TARGET_INPUT, parameter_shapes

SIDES = ("source_lang", "target_lang")


def convert(path, out, dictionaries=None, bpe_codes=None, sentencepiece=None, quantize="none", **given):
    cutters = [(bpe_codes, sentencepiece)] * 2
    if is_folder(path):
        tensors, options = read_folder(path)
        cutters = cutters if bpe_codes or sentencepiece else cutters_beside(path, options)
    else:
        tensors, options = read_checkpoint(path)
    options = {**options, **given}
    check_supported(path, options)
    tensors = todays_names(tensors)
    config = _config(path, tensors, options)
    tokens = _dictionaries(path, dictionaries, options, config["task"])
    config.update(source_vocabulary=len(tokens[0]), target_vocabulary=len(tokens[-1]))
    parameters = _parameters(path, tensors, config)
    _check_shapes(path, parameters, config)
    headers = headers_of(path, options, SIDES if config["task"] == "translation" else SIDES[:1] * 2, given)
    source, target = (
        tokenized(vocabulary_of(own, *cutter), header) for own, cutter, header in zip((tokens[0], tokens[-1]), cutters, headers)
    )
    languages = dict(zip(LANGUAGES, (options.get(side) for side in SIDES)))
    languages = {key: value for key, value in languages.items() if isinstance(value, str)}
    model = Model(config, source, parameters, None if source == target else target, languages)
    write_model(out, model, quantize)
    return model


def _dictionaries(path, folder, options, task):
    """The tokens of the source's dictionary and of the target's, or of the only one."""
    folder = Path(folder or (path if is_folder(path) else Path(path).parent))
    names = ["dict.txt"]
    if task == "translation":
        languages = [options.get(key) for key in SIDES]
        known = all(isinstance(language, str) for language in languages)
        require(known, f"{path}: expected the options source_lang and target_lang, got {languages}; give --source-lang and --target-lang")
        names = [f"dict.{language}.txt" for language in languages]
    missing = [name for name in names if not (folder / name).is_file()]
    where = "" if folder.is_dir() and not missing else "; give the folder that has them by --dictionaries"
    require(not missing, f"{folder}: expected {' and '.join(missing)} in it{where}")
    return [read_dictionary(folder / name) for name in names]


class Options:
    """fairseq's options, each value of which is checked as it is asked for."""

    def __init__(self, values, origin):
        self.values, self.origin = values, origin

    def get(self, key, default):
        """An option of the type of its default; that if the checkpoint does not have it."""
        value = self.values.get(key)
        value = default if value is None else value
        value = float(value) if type(default) is float and type(value) is int else value
        right = type(value) is type(default) and (type(value) is not int or 0 < value < 1 << 28)
        require(right, f"{self.origin}: expected the option {key} as {type(default).__name__}, got {value!r:.60}")
        return value


def _config(path, tensors, values):
    options = Options(values, path)
    translates = any(name.startswith("encoder.") for name in tensors)
    stacks = ("encoder", "decoder") if translates else ("decoder",)
    config = {"task": "translation" if translates else "language_modeling", "arch": "transformer_base" if translates else "transformer_lm"}
    for stack in stacks:
        config.update({f"{stack}_{key}": options.get(f"{stack}_{key}", default) for key, default in STACK.items()})
        config.update({f"{stack}_key_value_heads": 0, f"{stack}_position_encoding": _positions(stack, tensors, values)})
    width = config["decoder_embed_dim"]
    for key in ("decoder_input_dim", "decoder_output_dim"):
        own = options.get(key, width)
        require(own == width, f"{path}: Rotor has no such model: expected --{key.replace('_', '-')} {width}, got {own}")
    all_shared = translates and options.get("share_all_embeddings", False)
    config.update({key: options.get(key, default) for key, default in RATES.items()})
    config.update({
        "activation_fn": options.get("activation_fn", "relu"), "norm": "layer", "layer_norm_eps": 1e-5, "attention": "softmax",
        "attention_window": 0, "attention_bias": True, "ffn_bias": True,
        "scale_embedding": not options.get("no_scale_embedding", False),
        "layernorm_embedding": options.get("layernorm_embedding", False),
        "share_decoder_input_output_embed": all_shared or options.get("share_decoder_input_output_embed", False),
        "position_encoding": config["decoder_position_encoding"], "sinusoidal_layout": "concatenated", "position_offset": SKIPPED_ROWS,
        "special_tokens": SPECIAL_IDS, "max_positions": _max_positions(path, stacks, tensors),
    })  # fmt: skip
    if translates:
        config["share_all_embeddings"] = all_shared
    return config


def _positions(stack, tensors, options):
    if f"{stack}.{TABLE}" in tensors:
        return "learned"
    return "none" if options.get("no_token_positional_embeddings") else "sinusoidal"


def _max_positions(path, stacks, tensors):
    sizes = {len(tensors[f"{stack}.{TABLE}"]) - SKIPPED_ROWS for stack in stacks if f"{stack}.{TABLE}" in tensors}
    require(len(sizes) < 2, f"{path}: Rotor has no such model: expected as many source as target positions, got {sorted(sizes)}")
    return sizes.pop() if sizes else 1024


def _parameters(path, tensors, config):
    """The parameters under Rotor's names, which are fairseq's but for positions; a matrix that is shared is kept once."""
    parameters = {}
    for name, array in tensors.items():
        if name.endswith(f".{TABLE}"):
            name, array = name.replace(TABLE, "position.weight"), array[SKIPPED_ROWS:]
        parameters[name] = array
    shared = {}
    if config.get("share_all_embeddings"):
        shared[TARGET_INPUT] = INPUT
    if config["share_decoder_input_output_embed"]:
        shared[OUTPUT] = INPUT if config.get("share_all_embeddings") else TARGET_INPUT
    for copy, name in shared.items():
        same = copy not in parameters or (name in parameters and equal(parameters[copy], parameters[name]))
        require(same, f"{path}: expected {copy} to equal {name}, which the options share, got others")
        parameters.pop(copy, None)
    shapes = parameter_shapes(config)
    missing, unknown = sorted(set(shapes) - set(parameters)), sorted(set(parameters) - set(shapes))
    require(not missing, f"{path}: expected the parameters of its options, got no {listed(missing)}")
    require(not unknown, f"{path}: Rotor has no such model: no counterpart of the parameters {listed(unknown)}")
    return parameters


def _check_shapes(path, parameters, config):
    for name, shape in parameter_shapes(config).items():
        actual, rows = list(parameters[name].shape), name.endswith(("embed_tokens.weight", "output_projection.weight"))
        other = "the dictionary has other tokens" if rows and actual[1:] == list(shape[1:]) else "the options are those of another model"
        require(actual == list(shape), f"{path}: expected {name} of the shape {list(shape)}, got {actual}; {other}")
