"""A translation or a language model to a folder that CTranslate2 loads: model.bin, config.json, vocabularies.

Its engine has the position encodings none, learned, sinusoidal, rope, shaw and t5, in decoders ALiBi, norms before and after the
sublayers, and shared heads of keys and values. Options that it has no counterpart of are refused by name. Token vectors in
float32 keep their bits.
"""

from .ctranslate2_file import split_aliases, with_quantized, write_model_bin
from .ctranslate2_options import PROGRAM, engine_options
from .ctranslate2_variables import stack_variables
from .fault import listed, require
from .folder import write_folder
from .model_file import read_model
from .model_options import stacks_of
from .tokenizer import tokenizer_remark
from .vocabulary_pieces import read_pieces, vocabulary_files

SPECIFICATIONS = {"translation": ("TransformerSpec", 7), "language_modeling": ("TransformerDecoderSpec", 8)}  # and their revisions


def convert(path, folder, quantization="float32"):
    model = read_model(path)
    options = engine_options(path, model.config)
    variables, used = {}, set()
    for stack in stacks_of(options):
        variables.update(stack_variables(path, stack, options, model.parameters, used))
    unknown = sorted(set(model.parameters) - used)
    require(not unknown, f"{path}: CTranslate2 has no counterpart of the parameters {listed(unknown)}")
    kept, aliases = split_aliases(variables)
    if quantization == "int8":
        kept = with_quantized(kept, lambda name: name.endswith("/weight"))
    specification, revision = SPECIFICATIONS[options["task"]]
    files = {
        "model.bin": lambda out: write_model_bin(out, specification, revision, kept, aliases),
        **_vocabulary_files(path, model, options),
    }
    write_folder(folder, files)
    model.remark = tokenizer_remark(model.sides(), path, PROGRAM)
    return model


def _vocabulary_files(path, model, options):
    """config.json, the pieces in the order of their ids, and the vocabularies by which users cut text into pieces."""
    translates = options["task"] == "translation"
    source = read_pieces(model.vocabulary, path)
    target = source if model.target_vocabulary is None else read_pieces(model.target_vocabulary, path)
    for pieces, name in ((source, "source"), (target, "target")) if translates else ((target, "target"),):
        rows = model.config.get(f"{name}_vocabulary", len(pieces))
        require(len(pieces) == rows, f"{path}: expected {rows} tokens in the {name} vocabulary, got {len(pieces)}; the file is damaged")
    tokens = options["special_tokens"]
    known = all(type(tokens[name]) is int and 0 <= tokens[name] < len(own)
                for name, own in (("eos", source), ("unk", source), ("start", target)))  # fmt: skip
    require(known, f"{path}: expected the ids of eos, unk and start as special_tokens, got {tokens!r:.60}")
    of_task = _translation_config(tokens, source, target) if translates else _language_model_config(tokens, options, source)
    config = {
        "eos_token": source[tokens["eos"]], "unk_token": source[tokens["unk"]], "layer_norm_epsilon": options["layer_norm_eps"],
        **of_task,
    }  # fmt: skip
    lists = {"shared_vocabulary.json" if translates else "vocabulary.json": source}
    if target != source:
        lists = {"source_vocabulary.json": source, "target_vocabulary.json": target}
    return {"config.json": config, **lists, **vocabulary_files(model)}


def _translation_config(tokens, source, target):
    return {
        "add_source_bos": False, "add_source_eos": True, "bos_token": source[tokens["bos"]] if 0 <= tokens["bos"] < len(source) else "<s>",
        "decoder_start_token": target[tokens["start"]], "multi_query_attention": False,
    }  # fmt: skip


def _language_model_config(tokens, options, pieces):
    """A prompt begins with bos_token, which users give."""
    shared_heads = options["decoder_key_value_heads"] not in (0, options["decoder_attention_heads"])
    return {"bos_token": pieces[tokens["start"]], "multi_query_attention": shared_heads}
