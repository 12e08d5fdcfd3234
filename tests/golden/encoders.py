"""Encoders of Hugging Face's transformers with random weights, and what they compute: folders in Hugging Face's layout, which
rotor-convert reads, and beside them the same models as Rotor's, with logits, losses and gradients.

Writes hugging_face/<model>/ and encoder_<model>.safetensors; README.md describes them. Run it in this folder: python encoders.py
"""

import json
import shutil
import sys
from pathlib import Path

import torch
import transformers
from torch.nn import functional
from transformers import (
    BertConfig, BertForMaskedLM, BertForSequenceClassification, BertModel,
    RoFormerConfig, RoFormerForMaskedLM, RoFormerForSequenceClassification,
)  # fmt: skip

from golden import FOLDER, save_golden, versions

sys.path.insert(0, str(FOLDER.parents[1] / "apps"))
from convert import bert, roformer  # noqa: E402
from convert.encoder_names import COPIES, FAMILIES, MASKED_LM, POOLER, encoder_names  # noqa: E402
from convert.tensor_file import read_tensors  # noqa: E402

SEED = 31
SIZES = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 24, "max_position_embeddings": 20,
    "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "vocab_size": 48, "pad_token_id": 0,
}  # fmt: skip
# The folder's weights, the class, and what its configuration says besides.
MODELS = {
    "bert_masked_lm": ("model.safetensors", BertForMaskedLM, {}),
    "bert_classes": ("pytorch_model.bin", BertForSequenceClassification, {"id2label": {0: "no", 1: "perhaps", 2: "yes"}}),
    "bert_regression": (
        "pytorch_model.bin", BertForSequenceClassification,
        {"num_labels": 1, "problem_type": "regression", "hidden_act": "relu", "layer_norm_eps": 1e-5, "type_vocab_size": 3},
    ),
    "bert_vectors": ("model.safetensors", BertModel, {"hidden_act": "silu"}),
    "roformer_masked_lm": ("model.safetensors", RoFormerForMaskedLM, {"vocab_size": 45}),
    "roformer_classes": ("model.safetensors", RoFormerForSequenceClassification, {"num_labels": 2, "num_hidden_layers": 1}),
}  # fmt: skip
OLD_FORMAT = "bert_regression"  # of PyTorch before 1.6
TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]  # then words: 45 in all
CLS, SEP, MASK = 2, 3, 4
LENGTHS = [(5, 4), (3, 0), (7, 6), (1, 1), (2, 4)]  # of the two texts; without a second one there is one [SEP]


def vocabulary():
    return [*TOKENS, *"abcdefghijklmnopqrst", *(f"##{letter}" for letter in "abcdefghijklmnopqrst")]


def pairs(generator):
    """Pairs of random texts: ids, types and lengths."""
    words, size = len(TOKENS), len(vocabulary())
    rows = []
    for first, second in LENGTHS:
        texts = [torch.randint(words, size, (length,), generator=generator).tolist() for length in (first, second)]
        ids, types = [CLS, *texts[0], SEP], [0] * (first + 2)
        if second:
            ids, types = [*ids, *texts[1], SEP], [*types, *[1] * (second + 1)]
        rows.append((ids, types))
    longest = max(len(ids) for ids, _ in rows)
    padded = [[row + [0] * (longest - len(row)) for row in column] for column in zip(*rows)]
    return torch.tensor(padded[0]), torch.tensor(padded[1]), torch.tensor([len(ids) for ids, _ in rows])


def hide(ids, lengths, generator):
    """The ids with some tokens hidden by [MASK] and some kept, none of the second row; and which are to be predicted."""
    hidden = torch.rand(ids.shape, generator=generator) < 0.3
    hidden &= (torch.arange(ids.shape[1]) < lengths[:, None]) & (ids >= len(TOKENS))
    hidden[1] = False
    input_ids = torch.where(hidden & (torch.rand(ids.shape, generator=generator) < 0.8), MASK, ids)
    return input_ids, hidden


