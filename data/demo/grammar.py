"""Sentences in both languages: the patterns they follow."""

import german
import english
import phrases
from clauses import MODALS, Clause
from lexicon import Pair, read_verb
from phrases import A, THE, Phrase
from speaker import Speaker, clock

PASSIVE = "repair build renovate paint clean wash translate publish sell open close organise cancel rescue examine steal " \
          "print sign repeat correct plan bake install plant invite".split()

SAYING = [("say/said/said", "sagen"), ("think/thought/thought", "denken denkt gedacht"), ("believe", "glauben"),
          ("hope", "hoffen"), ("know/knew/known", "wissen weiß gewusst"), ("notice", "merken")]
ASKING = [("ask", "fragen"), ("wonder", "sich_fragen")]
TRYING = [("try", "versuchen"), ("hope", "hoffen"), ("decide", "beschließen beschließt beschlossen"), ("plan", "planen"),
          ("forget/forgot/forgotten", "vergessen vergisst vergessen"), ("promise", "versprechen verspricht versprochen"),
          ("begin/began/begun", "beginnen beginnt begonnen"), ("refuse", "sich_weigern")]
JUDGEMENTS = [Pair("important", "wichtig"), Pair("difficult", "schwierig"), Pair("easy", "einfach"),
              Pair("dangerous", "gefährlich"), Pair("forbidden", "verboten"), Pair("possible", "möglich"),
              Pair("fun", "lustig"), Pair("necessary", "nötig"), Pair("nice", "schön")]
REASONS = [Pair("because", "weil"), Pair("although", "obwohl"), Pair("if", "wenn"), Pair("while", "während"),
           Pair("before", "bevor"), Pair("so that", "damit")]
JOINING = [Pair(", but", ", aber"), Pair(" and", " und"), Pair(", or", " oder"), Pair(", for", ", denn")]


def bare_verb(entry):
    """A verb that is used in one pattern only."""
    return read_verb([entry[0], entry[1], "-"])


