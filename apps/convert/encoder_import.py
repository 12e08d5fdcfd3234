"""BERT-like encoders from Hugging Face's folders: what bert.py and roformer.py share.

A folder with a head for hidden tokens becomes a model of the task masked_lm, one with a classifier a model of
sentence_prediction, and an encoder alone, such as those of sentence-transformers, one of sentence_encoding.
rotor-train --finetune-from-model starts from each of them.
"""

from pathlib import Path

from .encoder_names import COPIES, FAMILIES, IGNORED, MASKED_LM, POOLER, encoder_names
from .fault import listed, require
from .hugging_face_folder import check_folder, read_config, read_weights
from .model_file import Model
from .sentence_vectors import limit_texts, vector_options
from .stored_tensor import equal
from .wordpiece import read_vocab_txt

ACTIVATIONS = {"relu": "relu", "gelu": "gelu", "gelu_python": "gelu", "silu": "swish", "swish": "swish"}
SIZES = {(2, 128, 512, 2): "bert_tiny", (4, 256, 1024, 4): "bert_mini", (4, 512, 2048, 8): "bert_small"}
ARCHITECTURES = ("Model", "ForPreTraining", "ForMaskedLM", "ForSequenceClassification")


class Config:
    """config.json, each value of which is checked as it is asked for."""

    def __init__(self, values, origin):
        self.values, self.origin = values, origin

    def fail_unless(self, condition, key, expected):
        require(condition, f"{self.origin}: expected {expected} as {key}, got {self.values.get(key)!r:.60}")

    def size(self, key, default=None, least=1):
        value = self.values.get(key, default)
        self.fail_unless(type(value) is int and least <= value < 1 << 28, key, f"a whole number of at least {least}")
        return value

    def number(self, key, default, below=1):
        value = self.values.get(key, default)
        self.fail_unless(type(value) in (int, float) and 0 <= value < below, key, f"a number from 0 to {below}")
        return float(value)

    def choice(self, key, choices, default):
        value = self.values.get(key) or default
        self.fail_unless(value in tuple(choices), key, "one of " + ", ".join(map(str, choices)))
        return value


def import_encoder(folder, family, family_options):
    """The model of a folder. `family_options` adds to the options those that only this family has, given a Config."""
    check_folder(folder, ("config.json", "vocab.txt"))
    config = Config(read_config(folder), f"{folder}/config.json")
    class_name = _check_features(config, family)
    tensors = _without_prefix(read_weights(folder), FAMILIES[family].prefix, folder)
    options = _options(config)
    names = encoder_names(family, options["encoder_layers"])
    task = _task(tensors, class_name, folder)
    if task == "masked_lm":
        names.update(MASKED_LM)
    if task == "sentence_prediction":
        names.update(FAMILIES[family].classifier)
    if family == "bert" and (task == "sentence_prediction" or POOLER["head.dense.weight"] in tensors):
        names.update(POOLER)
    if task == "masked_lm" or (task == "sentence_prediction" and family == "roformer"):
        config.fail_unless(options["activation_fn"] == "gelu", "hidden_act", "gelu, which Rotor's head has,")
    options.update(family_options(config), task=task)
    parameters = _parameters(names, tensors, folder)
    _check_shapes(parameters, names, options, config)
    if task == "sentence_prediction":
        options["labels"] = _labels(config, len(parameters["head.out_proj.bias"]))
    vocabulary, remark = _vocabulary(folder, options), ""
    if task == "sentence_encoding":
        options.update(vector_options(folder))
        remark = limit_texts(folder, options, parameters, vocabulary.settings)
    options["special_tokens"] = vocabulary.special_tokens()
    pad = config.size("pad_token_id", 0, least=0)
    own = vocabulary.ids["[PAD]"]
    require(pad == own, f"{config.origin}: expected {own} as pad_token_id, the place of [PAD] in vocab.txt, got {pad}")
    return Model(options, vocabulary.serialized(), parameters, remark=remark)


def _check_features(config, family):
    """Refuses by name what Rotor does not have. Returns the name of the class that the folder is for, if it says so."""
    kind = config.values.get("model_type", family)
    require(kind == family, f"{config.origin}: expected a model of the type {family}, got {kind!r:.60}")
    for key in ("is_decoder", "add_cross_attention", "quantization_config"):
        config.fail_unless(not config.values.get(key), key, "nothing, because Rotor's encoder has no such part,")
    config.choice("position_embedding_type", ("absolute",), "absolute")
    known = [family_name(family) + name for name in ARCHITECTURES]
    named = config.values.get("architectures") or [""]
    config.fail_unless(isinstance(named, list) and named[0] in ("", *known), "architectures", "one of " + ", ".join(known))
    config.choice("problem_type", ("single_label_classification", "regression"), "regression")
    return named[0]


def family_name(family):
    """As the names of its classes begin."""
    return {"bert": "Bert", "roformer": "RoFormer"}[family]


def _without_prefix(tensors, prefix, folder):
    """Under the names that today's files of encoders alone have."""
    result = {}
    for name, array in tensors.items():
        plain = name.removeprefix(prefix).replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")
        require(plain not in result, f"{folder}: expected each tensor once, got {plain} twice, with and without {prefix}")
        result[plain] = array
    return result


