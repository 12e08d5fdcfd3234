"""Five updates of PyTorch's AdamW in parameter groups: adamw_groups.json.

The groups are those of a fine-tuning: weight decay spares norms and biases, and a layer's learning rate is 0.8 of that of the
layer above it. The table says which group each parameter is in, by hand.
"""

import json
import platform
from pathlib import Path

import torch

SEED = 1
EPSILON = 1e-12  # PyTorch adds it to the corrected root, fairseq and Rotor to the root itself
DECAY, LAYER_DECAY = 0.3, 0.8
RATES = [0.1, 0.2, 0.05, 0.05, 0.01]
# name, numbers, powers of LAYER_DECAY (two layers: embeddings have 3, heads 0), whether it decays
PARAMETERS = [
    ("encoder.embed_tokens.weight", 50, 3, True),
    ("encoder.embed_token_types.weight", 6, 3, True),
    ("encoder.layernorm_embedding.weight", 5, 3, False),
    ("encoder.layernorm_embedding.bias", 5, 3, False),
    ("encoder.position.weight", 20, 3, True),
    ("encoder.layers.0.self_attn.q_proj.weight", 25, 2, True),
    ("encoder.layers.0.self_attn.q_proj.bias", 5, 2, False),
    ("encoder.layers.0.self_attn.position.content_bias", 5, 2, False),
    ("encoder.layers.0.final_layer_norm.weight", 5, 2, False),
    ("encoder.layers.0.final_layer_norm.bias", 5, 2, False),
    ("encoder.layers.1.fc1.weight", 25, 1, True),
    ("encoder.layers.1.fc1.bias", 5, 1, False),
    ("encoder.layer_norm.weight", 5, 0, False),
    ("head.dense.weight", 25, 0, True),
    ("head.dense.bias", 5, 0, False),
    ("head.out_proj.weight", 10, 0, True),
]


def main():
    generator = torch.Generator().manual_seed(SEED)
    tensors = [torch.nn.Parameter(torch.randn(size, generator=generator)) for _, size, _, _ in PARAMETERS]
    start = [tensor.tolist() for tensor in tensors]
    groups = [
        {"params": [tensor], "weight_decay": DECAY if decays else 0.0}
        for tensor, (_, _, _, decays) in zip(tensors, PARAMETERS)
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=EPSILON, foreach=False)
    gradients = []
    for rate in RATES:
        for group, tensor, (_, _, power, _) in zip(optimizer.param_groups, tensors, PARAMETERS):
            tensor.grad = torch.randn(tensor.shape, generator=generator)
            group["lr"] = rate * LAYER_DECAY**power
        gradients.append([tensor.grad.tolist() for tensor in tensors])
        optimizer.step()
    golden = {
        "script": Path(__file__).name, "seed": SEED,
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "betas": "0.9,0.98", "eps": EPSILON, "weight_decay": DECAY, "layer_lr_decay": LAYER_DECAY, "rates": RATES,
        "parameters": [
            {"name": name, "start": begin, "gradients": [update[i] for update in gradients], "end": tensors[i].tolist()}
            for i, ((name, _, _, _), begin) in enumerate(zip(PARAMETERS, start))
        ],
    }  # fmt: skip
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
    print(f"{path.name}: {len(PARAMETERS)} parameters, {path.stat().st_size} bytes")


main()
