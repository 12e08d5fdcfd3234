"""Moses' tokenizer, which cuts text before a vocabulary of its tokens does: the line that Rotor's models have before that
vocabulary (lib/text/tokenized_vocabulary.h), and fairseq's options for it."""

import json
import re

from .fault import Fault, require

FIRST_LINE = b"rotor-vocabulary tokenized 1 "
NAMES = ("moses", "none")
FLAGS = {"dash_splits": "moses_no_dash_splits", "escape": "moses_no_escape"}  # Rotor's, and fairseq's, which say the opposite


def tokenized(vocabulary, header):
    """A serialized vocabulary of tokens as one of text; `header` has tokenizer, language, dash_splits and escape."""
    return FIRST_LINE + json.dumps(header, separators=(",", ":")).encode() + b"\n" + vocabulary if header else vocabulary


def untokenized(vocabulary, origin):
    """The header of a serialized vocabulary, None if it has no tokenizer, and the vocabulary of tokens."""
    if not vocabulary.startswith(FIRST_LINE):
        return None, vocabulary
    line, _, tokens = vocabulary[len(FIRST_LINE) :].partition(b"\n")
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or header.get("tokenizer") != NAMES[0]:
        raise Fault(f"{origin}: expected {NAMES[0]} as the tokenizer of its vocabulary, got {line[:60]!r}; use a newer rotor-convert")
    return header, tokens


def tokenizer_remark(sides, origin, program):
    """What a user should know of serialized vocabularies of Moses' tokens in a program that does not make these; empty of others."""
    languages = [str(header.get("language")) for header in (untokenized(side, origin)[0] for side in sides) if header]
    if not languages:
        return ""
    of = " and ".join(dict.fromkeys(languages))
    return f"its vocabulary is of Moses' tokens ({of}), which {program} does not make; tokenize text before it, and detokenize after"


def headers_of(path, options, sides, given):
    """The headers of the source's vocabulary and of the target's by fairseq's options, None where text is not tokenized. `sides` are
    the keys of the languages, `given` the options that the user gave."""
    name = options.get("tokenizer") or NAMES[1]
    require(
        name in NAMES,
        f"{path}: Rotor has no tokenizer {name}; give --tokenizer none, and tokenize text before it is translated",
    )
    if name == NAMES[1]:
        flags = [f"--{key.replace('_', '-')}" for key in FLAGS.values() if key in given]
        require(not flags, f"{' and '.join(flags)} changes what --tokenizer {NAMES[0]} does; give that too")
        return [None for _ in sides]
    flags = {flag: not options.get(key) for flag, key in FLAGS.items()}
    return [{"tokenizer": name, "language": _language(path, options, side), **flags} for side in sides]


def _language(path, options, side):
    language = options.get(side)
    known = isinstance(language, str) and re.fullmatch(r"[A-Za-z]{2,3}([-_]\w+)*", language)
    option = f"--{side.replace('_', '-')}"
    require(known, f"{path}: expected the code of a language for Moses' tokenizer, such as en, got {language}; give it by {option}")
    return language


def fairseq_options(headers, path):
    """fairseq's options for the headers of a model's vocabularies."""
    settings = [{key: not header.get(flag, True) for flag, key in FLAGS.items()} if header else None for header in headers]
    require(all(own == settings[0] for own in settings), f"{path}: fairseq has one tokenizer for both sides, got two that differ")
    return {"tokenizer": NAMES[0], **settings[0]} if settings[0] else {}
