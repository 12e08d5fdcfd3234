"""fairseq's checkpoints (.pt): the tensors of the model, and the options it was trained with.

A checkpoint is a dictionary that torch.save() wrote. Its options are `args`, a Namespace (fairseq 0.9 and before), or
`cfg`, dictionaries or OmegaConf's, whose `model` and `task` are kept. They are read as inert records: nothing of a file is executed.
"""

from .fault import require
from .pickled_tensors import View, read_pickle, tensors_of

# Modules whose classes may be held by a record. Other names are refused.
INERT = ("argparse", "omegaconf", "fairseq", "typing", "enum", "pathlib", "numpy", "_codecs")
PLAIN = {("builtins", name) for name in ("int", "long", "float", "str", "bool", "dict", "list", "tuple", "set", "object", "bytearray")}
PLAIN |= {("collections", "defaultdict"), ("torch", "Size"), ("torch", "device")}


class Record:
    """What stands for an object of a class that is not loaded: what its constructor would get, and its state."""

    def __new__(cls, *arguments, **_):
        record = object.__new__(cls)
        record.arguments, record.state, record.items = arguments, {}, []
        return record

    def __init__(self, *_, **__):
        pass

    def __setstate__(self, state):
        self.state = state

    def __setitem__(self, key, value):
        self.items.append((key, value))

    def append(self, value):
        self.items.append(value)

    extend = add = append


def _records(module, name):
    module = module.replace("__builtin__", "builtins")  # as Python 2 had it, and pickles of its protocol have
    if (module, name) in PLAIN or module.split(".")[0] in INERT:
        return type(name, (Record,), {})
    return None


def plain(value):
    """Records of options as dictionaries, lists and single values: a Namespace, OmegaConf's containers and nodes, enumerations."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if not isinstance(value, Record):
        return value
    state = value.state if isinstance(value.state, dict) else {}
    if "_content" in state:
        return plain(state["_content"])
    if "_val" in state:
        return plain(state["_val"])
    if type(value).__name__ == "Namespace":
        return plain(state)
    return plain(value.arguments[0]) if value.arguments else None


def read_checkpoint(path):
    """The tensors by their names in the checkpoint, and the options of the model and its task, as one dictionary."""
    saved = read_pickle(path, _records)
    require(
        isinstance(saved, dict) and isinstance(saved.get("model"), dict),
        f"{path}: expected a checkpoint of fairseq, a dictionary with the key model, got another pickle",
    )
    views = {name: view for name, view in saved["model"].items() if isinstance(view, View)}
    options = plain(saved.get("args"))
    if options is None:
        config = plain(saved.get("cfg"))
        known = isinstance(config, dict) and isinstance(config.get("model"), dict)
        require(known, f"{path}: expected the options of the model as args or cfg.model, got neither; is it a checkpoint of fairseq?")
        task = config.get("task")
        options = {**(task if isinstance(task, dict) else {}), "_name": None, **flat(config["model"]), **_tokenizer(config)}
    require(isinstance(options, dict), f"{path}: expected the options of the model in args, got a {type(options).__name__}")
    return tensors_of(views, path), options


def _tokenizer(config):
    """The options of the tokenizer under the names that they had in `args`; its languages are those of the task."""
    tokenizer = config.get("tokenizer")
    if not isinstance(tokenizer, dict):
        return {"tokenizer": tokenizer}
    return {"tokenizer": tokenizer.get("_name"), **{key: value for key, value in tokenizer.items() if key.startswith("moses_")}}


def flat(options):
    """The options of the encoder and the decoder, which newer configurations nest, under one name each."""
    result = {}
    for key, value in options.items():
        if key in ("encoder", "decoder") and isinstance(value, dict):
            result.update({f"{key}_{name}": item for name, item in value.items()})
        else:
            result[key] = value
    return result
