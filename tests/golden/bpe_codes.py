"""Words as subword-nmt cuts them by merges: learned ones in its version 0.2 and as fastBPE stores them, and some in version 0.1.

Writes bpe_codes.json; README.md describes it. Needs subword-nmt. Run it in this folder: python bpe_codes.py
"""

import gzip
import io
import json
import platform
from itertools import islice

import subword_nmt.apply_bpe
from subword_nmt.learn_bpe import learn_bpe

from golden import FOLDER

MERGES, LINES, WORDS = 150, 2000, 150
OLD = "e r\nl o\nlo w\ner </w>\nlow er</w>\nlow </w>\ne s\nes t\nest </w>\na a\naa aa\nn e\nne w\n"
OLD_WORDS = ["low", "lower", "lowest", "new", "newer", "wer", "er", "e", "aaa", "aaaa", "aaaaaaa", "ß", "öl", "lo", "erer", "slow"]
ODD = ["aaaaa", "Zürich", "λόγος", "don't", "@@", "a@@b", "</w>", "😀😀", "é"]


def cuts(codes, words):
    bpe = subword_nmt.apply_bpe.BPE(io.StringIO(codes), separator="@@")
    return [[word, bpe.segment_tokens([word])] for word in words]


def main():
    with gzip.open(FOLDER.parents[1] / "data/demo/train.de.gz", "rt", encoding="utf-8") as file:
        lines = [line.strip() for line in islice(file, LINES)]
    learned = io.StringIO()
    learn_bpe(io.StringIO("\n".join(lines) + "\n"), learned, MERGES)
    words = sorted({word for line in lines for word in line.split()})[:: 5][:WORDS] + ODD
    merges = learned.getvalue().splitlines()[1:]
    cases = [
        {"codes": learned.getvalue(), "cuts": cuts(learned.getvalue(), words)},
        {"codes": "".join(f"{merge} {1000 - i}\n" for i, merge in enumerate(merges)), "cuts": cuts(learned.getvalue(), words)},
        {"codes": OLD, "cuts": cuts(OLD, OLD_WORDS)},
        {"codes": "#version: 0.1\n" + OLD, "cuts": cuts("#version: 0.1\n" + OLD, OLD_WORDS)},
    ]
    versions = {"python": platform.python_version(), "subword-nmt": "0.3.8"}
    golden = {"script": "bpe_codes.py", "versions": versions, "cases": cases}
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":")).replace('{"codes"', '\n{"codes"')
    (FOLDER / "bpe_codes.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
