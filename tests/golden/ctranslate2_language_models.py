"""Small language models of Rotor's, and what CTranslate2's own classes make of their parameters: the sums of model.bin, the
configuration, the vocabulary.

The engine's log-probabilities and greedy continuations of these folders are compared with language_model.py. Writes
ctranslate2_language_models.json; README.md describes it. Run it in this folder: python ctranslate2_language_models.py
"""

import json
import random
import tempfile
from pathlib import Path

import ctranslate2
import numpy
import sentencepiece
import torch
from ctranslate2.specs import transformer_spec

from ctranslate2_models import ACTIVATIONS, TYPES, Spec, pieces_of, sinusoids
from exports import Exported, assemble, contents, write
from golden import EOS, PAD, versions
from language_model import LanguageModel
from language_model_libraries import loops
from layers import key_value_heads

SEED, TOLERANCE = 47, 3e-6
NEW_TOKENS = 12
CASES = {
    "sinusoidal": {"from": "language_model_sinusoidal"},
    "learned": {"from": "language_model_learned", "config": {"layer_norm_eps": 1e-3, "special_tokens": {"start": 0}}},
    "none": {"from": "language_model_untied", "config": {"position_encoding": "none", "decoder_position_encoding": "none"}},
    "rope": {"from": "language_model_post_norm"},
    "rope, half": {"from": "language_model_swiglu", "rows": {"k_proj.weight": 8, "v_proj.weight": 8},
                   "config": {"decoder_key_value_heads": 2, "rope_base": 500.0}},
    "rope, not in all layers": {"from": "language_model_smollm3"},
    "alibi": {"from": "language_model_alibi"},
}  # fmt: skip


class DecoderSpec(Spec):
    """A specification of a decoder alone."""

    def __init__(self, config, parameters):
        self.config = {"layernorm_embedding": False, "scale_embedding": True, **config}
        self.p = {name: value.numpy().astype(numpy.float32) for name, value in parameters.items()}
        self.spec = transformer_spec.TransformerDecoderModelSpec(self.decoder())
        decoder = self.spec.decoder
        decoder.embeddings.weight = self.p["decoder.embed_tokens.weight"]
        decoder.projection.weight = self.p.get("decoder.output_projection.weight", decoder.embeddings.weight)

    def decoder(self):
        c = self.config
        kind, groups = c["decoder_position_encoding"], key_value_heads(c, "decoder")
        options = {
            "pre_norm": c["decoder_normalize_before"], "activation": ACTIVATIONS[c["activation_fn"]], "rms_norm": c["norm"] == "rms",
            "ffn_glu": c["activation_fn"] in ("swiglu", "gated-gelu"), "relative_attention_bias": kind == "none", "alibi": kind == "alibi",
            "with_encoder_attention": False, "alignment_heads": 0,
        }  # fmt: skip
        if kind == "rope":
            options |= {"rotary_dim": 0, "rotary_interleave": c["rope_layout"] == "interleaved", "rotary_base": c["rope_base"]}
        if groups < c["decoder_attention_heads"]:
            options["num_heads_kv"] = groups
        spec = transformer_spec.TransformerDecoderSpec(c["decoder_layers"], c["decoder_attention_heads"], **options)
        spec.config["multi_query_attention"] = "num_heads_kv" in options  # the class says yes to None as well
        spec.scale_embeddings = c["scale_embedding"]
        if c["decoder_normalize_before"]:
            self.norm(spec.layer_norm, "decoder.layer_norm")
        if kind == "learned":
            spec.position_encodings.encodings = self.p["decoder.position.weight"]
        if kind == "sinusoidal":
            spec.position_encodings.encodings = sinusoids(2048, c["decoder_embed_dim"], c["sinusoidal_layout"], c["position_offset"])
        for i, layer in enumerate(spec.layer):
            self.layer("language model", None, layer, f"decoder.layers.{i}")
            if kind == "rope" and c.get("no_position_every") and (i + 1) % c["no_position_every"] == 0:
                for name in ("rotary_dim", "rotary_interleave", "rotary_base"):
                    delattr(layer.self_attention, name)
            if kind == "none":
                layer.self_attention.relative_attention_bias = numpy.zeros((32, c["decoder_attention_heads"]), numpy.float32)
                layer.self_attention.relative_attention_max_distance = numpy.int32(128)
        return spec

    def save(self, folder, pieces, type_, start):
        config = self.spec.config
        config.bos_token, config.layer_norm_epsilon = pieces[start], self.config["layer_norm_eps"]
        self.spec.register_vocabulary(pieces)
        self.spec.validate()
        self.spec.optimize(quantization=None if type_ == "float32" else type_)
        self.spec.save(folder)


