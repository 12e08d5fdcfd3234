#!/usr/bin/env python3
"""Writes moses.json beside this script: sacremoses's tokens of English and German, and Perl's split of compounds.

    pip install sacremoses==0.2.0 regex==2026.11.15 && python3 moses.py

Texts whose characters sacremoses's table of Unicode (old, and no character beyond U+FFFF) and Unicode's properties put
into different classes are left out, and so are C0's separators, which Perl deletes and Python takes for spaces.
"""
import json
import pathlib
import platform
import random
import subprocess
import unicodedata

import regex
import sacremoses
from sacremoses import MosesTokenizer

HERE = pathlib.Path(__file__).parent
SEED = 23
WORDS = (
    "der die Hund Mann läuft über Straße the a dog runs it's don't I'd dogs' 'tis rock'n'roll 1990's O'Neill d'Or l'été Mr. Dr. Prof. z.B. "
    "e.g. U.S. usw. bzw. Nr. No. Art. pp. vgl. ca. Jan. May. am 3. 31. 99. 100. XX. iv. i.e. St. v. vs. A. b. Ph.D. etc. Mrd. 5 42 "
    "1,000 3.5 1,5 5, ,5 x,y 10% $5 €7 20-mal rich-text a-b-c E-Mail- -ung -- --- - – — ... .. .... ….. ! ? ?! : ; / and/or \\ ( ) [x] {y} "
    "<b> </b> &amp; & | ` `` '' \" „Ja“ «Nein» ‘so’ “hm” ' '' ,, , . .' ?' s' 's '' , ' @ # http://a.b/c?d=e me@x.org C++ 😀 世界 ½ x² ٣ é naïve"
).split()
GAPS = [" "] * 15 + ["", "", "  ", "\t", "\u00a0", "\u3000", "\x07"]
ABBREVIATIONS = "Adj Bros Col Dr Drs Gen Hr Jan Mio Mrd Nr No Nos Art Co Corp ca Ca pp Rs rev usw usf zzt ff sen SA BSE X iv XX 7 99 100 ä Ä ß Q q".split()
FOLLOWERS = ["", "Haus", "haus", "7", "Über", "über", "ß", "ª", "...", "'", "(", "x"]
PROPERTIES = {
    "IsN": regex.compile(r"\p{N}"),
    "IsAlpha": regex.compile(r"\p{Alphabetic}"),
    "IsAlnum": regex.compile(r"[\p{Alphabetic}\p{Nd}]"),
    "IsLower": regex.compile(r"\p{Lowercase}"),
}


def classes_agree(character):
    """Whether all versions of Unicode concerned know the character, and sacremoses's table has it in its classes."""
    if unicodedata.category(character) in ("Cn", "Cs") or 0x1C <= ord(character) <= 0x1F:
        return False
    return all(bool(pattern.match(character)) == (character in getattr(MosesTokenizer, name)) for name, pattern in PROPERTIES.items())


def any_characters(rng):
    text = ""
    while len(text) < 40:
        c = chr(rng.choice([rng.randrange(0x20, 0x250), rng.randrange(0x20, 0x3100), rng.randrange(0x20, 0x10000), *b" .,-'"]))
        text += c if classes_agree(c) else ""
    return text


def texts(rng):
    yield from (f"Es ist {abbreviation}. {follower} gut." for abbreviation in ABBREVIATIONS for follower in FOLLOWERS)
    yield from (f"so {abbreviation}." for abbreviation in ABBREVIATIONS)
    for _ in range(700):
        yield "".join(rng.choice(WORDS) + rng.choice(GAPS) for _ in range(rng.choice([1, 2, 3, 5, 8, 13, 21])))
    for _ in range(300):
        yield "".join(rng.choice("aZ5ß.,'- \"") for _ in range(rng.choice([1, 3, 6, 12, 25])))
    for _ in range(150):
        yield any_characters(rng)
    for segment in json.loads((HERE / "score.json").read_text(encoding="utf-8"))["segments"]:
        yield segment["texts"][0]


def split_compounds(lines):
    command = ["perl", "-ple", r"s{(\S)-(\S)}{$1 ##AT##-##AT## $2}g"]
    return subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True).stdout[:-1].split("\n")


def golden():
    rng = random.Random(SEED)
    kept = [text for text in texts(rng) if all(map(classes_agree, set(text))) and "DOT" not in text]
    result = {
        "script": "moses.py",
        "seed": SEED,
        "versions": {"sacremoses": sacremoses.__version__, "regex": regex.__version__, "python": platform.python_version(),
                     "perl": subprocess.run(["perl", "-e", "print $^V"], capture_output=True, text=True, check=True).stdout},
        "texts": kept,
    }
    for language in "en", "de":
        tokenizer = MosesTokenizer(lang=language)
        result[language] = [" ".join(tokenizer.tokenize(text)) for text in kept]
    result["compounds"] = split_compounds(result["de"])
    return result


if __name__ == "__main__":
    (HERE / "moses.json").write_text(json.dumps(golden(), ensure_ascii=False) + "\n", encoding="utf-8")
