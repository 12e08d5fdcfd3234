"""What hugging_face/nllb translates where its tokenizer has legacy_behaviour: the source's language comes after </s>.

Writes nllb_legacy.json; README.md describes it. Run it in this folder: python nllb_legacy.py
"""

import json

import sentencepiece
import torch
import transformers
from transformers import M2M100ForConditionalGeneration, NllbTokenizer

from exports import write
from golden import FOLDER, versions
from translation_models import COUNT, sentences, translated


def main():
    folder = FOLDER / "hugging_face" / "nllb"
    tokenizer = NllbTokenizer.from_pretrained(folder, legacy_behaviour=True, src_lang="eng_Latn")
    ids = tokenizer("a dog").input_ids
    assert tokenizer.convert_ids_to_tokens(ids)[-2:] == ["</s>", "eng_Latn"], ids
    model = M2M100ForConditionalGeneration.from_pretrained(folder).double().eval()
    found = translated(model, tokenizer, sentences(5 * COUNT), tokenizer.convert_tokens_to_ids("deu_Latn"), COUNT)
    origin = {"script": "nllb_legacy.py", "versions": json.loads(versions(transformers, sentencepiece))}
    write("nllb_legacy.json", {**origin, **found})


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
