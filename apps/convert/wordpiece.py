"""BERT's vocab.txt, and the form in which Rotor's models hold it: the same lines after one that says how text is cut."""

import re

from .fault import Fault, require
from .json_file import read_json_if_there

FIRST_LINE = "rotor-vocabulary wordpiece 1 do_lower_case={} strip_accents={} tokenize_chinese_chars={}"
SETTINGS = ("do_lower_case", "strip_accents", "tokenize_chinese_chars")
TOKENS = {"bos": "[CLS]", "pad": "[PAD]", "eos": "[SEP]", "unk": "[UNK]", "mask": "[MASK]", "start": "[CLS]"}
FILLER = "[no token {}]"


class WordPiece:
    """The tokens in the order of their ids, and how text is cut into words, by SETTINGS."""

    def __init__(self, tokens, settings, origin):
        self.tokens, self.settings = tokens, settings
        self.ids = {token: i for i, token in enumerate(tokens)}
        missing = [token for token in TOKENS.values() if token not in self.ids and token != "[MASK]"]
        require(not missing, f"{origin}: expected BERT's vocab.txt with [PAD], [UNK], [CLS] and [SEP], got one without {missing[:1]}")
        if len(self.ids) < len(tokens):
            twice = next(token for i, token in enumerate(tokens) if self.ids[token] != i)
            raise Fault(f'{origin}: expected each token once, got "{twice}" twice; get the file anew')

    def special_tokens(self):
        """Their ids, under Rotor's names."""
        return {name: self.ids.get(token, -1) for name, token in TOKENS.items()}

    def lengthened(self, size):
        """The vocabulary with as many tokens as a matrix has rows; those added stand for no text."""
        more = [FILLER.format(i) for i in range(len(self.tokens), size)]
        return WordPiece(self.tokens + more, self.settings, "the vocabulary")

    def serialized(self):
        first = FIRST_LINE.format(*(str(self.settings[name]).lower() for name in SETTINGS))
        return "".join(f"{line}\n" for line in (first, *self.tokens)).encode()

    def vocab_txt(self):
        """The lines of vocab.txt, without what lengthened() added."""
        size = len(self.tokens)
        while self.tokens[size - 1] == FILLER.format(size - 1):
            size -= 1
        return "".join(f"{token}\n" for token in self.tokens[:size]).encode()


def parse(bytes_, origin):
    """Reads the serialized form; None if the bytes are another kind of vocabulary."""
    first, _, rest = bytes_.partition(b"\n")
    pattern = re.escape(FIRST_LINE).replace(r"\{\}", "(true|false)")
    match = re.fullmatch(pattern, first.decode("utf-8", "replace"))
    if not match:
        return None
    return WordPiece(_lines(rest, origin), {name: value == "true" for name, value in zip(SETTINGS, match.groups())}, origin)


def read_vocab_txt(path):
    """Reads vocab.txt and what the files beside it say of how text is cut into words: tokenizer_config.json, then
    tokenizer.json. Where none says, text is in lower case unless more than one in a hundred tokens has a capital."""
    try:
        tokens = _lines(path.read_bytes(), path)
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None
    config = read_json_if_there(path.parent / "tokenizer_config.json")
    fast = read_json_if_there(path.parent / "tokenizer.json").get("normalizer")
    fast = fast if isinstance(fast, dict) else {}
    settings = {}
    for name, fast_name in zip(SETTINGS, ("lowercase", "strip_accents", "handle_chinese_chars")):
        value = config.get(name)
        settings[name] = fast.get(fast_name) if value is None else value
        require(settings[name] in (None, True, False), f"{path.parent}: expected true or false as {name}, got {settings[name]!r:.60}")
    capitals = sum(token.lower() != token for token in tokens if not (token.startswith("[") and token.endswith("]")))
    if settings["do_lower_case"] is None:
        settings["do_lower_case"] = 100 * capitals <= len(tokens)
    if settings["strip_accents"] is None:
        settings["strip_accents"] = settings["do_lower_case"]
    if settings["tokenize_chinese_chars"] is None:
        settings["tokenize_chinese_chars"] = True
    return WordPiece(tokens, settings, path)


def _lines(bytes_, origin):
    try:
        lines = bytes_.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        line = bytes_.count(b"\n", 0, error.start) + 1
        raise Fault(f"{origin}: expected UTF-8, got other bytes in line {line}; convert it to UTF-8") from None
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
