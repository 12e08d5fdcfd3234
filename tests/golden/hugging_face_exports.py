"""What rotor-convert huggingface writes of small translation and language models, once transformers was seen to compute with it
what the second implementation computes, and to cut text as SentencePiece does.

Writes hugging_face_exports.json; README.md describes it. Run it in this folder: python hugging_face_exports.py
"""

import json
import random

import numpy
import sentencepiece
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, MarianMTModel, MarianTokenizer

from exports import Exported, contents, write
from golden import EOS, versions
from language_model import LanguageModel
from layers import rotate
from transformer import Transformer

SEED, TOLERANCE = 43, 1e-5
PIECES = {"vocabulary": "ctranslate2_sinusoidal"}
MARIAN = {"sinusoidal_layout": "half", "position_offset": 0, "max_positions": 64}
# Language models, then translation models.
LANGUAGE_MODELS = {
    "GPT2LMHeadModel, learned": {"from": "language_model_learned", "config": {"scale_embedding": False, "activation_fn": "gelu"}},
    "GPT2LMHeadModel, sinusoidal": {"from": "language_model_sinusoidal", "config": {"special_tokens": {"start": 0}}},
    "GPT2LMHeadModel, none": {"from": "language_model_untied", "config": {"position_encoding": "none", "decoder_position_encoding": "none"}},
    "GPTNeoXForCausalLM": {"from": "language_model_rope"},
    "GPTNeoXForCausalLM, a part turns": {
        "from": "language_model_rope", "config": {"rope_fraction": 0.5, "rope_layout": "half", "attention_bias": False, "rope_base": 500.0},
        "without": [f"decoder.layers.{i}.self_attn.{part}_proj.bias" for i in (0, 1) for part in ("q", "k", "v", "out")],
    },
    "LlamaForCausalLM": {"from": "language_model_swiglu", "rows": {"k_proj.weight": 8, "v_proj.weight": 8},
                         "config": {"decoder_key_value_heads": 2, "layer_norm_eps": 1e-5}},
    "LlamaForCausalLM, tied, interleaved": {
        "from": "language_model_swiglu", "config": {"share_decoder_input_output_embed": True, "rope_layout": "interleaved"},
        "without": ["decoder.output_projection"],
    },
    "MistralForCausalLM": {"from": "language_model_swiglu", "config": {"attention_window": 3, "activation_fn": "gated-gelu"}},
    "SmolLM3ForCausalLM": {"from": "language_model_smollm3"},
}  # fmt: skip
TRANSLATION_MODELS = {
    "MarianMTModel": {"from": "ctranslate2_sinusoidal", "config": {**MARIAN, "activation_fn": "swish"}},
    "MarianMTModel, two vocabularies": {
        "from": "ctranslate2_learned",
        "config": {**MARIAN, "layernorm_embedding": False, "encoder_position_encoding": "", "scale_embedding": False},
        "without": ["encoder.position", "encoder.layernorm_embedding", "decoder.layernorm_embedding"],
    },
}
LETTERS = "abcdefghjklmno xyz"


class Partial(LanguageModel):
    """A language model of which only the first numbers of a head turn."""

    def rotate(self, stack, x, name=None):
        turning = int(x.shape[-1] * self.config.get("rope_fraction", 1))
        if turning == x.shape[-1]:
            return super().rotate(stack, x, name)
        turned = rotate(x[..., :turning], self.config["rope_layout"], self.config["rope_base"])
        return torch.cat([turned, x[..., turning:]], -1)


def texts(generator):
    """Lines of letters and blanks, some of which no piece has."""
    return ["".join(generator.choices(LETTERS, k=generator.randint(1, 30))) for _ in range(200)]


def compare(name, found, expected):
    difference = (found.double() - expected).abs().max().item() / expected.abs().max().item()
    print(f"{name}: logits differ by {difference:.1e} of the largest")
    assert difference < TOLERANCE, name
    return difference


def ids_of(model_bytes, text):
    return sentencepiece.SentencePieceProcessor(model_proto=bytes(model_bytes.numpy())).encode(text)


def language_model(name, case, generator):
    exported = Exported(case)
    folder = exported.convert("huggingface")
    model = AutoModelForCausalLM.from_pretrained(folder, torch_dtype=torch.float32).eval()
    assert type(model).__name__ == name.partition(",")[0]
    tokens = torch.tensor([[EOS, *generator.choices(range(3, exported.config["target_vocabulary"]), k=19)]])
    compare(name, model(tokens).logits, Partial(exported.config, exported.parameters)(tokens))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    start = exported.config.get("special_tokens", {}).get("start", EOS)
    for text in texts(generator):
        own = ids_of(exported.vocabularies["vocabulary"], text)
        assert tokenizer(text).input_ids == [start, *own], (text, tokenizer(text).input_ids, own)
        kept = " ".join("".join(letter for letter in text if letter in "abcdefgh ").split())
        assert tokenizer.decode(tokenizer(kept).input_ids, skip_special_tokens=True) == kept, kept
    return contents(folder)


def translation_model(name, case, generator):
    exported = Exported(case)
    folder = exported.convert("huggingface")
    model = MarianMTModel.from_pretrained(folder, torch_dtype=torch.float32).eval()
    config = exported.config
    source = torch.tensor([[*generator.choices(range(4, config["source_vocabulary"]), k=11), EOS]])
    target = torch.tensor([[EOS, *generator.choices(range(4, config["target_vocabulary"]), k=9)]])
    config = {**config, **{f"{stack}_position_encoding": "sinusoidal" for stack in ("encoder", "decoder")}}
    size = config["target_vocabulary"]
    found = model(input_ids=source, decoder_input_ids=target).logits
    compare(name, found[..., :size], Transformer(config, exported.parameters)(source, target)[0])
    assert (found[..., size:] < -9000).all(), "tokens that fill the vocabulary up"
    tokenizer = MarianTokenizer.from_pretrained(folder)
    vocabularies = exported.vocabularies
    sides = [vocabularies.get("vocabulary", vocabularies.get(f"vocabulary.{side}")) for side in ("source", "target")]
    for text in texts(generator):
        assert tokenizer(text).input_ids == [*ids_of(sides[0], text), EOS], text
        assert tokenizer(text_target=text).input_ids == [*ids_of(sides[1], text), EOS], text
    return contents(folder)


@torch.no_grad()
def main():
    torch.set_default_dtype(torch.float64)
    golden = {
        "script": "hugging_face_exports.py", "seed": SEED, "versions": json.loads(versions(transformers, sentencepiece, numpy)), "cases": [],
    }  # fmt: skip
    for run, cases in ((language_model, LANGUAGE_MODELS), (translation_model, TRANSLATION_MODELS)):
        for name, case in cases.items():
            case = {**case, **(PIECES if run is language_model else {})}
            golden["cases"].append({"name": name, **case, "files": run(name, case, random.Random(SEED))})
    write("hugging_face_exports.json", golden)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
