"""SentencePiece models with ids of their own, as Rotor's models hold them: a line with the tokens in the order of their ids,
then the SentencePiece model that cuts text into them (lib/text/mapped_vocabulary.h)."""

import json
from pathlib import Path

from .fault import Fault, listed, require
from .json_file import read_json
from .sentencepiece_model import sentencepiece_pieces

FIRST_LINE = b"rotor-vocabulary mapped 1 "
FILLER = "[no token {}]"
SPECIALS = ("bos", "pad", "eos", "unk", "mask", "start")
MARKS = ("languages", "language_last", "tags")  # what a text begins or ends with besides, as serialized() has it


def serialized(tokens, specials, model, languages=None, tags=False, language_last=False):
    """`specials` maps SPECIALS to ids, `languages` names to ids; `tags` says that texts may begin with >>xx<<, `language_last`
    that the token of a source's language comes after its </s>."""
    header = {"tokens": tokens, "special_tokens": {name: specials.get(name, -1) for name in SPECIALS}}
    if languages:
        header["languages"] = languages
    if language_last:
        header["language_last"] = True
    if tags:
        header["tags"] = True
    return FIRST_LINE + json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + model


def parse(vocabulary, origin):
    """The first line of the serialized form, as a dictionary, and the SentencePiece model; None of other vocabularies."""
    if not vocabulary.startswith(FIRST_LINE):
        return None
    line, _, model = vocabulary[len(FIRST_LINE) :].partition(b"\n")
    try:
        return json.loads(line), model
    except (ValueError, RecursionError):
        raise Fault(f"{origin}: expected a list of tokens in JSON, got something else; the file is damaged") from None


def lengthened(tokens, size, origin):
    """The tokens with as many more as a matrix has rows; those added stand for no text."""
    require(len(tokens) <= size, f"{origin}: expected at most {size} tokens, as many as the matrix has rows, got {len(tokens)}")
    return tokens + [FILLER.format(i) for i in range(len(tokens), size)]


def read_sentencepiece(path):
    """The bytes of a SentencePiece model, and its pieces."""
    bytes_ = read_bytes(path)
    return bytes_, sentencepiece_pieces(bytes_, path)


def read_bytes(path):
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None


def in_order(ids, origin):
    """The tokens of a dictionary from tokens to ids, in the order of the ids, which must be 0, 1, 2 …"""
    whole = all(type(token) is str and type(number) is int for token, number in ids.items())
    require(whole and ids, f"{origin}: expected tokens and their ids, got something else; get the file anew")
    places = {number: token for token, number in ids.items()}
    missing = [number for number in range(len(ids)) if number not in places]
    require(not missing, f"{origin}: expected the ids 0 to {len(ids) - 1}, each once, got none for {listed(missing)}; get the file anew")
    return [places[number] for number in range(len(ids))]


def read_json_ids(path):
    """The tokens of a file such as vocab.json, {"</s>": 0, "▁the": 1 …}, in the order of their ids."""
    return in_order(read_json(path), path)


def id_of(token, tokens, origin):
    require(token in tokens, f"{origin}: expected {token} among its tokens, got none; Rotor needs it")
    return tokens.index(token)
