"""Translation models of Hugging Face's transformers, random and then trained for moments, and what they compute: folders in
Hugging Face's layout, which rotor-convert reads, and beside them logits and translations by beam search.

Writes hugging_face/<model>/ and translation_<model>.safetensors; README.md describes them. Run it in this folder:
python translation_models.py, or python translation_models.py COUNT FOLDER for as many sentences, written elsewhere.
"""

import io
import json
import random
import shutil
import sys
from pathlib import Path

import numpy
import sentencepiece
import torch
import transformers
from transformers import (
    GenerationConfig, M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer, MarianConfig, MarianMTModel, MarianTokenizer,
    NllbTokenizer,
)  # fmt: skip

from golden import FOLDER, save_golden, versions

SEED = 41
COUNT = 12  # of sentences
BEAM, LONGEST = 4, 60
SIZES = {
    "d_model": 16, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
    "encoder_ffn_dim": 24, "decoder_ffn_dim": 24, "max_position_embeddings": 256, "scale_embedding": True, "dropout": 0.1,
}  # fmt: skip
# The class, the file of weights, and what the configuration says besides.
MODELS = {
    "opus_mt_shared": ("marian", "model.safetensors", {"activation_function": "swish"}),
    "opus_mt_separate": ("marian", "pytorch_model.bin", {
        "activation_function": "gelu", "share_encoder_decoder_embeddings": False, "encoder_layers": 1, "encoder_ffn_dim": 20,
        "decoder_attention_heads": 2, "scale_embedding": False,
    }),
    "opus_mt_untied": ("marian", "model.safetensors", {"activation_function": "relu", "tie_word_embeddings": False}),
    "nllb": ("nllb", "model.safetensors", {"activation_function": "relu", "decoder_layers": 1}),
    "nllb_m2m100": ("m2m100", "pytorch_model.bin", {"activation_function": "relu", "encoder_ffn_dim": 20}),
}  # fmt: skip
WORDS = {
    "source": "a dog runs in the park two men walk home and children play with red balls over there while snow".split(),
    "target": "ein hund läuft im park zwei männer gehen heim und kinder spielen mit roten bällen dort hinten bei schnee wieder".split(),
}
TAG = ">>deu<<"
LANGUAGES = ["deu_Latn", "eng_Latn", "fra_Latn"]


def sentences(count):
    """Lines of words, some with a tag or with letters that no piece has."""
    chance = random.Random(SEED)
    lines = [" ".join(chance.choices(WORDS["source"], k=chance.randint(1, 9))) for _ in range(count)]
    lines[1::4] = [f"{TAG} {line}" for line in lines[1::4]]
    lines[2::6] = [f"{line} žx" for line in lines[2::6]]
    return lines


def train_pieces(side, path, **options):
    """A small SentencePiece model; returns its pieces."""
    chance, model = random.Random(SEED), io.BytesIO()
    lines = [" ".join(chance.choices(WORDS[side], k=8)) for _ in range(200)]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=50, hard_vocab_limit=False, normalization_rule_name="identity",
        minloglevel=2, num_threads=1, **options,
    )  # fmt: skip
    path.write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [processor.id_to_piece(i) for i in range(len(processor))]


def write_ids(path, tokens):
    path.write_text(json.dumps({token: i for i, token in enumerate(tokens)}, ensure_ascii=False) + "\n", encoding="utf-8")


def marian_tokenizer(folder, shared):
    pieces = [train_pieces(side, folder / f"{side}.spm", bos_id=-1, eos_id=0, unk_id=1, pad_id=-1) for side in WORDS]
    longest = max(map(len, pieces))
    if shared:
        tokens = ["</s>", "<unk>", *sorted({piece for own in pieces for piece in own[2:]}), TAG]
        write_ids(folder / "vocab.json", [*tokens, "<pad>"])
    else:  # of one size, as Marian's converter makes them
        for own, name in zip(pieces, ("vocab.json", "target_vocab.json")):
            filled = own + [TAG] + [f"<unused{i}>" for i in range(longest - len(own))]
            write_ids(folder / name, [*filled, "<pad>"])
    files = {"vocab": folder / "vocab.json", "source_spm": folder / "source.spm", "target_spm": folder / "target.spm"}
    if not shared:
        files.update(target_vocab_file=folder / "target_vocab.json", separate_vocabs=True)
    return MarianTokenizer(**{key: str(value) if isinstance(value, Path) else value for key, value in files.items()})


def tokenizer_for(kind, folder, shared):
    if kind == "marian":
        return marian_tokenizer(folder, shared)
    path = folder / "sentencepiece.bpe.model"
    pieces = train_pieces("source", path)
    if kind == "nllb":
        return NllbTokenizer(str(path), additional_special_tokens=LANGUAGES, src_lang="eng_Latn", tgt_lang="deu_Latn")
    write_ids(folder / "vocab.json", ["<s>", "<pad>", "</s>", "<unk>", *pieces[3:]])
    return M2M100Tokenizer(str(folder / "vocab.json"), str(path), src_lang="en", tgt_lang="de")


