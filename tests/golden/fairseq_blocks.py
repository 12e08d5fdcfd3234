"""How fairseq cuts a stream of sentences into blocks for a language model, and which tokens each block reads and is scored on.

fairseq's TokenBlockDataset, MonolingualDataset and LMContextWindowDataset say it. Writes fairseq_blocks.json; README.md
describes it. Run it in this folder: python fairseq_blocks.py
"""

import json
import random

import fairseq
import torch
from fairseq.data import Dictionary, LMContextWindowDataset, MonolingualDataset, TokenBlockDataset

from golden import EOS, FOLDER, PAD, versions

SEED = 25
# Lengths of sentences without their </s>; 0 is an empty line, the end of a document.
STREAMS = {
    "sentences": [3, 5, 1, 7, 2, 4, 4, 6],
    "documents": [3, 5, 0, 1, 7, 2, 0, 4, 4, 6, 0],
    "long": [9, 2, 30, 1, 0, 17, 16, 15, 3, 0, 8, 8],
    "empty": [0, 2, 0, 0, 5, 1, 0, 0, 0, 12, 3, 0, 1],
    "words": [1, 1, 1, 1, 1, 1, 1],
    "one": [4],
}
MODES = ["none", "complete", "complete_doc", "eos"]
SIZES = [1, 4, 8, 16, 64]  # tokens_per_sample without context
CONTEXTS = [(8, 3), (8, 4), (8, 7), (16, 8), (64, 16)]  # tokens_per_sample, context_window


def blocks(sentences, mode, tokens_per_sample, context_window):
    """fairseq-eval-lm's blocks of sentences of ids: range in the stream, input with the context, its length, and target."""
    dictionary, length = Dictionary(), tokens_per_sample - context_window
    tensors = [torch.tensor(s) for s in sentences]
    cut = TokenBlockDataset(tensors, [len(s) for s in sentences], length, pad=PAD, eos=EOS, break_mode=mode, include_targets=True)
    rows = MonolingualDataset(cut, cut.sizes, dictionary, add_eos_for_other_targets=mode != "none", shuffle=False, targets=["future"])
    found = []
    if context_window:
        rows = LMContextWindowDataset(rows, length, context_window, PAD)
    for i in range(len(rows)):
        batch = rows.collater([rows[i]])
        begin = batch.get("start_indices", [0])[0]
        end = begin + len(cut[i][1])
        assert batch["target"][0].tolist() == [PAD] * begin + cut[i][1].tolist() + [PAD] * (batch["target"].shape[1] - end)
        found.append({
            "range": cut.slice_indices[i].tolist(), "input": batch["net_input"]["src_tokens"][0, :end].tolist(),
            "unscored": begin, "target": batch["target"][0, begin:end].tolist(),
        })  # fmt: skip
    return found


def check(sentences, mode, tokens_per_sample, context_window, found):
    """What README.md says of the blocks."""
    stream, length = sum(sentences, []), tokens_per_sample - context_window
    read = []  # all inputs so far
    for block in found:
        begin, end = block["range"]
        assert block["target"] == stream[begin:end]
        own = [stream[begin - 1] if begin else EOS, *stream[begin : end - 1]]
        context = max(0, min(context_window, len(read), tokens_per_sample - len(own)))
        assert block["unscored"] == context
        assert block["input"] == read[len(read) - context :] + own
        read += own
    ends = [sum(map(len, sentences[: i + 1])) for i in range(len(sentences))]
    assert [block["range"] for block in found] == ranges(sentences, ends, mode, length)


def ranges(sentences, ends, mode, length):
    """The [begin, end) in the stream of every block."""
    if mode == "none":
        return [[b, min(b + length, ends[-1])] for b in range(0, ends[-1], length)]
    result = []
    for sentence, end in zip(sentences, ends):
        begin = end - len(sentence)
        if mode == "complete_doc" and sentence == [EOS]:
            continue
        joins = mode != "eos" and result and result[-1][1] == begin and end - result[-1][0] <= length
        if joins:
            result[-1][1] = end
        else:
            result.append([begin, end])
    return result


def main():
    generator = random.Random(SEED)
    streams = {name: [generator.choices(range(4, 40), k=n) + [EOS] for n in lengths] for name, lengths in STREAMS.items()}
    cases = []
    for name, sentences in streams.items():
        for mode in MODES:
            for size, context in [*((size, 0) for size in SIZES), *CONTEXTS]:
                if mode == "eos" and not context and size != SIZES[-1]:
                    continue  # its blocks are sentences of any length
                found = blocks(sentences, mode, size, context)
                check(sentences, mode, size, context, found)
                options = {"sample_break_mode": mode, "tokens_per_sample": size, "context_window": context}
                cases.append({"stream": name, **options, "blocks": found})
    record = {"script": "fairseq_blocks.py", "seed": SEED, "versions": json.loads(versions(fairseq)), "streams": streams, "cases": cases}
    text = json.dumps(record, separators=(",", ":")).replace('{"stream"', '\n{"stream"')
    (FOLDER / "fairseq_blocks.json").write_text(text + "\n")
    print(f"{len(cases)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
