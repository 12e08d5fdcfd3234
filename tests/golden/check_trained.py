"""Holds a trained model against the formulas, in float64: whether an encoding is right at the weights that training found.

    rotor-generate model.safetensors --input valid.en --score-reference valid.de --output scores
    python check_trained.py model.safetensors corpus/valid.safetensors scores

Scores the corpus's first pairs with transformer.py, its self-attention by position_formulas.py, and prints the largest
difference of a sentence's log-probability relative to it. Nothing is written.
"""

import json
import sys

import torch
from safetensors import safe_open

from golden import EOS, PAD, pad
from position_formulas import self_attention
from transformer import Transformer

PAIRS, TOLERANCE = 24, 1e-5


class Formulas(Transformer):
    """A Transformer whose self-attention is read off the formulas where an encoding acts within it."""

    def attention(self, stack, name, x, memory, hidden, **kind):
        encoding = self.config[f"{stack}_position_encoding"]
        if encoding in ("learned", "sinusoidal"):
            encoding = "none"  # within attention: they are added to the embeddings
        elif encoding == "xpos" and stack == "encoder":
            encoding = "rope"  # its decay is for keys that come before their queries
        plain = encoding == "none" and self.config["attention"] == "softmax"
        if plain or not kind.get("self_attention"):
            return super().attention(stack, name, x, memory, hidden, **kind)
        case = {**self.config, "stack": stack, "position_encoding": encoding,
                "heads": self.config[f"{stack}_attention_heads"], "width": x.shape[-1]}  # fmt: skip
        parts = {}
        for owner in (f"{stack}.", f"{name}."):  # what a stack's layers share, then the layer's own
            parts |= {key.removeprefix(owner): p for key, p in self.p.items() if key.startswith(owner)}
        lengths = torch.full(x.shape[:1], x.shape[1]) if stack == "decoder" else (~hidden).sum((1, 2, 3))
        return self_attention(case, parts, x, lengths)[0]


def pairs(path):
    """The first pairs of a corpus's split, as lists of ids, with </s>, which a split leaves out."""
    with safe_open(path, "pt") as file:
        for side in ("source", "target"):
            ids, offsets = file.get_tensor(side).long().tolist(), file.get_tensor(f"{side}_offsets").long().tolist()
            yield [[*ids[a:b], EOS] for a, b in zip(offsets[:PAIRS], offsets[1:])]


def log_probabilities(model, source, target):
    logits = model(pad(source), pad([[EOS] + sentence[:-1] for sentence in target]))[0]
    target = pad(target)
    words = logits.log_softmax(-1).gather(-1, target[..., None])[..., 0]
    return (words * target.ne(PAD)).sum(-1)


def main(model_path, split_path, scores_path):
    with safe_open(model_path, "pt") as file:
        config = json.loads(file.metadata()["config"])
        parameters = {name: file.get_tensor(name).double() for name in file.keys() if not name.startswith("vocabulary")}
    for stack in ("encoder", "decoder"):
        config[f"{stack}_position_encoding"] = config[f"{stack}_position_encoding"] or config["position_encoding"]
    torch.set_default_dtype(torch.float64)
    with torch.no_grad():
        expected = log_probabilities(Formulas(config, parameters), *pairs(split_path))
    with open(scores_path) as lines:
        actual = torch.tensor([float(line.split("\t")[0]) for line in lines][:PAIRS], dtype=torch.float64)
    difference = ((actual - expected) / expected).abs().max().item()
    print(f"{config['attention']}, {config['position_encoding']}: {PAIRS} pairs, largest relative difference {difference:.1e}")
    if not difference < TOLERANCE:
        sys.exit(f"expected at most {TOLERANCE:.0e}")


if __name__ == "__main__":
    main(*sys.argv[1:])
