"""The vocabulary of a language model as the library tokenizers reads it: tokenizer.json, which AutoTokenizer loads.

Of SentencePiece's models bpe, unigram and char are written, also with bytes for unknown characters; and Rotor's vocabulary of bytes.
The tokenizer puts the start token before a text, as rotor-generate does before a prompt, and like all of that library takes a
special token that is spelled out in a text for the token. Where SentencePiece normalises, the library drops an accent that follows
a character which becomes another (a full-width letter); the model itself is beside it as tokenizer.model.
"""

import base64

from .fault import require
from .sentencepiece_model import BPE, CHAR, NORMAL, UNIGRAM, UNKNOWN, UNUSED, USER_DEFINED, read_sentencepiece_model
from .vocabulary_pieces import BYTES, OWN, read_pieces

BLANK = "▁"
READER = "the library tokenizers"


def tokenizer_files(path, model, options):
    special = options["special_tokens"]
    pieces = read_pieces(model.vocabulary, path)
    rows = options["target_vocabulary"]
    require(len(pieces) == rows, f"{path}: expected {rows} tokens in the vocabulary, got {len(pieces)}; the file is damaged")
    more = {}
    if model.vocabulary.startswith(BYTES):
        tokenizer = _of_bytes()
    else:
        tokenizer, more = _of_sentencepiece(path, model.vocabulary), {"tokenizer.model": model.vocabulary}
    ids = sorted({special[name] for name in ("bos", "pad", "eos", "unk", "start", "mask")} - {-1})
    start = pieces[special["start"]]
    names = {"bos": start, **{name: pieces[special[name]] for name in ("eos", "unk", "pad")}}
    return {
        "tokenizer.json": {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": [_added(i, pieces[i]) for i in ids],
            "post_processor": _starting_with(start, special["start"]), **tokenizer,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", **{f"{name}_token": token for name, token in names.items()},
            "model_max_length": options["max_positions"], "clean_up_tokenization_spaces": False,
            "model_input_names": ["input_ids", "attention_mask"],
        },
        **more,
    }  # fmt: skip


def _added(number, content):
    return {
        "id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True,
    }  # fmt: skip


def _starting_with(token, number):
    def sequence(name):
        return {"Sequence": {"id": name, "type_id": 0}}

    first = {"SpecialToken": {"id": token, "type_id": 0}}
    return {
        "type": "TemplateProcessing", "single": [first, sequence("A")], "pair": [first, sequence("A"), sequence("B")],
        "special_tokens": {token: {"id": token, "ids": [number], "tokens": [token]}},
    }  # fmt: skip


def _byte_letters():
    """The letters that stand for bytes there: printing characters of Latin-1 for themselves, others from U+0100 on (GPT-2's)."""
    printing = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printing]
    return {byte: chr(byte if byte in printing else 0x100 + others.index(byte)) for byte in range(256)}


BYTE_LETTERS = _byte_letters()


def _of_bytes():
    names = ("<s>", "<pad>", "</s>", "<unk>", *BYTE_LETTERS.values())
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {
        "normalizer": None, "pre_tokenizer": level, "decoder": level,
        "model": _bpe({name: i for i, name in enumerate(names)}, [], unknown=None, byte_fallback=False),
    }  # fmt: skip


def _of_sentencepiece(path, vocabulary):
    other = vocabulary.startswith(OWN)
    require(not other, f"{path}: expected a vocabulary of SentencePiece or of bytes, which {READER} can have exactly, got another")
    model = read_sentencepiece_model(vocabulary, path)
    known = {UNIGRAM: _unigram, BPE: _merges, CHAR: _merges}
    known_type = model.model_type in known
    require(known_type, f"{path}: expected a vocabulary of the type bpe, unigram or char, got one of words; {READER} cut them too")
    odd = any(piece.type in (USER_DEFINED, UNUSED) for piece in model.pieces)
    require(not odd, f"{path}: expected a vocabulary without user-defined symbols and unused pieces, got one; {READER} cut them otherwise")
    blanks = model.escape_whitespaces and not model.treat_whitespace_as_suffix
    require(blanks, f"{path}: expected a vocabulary with {BLANK} before words, got another; {READER} cannot have it exactly")
    return {
        "normalizer": {"type": "Sequence", "normalizers": _normalizers(model)}, "pre_tokenizer": None, "decoder": _decoder(model),
        "model": known[model.model_type](model),
    }  # fmt: skip


def _normalizers(model):
    def replace(pattern, content):
        return {"type": "Replace", "pattern": pattern, "content": content}

    steps = []
    if model.precompiled_charsmap:
        charsmap = base64.b64encode(model.precompiled_charsmap).decode()
        steps.append({"type": "Precompiled", "precompiled_charsmap": charsmap})
    if model.remove_extra_whitespaces:
        steps += [replace({"Regex": " {2,}"}, " "), replace({"Regex": r"\A +| +\z"}, "")]
    if model.add_dummy_prefix:
        steps.append({"type": "Prepend", "prepend": BLANK})
    return [*steps, replace({"String": " "}, BLANK)]


def _decoder(model):
    steps = [{"type": "Replace", "pattern": {"String": BLANK}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]
    if model.add_dummy_prefix:
        steps.append({"type": "Strip", "content": " ", "start": 1, "stop": 0})
    return {"type": "Sequence", "decoders": steps}


def _unigram(model):
    unknown = next(i for i, piece in enumerate(model.pieces) if piece.type == UNKNOWN)
    return {
        "type": "Unigram", "unk_id": unknown, "byte_fallback": model.byte_fallback,
        "vocab": [[piece.text, piece.score] for piece in model.pieces],
    }  # fmt: skip


def _merges(model):
    """All pairs of pieces that are a piece together, those of higher scores first. A model of characters has none."""
    ids = {piece.text: i for i, piece in enumerate(model.pieces)}
    parts = {piece.text for piece in model.pieces if piece.type == NORMAL}
    whole = sorted((piece for piece in model.pieces if piece.type == NORMAL), key=lambda piece: -piece.score)
    pairs = [
        f"{piece.text[:cut]} {piece.text[cut:]}"
        for piece in whole
        for cut in range(1, len(piece.text))
        if piece.text[:cut] in parts and piece.text[cut:] in parts
    ] if model.model_type == BPE else []  # fmt: skip
    unknown = next(piece.text for piece in model.pieces if piece.type == UNKNOWN)
    return _bpe(ids, pairs, unknown, model.byte_fallback)


def _bpe(ids, merges, unknown, byte_fallback):
    return {
        "type": "BPE", "dropout": None, "unk_token": unknown, "continuing_subword_prefix": None, "end_of_word_suffix": None,
        "fuse_unk": True, "byte_fallback": byte_fallback, "ignore_merges": False, "vocab": ids, "merges": merges,
    }  # fmt: skip
