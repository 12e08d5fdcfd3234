"""The two steps of fairseq_train.sh that need Python.

encode <vocabulary.model> <Multi30k> <folder>: the corpus as SentencePiece pieces, and the vocabulary as fairseq's dict.txt.
measure <name> <command ...>: runs fairseq-train, reads its log, prints one JSON line.

fairseq's `wps` is target tokens a second: real tokens with </s>, no padding, of all updates since the last report over
the wall-clock time since then, reading of batches included. rotor-train's tokens_per_second is the same.
"""

import gzip
import json
import re
import resource
import subprocess
import sys
from pathlib import Path


def read_lines(folder, name):
    packed, plain = Path(folder) / f"{name}.gz", Path(folder) / name
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()
    return data.decode().split("\n")[:-1]


def encode(vocabulary, corpus, folder):
    from sentencepiece import SentencePieceProcessor

    model, folder = SentencePieceProcessor(model_file=vocabulary), Path(folder)
    ids = [model.bos_id(), model.pad_id(), model.eos_id(), model.unk_id()]
    assert ids == [0, 1, 2, 3], f"expected <s>, <pad>, </s> and <unk> at 0 to 3, got {ids}; use a model of rotor-preprocess"
    pieces = [model.id_to_piece(i) for i in range(4, model.get_piece_size())]
    (folder / "dict.txt").write_text("".join(f"{piece} 1\n" for piece in pieces))
    for split in ("train", "val"):
        pairs = zip(read_lines(corpus, f"{split}.en"), read_lines(corpus, f"{split}.de"), strict=True)
        pairs = [(source, target) for source, target in pairs if source.strip() and target.strip()]
        for language, lines in zip(("en", "de"), zip(*pairs)):
            text = "".join(" ".join(sentence) + "\n" for sentence in model.encode(list(lines), out_type=str))
            (folder / f"{split}.{language}").write_text(text)


def measure(name, command):
    log, reports = [], []  # of tokens and seconds
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            log.append(line)
            report = re.search(r"\| train_inner \| (\{.*\})", line)
            if report:
                report = json.loads(report[1])
                if float(report["wps"]):  # 0: the clock had only begun
                    reports.append((float(report["wpb"]), float(report["wpb"]) / float(report["wps"])))
                print(f"update {report['num_updates']}: {report['wps']} tokens/s, loss {report['loss']}", file=sys.stderr)
    if process.returncode or not reports:
        sys.exit("".join(log[-30:]) + f"fairseq-train ended with {process.returncode} after {len(reports)} reports")
    settled = reports[-(-len(reports) // 5) :] or reports  # without the first fifth, rounded up
    tokens, seconds = map(sum, zip(*settled))
    print(json.dumps({
        "model": name, "reports": len(settled), "tokens_per_second": tokens / seconds,
        "memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }))  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "encode":
        encode(*sys.argv[2:])
    else:
        measure(sys.argv[2], sys.argv[3:])
