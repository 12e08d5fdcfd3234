"""Writes kinds.safetensors: a tensor of each type Rotor reads, the numbers 0, 1, 2, … in each."""

import safetensors
import torch
from safetensors.torch import save_file

NAMES = {
    "a": torch.float32,
    "empty": torch.float32,
    "half": torch.bfloat16,
    "long": torch.uint64,
    "scalar": torch.float32,
    "short": torch.uint16,
    "signed": torch.int8,
    "unsigned": torch.uint32,
    "vocabulary": torch.uint8,
}
SHAPES = {"empty": (0, 4), "scalar": (), "a": (2, 3)}

assert safetensors.__version__ == "0.8.0"
tensors = {}
for name, dtype in NAMES.items():
    shape = SHAPES.get(name, (3,))
    tensors[name] = torch.arange(torch.Size(shape).numel(), dtype=torch.int64).reshape(shape).to(dtype)
save_file(tensors, "kinds.safetensors", {"script": "kinds.py, safetensors 0.8.0, torch 2.5.1, no seed"})
