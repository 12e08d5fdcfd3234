"""What fairseq makes of text as it is with `--tokenizer moses`, by the checkpoint fairseq_checkpoints/shared.

Writes fairseq_moses.json; README.md describes it. Needs subword-nmt and sacremoses too. Run it in this folder: python fairseq_moses.py
"""

import json
from itertools import islice

import fairseq
import sacremoses
import torch

from fairseq_checkpoints import BEAM, load
from golden import FOLDER, versions
from moses_languages import read

LINES = 40
OWN = """\
Peter's dog doesn't see the "small" house (it's red) & the student.
Mr. Smith has a well-known cat, 3,000.5 books and e.g. 2 dogs... Why?
The dogs' house [big] costs $5 or 10%; a|b <i> -- don't ask!""".split("\n")
SETTINGS = {"escaped": {}, "plain": {"moses_no_dash_splits": True, "moses_no_escape": True}}


def translations(hub, sentences):
    for sentence in sentences:
        ids = hub.encode(sentence)
        hypotheses = hub.generate(ids, beam=BEAM, lenpen=1.0, nbest=BEAM, max_len_a=0, max_len_b=30)
        yield {
            "text": sentence, "ids": ids.tolist(),
            "hypotheses": [
                {"text": hub.decode(h["tokens"]), "ids": h["tokens"].tolist(), "score": round(float(h["score"]), 6)} for h in hypotheses
            ],
        }  # fmt: skip


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    sentences = OWN + list(islice(read(FOLDER.parents[1] / "data/demo/test.en.gz"), LINES))
    golden = {"script": "fairseq_moses.py", "versions": json.loads(versions(fairseq, sacremoses)), "beam": BEAM, "settings": {}}
    for name, setting in SETTINGS.items():
        hub = load(FOLDER / "fairseq_checkpoints/shared", "bpe", tokenizer="moses", source_lang="en", target_lang="de", **setting)
        golden["settings"][name] = list(translations(hub, sentences if name == "escaped" else OWN))
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":")).replace('{"text"', '\n{"text"')
    (FOLDER / "fairseq_moses.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
