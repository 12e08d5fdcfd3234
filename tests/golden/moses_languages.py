#!/usr/bin/env python3
"""Writes moses_languages.json beside this script: sacremoses's tokens of lines in many languages, and its text of tokens.

    pip install sacremoses==0.2.0 && python3 moses_languages.py
    python3 moses_languages.py OUT.json en=news.en.gz fr=help.fr   # the same of other lines; $ROTOR_MOSES=OUT.json tests them
"""
import gzip
import json
import pathlib
import platform
import random
import re
import sys
from itertools import islice

import sacremoses
from sacremoses import MosesDetokenizer, MosesTokenizer

HERE = pathlib.Path(__file__).parent
SEED = 47
DEMO_LINES = 40
# Lines for every language.
COMMON = """\
See https://example.org/a_b/c-d?x=1&y=[2]#top or mail first.last+tag@mail-host.example.com!
A state-of-the-art, well-known "rich-text" file -- not a.b.c -; - or --- but 5-10 - 3.
He paid 3,000.5, then 1.234,56 and 12:30 (10%) in the 1990s, not the 1990's; $5, €7, 5 £, 100°.
Wait... what?! No.... yes.. "Oh." ('Ah.') [Mm.] {Hm.} <b>bold</b> & <i/> &amp; &quot; &lt; a|b @-@ x
don't rock 'n' roll, dogs' 'tis I'd we've O'Neill d'Or l'été dell'arte 5'10" ' '' '. x'. .'
“Curly” ‘single’ „low“ «guillemets» ‹single› ``ticks'' `tick' — dash – dash … dots · • ½ x² n° № § ©®™
Ende z.B. Mr. Smith, Dr. Who vs. St. Paul, No. 5, no. Five, pp. 12, Art. 3, art. x, etc. End etc.
A. B. Cee met D. E. Eff at 5 p.m. in the U.S. and I.B.M. on 3. May, 14. June, XX. VII. i.e. soon.
The 世界 and 漢字テスト。カタカナ、ひらがな 한국어 문장. 中文，句子。 ไทยภาษา हिन्दी में। العربية، نص؟ עברית. Ελληνικά; Кириллица.
C++ C# .NET a/b and/or \\n x_y ~10 ^2 = == != <= >= -> => :-) ;) #tag @user 😀 a,b a, b ,c 1,2 1, 2 ,3 4,x y,5 ,
Mixed.Case.Word. end.Next e.g. in vitro U.S.A. next ph.d. thesis 1. 2. 3. a) b) c). (d.) "e." f." g.' h.'
tabs\tand \u00a0 no-break \u3000 wide \u2009 thin \u200b zero\u200bwidth soft\u00adhyphen \ufeff BOM \x07 bell
""".splitlines()
# Lines of their own.
OWN = {
    "en": ["I can't; she's, they'll, it's John's. The Joneses' and the Jones' house isn't yours.", "It cost $3.5m (approx. 4m). Gen. Lee vs. Lt. Col. Fox, Jan. 5, Sept. 6, Inc. Ltd. Co. Next."],
    "de": ["Am 3. Mai kam Dr. No z.B. um 5. Das kostet ca. 3,50 Mio. Euro bzw. 4 Mrd. usw. Nr. 5.", "Der „große“ Mann sagte: »Ja!« – E-Mail-Adresse, 20-mal, Groß-/Kleinschreibung, d. h. evtl. am 24.12.2020."],
    "fr": ["L'homme qu'il n'a pas vu aujourd'hui s'appelle M. D'Artagnan ; c'est vrai ! Oui : 50 % ?", "Cf. p. 12, chap. 3, art. 5, etc. « C'est l'été », dit-elle ; est-ce qu'on y va ? Mme. de La N. et J.-P. S."],
    "it": ["L'uomo dell'anno, un po' stanco, c'è. Il sig. Rossi e il dott. Verdi, ecc. ecc. Un'altra, all'alba.", "Perche' no? E' vero, l'8 marzo, S.p.A. e s.r.l. n. 5, art. 3, pag. 12."],
    "es": ["¿Qué? ¡No! Sr. López y Sra. Díaz, pág. 12, núm. 3, EE.UU. y etc. «Hola», dijo: \"adiós\".", "Av. de Mayo 5, p.ej. el 3 de mayo, aprox. 5 km. Luego, tel. 123-456. Uds. Saben."],
    "pt": ["O Sr. Silva e a Dra. Souza, pág. 5, art. 3, n.º 7, p. 12. Está d'água! Disse: \"Não...\"", "Fig. 3, ex. a, S. Paulo, eng. João, profs. e Av. Brasil. Exmo. Senhor."],
    "nl": ["De heer dhr. Jansen, mr. De Wit e.d. 's Avonds, zo'n auto's, bijv. Op nr. 5, Nr. Zes, d.w.z. ja.", "Ir. Bos, ing. Van Dijk, drs. P. 't Hart, i.p.v. Nu. Het is ca. 5 km."],
    "ru": ["Он жил в г. Москве, ул. Ленина, д. 5, в 1990 г. Затем и т.д. и т. п. «Да», — сказал А. С. Пушкин.", "Стоит 5 руб. Или 3 тыс. км. XX в. Начался. См. стр. 12, рис. 3, 5г. Всё."],
    "cs": ["Dr. Novák, např. Praha, tzv. Brno, str. 5, č. 3, atd. Konec. „Ano,“ řekl. Bude-li, e-mail, 3,5 kg.", "J. Novák a prof. MUDr. Dvořák, tj. ulice, sv. Václav, mj. Karel, 5. května, sport. Dál."],
    "pl": ["Prof. Nowak, ul. Długa 5, np. Kraków, nr 5, nr. 5, tj. Dom, itd. Koniec. „Tak” – rzekł.", "Ks. Jan, dr Kowalska, m.in. Ala, tzw. Ola, str. 12, tel. 123, św. Jan, płk. Wolski, im. Bema."],
    "sv": ["Kl. 5, t.ex. Stockholm, bl.a. Malmö, USA:s EU:s 5:e, osv. Slut, kr. Här, jan. Nu, dvs. Ja.", "Prof. Å. Öberg, ca. Fem, s. Tolv, vol. Två, m.m. Och."],
    "fi": ["Klo 12. Esim. Helsinki, mm. Turku, toim. Matti, s. 5, EU: n kanta, prof. Virtanen, dipl. Ins.", "Å. Ö. Ahtisaari, ent. Presidentti, ks. Kuva, t. Äiti, noin 5 %."],
    "hu": ["Dr. Kovács, pl. Budapest, ún. Ház, jan. 5, Szt. István, tel. 12, Max. Öt, stb. Vége, kb. Tíz."],
    "ro": ["Dl. Popescu, d-na. Ionescu, etc. Sfârșit, dvs. Poate, nr. 5, str. Lungă, ș.a.m.d."],
    "sl": ["Dr. Novak, npr. Ljubljana, itd. Konec, št. 5, št. Pet, jan. Zima, oz. Dan, prim. Tu, ga. Ana."],
    "sk": ["Ing. Horváth, napr. Bratislava, atď. Koniec, tzv. Dom, č. Päť, sv. Ján, apod. Nie, str. Dve."],
    "ca": ["Sr. Puig i Sra. Vila, pàg. 5, núm. 3, etc. Fi, col·legi, l'home, d'ahir, Dr. Mas, tel. Sis."],
    "hi": ["डॉ. राम और श्री. श्याम। ए. पी. जे. अब्दुल कलाम, क्या? हाँ! पढ़ना, कृष्ण, ५ रु. दाम।"],
    "ta": ["தமிழ் மொழி, நன்று. எண் 5, க்ஷ மற்றும் ஸ்ரீ."],
    "th": ["ภาษาไทย ก็ดี, ๕ บาท. ที่นี่ น้ำ"],
    "ar": ["قال: «نعم»، ثم ذهب؟ لا! ٣٫٥ كيلو، د. محمد. النص الْمُشَكَّل؛ ١٩٩٠"],
    "he": ['אמר: "כן", צה"ל וד"ר כהן. ג\'ירפה, 5 ש"ח.'],
    "el": ["Ο κ. Παπάς, π.χ. Αθήνα, βλ. Σελ. 5; Α. Β. Γάμμα, Δρ. Νίκος, Απρ. Τρεις."],
    "tr": ["İstanbul'da, Dr. Yılmaz, vb. Son, 5'inci, Türkiye'nin, ı İ i I."],
    "zh": ["他说：“你好，世界。”然后（笑）去了北京 2008 年，3.5 万元 IBM公司 GDP-增长、第1章……完 No. 5"],
    "ja": ["これは「テスト」です。カタカナ・ひらがな、漢字 3.5 円 IBM社 データ-ベース、々〆 Next. ｱｲｳ！？"],
    "ko": ["이것은 시험이다. 한국어, \"인용\" 3.5원 (괄호) 漢字 서울-부산 IBM사 Mr. Kim!"],
    "xx": [],  # a language that sacremoses knows nothing of
}  # fmt: skip
# The languages with rules or long lists of their own have the lines for all, those whose detokenizer has rules loose tokens too.
COMMON_FOR = ["en", "de", "fr", "it", "cs", "pt", "ru", "fi", "zh", "ja", "ko", "xx"]
LOOSE_FOR = ["en", "fr", "it", "cs", "fi", "ko", "xx"]
# What models make: tokens that no tokenizer left.
WORDS = (
    "the dogs ' 's 't s' l' d' un' \" \" \" „ “ ” « » ( ) [ ] { } $ € £5 % . , ; : ? ! ... .. - – -- @-@ a@-@b &apos; &quot; &amp; &amp;quot; "
    "&#91; &#93; &#124; &lt; &gt; &bar; &bra; &ket; &apos;s &apos;re l&apos; homme 世 界 한국 ひら 。 ¿ ¡ `` '' ` \"' '\" 5 3,5 x \\ ⁇ été 'T 😀 li mail ].  ?! (["
).split()