def make_model(kind, tokenizer, options):
    if kind == "marian":
        size = len(tokenizer.encoder)
        pad = size - 1
        config = MarianConfig(vocab_size=size, pad_token_id=pad, decoder_start_token_id=pad, eos_token_id=0, **{**SIZES, **options})
        return MarianMTModel(config)
    size = tokenizer.encoder_size + len(tokenizer.lang_code_to_id) + 8 if kind == "m2m100" else len(tokenizer) + 5
    return M2M100ForConditionalGeneration(M2M100Config(vocab_size=size, **{**SIZES, **options}))


def randomise(model, pad):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn(parameter.shape) * 0.1)
            if "embed_tokens" in name or "shared" in name:
                parameter[pad] = 0
        if hasattr(model, "final_logits_bias"):
            model.final_logits_bias.copy_(torch.randn(model.final_logits_bias.shape) * 0.5)


def train(model, tokenizer, updates=150, batch=24):
    """Teaches it to translate word by word, so that searches find texts and ends."""
    optimiser = torch.optim.Adam((p for p in model.parameters() if p.requires_grad), lr=0.01)
    dictionary = dict(zip(WORDS["source"], WORDS["target"]))
    chance = random.Random(SEED)
    model.config.dropout = 0.0
    for _ in range(updates):
        texts = [chance.choices(WORDS["source"], k=chance.randint(1, 6)) for _ in range(batch)]
        given = tokenizer([" ".join(words) for words in texts], padding=True, return_tensors="pt")
        wanted = tokenizer(text_target=[" ".join(dictionary[word] for word in words) for words in texts], padding=True).input_ids
        labels = torch.tensor(wanted)
        labels[labels == model.config.pad_token_id] = -100
        loss = model(**given, labels=labels).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(f"{type(model).__name__}: loss {loss.item():.2f}")


def translated(model, tokenizer, lines, language, count):
    """Up to `count` of the lines whose search ends by itself, with the best translation of each and its score."""
    pad, eos = model.config.pad_token_id, model.config.eos_token_id
    model.generation_config = GenerationConfig(
        num_beams=BEAM, early_stopping=True, length_penalty=1.0, max_length=LONGEST, num_return_sequences=BEAM,
        decoder_start_token_id=model.config.decoder_start_token_id, pad_token_id=pad, eos_token_id=eos,
        forced_bos_token_id=language, bad_words_ids=[[pad]], output_scores=True, return_dict_in_generate=True,
    )  # fmt: skip
    found = {"sentences": [], "pieces": [], "scores": []}
    for line in lines:
        result = model.generate(torch.tensor([tokenizer(line).input_ids]))
        hypotheses = result.sequences[:, 1:].tolist()
        if len(found["pieces"]) == count or any(eos not in ids or len(ids) == LONGEST - 1 for ids in hypotheses):
            continue
        best = hypotheses[0][: hypotheses[0].index(eos)]
        found["sentences"].append(line)
        found["pieces"].append(" ".join(tokenizer.convert_ids_to_tokens(best)))
        found["scores"].append(float(result.sequences_scores[0]))
    return found


def write(name, count, goldens):
    kind, weights, options = MODELS[name]
    folder = goldens / "hugging_face" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    torch.manual_seed(SEED + list(MODELS).index(name))
    tokenizer = tokenizer_for(kind, folder, options.get("share_encoder_decoder_embeddings", True))
    model = make_model(kind, tokenizer, options).eval()
    randomise(model, model.config.pad_token_id)
    train(model, tokenizer)
    model.save_pretrained(folder, safe_serialization=weights.endswith(".safetensors"))
    if kind != "marian":
        tokenizer.save_pretrained(folder)
    model = model.double()
    lines = sentences(3 * count)
    language = {"nllb": "deu_Latn", "m2m100": "__de__"}.get(kind)
    translations = translated(model, tokenizer, lines, language and tokenizer.convert_tokens_to_ids(language), count)
    save(name, model, [tokenizer(line).input_ids for line in lines[:5]], translations, goldens)


def save(name, model, encoded, translations, goldens):
    pad, start = model.config.pad_token_id, model.config.decoder_start_token_id
    longest = max(map(len, encoded))
    source = torch.tensor([ids + [pad] * (longest - len(ids)) for ids in encoded])
    generator = torch.Generator().manual_seed(SEED)
    target = torch.randint(2, pad if pad > 2 else model.config.vocab_size - 1, (len(encoded), 7), generator=generator)
    target[:, 0] = start
    with torch.no_grad():
        mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids in encoded])
        logits = model(input_ids=source, attention_mask=mask, decoder_input_ids=target).logits
    tensors = {
        "input.source": source, "input.source_lengths": torch.tensor([len(ids) for ids in encoded]), "input.decoder_input": target,
        "output.logits": logits,
    }  # fmt: skip
    metadata = {"script": Path(__file__).name, "seed": str(SEED), "versions": versions(transformers, sentencepiece, numpy)}
    metadata["translations"] = json.dumps(translations, ensure_ascii=False)
    save_golden(goldens / f"translation_{name}.safetensors", tensors, metadata)


if __name__ == "__main__":
    torch.set_num_threads(1)
    count, goldens = (int(sys.argv[1]), Path(sys.argv[2])) if len(sys.argv) > 2 else (COUNT, FOLDER)
    for model_name in MODELS:
        write(model_name, count, goldens)
