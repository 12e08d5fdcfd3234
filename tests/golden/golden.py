"""What the golden scripts share: writing arrays with their origin, and padding sentences."""

import json
import platform
from pathlib import Path

import numpy
import torch
from safetensors.numpy import save

FOLDER = Path(__file__).resolve().parent
PAD, EOS = 1, 2


def save_golden(name, tensors, metadata):
    """Writes float tensors as F32 and integer ones as U32, with the versions that made them, to the byte the same each time."""
    arrays = {}
    for key, value in tensors.items():
        value = torch.as_tensor(value).detach().numpy()
        if value.dtype != numpy.uint8:
            value = value.astype(numpy.float32 if value.dtype.kind == "f" else numpy.uint32)
        arrays[key] = numpy.ascontiguousarray(value)
    bytes_ = save(arrays, {key: metadata[key] for key in sorted(metadata)})
    # The library writes the metadata in no fixed order: write the header again, sorted.
    length = int.from_bytes(bytes_[:8], "little")
    header = json.loads(bytes_[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    (FOLDER / name).write_bytes(len(text).to_bytes(8, "little") + text + bytes_[8 + length :])
    print(f"{name}: {len(arrays)} tensors, {(FOLDER / name).stat().st_size} bytes")


def versions(*modules):
    """The versions of Python, PyTorch and the modules named, as one metadata string."""
    named = {"python": platform.python_version(), "torch": torch.__version__}
    named.update({module.__name__: module.__version__ for module in modules})
    return json.dumps(named)


def pad(sentences, left=False):
    """Lists of ids -> [batch, longest] with PAD at the right (or left)."""
    longest = max(map(len, sentences))
    rows = [[PAD] * (longest - len(s)) + s if left else s + [PAD] * (longest - len(s)) for s in sentences]
    return torch.tensor(rows)
