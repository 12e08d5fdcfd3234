#!/usr/bin/env python3
"""Writes wordpiece.json beside this script: what transformers' tokenizers of BERT make of difficult texts.

    pip install transformers==4.57.6 tokenizers==0.22.2 && python3 wordpiece.py

The vocabulary is made of the texts' own words. Names of special tokens in a text are text (split_special_tokens).
"""
import json
import logging
import pathlib
import platform
import random
import re
import tempfile
import unicodedata

import tokenizers
import transformers
from transformers import BertTokenizer, BertTokenizerFast

HERE = pathlib.Path(__file__).parent
SEED = 29
TEXTS = 400
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

SENTENCES = [
    "The quick brown fox can't jump over 13 lazy dogs' kennels; it's un-fair!", "Der Fußgänger müßte in die STRAẞE gehen, GROẞ und größer.",
    "İstanbul'da ısırgan otu, DİYARBAKIR IĞDIR.", "Ὀδυσσεύς ΟΔΟΣ ΣΟΦΟΣ, ᾳ ᾼ Ώ; καλημέρα·", "Съешь ещё этих мягких французских булок, ЁЖ.",
    "नमस्ते दुनिया, क्षत्रिय ज़रा।", "สวัสดีชาวโลก น้ำ ก่ำ", "한국어 텍스트를 가나다 ᄒᆞᆫ글", "日本語のテキスト、ｶﾞｷﾞｸﾞ パピプ。", "中文文本没有空格，但是有标点。ABC中文def",
    "שָׁלוֹם עוֹלָם, בְּרֵאשִׁית", "السَّلَامُ عَلَيْكُمْ ﷺ لآ", "Tiếng Việt có dấu: ở, ự, ẫ, Đường.", "Čeština, Łódź, Ørsted, Þór, Æsir, œuvre, ǅ ǆ ŉ.",
    "ﬁnance ﬂow ﬃ ½ ² ₃ Ⅷ ⅷ № ℡ Å K Ω ſ", "≠ ≮ ≯ ∉ ⊄ → ∑ √ € $ £ + < = > ^ ` | ~ ¬", "a\u0301e\u0300o\u0302\u0323 n\u0303 c\u0327 A\u030a z\u0310\u0323\u0301",
    "http://example.org/~user?q=a%20b&c#frag user@example.org 1,234.56 -7e-10", "x² + y₂ = ½·z… “quoted” ‘so’ «ja» „nein“ – — ‐ ‑ ⁃",
    "👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ☃ ♥︎ 🤷🏿‍♀️", "ᏣᎳᎩ ꮳꮃꭹ Ⴀⴀ ა Ა 𐐀𐐨 𝐀𝒷ℭ", "မြန်မာ ភាសាខ្មែរ ລາວ བོད་ཡིག අ ආ தமிழ் తెలుగు ಕನ್ನಡ മലയാളം বাংলা ગુજરાતી ਪੰਜਾਬੀ",
]
MARKED = ["[MASK]", "[CLS]", "[SEP]", "[UNK]", "[PAD]", "[mask]", "[ MASK ]", "##ing", "##", "#", "[unused1]", "a[MASK]b", "[[MASK]]", "[MASK][MASK]"]
GAPS = [" "] * 12 + ["", "", "  ", "\t", "\u00a0", "\u3000", "\u2009", "\u2028", "\u2029", "\u0085", "\u000b", "\u001c", "\u200b", "\u180e", "\u1680", "\r"]
CONTROLS = ["\x00", "\x01", "\x07", "\x1b", "\x7f", "\u0080", "\u009f", "\u00ad", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060", "\ufeff", "\ufffd", "\ufff9", "\ue000", "\U000f0000", "\U000e0041"]
MARKS = [chr(c) for c in [*range(0x300, 0x370), *range(0x483, 0x48A), *range(0x591, 0x5BE), *range(0x64B, 0x660), *range(0x1AB0, 0x1ABF), *range(0x20D0, 0x20F1), 0x302E, 0x302F, 0x1D165, 0x1D16D, 0x3099, 0x309A]]
BLOCKS = [(0x21, 0x7F), (0xA0, 0x250), (0x250, 0x370), (0x370, 0x530), (0x530, 0x900), (0x900, 0xE80), (0xE80, 0x1800), (0x1E00, 0x2000), (0x2000, 0x2070), (0x2070, 0x2C00), (0x2C00, 0x2E80),
          (0x3000, 0x3100), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xA000, 0xAC00), (0xAC00, 0xD7B0), (0xF900, 0xFB00), (0xFB00, 0x10000), (0x10000, 0x11000), (0x1D000, 0x1F000), (0x1F000, 0x1FB00), (0x20000, 0x2A6E0), (0x2A700, 0x2CEB0), (0x2F800, 0x2FA20)]


