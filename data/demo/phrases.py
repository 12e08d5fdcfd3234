"""Noun phrases in both languages at once."""

from dataclasses import dataclass

import english
import german
from german import CASES

# English subject and object, German by case (nominative, accusative, dative), person, plural.
PRONOUNS = [
    ("I", "me", "ich mich mir", 1, False), ("you", "you", "du dich dir", 2, False), ("he", "him", "er ihn ihm", 3, False),
    ("she", "her", "sie sie ihr", 3, False), ("we", "us", "wir uns uns", 1, True), ("they", "them", "sie sie ihnen", 3, True),
]


@dataclass
class Phrase:
    """A noun phrase: its English as subject and as object, its German by case, and what agrees with it."""

    english: str
    english_object: str
    german: dict
    person: int = 3
    plural: bool = False
    gender: str = "m"
    sort: str = "definite"  # or "indefinite" (negated by kein), "pronoun", "name"
    noun: object = None

    @property
    def agreement(self):
        return self.person, self.plural

    @property
    def german_gender(self):
        return "p" if self.plural else self.gender


def same_everywhere(english_text, german_text, **rest):
    """A phrase that no case changes: a name."""
    return Phrase(english_text, english_text, {case: german_text for case in CASES}, **rest)


def pronouns():
    """I, you, he, she, we, they"""
    return [Phrase(subject, object_, dict(zip(CASES, forms.split())), person, plural, sort="pronoun")
            for subject, object_, forms, person, plural in PRONOUNS]


def it_for(phrase):
    """The pronoun that refers to a thing: German goes by the noun's gender."""
    forms = {"m": "er ihn ihm", "f": "sie sie ihr", "n": "es es ihm", "p": "sie sie ihnen"}[phrase.german_gender]
    subject, object_ = ("they", "them") if phrase.plural else ("it", "it")
    return Phrase(subject, object_, dict(zip(CASES, forms.split())), 3, phrase.plural, phrase.gender, "pronoun")


class Determiner:
    """What stands before a noun: English text, German form by case and gender, the adjective's declension."""

    def __init__(self, text, stem="", kind="ein", declension="mixed", sort="definite"):
        self.english, self.stem, self.kind, self.declension, self.sort = text, stem, kind, declension, sort

    def german(self, case, gender):
        if self.kind == "definite":
            return german.pick(german.DEFINITE, case, gender)
        if self.kind == "fixed":
            return self.stem
        return self.stem + german.pick(german.EIN_WORD if self.kind == "ein" else german.DER_WORD, case, gender)


THE = Determiner("the", kind="definite", declension="weak")
BARE = Determiner("", kind="fixed", declension="strong", sort="indefinite")
A = Determiner("a", "ein", sort="indefinite")
THIS, THESE, EVERY = (Determiner(text, stem, "dieser", "weak")
                      for text, stem in (("this", "dies"), ("these", "dies"), ("every", "jed")))
COUNTS = [Determiner(text, stem, "dieser", "strong")
          for text, stem in (("many", "viel"), ("some", "einig"), ("several", "mehrer"), ("few", "wenig"))]
MASS = [THE, BARE, BARE, BARE, Determiner("a lot of", "viel", "fixed", "strong"),
        Determiner("some", "etwas", "fixed", "strong")]
POSSESSIVES = [("my", "mein"), ("your", "dein"), ("his", "sein"), ("her", "ihr"), ("our", "unser"), ("their", "ihr")]


def with_determiner(noun, plural, determiner, adjective=None):
    """The phrase DETERMINER (ADJECTIVE) NOUN. `adjective` is a pair: English word, German stem."""
    gender = "p" if plural else noun.gender
    words = [adjective[0]] if adjective else []
    words.append(noun.english_plural if plural else noun.english)
    text = " ".join(words)
    text = english.article(text) + text if determiner.english == "a" else f"{determiner.english} {text}".strip()
    forms = {}
    for case in CASES:
        parts = [determiner.german(case, gender)]
        if adjective:
            parts.append(german.decline_adjective(adjective[1], determiner.declension, case, gender))
        parts.append(german.decline_noun(noun, case, plural))
        forms[case] = " ".join(part for part in parts if part)
    return Phrase(text, text, forms, 3, plural, noun.gender, determiner.sort, noun)


def with_relative_clause(phrase, english_clause, german_clause):
    """The phrase with a relative clause; the comma that closes the German one is dropped where another mark follows."""
    forms = {case: f"{form}, {german_clause}," for case, form in phrase.german.items()}
    text = f"{phrase.english} {english_clause}"
    return Phrase(text, text, forms, phrase.person, phrase.plural, phrase.gender, phrase.sort, phrase.noun)


def joined(first, second):
    """first and second"""
    forms = {case: f"{first.german[case]} und {second.german[case]}" for case in CASES}
    text = f"{first.english} and {second.english}"
    return Phrase(text, text, forms, 3, True, sort="name")
