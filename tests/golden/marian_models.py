"""Small models that Marian trains, and how it translates with them: the files that rotor-convert reads, greedy translations,
and log-probabilities of given ones.

Writes marian/<model>/ and marian.json; README.md describes them. It needs pymarian 1.12.42 beside the rest. Run it in this folder:
python marian_models.py, or python marian_models.py COUNT FOLDER for as many sentences, written elsewhere.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sentencepiece

from golden import FOLDER
from translation_models import SEED, WORDS, sentences, train_pieces

COUNT = 12  # of sentences
MARIAN = "1.12.42"
SIZES = {"dim-emb": 16, "transformer-dim-ffn": 32, "transformer-heads": 4, "enc-depth": 2, "dec-depth": 2}
# Options of marian train, and whether the vocabularies are lists with SentencePiece models beside them.
MODELS = {
    "ssru": ({"transformer-decoder-autoreg": "rnn", "dec-cell": "ssru", "tied-embeddings-all": True}, False),
    "pre_norm": ({
        "transformer-preprocess": "n", "transformer-postprocess": "da", "transformer-postprocess-top": "n",
        "transformer-postprocess-emb": "nd", "tied-embeddings": True, "transformer-ffn-activation": "relu",
        "transformer-decoder-dim-ffn": 48, "dec-depth": 1,
    }, True),
    "post_norm": ({"tied-embeddings-src": True, "output-omit-bias": True, "enc-depth": 1}, False),
}
# Step by step, pymarian 1.12.42 does not apply the norm before self-attention to the tokens of earlier steps, as it does in training.
SCORED_ONLY = ("pre_norm",)
# pymarian 1.12.42 transposes only matrices whose sides 16 divides, and would quantize the output matrix of the other.
QUANTIZED = ("ssru", "pre_norm")  # fmt: skip


def marian(*arguments, **options):
    flags = []
    for key, value in options.items():
        flags += [f"--{key}"] if value is True else [f"--{key}", *map(str, value if isinstance(value, list) else [value])]
    command = [sys.executable, "-m", "pymarian", *arguments, *flags]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def write_texts(folder):
    """Pairs for training, word by word."""
    chance, dictionary = random.Random(SEED), dict(zip(WORDS["source"], WORDS["target"]))
    texts = [chance.choices(WORDS["source"], k=chance.randint(1, 6)) for _ in range(2000)]
    lines = {"source": texts, "target": [[dictionary[word] for word in words] for words in texts]}
    for side, words in lines.items():
        (folder / side).write_text("".join(" ".join(line) + "\n" for line in words), encoding="utf-8")


def write_vocabularies(folder, lists):
    """vocab.spm of both languages; or lists of one size, with the SentencePiece models that cut text into their tokens."""
    options = {"bos_id": -1, "eos_id": 0, "unk_id": 1, "pad_id": -1}
    if not lists:
        WORDS["both"] = WORDS["source"] + WORDS["target"]
        train_pieces("both", folder / "vocab.spm", **options)
        return ["vocab.spm", "vocab.spm"]
    pieces = [train_pieces(side, folder / f"{side}.spm", **options) for side in ("source", "target")]
    for own, name in zip(pieces, ("vocab.src.yml", "vocab.trg.yml")):
        own = own + [f'"{i}' for i in range(max(map(len, pieces)) - len(own))]
        lines = [f"{json.dumps(piece, ensure_ascii=i % 2 == 0)}: {i}\n" for i, piece in enumerate(own)]
        (folder / name).write_text("".join(lines), encoding="utf-8")
    return ["vocab.src.yml", "vocab.trg.yml"]


def word_by_word(line):
    """A translation to be scored."""
    dictionary = dict(zip(WORDS["source"], WORDS["target"]))
    return " ".join(dictionary.get(word, word) for word in line.split())


def cut(lines, path):
    """The pieces of each line, with blanks between."""
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [" ".join(model.encode(line, out_type=str)) for line in lines]


def write(name, count, goldens):
    options, lists = MODELS[name]
    folder = goldens / "marian" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    vocabularies = [str(folder / file) for file in write_vocabularies(folder, lists)]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        write_texts(scratch)
        texts = [scratch / "source", scratch / "target"]
        if lists:
            for path in texts:
                path.write_text("\n".join(cut(path.read_text().splitlines(), folder / f"{path.name}.spm")) + "\n", encoding="utf-8")
        marian("train", **{
            "type": "transformer", **SIZES, **options, "model": scratch / "model.npz", "train-sets": texts, "vocabs": vocabularies,
            "after-batches": 400, "mini-batch": 32, "learn-rate": 0.01, "cpu-threads": 1, "seed": SEED, "workspace": 128, "overwrite": True,
        })  # fmt: skip
        shutil.copy(scratch / "model.npz", folder)
        if name in QUANTIZED:
            marian("convert", "--from", str(folder / "model.npz"), "--to", str(folder / "model.bin"), "--gemm-type", "intgemm8")
        lines = [line for line in sentences(2 * count) if not line.startswith(">>")][:count]
        result = {"sentences": lines, "references": [word_by_word(line) for line in lines]}
        for side, text in zip(texts, (lines, result["references"])):
            text = cut(text, folder / f"{side.name}.spm") if lists else text
            side.write_text("\n".join(text) + "\n", encoding="utf-8")
        shared = {"vocabs": vocabularies, "cpu-threads": 1, "workspace": 128}
        scores = marian("score", **{"model": folder / "model.npz", "train-sets": texts, **shared})
        result["reference_scores"] = [float(line) for line in scores.splitlines()]
        if name in SCORED_ONLY:
            return result
        found = marian("decode", **{
            "models": [folder / "model.npz"], "input": texts[0], "beam-size": 1, "n-best": True, "max-length-factor": 10, **shared,
        })  # fmt: skip
    rows = [line.split(" ||| ") for line in found.splitlines()]
    return {**result, "hypotheses": [row[1] for row in rows], "scores": [float(row[2].split("=")[1]) for row in rows]}


if __name__ == "__main__":
    number, target = (int(sys.argv[1]), Path(sys.argv[2])) if len(sys.argv) > 2 else (COUNT, FOLDER)
    result = {"script": Path(__file__).name, "seed": SEED, "versions": {"pymarian": MARIAN, "sentencepiece": sentencepiece.__version__}}
    result.update({model: write(model, number, target) for model in MODELS})
    (target / "marian.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
