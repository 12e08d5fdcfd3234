"""A Rotor model to a folder as fairseq would have it, without pickles, which rotor-convert fairseq reads again:

    model.safetensors     the state dict of fairseq's model; load_state_dict() takes it
    args.json             the options of fairseq's model and task
    dict.<language>.txt   the dictionaries, dict.txt of a language model
    sentencepiece.model   or codes: what cuts text into the dictionary's tokens; with a language in its name if they are two
"""

from pathlib import Path

import numpy

from .fairseq_dictionary import SPECIALS, cutter_of, dictionary_text
from .fairseq_names import ACTIVATIONS, RATES, SKIPPED_ROWS, STACK, TABLE
from .fault import listed, require
from .folder import write_folder
from .json_file import read_json
from .model_file import LANGUAGES, read_model
from .tensor_file import stored_tensors, write_tensors
from .tokenizer import fairseq_options, untokenized
from .transformer_shapes import INPUT, OUTPUT, TARGET_INPUT
from .vocabulary_pieces import read_pieces

WEIGHTS, ARGS = "model.safetensors", "args.json"
# What cuts text into tokens, in the order of --bpe-codes and --sentencepiece: its file, and that of one language alone.
CUTTERS = {"codes": ("codes", "codes.{}"), "sentencepiece": ("sentencepiece.model", "sentencepiece.{}.model")}
# What fairseq has, by the values of these options; the first is that of a model whose file does not say.
SUPPORTED = {
    "task": ("translation", "language_modeling"), "attention": ("softmax",), "attention_window": (0,), "token_types": (0,),
    "norm": ("layer",), "layer_norm_eps": (1e-5,), "activation_fn": ACTIVATIONS, "attention_bias": (True,), "ffn_bias": (True,),
    "encoder_key_value_heads": (0,), "decoder_key_value_heads": (0,), "decoder_autoreg": ("self-attention",), "output_bias": (False,),
}  # fmt: skip
POSITIONS = ("sinusoidal", "learned", "none")
SINUSOIDS = {"sinusoidal_layout": "concatenated", "position_offset": SKIPPED_ROWS}


def convert(path, folder):
    model = read_model(path)
    options = _options(path, model)
    stacks = ("encoder", "decoder") if options["task"] == "translation" else ("decoder",)
    tensors = _state_dict(stacks, model, options)
    files = {WEIGHTS: lambda out: write_tensors(out, tensors, {"format": "pt"}), ARGS: options}
    files.update(_vocabulary_files(path, model, options))
    write_folder(folder, files)
    return model


def is_folder(path):
    return Path(path).is_dir()


def read_folder(path):
    """The tensors of a folder, and its options."""
    missing = [name for name in (WEIGHTS, ARGS) if not (Path(path) / name).is_file()]
    require(not missing, f"{path}: expected a checkpoint of fairseq, or a folder with {WEIGHTS} and {ARGS}, got none of {listed(missing)}")
    return stored_tensors(Path(path) / WEIGHTS)[0], read_json(Path(path) / ARGS)


def cutters_beside(path, options):
    """What cuts the source and the target into tokens: pairs of the files of CUTTERS, None for one that is not there."""

    def of(language):
        both = [[Path(path) / name.format(language) for name in names] for names in CUTTERS.values()]
        return [next((file for file in files if file.is_file()), None) for files in both]

    return [of(options.get(key)) for key in ("source_lang", "target_lang")]


