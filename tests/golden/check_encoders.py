"""Compares what transformers makes of rotor-convert's folders with the goldens, and with transformers' own folders.

Every encoder_<model>.safetensors, which Rotor's tests hold Rotor against, goes through `rotor-convert huggingface`, is loaded by
transformers' Auto classes, which get no code of ours, and has to give the golden's logits or vectors. The tokenizer has to read
vocab.txt as that of the folder the golden was made of does. Run it in this folder: python check_encoders.py
"""

import sys
import tempfile
from pathlib import Path

import torch
from torch.nn import functional
from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer, BertTokenizer

from golden import FOLDER

sys.path.insert(0, str(FOLDER.parents[1] / "apps"))
from convert import huggingface  # noqa: E402
from convert.tensor_file import read_tensors  # noqa: E402

TOLERANCE = 1e-5
TEXTS = ["Abc hij", "a-b", "", "Ärger qrst", "[MASK] a"]


def outputs(folder, golden):
    ids, types, lengths = (torch.tensor(golden[f"input.{key}"]).long() for key in ("ids", "types", "lengths"))
    attention = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
    inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": attention}
    if "input.places" in golden:
        logits = AutoModelForMaskedLM.from_pretrained(folder).eval()(**inputs).logits
        return logits[attention.bool()][torch.tensor(golden["input.places"]).long()], golden["output.logits"]
    if "output.logits" in golden:
        return AutoModelForSequenceClassification.from_pretrained(folder).eval()(**inputs).logits, golden["output.logits"]
    features = AutoModel.from_pretrained(folder).eval()(**inputs).last_hidden_state
    mask = attention[:, :, None]
    return functional.normalize((features * mask).sum(1) / mask.sum(1)), golden["output.vectors"]


@torch.no_grad()
def check(path):
    golden, _ = read_tensors(path)
    name = path.stem.removeprefix("encoder_")
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model.safetensors"
        without_outputs(path, model)
        folder = Path(scratch) / "folder"
        huggingface.convert(model, folder)
        actual, expected = outputs(folder, golden)
        ours, theirs = AutoTokenizer.from_pretrained(folder), BertTokenizer.from_pretrained(FOLDER / "hugging_face" / name)
        assert ours(TEXTS)["input_ids"] == theirs(TEXTS)["input_ids"], name
    difference = float((actual - torch.tensor(expected)).abs().max() / torch.tensor(expected).abs().max())
    print(f"{name}: {difference:.1e} from the golden")
    assert difference < TOLERANCE, name


def without_outputs(path, model):
    """The golden's model alone."""
    from convert.tensor_file import write_tensors

    tensors, metadata = read_tensors(path)
    write_tensors(model, {k: v for k, v in tensors.items() if not k.startswith(("input.", "output.", "gradient."))}, metadata)


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("encoder_*.safetensors")):
        check(path)
