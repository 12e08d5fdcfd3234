"""A small language model of characters that fairseq's own programs prepared, trained and evaluated, with all that it takes to repeat them.

Runs fairseq-preprocess --only-source, fairseq-train --task language_modeling and fairseq-eval-lm on English of data/demo,
and holds language_model.py against what they say. Writes fairseq_lm.safetensors; README.md describes it.
Run it in this folder: python fairseq_lm.py
"""

import gzip
import json
import math
import tempfile
from itertools import islice
from pathlib import Path

import fairseq
import torch
from fairseq import options
from fairseq.criterions.cross_entropy import CrossEntropyCriterion
from fairseq.data.data_utils import load_indexed_dataset
from fairseq.dataclass.utils import convert_namespace_to_omegaconf
from fairseq.sequence_scorer import SequenceScorer
from fairseq.trainer import Trainer
from fairseq_cli import eval_lm, preprocess, train

import training
from fairseq_blocks import blocks
from golden import FOLDER, save_golden, versions
from language_model import LanguageModel, complete

SEED = 24
LINES = {"train": 3000, "test": 24}
DOCUMENT = 7  # lines, then an empty one
LENGTH, BATCH, UPDATES, RECORDED = 32, 8, 1000, 10
POSITIONS = 128
CONFIG = complete({
    "decoder_attention_heads": 2, "sinusoidal_layout": "concatenated", "position_offset": 2, "max_positions": POSITIONS,
})  # fmt: skip
TRAINING = [
    "--task", "language_modeling", "--arch", "transformer_lm", "--decoder-normalize-before",
    "--share-decoder-input-output-embed", "--dropout", "0",
    "--decoder-layers", "2", "--decoder-ffn-embed-dim", "24", "--decoder-attention-heads", "2",
    *(part for name in ("embed", "input", "output") for part in (f"--decoder-{name}-dim", "16")),
    "--tokens-per-sample", str(LENGTH), "--max-target-positions", str(POSITIONS), "--sample-break-mode", "none",
    "--batch-size", str(BATCH), "--max-update", str(UPDATES),
    "--optimizer", "adam", "--adam-betas", str(training.ADAM["betas"]), "--adam-eps", str(training.ADAM["eps"]),
    "--clip-norm", str(training.CLIP_NORM), "--lr", str(training.SCHEDULE["lr"]), "--lr-scheduler", "inverse_sqrt",
    "--warmup-updates", str(training.SCHEDULE["warmup_updates"]), "--warmup-init-lr", str(training.SCHEDULE["warmup_init_lr"]),
    "--disable-validation", "--no-epoch-checkpoints",
]  # fmt: skip
COMMON = ["--cpu", "--seed", str(SEED), "--num-workers", "0", "--no-progress-bar"]
# Break mode, tokens a sample, context window.
EVALUATIONS = [
    ("none", 32, 0), ("none", 32, 16), ("none", 128, 0), ("none", 128, 96), ("complete", 128, 0), ("complete", 128, 64),
    ("complete_doc", 128, 0), ("complete_doc", 128, 64), ("eos", 128, 0), ("eos", 128, 64),
]  # fmt: skip


# fairseq's programs


def write_text(folder, split, count):
    """The characters of the demo's first sentences, in lower case and with _ for a space; an empty line after each document."""
    with gzip.open(FOLDER.parents[1] / f"data/demo/{split}.en.gz", "rt", encoding="utf-8") as lines:
        sentences = [" ".join(line.strip().lower().replace(" ", "_")) for line in islice(lines, count)]
    text = "".join(f"{line}\n" + "\n" * (i % DOCUMENT == DOCUMENT - 1) for i, line in enumerate(sentences))
    (folder / split).write_text(text, encoding="utf-8")


def binarize(folder):
    arguments = ["--only-source", "--trainpref", f"{folder}/train", "--testpref", f"{folder}/test", "--destdir", f"{folder}/data"]
    preprocess.main(options.get_preprocessing_parser().parse_args([*arguments, "--workers", "1"]))


def run(folder, parser, main, arguments):
    parsed = options.parse_args_and_arch(parser, [f"{folder}/data", *COMMON, *arguments])
    return main(convert_namespace_to_omegaconf(parsed))


def parameters_of(model):
    return {name: p.detach().clone() for name, p in model.named_parameters()}  # the tied matrix once


