"""A small model that fairseq trained, its scores of sentence pairs and the n-best lists of its beam search.

The task: each word has a translation, and neighbours change places. Trained only half-way, so that hypotheses
compete. Writes fairseq_model.safetensors, a model file as Rotor's, and fairseq_scores.json; README.md describes
both. Run it in this folder: python fairseq_scores.py
"""

import io
import json
import random
from argparse import Namespace
from types import SimpleNamespace

import fairseq
import numpy
import sentencepiece
import torch
from fairseq.criterions.label_smoothed_cross_entropy import label_smoothed_nll_loss
from fairseq.data import Dictionary
from fairseq.models.transformer import TransformerModel, base_architecture
from fairseq.sequence_generator import SequenceGenerator
from fairseq.sequence_scorer import SequenceScorer

from golden import EOS, FOLDER, PAD, pad, save_golden, versions

SEED = 22
UPDATES = 700
VOCABULARY = 100
SETTINGS = [
    *({"beam": beam, "lenpen": lenpen} for beam in (1, 4, 5) for lenpen in (0.0, 0.6, 1.0, 2.0)),
    {"beam": 5, "lenpen": 1.0, "max_len_a": 0.0, "max_len_b": 4},
    {"beam": 5, "lenpen": 1.0, "max_len_a": 0.5, "max_len_b": 1},
    {"beam": 4, "lenpen": 0.6, "max_len_a": 0.3, "max_len_b": 1},
    {"beam": 4, "lenpen": 0.6, "max_len_a": 1.2, "max_len_b": 10},
]


# The task


class Language:
    def __init__(self, generator):
        self.generator = generator
        syllables = [a + b for a in "bdgklmnprst" for b in "aeiou"]
        words = set()
        while len(words) < 60:
            words.add("".join(generator.choices(syllables, k=generator.choice((1, 2, 2, 3)))))
        words = generator.sample(sorted(words), 60)
        self.translation = dict(zip(words[:30], words[30:]))

    def translate(self, words):
        words = [self.translation[word] for word in words]
        for i in range(0, len(words) - 1, 2):
            words[i], words[i + 1] = words[i + 1], words[i]
        return " ".join(words)

    def pair(self, longest=8):
        words = self.generator.choices(list(self.translation), k=self.generator.randint(1, longest))
        return " ".join(words), self.translate(words)


