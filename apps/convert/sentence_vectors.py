"""How a folder of sentence-transformers makes one vector of a sentence: modules.json and the folders that it names, and
sentence_bert_config.json, which says how much of a text is read."""

import json
from pathlib import Path

from .fault import Fault, require

POOLINGS = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "first"}
PREFIX = "sentence_transformers.models."
LIMITS = "sentence_bert_config.json"
TABLE = "encoder.position.weight"


def vector_options(folder):
    """The options of the task sentence_encoding. A folder without modules.json is an encoder alone: its vectors are the
    means of the features, as those of sentence-transformers are by default."""
    options = {"pooling": "mean", "normalize_vectors": False}
    path = Path(folder) / "modules.json"
    if not path.is_file():
        return options
    for module in _read(path, list):
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
    config = _read(path, dict)
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
    config = _read(path, dict) if path.is_file() else {}
    positions, lower = options["max_positions"], config.get("do_lower_case") or False
    most = config.get("max_seq_length")
    right = most is None or (type(most) is int and most > 0)
    require(right, f"{path}: expected a whole number of at least 1 as max_seq_length, got {most!r:.60}")
    require(lower in (True, False), f"{path}: expected true or false as do_lower_case, got {lower!r:.60}")
    settings["do_lower_case"] = settings["do_lower_case"] or lower
    options["max_positions"] = min(most or positions, positions)
    if TABLE not in parameters:  # as in RoFormer, whose positions have no end
        return f"{LIMITS} cuts texts to {most} tokens; rotor-serve does so with --max-source-positions {most}" if most else ""
    if options["max_positions"] == positions:
        return ""
    parameters[TABLE] = parameters[TABLE][:most]
    return f"it reads {most} tokens of a text, as {LIMITS} says, and {positions} without that file"


def _read(path, kind):
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        value = None
    require(isinstance(value, kind), f"{path}: expected JSON as sentence-transformers writes it; get the file anew")
    return value


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
