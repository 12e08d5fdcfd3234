"""Small checkpoints that fairseq's own programs prepared and trained, and what fairseq makes of sentences with them.

Runs fairseq-preprocess and fairseq-train on English and German of data/demo, cut by subword-nmt or SentencePiece. Writes
fairseq_checkpoints/<model>/ and fairseq_checkpoints.json; README.md describes them. Needs subword-nmt too. Run it in this folder:
python fairseq_checkpoints.py
"""

import gzip
import io
import json
import os
import re
import shutil
import tempfile
from itertools import islice
from pathlib import Path

import fairseq
import sentencepiece
import subword_nmt
import torch
from fairseq import hub_utils, options
from fairseq.dataclass.utils import convert_namespace_to_omegaconf
from fairseq_cli import preprocess, train
from omegaconf import OmegaConf
from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe

from golden import FOLDER, versions

SEED = 43
LINES = {"train": 4000, "valid": 200, "test": 60}
COMMON = ["--cpu", "--seed", str(SEED), "--num-workers", "0", "--no-progress-bar"]
TRAINING = [
    "--dropout", "0", "--max-tokens", "1000", "--optimizer", "adam", "--adam-betas", "(0.9, 0.98)", "--lr", "0.005",
    "--lr-scheduler", "inverse_sqrt", "--warmup-updates", "100", "--disable-validation", "--no-epoch-checkpoints",
    "--no-save-optimizer-state",
]  # fmt: skip


def sizes(stack, layers=2):
    names = {"layers": layers, "embed-dim": 16, "ffn-embed-dim": 32, "attention-heads": 2}
    return [part for name, value in names.items() for part in (f"--{stack}-{name}", str(value))]


TRANSLATION = ["--task", "translation", "-s", "en", "-t", "de", "--arch", "transformer", *sizes("encoder"), *sizes("decoder")]
MODELS = {
    # Sinusoids, norms after the sublayers, one dictionary and matrix.
    "shared": {"cut": "bpe", "updates": 600, "training": [*TRANSLATION, "--share-all-embeddings", "--activation-fn", "gelu"]},
    # Learned positions, norms first, dictionaries of their own; the plain pickle of PyTorch before 1.6, in half precision.
    "separate": {
        "cut": "sentencepiece", "updates": 600, "save": "old",
        "training": [
            *TRANSLATION, "--encoder-learned-pos", "--decoder-learned-pos", "--encoder-normalize-before", "--decoder-normalize-before",
            "--share-decoder-input-output-embed", "--max-source-positions", "120", "--max-target-positions", "120",
            "--layernorm-embedding",
        ],
    },
    "language_model": {
        "cut": "bpe", "updates": 400, "save": "omegaconf",
        "training": [
            "--task", "language_modeling", "--arch", "transformer_lm", *sizes("decoder"), "--decoder-input-dim", "16",
            "--decoder-output-dim", "16", "--tokens-per-sample", "40", "--share-decoder-input-output-embed",
            "--sample-break-mode", "eos",
        ],
    },
}  # fmt: skip
BEAM = 4


def tokenized(line):
    """Punctuation apart, as Moses would have it."""
    return re.sub(r"([.,?!])", r" \1", line.strip())


def read(split, language):
    with gzip.open(FOLDER.parents[1] / f"data/demo/{split}.{language}.gz", "rt", encoding="utf-8") as lines:
        return [tokenized(line) for line in islice(lines, LINES[split])]


def cut_by_bpe(folder, lines):
    """A function that cuts a line by merges learned of both languages, which become the file `codes`."""
    with open(folder / "codes", "w", encoding="utf-8") as codes:
        learn_bpe(io.StringIO("\n".join(lines) + "\n"), codes, 120)
    with open(folder / "codes", encoding="utf-8") as codes:
        return BPE(codes).process_line


def cut_by_sentencepiece(folder, lines):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=150, model_type="unigram", normalization_rule_name="identity",
        character_coverage=1.0, num_threads=1, minloglevel=2,
    )  # fmt: skip
    (folder / "sentencepiece.model").write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return lambda line: " ".join(processor.encode(line, out_type=str))


def write_text(folder, cut):
    """The text that fairseq-preprocess reads. A word of the test is left out of training, so that it has unknown letters."""
    text = {(split, language): read(split, language) for split in ("train", "valid") for language in ("en", "de")}
    lines = text["train", "en"] + text["train", "de"]
    cutter = {"bpe": cut_by_bpe, "sentencepiece": cut_by_sentencepiece}[cut](folder, lines)
    for (split, language), split_lines in text.items():
        (folder / f"{split}.{language}").write_text("".join(f"{cutter(line)}\n" for line in split_lines), encoding="utf-8")


def binarize(folder, name):
    prefixes = ["--trainpref", "train", "--validpref", "valid", "--destdir", "data", "--workers", "1"]
    kind = ["-s", "en", "-t", "de", *(["--joined-dictionary"] if name == "shared" else [])]
    if name == "language_model":
        for split in ("train", "valid"):
            shutil.copy(folder / f"{split}.en", folder / split)
        kind = ["--only-source"]
    preprocess.main(options.get_preprocessing_parser().parse_args([*kind, *prefixes]))


