#!/usr/bin/env python3
"""English-German text from the message catalogues (.mo) in Debian packages, and back into a catalogue.

    catalogues.py pairs PACKAGES DEBS OUT        OUT/{train,valid,test}.{en,de}; PACKAGES has lines "SPLIT PACKAGE"
    catalogues.py sources DEB CATALOGUE          the strings of a catalogue to translate, a line each
    catalogues.py fill DEB CATALOGUE LINES PO    a .po file of the translated lines

A pair's placeholders (%s, %1$d, {name}, %PRODUCTNAME …) become ⟦1⟧, ⟦2⟧ … on both sides. Accelerators (_File, &File, ~File)
and markup are removed. Out go pairs that are empty, without a letter, the same on both sides, of more than 100 words, or
whose placeholders differ, and sources seen before, so that a split holds none of an earlier one.
"""
import html
import io
import pathlib
import re
import struct
import subprocess
import sys
import tarfile

CATALOGUE = re.compile(r"(?:locale|locale-langpack|resource|program/resource)/de/LC_MESSAGES/[^/]+\.mo$")
PLACEHOLDER = re.compile(
    r"%(?:\d+\$)?[-+#0']*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|j|z|t|q|L)?[diouxXeEfFgGaAcspnm%]"  # printf's
    r"|%\([A-Za-z_]\w*\)[sdif]|%\d+|%[A-Z][A-Z_]+%?"  # Python's, Qt's, LibreOffice's
    r"|\$\{?\(?[A-Za-z_]\w*\)?\}?|\{[\w.:]*\}|#[a-zA-Z_]+#|⟦\d+⟧"
)
MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
MARK = re.compile(r"⟦ ?(\d+) ?⟧")
WORDS = 100


def read_mo(data):
    """The entries of a compiled catalogue: [msgctxt or None, [msgid, msgid_plural?], [msgstr…]]."""
    order = "<" if struct.unpack_from("<I", data)[0] == 0x950412DE else ">"
    count, sources, targets = struct.unpack_from(order + "3I", data, 8)

    def text(table, i):
        length, offset = struct.unpack_from(order + "2I", data, table + 8 * i)
        return data[offset : offset + length].decode("utf-8")

    for i in range(count):
        context, cut, ids = text(sources, i).rpartition("\x04")
        yield context if cut else None, ids.split("\0"), text(targets, i).split("\0")


def catalogues(deb):
    """Name and entries of each German catalogue of a package; none of one that is not UTF-8."""
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        for member in archive:
            if member.isfile() and CATALOGUE.search(member.name):
                try:
                    yield pathlib.PurePath(member.name).stem, list(read_mo(archive.extractfile(member).read()))
                except UnicodeDecodeError:
                    print(f"{member.name}: not UTF-8, left out", file=sys.stderr)


def without_accelerator(text):
    for mark in "_&~":
        if text.count(mark) == 1:
            text = re.sub(rf"{mark}(?=\w)", "", text)
    return text


def plain(text):
    """Without accelerator and markup, on one line."""
    return " ".join(html.unescape(MARKUP.sub(" ", without_accelerator(text))).split())


def masked(text):
    """The text with marks for its placeholders, and the placeholders: the same ones share a mark."""
    found = []

    def mark(match):
        if match[0] not in found:
            found.append(match[0])
        return f"⟦{found.index(match[0]) + 1}⟧"

    return PLACEHOLDER.sub(mark, text), found


def cleaned(source, target):
    """A pair for training, or nothing."""
    if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(target)):
        return None
    source, placeholders = masked(plain(source))
    target = PLACEHOLDER.sub(lambda m: f"⟦{placeholders.index(m[0]) + 1}⟧" if m[0] in placeholders else "\0", plain(target))
    letters = re.search(r"[^\W\d_]", source) and re.search(r"[^\W\d_]", target)
    longest = max(source.count(" "), target.count(" ")) + 1
    return (source, target) if letters and source != target and longest <= WORDS and "\0" not in target else None


def pairs_of(deb):
    for _, entries in catalogues(deb):
        for _, ids, strings in entries:
            if ids[0]:
                yield from ((i, s) for i, s in zip(ids, strings) if s)


