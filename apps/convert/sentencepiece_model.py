"""SentencePiece's models: the pieces of a serialized ModelProto, in the order of their ids.

    ModelProto      1: SentencePiece (repeated) ...
    SentencePiece   1: piece, a text; 2: score, a float; 3: type ...
"""

from .fault import Fault

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types


def sentencepiece_pieces(bytes_, origin):
    try:
        return [_piece(message) for number, message in _fields(bytes_) if number == 1]
    except (IndexError, ValueError, StopIteration):
        raise Fault(f"{origin}: expected a SentencePiece model, got {len(bytes_)} bytes that are none or are corrupted") from None


def _piece(message):
    return next(value for number, value in _fields(message) if number == 1).decode("utf-8")


def _fields(bytes_):
    """The number and the value of each field of a message; a value of other types than BYTES is not read."""
    at = 0
    while at < len(bytes_):
        key, at = _varint(bytes_, at)
        wire, value = key & 7, None
        if wire == VARINT:
            _, at = _varint(bytes_, at)
        elif wire == BYTES:
            size, at = _varint(bytes_, at)
            value, at = bytes_[at : at + size], at + size
        elif wire in (FIXED32, FIXED64):
            at += 4 if wire == FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire}")
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