def text_of(language, tokens):
    """sacremoses's text of tokens; None where it does not do what detokenizer.perl does: decimals and -li in Czech, endings in Finnish."""
    words = MosesDetokenizer().unescape_xml(tokens.replace(" @-@ ", "-")).split()
    for i in range(2, len(words) + 1):
        dashed = words[i - 1] in ("-", "–") and i < len(words) and re.match("li$|mail", words[i], re.IGNORECASE)
        decimal = words[i - 1] in (".", ",") and words[i - 2].isdigit() and (i == len(words) or words[i].isdigit())
        if (language == "cs" and (dashed or decimal)) or (language == "fi" and words[i - 2][-1] == ":"):
            return None
    return MosesDetokenizer(language).detokenize(tokens.split())


def loose_tokens(rng):
    return [" ".join(rng.choice(WORDS) for _ in range(rng.choice([1, 2, 4, 8, 16]))) for _ in range(60)]


def read(path, limit=None):
    with (gzip.open if str(path).endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="\n") as lines:
        return [line.rstrip("\n") for line in islice(lines, limit)]


def lines_for(language):
    demo = HERE.parents[1] / f"data/demo/test.{language}.gz"
    return (COMMON if language in COMMON_FOR else []) + OWN[language] + (read(demo, DEMO_LINES) if demo.exists() else [])


def of_language(language, lines, loose=()):
    tokenizer = MosesTokenizer(language)
    record = {"lines": [], "loose": [[tokens, text_of(language, tokens)] for tokens in loose]}
    for line in lines:
        tokens = " ".join(tokenizer.tokenize(line, aggressive_dash_splits=True))
        record["lines"].append([line, tokens, text_of(language, tokens)])
    return record


def golden():
    loose = loose_tokens(random.Random(SEED))
    return golden_of(
        {language: of_language(language, lines_for(language), loose if language in LOOSE_FOR else ()) for language in OWN},
    )


def golden_of(languages):
    plain = [[line, " ".join(MosesTokenizer("en").tokenize(line, escape=False))] for line in COMMON]
    return {
        "script": "moses_languages.py",
        "seed": SEED,
        "versions": {"sacremoses": sacremoses.__version__, "python": platform.python_version()},
        "plain": plain,
        "languages": languages,
    }


def main(out=HERE / "moses_languages.json", *files):
    pairs = [file.partition("=")[::2] for file in files]
    made = golden_of({language: of_language(language, read(path)) for language, path in pairs}) if files else golden()
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":")).replace('],["', '],\n["')
    pathlib.Path(out).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
