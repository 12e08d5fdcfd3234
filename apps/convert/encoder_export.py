"""Encoders in Hugging Face's layout: what huggingface.py writes of the tasks masked_lm, sentence_prediction and sentence_encoding.

    positions learned, sentence head "bert"      BertForMaskedLM, BertForSequenceClassification, BertModel
    positions rope, sentence head "roformer"     RoFormerForMaskedLM, RoFormerForSequenceClassification, RoFormerModel

A model of the task sentence_encoding gets sentence-transformers' files too. Every number keeps its bits.
"""

from .encoder_import import family_name
from .encoder_names import FAMILIES, MASKED_LM, POOLER, SINUSOIDS, encoder_names
from .fault import Fault, listed, require
from .hugging_face_folder import WEIGHTS_FILE
from .model_options import expect_option, expect_parameters
from .sentence_vectors import vector_files
from .sinusoidal_table import sinusoids
from .tensor_file import write_tensors
from .wordpiece import parse

FAMILY_OF_POSITIONS = {"learned": "bert", "rope": "roformer"}
CLASSES = {"masked_lm": "ForMaskedLM", "sentence_prediction": "ForSequenceClassification", "sentence_encoding": "Model"}
ACTIVATIONS = {"relu": "relu", "gelu": "gelu", "swish": "silu"}
# What both architectures have, and Rotor's models may have otherwise.
FIXED = {
    "encoder_normalize_before": False, "norm": "layer", "attention": "softmax", "attention_window": 0, "attention_bias": True,
    "ffn_bias": True, "scale_embedding": False, "layernorm_embedding": True,
}  # fmt: skip
PLAIN_ROPE = {
    "rope_scaling": ("none",), "rope_fraction": (1,), "rope_kept_frequencies": (1,), "no_position_every": (0,),
    "encoder_no_position_every": (-1, 0),
}  # fmt: skip
NEEDED = (
    "task", "encoder_layers", "encoder_embed_dim", "encoder_attention_heads", "encoder_ffn_embed_dim", "activation_fn", "dropout",
    "attention_dropout", "max_positions", "token_types", "initial_deviation", "layer_norm_eps", "special_tokens", "source_vocabulary",
)  # fmt: skip


def encoder_files(path, model):
    """The files of the folder, by their names."""
    options = model.config
    family = _family(path, options)
    names = _names(family, options, model.parameters)
    expect_parameters(path, model, names, family_name(family))
    tensors = {names[name]: array for name, array in model.parameters.items()}
    if family == "roformer":
        prefix = "" if options["task"] == "sentence_encoding" else FAMILIES[family].prefix
        width = options["encoder_embed_dim"] // options["encoder_attention_heads"]
        tensors[prefix + SINUSOIDS] = sinusoids(options["max_positions"], width, "half", 0)  # which transformers expects in the file
    files = {"config.json": _config(family, options), **_vocabulary_files(path, model)}
    if options["task"] == "sentence_encoding":
        files.update(vector_files(options))
    files[WEIGHTS_FILE] = lambda out: write_tensors(out, tensors, {"format": "pt"})
    return files


def _family(path, options):
    """The family of a model's shape; a shape that none has is refused by the names of its options."""
    missing = [key for key in NEEDED if key not in options]
    require(not missing, f"{path}: expected a model of an encoder alone, got a configuration without {listed(missing)}")

    def check(key, expected):
        expect_option(path, "Hugging Face", options, key, expected)

    check("task", tuple(CLASSES))
    positions = options.get("encoder_position_encoding") or options.get("position_encoding")
    check("encoder_position_encoding" if options.get("encoder_position_encoding") else "position_encoding", tuple(FAMILY_OF_POSITIONS))
    family = FAMILY_OF_POSITIONS[positions]
    for key, value in FIXED.items():
        check(key, (value,))
    check("activation_fn", tuple(ACTIVATIONS) if options["task"] != "masked_lm" else ("gelu",))
    check("encoder_key_value_heads", (0, options["encoder_attention_heads"]))
    require(options["token_types"] > 0, f"{path}: Hugging Face has no such model: expected --token-types 1 or more, got 0")
    if family == "roformer":
        check("rope_layout", ("interleaved",))
        check("rope_base", (10000,))
        for key, values in PLAIN_ROPE.items():
            if key in options:  # models of former versions have it not
                check(key, values)
    if options["task"] == "sentence_prediction":
        check("classifier_head", (family,))
        check("pooling", ("first",))
    return family


def _names(family, options, parameters):
    """Their name of each parameter. An encoder alone has no prefix."""
    names = encoder_names(family, options["encoder_layers"])
    if family == "bert" and "head.dense.weight" in parameters:
        names.update(POOLER)
    if options["task"] != "sentence_encoding":
        names = {ours: FAMILIES[family].prefix + theirs for ours, theirs in names.items()}
    if options["task"] == "masked_lm":
        names.update(MASKED_LM)
    if options["task"] == "sentence_prediction":
        names.update(FAMILIES[family].classifier)
    return names


def _config(family, options):
    tokens = options["special_tokens"]
    config = {
        "architectures": [family_name(family) + CLASSES[options["task"]]],
        "model_type": family,
        "vocab_size": options["source_vocabulary"],
        "hidden_size": options["encoder_embed_dim"],
        "num_hidden_layers": options["encoder_layers"],
        "num_attention_heads": options["encoder_attention_heads"],
        "intermediate_size": options["encoder_ffn_embed_dim"],
        "hidden_act": ACTIVATIONS[options["activation_fn"]],
        "hidden_dropout_prob": options["dropout"],
        "attention_probs_dropout_prob": options["attention_dropout"],
        "max_position_embeddings": options["max_positions"],
        "type_vocab_size": options["token_types"],
        "initializer_range": options["initial_deviation"] or 0.02,
        "layer_norm_eps": options["layer_norm_eps"],
        "pad_token_id": tokens["pad"],
        "torch_dtype": "float32",
    }
    if family == "roformer":
        config.update(embedding_size=options["encoder_embed_dim"], rotary_value=options.get("rotary_value", False))
    else:
        config.update(position_embedding_type="absolute")
    if options["task"] == "sentence_prediction":
        labels = options["labels"]
        config["problem_type"] = "single_label_classification" if labels else "regression"
        config["id2label"] = {str(i): label for i, label in enumerate(labels or ["LABEL_0"])}
        config["label2id"] = {label: i for i, label in enumerate(labels or ["LABEL_0"])}
    return config


def _vocabulary_files(path, model):
    vocabulary = parse(model.vocabulary, path)
    if vocabulary is None:
        raise Fault(
            f"{path}: expected a WordPiece vocabulary, which BERT's tokenizer reads, got another; preprocess with "
            "--vocabulary vocab.txt"
        )
    return {
        "vocab.txt": vocabulary.vocab_txt(),
        "tokenizer_config.json": {
            "tokenizer_class": "BertTokenizer",
            **vocabulary.settings,
            "model_max_length": model.config["max_positions"],
            "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]",
        },
    }  # fmt: skip
