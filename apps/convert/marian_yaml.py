"""The YAML that Marian writes: of its configuration, a key and a scalar or a list of scalars; of vocabularies, a token and its id a
line, or JSON."""

import json
import re

from .fault import Fault, require

ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)', re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v", "_": "\xa0", "N": "\x85",
           "L": "\u2028", "P": "\u2029"}  # fmt: skip
CONSTANTS = {"true": True, "false": False, "~": None, "null": None, "": None}
ENTRY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|.+?)\s*:(?:\s+(.*))?""", re.DOTALL)


def read_configuration(text, origin):
    """A mapping whose values are scalars, or lists of them as "- item" lines or [a, b]."""
    result, key = {}, None
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        item = line.strip()
        if item.startswith("- ") and key is not None:
            require(isinstance(result[key], list) or result[key] is None, f"{origin}: expected no list after {key}'s value")
            result[key] = (result[key] or []) + [_scalar(item[2:].strip())]
            continue
        if item == "[]" and key is not None and result[key] is None:
            result[key] = []
            continue
        found = ENTRY.fullmatch(item)
        require(found is not None and not line.startswith(" "), f"{origin}: expected a key and its value, got {line[:60]!r}")
        key, value = _scalar(found[1]), (found[2] or "").strip()
        result[key] = [_scalar(part.strip()) for part in value[1:-1].split(",") if part.strip()] if value[:1] == "[" else _scalar(value)
    return result


def read_token_ids(text, origin):
    """The ids of tokens, {"</s>": 0 …}."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise Fault(f"{origin}: expected a JSON object of tokens and their ids, got something else") from None
    ids = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        found = ENTRY.fullmatch(line)
        right = found is not None and (found[2] or "").strip().isdigit()
        require(right, f"{origin}: expected a token and its id in line {number}, got {line[:60]!r}")
        token = _text(found[1])
        require(token not in ids, f"{origin}: expected each token once, got {token!r} again in line {number}")
        ids[token] = int(found[2])
    return ids


def _text(scalar):
    if scalar[:1] == '"':
        return ESCAPE.sub(lambda match: _unescaped(match[1]), scalar[1:-1])
    return scalar[1:-1].replace("''", "'") if scalar[:1] == "'" and len(scalar) > 1 else scalar


def _unescaped(escape):
    return chr(int(escape[1:], 16)) if escape[0] in "xuU" and len(escape) > 1 else ESCAPES.get(escape, escape)


def _scalar(text):
    if text[:1] in ("'", '"'):
        return _text(text)
    if text in CONSTANTS:
        return CONSTANTS[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text
