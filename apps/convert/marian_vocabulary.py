"""The vocabularies of Marian's models: a SentencePiece model whose ids are the model's (vocab.spm), or a list of tokens
(vocab.yml) whose text source.spm and target.spm beside it cut into pieces, as in OPUS-MT."""

from pathlib import Path

from .fault import listed, require
from .mapped_vocabulary import id_of, in_order, lengthened, read_bytes, read_sentencepiece, serialized
from .marian_yaml import read_token_ids

PAD = "<pad>"  # what the decoder starts from; Marian has the zero vector in its place, and no such token
LISTS = (".yml", ".yaml", ".json")
PARTS = {"source": "src", "target": "trg"}


def find_vocabularies(model, given):
    """The files of source and target: the one that is given, or those beside the model."""
    if given is not None:
        return Path(given), Path(given)
    folder = Path(model).parent
    found = sorted(path for path in folder.iterdir() if _is_vocabulary(path))
    pieces = [path for path in found if path.suffix == ".spm"]
    sides = [next((path for path in found if part in path.stem), None) for part in PARTS.values()]
    if all(sides) and sides[0] != sides[1]:
        return tuple(sides)
    lists = [path for path in found if path.suffix in LISTS]
    chosen = lists if lists else pieces
    require(
        len(chosen) == 1,
        f"{folder}: expected one vocabulary (.spm, or .yml with source.spm and target.spm) beside the model, got "
        f"{listed([path.name for path in chosen]) or 'none'}; name it with --vocabulary",
    )
    return chosen[0], chosen[0]


def _is_vocabulary(path):
    factored = path.suffix == ".fsv"
    require(not factored, f"{path}: expected a vocabulary of pieces, got factors; Rotor has no factored vocabularies")
    return path.suffix == ".spm" and path.name not in ("source.spm", "target.spm") or (path.suffix in LISTS and "vocab" in path.name)


class MarianVocabulary:
    """The tokens of a side and the SentencePiece model that cuts its text."""

    def __init__(self, path, side):
        require(path.suffix != ".fsv", f"{path}: expected a vocabulary of pieces, got factors; Rotor has no factored vocabularies")
        self.path = path
        if path.suffix in LISTS:
            self.tokens = in_order(read_token_ids(_text(path), path), path)
            cutter = path.parent / f"{side}.spm"
            require(cutter.is_file(), f"{cutter}: expected the SentencePiece model that cuts text into the tokens of {path.name}, got none")
            self.model, _ = read_sentencepiece(cutter)
        else:
            self.model, self.tokens = read_sentencepiece(path)
        self.eos, self.unk = (id_of(token, self.tokens, path) for token in ("</s>", "<unk>"))

    def serialized(self, rows):
        """With as many tokens as the matrix has rows, and after them <pad>."""
        tokens = lengthened(self.tokens, rows, self.path) + [PAD]
        require(PAD not in self.tokens, f"{self.path}: expected no token {PAD}, got one; Marian has none")
        return serialized(tokens, self.specials(rows), self.model, tags=True)

    def specials(self, rows):
        return {"bos": -1, "pad": rows, "eos": self.eos, "unk": self.unk, "mask": -1, "start": rows}


def _text(path):
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        require(False, f"{path}: expected UTF-8, got other bytes; get the file anew")