def write_pairs(packages, debs, out):
    seen, counts = set(), {"entries": 0}
    for split in "test", "valid", "train":  # so that training loses what the others have, not they
        counts[split] = 0
        names = [line.split()[1] for line in open(packages) if line.startswith(split + " ")]
        files = [open(pathlib.Path(out) / f"{split}.{language}", "w", encoding="utf-8") for language in ("en", "de")]
        for package in names:
            debs_of_package = sorted(pathlib.Path(debs).glob(package + "_*.deb"))
            if not debs_of_package:
                sys.exit(f"expected a file {package}_*.deb in {debs}, found none")
            for source, target in pairs_of(debs_of_package[-1]):
                counts["entries"] += 1
                pair = cleaned(source, target)
                if pair and pair[0] not in seen:
                    seen.add(pair[0])
                    counts[split] += 1
                    for file, text in zip(files, pair):
                        file.write(text + "\n")
        for file in files:
            file.close()
    print(", ".join(f"{count:,} {name}" for name, count in counts.items()))


def catalogue(deb, name):
    for found, entries in catalogues(deb):
        if found == name:
            return entries
    sys.exit(f"expected a German catalogue {name} in {deb}")


def translatable(entry):
    """The strings of an entry that a model can be asked for: none of the header or where there is markup."""
    _, ids, _ = entry
    return [] if not ids[0] or any(MARKUP.search(i) for i in ids) else ids


def restored(line, source):
    """The translation with its placeholders and the line breaks at its ends, or "" if a placeholder is lost or made up."""
    placeholders = masked(plain(source))[1]
    numbers = [int(number) for number in MARK.findall(line)]
    if any(not 1 <= number <= len(placeholders) for number in numbers):
        return ""
    text = MARK.sub(lambda m: placeholders[int(m[1]) - 1], line)
    if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(source)):
        return ""
    if not text.strip() or unnumbered(text) != unnumbered(source):
        return ""
    return "\n" * source.startswith("\n") + text + "\n" * source.endswith("\n")


def unnumbered(text):
    """printf's placeholders whose order tells them apart."""
    return [p for p in PLACEHOLDER.findall(text) if p[0] == "%" and p[-1].islower() and "$" not in p and "(" not in p]


def quoted(keyword, text):
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\v": "\\v", "\f": "\\f"}
    return f'{keyword} "{"".join(escapes.get(c, c) for c in text)}"\n'


def fill(entries, lines, out):
    """Writes the .po; an entry with a placeholder lost in any of its strings stays untranslated."""
    lines = iter(lines)
    translated = total = 0
    with open(out, "w", encoding="utf-8") as po:
        po.write('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
                 '"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n"Project-Id-Version: 1\\n"\n'
                 '"PO-Revision-Date: 2026-01-01 00:00+0000\\n"\n"Last-Translator: Rotor\\n"\n"Language-Team: German\\n"\n"MIME-Version: 1.0\\n"\n')
        for entry in entries:
            context, ids, _ = entry
            if not ids[0]:
                continue
            strings = [restored(next(lines), source) for source in translatable(entry)] or [""] * len(ids)
            strings = strings if all(strings) else [""] * len(ids)
            total += 1
            translated += all(strings)
            flag = "#, c-format\n" if any(re.search(r"%[sdiu]|%\d+\$", i) for i in ids) else ""
            po.write("\n" + flag + (quoted("msgctxt", context) if context is not None else "") + quoted("msgid", ids[0]))
            if len(ids) == 1:
                po.write(quoted("msgstr", strings[0]))
            else:
                po.write(quoted("msgid_plural", ids[1]) + "".join(quoted(f"msgstr[{n}]", s) for n, s in enumerate(strings)))
    print(f"{translated} of {total} entries translated, the others left empty")


def main():
    command, *arguments = sys.argv[1:] or ["--help"]
    if command == "pairs" and len(arguments) == 3:
        write_pairs(*arguments)
    elif command == "sources" and len(arguments) == 2:
        for entry in catalogue(*arguments):
            for text in translatable(entry):
                print(masked(plain(text))[0])
    elif command == "fill" and len(arguments) == 4:
        fill(catalogue(*arguments[:2]), open(arguments[2], encoding="utf-8").read().split("\n"), arguments[3])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
