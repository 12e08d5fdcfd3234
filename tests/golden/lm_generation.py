"""Continuations of prompts by two language models of this folder: greedy, and by beam search, hypothesis by hypothesis in float64.

A second implementation of fairseq's search, without a cache, which has to find what fairseq's own finds with its model.
Writes lm_generation.json; README.md describes it. Run it in this folder: python lm_generation.py
"""

import json
import random
from argparse import Namespace
from types import SimpleNamespace

import fairseq
import torch
from fairseq.data import Dictionary
from fairseq.models.transformer_lm import TransformerLanguageModel, base_lm_architecture
from fairseq.sequence_generator import SequenceGenerator
from safetensors import safe_open

from golden import EOS, FOLDER, PAD, versions
from language_model import LanguageModel

SEED = 26
MODELS = ["language_model_swiglu", "fairseq_lm"]
SETTINGS = [{"beam": 1, "lenpen": 1.0}, {"beam": 3, "lenpen": 1.0}, {"beam": 3, "lenpen": 0.0}]
NEW_TOKENS = 12  # the greatest number of tokens after the prompt and before </s>
PROMPTS, LONGEST = 10, 8
CLEAR = 3e-4  # the smallest difference of two scores that an order may depend on


def load(name):
    with safe_open(FOLDER / f"{name}.safetensors", "pt") as file:
        parameters = {key: file.get_tensor(key) for key in file.keys() if key.startswith("decoder.")}
        return json.loads(file.metadata()["config"]), parameters


def draw_prompts(name, generator):
    """Random ids, or for fairseq's model beginnings of the sentences it was evaluated on, half of them almost whole."""
    lengths = [generator.randint(1, LONGEST) for _ in range(PROMPTS - 1)]
    if name != "fairseq_lm":
        return [generator.choices(range(3, 40), k=n) for n in lengths]
    with safe_open(FOLDER / f"{name}.safetensors", "pt") as file:
        stream = file.get_tensor("stream").tolist()
    ends = [0, *(i + 1 for i, token in enumerate(stream) if token == EOS)]
    sentences = [stream[a : b - 1] for a, b in zip(ends, ends[1:]) if b - a > 1]
    return [sentence[: n if i % 2 else -n] for i, (sentence, n) in enumerate(zip(sentences, lengths))]


def search(model, prompt, beam, lenpen):
    """The finished hypotheses (ids with the prompt's, log-probabilities), best first, and the closest two scores on the way."""
    active, finished, closest = [([], [])], [], float("inf")
    for step in range(len(prompt) + NEW_TOKENS + 1):
        candidates = []
        for ids, scores in active:
            log_probabilities = model(torch.tensor([[EOS, *ids]]))[0, -1].log_softmax(-1).tolist()
            if step < len(prompt):
                choices = [prompt[step]]
            elif step == len(prompt) + NEW_TOKENS:
                choices = [EOS]
            else:
                choices = [i for i in range(len(log_probabilities)) if i != PAD and (i != EOS or step > 0)]
            candidates += [([*ids, i], [*scores, log_probabilities[i]]) for i in choices]
        candidates.sort(key=lambda candidate: -sum(candidate[1]))
        sums = [sum(scores) for _, scores in candidates[: 2 * beam + 1]]
        closest = min([closest, *(a - b for a, b in zip(sums, sums[1:]))])
        candidates = candidates[: 2 * beam]
        finished += [c for c in candidates[:beam] if c[0][-1] == EOS][: beam - len(finished)]
        active = [c for c in candidates if c[0][-1] != EOS][:beam]
        if len(finished) == beam:
            break
    finished.sort(key=lambda hypothesis: -score(hypothesis[1], lenpen))
    sums = [score(scores, lenpen) for _, scores in finished]
    return finished, min([closest, *(a - b for a, b in zip(sums, sums[1:]))])


def score(scores, lenpen):
    return sum(scores) / len(scores) ** lenpen


def fairseq_generator(config, parameters):
    """fairseq's search with its own model of these weights: a function with the arguments of search() after the first."""
    dictionary = Dictionary()
    for i in range(config["target_vocabulary"] - len(dictionary)):
        dictionary.add_symbol(f"token{i}")
    names = ["layers", "embed_dim", "ffn_embed_dim", "attention_heads"]
    sizes = {f"decoder_{name}": config[f"decoder_{name}"] for name in names}
    args = Namespace(**sizes, share_decoder_input_output_embed=True, tokens_per_sample=64)
    base_lm_architecture(args)
    model = TransformerLanguageModel.build_model(args, SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary))
    tied = parameters["decoder.embed_tokens.weight"]
    model.load_state_dict({**parameters, "decoder.output_projection.weight": tied, "decoder.version": torch.tensor([3.0])})
    model.eval()

    def generate(prompt, beam, lenpen):
        limit = len(prompt) + NEW_TOKENS
        generator = SequenceGenerator([model], dictionary, beam_size=beam, len_penalty=lenpen, max_len_b=limit, max_len=1000)
        ids = torch.tensor([prompt], dtype=torch.int64)
        sample = {"net_input": {"src_tokens": torch.tensor([[EOS, *prompt]]), "src_lengths": torch.tensor([len(prompt) + 1])}}
        return generator.generate([model], sample, prefix_tokens=ids if prompt else None, bos_token=EOS)[0]

    return generate


def check(found, theirs, lenpen):
    assert [ids for ids, _ in found] == [h["tokens"].tolist() for h in theirs]
    for (_, scores), hypothesis in zip(found, theirs):
        torch.testing.assert_close(torch.tensor(scores), hypothesis["positional_scores"], rtol=1e-5, atol=1e-5)
        assert abs(score(scores, lenpen) / float(hypothesis["score"]) - 1) < 1e-6


def record(prompt, found, lenpen):
    n = len(prompt)
    hypotheses = [
        {
            "ids": ids[n:], "log_probabilities": [round(x, 7) for x in scores[n:]],
            "score": round(score(scores, lenpen), 7), "score_without_prompt": round(score(scores[n:], lenpen), 7),
        }
        for ids, scores in found
    ]  # fmt: skip
    return {"prompt": prompt, "prompt_log_probabilities": [round(x, 7) for x in found[0][1][:n]], "hypotheses": hypotheses}


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    generator, cases = random.Random(SEED), []
    for name in MODELS:
        config, parameters = load(name)
        model = LanguageModel(config, {key: p.double() for key, p in parameters.items()})
        generate = fairseq_generator(config, parameters) if name == "fairseq_lm" else None
        prompts = [[], *draw_prompts(name, generator)]
        for setting in SETTINGS:
            kept = []
            for prompt in prompts:
                found, closest = search(model, prompt, **setting)
                if closest < CLEAR:
                    continue
                kept.append(record(prompt, found, setting["lenpen"]))
                if generate:
                    check(found, generate(prompt, **setting), setting["lenpen"])
            cases.append({"model": name, **setting, "new_tokens": NEW_TOKENS, "prompts": kept})
            print(f"{name}, {setting}: {len(kept)} of {PROMPTS} kept")
    origin = {"script": "lm_generation.py", "seed": SEED, "versions": json.loads(versions(fairseq))}
    text = json.dumps({**origin, "cases": cases}, separators=(",", ":"))
    (FOLDER / "lm_generation.json").write_text(text.replace('{"prompt"', '\n{"prompt"').replace('{"model"', '\n{"model"') + "\n")


if __name__ == "__main__":
    main()