def train_vocabulary(lines):
    """The model's bytes; the trainer's ids are fairseq's."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, model_type="bpe", vocab_size=VOCABULARY,
        bos_id=0, pad_id=1, eos_id=2, unk_id=3, character_coverage=1.0, normalization_rule_name="nmt_nfkc",
        num_threads=1, minloglevel=2,
    )  # fmt: skip
    return model.getvalue()


# fairseq's model

ARCHITECTURE = {
    "encoder_layers": 2, "encoder_embed_dim": 32, "encoder_ffn_embed_dim": 64, "encoder_attention_heads": 4,
    "decoder_layers": 2, "decoder_embed_dim": 32, "decoder_ffn_embed_dim": 64, "decoder_attention_heads": 4,
    "encoder_normalize_before": False, "decoder_normalize_before": False,
    "activation_fn": "relu", "share_all_embeddings": True, "share_decoder_input_output_embed": True,
    "dropout": 0.1, "attention_dropout": 0.0, "activation_dropout": 0.0,
}  # fmt: skip
ROTOR_CONFIG = {
    **ARCHITECTURE, "attention": "softmax", "source_vocabulary": VOCABULARY, "target_vocabulary": VOCABULARY,
    "position_encoding": "sinusoidal", "encoder_position_encoding": "sinusoidal", "decoder_position_encoding": "sinusoidal",
    "sinusoidal_layout": "concatenated", "position_offset": 2,
    "rope_layout": "interleaved", "rope_base": 10000.0, "max_positions": 1024,
}  # fmt: skip


def build(pieces):
    dictionary = Dictionary()
    for i in range(len(dictionary), pieces.get_piece_size()):
        dictionary.add_symbol(pieces.id_to_piece(i))
    args = Namespace(**ARCHITECTURE, max_source_positions=1024, max_target_positions=1024)
    base_architecture(args)
    model = TransformerModel.build_model(args, SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary))
    return model, dictionary


def sample(sources, targets=None):
    """A batch as fairseq collates it: sources padded at the left."""
    net_input = {"src_tokens": pad(sources, left=True), "src_lengths": torch.tensor([len(s) for s in sources])}
    if targets is None:
        return {"net_input": net_input}
    net_input["prev_output_tokens"] = pad([[EOS] + t[:-1] for t in targets])
    return {"net_input": net_input, "target": pad(targets)}


def train(model, encode, language):
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda update: min((update + 1) / 100, (100 / (update + 1)) ** 0.5))
    model.train()
    for update in range(UPDATES):
        pairs = [language.pair() for _ in range(32)]
        batch = sample([encode(source) for source, _ in pairs], [encode(target) for _, target in pairs])
        log_probabilities = model.get_normalized_probs(model(**batch["net_input"]), log_probs=True)
        loss = label_smoothed_nll_loss(log_probabilities.flatten(0, 1), batch["target"].flatten(), 0.1, PAD)[0]
        loss = loss / batch["target"].ne(PAD).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if update % 100 == 99:
            print(f"update {update + 1}: loss {loss.item():.3f}")
    model.eval()


# What it says


def score(model, dictionary, encode, pairs):
    """Sums of log-probabilities, each pair scored alone."""
    scorer, records = SequenceScorer(dictionary), []
    for source, target in pairs:
        ids = encode(source), encode(target)
        hypothesis = scorer.generate([model], sample([ids[0]], [ids[1]]))[0][0]
        records.append({
            "source": source, "target": target, "source_ids": ids[0], "target_ids": ids[1],
            "score": float(hypothesis["positional_scores"].double().sum()), "tokens": len(ids[1]),
        })  # fmt: skip
    return records


def search(model, dictionary, sources, beam, lenpen, max_len_a=0.0, max_len_b=200):
    """All `beam` hypotheses of each source, best first; each source searched alone."""
    generator = SequenceGenerator([model], dictionary, beam_size=beam, len_penalty=lenpen, max_len_a=max_len_a, max_len_b=max_len_b)
    lists = []
    for ids in sources:
        hypotheses = generator.generate([model], sample([ids]))[0]
        lists.append([{"ids": h["tokens"].tolist(), "score": float(h["score"])} for h in hypotheses])
    return lists


def is_clear(ours, doubles):
    """True if float64 finds the same list and no two neighbours in it are within rounding of each other."""
    same = [h["ids"] for h in ours] == [h["ids"] for h in doubles]
    return same and all(a["score"] - b["score"] > 1e-4 for a, b in zip(ours, ours[1:]))


def main():
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    language = Language(random.Random(SEED))
    vocabulary = train_vocabulary([line for _ in range(2000) for line in language.pair()])
    pieces = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)

    def encode(text):
        return pieces.encode(text) + [EOS]

    model, dictionary = build(pieces)
    train(model, encode, language)

    pairs = [language.pair() for _ in range(24)]
    pairs += [(source, language.pair()[1]) for source, _ in pairs[:4]]  # wrong translations
    pairs += [language.pair(longest=30), (pairs[0][0] + " ß", "ß " + pairs[0][1]), (pairs[1][0], "")]
    sources = [encode(source) for source, _ in pairs[:24]]
    searches = {json.dumps(setting): search(model, dictionary, sources, **setting) for setting in SETTINGS}
    record = {
        "script": "fairseq_scores.py", "seed": SEED, "versions": json.loads(versions(fairseq, sentencepiece)),
        "pairs": score(model, dictionary, encode, pairs), "searches": [],
    }  # fmt: skip
    tensors = {name: p.detach().clone() for name, p in model.named_parameters()}

    model.double()
    for key, lists in searches.items():
        doubles = search(model, dictionary, sources, **json.loads(key))
        clear = [i for i in range(len(sources)) if is_clear(lists[i], doubles[i])]
        right = sum(pieces.decode(lists[i][0]["ids"]) == pairs[i][1] for i in range(len(sources)))
        print(f"{key}: {len(clear)} of {len(sources)} kept, {right} translated right")
        record["searches"].append({
            **{"max_len_a": 0.0, "max_len_b": 200}, **json.loads(key),
            "sentences": [{"source_ids": sources[i], "hypotheses": lists[i]} for i in clear],
        })  # fmt: skip

    text = json.dumps(record, ensure_ascii=False)
    text = text.replace('{"source', '\n{"source').replace('{"max_len_a', '\n{"max_len_a')
    (FOLDER / "fairseq_scores.json").write_text(text + "\n")
    tensors["vocabulary"] = numpy.frombuffer(vocabulary, dtype=numpy.uint8).copy()
    save_golden("fairseq_model.safetensors", tensors, {
        "format": "rotor", "version": "1", "config": json.dumps(ROTOR_CONFIG),
        "script": "fairseq_scores.py", "seed": str(SEED), "versions": versions(fairseq, sentencepiece),
    })  # fmt: skip


if __name__ == "__main__":
    main()
