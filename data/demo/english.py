"""English morphology: plurals, articles, verb forms and the spelling of numbers."""

import re

DOUBLING = re.compile(r"^[^aeiou]*[aeiou][^aeiouwxy]$")  # stop -> stopped
ALSO_DOUBLING = {"forget", "begin", "cancel", "travel"}
BE = {"present": {(1, False): "am", (3, False): "is"}, "past": {(1, False): "was", (3, False): "was"}}


def plural(noun):
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")


def article(phrase):
    """a or an, by the sound that follows"""
    vowel = phrase[0] in "aeiouAEIO" and not re.match(r"(uni|use|eu|one)", phrase)
    return "an " if vowel or phrase.startswith(("hour", "honest")) else "a "


def _inflect(base, ending):
    double = DOUBLING.match(base) or base in ALSO_DOUBLING
    if base.endswith("ie") and ending == "ing":
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith("ee"):
        return base[:-1] + ending
    if ending == "ed" and re.search(r"[^aeiou]y$", base):
        return base[:-1] + "ied"
    return base + (base[-1] if double else "") + ending


class Verb:
    """An English verb, perhaps of several words, from its entry in the lexicon: base[/past/participle]."""

    def __init__(self, entry):
        forms = entry.split("/")
        self.base = forms[0]
        self.first, _, rest = forms[0].partition(" ")
        self.rest = " " + rest if rest else ""
        regular = _inflect(self.first, "ed") + self.rest
        self.past = forms[1] if len(forms) > 1 else regular
        self.participle = forms[2] if len(forms) > 2 else regular

    @property
    def gerund(self):
        return _inflect(self.first, "ing") + self.rest

    @property
    def third(self):
        irregular = {"do": "does", "go": "goes"}
        return irregular.get(self.first, plural(self.first)) + self.rest

    def present(self, person, plural):
        return self.third if person == 3 and not plural else self.base


def be(tense, person, plural):
    return BE[tense].get((person, plural), "are" if tense == "present" else "were")


def compare(adjective, forms):
    """Comparative and superlative by rule ("er", "more") or as given ("better best")."""
    if forms == "more":
        return "more " + adjective, "most " + adjective
    if forms == "er":
        stem = adjective.removesuffix("e")
        return stem + "er", stem + "est"
    return tuple(forms.split())


ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " \
       "eighteen nineteen".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def number(n):
    """Spells 0 to 9,999."""
    if n >= 1000:
        rest = n % 1000
        return number(n // 1000) + " thousand" + ((" and " if rest < 100 else " ") + number(rest) if rest else "")
    if n >= 100:
        return number(n // 100) + " hundred" + (" and " + number(n % 100) if n % 100 else "")
    if n >= 20:
        return TENS[n // 10] + ("-" + ONES[n % 10] if n % 10 else "")
    return ONES[n]


def ordinal(n):
    """Spells first to thirty-first."""
    irregular = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
    if n > 20 and n % 10:
        return TENS[n // 10] + "-" + ordinal(n % 10)
    return irregular.get(n) or re.sub(r"y$", "ie", number(n)) + "th"