def _options(path, model):
    """The options of fairseq's model and task; what it does not have is refused by name."""
    config = model.config
    for key, values in SUPPORTED.items():
        value = config.get(key, values[0])
        what = "the task" if key == "task" else "--" + key.replace("_", "-")
        expected = " or ".join(map(str, values))
        require(value in values, f"{path}: fairseq has no such model: expected {what} {expected}, got {value}")
    task = config.get("task", SUPPORTED["task"][0])
    translates = task == "translation"
    stacks = ("encoder", "decoder") if translates else ("decoder",)
    options = {"task": task, "arch": "transformer" if translates else "transformer_lm"}
    options["activation_fn"] = config.get("activation_fn", "relu")
    kinds = []
    for stack in stacks:
        kinds.append(config.get(f"{stack}_position_encoding") or config.get("position_encoding", "sinusoidal"))
        options.update({f"{stack}_{key}": config.get(f"{stack}_{key}", default) for key, default in STACK.items()})
        options[f"{stack}_learned_pos"] = kinds[-1] == "learned"
        _check_positions(path, kinds[-1], config)
    require(len(set(kinds) - {"none"}) == len(set(kinds)) or set(kinds) == {"none"},
            f"{path}: fairseq has positions in both stacks or in none, got {' and '.join(kinds)}")  # fmt: skip
    options["no_token_positional_embeddings"] = "none" in kinds
    options.update({key: config.get(key, default) for key, default in RATES.items()})
    options["no_scale_embedding"] = not config.get("scale_embedding", True)
    options["layernorm_embedding"] = config.get("layernorm_embedding", False)
    options["share_all_embeddings"] = translates and config.get("share_all_embeddings", True)
    shares_output = config.get("share_decoder_input_output_embed", True)
    options["share_decoder_input_output_embed"] = options["share_all_embeddings"] or shares_output
    positions = config.get("max_positions", 1024)
    options.update(max_target_positions=positions, tokens_per_sample=positions)
    if translates:
        languages = [model.languages.get(key, key.partition("_")[0]) for key in LANGUAGES]
        options.update(max_source_positions=positions, source_lang=languages[0], target_lang=languages[1])
    elif LANGUAGES[0] in model.languages:
        options["source_lang"] = model.languages[LANGUAGES[0]]
    headers = [untokenized(vocabulary, path)[0] for vocabulary in (model.vocabulary, model.target_vocabulary or model.vocabulary)]
    options.update(fairseq_options(headers, path))
    return options


def _check_positions(path, kind, config):
    require(kind in POSITIONS, f"{path}: fairseq has no positions of the kind {kind}; expected one of {', '.join(POSITIONS)}")
    for key, value in SINUSOIDS.items():
        right = kind != "sinusoidal" or config.get(key) == value
        require(right, f"{path}: fairseq has other sinusoids: expected --{key.replace('_', '-')} {value}, got {config.get(key)}")


def _state_dict(stacks, model, options):
    """fairseq's tensors: shared matrices under each of their names, and two more rows before learned positions."""
    tensors = dict(model.parameters)
    if options["share_all_embeddings"]:
        tensors[TARGET_INPUT] = tensors[INPUT]
    if options["share_decoder_input_output_embed"]:
        tensors[OUTPUT] = tensors[TARGET_INPUT]
    for stack in stacks:
        tensors[f"{stack}.version"] = numpy.array([3], numpy.float32)
        table = tensors.pop(f"{stack}.position.weight", None)
        if table is not None:
            rows = numpy.zeros((SKIPPED_ROWS, table.shape[1]), numpy.float32)
            tensors[f"{stack}.{TABLE}"] = numpy.concatenate([rows, table])
    return tensors


def _vocabulary_files(path, model, options):
    sides = [(None, model.vocabulary)]
    if options["task"] == "translation":
        pair = (model.vocabulary, model.target_vocabulary or model.vocabulary)
        sides = list(zip((options["source_lang"], options["target_lang"]), pair))
    files, cutters = {}, {}
    for language, vocabulary in sides:
        cutters[language] = cutter_of(vocabulary, path)
        tokens = read_pieces(vocabulary, path)
        odd = [token for token in tokens if token.split() != [token]]
        require(
            tokens[: len(SPECIALS)] == SPECIALS and not odd,
            f"{path}: expected a vocabulary that begins with {', '.join(SPECIALS)} and has no spaces, as fairseq's dictionaries, "
            f"got one with {', '.join(odd[:1] or tokens[: len(SPECIALS)])}",
        )
        files[f"dict.{language}.txt" if language else "dict.txt"] = dictionary_text(tokens)
    if len({tuple(cutter) for cutter in cutters.values()}) == 1:
        cutters = {None: next(iter(cutters.values()))}
    for language, (kind, content) in cutters.items():
        if content:
            files[CUTTERS[kind][language is not None].format(language)] = content
    return files
