"""The pieces of the vocabularies that Rotor's models hold, and the files by which other programs cut text into them."""

from .sentencepiece_model import sentencepiece_pieces
from .wordpiece import parse

BYTES = b"rotor-vocabulary bytes "


def read_pieces(vocabulary, origin):
    """The pieces of a serialized vocabulary in the order of their ids."""
    if vocabulary.startswith(BYTES):
        names = [chr(byte) if 0x21 <= byte <= 0x7E else f"<0x{byte:02X}>" for byte in range(256)]
        return ["<s>", "<pad>", "</s>", "<unk>", *names]
    wordpiece = parse(vocabulary, origin)
    if wordpiece:
        return wordpiece.tokens
    return sentencepiece_pieces(vocabulary, origin)


def vocabulary_files(model):
    """The serialized vocabularies by the names that rotor-preprocess gives them; WordPiece's as vocab.txt."""
    if model.target_vocabulary is None:
        return dict([_file("vocabulary", model.vocabulary)])
    return dict([_file("source", model.vocabulary), _file("target", model.target_vocabulary)])


def _file(name, vocabulary):
    wordpiece = parse(vocabulary, name)
    return (f"{name}.txt", wordpiece.vocab_txt()) if wordpiece else (f"{name}.model", vocabulary)