def make(name):
    weights, model_class, options = MODELS[name]
    config_class = BertConfig if name.startswith("bert") else RoFormerConfig
    torch.manual_seed(SEED + list(MODELS).index(name))
    model = model_class(config_class(**{**SIZES, **options})).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn(parameter.shape) * 0.2)
    folder = FOLDER / "hugging_face" / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, safe_serialization=weights.endswith(".safetensors"))
    if name == OLD_FORMAT:
        torch.save(model.state_dict(), folder / weights, _use_new_zipfile_serialization=False)
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in vocabulary()), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": name != "roformer_classes"}) + "\n")
    if name == "bert_vectors":
        pooling = folder / "1_Pooling"
        pooling.mkdir()
        modes = {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": False}
        (pooling / "config.json").write_text(json.dumps({"word_embedding_dimension": 16, **modes}) + "\n")
        modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
        prefix = "sentence_transformers.models."
        modules = [{"idx": i, "name": str(i), "path": path, "type": prefix + kind} for i, (path, kind) in enumerate(modules)]
        (folder / "modules.json").write_text(json.dumps(modules) + "\n")
    return model, folder


def computed(name, model):
    """What goes in, what comes out, and the loss summed over what is predicted, whose gradients are left in the model."""
    generator = torch.Generator().manual_seed(SEED)
    ids, types, lengths = pairs(generator)
    attention = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
    tensors = {"input.types": types, "input.lengths": lengths}
    inputs = {"token_type_ids": types, "attention_mask": attention}
    if "masked_lm" in name:
        tensors["input.ids"], hidden = hide(ids, lengths, generator)
        labels = torch.where(hidden, ids, -100)
        result = model(tensors["input.ids"], labels=labels, **inputs)
        places = torch.cat([torch.arange(len(ids[0])) < length for length in lengths])  # of all tokens but the padding
        tensors["input.places"] = hidden.flatten()[places].nonzero().flatten()
        tensors["input.targets"], tensors["output.logits"] = ids[hidden], result.logits[hidden]
        return tensors, result.loss * hidden.sum()
    tensors["input.ids"] = ids
    if name == "bert_vectors":
        features = model(ids, **inputs).last_hidden_state
        mask = attention[:, :, None]
        mean = (features * mask).sum(1) / mask.sum(1)
        tensors["output.vectors"] = functional.normalize(mean)
        return tensors, (mean * torch.linspace(-1, 1, 16, dtype=mean.dtype)).sum()
    regression = name == "bert_regression"
    targets = torch.randn(len(ids), generator=generator).double() if regression else torch.randint(2, (len(ids),), generator=generator)
    tensors["input.targets"] = targets = targets.float().double() if regression else targets
    result = model(ids, labels=targets, **inputs)
    tensors["output.logits"] = result.logits
    return tensors, result.loss * len(ids)


def rotor_gradients(name, model):
    """The gradients under Rotor's names. A matrix that serves twice has one."""
    family = name.split("_")[0]
    names = {**encoder_names(family, model.config.num_hidden_layers), **MASKED_LM, **FAMILIES[family].classifier}
    names = {**POOLER, **names} if family == "bert" else names
    ours = {theirs: our for our, theirs in names.items()}
    gradients = {}
    for key, parameter in model.named_parameters():
        key = key.removeprefix(FAMILIES[family].prefix)
        if parameter.grad is not None and key not in COPIES:
            gradients[f"gradient.{ours[key]}"] = parameter.grad
    return gradients


def write(name):
    model, folder = make(name)
    converted = FOLDER / f"encoder_{name}.safetensors"
    (bert if name.startswith("bert") else roformer).convert(folder, converted)
    parameters, metadata = read_tensors(converted)
    model = model.double()
    tensors, loss = computed(name, model)
    loss.backward()
    parameters = {key: torch.tensor(array) for key, array in parameters.items()}
    tensors = {**parameters, **tensors, "output.loss": loss.reshape(1), **rotor_gradients(name, model)}
    metadata = {key: metadata[key] for key in ("config", "format", "version")}
    metadata.update(script=Path(__file__).name, seed=str(SEED), versions=versions(transformers))
    save_golden(converted.name, tensors, metadata)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in MODELS:
        write(name)