def run_training(arguments, updates):
    parser = options.get_training_parser()
    parsed = options.parse_args_and_arch(parser, [
        "data", *COMMON, *TRAINING, *arguments, "--max-update", str(updates), "--save-dir", "model",
    ])  # fmt: skip
    train.main(convert_namespace_to_omegaconf(parsed))


def save_as_old(path):
    """The same checkpoint as fairseq 0.9 left it: options in a Namespace, numbers of 16 bits, names of 2018, the older pickle."""
    checkpoint = torch.load(path, weights_only=False)
    args = checkpoint["cfg"]["model"]
    state = {name: tensor.half() for name, tensor in checkpoint["model"].items()}
    for name in [name for name in state if name.endswith("k_proj.weight") and "self_attn" in name]:
        stem = name.removesuffix("k_proj.weight")
        for kind in ("weight", "bias"):
            state[f"{stem}in_proj_{kind}"] = torch.cat([state.pop(f"{stem}{part}_proj.{kind}") for part in "qkv"])
    kept = {key: checkpoint[key] for key in ("optimizer_history", "extra_state")}
    torch.save({"args": args, "model": state, **kept}, path, _use_new_zipfile_serialization=False)


def save_as_omegaconf(path):
    """The same checkpoint as fairseq 0.10 left it: options in OmegaConf's classes."""
    checkpoint = torch.load(path, weights_only=False)
    torch.save({**checkpoint, "cfg": OmegaConf.create(checkpoint["cfg"])}, path)


def load(folder, cut, **settings):
    """fairseq's interface for text as it is, with settings of a tokenizer."""
    bpe = {"bpe": {"bpe": "subword_nmt", "bpe_codes": f"{folder}/codes"},
           "sentencepiece": {"bpe": "sentencepiece", "sentencepiece_model": f"{folder}/sentencepiece.model"}}[cut]  # fmt: skip
    loaded = hub_utils.from_pretrained(str(folder), "checkpoint.pt", str(folder), **bpe, **settings)
    return hub_utils.GeneratorHubInterface(loaded["args"], loaded["task"], loaded["models"])


def translations(hub, sentences):
    """Texts of the hypotheses of each sentence and their scores."""
    limits = {"max_len_a": 0, "max_len_b": 30}
    for sentence in sentences:
        hypotheses = hub.generate(hub.encode(sentence), beam=BEAM, lenpen=1.0, nbest=BEAM, **limits)
        yield {
            "text": sentence, "ids": hub.encode(sentence).tolist(),
            "hypotheses": [{"text": hub.decode(h["tokens"]), "score": round(float(h["score"]), 6)} for h in hypotheses],
        }  # fmt: skip


def probabilities(hub, sentences):
    """The logarithm of the probability of each sentence and its </s>, after a </s>."""
    (model,) = hub.models
    for sentence in sentences:
        ids = hub.encode(sentence)
        features = model(torch.cat([ids[-1:], ids[:-1]])[None])  # ids end with </s>
        scores = model.get_normalized_probs(features, log_probs=True)[0].gather(-1, ids[:, None])
        yield {"text": sentence, "ids": ids.tolist(), "log_probability": round(float(scores.double().sum()), 6)}


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    origin = {"script": "fairseq_checkpoints.py", "seed": SEED, "versions": json.loads(versions(fairseq, sentencepiece))}
    golden = {**origin, "beam": BEAM, "models": {}}
    target = FOLDER / "fairseq_checkpoints"
    shutil.rmtree(target, ignore_errors=True)
    for name, model in MODELS.items():
        kept = target / name
        kept.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            os.chdir(folder)  # a checkpoint holds the paths of its training
            write_text(folder, model["cut"])
            binarize(folder, name)
            run_training(model["training"], model["updates"])
            shutil.copy(folder / "model/checkpoint_last.pt", kept / "checkpoint.pt")
            for file in [*folder.glob("data/dict.*txt"), folder / "codes", folder / "sentencepiece.model"]:
                if file.exists():
                    shutil.copy(file, kept)
            os.chdir(FOLDER)
        if "save" in model:
            {"old": save_as_old, "omegaconf": save_as_omegaconf}[model["save"]](kept / "checkpoint.pt")
        sentences = read("test", "en")
        sentences[0] += " Zürich λ"  # letters that no dictionary has
        if name == "language_model":
            sentences = [" ".join(sentence.split()[:6]) for sentence in sentences[1:]]  # it has 40 positions
        record = probabilities if name == "language_model" else translations
        golden["models"][name] = list(record(load(kept, model["cut"]), sentences))
        print(f"{name}: {(kept / 'checkpoint.pt').stat().st_size} bytes")
    write(golden)


def write(golden):
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":")).replace('{"text"', '\n{"text"')
    (FOLDER / "fairseq_checkpoints.json").write_text(text + "\n", encoding="utf-8")


assert subword_nmt

if __name__ == "__main__":
    main()
