"""Chooses what is said of what: noun phrases, adverbials and whole clauses by chance, within what the lexicon allows."""

import english
import german
import phrases
from clauses import MODALS, Clause, Modal
from lexicon import Pair
from phrases import A, BARE, COUNTS, EVERY, MASS, THE, THESE, THIS, Determiner, Phrase


class Speaker:
    """`combinations` holds what the sentence in the making combined: (verb, object) and (adjective, noun)."""

    def __init__(self, lexicon, random):
        self.lexicon, self.random, self.combinations = lexicon, random, set()
        self.verbs = lexicon.verbs

    # Noun phrases

    def noun_phrase(self, kinds, relative=0.0, sort=None):
        noun = self.random.choice(self.lexicon.nouns_of(kinds))
        adjective = None
        if self.random.chance(0.3):
            adjectives = self.lexicon.adjectives_for(noun)
            if adjectives:
                adjective = self.random.choice(adjectives)
                self.combinations.add((adjective.english, noun.english))
        words = adjective and (adjective.english, adjective.stem)
        plural, determiner = self.determiner(noun, sort)
        phrase = phrases.with_determiner(noun, plural, determiner, words)
        return self.relative_clause(phrase) if self.random.chance(relative) else phrase

    def determiner(self, noun, sort=None):
        """Whether the noun is plural, and its determiner; of the given sort: definite, indefinite,
        counted, or negated by kein."""
        plural = noun.plural is not None and self.random.chance(0.35)
        bare = plural or noun.plural is None
        if sort == "negated":
            return plural, Determiner("" if bare else "a", "kein", sort="negated")
        if sort == "counted" and plural and self.random.chance(0.7):
            return True, self.count()
        if sort in ("indefinite", "counted"):
            return plural, BARE if bare else A
        if noun.plural is None and not sort:
            return False, self.random.choice(MASS)
        if sort == "definite" or self.random.chance(0.45):
            return plural, THE
        kind = self.random.below(3)
        if kind == 0:
            return plural, self.possessive()
        if kind == 1 and plural:
            return True, self.count()
        if kind == 1 and self.random.chance(0.5):
            return False, self.random.choice([THIS, EVERY])
        if plural and self.random.chance(0.3):
            return True, THESE
        return plural, BARE if plural else A

    def possessive(self):
        text, stem = self.random.choice(phrases.POSSESSIVES)
        return Determiner(text, stem)

    def count(self):
        if self.random.chance(0.5):
            n = 2 + self.random.below(11) if self.random.chance(0.7) else 13 + self.random.below(87)
            return Determiner(english.number(n), german.number(n), "fixed", "strong")
        return self.random.choice(COUNTS)

    def relative_clause(self, phrase):
        """The phrase with what its noun does, or with what is done to it."""
        noun, names = phrase.noun, {phrase.noun.kind, phrase.noun.english.replace(" ", "_")}
        if noun.kind == "person" and self.random.chance(0.6):
            doing = self.random.choice([verb for verb in self.verbs if "person" in verb.subjects])
            relative = self.relative_subject(phrase)
            clause = self.clause(relative, doing, self.random.choice(["present", "past"]), plain=True)
            return phrases.with_relative_clause(phrase, clause.english_statement(), clause.german_subordinate())
        undergoing = [verb for verb in self.verbs if verb.frame == "acc" and names & set(verb.kinds)
                      and not verb.german.reflexive]
        if not undergoing:
            return phrase
        verb = self.random.choice(undergoing)
        self.combinations.add((verb.english.base, noun.english))
        clause = Clause(self.short_subject(), verb, self.random.choice(["present", "past"]))
        pronoun = german.pick(german.RELATIVE, "acc", phrase.german_gender)
        return phrases.with_relative_clause(phrase, "that " + clause.english_statement(),
                                            f"{pronoun} {clause.german_subordinate()}")

    def relative_subject(self, phrase):
        forms = {case: german.pick(german.RELATIVE, case, phrase.german_gender) for case in ("nom", "acc", "dat")}
        return Phrase("who", "whom", forms, 3, phrase.plural, phrase.gender, "pronoun")

    def name(self):
        kind = self.random.choice(["woman", "man"])
        if self.random.chance(0.15):
            family = self.random.choice(self.lexicon.names["family"])
            phrase = phrases.same_everywhere(f"{'Mrs.' if kind == 'woman' else 'Mr.'} {family}", f"Frau {family}", sort="name")
            if kind == "man":
                phrase.german = {case: ("Herr " if case == "nom" else "Herrn ") + family for case in german.CASES}
            return phrase
        name = self.random.choice(self.lexicon.names[kind])
        return phrases.same_everywhere(name, name, sort="name", gender="f" if kind == "woman" else "m")

    def short_subject(self):
        """A pronoun, a name or a plain person."""
        choice = self.random.below(10)
        if choice < 4:
            return self.random.choice(phrases.pronouns())
        return self.name() if choice < 7 else self.noun_phrase(["person"], sort="definite")

    def subject(self, verb, relative=0.05):
        kinds = verb.subjects
        if "person" in kinds and self.random.chance(0.85):
            choice = self.random.below(10)
            if choice < 3:
                return self.random.choice(phrases.pronouns())
            if choice < 5:
                return self.name()
            if choice == 5:
                return phrases.joined(self.name(), self.companion())
            return self.noun_phrase(["person"], relative)
        return self.noun_phrase(kinds, relative)

    def companion(self):
        return self.name() if self.random.chance(0.6) else self.noun_phrase(["person"], sort="definite")

    def object(self, verb, subject, relative, sort=None):
        """An object of the kinds the verb takes; a pronoun only for persons, and never the subject's own."""
        if verb.kinds[0] == "person" and sort != "negated" and self.random.chance(0.35):
            return self.other_pronoun(subject) if self.random.chance(0.6) else self.name()
        phrase = self.noun_phrase(verb.kinds, relative, sort)
        self.combinations.add((verb.english.base, phrase.noun.english))
        return phrase

    def other_pronoun(self, subject):
        """Not "I see me", but "he sees him"."""
        return self.random.choice([each for each in phrases.pronouns() if each.english != subject.english and
                                   (each.person == 3 or each.person != subject.person) or each.person == 3])

    # Adverbials: pairs of English and German text

    def place(self, whither=False):
        place = self.random.choice(self.lexicon.places)
        preposition = place.whither if whither else place.where
        determiner = THE if self.random.chance(0.8) else A
        adjective = None
        if self.random.chance(0.1):
            adjective = self.random.choice(self.lexicon.adjectives_for(place.noun))
            self.combinations.add((adjective.english, place.noun.english))
        phrase = phrases.with_determiner(place.noun, False, determiner, adjective and (adjective.english, adjective.stem))
        case = "acc" if whither and preposition[1] != "zu" else "dat"
        return Pair(f"{preposition[0]} {phrase.english}", german.contract(preposition[1], phrase.german[case]))

    def city(self, whither=False):
        city = self.random.choice(self.lexicon.cities)
        return Pair(f"{'to' if whither else 'in'} {city.english}", f"{'nach' if whither else 'in'} {city.german}")

    def time(self, tense):
        """When: a time that fits the tense."""
        group = "past" if is_past(tense) else "future" if tense == "future" else "present"
        choice = self.random.below(10)
        if choice < 2:
            return self.clock_time()
        if choice == 2 and group != "present":
            day = self.random.choice(self.lexicon.adverbs["weekday"])
            part = self.random.choice([Pair("", ""), Pair(" morning", "morgen"), Pair(" evening", "abend")])
            return Pair(f"on {day.english}{part.english}", f"am {day.german}{part.german}")
        if choice == 3 and group != "present":
            month, n = self.random.choice(self.lexicon.adverbs["month"]), 1 + self.random.below(28)
            return Pair(f"on the {english.ordinal(n)} of {month.english}", f"am {german.ordinal(n)}en {month.german}")
        if choice == 4 and group == "past":
            return self.ago()
        return self.random.choice(self.lexicon.adverbs[group])

    def ago(self):
        unit = self.random.choice([("day", "Tagen", "einem Tag"), ("week", "Wochen", "einer Woche"),
                                   ("month", "Monaten", "einem Monat"), ("year", "Jahren", "einem Jahr")])
        n = 1 + self.random.below(12)
        if n == 1:
            return Pair(f"a {unit[0]} ago", f"vor {unit[2]}")
        return Pair(f"{english.number(n)} {unit[0]}s ago", f"vor {german.number(n)} {unit[1]}")

    def clock_time(self):
        pair = clock(1 + self.random.below(12), self.random.below(4), self.random.below(60))
        return Pair(f"at {pair.english}", f"um {pair.german}")

    # Clauses

    def tense(self):
        return self.random.weighted([(34, "present"), (30, "past"), (6, "perfect"), (6, "progressive"), (8, "future"),
                                     (16, "modal")])

    def any_clause(self, relative=0.06, negated=0.15, tenses=None, plain=False):
        """A clause with a subject of its own; tense, negation and adverbials by chance."""
        verb = self.random.choice(self.verbs)
        tense = self.random.choice(tenses) if tenses else self.tense()
        if tense == "modal":
            tense = self.random.choice(MODALS)
        return self.clause(self.subject(verb, relative), verb, tense, self.random.chance(negated), relative, plain)

    def clause(self, subject, verb, tense, negated=False, relative=0.0, plain=False, sort=None):
        """The verb with its objects, of that sort if given, and, unless plain, adverbials."""
        clause = Clause(subject, verb, tense, negated and can_negate(tense))
        pronouns, early, late = [], [], []  # the German middle: pronouns, what precedes "nicht", what follows it
        self.add_adverb(clause, early, plain)
        if not plain and not clause.english_frequency and tense != "progressive" and self.random.chance(0.3):
            time = self.time(tense)
            clause.english_tail.append(time.english)
            early.insert(0, time.german)
        negation = ["nicht"] if clause.negated else []
        if clause.negated and verb.frame in ("acc", "give") and self.random.chance(0.5):
            sort, negation = "negated", []  # kein Buch, not: nicht ein Buch
        elif clause.negated:
            sort = "definite"
        if verb.frame in ("acc", "dat", "give"):
            self.add_objects(clause, pronouns, early, relative, sort)
        elif verb.frame == "preposition":
            word, preposition, case = verb.preposition
            phrase = self.object(verb, subject, relative, sort)
            clause.english_object = f"{word} {phrase.english_object}".strip()
            late.append(german.contract(preposition, phrase.german[case]))
        elif verb.frame in ("where", "whither", "city"):
            self.add_place(clause, late, plain)
        clause.german_middle = pronouns + early + negation + late
        return clause

    def add_adverb(self, clause, early, plain):
        """The adverbs that a tense brings with it, or one of frequency."""
        if clause.tense == "progressive":
            early.append("gerade")
        elif clause.tense == "perfect":
            adverb = self.random.choice([Pair("already", "schon"), Pair("just", "gerade")])
            clause.english_frequency = adverb.english
            early.append(adverb.german)
        elif clause.tense in ("present", "past") and not clause.negated and not plain and self.random.chance(0.12):
            adverb = self.random.choice(self.lexicon.adverbs["frequency"])
            clause.english_frequency = adverb.english
            early.append(adverb.german)

    def add_objects(self, clause, pronouns, early, relative, sort):
        verb = clause.verb
        phrase = self.object(verb, clause.subject, relative, sort)
        clause.english_object = phrase.english_object
        if verb.frame == "give":
            receiver = self.receiver(clause.subject)
            clause.english_object = f"{receiver.english_object} {phrase.english_object}"
            (pronouns if receiver.sort == "pronoun" else early).append(receiver.german["dat"])
        case = "dat" if verb.frame == "dat" else "acc"
        (pronouns if phrase.sort == "pronoun" else early).append(phrase.german[case])

    def receiver(self, subject):
        return self.random.choice([self.other_pronoun, lambda _: self.name(),
                                   lambda _: self.noun_phrase(["person"], sort="definite")])(subject)

    def add_place(self, clause, late, plain):
        frame = clause.verb.frame
        if frame == "where" and self.random.chance(0.25):
            return
        whither = frame != "where"
        to_city = frame == "city" or self.random.chance(0.2)
        place = self.city(whither) if to_city else self.place(whither)
        clause.english_tail.insert(0, place.english)
        late.append(place.german)
        if not plain and frame == "where" and self.random.chance(0.1):
            manner = self.random.choice(self.lexicon.adverbs["manner"])
            clause.english_tail.insert(0, manner.english)
            late.insert(0, manner.german)


def is_past(tense):
    return tense == "past" or isinstance(tense, Modal) and tense.past


def can_negate(tense):
    return tense.can_be_negated if isinstance(tense, Modal) else tense not in ("perfect", "progressive")


def clock(hour, kind, minute):
    """A time of day, in words or in figures: half past three is halb vier."""
    after = hour % 12 + 1
    if kind == 0:
        return Pair(f"{english.number(hour)} o'clock", f"{german.number(hour, False)} Uhr")
    if kind == 1:
        return Pair(f"half past {english.number(hour)}", f"halb {german.number(after)}")
    if kind == 2:
        quarter = minute % 2
        return Pair(f"quarter {'past' if quarter else 'to'} {english.number(hour)}",
                    f"Viertel {'nach' if quarter else 'vor'} {german.number(hour)}")
    return Pair(f"{hour}:{minute:02d}", f"{hour}:{minute:02d} Uhr")