def _task(tensors, class_name, folder):
    if class_name.endswith("Model"):
        return "sentence_encoding"
    if any(name.startswith("classifier.") for name in tensors):
        return "sentence_prediction"
    require(not class_name.endswith("Classification"), f"{folder}: expected the classifier of a {class_name}, got none in the weights")
    return "masked_lm" if any(name.startswith("cls.predictions.") for name in tensors) else "sentence_encoding"


def _options(config):
    sizes = [config.size(key) for key in ("num_hidden_layers", "hidden_size", "intermediate_size", "num_attention_heads")]
    layers, width, inner, heads = sizes
    config.fail_unless(width % heads == 0, "num_attention_heads", f"a divisor of hidden_size {width}")
    config.fail_unless(config.values.get("embedding_size") in (None, width), "embedding_size", f"{width}, as hidden_size,")
    return {
        "arch": SIZES.get(tuple(sizes), "bert_base"),
        "encoder_layers": layers, "encoder_embed_dim": width, "encoder_ffn_embed_dim": inner, "encoder_attention_heads": heads,
        "encoder_key_value_heads": 0, "encoder_normalize_before": False,
        "activation_fn": ACTIVATIONS[config.choice("hidden_act", ACTIVATIONS, "gelu")],
        "norm": "layer", "layer_norm_eps": config.number("layer_norm_eps", 1e-12),
        "attention": "softmax", "attention_window": 0, "attention_bias": True, "ffn_bias": True,
        "scale_embedding": False, "layernorm_embedding": True, "token_types": config.size("type_vocab_size", 2),
        "dropout": config.number("hidden_dropout_prob", 0.1),
        "attention_dropout": config.number("attention_probs_dropout_prob", 0.1), "activation_dropout": 0.0,
        "initial_deviation": config.number("initializer_range", 0.02, below=1000),
        "pooling": "first", "max_positions": config.size("max_position_embeddings"),
        "source_vocabulary": config.size("vocab_size"), "target_vocabulary": config.size("vocab_size"),
    }  # fmt: skip


def _parameters(names, tensors, folder):
    """The parameters under Rotor's names. All that is missing, and all that has no place, is named."""
    missing = [theirs for theirs in names.values() if theirs not in tensors]
    require(not missing, f"{folder}: expected the tensors that config.json tells of, got none called {listed(missing)}")
    rest = set(tensors) - set(names.values()) - set(IGNORED)
    for theirs in sorted(rest & set(COPIES)):
        original = names.get(COPIES[theirs])
        same = original is not None and equal(tensors[theirs], tensors[original])
        require(same, f"{folder}: expected {theirs} to be the same as {original}, got other numbers; Rotor's head shares them")
    rest -= set(COPIES)
    unused = sorted(name for name in rest if not name.startswith("cls."))
    require(not unused, f"{folder}: expected no tensors but those of the model, got {listed(unused)}; Rotor has no such parts")
    return {ours: tensors[theirs] for ours, theirs in names.items()}


def _check_shapes(parameters, names, options, config):
    width, inner, vocabulary = (options[key] for key in ("encoder_embed_dim", "encoder_ffn_embed_dim", "source_vocabulary"))
    outputs = len(parameters.get("head.out_proj.weight", ()))
    rows = {
        "encoder.embed_tokens.weight": vocabulary, "lm_head.bias": vocabulary, "head.out_proj.weight": outputs,
        "head.out_proj.bias": outputs, "encoder.embed_token_types.weight": options["token_types"],
        "encoder.position.weight": options["max_positions"],
    }  # fmt: skip
    for name, array in parameters.items():
        part, kind = name.split(".")[-2:]
        expected = [rows.get(name, inner if part == "fc1" else width)]
        if kind == "weight" and "norm" not in part:
            expected.append(inner if part == "fc2" else width)
        right = list(array.shape) == expected
        other = "the weights are of another model"
        require(right, f"{config.origin}: expected {names[name]} as {expected}, got {list(array.shape)}; {other}")


def _labels(config, outputs):
    """The classes in their order; none if the model predicts one number."""
    kind = config.values.get("problem_type")
    if outputs == 1:
        return []
    config.fail_unless(kind != "regression", "problem_type", f"single_label_classification, because there are {outputs} outputs,")
    given = config.values.get("id2label")
    if given is None:
        return [f"LABEL_{i}" for i in range(outputs)]
    keys = [str(i) for i in range(outputs)]
    right = isinstance(given, dict) and sorted(given) == sorted(keys) and all(type(label) is str for label in given.values())
    config.fail_unless(right, "id2label", f"the names of {outputs} classes")
    return [given[key] for key in keys]


def _vocabulary(folder, options):
    vocabulary = read_vocab_txt(Path(folder) / "vocab.txt")
    rows = options["source_vocabulary"]
    require(
        len(vocabulary.tokens) <= rows,
        f"{folder}/vocab.txt: expected at most {rows} tokens, as many as vocab_size says, got {len(vocabulary.tokens)}",
    )
    return vocabulary.lengthened(rows)
