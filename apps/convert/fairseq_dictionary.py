"""fairseq's dict.txt: a line "token count" for each token but the first four, which are <s>, <pad>, </s> and <unk>.

The vocabularies of which one becomes a part: a SentencePiece model that cuts text into tokens, merges of byte pair encoding
(subword-nmt, fastBPE), or neither, if the tokens are words.
"""

import json

from .fault import Fault, require
from .mapped_vocabulary import MARKS, parse, read_bytes, read_sentencepiece, serialized
from .tokenizer import untokenized
from .vocabulary_pieces import CODES, parse_listed

SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
SPECIAL_IDS = {"bos": 0, "pad": 1, "eos": 2, "unk": 3, "mask": -1, "start": 2}
OVERWRITES = "#fairseq:overwrite"
OVERWRITTEN = "[overwritten:{}]"  # names an id that no text has


def read_text(path, what):
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise Fault(f"{path}: expected {what} in UTF-8, got other bytes; convert it to UTF-8") from None


def read_dictionary(path):
    """The tokens in the order of their ids. A line that overwrites gives its token another id, and no text has the former any more;
    special tokens keep theirs."""
    tokens, places = list(SPECIALS), {token: place for place, token in enumerate(SPECIALS)}
    for number, line in enumerate(read_text(path, "a dictionary").removesuffix("\n").split("\n"), 1):
        token, _, count = line.rstrip().rpartition(" ")
        overwrites = count == OVERWRITES
        if overwrites:
            token, _, count = token.rpartition(" ")
        require(token and count.lstrip("-").isdigit(), f'{path}: expected "token count" in line {number}, got {line[:60]!r}')
        require(overwrites or token not in places, f"{path}: expected each token once, got {token!r} again in line {number}")
        if token in SPECIALS:
            token = OVERWRITTEN.format(len(tokens))
        elif token in places:
            tokens[places[token]] = OVERWRITTEN.format(places[token])
        places[token] = len(tokens)
        tokens.append(token)
    require(len(tokens) > len(SPECIALS), f"{path}: expected lines of a token and its count, got none; is it fairseq's dict.txt?")
    return tokens


def dictionary_text(tokens):
    """The lines of dict.txt. No counts are known, and none are needed."""
    return "".join(f"{token} 1\n" for token in tokens[len(SPECIALS) :]).encode()


def vocabulary_of(tokens, bpe_codes=None, sentencepiece=None):
    """The serialized form of the vocabulary, as lib/text reads it."""
    require(not (bpe_codes and sentencepiece), "expected --bpe-codes or --sentencepiece, got both")
    if sentencepiece:
        model, pieces = read_sentencepiece(sentencepiece)
        require(
            set(pieces) & set(tokens[len(SPECIALS) :]),
            f"{sentencepiece}: expected the model that made the tokens of the dictionary, got one that has none of them",
        )
        return model if pieces == tokens else serialized(tokens, SPECIAL_IDS, model)
    codes = _read_codes(bpe_codes).encode() if bpe_codes else b""
    return CODES + json.dumps({"tokens": tokens}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + codes


def _read_codes(path):
    """A file of merges, two symbols a line and in fastBPE's a count."""
    text = read_text(path, "merges")
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        symbols = line.rstrip().split(" ")
        right = len(symbols) == 2 or (len(symbols) == 3 and symbols[2].isdigit()) or (number == 1 and line.startswith("#version: 0."))
        require(right and "" not in symbols, f"{path}: expected merges of two symbols, got {line[:60]!r} in line {number}")
    return text


def _check_marks(vocabulary, origin):
    header, _ = parse(vocabulary, origin) or ({}, None)
    marks = [key for key in MARKS if header.get(key)]
    require(
        not marks,
        f"{origin}: expected a vocabulary without tokens of languages, for which fairseq's dictionaries have no place, got one with "
        f"{' and '.join(marks)}; the format huggingface keeps those of NLLB and M2M100",
    )


def cutter_of(vocabulary, origin):
    """What cuts text into the tokens of a serialized vocabulary: "codes" or "sentencepiece", and the content of its file, which is
    empty if tokens are words."""
    vocabulary = untokenized(vocabulary, origin)[1]
    listed = parse_listed(vocabulary, origin)
    if listed:
        _check_marks(vocabulary, origin)
        return listed[1:]
    other = vocabulary.startswith(b"rotor-vocabulary ")
    kind = vocabulary[:40].decode("utf-8", "replace").partition("\n")[0]
    require(not other, f"{origin}: expected a vocabulary of SentencePiece, of merges or of words, which fairseq has, got {kind}")
    return "sentencepiece", vocabulary
