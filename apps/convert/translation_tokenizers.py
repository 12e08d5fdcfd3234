"""The vocabularies of translation models as Hugging Face's tokenizers read them.

    MarianTokenizer    source.spm, target.spm, and the ids of their pieces: vocab.json, target_vocab.json
    NllbTokenizer      sentencepiece.bpe.model, whose order is that of the ids, then the tokens of languages
    M2M100Tokenizer    sentencepiece.bpe.model, the ids of its pieces in vocab.json, then the tokens of languages
"""

from .fault import Fault, listed, require
from .mapped_vocabulary import FILLER, parse
from .nllb import LANGUAGE, M2M100_LANGUAGES, SENTENCEPIECE, SPECIALS, UNNAMED
from .vocabulary_pieces import sentencepiece_of

TOKENIZER_CONFIG = "tokenizer_config.json"


def marian_files(path, model, options, shared):
    """`shared` says that the languages have one matrix, and so one list of tokens."""
    sides = [sentencepiece_of(vocabulary, path, "MarianTokenizer") for vocabulary in model.sides()]
    (source, source_model), (target, target_model) = sides
    for side, tokens in zip(("source", "target"), (source, target)):
        rows = options[f"{side}_vocabulary"]
        require(len(tokens) == rows, f"{path}: expected {rows} tokens in the {side} vocabulary, got {len(tokens)}; the file is damaged")
    require(not shared or source == target, f"{path}: expected one list of tokens, because the languages share a matrix, got two")
    headers = [mapped[0] for vocabulary in model.sides() if (mapped := parse(vocabulary, path))]
    marked = any(header.get("languages") for header in headers)
    require(not marked, f"{path}: expected a vocabulary without tokens of languages, got one; MarianTokenizer has none")
    specials = {name: options["special_tokens"][name] for name in ("eos", "unk", "pad")}
    names = {f"{name}_token": target[number] for name, number in specials.items()}
    wrong = [token for token in names.values() if token not in source]
    require(not wrong, f"{path}: expected {listed(wrong)} among the tokens of the source, got none; the tokenizer needs it")
    files = {"source.spm": source_model, "target.spm": target_model, "vocab.json": _ids(source)}
    if not shared:
        files["target_vocab.json"] = _ids(target)
    files[TOKENIZER_CONFIG] = {
        "tokenizer_class": "MarianTokenizer", **names, "separate_vocabs": not shared, "model_max_length": options["max_positions"],
    }  # fmt: skip
    return files


def _ids(tokens):
    """The ids of tokens, without those at the end that stand for no text."""
    size = len(tokens)
    while tokens[size - 1] == FILLER.format(size - 1):
        size -= 1
    return {token: i for i, token in enumerate(tokens[:size])}


def multilingual_files(path, model):
    """The vocabulary must be one that nllb.py made."""
    header, cutter = parse(model.vocabulary, path) or ({}, b"")
    languages = header.get("languages")
    if not languages or model.target_vocabulary is not None:
        raise Fault(f"{path}: expected a vocabulary with tokens of languages, as NLLB's, got another; its tokenizer needs them")
    tokens = header["tokens"]
    first = min([*languages.values(), *(i for i, token in enumerate(tokens) if token == "<mask>")])
    require(tokens[: len(SPECIALS)] == list(SPECIALS), f"{path}: expected {', '.join(SPECIALS)} as the first tokens, got {tokens[:4]}")
    config = {"bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    files = {SENTENCEPIECE: cutter}
    if [f"__{name}__" for name in M2M100_LANGUAGES] == tokens[first : first + len(M2M100_LANGUAGES)]:
        last = header.get("language_last")
        require(not last, f"{path}: expected the language before the text, got it after; M2M100Tokenizer has no such order")
        source, target = M2M100_LANGUAGES[:2]
        config.update(tokenizer_class="M2M100Tokenizer", language_codes="m2m100", src_lang=source, tgt_lang=target)
        files["vocab.json"] = {token: i for i, token in enumerate(tokens[:first])}
    else:
        config.update(_nllb_config(path, header, sentencepiece_of(cutter, path, "NllbTokenizer")[0], first))
    return {**files, TOKENIZER_CONFIG: config}


def _nllb_config(path, header, pieces, first):
    """`first` is the id of the first token that is no piece."""
    tokens = header["tokens"]
    added = {i: token for i, token in enumerate(tokens) if i >= first and not token.startswith(UNNAMED) and token != FILLER.format(i)}
    require(
        tokens[:first] == [*SPECIALS, *pieces[3:]] and all(LANGUAGE.fullmatch(token) or token == "<mask>" for token in added.values()),
        f"{path}: expected the tokens in the order of NLLB's or M2M100's, got another; their tokenizers have no ids of their own",
    )
    names = [token for token in added.values() if token != "<mask>"]
    every = {**dict(enumerate(SPECIALS)), **added}
    return {
        "tokenizer_class": "NllbTokenizer", "cls_token": "<s>", "mask_token": "<mask>", "additional_special_tokens": names,
        "src_lang": names[0], "tgt_lang": names[-1], "legacy_behaviour": bool(header.get("language_last")),
        "added_tokens_decoder": {str(i): _added(token) for i, token in every.items()},
    }  # fmt: skip


def _added(token):
    is_mask = token == "<mask>"
    return {"content": token, "lstrip": is_mask, "normalized": is_mask, "rstrip": False, "single_word": False, "special": True}
