"""Hugging Face's MarianMTModel (OPUS-MT: Tiedemann and Thottingal 2020): a folder to a Rotor model.

Text is cut by source.spm and target.spm, whose pieces have their ids in vocab.json (and target_vocab.json, where the languages
have vocabularies of their own). The decoder starts from <pad>, whose row is zero and which is never generated.
"""

from pathlib import Path

import numpy

from .encoder_import import Config
from .fault import require
from .hugging_face_folder import check_folder, read_config, read_weights
from .hugging_face_translation import BIAS, check_kind, tensor_names, translation_options
from .mapped_vocabulary import id_of, lengthened, read_json_ids, read_sentencepiece, serialized
from .model_file import Model, write_model
from .sinusoidal_table import sinusoids
from .translation_import import take_parameters

TABLES = ("model.encoder.embed_positions.weight", "model.decoder.embed_positions.weight")
# Of the configurations that Marian's converter writes; the class MarianMTModel has none of these parts.
ALWAYS = {
    "normalize_before": False, "normalize_embedding": False, "add_final_layer_norm": False, "static_position_embeddings": True,
}  # fmt: skip


def convert(folder, out, quantize="none"):
    check_folder(folder, ("config.json", "source.spm", "target.spm", "vocab.json"))
    config = Config(read_config(folder), f"{folder}/config.json")
    check_kind(config, "marian", "MarianMTModel")
    for key, value in ALWAYS.items():
        config.fail_unless(config.values.get(key, value) == value, key, f"{value}, as in all models of this class,")
    shared = config.values.get("share_encoder_decoder_embeddings", True) is True
    tied = config.values.get("tie_word_embeddings", True) is True
    options = _options(config, shared, tied)
    tensors = dict(read_weights(folder))
    bias = numpy.asarray(tensors.pop(BIAS, numpy.zeros(1))).reshape(-1)  # zero in a model that has none
    options["output_bias"] = bool(bias.any())
    if options["output_bias"]:
        tensors[BIAS] = bias
    _take_positions(tensors, options, config.origin)
    parameters = take_parameters(tensors, tensor_names(options, tied, shared), options, folder)
    source, target = _vocabularies(Path(folder), config, options, shared)
    model = Model(options, source, parameters, None if source == target else target)
    write_model(out, model, quantize)
    return model


def _options(config, shared, tied):
    options = translation_options(config, normalize_before=False)
    source = config.size("vocab_size")
    target = config.size("decoder_vocab_size") if config.values.get("decoder_vocab_size") is not None else source
    config.fail_unless(not shared or source == target, "decoder_vocab_size", f"{source}, as vocab_size, because both share a matrix,")
    options.update(
        source_vocabulary=source, target_vocabulary=target, share_all_embeddings=shared and tied,
        share_decoder_input_output_embed=tied, sinusoidal_layout="half", position_offset=0,
    )  # fmt: skip
    return options


def _take_positions(tensors, options, origin):
    """Takes the tables of positions out, which must hold sinusoids."""
    width = options["encoder_embed_dim"]
    for name in TABLES:
        table = tensors.pop(name, None)
        if table is None:
            continue
        right = table.ndim == 2 and table.shape[1] == width
        expected = sinusoids(len(table), width, options["sinusoidal_layout"], options["position_offset"]) if right else None
        right = right and numpy.allclose(table, expected, atol=1e-3)
        require(right, f"{origin}: expected sinusoids as {name}, got other numbers; Rotor has no such tables for this model")


def _vocabularies(folder, config, options, shared):
    """The serialized vocabularies of source and target. Adds the special tokens to the options."""
    source = read_json_ids(folder / "vocab.json")
    target, path = source, folder / "vocab.json"
    if not shared:
        path = folder / "target_vocab.json"
        require(path.is_file(), f"{folder}: expected target_vocab.json in it, because the languages share no matrix; get the whole folder")
        target = read_json_ids(path)
    pad = config.size("pad_token_id", least=0)
    start = config.size("decoder_start_token_id", pad, least=0)
    specials = {"pad": pad, "eos": config.size("eos_token_id", 0, least=0), "start": start, "unk": id_of("<unk>", target, path)}
    for token, key in (("</s>", "eos"), ("<pad>", "pad")):
        for tokens, name in ((source, folder / "vocab.json"), (target, path)):
            own = id_of(token, tokens, name)
            require(own == specials[key], f"{config.origin}: expected {own} as {key}_token_id, the place of {token} in {name.name}, "
                    f"got {specials[key]}")  # fmt: skip
    config.fail_unless(start < len(target), "decoder_start_token_id", f"an id below {len(target)}")
    options["special_tokens"] = {"bos": -1, "mask": -1, **specials}
    sides = []
    for side, tokens, rows in (("source", source, options["source_vocabulary"]), ("target", target, options["target_vocabulary"])):
        model, _ = read_sentencepiece(folder / f"{side}.spm")
        own = {**specials, "unk": id_of("<unk>", tokens, folder)}
        sides.append(serialized(lengthened(tokens, rows, f"the vocabulary of the {side}"), own, model, tags=True))
    return sides
