"""Clauses in both languages at once: tense, negation and word order. One Clause is rendered as a statement (German: the
finite verb second), a question (finite verb first) or a subordinate clause (finite verb last)."""

from dataclasses import dataclass, field

import english
import german
from phrases import Phrase

HABEN, SEIN, WERDEN = german.Verb("haben hat gehabt"), german.Verb("sein ist ist gewesen"), german.Verb("werden wird ist geworden")


@dataclass(frozen=True)
class Modal:
    """English auxiliary ("can") or verb ("want to"), positive and negated; German forms for ich, du, wir."""

    english: str
    negated: str
    german: str
    verb: bool = False  # the English is a full verb, conjugated and negated with do
    base: str = ""      # of an English past: "have to" for "had to"

    @property
    def past(self):
        return bool(self.base) or self.english == "could"

    @property
    def can_be_negated(self):
        return self.verb or bool(self.negated)

    def german_form(self, person, plural):
        forms = self.german.split()
        return forms[2] if plural else forms[1] if person == 2 else forms[0]


MODALS = [
    Modal("can", "cannot", "kann kannst können"), Modal("must", "", "muss musst müssen"),
    Modal("should", "should not", "sollte solltest sollten"), Modal("may", "must not", "darf darfst dürfen"),
    Modal("would like to", "would not like to", "möchte möchtest möchten"), Modal("want to", "", "will willst wollen", True),
    Modal("could", "could not", "konnte konntest konnten"), Modal("had to", "", "musste musstest mussten", base="have to"),
    Modal("wanted to", "", "wollte wolltest wollten", base="want to"),
]


@dataclass
class Clause:
    subject: Phrase
    verb: object                  # lexicon.Verb
    tense: object = "present"     # present, past, perfect, progressive, future, or a Modal
    negated: bool = False
    english_frequency: str = ""   # "often"
    english_object: str = ""
    english_tail: list = field(default_factory=list)
    german_middle: list = field(default_factory=list)

    # English: auxiliary ("" in a plain statement) and the rest of the verb.

    def _english_verb(self, question):
        verb, (person, plural) = self.verb.english, self.subject.agreement
        third = person == 3 and not plural
        if isinstance(self.tense, Modal):
            return self._english_modal(question)
        if self.tense == "perfect":
            return ("has" if third else "have"), verb.participle
        if self.tense == "progressive":
            return english.be("present", person, plural), verb.gerund
        if self.tense == "future":
            return "will", verb.base
        if self.negated or question:
            return ("did" if self.tense == "past" else "does" if third else "do"), verb.base
        return "", verb.past if self.tense == "past" else verb.present(person, plural)

    def _english_modal(self, question):
        modal, base = self.tense, self.verb.english.base
        if modal.verb and (question or self.negated):
            return ("does" if self.subject.agreement == (3, False) else "do"), f"{modal.english} {base}"
        if modal.verb:
            return "", f"{english.Verb(modal.english).present(*self.subject.agreement)} {base}"
        if modal.base:
            return ("did", f"{modal.base} {base}") if question else ("", f"{modal.english} {base}")
        first, _, rest = modal.english.partition(" ")
        return first, f"{rest} {base}".strip()

    def _english_after_subject(self, auxiliary, rest, negation):
        words = [auxiliary, negation, self.english_frequency, rest, self.english_object, *self.english_tail]
        return " ".join(word for word in words if word)

    def english_statement(self, front=""):
        auxiliary, rest = self._english_verb(question=False)
        negation = "not" if self.negated else ""
        if self.negated and isinstance(self.tense, Modal) and self.tense.negated:
            auxiliary, negation = self.tense.negated.removesuffix(" like to"), ""
        return f"{front} {self.subject.english} {self._english_after_subject(auxiliary, rest, negation)}".strip()

    def english_question(self, wh=""):
        auxiliary, rest = self._english_verb(question=True)
        return f"{wh} {auxiliary} {self.subject.english} {self._english_after_subject('', rest, '')}".strip()

    # German: finite verb, what closes the clause, and the separable prefix.

    def _german_verb(self):
        verb, agreement = self.verb.german, self.subject.agreement
        if isinstance(self.tense, Modal):
            return self.tense.german_form(*agreement), verb.infinitive, ""
        if self.tense in ("past", "perfect"):
            auxiliary = SEIN if verb.auxiliary == "sein" else HABEN
            return auxiliary.present(*agreement), verb.participle, ""
        if self.tense == "future":
            return WERDEN.present(*agreement), verb.infinitive, ""
        return verb.present(*agreement), "", verb.prefix

    def _german_middle(self):
        reflexive = [german.REFLEXIVE[self.subject.agreement]] if self.verb.german.reflexive else []
        return reflexive + self.german_middle

    def german_statement(self, front=""):
        finite, nonfinite, prefix = self._german_verb()
        subject = self.subject.german["nom"]
        start = [front, finite, subject] if front else [subject, finite]
        return " ".join(word for word in start + self._german_middle() + [prefix, nonfinite] if word)

    def german_question(self, wh=""):
        finite, nonfinite, prefix = self._german_verb()
        words = [wh, finite, self.subject.german["nom"], *self._german_middle(), prefix, nonfinite]
        return " ".join(word for word in words if word)

    def german_subordinate(self):
        finite, nonfinite, prefix = self._german_verb()
        words = [self.subject.german["nom"], *self._german_middle(), nonfinite, prefix + finite]
        return " ".join(word for word in words if word)

    def german_infinitive(self):
        """With zu: das Buch zu lesen, ihn anzurufen."""
        return " ".join(self._german_middle() + [self.verb.german.zu_infinitive()])

    def english_infinitive(self):
        return self._english_after_subject("", f"to {self.verb.english.base}", "")