def train_model(folder):
    """The parameters before and after, and of the first updates what went in and came out."""
    initial, batches, log = {}, [], {"losses": [], "gradient_norms": [], "learning_rates": []}
    step, forward, clip = Trainer.train_step, CrossEntropyCriterion.forward, Trainer.clip_grad_norm
    trainer = []

    def recording_step(self, samples):
        if not trainer:
            trainer.append(self)
            initial.update(parameters_of(self.model))
        (sample,) = samples
        tokens, lengths = (sample["net_input"][key] for key in ("src_tokens", "src_lengths"))
        batches.append({"tokens": tokens, "target": sample["target"], "lengths": lengths})
        log["learning_rates"].append(self.get_lr())
        return step(self, samples)

    def recording_forward(self, model, sample, reduce=True):
        result = loss, tokens, _ = forward(self, model, sample, reduce)
        log["losses"].append(loss.item() / tokens)
        return result

    def recording_clip(self, limit):
        log["gradient_norms"].append(float(norm := clip(self, limit)))
        return norm

    Trainer.train_step, CrossEntropyCriterion.forward, Trainer.clip_grad_norm = recording_step, recording_forward, recording_clip
    run(folder, options.get_training_parser(), train.main, [*TRAINING, "--save-dir", f"{folder}/model"])
    Trainer.train_step, CrossEntropyCriterion.forward, Trainer.clip_grad_norm = step, forward, clip
    trained = parameters_of(trainer[0].model)
    print(f"{len(log['losses'])} updates, nats a token {log['losses'][0]:.3f} -> {log['losses'][-1]:.3f}")
    return initial, trained, batches[:RECORDED], {key: values[:RECORDED] for key, values in log.items()}


def evaluate(folder, mode, length, context):
    """fairseq-eval-lm's loss in base 2, and its logarithm of the probability of each token that it scored, in the stream's order."""
    scores = {}

    class Recording(SequenceScorer):
        def generate(self, models, sample, **options):
            result = super().generate(models, sample, **options)
            scores.update((int(i), hypothesis["positional_scores"]) for i, (hypothesis,) in zip(sample["id"], result))
            return result

    eval_lm.SequenceScorer = Recording
    result = run(folder, options.get_eval_lm_parser(), eval_lm.main, [
        "--path", f"{folder}/model/checkpoint_last.pt", "--gen-subset", "test", "--sample-break-mode", mode,
        "--tokens-per-sample", str(length), "--context-window", str(context), "--max-tokens", "500",
    ])  # fmt: skip
    eval_lm.SequenceScorer = SequenceScorer
    return float(result["loss"]), torch.cat([scores[i] for i in range(len(scores))])


# The same by language_model.py


def difference(a, b):
    a, b = torch.as_tensor(a).double(), torch.as_tensor(b).double()
    return float((a - b).abs().max() / b.abs().max())


def check_training(config, initial, batches, log):
    parameters = {name: p.double().requires_grad_() for name, p in initial.items()}
    model = LanguageModel(config, parameters)
    ours = training.train(lambda batch: model(batch["tokens"]), parameters, batches, smoothing=0)
    for key, values in log.items():
        print(f"training, {key}: {(found := difference(ours[key], values)):.0e} from fairseq-train")
        assert found < 1e-5, key


def check_evaluation(config, trained, sentences, name, settings, scores):
    """Scores the blocks of the stream anew."""
    model, ours = LanguageModel(config, {name: p.double() for name, p in trained.items()}), []
    for block in blocks(sentences, *settings):
        logits = model(torch.tensor([block["input"]]))[0, block["unscored"] :]
        ours.append(logits.log_softmax(-1).gather(-1, torch.tensor(block["target"])[:, None])[:, 0])
    print(f"evaluation, {name}: {(found := difference(torch.cat(ours), scores)):.0e} from fairseq-eval-lm")
    assert found < 1e-5, name


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for split, count in LINES.items():
            write_text(folder, split, count)
        binarize(folder)
        initial, trained, batches, log = train_model(folder)
        dictionary = fairseq.data.Dictionary.load(f"{folder}/data/dict.txt")
        sentences = [s.tolist() for s in load_indexed_dataset(f"{folder}/data/test", dictionary)]
        found = {setting: evaluate(folder, *setting) for setting in EVALUATIONS}
    config = {**CONFIG, "target_vocabulary": len(dictionary)}
    check_training(config, initial, batches, log)

    tensors = {"stream": torch.tensor(sum(sentences, [])), **trained, **{f"initial.{name}": p for name, p in initial.items()}}
    tensors |= {f"training.batch.{i}.{key}": value for i, batch in enumerate(batches) for key, value in batch.items()}
    tensors |= {f"training.{key}": torch.tensor(values) for key, values in log.items()}
    evaluations = []
    for setting, (loss, scores) in found.items():
        name = "{}.{}.{}".format(*setting)
        check_evaluation(config, trained, sentences, name, setting, scores)
        assert abs(loss + float(scores.double().mean()) / math.log(2)) < 1e-5
        tensors[f"evaluation.{name}.scores"] = scores
        evaluations.append({
            "name": name, "sample_break_mode": setting[0], "tokens_per_sample": setting[1], "context_window": setting[2],
            "loss": loss, "tokens": len(scores),
        })  # fmt: skip
        print(evaluations[-1])
    save_golden("fairseq_lm.safetensors", tensors, {
        "config": json.dumps(config), "training": training.options(smoothing=0), "evaluations": json.dumps(evaluations),
        "script": "fairseq_lm.py", "seed": str(SEED), "versions": versions(fairseq),
    })  # fmt: skip


if __name__ == "__main__":
    main()