def greedy(model, prompt):
    """The continuation of ids, by the formulas, and the closest two scores on the way; <pad> is never produced."""
    ids, closest = list(prompt), 1.0
    for _ in range(NEW_TOKENS):
        scores = model(torch.tensor([ids]))[0, -1].log_softmax(-1)
        scores[PAD] = -torch.inf
        best = scores.topk(2).values
        closest = min(closest, float(best[0] - best[1]))
        ids.append(int(scores.argmax()))
        if ids[-1] == EOS:
            break
    return ids[len(prompt) :], closest


def check(name, folder, config, parameters, pieces, start, generator):
    """The engine's log-probabilities and continuations beside those of language_model.py."""
    model = LanguageModel(config, parameters)
    model = loops(model) if config["position_encoding"] == "alibi" else model
    engine = ctranslate2.Generator(str(folder))
    prompts = [[start, *generator.choices(range(4, config["target_vocabulary"]), k=length)] for length in (1, 3, 9, 6, 12, 17)]
    results = engine.score_batch([[pieces[i] for i in prompt] for prompt in prompts])
    difference = 0
    for prompt, result in zip(prompts, results):
        expected = model(torch.tensor([prompt[:-1]]))[0].log_softmax(-1)[range(len(prompt) - 1), prompt[1:]]
        difference = max(difference, (torch.tensor(result.log_probs).double() - expected).abs().max().item())
    equal = 0
    for prompt in prompts:
        own, closest = greedy(model, prompt)
        if closest < 1e-4:
            continue
        for whole in (False, True):
            result = engine.generate_batch(
                [[pieces[i] for i in prompt]], beam_size=1, max_length=NEW_TOKENS + (len(prompt) - 1) * whole,
                include_prompt_in_result=whole, suppress_sequences=[[pieces[PAD]]],
            )[0].sequences_ids[0]  # fmt: skip
            theirs = result[len(prompt) - 1 :] if whole else result
            assert theirs[:NEW_TOKENS] == [i for i in own if i != EOS], (name, whole, theirs, own)
        equal += 1
    print(f"{name}: log-probabilities differ by {difference:.1e}; {equal} continuations are equal")
    assert difference < TOLERANCE and equal > 3, name


@torch.no_grad()
def main():
    torch.set_default_dtype(torch.float64)
    origin = {"script": "ctranslate2_language_models.py", "seed": SEED, "versions": json.loads(versions(ctranslate2, sentencepiece))}
    golden = {**origin, "cases": []}
    for name, case in CASES.items():
        case = {**case, "vocabulary": "ctranslate2_sinusoidal"}
        parameters, config, vocabularies = assemble(case)
        pieces = pieces_of(bytes(vocabularies["vocabulary"].numpy()))
        start = config.get("special_tokens", {}).get("start", EOS)
        for type_ in TYPES:
            with tempfile.TemporaryDirectory() as folder:
                DecoderSpec(config, parameters).save(folder, pieces, type_, start)
                if type_ == "float32":
                    check(name, folder, config, parameters, pieces, start, random.Random(SEED))
                golden["cases"].append({"name": f"{name} {type_}", **case, "quantization": type_, "files": contents(Path(folder))})
                exported = Exported(case)
                mine = exported.convert("ctranslate2", f"--quantization={type_}")
                (mine / "vocabulary.model").unlink()
                assert contents(mine) == golden["cases"][-1]["files"], name
    write("ctranslate2_language_models.json", golden)


if __name__ == "__main__":
    main()
