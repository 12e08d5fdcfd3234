"""The table of formats: one row a direction."""

from dataclasses import dataclass
from typing import Callable

from . import bert, huggingface, roformer


@dataclass(frozen=True)
class Format:
    name: str
    source: str  # what IN is, and OUT, on the command line
    target: str
    help: str
    convert: Callable  # (in, out) -> the model


FORMATS = [
    Format("bert", "FOLDER", "MODEL", "BERT and MiniLM, a folder of Hugging Face's or sentence-transformers'", bert.convert),
    Format("roformer", "FOLDER", "MODEL", "RoFormer, a folder of Hugging Face's", roformer.convert),
    Format("huggingface", "MODEL", "FOLDER", "a BERT or RoFormer that transformers loads", huggingface.convert),
]
