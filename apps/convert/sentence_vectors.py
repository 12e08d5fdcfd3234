"""How a folder of sentence-transformers makes one vector of a sentence: modules.json and the folders that it names, and
sentence_bert_config.json or else tokenizer_config.json, which say how much of a text is read."""

from pathlib import Path

from .fault import require
from .json_file import read_json, read_json_if_there

POOLINGS = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "first"}
PREFIX = "sentence_transformers.models."
LIMITS, TOKENIZER = "sentence_bert_config.json", "tokenizer_config.json"
TABLE = "encoder.position.weight"


def vector_options(folder):
    """The options of the task sentence_encoding. A folder without modules.json is an encoder alone: its vectors are the
    means of the features, as those of sentence-transformers are by default."""
    options = {"pooling": "mean", "normalize_vectors": False}
    path = Path(folder) / "modules.json"
    if not path.is_file():
        return options
    for module in read_json(path, list):
        require(isinstance(module, dict), f"{path}: expected a list of modules; get the file anew")
        kind = str(module.get("type")).removeprefix(PREFIX)
        if kind == "Pooling":
            options["pooling"] = _pooling(Path(folder) / str(module.get("path")) / "config.json")
        elif kind == "Normalize":
            options["normalize_vectors"] = True
        else:
            require(kind == "Transformer", f"{path}: expected the modules Transformer, Pooling and Normalize, got {kind:.60}")
    return options


def _pooling(path):
    config = read_json(path)
    modes = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
    require(
        len(modes) == 1 and modes[0] in POOLINGS,
        f"{path}: expected one of {', '.join(POOLINGS)}, got {', '.join(modes) or 'none'}; Rotor has no other poolings",
    )
    return POOLINGS[modes[0]]


def limit_texts(folder, options, parameters, settings):
    """Makes a model read of a text what sentence-transformers does: a table of positions is cut to as many tokens, and the
    vocabulary's settings put text in lower case where it does. Returns what the user should know of it."""
    path = Path(folder) / LIMITS
    config = read_json_if_there(path)
    positions, lower = options["max_positions"], config.get("do_lower_case") or False
    source, most = LIMITS, config.get("max_seq_length")
    right = most is None or (type(most) is int and most > 0)
    require(right, f"{path}: expected a whole number of at least 1 as max_seq_length, got {most!r:.60}")
    require(lower in (True, False), f"{path}: expected true or false as do_lower_case, got {lower!r:.60}")
    settings["do_lower_case"] = settings["do_lower_case"] or lower
    if most is None:
        source, most = TOKENIZER, _tokenizer_limit(Path(folder) / TOKENIZER, positions)
    options["max_positions"] = min(most or positions, positions)
    if TABLE not in parameters:  # as in RoFormer, whose positions have no end
        return f"{source} cuts texts to {most} tokens; rotor-serve does so with --max-source-positions {most}" if most else ""
    if options["max_positions"] == positions:
        return ""
    parameters[TABLE] = parameters[TABLE][:most]
    return f"it reads {most} tokens of a text, as {source} says, and {positions} without that file"


def _tokenizer_limit(path, positions):
    """The tokens that the tokenizer leaves of a text, if they are fewer than the positions: without a limit of its own it
    may say 1e30."""
    most = read_json_if_there(path).get("model_max_length")
    right = most is None or (type(most) in (int, float) and most >= 1)
    require(right, f"{path}: expected a number of at least 1 as model_max_length, got {most!r:.60}")
    return int(most) if most is not None and most < positions else None


def vector_files(options):
    """The files of sentence-transformers for a model of those options, by their names in the folder."""
    modules = [("", "Transformer"), ("1_Pooling", "Pooling")] + [("2_Normalize", "Normalize")] * options["normalize_vectors"]
    pooling = {mode: name == options["pooling"] for mode, name in POOLINGS.items()}
    return {
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": PREFIX + kind} for i, (path, kind) in enumerate(modules)
        ],
        LIMITS: {"max_seq_length": options["max_positions"], "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": options["encoder_embed_dim"], **pooling},
    }
