"""SentencePiece's models: what a serialized ModelProto says of pieces and of the text before it is cut.

    ModelProto      1: SentencePiece (repeated), 2: TrainerSpec, 3: NormalizerSpec …
    SentencePiece   1: piece, a text; 2: score, a float; 3: type
    TrainerSpec     3: model_type; 24: treat_whitespace_as_suffix; 35: byte_fallback; 40: unk_id …
    NormalizerSpec  2: precompiled_charsmap; 3: add_dummy_prefix; 4: remove_extra_whitespaces; 5: escape_whitespaces …
"""

import struct
from dataclasses import dataclass

from .fault import Fault

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)  # types of pieces
UNIGRAM, BPE, WORD, CHAR = range(1, 5)  # types of models


@dataclass
class Piece:
    text: str
    score: float
    type: int


@dataclass
class SentencePieceModel:
    """The pieces in the order of their ids, and the settings, under the names that they have there."""

    pieces: list
    model_type: int = UNIGRAM
    treat_whitespace_as_suffix: bool = False
    byte_fallback: bool = False
    precompiled_charsmap: bytes = b""
    add_dummy_prefix: bool = True
    remove_extra_whitespaces: bool = True
    escape_whitespaces: bool = True


TRAINER_SPEC = {3: "model_type", 24: "treat_whitespace_as_suffix", 35: "byte_fallback"}
NORMALIZER_SPEC = {2: "precompiled_charsmap", 3: "add_dummy_prefix", 4: "remove_extra_whitespaces", 5: "escape_whitespaces"}


def sentencepiece_pieces(bytes_, origin):
    """The texts of the pieces."""
    return [piece.text for piece in read_sentencepiece_model(bytes_, origin).pieces]


def read_sentencepiece_model(bytes_, origin):
    try:
        model = SentencePieceModel([])
        for number, message in _fields(bytes_):
            if number == 1:
                model.pieces.append(_piece(message))
            for name, value in _settings(number, message):
                setattr(model, name, type(getattr(model, name))(value))
        return model
    except (IndexError, KeyError, TypeError, ValueError, struct.error):
        raise Fault(f"{origin}: expected a SentencePiece model, got {len(bytes_)} bytes that are none or are corrupted") from None


def _piece(message):
    fields = dict(_fields(message))
    score = struct.unpack("<f", fields[2])[0] if 2 in fields else 0.0
    return Piece(fields[1].decode("utf-8"), score, fields.get(3, NORMAL))


def _settings(number, message):
    names = {2: TRAINER_SPEC, 3: NORMALIZER_SPEC}.get(number)
    return [(names[key], value) for key, value in _fields(message) if key in names] if names else []


def _fields(bytes_):
    """The number and the value of each field of a message: a number, or bytes."""
    at = 0
    while at < len(bytes_):
        key, at = _varint(bytes_, at)
        wire = key & 7
        if wire == VARINT:
            value, at = _varint(bytes_, at)
        else:
            size = {FIXED32: 4, FIXED64: 8}.get(wire)
            if wire == BYTES:
                size, at = _varint(bytes_, at)
            if size is None:
                raise ValueError(f"wire type {wire}")
            value, at = bytes_[at : at + size], at + size
        if at > len(bytes_):
            raise ValueError("cut short")
        yield key >> 3, value


def _varint(bytes_, at):
    result = shift = 0
    while True:
        byte = bytes_[at]
        result, shift, at = result | (byte & 0x7F) << shift, shift + 7, at + 1
        if byte < 0x80:
            return result, at
        if shift > 63:
            raise ValueError("a number that is too long")
