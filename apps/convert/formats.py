"""The table of formats: one row a direction, which the module of the row's name carries out by convert(IN, OUT)."""

from collections import namedtuple

# An option "--name VALUE", which convert() gets as the argument of that name; without choices any value is taken. An option whose
# value is "" is a flag.
Option = namedtuple("Option", "name value help choices", defaults=((),))
Format = namedtuple("Format", "name source target help options", defaults=((),))

QUANTIZE = Option("quantize", "TYPE", "none (the default), bf16 or int8: bits of the matrices; those that have these bits keep them",
                  ("none", "bf16", "int8"))  # fmt: skip

FORMATS = [
    Format("bert", "FOLDER", "MODEL", "BERT and its like, such as MiniLM, as Hugging Face or sentence-transformers has it", (QUANTIZE,)),
    Format("roformer", "FOLDER", "MODEL", "RoFormer, as Hugging Face has it", (QUANTIZE,)),
    Format("opus-mt", "FOLDER", "MODEL", "OPUS-MT and its like: MarianMTModel, as Hugging Face has it", (QUANTIZE,)),
    Format("nllb", "FOLDER", "MODEL", "M2M100 and NLLB, as Hugging Face has them", (QUANTIZE,)),
    Format(
        "marian", "FILE", "MODEL", "a model of Marian, Firefox or Bergamot (.npz, .bin)",
        (Option("vocabulary", "FILE", "vocab.spm or vocab.yml; by default that beside the model"), QUANTIZE),
    ),
    Format("huggingface", "MODEL", "FOLDER", "an encoder, a translation or a language model that transformers loads"),
    Format(
        "ctranslate2", "MODEL", "FOLDER", "a translation or a language model for CTranslate2",
        (Option("quantization", "TYPE", "type of the matrices: float32 (the default) or int8", ("float32", "int8")),),
    ),
    Format(
        "fairseq", "CHECKPOINT", "MODEL", "a translation or language model of fairseq, a .pt file; or a folder of the format below",
        (
            Option("dictionaries", "FOLDER", "where dict.txt or dict.<language>.txt are, if not beside the checkpoint"),
            Option("bpe-codes", "FILE", "merges of subword-nmt or fastBPE, which cut text into the dictionary's tokens"),
            Option("sentencepiece", "FILE", "SentencePiece model that cuts text into the dictionary's tokens"),
            Option("tokenizer", "NAME", "moses: cuts text before; none. By default what the checkpoint says", ("moses", "none")),
            Option("moses-no-dash-splits", "", "the tokenizer leaves \"rich-text\" whole"),
            Option("moses-no-escape", "", "the tokenizer leaves quotes and brackets as they are"),
            Option("source-lang", "LANGUAGE", "language of the source, or of a language model, if not that of the checkpoint"),
            Option("target-lang", "LANGUAGE", "language of the target, if not that of the checkpoint"),
            QUANTIZE,
        ),
    ),
    Format("fairseq-folder", "MODEL", "FOLDER", "the state dict of a fairseq model, its options and dictionaries"),
]  # fmt: skip
