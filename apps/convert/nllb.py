"""Hugging Face's M2M100ForConditionalGeneration (M2M100: Fan et al. 2021; NLLB: Costa-jussà et al. 2022): a folder to a Rotor
model.

A source is read as [language] tokens </s>, or with the tokenizer's legacy_behaviour as tokens </s> [language], and a translation
begins with </s> and is made to go on with the token of its language. Both are chosen by --source-lang and --target-lang of
rotor-generate, under the names that the folder's tokenizer has: eng_Latn in NLLB, en in M2M100, whose token is __en__.
"""

import re
from pathlib import Path

import numpy

from .encoder_import import Config
from .fault import Fault, listed, require
from .hugging_face_folder import check_folder, read_config, read_weights
from .hugging_face_translation import BIAS, check_kind, tensor_names, translation_options
from .json_file import read_json_if_there
from .mapped_vocabulary import id_of, lengthened, read_json_ids, read_sentencepiece, serialized
from .model_file import Model, write_model
from .translation_import import take_parameters

SENTENCEPIECE = "sentencepiece.bpe.model"
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
UNNAMED = "madeupword"  # begins the name of a token between others that the tokenizer's files do not name
LANGUAGE = re.compile(r"__([a-z]{2,4})__|([a-z]{3}_[A-Z][a-z]{3})")
# Those of M2M100, in the order of their tokens after the pieces: its tokenizer's files do not always name them.
M2M100_LANGUAGES = """
af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi hr ht hu hy id ig ilo is it ja jv
ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn
tr uk ur uz vi wo xh yi yo zh zu
""".split()
TABLES = ("model.encoder.embed_positions.weights", "model.decoder.embed_positions.weights")  # of old files; they follow from the sizes


def convert(folder, out, quantize="none"):
    check_folder(folder, ("config.json", SENTENCEPIECE))
    config = Config(read_config(folder), f"{folder}/config.json")
    check_kind(config, "m2m_100", "M2M100ForConditionalGeneration")
    tied = config.values.get("tie_word_embeddings", True) is True
    options = translation_options(config, normalize_before=True)
    rows = config.size("vocab_size")
    options.update(
        source_vocabulary=rows, target_vocabulary=rows, share_all_embeddings=tied, share_decoder_input_output_embed=tied,
        sinusoidal_layout="concatenated", position_offset=2,
    )  # fmt: skip
    tensors = {name: array for name, array in read_weights(folder).items() if name not in TABLES}
    bias = tensors.pop(BIAS, None)
    require(bias is None or not numpy.asarray(bias).any(), f"{folder}: expected no bias of the scores in {BIAS}, got one; the class has none")
    parameters = take_parameters(tensors, tensor_names(options, tied, shared=True), options, folder)
    vocabulary, options["special_tokens"] = _vocabulary(Path(folder), config, rows)
    model = Model(options, vocabulary, parameters)
    write_model(out, model, quantize)
    return model


def _special_tokens(config):
    """The ids of the configuration, which must be those of SPECIALS."""
    for key, token in (("bos_token_id", 0), ("pad_token_id", 1), ("eos_token_id", 2), ("decoder_start_token_id", 2)):
        config.fail_unless(config.values.get(key, token) == token, key, f"{token}, the place of {SPECIALS[token]},")
    return {"bos": 0, "pad": 1, "eos": 2, "unk": 3, "mask": -1, "start": 2}


def _vocabulary(folder, config, rows):
    """The serialized vocabulary, and the ids of its special tokens."""
    model, pieces = read_sentencepiece(folder / SENTENCEPIECE)
    if (folder / "vocab.json").is_file():
        tokens = read_json_ids(folder / "vocab.json")
    else:  # NLLB's: the pieces in their order, but for the special tokens
        require(
            pieces[:3] == ["<unk>", "<s>", "</s>"],
            f"{folder / SENTENCEPIECE}: expected the pieces <unk>, <s> and </s> first, got {pieces[:3]}; is it NLLB's?",
        )
        tokens = [*SPECIALS, *pieces[3:]]
    for place, token in enumerate(SPECIALS):
        own = id_of(token, tokens, folder)
        require(own == place, f"{folder}: expected {token} as token {place}, got it as {own}; Rotor reads M2M100's order")
    added = _added_tokens(folder, len(tokens), rows)
    if not added and (folder / "vocab.json").is_file():
        codes = read_json_if_there(folder / "tokenizer_config.json").get("language_codes", "m2m100")
        require(codes == "m2m100", f"{folder}/tokenizer_config.json: expected language_codes m2m100, got {codes!r:.60}")
        added = {len(tokens) + i: f"__{language}__" for i, language in enumerate(M2M100_LANGUAGES)}
    for number in range(len(tokens), max(added, default=-1) + 1):
        tokens.append(added.get(number, f"{UNNAMED}{number}"))
    languages = {"".join(found.groups("")): number for number, token in added.items() if (found := LANGUAGE.fullmatch(token))}
    require(languages, f"{folder}: expected tokens of languages in tokenizer_config.json or special_tokens_map.json, got none")
    legacy = read_json_if_there(folder / "tokenizer_config.json").get("legacy_behaviour") or False
    require(legacy in (True, False), f"{folder}/tokenizer_config.json: expected true or false as legacy_behaviour, got {legacy!r:.60}")
    specials = {**_special_tokens(config), "mask": next((n for n, token in added.items() if token == "<mask>"), -1)}
    languages = dict(sorted(languages.items()))
    return serialized(lengthened(tokens, rows, folder), specials, model, languages=languages, language_last=legacy), specials


def _added_tokens(folder, size, rows):
    """The tokens after the first `size`, by their ids: as the tokenizer's files number them, or in the order of the list of
    additional special tokens."""
    try:
        tokens = {entry["id"]: entry["content"] for entry in read_json_if_there(folder / "tokenizer.json").get("added_tokens") or []}
        for number, entry in (read_json_if_there(folder / "tokenizer_config.json").get("added_tokens_decoder") or {}).items():
            tokens[int(number)] = entry["content"]
        for token, number in read_json_if_there(folder / "added_tokens.json").items():
            tokens[number] = token
        if not any(number >= size for number in tokens):
            more = read_json_if_there(folder / "special_tokens_map.json").get("additional_special_tokens") or []
            tokens = {size + i: entry["content"] if isinstance(entry, dict) else entry for i, entry in enumerate(more)}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Fault(f"{folder}: expected added tokens and their ids in the tokenizer's files, got something else; get them anew") from None
    wrong = [(number, token) for number, token in tokens.items() if type(token) is not str or not 0 <= number < rows]
    require(not wrong, f"{folder}: expected added tokens with ids below {rows}, got {listed(wrong)}; are they of another model?")
    return {number: token for number, token in sorted(tokens.items()) if number >= size}