class Grammar(Speaker):
    """Makes sentence pairs from a lexicon and a random source."""

    def __init__(self, lexicon, random):
        super().__init__(lexicon, random)
        self.patterns = [
            (30, self.statement), (12, self.question), (10, self.subordinate), (7, self.reported), (6, self.indirect_question),
            (7, self.infinitive), (4, self.judgement), (4, self.purpose), (7, self.joined), (7, self.description),
            (5, self.comparison), (3, self.superlative), (4, self.there_is), (4, self.passive), (3, self.request), (2, self.age),
            (2, self.price), (2, self.clock), (2, self.origin), (2, self.who),
        ]

    def sentence(self):
        """One pair of sentences, capitalised and punctuated."""
        self.combinations = set()
        pair = self.random.weighted(self.patterns)()
        return finish(pair.english), finish(pair.german)

    def statement(self):
        clause = self.any_clause()
        choice = self.random.below(10)
        if choice < 2 and not has_time(clause) and clause.tense not in ("perfect", "progressive"):
            time = self.time(clause.tense)
            return Pair(clause.english_statement(time.english) + ".", clause.german_statement(time.german) + ".")
        if choice == 2:
            opening = self.random.choice(self.lexicon.adverbs["opening"])
            return Pair(clause.english_statement(opening.english) + ".", clause.german_statement(opening.german) + ".")
        return Pair(clause.english_statement() + ".", clause.german_statement() + ".")

    def question(self):
        clause = self.any_clause(relative=0, negated=0)
        wh = self.random.choice([None, None, Pair("when", "wann"), Pair("why", "warum"), Pair("where", "wo")])
        if wh and (clause.verb.frame in ("where", "whither", "city") or clause.english_tail):
            wh = Pair("why", "warum")
        if wh and wh.english == "when" and (clause.english_frequency or clause.tense == "progressive"):
            wh = Pair("why", "warum")
        if not wh:
            return Pair(clause.english_question() + "?", clause.german_question() + "?")
        return Pair(clause.english_question(wh.english) + "?", clause.german_question(wh.german) + "?")

    def who(self):
        verb = self.random.choice([verb for verb in self.verbs if "person" in verb.subjects])
        subject = Phrase("who", "whom", {"nom": "wer"}, 3, False, sort="pronoun")
        clause = self.clause(subject, verb, self.random.choice(["present", "past", "future"] + MODALS[:1]), plain=True)
        return Pair(clause.english_statement() + "?", clause.german_statement() + "?")

    def subordinate(self):
        """because, although, if …; the subordinate clause may come first, and then the verb follows it."""
        link = self.random.choice(REASONS)
        tenses = ["present", "modal"] if link.english in ("if", "while", "before", "so that") else None
        if tenses and link.english in ("while", "before"):
            tenses = ["present"]
        main = self.any_clause(relative=0, tenses=tenses)
        if main.verb.frame == "acc" and main.verb.kinds[0] != "person" and link.english in ("because", "although") \
                and self.random.chance(0.4):
            return self.because_it_is(link)
        other = self.any_clause(relative=0, negated=0.15 if link.english in ("because", "although", "if") else 0, tenses=tenses)
        dependent = Pair(f"{link.english} {other.english_statement()}", f"{link.german} {other.german_subordinate()}")
        if link.english != "so that" and self.random.chance(0.35):
            return Pair(f"{dependent.english}, {main.english_statement()}.",
                        f"{dependent.german}, {main.german_question()}.")
        return Pair(f"{main.english_statement()} {dependent.english}.", f"{main.german_statement()}, {dependent.german}.")

    def because_it_is(self, link):
        """Anna buys the car because it is cheap: the German pronoun has the noun's gender."""
        self.combinations.clear()
        while True:
            verb = self.random.choice([verb for verb in self.verbs if verb.frame == "acc" and verb.kinds[0] != "person"])
            noun = self.random.choice(self.lexicon.nouns_of(verb.kinds))
            adjectives = self.lexicon.adjectives_for(noun)
            if adjectives:
                break
        plural = noun.plural is not None and self.random.chance(0.3)
        thing = phrases.with_determiner(noun, plural, THE)
        adjective = self.random.choice(adjectives)
        self.combinations |= {(verb.english.base, noun.english), (adjective.english, noun.english)}
        tense = self.random.choice(["present", "past"])
        main = Clause(self.short_subject(), verb, tense, english_object=thing.english, german_middle=[thing.german["acc"]])
        degree, it = self.degree(), phrases.it_for(thing)
        past = tense == "past"
        was = "war" + ("en" if thing.plural else "") if past else german.IRREGULAR["sein"][3 if thing.plural else 2]
        return Pair(f"{main.english_statement()} {link.english} {it.english} "
                    f"{english.be(tense, 3, thing.plural)} {degree.english}{adjective.english}.",
                    f"{main.german_statement()}, {link.german} {it.german['nom']} {degree.german}{adjective.german} {was}.")

    def degree(self):
        if self.random.chance(0.5):
            return Pair("", "")
        word = self.random.choice(self.lexicon.adverbs["degree"])
        return Pair(word.english + " ", word.german + " ")

    def framing(self, entries):
        """A main clause that holds another one: subject and verb only."""
        return Clause(self.short_subject(), bare_verb(self.random.choice(entries)), self.random.choice(["present", "past"]))

    def reported(self):
        main, other = self.framing(SAYING), self.any_clause(relative=0)
        return Pair(f"{main.english_statement()} that {other.english_statement()}.",
                    f"{main.german_statement()}, dass {other.german_subordinate()}.")

    def indirect_question(self):
        main, other = self.framing(ASKING), self.any_clause(relative=0, negated=0, plain=True)
        link = self.random.choice([Pair("whether", "ob"), Pair("why", "warum"), Pair("when", "wann")])
        if other.tense in ("perfect", "progressive"):
            link = Pair("whether", "ob")
        if self.random.chance(0.4):
            main = Clause(self.short_subject(), bare_verb(("know/knew/known", "wissen weiß gewusst")), "present", True,
                          german_middle=["nicht"])
        return Pair(f"{main.english_statement()} {link.english} {other.english_statement()}.",
                    f"{main.german_statement()}, {link.german} {other.german_subordinate()}.")

    def infinitive_clause(self):
        """A clause without a finite verb: to read the book, das Buch zu lesen."""
        verbs = [verb for verb in self.verbs if "person" in verb.subjects and not verb.german.reflexive]
        return self.clause(phrases.pronouns()[2], self.random.choice(verbs), "present", plain=True)

    def infinitive(self):
        main, other = self.framing(TRYING), self.infinitive_clause()
        return Pair(f"{main.english_statement()} {other.english_infinitive()}.",
                    f"{main.german_statement()}, {other.german_infinitive()}.")

    def judgement(self):
        judgement, degree, other = self.random.choice(JUDGEMENTS), self.degree(), self.infinitive_clause()
        if judgement.english in ("forbidden", "possible"):
            degree = Pair("", "")
        tense = self.random.choice(["present", "past"])
        return Pair(f"it {english.be(tense, 3, False)} {degree.english}{judgement.english} {other.english_infinitive()}.",
                    f"es {'war' if tense == 'past' else 'ist'} {degree.german}{judgement.german}, {other.german_infinitive()}.")

    def purpose(self):
        movement = self.random.choice([verb for verb in self.verbs if verb.frame in ("whither", "city")])
        main = self.clause(self.subject(movement, 0), movement, self.random.choice(["present", "past", "future"]), plain=True)
        other = self.infinitive_clause()
        return Pair(f"{main.english_statement()} {other.english_infinitive()}.",
                    f"{main.german_statement()}, um {other.german_infinitive()}.")

    def joined(self):
        link = self.random.choice(JOINING)
        first, second = self.any_clause(relative=0), self.any_clause(relative=0)
        return Pair(f"{first.english_statement()}{link.english} {second.english_statement()}.",
                    f"{first.german_statement()}{link.german} {second.german_statement()}.")

    def described(self):
        """A noun phrase without an adjective, and an adjective that fits it."""
        while True:
            noun = self.random.choice(self.lexicon.nouns)
            adjectives = self.lexicon.adjectives_for(noun)
            if adjectives:
                break
        adjective = self.random.choice(adjectives)
        self.combinations.add((adjective.english, noun.english))
        plural = noun.plural is not None and self.random.chance(0.3)
        determiner = THE if noun.plural is None or self.random.chance(0.6) else self.possessive()
        return phrases.with_determiner(noun, plural, determiner), adjective

    def description(self):
        """The old house is not very big."""
        subject, adjective = self.described()
        degree, negated = self.degree(), self.random.chance(0.15)
        tense = self.random.choice(["present", "past"])
        was = german_be(tense, subject.plural)
        if negated:
            degree = Pair("not ", "nicht ")
        statement = Pair(f"{subject.english} {english.be(tense, 3, subject.plural)} {degree.english}{adjective.english}.",
                         f"{subject.german['nom']} {was} {degree.german}{adjective.german}.")
        if negated or self.random.chance(0.75):
            return statement
        return Pair(f"{english.be(tense, 3, subject.plural)} {subject.english} {degree.english}{adjective.english}?",
                    f"{was} {subject.german['nom']} {degree.german}{adjective.german}?")

    def comparison(self):
        """The car is older than the house; as old as."""
        while True:
            self.combinations.clear()
            first, adjective = self.described()
            others = [noun for noun in self.lexicon.by_kind[first.noun.kind] if noun is not first.noun
                      and adjective in self.lexicon.adjectives_for(noun) and noun.plural]
            if adjective.compared and others:
                break
        noun = self.random.choice(others)
        self.combinations.add((adjective.english, noun.english))
        second = phrases.with_determiner(noun, first.plural, THE)
        tense = self.random.choice(["present", "present", "past"])
        is_, ist = english.be(tense, 3, first.plural), german_be(tense, first.plural)
        if self.random.chance(0.3):
            negation = self.random.choice([Pair("", ""), Pair("not ", "nicht ")])
            return Pair(f"{first.english} {is_} {negation.english}as {adjective.english} as {second.english}.",
                        f"{first.german['nom']} {ist} {negation.german}so {adjective.german} wie {second.german['nom']}.")
        return Pair(f"{first.english} {is_} {adjective.compared[0]} than {second.english}.",
                    f"{first.german['nom']} {ist} {adjective.compared[2]} als {second.german['nom']}.")

    def superlative(self):
        """My uncle bought the oldest house in the village."""
        while True:
            verb = self.random.choice([verb for verb in self.verbs if verb.frame == "acc"])
            noun = self.random.choice(self.lexicon.nouns_of(verb.kinds))
            adjectives = [each for each in self.lexicon.adjectives_for(noun) if each.compared]
            if adjectives and noun.plural:
                break
        adjective = self.random.choice(adjectives)
        self.combinations |= {(verb.english.base, noun.english), (adjective.english, noun.english)}
        words = (adjective.compared[1], adjective.compared[3]) if self.random.chance(0.6) else \
            (adjective.compared[0], adjective.compared[2])
        determiner = THE if words[0] == adjective.compared[1] else A
        phrase = phrases.with_determiner(noun, False, determiner, words)
        clause = Clause(self.subject(verb), verb, self.random.choice(["present", "past", "future"]),
                        english_object=phrase.english, german_middle=[phrase.german["acc"]])
        return Pair(clause.english_statement() + ".", clause.german_statement() + ".")

    def there_is(self):
        """There are three cats in the garden."""
        phrase = self.noun_phrase(["person", "animal", "furniture", "plant", "thing"], 0.1, "counted")
        place = self.place()
        tense = self.random.choice(["present", "present", "past"])
        return Pair(f"there {english.be(tense, 3, phrase.plural)} {phrase.english} {place.english}.",
                    f"{place.german} {german_be(tense, phrase.plural)} {phrase.german['nom']}.")

    def passive(self):
        verb = self.random.choice([verb for verb in self.verbs if verb.english.base in PASSIVE and verb.frame == "acc"])
        phrase = self.noun_phrase(verb.kinds, sort="definite")
        self.combinations.add((verb.english.base, phrase.noun.english))
        tense = self.random.choice(["present", "past", "past"])
        time = self.time(tense)
        if tense == "past" and self.random.chance(0.3):
            year = 1600 + self.random.below(425)
            time = Pair(f"in {year}", f"im Jahr {year}")
        finite = {"present": ("wird", "werden"), "past": ("wurde", "wurden")}[tense][phrase.plural]
        return Pair(f"{phrase.english} {english.be(tense, 3, phrase.plural)} {verb.english.participle} {time.english}.",
                    f"{phrase.german['nom']} {finite} {time.german} {verb.german.participle}.")

    def request(self):
        """Please open the window. The polite form has the plural's verb and a capital Sie."""
        verb = self.random.choice([verb for verb in self.verbs if verb.frame in ("acc", "give", "dat")
                                   and not verb.german.reflexive])
        polite = Phrase("you", "you", {"nom": "Sie"}, 3, True, sort="pronoun")
        clause = self.clause(polite, verb, "present", plain=True, sort="definite")
        if self.random.chance(0.5):
            return Pair(f"please {verb.english.base} {clause.english_object}.", f"bitte {clause.german_question()}.")
        middle = " ".join(clause.german_middle)
        return Pair(f"could you please {verb.english.base} {clause.english_object}?",
                    f"könnten Sie bitte {middle} {verb.german.infinitive}?")

    def age(self):
        person = self.name() if self.random.chance(0.5) else self.noun_phrase(["person"], sort="definite")
        n = 2 + self.random.below(98)
        tense = self.random.choice(["present", "present", "past"])
        return Pair(f"{person.english} {english.be(tense, 3, person.plural)} {english.number(n)} years old.",
                    f"{person.german['nom']} {german_be(tense, person.plural)} {german.number(n)} Jahre alt.")

    def price(self):
        thing = self.noun_phrase(["thing", "clothing", "device", "furniture", "vehicle", "instrument"], sort="definite")
        n = 2 + self.random.below(99) if self.random.chance(0.6) else 101 + self.random.below(4900)
        costs = Clause(thing, bare_verb(("cost/cost/cost", "kosten")), self.random.choice(["present", "past"]),
                       english_object=f"{english.number(n)} euros", german_middle=[f"{german.number(n, False)} Euro"])
        return Pair(costs.english_statement() + ".", costs.german_statement() + ".")

    def clock(self):
        pair = clock(1 + self.random.below(12), self.random.below(4), self.random.below(60))
        if self.random.chance(0.4):
            return Pair(f"it is {pair.english}.", f"es ist {pair.german}.")
        event = self.noun_phrase(["event"], sort="definite")
        begins = Clause(event, bare_verb(("begin/began/begun", "beginnen beginnt begonnen")),
                        self.random.choice(["present", "past", "future"]), english_tail=[f"at {pair.english}"],
                        german_middle=[f"um {pair.german}"])
        return Pair(begins.english_statement() + ".", begins.german_statement() + ".")

    def origin(self):
        person, city = self.subject(self.verbs[0], 0), self.random.choice(self.lexicon.cities)
        comes = Clause(person, bare_verb(("come from/came from/come from", "kommen kommt ist gekommen")), "present",
                       english_object=city.english, german_middle=[f"aus {city.german}"])
        return Pair(comes.english_statement() + ".", comes.german_statement() + ".")


def has_time(clause):
    return bool(clause.english_tail) or bool(clause.english_frequency)


def german_be(tense, plural):
    if tense == "past":
        return "waren" if plural else "war"
    return "sind" if plural else "ist"


def finish(text):
    """Capitalised, without doubled commas."""
    for mark in ".?,":
        text = text.replace("," + mark, mark)
    return text[0].upper() + text[1:]