def characters(rng, unassigned):
    """Characters of one block, or of all."""
    block = rng.choice(BLOCKS)
    text = ""
    for _ in range(rng.choice([1, 4, 12, 30])):
        begin, end = block if rng.random() < 0.8 else rng.choice(BLOCKS)
        c = chr(rng.randrange(begin, end))
        category = unicodedata.category(c)
        if category != "Cs" and (category != "Cn" or unassigned):
            text += c + rng.choice(["", "", "", " "])
    return text


def accented(rng):
    return "".join(rng.choice("aeiouAEIOUncszßıİkΑωйக가中1.") + "".join(rng.sample(MARKS, rng.choice([0, 1, 1, 2, 3]))) for _ in range(rng.randrange(1, 15)))


def disturbed(rng, text):
    """A text with control characters and unusual gaps in it."""
    return "".join(c + (rng.choice(CONTROLS) if rng.random() < 0.12 else "") if c != " " else rng.choice(GAPS) for c in text)


def long_word(rng):
    """A word of about 100 characters, before or after its accents are stripped."""
    size = rng.choice([99, 100, 101, 130])
    letters = rng.choice(["ab", "xyz", "aé", "e\u0301", "가", "ж"])
    word = "".join(rng.choice(letters) for _ in range(size))
    return word + rng.choice(["", ".", " ok", "\u00ad", "中"])


def texts(rng, count, unassigned=False):
    kinds = [
        lambda: rng.choice(SENTENCES),
        lambda: rng.choice(SENTENCES).upper(),
        lambda: " ".join(rng.choice(rng.choice(SENTENCES).split()) for _ in range(rng.randrange(1, 15))),
        lambda: rng.choice(["", " "]).join(rng.sample(rng.choice(SENTENCES).split() + MARKED, 4)),
        lambda: disturbed(rng, rng.choice(SENTENCES)),
        lambda: accented(rng),
        lambda: long_word(rng),
        lambda: characters(rng, unassigned),
        lambda: characters(rng, unassigned),
        lambda: disturbed(rng, characters(rng, unassigned)),
        lambda: "".join(rng.choice(GAPS + CONTROLS) for _ in range(rng.randrange(0, 6))),
    ]
    return [kinds[i % len(kinds)]() for i in range(count)]


def vocabulary(rng, lines):
    """Special tokens, nine in ten of the characters that words begin or go on with, and some longer pieces."""
    basic = [transformers.models.bert.tokenization_bert.BasicTokenizer(do_lower_case=lower) for lower in (True, False)]
    pieces = set()
    for word in sorted({word for line in lines for b in basic for word in b.tokenize(line)}):
        pieces.add(word[0])
        pieces.update("##" + c for c in word[1:])
        if rng.random() < 0.3:
            pieces.add(word[:rng.randrange(1, 6)])
            begin = rng.randrange(len(word))
            pieces.add(("##" if begin > 0 else "") + word[begin:begin + 3])
    return SPECIALS + [piece for piece in sorted(pieces) if rng.random() < 0.9]


class Tokenizers:
    """transformers' slow and fast tokenizer of a vocab.txt; what they say where they agree."""

    def __init__(self, vocab_txt, lower_case):
        self.lower_case = lower_case
        self.slow = BertTokenizer(vocab_txt, do_lower_case=lower_case)
        self.fast = BertTokenizerFast(vocab_txt, do_lower_case=lower_case)
        self.fast.backend_tokenizer.encode_special_tokens = True

    def both(self, text):
        # What slow.tokenize(text, split_special_tokens=True) does, but that it forgets to hand the option to _tokenize().
        lowered = "".join(c.lower() for c in text) if self.lower_case else text
        slow = self.slow._tokenize(lowered, split_special_tokens=True)
        return slow, self.fast.backend_tokenizer.encode(text, add_special_tokens=False).tokens

    def tokens(self, text):
        slow, fast = self.both(text)
        return " ".join(slow) if slow == fast else None

    def decode(self, tokens):
        """The text of tokens without special ones, [UNK] as Rotor writes it."""
        ids = self.slow.convert_tokens_to_ids(tokens.split(" ")) if tokens else []
        decoded = {t.decode(ids, clean_up_tokenization_spaces=True) for t in (self.slow, self.fast)}
        assert len(decoded) == 1, decoded
        return re.sub(r"\[UNK\]", "\u2047", decoded.pop())


def golden():
    logging.disable(logging.WARNING)
    rng = random.Random(SEED)
    lines = texts(rng, TEXTS)
    tokens = vocabulary(rng, lines)
    result = {
        "script": "wordpiece.py",
        "seed": SEED,
        "versions": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "python": platform.python_version(), "unicode": unicodedata.unidata_version},
        "vocabulary": tokens,
        "texts": lines,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "vocab.txt")
        path.write_text("\n".join(tokens) + "\n", encoding="utf-8")
        for name, lower_case in ("uncased", True), ("cased", False):
            both = Tokenizers(str(path), lower_case)
            cut = [both.tokens(line) for line in lines]
            result[name] = {"tokens": cut, "decoded": [None if line is None else both.decode(line) for line in cut]}
    return result


if __name__ == "__main__":
    (HERE / "wordpiece.json").write_text(json.dumps(golden(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
