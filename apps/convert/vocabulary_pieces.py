"""The pieces of the vocabularies that Rotor's models hold, and the files by which other programs cut text into them."""

import json

from .fault import Fault, require
from .mapped_vocabulary import FIRST_LINE
from .sentencepiece_model import sentencepiece_pieces
from .tokenizer import untokenized
from .wordpiece import parse

OWN = b"rotor-vocabulary "  # begins all serialized forms but SentencePiece's
BYTES = b"rotor-vocabulary bytes "
CODES = b"rotor-vocabulary bpe-codes 1 "
# Forms that begin with a JSON object of tokens; then comes what cuts text into them.
LISTED = {FIRST_LINE: "sentencepiece", CODES: "codes"}


def read_pieces(vocabulary, origin):
    """The pieces of a serialized vocabulary in the order of their ids."""
    vocabulary = untokenized(vocabulary, origin)[1]
    if vocabulary.startswith(BYTES):
        names = [chr(byte) if 0x21 <= byte <= 0x7E else f"<0x{byte:02X}>" for byte in range(256)]
        return ["<s>", "<pad>", "</s>", "<unk>", *names]
    wordpiece = parse(vocabulary, origin)
    if wordpiece:
        return wordpiece.tokens
    listed = parse_listed(vocabulary, origin)
    return listed[0] if listed else sentencepiece_pieces(vocabulary, origin)


def parse_listed(vocabulary, origin):
    """Of a vocabulary that lists its tokens: these, "sentencepiece" or "codes", and the content of that file. None of others."""
    name, brace, rest = vocabulary.partition(b"{")
    if name not in LISTED:
        return None
    header, _, cutter = rest.partition(b"\n")
    try:
        tokens = json.loads(brace + header)["tokens"]
    except (KeyError, ValueError, RecursionError):
        raise Fault(f"{origin}: expected a list of tokens in JSON in the vocabulary, got something else; the file is damaged") from None
    return [str(token) for token in tokens], LISTED[name], cutter


def sentencepiece_of(vocabulary, origin, reader):
    """The tokens of a vocabulary in the order of their ids, and the SentencePiece model that cuts text into them; a vocabulary
    that cuts text otherwise is refused, because `reader` reads none."""
    listed = parse_listed(vocabulary, origin)
    other = vocabulary.startswith(OWN) and not (listed and listed[1] == "sentencepiece")
    require(not other, f"{origin}: expected a vocabulary of SentencePiece, which {reader} reads, got another")
    return (listed[0], listed[2]) if listed else (sentencepiece_pieces(vocabulary, origin), vocabulary)


def vocabulary_files(model):
    """What cuts text into pieces: SentencePiece models and other serialized vocabularies by the names that rotor-preprocess gives
    them, WordPiece's vocab.txt as vocabulary.txt, merges as vocabulary.codes. What Moses' tokenizer cuts before is not in them."""
    if model.target_vocabulary is None:
        return dict([_file("vocabulary", model.vocabulary)])
    return dict([_file("source", model.vocabulary), _file("target", model.target_vocabulary)])


def _file(name, vocabulary):
    vocabulary = untokenized(vocabulary, name)[1]
    wordpiece, listed = parse(vocabulary, name), parse_listed(vocabulary, name)
    if listed:
        return f"{name}.model" if listed[1] == "sentencepiece" else f"{name}.codes", listed[2]
    return (f"{name}.txt", wordpiece.vocab_txt()) if wordpiece else (f"{name}.model", vocabulary)
