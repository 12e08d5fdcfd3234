"""The table of formats: one row a direction, which the module of the row's name carries out by convert(IN, OUT)."""

from collections import namedtuple

Format = namedtuple("Format", "name source target help")

FORMATS = [
    Format("bert", "FOLDER", "MODEL", "BERT and its like, such as MiniLM, as Hugging Face or sentence-transformers has it"),
    Format("roformer", "FOLDER", "MODEL", "RoFormer, as Hugging Face has it"),
    Format("huggingface", "MODEL", "FOLDER", "a BERT or RoFormer that transformers loads"),
]
