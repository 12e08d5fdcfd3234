"""Reads the tables in lexicon/, whose first lines explain their columns."""

from collections import defaultdict, namedtuple
from functools import cache
from pathlib import Path

import english
import german

FOLDER = Path(__file__).parent / "lexicon"
OBJECT = "thing text clothing furniture device vehicle instrument".split()

Noun = namedtuple("Noun", "english english_plural singular plural gender weak kind")
Place = namedtuple("Place", "noun where whither")  # each a pair of prepositions, English and German
Adjective = namedtuple("Adjective", "english german stem kinds compared")  # compared: (en, en, de, de) or None
Verb = namedtuple("Verb", "english german frame preposition kinds subjects")  # preposition: (english, german, case)
Pair = namedtuple("Pair", "english german")


def rows(name):
    """Yields (section, fields) for each line of a table."""
    section = ""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            yield section, [field.strip() for field in line.split("|")]


def read_noun(kind, fields):
    name, german_name, plural = fields[:3]
    singular, _, english_plural = name.partition("/")
    article, german_singular = german_name.split(" ", 1)
    gender = {"der": "m", "die": "f", "das": "n"}[article]
    weak = len(fields) > 3 and fields[3] == "weak"
    return Noun(singular, english_plural or english.plural(singular), german_singular,
                None if plural == "-" else plural, gender, weak, kind)


def read_compounds():
    """Every first part joined with every head; gender and plural are the head's."""
    table = list(rows("compounds.txt"))
    for _, (first, joined) in (row for row in table if row[0] == "first"):
        for _, fields in (row for row in table if row[0] == "head"):
            head = read_noun("furniture", fields)
            yield head._replace(english=f"{first} {head.english}", english_plural=f"{first} {head.english_plural}",
                                singular=joined + head.singular.lower(), plural=joined + head.plural.lower())


def read_adjective(fields):
    name, form, kinds = fields[:3]
    predicate, _, stem = (part.strip() for part in form.partition(">"))
    stem = stem or predicate
    compared = None
    if len(fields) > 3 and fields[3] != "-":
        if len(fields) > 4:
            forms = tuple(fields[4].split())
        else:
            forms = (stem + "er", predicate + ("est" if predicate[-1] in "tdsßz" else "st"))
        compared = english.compare(name, fields[3]) + forms
    return Adjective(name, predicate, stem, set(expand(kinds.split())), compared)


def read_verb(fields):
    frame, *rest = fields[2].split()
    preposition = None
    if frame not in ("-", "acc", "dat", "give", "where", "whither", "city") or (frame == "-" and rest):
        preposition = (frame.replace("-", ""), rest[0], rest[1])
        frame, rest = "preposition", rest[2:]
    subjects = fields[3].split() if len(fields) > 3 else ["person"]
    return Verb(english.Verb(fields[0]), german.Verb(fields[1]), frame, preposition, expand(rest), subjects)


def expand(kinds):
    """Kinds with "object" spelled out."""
    return [each for kind in kinds for each in (OBJECT if kind == "object" else [kind])]


class Lexicon:
    """The tables, and nouns by kind or by name ("fairy_tale")."""

    def __init__(self):
        self.nouns = [read_noun(kind, fields) for kind, fields in rows("nouns.txt")] + list(read_compounds())
        self.places = []
        for _, fields in rows("places.txt"):
            noun = read_noun("place", fields)
            self.nouns.append(noun)
            self.places.append(Place(noun, tuple(fields[3].split()), tuple(fields[4].split())))
        self.by_kind = defaultdict(list)
        for noun in self.nouns:
            self.by_kind[noun.kind].append(noun)
            self.by_kind[noun.english.replace(" ", "_")].append(noun)
        self.adjectives = [read_adjective(fields) for _, fields in rows("adjectives.txt")]
        self.verbs = [read_verb(fields) for _, fields in rows("verbs.txt")]
        self.names = {section: fields[0].split() for section, fields in rows("names.txt")}
        self.cities = [Pair(*fields) for _, fields in rows("cities.txt")]
        self.adverbs = defaultdict(list)
        for section, fields in rows("adverbs.txt"):
            self.adverbs[section].append(Pair(*fields))
        self._check()

    def _check(self):
        for entry in self.verbs + self.adjectives:
            unknown = [kind for kind in entry.kinds if kind not in self.by_kind]
            if unknown:
                raise ValueError(f"expected kinds or names of nouns, got {unknown} in {entry}")

    @cache
    def _nouns_of(self, kinds):
        return [noun for kind in kinds for noun in self.by_kind.get(kind, [])]

    def nouns_of(self, kinds):
        return self._nouns_of(tuple(kinds))

    @cache
    def adjectives_for(self, noun):
        names = {noun.kind, noun.english.replace(" ", "_")}
        return [adjective for adjective in self.adjectives if adjective.kinds & names]
