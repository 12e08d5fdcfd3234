"""German morphology: how articles, adjectives, nouns and verbs change their form, and how numbers are spelled."""

import re

# Forms by case, then by gender: masculine, feminine, neuter, plural ("mfnp").
DEFINITE = {"nom": "der die das die", "acc": "den die das die", "dat": "dem der dem den", "gen": "des der des der"}
DER_WORD = {"nom": "er e es e", "acc": "en e es e", "dat": "em er em en", "gen": "es er es er"}
EIN_WORD = {"nom": "- e - e", "acc": "en e - e", "dat": "em er em en", "gen": "es er es er"}
ADJECTIVE = {
    "weak": {"nom": "e e e en", "acc": "en e e en", "dat": "en en en en", "gen": "en en en en"},
    "mixed": {"nom": "er e es en", "acc": "en e es en", "dat": "en en en en", "gen": "en en en en"},
    "strong": {"nom": "er e es e", "acc": "en e es e", "dat": "em er em en", "gen": "en er en er"},
}
RELATIVE = {"nom": "der die das die", "acc": "den die das die", "dat": "dem der dem denen"}
CASES = ("nom", "acc", "dat", "gen")

# Forms of the present by person: ich, du, er, and the plural wir and sie share.
IRREGULAR = {
    "sein": ("bin", "bist", "ist", "sind"),
    "haben": ("habe", "hast", "hat", "haben"),
    "werden": ("werde", "wirst", "wird", "werden"),
    "wissen": ("weiß", "weißt", "weiß", "wissen"),
    "mögen": ("mag", "magst", "mag", "mögen"),
}
REFLEXIVE = {(1, False): "mich", (2, False): "dich", (3, False): "sich", (1, True): "uns", (3, True): "sich"}
CONTRACTIONS = {"in dem": "im", "in das": "ins", "an dem": "am", "an das": "ans", "zu dem": "zum", "zu der": "zur",
                "von dem": "vom"}

INSEPARABLE = re.compile(r"^(be|ver|er|ent|zer|ge|emp)|ieren$")
NEEDS_E = re.compile(r"([td]|(ch|[^aeiouäöülrhmn])[mn])$")  # arbeit-e-t, öffn-e-t, but lern-t


def pick(table, case, gender):
    form = table[case].split()["mfnp".index(gender)]
    return "" if form == "-" else form


def decline_noun(noun, case, plural):
    if plural:
        return noun.plural + ("n" if case == "dat" and noun.plural[-1] not in "ns" else "")
    if noun.weak and case != "nom":
        return noun.plural
    if case == "gen" and noun.gender in "mn":
        return noun.singular + ("es" if re.search(r"([sßxzt]|nd|sch)$", noun.singular) else "s")
    return noun.singular


def decline_adjective(stem, declension, case, gender):
    return stem + pick(ADJECTIVE[declension], case, gender)


def contract(preposition, phrase):
    """in + dem Garten -> im Garten"""
    first, _, rest = phrase.partition(" ")
    short = CONTRACTIONS.get(f"{preposition} {first}")
    return f"{short} {rest}" if short and rest else f"{preposition} {phrase}"


class Verb:
    """A German verb from its entry in the lexicon: infinitive [er-form [ist] participle], "auf·machen" if separable."""

    def __init__(self, entry):
        words = entry.split()
        self.reflexive = words[0].startswith("sich_")
        self.prefix, _, self.base = words[0].removeprefix("sich_").rpartition("·")
        self.infinitive = self.prefix + self.base
        self.auxiliary = "sein" if "ist" in words[1:] else "haben"
        self.stem = re.sub(r"e?n$", "", self.base)
        self.third = words[1] if len(words) > 1 else self._regular("t")
        self.participle = words[-1] if len(words) > 1 else self._weak_participle()

    def _regular(self, ending):
        if ending == "st" and self.stem[-1] in "sßxz":
            ending = "t"
        return self.stem + ("e" if NEEDS_E.search(self.stem) else "") + ending

    def _weak_participle(self):
        ge = "" if INSEPARABLE.search(self.base) else "ge"
        return self.prefix + ge + self._regular("t")

    def present(self, person, plural):
        """The finite verb without its separable prefix."""
        if self.base in IRREGULAR:
            return IRREGULAR[self.base][3 if plural else person - 1]
        if plural:
            return self.base
        if person == 1:
            return self.stem[:-2] + "le" if self.base.endswith("eln") else self.stem + "e"
        if person == 3:
            return self.third
        if self.third == self._regular("t"):
            return self._regular("st")
        if self.stem.endswith("t"):
            return self.third + "st"  # hält -> hältst
        changed = self.third.removesuffix("t")
        return changed + ("t" if changed[-1] in "sßxz" else "st")  # liest -> liest, gibt -> gibst

    def zu_infinitive(self):
        return f"{self.prefix}zu{self.base}" if self.prefix else f"zu {self.base}"


ONES = "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn " \
       "achtzehn neunzehn".split()
TENS = "- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()


def number(n, final=True):
    """Spells 0 to 9,999; "eins" stands only at the end of a number that stands alone: einundzwanzig, hunderteins."""
    if n >= 1000:
        return number(n // 1000, False) + "tausend" + (number(n % 1000, final) if n % 1000 else "")
    if n >= 100:
        return number(n // 100, False) + "hundert" + (number(n % 100, final) if n % 100 else "")
    if n >= 20:
        return (ONES[n % 10] + "und" if n % 10 else "") + TENS[n // 10]
    return "eins" if n == 1 and final else ONES[n]


def ordinal(n):
    """The stem of an ordinal from 1 to 31: erst, zwanzigst."""
    irregular = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
    return irregular.get(n) or number(n) + ("t" if n < 20 else "st")
