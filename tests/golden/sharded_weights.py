"""The weights of hugging_face/nllb in other files, as transformers writes them: in several, with an index, and in 16 bits.

Writes hugging_face/nllb_<kind>/, with weights alone; README.md describes them. Run it in this folder: python sharded_weights.py
"""

import shutil

import torch
from transformers import M2M100ForConditionalGeneration

from golden import FOLDER, versions

# The type of the numbers, whether the files are safetensors, and the largest size of a file.
KINDS = {"bin_shards": (torch.float32, False, "12KB"), "bf16_shards": (torch.bfloat16, True, "9KB"), "f16": (torch.float16, True, "1MB")}


def main():
    for kind, (dtype, safe, largest) in KINDS.items():
        folder = FOLDER / "hugging_face" / f"nllb_{kind}"
        shutil.rmtree(folder, ignore_errors=True)
        model = M2M100ForConditionalGeneration.from_pretrained(FOLDER / "hugging_face/nllb").to(dtype)
        model.save_pretrained(folder, safe_serialization=safe, max_shard_size=largest)
        for file in folder.glob("*config.json"):
            file.unlink()
        print(kind, sorted(file.name for file in folder.iterdir()))
    print(versions())


if __name__ == "__main__":
    main()
